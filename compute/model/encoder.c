/* encoder.c: pixels to picture tokens */

#include "model/encoder.h"

static void
record_levels (const VcVqgan *vqgan,
               VcCanvas      *canvas)
{
  const VcVqganConfig *config = &vqgan->config;

  for (uint32_t level = 0; level < config->levels; level++)
    {
      const VcLevel *parts = &vqgan->encoder.levels[level];

      for (uint32_t i = 0; i < vqgan->encoder.blocks; i++)
        {
          vc_vqgan_residual (vqgan, canvas, &parts->blocks[i]);
          if (config->attends[level])
            vc_vqgan_gaze (vqgan, canvas, &parts->gazes[i]);
        }
      if (level + 1 < config->levels)
        vc_canvas_shrink (canvas, &parts->resample);
    }
}

gboolean
vc_encoder_run (const VcVqgan  *vqgan,
                const float    *values,
                uint32_t       *ids,
                float          *latent,
                GError        **error)
{
  const VcVqganConfig *config = &vqgan->config;
  const uint32_t grid = vc_vqgan_config_grid (config);
  g_autoptr(VcCanvas) canvas = vc_vqgan_canvas (vqgan, error);
  g_autoptr(VcArena) arena = NULL;

  g_assert (config->reads);

  if (canvas == NULL)
    return FALSE;
  arena = vc_arena_new (vqgan->device, vc_arena_room (VC_U32, (gsize) grid * grid), error);
  if (arena == NULL)
    return FALSE;

  const VcTensor codes = vc_arena_take (arena, VC_U32, 1, grid * grid);
  const VcTensor first = vc_canvas_peek (canvas, 0, config->side, 3);

  if (!vc_tensor_upload (&first, values, error))
    return FALSE;

  vc_canvas_turn (canvas, 0, config->side, 3);
  vc_canvas_conv (canvas, &vqgan->encoder.in, config->channels[0]);
  record_levels (vqgan, canvas);
  vc_vqgan_middle (vqgan, canvas, &vqgan->encoder);
  vc_vqgan_norm (vqgan, canvas, &vqgan->encoder.norm);
  vc_canvas_conv (canvas, &vqgan->encoder.out, config->latent);
  vc_canvas_linear (canvas, &vqgan->quant, config->width);

  const VcTensor last = vc_canvas_get (canvas);

  if (config->votes)
    {
      const VcTensor votes = vc_canvas_peek (canvas, 1, grid, config->codes);

      vc_linear_apply (canvas->rec, &last, &vqgan->votes, &votes);
      vc_op_argmax (canvas->rec, &votes, &codes);
    }
  else
    {
      vc_op_nearest (canvas->rec, &last, &vqgan->codebook, &codes);
    }

  return vc_recorder_submit (canvas->rec, error) &&
         vc_tensor_download (&codes, ids, error) &&
         (latent == NULL || vc_tensor_download (&last, latent, error));
}
