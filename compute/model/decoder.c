/* decoder.c: picture tokens to pixels */

#include "model/decoder.h"

static void
record_levels (const VcVqgan *vqgan,
               VcCanvas      *canvas)
{
  const VcVqganConfig *config = &vqgan->config;

  for (uint32_t level = config->levels; level-- > 0;)
    {
      const VcLevel *parts = &vqgan->decoder.levels[level];

      for (uint32_t i = 0; i < vqgan->decoder.blocks; i++)
        {
          vc_vqgan_residual (vqgan, canvas, &parts->blocks[i]);
          if (config->attends[level])
            vc_vqgan_gaze (vqgan, canvas, &parts->gazes[i]);
        }
      if (level > 0)
        vc_vqgan_grow (vqgan, canvas, &parts->resample);
    }
}

static gboolean
take_pixels (const VcTensor  *packed,
             uint8_t         *rgb,
             GError         **error)
{
  const gsize n = vc_tensor_elements (packed);
  g_autofree uint32_t *pixels = g_new (uint32_t, n);

  if (!vc_tensor_download (packed, pixels, error))
    return FALSE;

  for (gsize i = 0; i < n; i++)
    {
      if (pixels[i] >> 24 != 255)
        {
          g_set_error (error, VC_ERROR, VC_ERROR_NO_NUMBERS, "pixel %" G_GSIZE_FORMAT " is not a number", i);
          return FALSE;
        }
      for (guint channel = 0; channel < 3; channel++)
        rgb[3 * i + channel] = pixels[i] >> 8 * channel & 255;
    }

  return TRUE;
}

gboolean
vc_decoder_run (const VcVqgan   *vqgan,
                const uint32_t  *ids,
                uint8_t         *rgb,
                float           *values,
                GError         **error)
{
  const VcVqganConfig *config = &vqgan->config;
  const uint32_t grid = vc_vqgan_config_grid (config);
  const uint32_t pixels = config->side * config->side;
  const gsize size = vc_arena_room (VC_U32, (gsize) grid * grid) + vc_arena_room (VC_U32, pixels);
  g_autoptr(VcCanvas) canvas = NULL;
  g_autoptr(VcArena) arena = NULL;

  for (uint32_t i = 0; i < grid * grid; i++)
    g_assert (ids[i] < config->codes);

  canvas = vc_vqgan_canvas (vqgan, error);
  if (canvas == NULL)
    return FALSE;
  arena = vc_arena_new (vqgan->device, size, error);
  if (arena == NULL)
    return FALSE;

  const VcTensor codes = vc_arena_take (arena, VC_U32, 1, grid * grid);
  const VcTensor packed = vc_arena_take (arena, VC_U32, 1, pixels);
  const VcTensor first = vc_canvas_peek (canvas, 0, grid, config->width);

  if (!vc_tensor_upload (&codes, ids, error))
    return FALSE;

  vc_op_embed (canvas->rec, &codes, &vqgan->codebook, NULL, 0, 1, &first);
  vc_canvas_turn (canvas, 0, grid, config->width);
  vc_canvas_linear (canvas, &vqgan->post, config->latent);

  vc_canvas_conv (canvas, &vqgan->decoder.in, config->channels[config->levels - 1]);
  vc_vqgan_middle (vqgan, canvas, &vqgan->decoder);
  record_levels (vqgan, canvas);
  vc_vqgan_norm (vqgan, canvas, &vqgan->decoder.norm);
  vc_canvas_conv (canvas, &vqgan->decoder.out, 3);

  const VcTensor last = vc_canvas_get (canvas);

  vc_op_torgb (canvas->rec, &last, config->scale, config->shift, &packed);

  return vc_recorder_submit (canvas->rec, error) &&
         (values == NULL || vc_tensor_download (&last, values, error)) &&
         (rgb == NULL || take_pixels (&packed, rgb, error));
}
