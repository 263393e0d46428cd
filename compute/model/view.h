/* view.h: which picture tokens a picture token looks at, as rows of bits */
#pragma once

#include "model/config.h"

G_BEGIN_DECLS

/* u32 that a row of bits for @places takes. */
uint32_t vc_view_words (uint32_t        places);

/**
 * vc_view_fill:
 * @words:  places before the picture's, which all tokens of it see
 * @side:   of the square of tokens
 * @kernel: of %VC_VIEW_NEAR: the side of a token's neighbourhood, odd
 * @wraps:  … goes on at the other end of the square, as in ruDALL-E's second version; otherwise what
 *          would lie outside lies on its edge
 * @bits:   (places, vc_view_words (places)), places = words + side²: filled
 *
 * Bit j of row i says whether the token at place i sees that at place j, which is never after it
 * [ai-forever/ru-dalle, dalle/image_attention.py].
 */
void     vc_view_fill  (VcView          view,
                        uint32_t        words,
                        uint32_t        side,
                        uint32_t        kernel,
                        gboolean        wraps,
                        uint32_t       *bits);

G_END_DECLS
