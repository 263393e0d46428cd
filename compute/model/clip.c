/* clip.c: pictures and texts as rows of one space */

#include "model/clip-private.h"

#include <math.h>
#include <string.h>

#include "model/block.h"
#include "model/preprocess.h"
#include "model/tokenizer.h"

/* Rows that the blocks work on at once: enough for the matrix products to be good, few enough for the
 * activations to stay in the processor's cache. */
#define MOST_ROWS 512
#define MOST_AT_ONCE 8

/* A tower and what comes after its blocks. */
typedef struct
{
  VcBlock *blocks;  /* owned */
  VcNorm   last;
  VcTensor head;    /* (row's width, width) */
} Tower;

struct _VcClip
{
  VcDevice     *device;       /* borrowed */
  VcClipConfig  config;
  VcTokenizer  *tokenizer;    /* owned */
  VcArena      *arena;        /* owned: all tensors below */
  char         *hash;         /* owned */
  float         scale;

  VcTensor      patch;        /* (width, patch, patch, 3) */
  VcTensor      class_token;  /* (width) */
  VcTensor      places;       /* (1 + patches, width) */
  VcNorm        pre;
  Tower         vision;

  VcTensor      word_table;   /* (vocab, width) */
  VcTensor      word_places;  /* (context, width) */
  Tower         text;
};

static const VcBlockNames names = {
  .ln1 = "layer_norm1",
  .query = "self_attn.q_proj",
  .key = "self_attn.k_proj",
  .value = "self_attn.v_proj",
  .proj = "self_attn.out_proj",
  .ln2 = "layer_norm2",
  .up = "mlp.fc1",
  .down = "mlp.fc2",
};

static void
load_blocks (VcLoader      *loader,
             const char    *model,
             const VcTower *tower,
             VcBlock       *blocks)
{
  for (uint32_t layer = 0; layer < tower->layers; layer++)
    {
      vc_loader_prefix (loader, "%s.encoder.layers.%u.", model, layer);
      blocks[layer] = vc_block_load (loader, &names, tower);
    }
  vc_loader_prefix (loader, "%s", "");
}

static gboolean
load_tensors (VcClip     *clip,
              VcWeights  *weights,
              GError    **error)
{
  const VcClipConfig *config = &clip->config;
  const uint32_t grid = config->side / config->patch;
  const uint32_t wide = config->vision.width;
  g_autoptr(VcLoader) loader = vc_loader_new (clip->device, weights, error);
  float logit_scale;

  if (loader == NULL)
    return FALSE;

  clip->patch = vc_loader_kernel (loader, "vision_model.embeddings.patch_embedding.weight", wide, 3,
                                  config->patch);
  clip->class_token = vc_loader_vector (loader, "vision_model.embeddings.class_embedding", wide);
  clip->places = vc_loader_matrix (loader, "vision_model.embeddings.position_embedding.weight",
                                   grid * grid + 1, wide);
  clip->pre = vc_norm_load (loader, "vision_model.pre_layrnorm", wide);  /* spelt so in the files */
  clip->vision.last = vc_norm_load (loader, "vision_model.post_layernorm", wide);
  clip->vision.head = vc_loader_matrix (loader, "visual_projection.weight", config->width, wide);
  load_blocks (loader, "vision_model", &config->vision, clip->vision.blocks);

  clip->word_table = vc_loader_matrix (loader, "text_model.embeddings.token_embedding.weight",
                                       config->vocab, config->text.width);
  clip->word_places = vc_loader_matrix (loader, "text_model.embeddings.position_embedding.weight",
                                        config->context, config->text.width);
  clip->text.last = vc_norm_load (loader, "text_model.final_layer_norm", config->text.width);
  clip->text.head = vc_loader_matrix (loader, "text_projection.weight", config->width,
                                      config->text.width);
  load_blocks (loader, "text_model", &config->text, clip->text.blocks);

  logit_scale = vc_loader_scalar (loader, "logit_scale");

  clip->arena = vc_loader_finish (loader, error);
  if (clip->arena == NULL)
    return FALSE;

  if (clip->word_table.dtype != clip->word_places.dtype)
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                           "weights “model.safetensors”: the tables of tokens and of positions are of "
                           "different types, wanted one");
      return FALSE;
    }
  if (fabsf (logit_scale) > 20)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                   "weights “model.safetensors”: “logit_scale” is %g, wanted -20 to 20", logit_scale);
      return FALSE;
    }
  clip->scale = expf (logit_scale);

  return TRUE;
}

/* How many sequences of @tokens are worked on at once. */
static uint32_t
choose_few (uint32_t tokens)
{
  return CLAMP (MOST_ROWS / tokens, 1, MOST_AT_ONCE);
}

/* Bytes for vc_scratch_take() and what surrounds it. */
static gsize
measure (const VcClipConfig *config,
         const VcTower      *tower,
         uint32_t            count,
         uint32_t            tokens)
{
  return vc_scratch_room (tower, count, tokens) + vc_memory_room (tower, count, tokens) +
         vc_arena_room (VC_U32, count) + 2 * vc_arena_room (VC_F32, (gsize) count * tower->width) +
         2 * vc_arena_room (VC_F32, (gsize) count * config->width);
}

static uint32_t
count_patches (const VcClipConfig *config)
{
  return (config->side / config->patch) * (config->side / config->patch);
}

/* Bytes that @count pictures take. */
static gsize
measure_images (const VcClipConfig *config,
                uint32_t            count)
{
  const uint32_t patches = count_patches (config);
  const uint32_t few = MIN (count, choose_few (patches + 1));

  return measure (config, &config->vision, few, patches + 1) +
         vc_arena_room (VC_F32, (gsize) few * config->side * config->side * 3) +
         vc_arena_room (VC_F32, (gsize) few * patches * config->vision.width);
}

VcClip *
vc_clip_load (VcDevice    *device,
              const char  *directory,
              GError     **error)
{
  g_autofree char *path = g_build_filename (directory, "model.safetensors", NULL);
  g_autoptr(VcWeights) weights = NULL;
  g_autoptr(VcClip) clip = g_new0 (VcClip, 1);

  clip->device = device;
  if (!vc_clip_config_load (&clip->config, directory, error))
    return NULL;

  clip->tokenizer = vc_tokenizer_load (directory, error);
  if (clip->tokenizer == NULL)
    return NULL;
  if (vc_tokenizer_get_size (clip->tokenizer) > clip->config.vocab)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                   "“vocab.json” has %u symbols, but the model knows only %u",
                   vc_tokenizer_get_size (clip->tokenizer), clip->config.vocab);
      return NULL;
    }

  clip->vision.blocks = g_new0 (VcBlock, clip->config.vision.layers);
  clip->text.blocks = g_new0 (VcBlock, clip->config.text.layers);
  weights = vc_weights_open (path, error);
  if (weights == NULL ||
      !vc_device_has_room (device, vc_weights_get_room (weights) + measure_images (&clip->config, 1), "CLIP", error) ||
      !load_tensors (clip, weights, error))
    return NULL;

  clip->hash = g_strdup (vc_weights_hash (weights, error));
  if (clip->hash == NULL)
    return NULL;

  return g_steal_pointer (&clip);
}

void
vc_clip_refine (VcClip *clip)
{
  for (uint32_t layer = 0; layer < clip->config.vision.layers; layer++)
    vc_block_set_coarse (&clip->vision.blocks[layer], FALSE);
}

void
vc_clip_free (VcClip *clip)
{
  if (clip == NULL)
    return;

  g_free (clip->vision.blocks);
  g_free (clip->text.blocks);
  g_free (clip->hash);
  vc_arena_free (clip->arena);
  vc_tokenizer_free (clip->tokenizer);
  g_free (clip);
}

uint32_t
vc_clip_get_width (VcClip *clip)
{
  return clip->config.width;
}

uint32_t
vc_clip_get_side (VcClip *clip)
{
  return clip->config.side;
}

uint32_t
vc_clip_get_grid (VcClip *clip)
{
  return clip->config.side / clip->config.patch;
}

float
vc_clip_get_scale (VcClip *clip)
{
  return clip->scale;
}

const char *
vc_clip_get_hash (VcClip *clip)
{
  return clip->hash;
}

gsize
vc_clip_get_room (VcClip   *clip,
                  uint32_t  count)
{
  return measure_images (&clip->config, count);
}

uint32_t *
vc_clip_tokenize (VcClip     *clip,
                  const char *text,
                  uint32_t   *n_ids)
{
  uint32_t n;
  g_autofree uint32_t *words = vc_tokenizer_encode (clip->tokenizer, text, &n);
  const uint32_t kept = MIN (n, clip->config.context - 2);
  uint32_t *ids = g_new (uint32_t, kept + 2);

  ids[0] = vc_tokenizer_get_start (clip->tokenizer);
  memcpy (ids + 1, words, kept * sizeof *ids);
  ids[kept + 1] = vc_tokenizer_get_end (clip->tokenizer);
  *n_ids = kept + 2;

  return ids;
}

void
vc_clip_prepare (VcClip        *clip,
                 const uint8_t *rgb,
                 uint32_t       width,
                 uint32_t       height,
                 gsize          stride,
                 float         *pixels)
{
  vc_preprocess (rgb, width, height, stride, clip->config.side, clip->config.mean,
                 clip->config.deviation, pixels);
}

static gboolean
tell (VcStep     step,
      gpointer   data,
      GError   **error)
{
  if (step == NULL || step (data))
    return TRUE;

  g_set_error_literal (error, VC_ERROR, VC_ERROR_CANCELLED, "it was stopped");
  return FALSE;
}

/* scratch.x: (count, tokens, width), of which row ends[i] is sequence i's → rows: (count, row's width) */
static gboolean
run_tower (VcRecorder       *rec,
           VcArena          *arena,
           const VcClip     *clip,
           const VcTower    *tower,
           const Tower      *parts,
           const VcScratch  *scratch,
           const uint32_t   *ends,
           uint32_t          count,
           gboolean          unit,
           float            *rows,
           GError          **error)
{
  const VcMemory memory = vc_memory_take (arena, tower, count, scratch->tokens);
  const VcTensor places = vc_arena_take (arena, VC_U32, 1, count);
  const VcTensor picked = vc_arena_take (arena, VC_F32, count, tower->width);
  const VcTensor normed = vc_arena_take (arena, VC_F32, count, tower->width);
  const VcTensor projected = vc_arena_take (arena, VC_F32, count, clip->config.width);
  const VcTensor united = vc_arena_take (arena, VC_F32, count, clip->config.width);

  if (!vc_tensor_upload (&places, ends, error))
    return FALSE;

  for (uint32_t layer = 0; layer < tower->layers; layer++)
    vc_block_forward (rec, &parts->blocks[layer], tower, scratch, &memory, 0, NULL, NULL);

  vc_op_embed     (rec, &places, &scratch->x, NULL, 0, 1, &picked);
  vc_op_layernorm (rec, &picked, &parts->last.gain, &parts->last.bias, &normed, tower->epsilon);
  vc_op_linear    (rec, &normed, &parts->head, NULL, &projected);
  vc_op_unitnorm  (rec, &projected, &united);

  return vc_recorder_submit (rec, error) &&
         vc_tensor_download (unit ? &united : &projected, rows, error) &&
         vc_numbers_check (rows, (gsize) count * clip->config.width, "what CLIP computed", error);
}

static gboolean
embed_few_images (VcRecorder    *rec,
                  VcArena       *arena,
                  const VcClip  *clip,
                  const float   *pixels,
                  uint32_t       count,
                  gboolean       unit,
                  float         *rows,
                  GError       **error)
{
  const VcClipConfig *config = &clip->config;
  const uint32_t grid = config->side / config->patch;
  const uint32_t patches = grid * grid;
  const VcScratch s = vc_scratch_take (arena, &config->vision, count, patches + 1);
  const VcTensor square = vc_arena_take4 (arena, VC_F32, count, config->side, config->side, 3);
  const VcTensor tiles = vc_arena_take4 (arena, VC_F32, count, grid, grid, config->vision.width);
  const VcTensor sequence = vc_tensor_reshape (&tiles, count * patches, config->vision.width);
  uint32_t firsts[MOST_AT_ONCE];

  for (uint32_t i = 0; i < count; i++)
    firsts[i] = i * (patches + 1);

  if (!vc_tensor_upload (&square, pixels, error))
    return FALSE;

  vc_op_conv2d    (rec, &square, &clip->patch, NULL, config->patch, 0, 0, &tiles);
  vc_op_assemble  (rec, &sequence, &clip->class_token, &clip->places, &s.sum);
  vc_op_layernorm (rec, &s.sum, &clip->pre.gain, &clip->pre.bias, &s.x, config->vision.epsilon);

  return run_tower (rec, arena, clip, &config->vision, &clip->vision, &s, firsts, count, unit, rows,
                    error);
}

gboolean
vc_clip_project_images (VcClip       *clip,
                        const float  *pixels,
                        uint32_t      count,
                        gboolean      unit,
                        float        *rows,
                        VcStep        step,
                        gpointer      data,
                        GError      **error)
{
  const VcClipConfig *config = &clip->config;
  const gsize area = (gsize) config->side * config->side * 3;
  const uint32_t few = MIN (count, choose_few (count_patches (config) + 1));
  g_autoptr(VcArena) arena = vc_arena_new (clip->device, measure_images (config, count), error);
  g_autoptr(VcRecorder) rec = vc_recorder_new (clip->device);

  if (arena == NULL)
    return FALSE;

  for (uint32_t first = 0; first < count; first += few)
    {
      vc_arena_reset (arena, 0);
      if (!embed_few_images (rec, arena, clip, pixels + first * area, MIN (few, count - first), unit,
                             rows + (gsize) first * config->width, error) ||
          !tell (step, data, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
vc_clip_embed_images (VcClip       *clip,
                      const float  *pixels,
                      uint32_t      count,
                      float        *rows,
                      VcStep        step,
                      gpointer      data,
                      GError      **error)
{
  return vc_clip_project_images (clip, pixels, count, TRUE, rows, step, data, error);
}

/* Which of a text's ids stands for all of it. */
static uint32_t
find_end (const VcClipConfig *config,
          const uint32_t     *ids,
          uint32_t            length)
{
  uint32_t end = 0;

  for (uint32_t i = 0; i < length; i++)
    if (config->end_is_largest ? ids[i] > ids[end] : ids[i] == config->end)
      {
        end = i;
        if (!config->end_is_largest)
          break;
      }

  return end;
}

/* Causal: what follows a text's end changes nothing, so that only the longest of a few is read whole. */
static gboolean
embed_few_texts (VcRecorder      *rec,
                 VcArena         *arena,
                 const VcClip    *clip,
                 const uint32_t  *ids,
                 const uint32_t  *lengths,
                 uint32_t         count,
                 uint32_t         tokens,
                 gboolean         unit,
                 float           *rows,
                 GError         **error)
{
  const VcClipConfig *config = &clip->config;
  const VcScratch s = vc_scratch_take (arena, &config->text, count, tokens);
  const VcTensor words = vc_arena_take (arena, VC_U32, 1, count * tokens);
  g_autofree uint32_t *filled = g_new0 (uint32_t, count * tokens);
  uint32_t ends[MOST_AT_ONCE];

  for (uint32_t i = 0; i < count; i++)
    {
      const uint32_t *text = ids + (gsize) i * config->context;

      for (uint32_t k = 0; k < lengths[i]; k++)
        g_assert (text[k] < config->vocab);
      memcpy (filled + i * tokens, text, lengths[i] * sizeof *ids);
      ends[i] = i * tokens + find_end (config, text, lengths[i]);
    }

  if (!vc_tensor_upload (&words, filled, error))
    return FALSE;

  vc_op_embed (rec, &words, &clip->word_table, &clip->word_places, 0, tokens, &s.x);

  return run_tower (rec, arena, clip, &config->text, &clip->text, &s, ends, count, unit, rows, error);
}

gboolean
vc_clip_project_ids (VcClip          *clip,
                     const uint32_t  *ids,
                     const uint32_t  *lengths,
                     uint32_t         count,
                     gboolean         unit,
                     float           *rows,
                     VcStep           step,
                     gpointer         data,
                     GError         **error)
{
  const VcClipConfig *config = &clip->config;
  uint32_t longest = 1;

  for (uint32_t i = 0; i < count; i++)
    {
      g_assert (lengths[i] > 0 && lengths[i] <= config->context);
      longest = MAX (longest, lengths[i]);
    }

  const uint32_t few = MIN (count, choose_few (longest));
  const gsize size = measure (config, &config->text, few, longest) +
                     vc_arena_room (VC_U32, (gsize) few * longest);
  g_autoptr(VcArena) arena = vc_arena_new (clip->device, size, error);
  g_autoptr(VcRecorder) rec = vc_recorder_new (clip->device);

  if (arena == NULL)
    return FALSE;

  for (uint32_t first = 0; first < count; first += few)
    {
      const uint32_t now = MIN (few, count - first);
      uint32_t tokens = 1;

      for (uint32_t i = first; i < first + now; i++)
        tokens = MAX (tokens, lengths[i]);

      vc_arena_reset (arena, 0);
      if (!embed_few_texts (rec, arena, clip, ids + (gsize) first * config->context, lengths + first,
                            now, tokens, unit, rows + (gsize) first * config->width, error) ||
          !tell (step, data, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
vc_clip_embed_texts (VcClip              *clip,
                     const char * const  *texts,
                     uint32_t             count,
                     float               *rows,
                     VcStep               step,
                     gpointer             data,
                     GError             **error)
{
  const uint32_t context = clip->config.context;
  g_autofree uint32_t *ids = g_new0 (uint32_t, (gsize) count * context);
  g_autofree uint32_t *lengths = g_new (uint32_t, count);

  for (uint32_t i = 0; i < count; i++)
    {
      g_autofree uint32_t *text = vc_clip_tokenize (clip, texts[i], &lengths[i]);

      memcpy (ids + (gsize) i * context, text, lengths[i] * sizeof *ids);
    }

  return vc_clip_project_ids (clip, ids, lengths, count, TRUE, rows, step, data, error);
}
