/* dvae.h: pictures to tokens and back by OpenAI's discrete autoencoder
 *
 * [Ramesh et al. 2021, section 2.1], by the names of openai/DALL-E (dall_e/encoder.py, decoder.py): the
 * part of DALL·E that was published. It draws nothing by itself.
 */
#pragma once

#include "model/config.h"

G_BEGIN_DECLS

typedef struct _VcDvae VcDvae;

/**
 * vc_dvae_load:
 * @directory: config.json, encoder.safetensors, decoder.safetensors
 *
 * Errors: %VC_ERROR_BAD_MODEL says which file and what is wrong; %VC_ERROR_OUT_OF_MEMORY.
 */
VcDvae  *vc_dvae_load   (VcDevice             *device,
                         const char           *directory,
                         GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void     vc_dvae_free   (VcDvae               *dvae);

/* Borrowed. */
const VcDvaeConfig *vc_dvae_get_config (VcDvae *dvae);

/**
 * vc_dvae_encode:
 * @pixels: (side, side, 3)  in [0, 1]
 * @tokens: (grid, grid)  filled with the likeliest codes; grid is side / 8 where there are four levels
 * @logits: (nullable): (grid, grid, codes)  filled
 *
 * One picture. Takes three layers as large as the largest activation while it runs.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 */
gboolean vc_dvae_encode (VcDvae               *dvae,
                         const float          *pixels,
                         uint32_t             *tokens,
                         float                *logits,
                         GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_dvae_decode:
 * @tokens: (grid, grid)  below the codes: asserted
 * @pixels: (side, side, 3)  filled, in [0, 1]
 * @stats:  (nullable): (side, side, 6)  filled with what the pixels are made from: a mean and a spread of
 *   each channel's logit
 *
 * Errors: as vc_dvae_encode().
 */
gboolean vc_dvae_decode (VcDvae               *dvae,
                         const uint32_t       *tokens,
                         float                *pixels,
                         float                *stats,
                         GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcDvae, vc_dvae_free)

G_END_DECLS
