/* test-dalle.c: a small minDALL-E against numbers recorded from kakaobrain/minDALL-E
 *
 * tests/data/golden/dalle: stage1/vqgan.py and stage2/transformer.py at commit e5480076, in PyTorch, on
 * pseudo-random weights. Bounds are those of the recording: 2e-4 for float32 in any order.
 */

#include "device-private.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/gpt.h"

#include <string.h>

#include "golden.h"
#include "npy.h"
#include "support.h"

#define NEAR 2e-4

/* What the recording has: two of everything. */
#define COUNT 2

typedef struct
{
  VcDalleConfig config;
  VcWeights    *stage1;
  VcWeights    *stage2;
  VcVqgan      *vqgan;
  VcGpt        *gpt;
} Model;

static void
model_clear (Model *model)
{
  vc_gpt_free (model->gpt);
  vc_vqgan_free (model->vqgan);
  vc_weights_free (model->stage1);
  vc_weights_free (model->stage2);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Model, model_clear)

static void
model_init (Model    *model,
            VcDevice *device)
{
  g_autofree char *directory = test_data ("golden/dalle");
  g_autofree char *path1 = g_build_filename (directory, "stage1.safetensors", NULL);
  g_autofree char *path2 = g_build_filename (directory, "stage2.safetensors", NULL);
  g_autoptr(GError) error = NULL;

  if (!vc_dalle_config_load (&model->config, directory, &error))
    g_assert_no_error (error);
  model->stage1 = vc_weights_open (path1, &error);
  g_assert_no_error (error);
  model->stage2 = vc_weights_open (path2, &error);
  g_assert_no_error (error);
  model->vqgan = vc_vqgan_load (device, model->stage1, &model->config.vqgan, &error);
  g_assert_no_error (error);
  model->gpt = vc_gpt_load (device, model->stage2, &model->config.gpt, &error);
  g_assert_no_error (error);
}

static float *
read_pictures (const char *name,
               uint32_t    channels,
               uint32_t    side)
{
  gsize n;
  g_autofree float *values = test_npy_f32 (name, &n, NULL);

  g_assert_cmpuint (n, ==, COUNT * channels * side * side);

  return test_channels_last (values, COUNT, channels, side);
}

static void
test_encoder (VcDevice      *device,
              gconstpointer  data)
{
  g_auto(Model) model = { 0 };

  model_init (&model, device);

  const uint32_t side = model.config.vqgan.side;
  const uint32_t width = model.config.vqgan.width;
  const uint32_t tokens = model.config.gpt.tokens;
  g_autofree float *images = read_pictures ("golden/dalle/image.npy", 3, side);
  g_autofree float *latents = read_pictures ("golden/dalle/latent.npy", width, model.config.rows);
  g_autofree int32_t *codes = test_npy_i32 ("golden/dalle/codes.npy", NULL, NULL);
  g_autofree float *latent = g_new (float, tokens * width);
  g_autofree uint32_t *ids = g_new (uint32_t, tokens);
  g_autoptr(GError) error = NULL;

  for (uint32_t i = 0; i < COUNT; i++)
    {
      double far;

      g_assert_true (vc_encoder_run (model.vqgan, images + i * side * side * 3, ids, latent, &error));
      g_assert_no_error (error);

      far = test_furthest (latent, latents + i * tokens * width, tokens * width);
      g_test_message ("latent %u: off by %.3g", i, far);
      g_assert_cmpfloat (far, <=, NEAR);
      /* the recording's least margin, .025, is far above what the latent is off by */
      for (uint32_t k = 0; k < tokens; k++)
        g_assert_cmpuint (ids[k], ==, codes[i * tokens + k]);
    }
}

static void
test_decoder (VcDevice      *device,
              gconstpointer  data)
{
  g_auto(Model) model = { 0 };

  model_init (&model, device);

  const uint32_t side = model.config.vqgan.side;
  const gsize area = side * side * 3;
  const uint32_t tokens = model.config.gpt.tokens;
  g_autofree int32_t *codes = test_npy_i32 ("golden/dalle/codes.npy", NULL, NULL);
  g_autofree float *decoded = read_pictures ("golden/dalle/decoded.npy", 3, side);
  g_autofree float *pixels = read_pictures ("golden/dalle/pixels.npy", 3, side);
  g_autofree float *values = g_new (float, area);
  g_autofree uint8_t *rgb = g_new (uint8_t, area);
  g_autoptr(GError) error = NULL;

  for (uint32_t i = 0; i < COUNT; i++)
    {
      double far;

      g_assert_true (vc_decoder_run (model.vqgan, (uint32_t *) codes + i * tokens, rgb, values, &error));
      g_assert_no_error (error);

      far = test_furthest (values, decoded + i * area, area);
      g_test_message ("decoded %u: off by %.3g", i, far);
      g_assert_cmpfloat (far, <=, NEAR);
      for (gsize k = 0; k < area; k++)
        g_assert_cmpfloat_with_epsilon (rgb[k], 255 * pixels[i * area + k], 0.5 + 255 * NEAR);
    }
}

/* How far @n rows of logits are off, each @vocab wide and @stride apart in @want. */
static void
check_logits (const float *got,
              const float *want,
              uint32_t     n,
              gsize        stride,
              uint32_t     vocab)
{
  for (uint32_t i = 0; i < n; i++)
    g_assert_cmpfloat (test_furthest (got + i * vocab, want + i * stride, vocab), <=, NEAR);
}

/* As pictures are drawn: the words at once, then a token at a time out of the memory. */
static void
test_remembered (VcDevice      *device,
                 gconstpointer  data)
{
  g_auto(Model) model = { 0 };

  model_init (&model, device);

  const VcGptConfig *config = &model.config.gpt;
  g_autofree int32_t *words = test_npy_i32 ("golden/dalle/text_tokens.npy", NULL, NULL);
  g_autofree int32_t *tokens = test_npy_i32 ("golden/dalle/image_tokens.npy", NULL, NULL);
  g_autofree float *want = test_npy_f32 ("golden/dalle/logits_img.npy", NULL, NULL);
  g_autofree float *got = g_new (float, COUNT * config->image_vocab);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcReading) reading = vc_reading_new (model.gpt, COUNT, 1, &error);
  guint64 copies;

  g_assert_no_error (error);
  g_assert_true (vc_reading_begin (reading, (uint32_t *) words, config->words, VC_TOKENS, got, &error));
  check_logits (got, want, COUNT, config->tokens * config->image_vocab, config->image_vocab);
  copies = device->sent.copies;

  for (uint32_t i = 1; i < config->tokens; i++)
    {
      const uint32_t ids[COUNT] = { tokens[i - 1], tokens[config->tokens + i - 1] };

      g_assert_true (vc_reading_go_on (reading, VC_TOKENS, ids, VC_TOKENS, got, &error));
      g_assert_no_error (error);
      check_logits (got, want + i * config->image_vocab, COUNT,
                    config->tokens * config->image_vocab, config->image_vocab);
    }

  /* A token is one submission, also where other memory is copied to. */
  g_assert_cmpuint (device->sent.copies, ==, copies);
}

/* Words, then tokens, all at once: nothing is remembered from one call to another. */
static void
test_whole (VcDevice      *device,
            gconstpointer  data)
{
  g_auto(Model) model = { 0 };

  model_init (&model, device);

  const VcGptConfig *config = &model.config.gpt;
  const VcTower *tower = &config->tower;
  const uint32_t all = config->words + config->tokens - 1;
  g_autofree int32_t *words = test_npy_i32 ("golden/dalle/text_tokens.npy", NULL, NULL);
  g_autofree int32_t *tokens = test_npy_i32 ("golden/dalle/image_tokens.npy", NULL, NULL);
  g_autofree float *want = test_npy_f32 ("golden/dalle/logits_img.npy", NULL, NULL);
  g_autofree float *want_words = test_npy_f32 ("golden/dalle/logits_txt.npy", NULL, NULL);
  g_autoptr(GError) error = NULL;

  for (uint32_t i = 0; i < COUNT; i++)
    {
      g_autoptr(VcArena) arena =
        vc_arena_new (device, vc_scratch_room (tower, 1, all) + vc_memory_room (tower, 1, all), &error);
      g_autoptr(VcRecorder) rec = vc_recorder_new (device);
      const VcScratch s = vc_scratch_take (arena, tower, 1, all);
      const VcMemory memory = vc_memory_take (arena, tower, 1, all);
      const VcTensor word_ids = test_upload_ids (device, (uint32_t *) words + i * config->words,
                                                 config->words);
      const VcTensor token_ids = test_upload_ids (device, (uint32_t *) tokens + i * config->tokens,
                                                  config->tokens - 1);
      const VcTensor word_rows = vc_tensor_slice (&s.x, 0, config->words);
      const VcTensor token_rows = vc_tensor_slice (&s.x, config->words, config->tokens - 1);
      const VcTensor logits = test_empty (device, all, config->image_vocab);
      const VcTensor word_logits = test_empty (device, all, config->text_vocab);
      g_autofree float *got = NULL;
      g_autofree float *got_words = NULL;

      vc_op_embed (rec, &word_ids, &model.gpt->word_table, &model.gpt->word_places, 0, config->words,
                   &word_rows);
      vc_op_embed (rec, &token_ids, &model.gpt->token_table, &model.gpt->token_places, 0,
                   config->tokens - 1, &token_rows);
      for (uint32_t layer = 0; layer < tower->layers; layer++)
        vc_block_forward (rec, &model.gpt->blocks[layer], tower, &s, &memory, 0, NULL, NULL);
      vc_op_layernorm (rec, &s.x, &model.gpt->last.gain, &model.gpt->last.bias, &s.h, tower->epsilon);
      vc_linear_apply (rec, &s.h, &model.gpt->token_head, &logits);
      vc_linear_apply (rec, &s.h, &model.gpt->word_head, &word_logits);
      g_assert_true (vc_recorder_submit (rec, &error));
      g_assert_no_error (error);

      got = test_download (&logits);
      got_words = test_download (&word_logits);
      check_logits (got + (config->words - 1) * config->image_vocab,
                    want + i * config->tokens * config->image_vocab, config->tokens,
                    config->image_vocab, config->image_vocab);
      check_logits (got_words, want_words + i * (config->words - 1) * config->text_vocab,
                    config->words - 1, config->text_vocab, config->text_vocab);
    }
}

/* The language half, a word at a time. */
static void
test_words (VcDevice      *device,
            gconstpointer  data)
{
  g_auto(Model) model = { 0 };

  model_init (&model, device);

  const VcGptConfig *config = &model.config.gpt;
  g_autofree int32_t *words = test_npy_i32 ("golden/dalle/text_tokens.npy", NULL, NULL);
  g_autofree float *want = test_npy_f32 ("golden/dalle/logits_txt.npy", NULL, NULL);
  g_autofree float *got = g_new (float, COUNT * config->text_vocab);
  const uint32_t begun[COUNT * 2] = { words[0], words[1], words[config->words],
                                      words[config->words + 1] };
  const gsize stride = (config->words - 1) * config->text_vocab;
  g_autoptr(GError) error = NULL;
  g_autoptr(VcReading) reading = vc_reading_new (model.gpt, COUNT, 1, &error);

  g_assert_no_error (error);
  g_assert_true (vc_reading_begin (reading, begun, 2, VC_WORDS, got, &error));
  check_logits (got, want + config->text_vocab, COUNT, stride, config->text_vocab);

  for (uint32_t i = 2; i < config->words - 1; i++)
    {
      const uint32_t ids[COUNT] = { words[i], words[config->words + i] };

      g_assert_true (vc_reading_go_on (reading, VC_WORDS, ids, VC_WORDS, got, &error));
      check_logits (got, want + i * config->text_vocab, COUNT, stride, config->text_vocab);
    }
}

/* Logits of @prompts × @copies sequences after the words and five tokens. */
static float *
read_some (const Model *model,
           uint32_t     prompts,
           uint32_t     copies)
{
  const VcGptConfig *config = &model->config.gpt;
  g_autofree int32_t *words = test_npy_i32 ("golden/dalle/text_tokens.npy", NULL, NULL);
  g_autofree int32_t *tokens = test_npy_i32 ("golden/dalle/image_tokens.npy", NULL, NULL);
  float *logits = g_new (float, prompts * copies * config->image_vocab);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcReading) reading = vc_reading_new (model->gpt, prompts, copies, &error);

  g_assert_no_error (error);
  g_assert_true (vc_reading_begin (reading, (uint32_t *) words, config->words, VC_TOKENS, logits,
                                   &error));
  for (uint32_t i = 0; i < 5; i++)
    {
      uint32_t ids[VC_FEW_ROWS];

      /* copy k of each prompt reads the first picture's tokens, each a little further on */
      for (uint32_t row = 0; row < prompts * copies; row++)
        ids[row] = tokens[i + row % copies];
      g_assert_true (vc_reading_go_on (reading, VC_TOKENS, ids, VC_TOKENS, logits, &error));
    }

  return logits;
}

/* The same bits whoever else is in the batch: what makes a shown seed draw its picture again. */
static void
test_alone (VcDevice      *device,
            gconstpointer  data)
{
  g_auto(Model) model = { 0 };

  model_init (&model, device);

  const uint32_t vocab = model.config.gpt.image_vocab;
  g_autofree float *alone = read_some (&model, COUNT, 1);

  for (uint32_t copies = 2; copies <= VC_FEW_ROWS / COUNT; copies++)
    {
      g_autofree float *among = read_some (&model, COUNT, copies);

      for (uint32_t prompt = 0; prompt < COUNT; prompt++)
        g_assert_cmpmem (among + prompt * copies * vocab, vocab * sizeof (float),
                         alone + prompt * vocab, vocab * sizeof (float));
    }
}

/* A file of other sizes than its configuration is refused before any of it is used. */
static void
test_foreign (VcDevice      *device,
              gconstpointer  data)
{
  g_auto(Model) model = { 0 };
  g_autoptr(GError) error = NULL;
  VcGptConfig wide;
  VcVqganConfig deep;

  model_init (&model, device);

  wide = model.config.gpt;
  wide.tower.width *= 2;
  g_assert_null (vc_gpt_load (device, model.stage2, &wide, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_test_message ("%s", error->message);
  g_clear_error (&error);

  deep = model.config.vqgan;
  deep.blocks++;
  g_assert_null (vc_vqgan_load (device, model.stage1, &deep, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_test_message ("%s", error->message);
  g_clear_error (&error);

  g_assert_null (vc_gpt_load (device, model.stage1, &model.config.gpt, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_test_message ("%s", error->message);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/golden/dalle", "encoder", NULL, test_encoder);
  test_add ("/golden/dalle", "decoder", NULL, test_decoder);
  test_add ("/golden/dalle", "remembered", NULL, test_remembered);
  test_add ("/golden/dalle", "whole", NULL, test_whole);
  test_add ("/golden/dalle", "words", NULL, test_words);
  test_add ("/golden/dalle", "alone", NULL, test_alone);
  test_add ("/golden/dalle", "foreign", NULL, test_foreign);

  return test_run ();
}
