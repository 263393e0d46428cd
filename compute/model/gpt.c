/* gpt.c: a language model over words, then picture tokens, one at a time */

#include "model/gpt.h"

#include <string.h>

#include "model/view.h"

struct _VcReading
{
  const VcGpt *gpt;       /* borrowed */
  uint32_t     prompts;
  uint32_t     copies;
  uint32_t     at;        /* places read */

  VcCache     *cache;     /* owned */
  VcArena     *mail;      /* owned: what goes to and fro with each token */
  VcTensor     ids;       /* (rows) u32 */
  VcTensor     logits;    /* (rows, the larger vocab) */
  VcArena     *arena;     /* owned: what follows */
  VcScratch    step;
  VcTensor     last;      /* (rows, width) */
  VcTensor     normed;    /* (rows, width), where the heads are normed */
  VcCache     *heard;     /* owned: what a listener said, layer by layer; NULL without one */
  VcTensor     listened;  /* (prompts, words of bits) u32: which words count */
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
  .after_mix = "ln1_after",
  .cross_norm = "ln_cross",
  .cross_query = "cross.query",
  .cross_key = "cross.key",
  .cross_value = "cross.value",
  .cross_proj = "cross.proj",
  .after_cross = "ln_cross_after",
  .gate = "mlp.gate",
  .opened = "mlp.ln",
  .after_mlp = "ln2_after",
};

/* Whether the words come first in the sequence of the tokens. */
static gboolean
has_words (const VcGptConfig *config)
{
  return config->listener.layers == 0;
}

/* Places of a sequence. */
static uint32_t
count_places (const VcGptConfig *config)
{
  return (has_words (config) ? config->words : 0) + config->tokens;
}

/* The bits of every view that a layer has. */
static gboolean
make_sights (VcGpt   *gpt,
             GError **error)
{
  const VcGptConfig *config = &gpt->config;
  const uint32_t words = has_words (config) ? config->words : 0;
  const uint32_t places = count_places (config);
  const uint32_t width = vc_view_words (places);
  const gsize elements = (gsize) places * width;
  g_autofree uint32_t *bits = NULL;
  guint n_views = 0;

  for (VcView view = VC_VIEW_ALL + 1; view < VC_N_VIEWS; view++)
    n_views += memchr (config->views, view, config->tower.layers) != NULL;
  if (n_views == 0)
    return TRUE;

  gpt->sights = vc_arena_new (gpt->device, n_views * vc_arena_room (VC_U32, elements), error);
  if (gpt->sights == NULL)
    return FALSE;

  bits = g_new (uint32_t, elements);
  for (VcView view = VC_VIEW_ALL + 1; view < VC_N_VIEWS; view++)
    if (memchr (config->views, view, config->tower.layers) != NULL)
      {
        gpt->sight[view] = vc_arena_take (gpt->sights, VC_U32, places, width);
        vc_view_fill (view, words, config->side, config->kernel, FALSE, bits);
        if (!vc_tensor_upload (&gpt->sight[view], bits, error))
          return FALSE;
      }

  return TRUE;
}

static VcLinear
load_head (VcLoader          *loader,
           const char        *name,
           uint32_t           vocab,
           const VcGptConfig *config)
{
  return vc_linear_load_stack (loader, VC_NAMES (name), vocab, config->tower.width, !config->head_biased);
}

static void
load_words (VcGpt    *gpt,
            VcLoader *loader)
{
  const VcGptConfig *config = &gpt->config;
  const uint32_t width = config->tower.width;

  gpt->word_table = vc_loader_matrix (loader, "tok_emb_txt.weight", config->text_vocab, width);
  gpt->word_places = vc_loader_matrix (loader, "pos_emb_txt.weight", config->words, width);
  gpt->word_head = load_head (loader, "head_txt", config->text_vocab, config);
}

static gboolean
is_of_one_type (const VcTensor  *table,
                const VcTensor  *places,
                GError         **error)
{
  if (table->dtype == places->dtype)
    return TRUE;

  g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                       "the language model's tables and places are of different types, wanted one");

  return FALSE;
}

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
  gpt->token_table = vc_loader_matrix (loader, "tok_emb_img.weight", config->image_vocab, width);
  gpt->token_places = vc_loader_matrix (loader, "pos_emb_img.weight", config->tokens, width);
  if (config->greeted)
    gpt->token_first = vc_norm_load (loader, "ln_emb_img", width);
  gpt->last = vc_norm_load (loader, "ln_f", width);
  if (config->head_normed)
    gpt->head_norm = vc_norm_load (loader, "ln_head", width);
  gpt->token_head = load_head (loader, "head_img", config->image_vocab, config);
  if (has_words (config))
    load_words (gpt, loader);

  gpt->blocks = g_new0 (VcBlock, config->tower.layers);
  for (uint32_t layer = 0; layer < config->tower.layers; layer++)
    {
      vc_loader_prefix (loader, "blocks.%u.", layer);
      gpt->blocks[layer] = vc_block_load (loader, &names, &config->tower);
    }
  if (!has_words (config))
    vc_listener_load (&gpt->listener, loader, &names, config);

  gpt->arena = vc_loader_finish (loader, error);
  if (gpt->arena == NULL)
    return NULL;

  if (!is_of_one_type (&gpt->token_table, &gpt->token_places, error) ||
      !is_of_one_type (has_words (config) ? &gpt->word_table : &gpt->listener.table,
                       has_words (config) ? &gpt->word_places : &gpt->listener.places, error) ||
      !make_sights (gpt, error))
    return NULL;

  return g_steal_pointer (&gpt);
}

void
vc_gpt_free (VcGpt *gpt)
{
  if (gpt == NULL)
    return;

  vc_listener_clear (&gpt->listener);
  g_free (gpt->blocks);
  vc_arena_free (gpt->sights);
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
  const VcTower *tower = &gpt->config.tower;
  gsize bytes = vc_tensor_bytes (&gpt->token_head.weight);

  for (uint32_t layer = 0; layer < tower->layers; layer++)
    {
      const VcBlock *block = &gpt->blocks[layer];

      if (tower->crossed)
        bytes += vc_tensor_bytes (&block->ask.weight) + vc_tensor_bytes (&block->cross_proj.weight);
      bytes += vc_tensor_bytes (&block->qkv.weight) + vc_tensor_bytes (&block->proj.weight) +
               vc_tensor_bytes (&block->up.weight) + vc_tensor_bytes (&block->down.weight);
    }

  return bytes;
}

/* Of a reading's two own arenas. */
static gsize
measure_mail (const VcGptConfig *config,
              uint32_t           rows)
{
  const gsize vocab = MAX (config->text_vocab, config->image_vocab);

  return vc_arena_room (VC_U32, rows) + vc_arena_room (VC_F32, rows * vocab);
}

static gsize
measure_step (const VcGptConfig *config,
              uint32_t           prompts,
              uint32_t           rows)
{
  return vc_scratch_room (&config->tower, rows, 1) +
         2 * vc_arena_room (VC_F32, (gsize) rows * config->tower.width) +
         vc_arena_room (VC_U32, (gsize) prompts * vc_view_words (config->words));
}

/* What reading @prompts of @count words takes meanwhile. */
static gsize
measure_words (const VcGptConfig *config,
               uint32_t           prompts,
               uint32_t           count)
{
  const VcTower *tower = &config->tower;

  return vc_scratch_room (tower, prompts, count) + vc_memory_room (tower, prompts, count_places (config)) +
         vc_arena_room (VC_U32, prompts * count) + vc_arena_room (VC_U32, prompts) +
         vc_arena_room (VC_F32, (gsize) prompts * tower->width);
}

gsize
vc_reading_get_room (const VcGptConfig *config,
                     uint32_t           prompts,
                     uint32_t           copies)
{
  const VcTower *tower = &config->tower;
  const VcListener listener = { .tower = config->listener, .words = config->words };
  gsize room = tower->layers * vc_memory_room (tower, prompts * copies, count_places (config)) +
               measure_mail (config, prompts * copies) + measure_step (config, prompts, prompts * copies);

  if (tower->crossed)
    room += tower->layers * vc_memory_room (tower, prompts, config->words);

  return room + (has_words (config) ? measure_words (config, prompts, config->words)
                                    : vc_listener_room (&listener, prompts));
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
  const gsize size = measure_step (&gpt->config, prompts, rows);
  g_autoptr(VcReading) reading = g_new0 (VcReading, 1);

  g_assert (prompts > 0 && copies > 0 && rows <= VC_FEW_ROWS);

  reading->gpt = gpt;
  reading->prompts = prompts;
  reading->copies = copies;
  reading->cache = vc_cache_new (gpt->device, tower, rows, count_places (&gpt->config), error);
  if (reading->cache == NULL)
    return NULL;
  if (tower->crossed)
    {
      reading->heard = vc_cache_new (gpt->device, tower, prompts, gpt->config.words, error);
      if (reading->heard == NULL)
        return NULL;
    }
  reading->mail = vc_arena_new_shared (gpt->device, measure_mail (&gpt->config, rows), error);
  if (reading->mail == NULL)
    return NULL;
  reading->arena = vc_arena_new (gpt->device, size, error);
  if (reading->arena == NULL)
    return NULL;

  reading->ids = vc_arena_take (reading->mail, VC_U32, 1, rows);
  reading->logits = vc_arena_take (reading->mail, VC_F32, rows, vocab);
  reading->step = vc_scratch_take (reading->arena, tower, rows, 1);
  reading->last = vc_arena_take (reading->arena, VC_F32, rows, tower->width);
  reading->normed = vc_arena_take (reading->arena, VC_F32, rows, tower->width);
  reading->listened = vc_arena_take (reading->arena, VC_U32, prompts, vc_view_words (gpt->config.words));
  reading->rec = vc_recorder_new (gpt->device);

  return g_steal_pointer (&reading);
}

void
vc_reading_free (VcReading *reading)
{
  if (reading == NULL)
    return;

  g_clear_pointer (&reading->rec, vc_recorder_free);
  vc_arena_free (reading->mail);
  vc_arena_free (reading->arena);
  vc_cache_free (reading->cache);
  vc_cache_free (reading->heard);
  g_free (reading);
}

/* x: (rows, width) → logits: (rows, vocab), by way of reading->last */
static void
record_head (VcReading      *reading,
             const VcTensor *x,
             VcTongue        tongue,
             const VcTensor *logits)
{
  const VcGpt *gpt = reading->gpt;
  const VcTensor last = vc_scratch_narrow (&reading->last, vc_tensor_rows (x), vc_tensor_width (x));
  const VcTensor normed = vc_scratch_narrow (&reading->normed, vc_tensor_rows (x), vc_tensor_width (x));

  vc_op_layernorm (reading->rec, x, &gpt->last.gain, &gpt->last.bias, &last,
                   gpt->config.tower.epsilon);
  if (gpt->config.head_normed)
    vc_op_layernorm (reading->rec, &last, &gpt->head_norm.gain, &gpt->head_norm.bias, &normed,
                     gpt->config.tower.epsilon);
  vc_linear_apply (reading->rec, gpt->config.head_normed ? &normed : &last,
                   tongue == VC_WORDS ? &gpt->word_head : &gpt->token_head, logits);
}

/* Every layer over @s, which holds the tokens from place @at on. */
static void
record_blocks (VcReading       *reading,
               const VcScratch *s,
               uint32_t         at)
{
  const VcGpt *gpt = reading->gpt;

  for (uint32_t layer = 0; layer < gpt->config.tower.layers; layer++)
    {
      const VcView view = gpt->config.views[layer];
      const VcSight sight = { &gpt->sight[view], at, 1, 0 };
      VcHeard heard;

      if (reading->heard != NULL)
        heard = (VcHeard) { reading->heard->layers[layer], { &reading->listened, 0, 0, 1 } };
      vc_block_forward (reading->rec, &gpt->blocks[layer], &gpt->config.tower, s,
                        &reading->cache->layers[layer], at, view != VC_VIEW_ALL ? &sight : NULL,
                        reading->heard != NULL ? &heard : NULL);
    }
}

/* The words as the first of each sequence. */
static gboolean
read_words (VcReading       *reading,
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
  const uint32_t capacity = count_places (&gpt->config);
  const gsize size = measure_words (&gpt->config, prompts, count);
  const VcTensor answer = vc_scratch_narrow (&reading->logits, prompts, vc_gpt_get_vocab (gpt, next));
  uint32_t ends[VC_FEW_ROWS];
  g_autoptr(VcArena) arena = vc_arena_new (gpt->device, size, error);

  if (arena == NULL)
    return FALSE;
  for (uint32_t i = 0; i < prompts; i++)
    ends[i] = (i + 1) * count - 1;

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

  /* words see all words before them in every layer: no view is asked for */
  vc_op_embed (reading->rec, &words, &gpt->word_table, &gpt->word_places, 0, count, &s.x);
  for (uint32_t layer = 0; layer < tower->layers; layer++)
    {
      const VcMemory *to = &reading->cache->layers[layer];
      const uint32_t all = prompts * reading->copies;
      const VcTensor to_k = vc_tensor_reshape (&to->k, all, capacity * tower->width);
      const VcTensor to_v = vc_tensor_reshape (&to->v, all, capacity * tower->width);

      vc_block_forward (reading->rec, &gpt->blocks[layer], tower, &s, &memory, 0, NULL, NULL);
      vc_op_repeat (reading->rec, &from_k, reading->copies, &to_k);
      vc_op_repeat (reading->rec, &from_v, reading->copies, &to_v);
    }
  vc_op_embed (reading->rec, &places, &s.x, NULL, 0, 1, &last);
  record_head (reading, &last, next, &answer);

  reading->at = count;

  return vc_recorder_submit (reading->rec, error) && vc_tensor_download (&answer, logits, error);
}

/* What the listener says, for each layer to look at. */
static gboolean
hear_words (VcReading       *reading,
            const uint32_t  *ids,
            GError         **error)
{
  const VcGpt *gpt = reading->gpt;
  const VcListener *listener = &gpt->listener;
  const VcSight sight = { &reading->listened, 0, 0, 1 };
  g_autofree uint32_t *bits = g_new (uint32_t, vc_tensor_elements (&reading->listened));
  g_autoptr(VcArena) arena = vc_arena_new (gpt->device, vc_listener_room (listener, reading->prompts),
                                           error);

  if (arena == NULL)
    return FALSE;

  const VcHearing hearing = vc_listener_take (listener, arena, reading->prompts);

  vc_listener_fill (listener, ids, reading->prompts, gpt->config.pad, bits);
  if (!vc_tensor_upload (&hearing.words, ids, error) ||
      !vc_tensor_upload (&reading->listened, bits, error))
    return FALSE;

  vc_listener_record (reading->rec, listener, &hearing, &sight);
  for (uint32_t layer = 0; layer < gpt->config.tower.layers; layer++)
    vc_block_hear (reading->rec, &gpt->blocks[layer], &hearing.states, &hearing.both,
                   &reading->heard->layers[layer]);

  return vc_recorder_submit (reading->rec, error);
}

/* All sequences begin with the start; those of one prompt are alike so far. */
static gboolean
read_start (VcReading  *reading,
            float      *logits,
            GError    **error)
{
  const uint32_t rows = reading->prompts * reading->copies;
  const gsize vocab = reading->gpt->config.image_vocab;
  g_autofree float *all = g_new (float, rows * vocab);
  uint32_t starts[VC_FEW_ROWS];

  for (uint32_t i = 0; i < rows; i++)
    starts[i] = reading->gpt->config.start;

  reading->at = 0;
  if (!vc_reading_go_on (reading, VC_TOKENS, starts, VC_TOKENS, all, error))
    return FALSE;

  for (uint32_t prompt = 0; prompt < reading->prompts; prompt++)
    memcpy (logits + prompt * vocab, all + prompt * reading->copies * vocab, vocab * sizeof *logits);

  return TRUE;
}

gboolean
vc_reading_begin (VcReading       *reading,
                  const uint32_t  *ids,
                  uint32_t         count,
                  VcTongue         next,
                  float           *logits,
                  GError         **error)
{
  const VcGptConfig *config = &reading->gpt->config;

  g_assert (count > 0 && count <= config->words);
  for (uint32_t i = 0; i < reading->prompts * count; i++)
    g_assert (ids[i] < config->text_vocab);

  if (has_words (config))
    return read_words (reading, ids, count, next, logits, error);

  g_assert (count == config->words && next == VC_TOKENS);

  return hear_words (reading, ids, error) && read_start (reading, logits, error);
}

/* Where the sequences lie after their embeddings: reading->step.x. */
static void
record_token (VcReading *reading)
{
  const VcGpt *gpt = reading->gpt;
  const uint32_t first = has_words (&gpt->config) ? gpt->config.words : 0;
  const VcScratch *s = &reading->step;
  const gboolean greeted = gpt->token_first.gain.buffer != NULL;

  g_assert (reading->at >= first && reading->at < first + gpt->config.tokens);

  vc_op_embed (reading->rec, &reading->ids, &gpt->token_table, &gpt->token_places, reading->at - first, 1,
               greeted ? &s->h : &s->x);
  if (greeted)
    vc_op_layernorm (reading->rec, &s->h, &gpt->token_first.gain, &gpt->token_first.bias, &s->x,
                     gpt->config.tower.epsilon);
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
  const uint32_t rows = reading->prompts * reading->copies;
  const VcTensor answer = vc_scratch_narrow (&reading->logits, rows, vc_gpt_get_vocab (gpt, next));

  for (uint32_t i = 0; i < rows; i++)
    g_assert (ids[i] < vc_gpt_get_vocab (gpt, tongue));

  if (!vc_tensor_upload (&reading->ids, ids, error))
    return FALSE;

  if (tongue == VC_WORDS)
    {
      g_assert (has_words (&gpt->config) && reading->at < gpt->config.words);
      vc_op_embed (reading->rec, &reading->ids, &gpt->word_table, &gpt->word_places, reading->at, 1,
                   &reading->step.x);
    }
  else
    {
      record_token (reading);
    }

  record_blocks (reading, &reading->step, reading->at);
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
