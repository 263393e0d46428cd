/* test-mini.c: a small DALL·E mini against numbers recorded from kuprel/min-dalle
 *
 * goldens/mindalle_tiny and mindalle_detoker_tiny in VIGNETTE_SHARED: its models at commit 73621fb2, in PyTorch, on
 * pseudo-random weights. Bounds are those of the recording for float32 in any order.
 */

#include "model/dalle-private.h"
#include "model/decoder.h"
#include "model/drawing.h"
#include "model/guide.h"
#include "model/view.h"

#include <math.h>
#include <string.h>

#include "golden.h"
#include "npy.h"
#include "support.h"

#define NEAR_LOGITS 2e-4
#define NEAR_STATES 1e-4
#define NEAR_SHARES 2e-3
#define NEAR_PIXELS 0.05  /* of 255 */

#define PROMPTS 2    /* of a recording: the empty one, then its own */
#define COPIES 2
#define ROWS (PROMPTS * COPIES)
#define WORDS 64
#define TOKENS 16
#define VOCAB 544
#define CODES 512
#define SIDE 64
#define TOP 8

#define BESIDE "mindalle_detoker_tiny/detoker.safetensors", "mindalle_tiny/config.json", \
               "tokenizer/synthetic_bart/vocab.json", "tokenizer/synthetic_bart/merges.txt", NULL

static const char *const plain[] = {
  "mindalle_tiny/encoder.safetensors", "mindalle_tiny/decoder.safetensors", BESIDE
};
/* stacked storages, offsets, transposed strides */
static const char *const torch[] = { "mindalle_tiny/encoder.pt", "mindalle_tiny/decoder.pt", BESIDE };

static const VcSampling recorded = { .temperature = 1, .top_k = 40, .top_p = 1, .guidance = 16 };

static const char *const prompts[] = {
  "nuclear explosion broccoli", "An armchair in the shape of an avocado, 4k!",
};

static VcDalle *
load (VcDevice           *device,
      const char * const *files)
{
  char *folder = test_import (files);
  g_autoptr(GError) error = NULL;
  VcDalle *dalle;

  if (folder == NULL)
    return NULL;

  dalle = vc_dalle_load (device, folder, &error);
  g_assert_no_error (error);
  test_forget (folder);

  return dalle;
}

static char *
find (const char *folder,
      guint       prompt,
      const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/prompt%u_%s", folder, prompt, name);

  return test_recording (path);
}

static float *
read_floats (const char *folder,
             guint       prompt,
             const char *name,
             gsize       n)
{
  g_autofree char *path = find (folder, prompt, name);
  gsize found;
  float *values = test_npy_f32 (path, &found, NULL);

  g_assert_cmpuint (found, ==, n);

  return values;
}

static uint32_t *
read_ids (const char *folder,
          guint       prompt,
          const char *name)
{
  g_autofree char *path = find (folder, prompt, name);

  return (uint32_t *) test_npy_i32 (path, NULL, NULL);
}

static void
test_words (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device, plain);
  uint32_t got[WORDS];

  if (dalle == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autofree uint32_t *want = read_ids ("mindalle_tiny", i, "text_tokens.npy");

      vc_dalle_fill (dalle, "", got);
      g_assert_cmpmem (got, sizeof got, want, sizeof got);
      vc_dalle_fill (dalle, prompts[i], got);
      g_assert_cmpmem (got, sizeof got, want + WORDS, sizeof got);
    }
}

/* What the listener says, and the keys and values of it in each layer. */
typedef struct
{
  VcArena  *arena;   /* owned */
  VcCache  *cache;   /* owned */
  VcTensor  bits;
  float    *states;  /* owned */
} Heard;

static void
clear_heard (Heard *heard)
{
  vc_cache_free (heard->cache);
  vc_arena_free (heard->arena);
  g_free (heard->states);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Heard, clear_heard)

static Heard
listen (VcDevice *device,
        VcDalle  *dalle,
        guint     prompt)
{
  const VcGpt *gpt = dalle->gpt;
  const VcListener *listener = &gpt->listener;
  g_autofree uint32_t *words = read_ids ("mindalle_tiny", prompt, "text_tokens.npy");
  uint32_t bits[PROMPTS * WORDS / 32];
  g_autoptr(GError) error = NULL;
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  Heard heard = {
    .arena = vc_arena_new (device, vc_listener_room (listener, PROMPTS), &error),
    .cache = vc_cache_new (device, &gpt->config.tower, PROMPTS, WORDS, &error),
  };

  g_assert_no_error (error);
  vc_listener_fill (listener, words, PROMPTS, gpt->config.pad, bits);

  const VcHearing hearing = vc_listener_take (listener, heard.arena, PROMPTS);
  const VcTensor flat = test_upload_ids (device, bits, G_N_ELEMENTS (bits));

  heard.bits = vc_tensor_reshape (&flat, PROMPTS, WORDS / 32);
  g_assert_true (vc_tensor_upload (&hearing.words, words, &error));
  vc_listener_record (rec, listener, &hearing, &(VcSight) { &heard.bits, 0, 0, 1 });
  for (uint32_t layer = 0; layer < gpt->config.tower.layers; layer++)
    vc_block_hear (rec, &gpt->blocks[layer], &hearing.states, &hearing.both, &heard.cache->layers[layer]);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);
  heard.states = test_download (&hearing.states);

  return heard;
}

static void
test_states (VcDevice      *device,
             gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device, data);

  if (dalle == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      const uint32_t width = dalle->config.gpt.tower.width;
      const gsize n = (gsize) PROMPTS * WORDS * width;
      g_autofree float *want = read_floats ("mindalle_tiny", i, "encoder_state.npy", n);
      g_auto(Heard) heard = listen (device, dalle, i);

      test_check_near ("states", heard.states, want, n, NEAR_STATES);
    }
}

/* All tokens at once: nothing is remembered from one call to another. */
static void
test_whole (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device, data);

  if (dalle == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      const VcGpt *gpt = dalle->gpt;
      const VcTower *tower = &gpt->config.tower;
      g_auto(Heard) heard = listen (device, dalle, i);
      g_autofree uint32_t *tokens = read_ids ("mindalle_tiny", i, "image_tokens.npy");
      g_autofree float *want = read_floats ("mindalle_tiny", i, "logits.npy", TOKENS * ROWS * VOCAB);
      uint32_t ids[ROWS * TOKENS];
      g_autoptr(GError) error = NULL;
      g_autoptr(VcArena) arena = vc_arena_new (device, vc_scratch_room (tower, ROWS, TOKENS) +
                                                       vc_memory_room (tower, ROWS, TOKENS), &error);
      g_autoptr(VcRecorder) rec = vc_recorder_new (device);
      const VcScratch s = vc_scratch_take (arena, tower, ROWS, TOKENS);
      const VcMemory memory = vc_memory_take (arena, tower, ROWS, TOKENS);
      const VcTensor logits = test_empty (device, ROWS * TOKENS, VOCAB);

      for (guint row = 0; row < ROWS; row++)
        memcpy (ids + row * TOKENS, tokens + row % COPIES * (TOKENS + 1), TOKENS * sizeof *ids);

      const VcTensor tids = test_upload_ids (device, ids, G_N_ELEMENTS (ids));

      vc_op_embed (rec, &tids, &gpt->token_table, &gpt->token_places, 0, TOKENS, &s.h);
      vc_op_layernorm (rec, &s.h, &gpt->token_first.gain, &gpt->token_first.bias, &s.x, tower->epsilon);
      for (uint32_t layer = 0; layer < tower->layers; layer++)
        vc_block_forward (rec, &gpt->blocks[layer], tower, &s, &memory, 0, NULL,
                          &(VcHeard) { heard.cache->layers[layer], { &heard.bits, 0, 0, 1 } });
      vc_op_layernorm (rec, &s.x, &gpt->last.gain, &gpt->last.bias, &s.h, tower->epsilon);
      vc_linear_apply (rec, &s.h, &gpt->token_head, &logits);
      g_assert_true (vc_recorder_submit (rec, &error));
      g_assert_no_error (error);

      g_autofree float *got = test_download (&logits);

      for (guint row = 0; row < ROWS; row++)
        for (guint step = 0; step < TOKENS; step++)
          g_assert_cmpfloat (test_furthest (got + (row * TOKENS + step) * VOCAB,
                                            want + (step * ROWS + row) * VOCAB, VOCAB), <=, NEAR_LOGITS);
    }
}

/* The recording's greatest shares, of what the guide makes of both prompts' logits. */
static void
check_shares (const float *uncond,
              const float *cond,
              const float *want,
              const uint32_t *places)
{
  float blend[CODES];
  float sorted[CODES];
  double sum = 0;

  memcpy (blend, cond, sizeof blend);
  vc_guide_blend (blend, uncond, CODES, recorded.guidance);
  memcpy (sorted, blend, sizeof sorted);
  for (guint i = 0; i < recorded.top_k; i++)
    for (guint k = i + 1; k < CODES; k++)
      if (sorted[k] > sorted[i])
        {
          const float greater = sorted[k];

          sorted[k] = sorted[i];
          sorted[i] = greater;
        }
  for (guint i = 0; i < CODES; i++)
    if (blend[i] >= sorted[recorded.top_k - 1])
      sum += exp (blend[i] - sorted[0]);
  for (guint i = 0; i < TOP; i++)
    g_assert_cmpfloat (fabs (exp (blend[places[i]] - sorted[0]) / sum - want[i]), <=, NEAR_SHARES);
}

/* As pictures are drawn: a token at a time out of the memory; with the recording's tokens, and the one that each
 * number of the recording draws. */
static void
test_remembered (VcDevice      *device,
                 gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device, data);

  if (dalle == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autofree uint32_t *words = read_ids ("mindalle_tiny", i, "text_tokens.npy");
      g_autofree uint32_t *tokens = read_ids ("mindalle_tiny", i, "image_tokens.npy");
      g_autofree uint32_t *places = read_ids ("mindalle_tiny", i, "probs_top8_index.npy");
      g_autofree float *shares = read_floats ("mindalle_tiny", i, "probs_top8.npy", TOKENS * COPIES * TOP);
      g_autofree float *uniforms = read_floats ("mindalle_tiny", i, "uniforms.npy", TOKENS * COPIES);
      g_autofree float *want = read_floats ("mindalle_tiny", i, "logits.npy", TOKENS * ROWS * VOCAB);
      g_autofree float *got = g_new (float, ROWS * VOCAB);
      g_autoptr(GError) error = NULL;
      g_autoptr(VcReading) reading = vc_reading_new (dalle->gpt, PROMPTS, COPIES, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (tokens[0], ==, dalle->config.gpt.start);
      g_assert_true (vc_reading_begin (reading, words, WORDS, VC_TOKENS, got, &error));
      g_assert_no_error (error);
      memcpy (got + (ROWS - 1) * VOCAB, got + VOCAB, VOCAB * sizeof *got);
      memcpy (got + 2 * VOCAB, got + VOCAB, VOCAB * sizeof *got);
      memcpy (got + VOCAB, got, VOCAB * sizeof *got);

      for (guint step = 0; step < TOKENS; step++)
        {
          const float *now = want + step * ROWS * VOCAB;

          if (step > 0)
            {
              uint32_t ids[ROWS];

              for (guint row = 0; row < ROWS; row++)
                ids[row] = tokens[row % COPIES * (TOKENS + 1) + step];
              g_assert_true (vc_reading_go_on (reading, VC_TOKENS, ids, VC_TOKENS, got, &error));
              g_assert_no_error (error);
            }
          g_assert_cmpfloat (test_furthest (got, now, ROWS * VOCAB), <=, NEAR_LOGITS);

          for (guint copy = 0; copy < COPIES; copy++)
            {
              const guint at = step * COPIES + copy;
              const VcSampling greedy = { .temperature = 1, .top_k = 1, .top_p = 1 };
              float *cond = got + (COPIES + copy) * VOCAB;

              check_shares (got + copy * VOCAB, cond, shares + at * TOP, places + at * TOP);
              vc_guide_blend (cond, got + copy * VOCAB, CODES, recorded.guidance);
              g_assert_cmpuint (vc_guide_draw (cond, CODES, copy == 0 ? &greedy : &recorded, uniforms[at]), ==,
                                tokens[copy * (TOKENS + 1) + step + 1]);
            }
        }
    }
}

/* From the words that a person types to the tokens of the greedy picture. */
static void
test_drawn (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device, data);
  VcSampling greedy = recorded;

  if (dalle == NULL)
    return;

  greedy.top_k = 1;
  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autofree uint32_t *want = read_ids ("mindalle_tiny", i, "image_tokens.npy");
      const uint64_t seeds[] = { 1, 2, 3 };
      g_autoptr(GError) error = NULL;
      g_autoptr(VcDrawing) drawing = vc_drawing_new (dalle, prompts[i], &greedy, seeds, G_N_ELEMENTS (seeds),
                                                     NULL, 0, &error);

      g_assert_no_error (error);
      while (!vc_drawing_is_complete (drawing))
        g_assert_true (vc_drawing_step (drawing, &error));
      for (guint picture = 0; picture < G_N_ELEMENTS (seeds); picture++)
        g_assert_cmpmem (vc_drawing_get_tokens (drawing, picture), TOKENS * sizeof *want, want + 1,
                         TOKENS * sizeof *want);
    }
}

/* The same bits whoever else is drawn: what makes a shown seed draw its picture again. */
static void
test_alone (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device, plain);
  g_autofree uint32_t *words = NULL;
  g_autofree float *alone = NULL;

  if (dalle == NULL)
    return;

  words = read_ids ("mindalle_tiny", 0, "text_tokens.npy");
  for (uint32_t copies = 1; copies <= VC_FEW_ROWS / PROMPTS; copies++)
    {
      g_autofree float *got = g_new (float, PROMPTS * copies * VOCAB);
      g_autoptr(GError) error = NULL;
      g_autoptr(VcReading) reading = vc_reading_new (dalle->gpt, PROMPTS, copies, &error);

      g_assert_no_error (error);
      g_assert_true (vc_reading_begin (reading, words, WORDS, VC_TOKENS, got, &error));
      for (uint32_t step = 0; step < 5; step++)
        {
          uint32_t ids[VC_FEW_ROWS];

          for (uint32_t row = 0; row < PROMPTS * copies; row++)
            ids[row] = (step * 37 + row % copies * 11) % CODES;
          g_assert_true (vc_reading_go_on (reading, VC_TOKENS, ids, VC_TOKENS, got, &error));
        }

      if (copies == 1)
        alone = g_steal_pointer (&got);
      else
        for (uint32_t prompt = 0; prompt < PROMPTS; prompt++)
          g_assert_cmpmem (got + prompt * copies * VOCAB, VOCAB * sizeof *got, alone + prompt * VOCAB,
                           VOCAB * sizeof *got);
    }
}

static void
check_picture (const float *values,
               const float *want,
               gsize        n)
{
  double far = 0;

  for (gsize i = 0; i < n; i++)
    far = MAX (far, fabs (255 * CLAMP (values[i], 0, 1) - want[i]));
  g_test_message ("picture: off by %.3g of 255", far);
  g_assert_cmpfloat (far, <=, NEAR_PIXELS);
}

static void
test_pixels (VcDevice      *device,
             gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device, plain);
  const gsize n = SIDE * SIDE * 3;

  if (dalle == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++)
    {
      g_autofree uint32_t *tokens = read_ids ("mindalle_detoker_tiny", i, "image_tokens.npy");
      g_autofree float *want = read_floats ("mindalle_detoker_tiny", i, "images.npy", COPIES * n);
      g_autofree float *values = g_new (float, n);
      g_autofree uint8_t *rgb = g_new (uint8_t, n);
      g_autoptr(GError) error = NULL;

      for (guint picture = 0; picture < COPIES; picture++)
        {
          g_assert_true (vc_decoder_run (dalle->vqgan, tokens + picture * TOKENS, rgb, values, &error));
          g_assert_no_error (error);
          check_picture (values, want + picture * n, n);
          for (gsize k = 0; k < n; k++)
            g_assert_cmpfloat_with_epsilon (rgb[k], want[picture * n + k], 0.5 + NEAR_PIXELS);
        }
    }
}

/* It has neither an encoder nor a language half, and says so. */
static void
test_lacks (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device, plain);
  g_autofree uint8_t *rgb = g_new0 (uint8_t, SIDE * SIDE * 3);
  g_autofree char *ended = NULL;
  uint32_t tokens[TOKENS];
  g_autoptr(GError) error = NULL;

  if (dalle == NULL)
    return;

  g_assert_false (vc_dalle_read (dalle, rgb, SIDE, SIDE, SIDE * 3, tokens, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_clear_error (&error);
  ended = vc_dalle_complete (dalle, "a red", 1, &error);
  g_assert_null (ended);
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/golden/mini", "words", NULL, test_words);
  test_add ("/golden/mini", "states", plain, test_states);
  test_add ("/golden/mini", "states pt", torch, test_states);
  test_add ("/golden/mini", "whole", plain, test_whole);
  test_add ("/golden/mini", "remembered", plain, test_remembered);
  test_add ("/golden/mini", "remembered pt", torch, test_remembered);
  test_add ("/golden/mini", "drawn", plain, test_drawn);
  test_add ("/golden/mini", "drawn pt", torch, test_drawn);
  test_add ("/golden/mini", "alone", NULL, test_alone);
  test_add ("/golden/mini", "pixels", NULL, test_pixels);
  test_add ("/golden/mini", "lacks", NULL, test_lacks);

  return test_run ();
}
