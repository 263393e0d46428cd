/* vqgan.c: the tensors of a VQGAN, and the parts that its encoder and its decoder share */

#include "model/vqgan.h"

static VcConv
load_conv (VcLoader   *loader,
           const char *name,
           uint32_t    out,
           uint32_t    in)
{
  return vc_conv_load (loader, name, ".weight", ".bias", out, in, 3);
}

static VcResidual
load_residual (VcLoader   *loader,
               const char *half,
               const char *name,
               uint32_t    out,
               uint32_t    in)
{
  VcResidual residual = { .in = in, .out = out };

  vc_loader_prefix (loader, "%s.%s.", half, name);
  residual.norm1 = vc_norm_load (loader, "norm1", in);
  residual.conv1 = load_conv (loader, "conv1", out, in);
  residual.norm2 = vc_norm_load (loader, "norm2", out);
  residual.conv2 = load_conv (loader, "conv2", out, out);
  if (in != out)
    residual.shortcut = vc_linear_load (loader, "nin_shortcut", out, in);

  return residual;
}

static VcGaze
load_gaze (VcLoader   *loader,
           const char *half,
           const char *name,
           uint32_t    channels)
{
  vc_loader_prefix (loader, "%s.%s.", half, name);

  return (VcGaze) {
    .norm = vc_norm_load (loader, "norm", channels),
    .query = vc_linear_load (loader, "q", channels, channels),
    .key = vc_linear_load (loader, "k", channels, channels),
    .value = vc_linear_load (loader, "v", channels, channels),
    .proj = vc_linear_load (loader, "proj_out", channels, channels),
  };
}

/* A level that is entered with @in channels and left with @out. */
static VcLevel
load_level (VcLoader            *loader,
            const VcVqganConfig *config,
            const char          *half,
            const char          *name,
            uint32_t             level,
            uint32_t             blocks,
            uint32_t             in,
            uint32_t             out,
            const char          *resample)
{
  VcLevel parts = { 0 };

  for (uint32_t i = 0; i < blocks; i++)
    {
      g_autofree char *block = g_strdup_printf ("%s.%u.block.%u", name, level, i);
      g_autofree char *gaze = g_strdup_printf ("%s.%u.attn.%u", name, level, i);

      parts.blocks[i] = load_residual (loader, half, block, out, i == 0 ? in : out);
      if (config->attends[level])
        parts.gazes[i] = load_gaze (loader, half, gaze, out);
    }

  if (resample != NULL)
    {
      vc_loader_prefix (loader, "%s.%s.%u.", half, name, level);
      parts.resample = load_conv (loader, resample, out, out);
    }

  return parts;
}

static void
load_middle (VcLoader   *loader,
             VcHalf     *parts,
             const char *half,
             uint32_t    channels)
{
  parts->mid1 = load_residual (loader, half, "mid.block_1", channels, channels);
  parts->gaze = load_gaze (loader, half, "mid.attn_1", channels);
  parts->mid2 = load_residual (loader, half, "mid.block_2", channels, channels);
}

static void
load_encoder (VcLoader            *loader,
              const VcVqganConfig *config,
              VcHalf              *encoder)
{
  const uint32_t last = config->levels - 1;
  uint32_t in = config->channels[0];

  encoder->blocks = config->blocks;

  vc_loader_prefix (loader, "%s.", "encoder");
  encoder->in = load_conv (loader, "conv_in", config->channels[0], 3);
  encoder->norm = vc_norm_load (loader, "norm_out", config->channels[last]);
  encoder->out = load_conv (loader, "conv_out", config->latent, config->channels[last]);

  for (uint32_t level = 0; level <= last; level++)
    {
      const uint32_t out = config->channels[level];

      encoder->levels[level] = load_level (loader, config, "encoder", "down", level, encoder->blocks,
                                           in, out, level < last ? "downsample.conv" : NULL);
      in = out;
    }

  load_middle (loader, encoder, "encoder", config->channels[last]);
}

static void
load_decoder (VcLoader            *loader,
              const VcVqganConfig *config,
              VcHalf              *decoder)
{
  const uint32_t last = config->levels - 1;
  uint32_t in = config->channels[last];

  decoder->blocks = config->blocks + 1;

  vc_loader_prefix (loader, "%s.", "decoder");
  decoder->in = load_conv (loader, "conv_in", config->channels[last], config->latent);
  decoder->norm = vc_norm_load (loader, "norm_out", config->channels[0]);
  decoder->out = load_conv (loader, "conv_out", 3, config->channels[0]);

  load_middle (loader, decoder, "decoder", config->channels[last]);

  for (uint32_t level = config->levels; level-- > 0;)
    {
      const uint32_t out = config->channels[level];

      decoder->levels[level] = load_level (loader, config, "decoder", "up", level, decoder->blocks,
                                           in, out, level > 0 ? "upsample.conv" : NULL);
      in = out;
    }
}

VcVqgan *
vc_vqgan_load (VcDevice             *device,
               VcWeights            *weights,
               const VcVqganConfig  *config,
               GError              **error)
{
  g_autoptr(VcLoader) loader = vc_loader_new (device, weights, error);
  g_autoptr(VcVqgan) vqgan = g_new0 (VcVqgan, 1);

  if (loader == NULL)
    return NULL;

  vqgan->device = device;
  vqgan->config = *config;
  vqgan->codebook = vc_loader_matrix (loader, "quantize.embedding.weight", config->codes,
                                      config->width);
  vqgan->post = vc_linear_load (loader, "post_quant_conv", config->latent, config->width);
  if (config->reads)
    vqgan->quant = vc_linear_load (loader, "quant_conv", config->width, config->latent);
  if (config->reads && config->votes)
    vqgan->votes = vc_linear_load (loader, "quantize.proj", config->codes, config->width);
  if (config->reads)
    load_encoder (loader, config, &vqgan->encoder);
  load_decoder (loader, config, &vqgan->decoder);

  vqgan->arena = vc_loader_finish (loader, error);
  if (vqgan->arena == NULL)
    return NULL;

  return g_steal_pointer (&vqgan);
}

void
vc_vqgan_free (VcVqgan *vqgan)
{
  if (vqgan == NULL)
    return;

  vc_arena_free (vqgan->arena);
  g_free (vqgan);
}

/* Elements of the largest picture on the way, and of the largest that is attended to. */
static void
measure (const VcVqganConfig *config,
         gsize               *largest,
         gsize               *attended)
{
  const gsize grid = vc_vqgan_config_grid (config);

  *largest = MAX ((gsize) config->side * config->side * 3,
                  grid * grid * MAX (config->latent, config->width));
  if (config->reads && config->votes)
    *largest = MAX (*largest, grid * grid * config->codes);
  *attended = 0;

  for (uint32_t level = 0; level < config->levels; level++)
    {
      const gsize side = config->side >> level;
      const gsize elements = side * side * config->channels[level];

      *largest = MAX (*largest, elements);
      /* the decoder reaches the level above with this level's channels */
      if (level > 0)
        *largest = MAX (*largest, 4 * elements);
      /* … and each half enters a level with its neighbour's */
      if (level + 1 < config->levels)
        *largest = MAX (*largest, side * side * config->channels[level + 1]);
      if (level > 0)
        *largest = MAX (*largest, side * side * config->channels[level - 1]);
      if (config->attends[level] || level == config->levels - 1)
        *attended = MAX (*attended, elements);
    }
}

gsize
vc_vqgan_get_room (const VcVqganConfig *config)
{
  gsize largest;
  gsize attended;

  measure (config, &largest, &attended);

  return vc_canvas_get_room (largest, attended);
}

VcCanvas *
vc_vqgan_canvas (const VcVqgan  *vqgan,
                 GError        **error)
{
  gsize largest;
  gsize attended;

  measure (&vqgan->config, &largest, &attended);

  return vc_canvas_new (vqgan->device, largest, attended, error);
}

void
vc_vqgan_grow (const VcVqgan *vqgan,
               VcCanvas      *canvas,
               const VcConv  *conv)
{
  vc_canvas_double (canvas);
  vc_canvas_conv (canvas, conv, canvas->channels);
}

void
vc_vqgan_norm (const VcVqgan *vqgan,
               VcCanvas      *canvas,
               const VcNorm  *norm)
{
  const VcVqganConfig *config = &vqgan->config;
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor y = vc_canvas_peek (canvas, 1, canvas->side, canvas->channels);

  vc_op_groupnorm (canvas->rec, &x, &norm->gain, &norm->bias, config->groups, config->epsilon, TRUE,
                   &y);
  vc_canvas_turn (canvas, 1, canvas->side, canvas->channels);
}

/* Three layers are enough: x, and two that take turns; the sum lands where nothing is needed any more. */
void
vc_vqgan_residual (const VcVqgan    *vqgan,
                   VcCanvas         *canvas,
                   const VcResidual *r)
{
  const VcVqganConfig *config = &vqgan->config;
  const uint32_t side = canvas->side;
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor h_in = vc_canvas_peek (canvas, 1, side, r->in);
  const VcTensor h_out = vc_canvas_peek (canvas, 1, side, r->out);
  const VcTensor g = vc_canvas_peek (canvas, 2, side, r->out);

  g_assert (canvas->channels == r->in);

  vc_op_groupnorm (canvas->rec, &x, &r->norm1.gain, &r->norm1.bias, config->groups, config->epsilon,
                   TRUE, &h_in);
  vc_op_conv2d    (canvas->rec, &h_in, &r->conv1.kernel, &r->conv1.bias, 1, 1, 1, &g);
  vc_op_groupnorm (canvas->rec, &g, &r->norm2.gain, &r->norm2.bias, config->groups, config->epsilon,
                   TRUE, &h_out);
  vc_op_conv2d    (canvas->rec, &h_out, &r->conv2.kernel, &r->conv2.bias, 1, 1, 1, &g);

  if (r->in == r->out)
    {
      vc_op_add (canvas->rec, &x, &g, &h_out);
      vc_canvas_turn (canvas, 1, side, r->out);
    }
  else
    {
      const VcTensor y = vc_canvas_peek (canvas, 0, side, r->out);

      vc_op_linear (canvas->rec, &x, &r->shortcut.weight, &r->shortcut.bias, &h_out);
      vc_op_add (canvas->rec, &h_out, &g, &y);
      vc_canvas_turn (canvas, 0, side, r->out);
    }
}

void
vc_vqgan_gaze (const VcVqgan *vqgan,
               VcCanvas      *canvas,
               const VcGaze  *gaze)
{
  const VcVqganConfig *config = &vqgan->config;
  const uint32_t side = canvas->side;
  const uint32_t channels = canvas->channels;
  const uint32_t pixels = side * side;
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor h = vc_canvas_peek (canvas, 1, side, channels);
  const VcTensor y = vc_canvas_peek (canvas, 2, side, channels);
  VcTensor looks[G_N_ELEMENTS (canvas->looks)];

  /* one picture, one head: rows of channels are already (count, heads, tokens, head width) */
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      const VcTensor square = vc_canvas_look (canvas, i, side, channels);

      looks[i] = vc_tensor_reshape (&square, pixels, channels);
    }

  vc_op_groupnorm (canvas->rec, &x, &gaze->norm.gain, &gaze->norm.bias, config->groups,
                   config->epsilon, FALSE, &h);
  vc_op_linear    (canvas->rec, &h, &gaze->query.weight, &gaze->query.bias, &looks[0]);
  vc_op_linear    (canvas->rec, &h, &gaze->key.weight, &gaze->key.bias, &looks[1]);
  vc_op_linear    (canvas->rec, &h, &gaze->value.weight, &gaze->value.bias, &looks[2]);
  vc_op_attention (canvas->rec, &looks[0], &looks[1], &looks[2], pixels, FALSE, NULL, &looks[3]);
  vc_op_linear    (canvas->rec, &looks[3], &gaze->proj.weight, &gaze->proj.bias, &h);
  vc_op_add       (canvas->rec, &x, &h, &y);
  vc_canvas_turn  (canvas, 2, side, channels);
}

void
vc_vqgan_middle (const VcVqgan *vqgan,
                 VcCanvas      *canvas,
                 const VcHalf  *half)
{
  vc_vqgan_residual (vqgan, canvas, &half->mid1);
  vc_vqgan_gaze     (vqgan, canvas, &half->gaze);
  vc_vqgan_residual (vqgan, canvas, &half->mid2);
}
