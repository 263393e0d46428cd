/* decoder.h: picture tokens to pixels */
#pragma once

#include "model/vqgan.h"

G_BEGIN_DECLS

/**
 * vc_decoder_run:
 * @ids: (grid, grid)  below the codes: asserted
 * @rgb: (nullable): (side, side, 3)  bytes, filled
 * @values: (nullable): (side, side, 3)  filled with what the pixels are made from, before clamping
 *
 * One picture. Takes three layers as large as the largest activation while it runs, 12 bytes for each
 * pixel and channel.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 */
gboolean vc_decoder_run (const VcVqgan   *vqgan,
                         const uint32_t  *ids,
                         uint8_t         *rgb,
                         float           *values,
                         GError         **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
