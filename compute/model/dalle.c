/* dalle.c: the drawing model's face: words to ids, tokens to pixels and back, prompts to their ends */

#include "model/dalle-private.h"

#include <math.h>
#include <string.h>

#include "model/decoder.h"
#include "model/encoder.h"
#include "model/guide.h"
#include "model/preprocess.h"

/* How the language half ends a prompt: warm enough that seeds differ, cold enough to stay grammatical. */
static const VcSampling talk = { .temperature = 0.8f, .top_k = 40, .top_p = 0.95f, .guidance = 1 };

static VcWeights *
open_weights (const char  *directory,
              const char  *name,
              GError     **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  return vc_weights_open (path, error);
}

static gboolean
load_weights (VcDalle     *dalle,
              const char  *directory,
              GError     **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr(VcWeights) stage1 = open_weights (directory, "stage1.safetensors", error);
  g_autoptr(VcWeights) stage2 = stage1 == NULL
    ? NULL : open_weights (directory, "stage2.safetensors", error);

  if (stage2 == NULL ||
      !vc_device_has_room (dalle->device, vc_weights_get_room (stage1) + vc_weights_get_room (stage2) +
                           vc_reading_get_room (&dalle->config.gpt, 2, 1) +
                           vc_vqgan_get_room (&dalle->config.vqgan), "the drawing model", error))
    return FALSE;

  dalle->vqgan = vc_vqgan_load (dalle->device, stage1, &dalle->config.vqgan, error);
  if (dalle->vqgan == NULL)
    return FALSE;
  dalle->gpt = vc_gpt_load (dalle->device, stage2, &dalle->config.gpt, error);
  if (dalle->gpt == NULL)
    return FALSE;

  for (guint i = 0; i < 2; i++)
    {
      const char *hash = vc_weights_hash (i == 0 ? stage1 : stage2, error);

      if (hash == NULL)
        return FALSE;
      g_checksum_update (checksum, (const guchar *) hash, -1);
    }
  dalle->hash = g_strdup (g_checksum_get_string (checksum));

  return TRUE;
}

VcDalle *
vc_dalle_load (VcDevice    *device,
               const char  *directory,
               GError     **error)
{
  g_autoptr(VcDalle) dalle = g_new0 (VcDalle, 1);

  dalle->device = device;
  if (!vc_dalle_config_load (&dalle->config, directory, error))
    return NULL;

  dalle->tokenizer = vc_tokenizer_load_spelling (directory, dalle->config.spelling, error);
  if (dalle->tokenizer == NULL)
    return NULL;
  if (vc_tokenizer_get_size (dalle->tokenizer) > dalle->config.gpt.text_vocab)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                   "“vocab.json” has %u symbols, but the language model knows only %u",
                   vc_tokenizer_get_size (dalle->tokenizer), dalle->config.gpt.text_vocab);
      return NULL;
    }

  if (!load_weights (dalle, directory, error))
    return NULL;

  return g_steal_pointer (&dalle);
}

void
vc_dalle_free (VcDalle *dalle)
{
  if (dalle == NULL)
    return;

  vc_gpt_free (dalle->gpt);
  vc_palette_free (dalle->palette);
  vc_vqgan_free (dalle->vqgan);
  vc_tokenizer_free (dalle->tokenizer);
  g_free (dalle->hash);
  g_free (dalle);
}

uint32_t
vc_dalle_get_columns (VcDalle *dalle)
{
  return dalle->config.columns;
}

uint32_t
vc_dalle_get_rows (VcDalle *dalle)
{
  return dalle->config.rows;
}

gboolean
vc_dalle_look (const char    *directory,
               VcDalleFacts  *facts,
               GError       **error)
{
  VcDalleConfig config;

  if (!vc_dalle_config_load (&config, directory, error))
    return FALSE;

  *facts = (VcDalleFacts) {
    .rows = config.rows,
    .columns = config.columns,
    .side = config.vqgan.side,
    .reads = config.vqgan.reads,
    .completes = config.gpt.listener.layers == 0,
    .sampling = config.sampling,
  };

  return TRUE;
}

uint32_t
vc_dalle_get_side (VcDalle *dalle)
{
  return dalle->config.vqgan.side;
}

uint32_t
vc_dalle_get_vocab (VcDalle *dalle)
{
  return dalle->config.vqgan.codes;
}

const char *
vc_dalle_get_hash (VcDalle *dalle)
{
  return dalle->hash;
}

gsize
vc_dalle_get_step_bytes (VcDalle *dalle)
{
  return vc_gpt_get_step_bytes (dalle->gpt);
}

VcSampling
vc_dalle_get_sampling (VcDalle *dalle)
{
  return dalle->config.sampling;
}

/* What is not drawn yet continues the columns above it: the decoder's norms and its attention look at
 * the whole picture, so that anything garish below would tint what is drawn. */
static void
extend (const VcDalleConfig *config,
        const uint32_t      *tokens,
        uint32_t             known,
        uint32_t            *all)
{
  const uint32_t total = config->rows * config->columns;

  for (uint32_t i = 0; i < total; i++)
    if (i < known)
      all[i] = tokens[i];
    else if (i >= config->columns)
      all[i] = all[i - config->columns];
    else
      all[i] = i > 0 ? all[i - 1] : 0;
}

gboolean
vc_dalle_paint (VcDalle         *dalle,
                const uint32_t  *tokens,
                uint32_t         known,
                uint8_t         *rgb,
                GError         **error)
{
  g_autofree uint32_t *all = g_new (uint32_t, dalle->config.gpt.tokens);

  g_assert (known <= dalle->config.gpt.tokens);

  extend (&dalle->config, tokens, known, all);

  if (!vc_decoder_run (dalle->vqgan, all, rgb, NULL, error))
    return FALSE;

  /* A finished picture is looked at no more, and so are drawings that nobody looked at. */
  if (dalle->palette != NULL && known < dalle->config.gpt.tokens)
    vc_palette_learn (dalle->palette, all, known / dalle->config.columns, rgb);

  return TRUE;
}

gboolean
vc_dalle_learn_colours (VcDalle  *dalle,
                        GError  **error)
{
  const uint32_t total = dalle->config.gpt.tokens;
  const gsize side = dalle->config.vqgan.side;
  g_autofree uint32_t *tokens = g_new (uint32_t, total);
  g_autofree uint8_t *rgb = g_malloc (side * side * 3);
  guint32 state = 1;

  if (dalle->palette == NULL)
    dalle->palette = vc_palette_new (dalle->vqgan, error);
  if (dalle->palette == NULL)
    return FALSE;

  /* [Numerical Recipes, 7.1]: any spread will do. */
  for (uint32_t i = 0; i < total; i++)
    {
      state = state * 1664525u + 1013904223u;
      tokens[i] = (uint32_t) (((guint64) state * dalle->config.vqgan.codes) >> 32);
    }
  if (!vc_decoder_run (dalle->vqgan, tokens, rgb, NULL, error))
    return FALSE;

  vc_palette_learn (dalle->palette, tokens, dalle->config.rows, rgb);

  return TRUE;
}

gboolean
vc_dalle_sketch (VcDalle        *dalle,
                 const uint32_t *tokens,
                 uint32_t        first,
                 uint32_t        rows,
                 uint8_t        *rgb)
{
  return dalle->palette != NULL && vc_palette_paint (dalle->palette, tokens, first, rows, rgb);
}

gboolean
vc_dalle_read (VcDalle        *dalle,
               const uint8_t  *rgb,
               uint32_t        width,
               uint32_t        height,
               gsize           stride,
               uint32_t       *tokens,
               GError        **error)
{
  const VcVqganConfig *config = &dalle->config.vqgan;
  const gsize n = (gsize) config->side * config->side * 3;
  g_autofree uint8_t *square = g_new (uint8_t, n);
  g_autofree float *values = g_new (float, n);

  if (!config->reads)
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                           "the drawing model has no encoder, so it cannot go on with a picture that is given");
      return FALSE;
    }

  vc_preprocess_square (rgb, width, height, stride, config->side, square);

  /* vc_op_torgb() the other way round */
  for (gsize i = 0; i < n; i++)
    values[i] = (square[i] / 255.0f - config->shift) / config->scale;

  return vc_encoder_run (dalle->vqgan, values, tokens, NULL, error);
}

uint32_t *
vc_dalle_tokenize (VcDalle    *dalle,
                   const char *text,
                   uint32_t   *n_ids)
{
  const uint32_t words = dalle->config.gpt.words;
  uint32_t n;
  g_autofree uint32_t *found = vc_tokenizer_encode (dalle->tokenizer, text, &n);
  uint32_t *ids;

  if (!dalle->config.framed)
    {
      *n_ids = MIN (n, words);
      return g_steal_pointer (&found);
    }

  /* a prompt that is cut has lost its end too, as it has in the models' own programs */
  ids = g_new (uint32_t, (gsize) n + 2);
  ids[0] = vc_tokenizer_get_start (dalle->tokenizer);
  memcpy (ids + 1, found, n * sizeof *ids);
  ids[n + 1] = vc_tokenizer_get_end (dalle->tokenizer);
  *n_ids = MIN (n + 2, words);

  return ids;
}

void
vc_dalle_fill (VcDalle    *dalle,
               const char *text,
               uint32_t   *ids)
{
  uint32_t n;
  g_autofree uint32_t *found = vc_dalle_tokenize (dalle, text, &n);

  for (uint32_t i = 0; i < dalle->config.gpt.words; i++)
    ids[i] = i < n ? found[i] : dalle->config.pad + (dalle->config.pad_counts ? i : 0);
}

/* Draws words after @n in @ids until the prompt ends or the context is full. Returns how many are there. */
static gboolean
draw_words (VcDalle           *dalle,
            const VcSampling  *sampling,
            uint64_t           seed,
            uint32_t          *ids,
            uint32_t          *n,
            GError           **error)
{
  const VcDalleConfig *config = &dalle->config;
  const uint32_t start = vc_tokenizer_get_start (dalle->tokenizer);
  const uint32_t size = vc_tokenizer_get_size (dalle->tokenizer);
  g_autofree float *logits = g_new (float, config->gpt.text_vocab);
  g_autoptr(VcReading) reading = vc_reading_new (dalle->gpt, 1, 1, error);

  if (reading == NULL ||
      !vc_reading_begin (reading, ids, *n, VC_WORDS, logits, error))
    return FALSE;

  while (*n < config->gpt.words)
    {
      uint32_t word;

      if (!vc_numbers_check (logits, config->gpt.text_vocab, "what the language model computed for a word", error))
        return FALSE;

      /* no prompt begins in the middle, and some models have more logits than symbols */
      if (start < config->gpt.text_vocab)
        logits[start] = -INFINITY;
      word = vc_guide_draw (logits, MIN (size, config->gpt.text_vocab), sampling,
                            vc_guide_uniform (seed, VC_STREAM_WORDS, *n));
      if (word == config->end || word == config->pad)
        break;

      ids[(*n)++] = word;
      if (*n < config->gpt.words &&
          !vc_reading_go_on (reading, VC_WORDS, &word, VC_WORDS, logits, error))
        return FALSE;
    }

  return TRUE;
}

/* The tokenizer forgets which spaces there were: none stands before what closes. */
static char *
tidy (const char *text)
{
  GString *tidied = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (*p != ' ' || strchr (",.;:!?)]}'", p[1]) == NULL)
      g_string_append_c (tidied, *p);

  return g_string_free (tidied, FALSE);
}

/* @text as it was typed, and @ending with one space between where there should be one. */
static char *
join (const char *text,
      const char *ending)
{
  const gsize length = strlen (text);
  const gboolean apart = length > 0 && !g_ascii_isspace (text[length - 1]) && *ending != '\0' &&
                         strchr (",.;:!?)]}'", *ending) == NULL;

  return g_strconcat (text, apart ? " " : "", ending, NULL);
}

char *
vc_dalle_continue (VcDalle           *dalle,
                   const char        *text,
                   const VcSampling  *sampling,
                   uint64_t           seed,
                   GError           **error)
{
  const uint32_t words = dalle->config.gpt.words;
  g_autofree uint32_t *ids = g_new (uint32_t, words);
  uint32_t n_given;
  g_autofree uint32_t *given = vc_dalle_tokenize (dalle, text, &n_given);
  uint32_t n = n_given;
  g_autofree char *spelt = NULL;
  g_autofree char *ending = NULL;

  if (dalle->config.gpt.listener.layers > 0)
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                           "the drawing model has no language half, so it cannot end a prompt");
      return NULL;
    }

  /* without a word there is nothing to follow; with all of them, no room */
  if (n_given == 0 || n_given == words)
    return g_strdup (text);

  memcpy (ids, given, n_given * sizeof *ids);
  if (!draw_words (dalle, sampling, seed, ids, &n, error))
    return NULL;

  spelt = vc_tokenizer_decode (dalle->tokenizer, ids + n_given, n - n_given);
  ending = tidy (g_strstrip (spelt));

  return join (text, ending);
}

char *
vc_dalle_complete (VcDalle     *dalle,
                   const char  *text,
                   uint64_t     seed,
                   GError     **error)
{
  return vc_dalle_continue (dalle, text, &talk, seed, error);
}
