/* palette.h: which colour a picture token is, roughly, learned from pictures that were painted
 *
 * A token stands for a square of pixels, whose mean colour is nearly a linear function of the token's vector in the codebook. That
 * function is fitted, by least squares, to what the decoder made of the tokens so far.
 */
#pragma once

#include "model/vqgan.h"

G_BEGIN_DECLS

typedef struct _VcPalette VcPalette;

/* Errors: %VC_ERROR_DEVICE_LOST: the codebook cannot be had. */
VcPalette *vc_palette_new   (const VcVqgan   *vqgan,
                             GError         **error) G_GNUC_WARN_UNUSED_RESULT;
void       vc_palette_free  (VcPalette       *palette);

/**
 * vc_palette_learn:
 * @tokens: (grid, grid)  below the codes
 * @rows: of them that @rgb shows
 * @rgb: (side, side, 3)  as the decoder painted them
 *
 * Takes rows * grid * width² steps: some ms.
 */
void       vc_palette_learn (VcPalette       *palette,
                             const uint32_t  *tokens,
                             uint32_t         rows,
                             const uint8_t   *rgb);
/**
 * vc_palette_paint:
 * @first: row of tokens
 * @rows: how many, from there on
 * @rgb: (side, side, 3)  of which these rows are filled
 *
 * Returns: %FALSE: nothing has been learned yet
 */
gboolean   vc_palette_paint (const VcPalette *palette,
                             const uint32_t  *tokens,
                             uint32_t         first,
                             uint32_t         rows,
                             uint8_t         *rgb);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcPalette, vc_palette_free)

G_END_DECLS
