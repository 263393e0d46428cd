/* dvae.c: pictures to tokens and back by OpenAI's discrete autoencoder */

#include "model/dvae.h"

#include <math.h>

#include "model/canvas.h"

#define CHANNELS_OUT 6  /* of the decoder: a mean and a spread for red, green and blue */
#define CONVS 4

/* Logit-Laplace: no pixel lies nearer to 0 or 1 than this [Ramesh et al. 2021, appendix A.3]. */
#define MARGIN 0.1f

/* x + gain * conv4 (relu (conv3 (relu (conv2 (relu (conv1 (relu (x)))))))); x goes through shortcut where
 * channels change. One of the convolutions is 1x1: the encoder's last, the decoder's first. */
typedef struct
{
  uint32_t out;
  VcConv   convs[CONVS];
  VcLinear shortcut;   /* without a buffer where channels stay */
} Block;

typedef struct
{
  VcConv   in;         /* of the encoder */
  Block    blocks[VC_DVAE_LEVELS][VC_DVAE_BLOCKS];
  VcLinear out;
} Half;

struct _VcDvae
{
  VcDevice     *device;    /* borrowed */
  VcDvaeConfig  config;
  float         gain;
  VcArena      *arenas[2]; /* owned: encoder's and decoder's tensors */
  Half          encoder;
  Half          decoder;
  VcTensor      table;     /* (codes, start) */
  VcTensor      table_bias;  /* (1, start) f32 */
};

/* ---- loading ---- */

static VcLinear
load_flat (VcLoader   *loader,
           const char *name,
           uint32_t    out,
           uint32_t    in)
{
  g_autofree char *weight = g_strconcat (name, ".w", NULL);
  g_autofree char *bias = g_strconcat (name, ".b", NULL);

  return (VcLinear) {
    .weight = vc_loader_matrix (loader, weight, out, in),
    .bias = vc_loader_vector (loader, bias, out),
  };
}

/* @flat: which of the four convolutions is 1x1 */
static Block
load_block (VcLoader *loader,
            uint32_t  level,
            uint32_t  index,
            uint32_t  out,
            uint32_t  in,
            uint32_t  flat)
{
  const uint32_t hidden = out / 4;
  Block block = { .out = out };

  vc_loader_prefix (loader, "blocks.group_%u.block_%u.", level + 1, index + 1);
  for (uint32_t i = 0; i < CONVS; i++)
    {
      g_autofree char *name = g_strdup_printf ("res_path.conv_%u", i + 1);

      block.convs[i] = vc_conv_load (loader, name, ".w", ".b", i + 1 == CONVS ? out : hidden,
                                     i == 0 ? in : hidden, i == flat ? 1 : 3);
    }
  if (in != out)
    block.shortcut = load_flat (loader, "id_path", out, in);

  return block;
}

/* Channels of a level; the encoder goes up, the decoder down. */
static uint32_t
get_channels (const VcDvaeConfig *config,
              uint32_t            level)
{
  return config->channels << level;
}

static void
load_blocks (VcLoader           *loader,
             const VcDvaeConfig *config,
             Half               *half,
             gboolean            is_encoder)
{
  uint32_t in = is_encoder ? config->channels : config->start;

  for (uint32_t level = 0; level < config->levels; level++)
    {
      const uint32_t out = get_channels (config, is_encoder ? level : config->levels - 1 - level);

      for (uint32_t i = 0; i < config->blocks; i++)
        {
          half->blocks[level][i] = load_block (loader, level, i, out, in, is_encoder ? CONVS - 1 : 0);
          in = out;
        }
    }
  vc_loader_prefix (loader, NULL);
  half->out = load_flat (loader, "blocks.output.conv", is_encoder ? config->codes : CHANNELS_OUT, in);
}

static gboolean
load_half (VcDvae      *dvae,
           const char  *directory,
           gboolean     is_encoder,
           GError     **error)
{
  const VcDvaeConfig *config = &dvae->config;
  g_autofree char *path = g_build_filename (directory,
                                            is_encoder ? "encoder.safetensors" : "decoder.safetensors",
                                            NULL);
  g_autoptr(VcWeights) weights = vc_weights_open (path, error);
  g_autoptr(VcLoader) loader = weights == NULL ? NULL : vc_loader_new (dvae->device, weights, error);

  if (loader == NULL)
    return FALSE;

  if (is_encoder)
    {
      dvae->encoder.in = vc_conv_load (loader, "blocks.input", ".w", ".b", config->channels, 3,
                                       VC_DVAE_KERNEL);
    }
  else
    {
      /* a 1x1 convolution of what is one for one code and zero for all others: a row of a table */
      dvae->table = vc_loader_transposed (loader, "blocks.input.w", config->codes, config->start);
      dvae->table_bias = vc_loader_vector (loader, "blocks.input.b", config->start);
    }
  load_blocks (loader, config, is_encoder ? &dvae->encoder : &dvae->decoder, is_encoder);
  dvae->arenas[is_encoder] = vc_loader_finish (loader, error);

  return dvae->arenas[is_encoder] != NULL;
}

VcDvae *
vc_dvae_load (VcDevice    *device,
              const char  *directory,
              GError     **error)
{
  g_autoptr(VcDvae) dvae = g_new0 (VcDvae, 1);
  uint32_t layers;

  dvae->device = device;
  if (!vc_dvae_config_load (&dvae->config, directory, error))
    return NULL;

  layers = dvae->config.levels * dvae->config.blocks;
  dvae->gain = 1.0f / (layers * layers);
  if (!load_half (dvae, directory, TRUE, error) || !load_half (dvae, directory, FALSE, error))
    return NULL;

  return g_steal_pointer (&dvae);
}

void
vc_dvae_free (VcDvae *dvae)
{
  if (dvae == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (dvae->arenas); i++)
    vc_arena_free (dvae->arenas[i]);
  g_free (dvae);
}

const VcDvaeConfig *
vc_dvae_get_config (VcDvae *dvae)
{
  return &dvae->config;
}

/* ---- a picture ---- */

static VcCanvas *
make_canvas (const VcDvae  *dvae,
             GError       **error)
{
  const VcDvaeConfig *config = &dvae->config;
  const gsize grid = vc_dvae_config_grid (config);
  gsize largest = MAX ((gsize) config->side * config->side * CHANNELS_OUT,
                       grid * grid * MAX (config->codes, config->start));

  /* a level is entered with its neighbour's channels, twice its own at most */
  for (uint32_t level = 0; level < config->levels; level++)
    largest = MAX (largest, ((gsize) config->side >> level) * (config->side >> level) * 2 *
                            get_channels (config, level));

  return vc_canvas_new (dvae->device, largest, 0, error);
}

/* Three layers are enough: x, and two that take turns. */
static void
record_block (const VcDvae *dvae,
              VcCanvas     *canvas,
              const Block  *block)
{
  const uint32_t side = canvas->side;
  const VcTensor x = vc_canvas_get (canvas);
  const VcTensor y = vc_canvas_peek (canvas, 1, side, block->out);
  const VcTensor other = vc_canvas_peek (canvas, 0, side, block->out);
  VcTensor from = x;

  for (uint32_t i = 0; i < CONVS; i++)
    {
      const VcConv *conv = &block->convs[i];
      const uint32_t around = conv->kernel.size[1] / 2;
      const VcTensor bent = vc_canvas_peek (canvas, 1, side, vc_tensor_width (&from));
      const VcTensor to = vc_canvas_peek (canvas, 2, side, conv->kernel.size[0]);

      vc_op_activate (canvas->rec, VC_RELU, &from, &bent);
      vc_op_conv2d   (canvas->rec, &bent, &conv->kernel, &conv->bias, 1, around, around, &to);
      from = to;
    }

  if (block->shortcut.weight.buffer == NULL)
    {
      vc_op_add_share (canvas->rec, &x, dvae->gain, &from, &y);
      vc_canvas_turn (canvas, 1, side, block->out);
    }
  else
    {
      vc_linear_apply (canvas->rec, &x, &block->shortcut, &y);
      vc_op_add_share (canvas->rec, &y, dvae->gain, &from, &other);
      vc_canvas_turn (canvas, 0, side, block->out);
    }
}

/* The levels and the last convolution; between two levels the number of pixels changes. */
static void
record_half (const VcDvae *dvae,
             VcCanvas     *canvas,
             const Half   *half,
             void        (*change) (VcCanvas *canvas))
{
  const VcDvaeConfig *config = &dvae->config;

  for (uint32_t level = 0; level < config->levels; level++)
    {
      for (uint32_t i = 0; i < config->blocks; i++)
        record_block (dvae, canvas, &half->blocks[level][i]);
      if (level + 1 < config->levels)
        change (canvas);
    }
  vc_canvas_activate (canvas, VC_RELU);
  vc_canvas_linear (canvas, &half->out, vc_tensor_rows (&half->out.weight));
}

gboolean
vc_dvae_encode (VcDvae       *dvae,
                const float  *pixels,
                uint32_t     *tokens,
                float        *logits,
                GError      **error)
{
  const VcDvaeConfig *config = &dvae->config;
  const gsize n = (gsize) config->side * config->side * 3;
  const uint32_t grid = vc_dvae_config_grid (config);
  g_autofree float *mapped = g_new (float, n);
  g_autoptr(VcCanvas) canvas = make_canvas (dvae, error);
  g_autoptr(VcArena) arena = canvas == NULL ? NULL
    : vc_arena_new (dvae->device, vc_arena_room (VC_U32, (gsize) grid * grid), error);

  if (arena == NULL)
    return FALSE;

  const VcTensor codes = vc_arena_take (arena, VC_U32, 1, grid * grid);
  const VcTensor first = vc_canvas_peek (canvas, 0, config->side, 3);

  for (gsize i = 0; i < n; i++)
    mapped[i] = (1 - 2 * MARGIN) * pixels[i] + MARGIN;
  if (!vc_tensor_upload (&first, mapped, error))
    return FALSE;

  vc_canvas_turn (canvas, 0, config->side, 3);
  vc_canvas_conv (canvas, &dvae->encoder.in, config->channels);
  record_half (dvae, canvas, &dvae->encoder, vc_canvas_pool);

  const VcTensor last = vc_canvas_get (canvas);

  vc_op_argmax (canvas->rec, &last, &codes);

  return vc_recorder_submit (canvas->rec, error) &&
         vc_tensor_download (&codes, tokens, error) &&
         (logits == NULL || vc_tensor_download (&last, logits, error));
}

/* Where the tokens' rows of the table, and the bias added to each, become the picture. */
static void
record_rows (const VcDvae   *dvae,
             VcCanvas       *canvas,
             const VcTensor *codes)
{
  const uint32_t grid = vc_dvae_config_grid (&dvae->config);
  const uint32_t width = dvae->config.start;
  const VcTensor rows = vc_canvas_peek (canvas, 1, grid, width);
  const VcTensor biases = vc_canvas_peek (canvas, 2, grid, width);
  const VcTensor sum = vc_canvas_peek (canvas, 0, grid, width);

  vc_op_embed  (canvas->rec, codes, &dvae->table, NULL, 0, 1, &rows);
  vc_op_repeat (canvas->rec, &dvae->table_bias, grid * grid, &biases);
  vc_op_add    (canvas->rec, &rows, &biases, &sum);
  vc_canvas_turn (canvas, 0, grid, width);
}

/* The mean of each channel's logit as a pixel. */
static void
unmap (const float *stats,
       float       *pixels,
       gsize        n_pixels)
{
  for (gsize i = 0; i < n_pixels; i++)
    for (guint c = 0; c < 3; c++)
      {
        const float share = 1 / (1 + expf (-stats[CHANNELS_OUT * i + c]));

        pixels[3 * i + c] = CLAMP ((share - MARGIN) / (1 - 2 * MARGIN), 0, 1);
      }
}

gboolean
vc_dvae_decode (VcDvae          *dvae,
                const uint32_t  *tokens,
                float           *pixels,
                float           *stats,
                GError         **error)
{
  const VcDvaeConfig *config = &dvae->config;
  const gsize n_pixels = (gsize) config->side * config->side;
  const uint32_t grid = vc_dvae_config_grid (config);
  g_autofree float *own = stats == NULL ? g_new (float, n_pixels * CHANNELS_OUT) : NULL;
  g_autoptr(VcCanvas) canvas = NULL;
  g_autoptr(VcArena) arena = NULL;

  for (uint32_t i = 0; i < grid * grid; i++)
    g_assert (tokens[i] < config->codes);

  canvas = make_canvas (dvae, error);
  if (canvas == NULL)
    return FALSE;
  arena = vc_arena_new (dvae->device, vc_arena_room (VC_U32, (gsize) grid * grid), error);
  if (arena == NULL)
    return FALSE;

  const VcTensor codes = vc_arena_take (arena, VC_U32, 1, grid * grid);

  if (!vc_tensor_upload (&codes, tokens, error))
    return FALSE;

  record_rows (dvae, canvas, &codes);
  record_half (dvae, canvas, &dvae->decoder, vc_canvas_double);

  const VcTensor last = vc_canvas_get (canvas);

  if (!vc_recorder_submit (canvas->rec, error) ||
      !vc_tensor_download (&last, stats != NULL ? stats : own, error))
    return FALSE;

  unmap (stats != NULL ? stats : own, pixels, n_pixels);

  return TRUE;
}
