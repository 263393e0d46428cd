/* gpt.c: a language model over words, then picture tokens, one at a time */

#include "model/gpt.h"

struct _VcReading
{
  const VcGpt *gpt;       /* borrowed */
  uint32_t     prompts;
  uint32_t     copies;
  uint32_t     at;        /* places read */

  VcCache     *cache;     /* owned */
  VcArena     *arena;     /* owned: what follows */
  VcScratch    step;
  VcTensor     ids;       /* (rows) u32 */
  VcTensor     last;      /* (rows, width) */
  VcTensor     logits;    /* (rows, the larger vocab) */
  VcRecorder  *rec;       /* owned */
};

static const VcBlockNames names = {
  .ln1 = "ln1",
  .query = "attn.query",
  .key = "attn.key",
  .value = "attn.value",
  .proj = "attn.proj",
  .ln2 = "ln2",
  .up = "mlp.0",
  .down = "mlp.2",
};

VcGpt *
vc_gpt_load (VcDevice           *device,
             VcWeights          *weights,
             const VcGptConfig  *config,
             GError            **error)
{
  const uint32_t width = config->tower.width;
  g_autoptr(VcLoader) loader = vc_loader_new (device, weights, error);
  g_autoptr(VcGpt) gpt = g_new0 (VcGpt, 1);

  if (loader == NULL)
    return NULL;

  gpt->device = device;
  gpt->config = *config;
  gpt->word_table = vc_loader_matrix (loader, "tok_emb_txt.weight", config->text_vocab, width);
  gpt->word_places = vc_loader_matrix (loader, "pos_emb_txt.weight", config->words, width);
  gpt->token_table = vc_loader_matrix (loader, "tok_emb_img.weight", config->image_vocab, width);
  gpt->token_places = vc_loader_matrix (loader, "pos_emb_img.weight", config->tokens, width);
  gpt->last = vc_norm_load (loader, "ln_f", width);
  gpt->word_head = vc_loader_matrix (loader, "head_txt.weight", config->text_vocab, width);
  gpt->token_head = vc_loader_matrix (loader, "head_img.weight", config->image_vocab, width);

  gpt->blocks = g_new0 (VcBlock, config->tower.layers);
  for (uint32_t layer = 0; layer < config->tower.layers; layer++)
    {
      vc_loader_prefix (loader, "blocks.%u.", layer);
      gpt->blocks[layer] = vc_block_load (loader, &names, &config->tower);
    }

  gpt->arena = vc_loader_finish (loader, error);
  if (gpt->arena == NULL)
    return NULL;

  if (gpt->word_table.dtype != gpt->word_places.dtype ||
      gpt->token_table.dtype != gpt->token_places.dtype)
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                           "the language model's tables and places are of different types, wanted one");
      return NULL;
    }

  return g_steal_pointer (&gpt);
}

void
vc_gpt_free (VcGpt *gpt)
{
  if (gpt == NULL)
    return;

  g_free (gpt->blocks);
  vc_arena_free (gpt->arena);
  g_free (gpt);
}

uint32_t
vc_gpt_get_vocab (const VcGpt *gpt,
                  VcTongue     tongue)
{
  return tongue == VC_WORDS ? gpt->config.text_vocab : gpt->config.image_vocab;
}

gsize
vc_gpt_get_step_bytes (const VcGpt *gpt)
{
  gsize bytes = vc_tensor_bytes (&gpt->token_head);

  for (uint32_t layer = 0; layer < gpt->config.tower.layers; layer++)
    {
      const VcBlock *block = &gpt->blocks[layer];

      bytes += vc_tensor_bytes (&block->qkv.weight) + vc_tensor_bytes (&block->proj.weight) +
               vc_tensor_bytes (&block->up.weight) + vc_tensor_bytes (&block->down.weight);
    }

  return bytes;
}

VcReading *
vc_reading_new (const VcGpt  *gpt,
                uint32_t      prompts,
                uint32_t      copies,
                GError      **error)
{
  const VcTower *tower = &gpt->config.tower;
  const uint32_t rows = prompts * copies;
  const uint32_t vocab = MAX (gpt->config.text_vocab, gpt->config.image_vocab);
  const gsize size = vc_scratch_room (tower, rows, 1) + vc_arena_room (VC_U32, rows) +
                     vc_arena_room (VC_F32, (gsize) rows * tower->width) +
                     vc_arena_room (VC_F32, (gsize) rows * vocab);
  g_autoptr(VcReading) reading = g_new0 (VcReading, 1);

  g_assert (prompts > 0 && copies > 0 && rows <= VC_FEW_ROWS);

  reading->gpt = gpt;
  reading->prompts = prompts;
  reading->copies = copies;
  reading->cache = vc_cache_new (gpt->device, tower, rows, gpt->config.words + gpt->config.tokens,
                                 error);
  if (reading->cache == NULL)
    return NULL;
  reading->arena = vc_arena_new (gpt->device, size, error);
  if (reading->arena == NULL)
    return NULL;

  reading->step = vc_scratch_take (reading->arena, tower, rows, 1);
  reading->ids = vc_arena_take (reading->arena, VC_U32, 1, rows);
  reading->last = vc_arena_take (reading->arena, VC_F32, rows, tower->width);
  reading->logits = vc_arena_take (reading->arena, VC_F32, rows, vocab);
  reading->rec = vc_recorder_new (gpt->device);

  return g_steal_pointer (&reading);
}

void
vc_reading_free (VcReading *reading)
{
  if (reading == NULL)
    return;

  g_clear_pointer (&reading->rec, vc_recorder_free);
  vc_arena_free (reading->arena);
  vc_cache_free (reading->cache);
  g_free (reading);
}

/* The first @rows rows of a tensor, each @width wide, whatever it was made for. */
static VcTensor
narrow (const VcTensor *tensor,
        uint32_t        rows,
        uint32_t        width)
{
  VcTensor view = *tensor;

  g_assert ((gsize) rows * width <= vc_tensor_elements (tensor));

  view.size[0] = view.size[1] = 1;
  view.size[2] = rows;
  view.size[3] = width;

  return view;
}

/* x: (rows, width) → logits: (rows, vocab), by way of reading->last */
static void
record_head (VcReading      *reading,
             const VcTensor *x,
             VcTongue        tongue,
             const VcTensor *logits)
{
  const VcGpt *gpt = reading->gpt;
  const VcTensor last = narrow (&reading->last, vc_tensor_rows (x), vc_tensor_width (x));

  vc_op_layernorm (reading->rec, x, &gpt->last.gain, &gpt->last.bias, &last,
                   gpt->config.tower.epsilon);
  vc_op_linear    (reading->rec, &last, tongue == VC_WORDS ? &gpt->word_head : &gpt->token_head, NULL,
                   logits);
}

gboolean
vc_reading_begin (VcReading       *reading,
                  const uint32_t  *ids,
                  uint32_t         count,
                  VcTongue         next,
                  float           *logits,
                  GError         **error)
{
  const VcGpt *gpt = reading->gpt;
  const VcTower *tower = &gpt->config.tower;
  const uint32_t prompts = reading->prompts;
  const uint32_t rows = prompts * count;
  const uint32_t capacity = gpt->config.words + gpt->config.tokens;
  const gsize size = vc_scratch_room (tower, prompts, count) +
                     vc_memory_room (tower, prompts, capacity) +
                     vc_arena_room (VC_U32, rows) + vc_arena_room (VC_U32, prompts) +
                     vc_arena_room (VC_F32, (gsize) prompts * tower->width);
  const VcTensor answer = narrow (&reading->logits, prompts, vc_gpt_get_vocab (gpt, next));
  uint32_t ends[VC_FEW_ROWS];
  g_autoptr(VcArena) arena = NULL;

  g_assert (count > 0 && count <= gpt->config.words);
  for (uint32_t i = 0; i < rows; i++)
    g_assert (ids[i] < gpt->config.text_vocab);
  for (uint32_t i = 0; i < prompts; i++)
    ends[i] = (i + 1) * count - 1;

  arena = vc_arena_new (gpt->device, size, error);
  if (arena == NULL)
    return FALSE;

  const VcScratch s = vc_scratch_take (arena, tower, prompts, count);
  const VcMemory memory = vc_memory_take (arena, tower, prompts, capacity);
  const VcTensor words = vc_arena_take (arena, VC_U32, 1, rows);
  const VcTensor places = vc_arena_take (arena, VC_U32, 1, prompts);
  const VcTensor last = vc_arena_take (arena, VC_F32, prompts, tower->width);
  /* one row a prompt, so that a row can be repeated */
  const VcTensor from_k = vc_tensor_reshape (&memory.k, prompts, capacity * tower->width);
  const VcTensor from_v = vc_tensor_reshape (&memory.v, prompts, capacity * tower->width);

  if (!vc_tensor_upload (&words, ids, error) || !vc_tensor_upload (&places, ends, error))
    return FALSE;

  vc_op_embed (reading->rec, &words, &gpt->word_table, &gpt->word_places, 0, count, &s.x);
  for (uint32_t layer = 0; layer < tower->layers; layer++)
    {
      const VcMemory *to = &reading->cache->layers[layer];
      const uint32_t all = prompts * reading->copies;
      const VcTensor to_k = vc_tensor_reshape (&to->k, all, capacity * tower->width);
      const VcTensor to_v = vc_tensor_reshape (&to->v, all, capacity * tower->width);

      vc_block_forward (reading->rec, &gpt->blocks[layer], tower, &s, &memory, 0);
      vc_op_repeat (reading->rec, &from_k, reading->copies, &to_k);
      vc_op_repeat (reading->rec, &from_v, reading->copies, &to_v);
    }
  vc_op_embed (reading->rec, &places, &s.x, NULL, 0, 1, &last);
  record_head (reading, &last, next, &answer);

  reading->at = count;

  return vc_recorder_submit (reading->rec, error) && vc_tensor_download (&answer, logits, error);
}

gboolean
vc_reading_go_on (VcReading       *reading,
                  VcTongue         tongue,
                  const uint32_t  *ids,
                  VcTongue         next,
                  float           *logits,
                  GError         **error)
{
  const VcGpt *gpt = reading->gpt;
  const VcTower *tower = &gpt->config.tower;
  const uint32_t rows = reading->prompts * reading->copies;
  const VcTensor answer = narrow (&reading->logits, rows, vc_gpt_get_vocab (gpt, next));

  for (uint32_t i = 0; i < rows; i++)
    g_assert (ids[i] < vc_gpt_get_vocab (gpt, tongue));

  if (!vc_tensor_upload (&reading->ids, ids, error))
    return FALSE;

  if (tongue == VC_WORDS)
    {
      g_assert (reading->at < gpt->config.words);
      vc_op_embed (reading->rec, &reading->ids, &gpt->word_table, &gpt->word_places, reading->at, 1,
                   &reading->step.x);
    }
  else
    {
      g_assert (reading->at >= gpt->config.words &&
                reading->at < gpt->config.words + gpt->config.tokens);
      vc_op_embed (reading->rec, &reading->ids, &gpt->token_table, &gpt->token_places,
                   reading->at - gpt->config.words, 1, &reading->step.x);
    }

  for (uint32_t layer = 0; layer < tower->layers; layer++)
    vc_block_forward (reading->rec, &gpt->blocks[layer], tower, &reading->step,
                      &reading->cache->layers[layer], reading->at);
  if (logits != NULL)
    record_head (reading, &reading->step.x, next, &answer);

  reading->at++;

  return vc_recorder_submit (reading->rec, error) &&
         (logits == NULL || vc_tensor_download (&answer, logits, error));
}

uint32_t
vc_reading_get_at (VcReading *reading)
{
  return reading->at;
}
