/* encoder.h: pixels to picture tokens */
#pragma once

#include "model/vqgan.h"

G_BEGIN_DECLS

/**
 * vc_encoder_run:
 * @values: (side, side, 3)  pixels as the decoder would make them before clamping: in [-1, 1] where
 *   scale and shift are a half
 * @ids:    (grid, grid)  filled with the nearest codes, or those that are voted for
 * @latent: (nullable): (grid, grid, width)  filled with what the codes are nearest to
 *
 * One picture; memory as for vc_decoder_run().
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 */
gboolean vc_encoder_run (const VcVqgan  *vqgan,
                         const float    *values,
                         uint32_t       *ids,
                         float          *latent,
                         GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
