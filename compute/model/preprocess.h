/* preprocess.h: any picture as the square of pixels that a model looks at */
#pragma once

#include <glib.h>
#include <stdint.h>

G_BEGIN_DECLS

/**
 * vc_preprocess_square:
 * @rgb:    (height, width, 3)  a row begins every @stride bytes
 * @width:  at least 1, as @height
 * @stride: at least 3 * @width
 * @side:   1 to 16384
 * @square: (side, side, 3)  filled
 *
 * Scales the short side to @side, the long one in proportion, rounded down, and cuts out the centre,
 * at half the difference, rounded to the even of its neighbours. The bytes are those of Pillow's
 * bicubic with antialiasing, to the last bit, which CLIP's pictures were made by. Only what the square
 * needs is read and computed. Beside the square it takes 12 side² bytes, and some 50 for each pixel of
 * the short side.
 *
 * Any thread.
 */
void vc_preprocess_square (const uint8_t *rgb,
                           uint32_t       width,
                           uint32_t       height,
                           gsize          stride,
                           uint32_t       side,
                           uint8_t       *square);

/**
 * vc_preprocess:
 * @mean, @deviation: of each colour, in [0, 1]
 * @pixels: (side, side, 3)  filled
 *
 * The same, each byte over 255, less its colour's mean, over its deviation [openai/CLIP].
 */
void vc_preprocess        (const uint8_t *rgb,
                           uint32_t       width,
                           uint32_t       height,
                           gsize          stride,
                           uint32_t       side,
                           const float    mean[3],
                           const float    deviation[3],
                           float         *pixels);

G_END_DECLS
