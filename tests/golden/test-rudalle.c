/* test-rudalle.c: a small ruDALL-E against numbers recorded from ai-forever/ru-dalle
 *
 * goldens/rudalle_tiny in VIGNETTE_SHARED: rudalle/dalle/model.py at commit 0255cec5, third version, in PyTorch, on
 * pseudo-random weights. Bounds are those of the recording for float32 in any order. The recording has no decoder and
 * no vocabulary: a decoder of the right shapes is made up here, and the vocabulary is that of the tokenizer's tests.
 */

#include "model/dalle-private.h"
#include "model/view.h"

#include <string.h>

#include <glib/gstdio.h>

#include "convert/import.h"
#include "golden.h"
#include "npy.h"
#include "support.h"

#define NEAR 2e-4

#define COUNT 2
#define WORDS 10
#define GRID 4
#define TOKENS (GRID * GRID)
#define PLACES (WORDS + TOKENS)
#define TEXT_VOCAB 60
#define IMAGE_VOCAB 50
#define VOCAB (TEXT_VOCAB + IMAGE_VOCAB)

/* ---- views ---- */

/* SHA-256 of the masks of the real size, a byte a place, as the recording's meta.json has them. */
typedef struct
{
  VcView      view;
  gboolean    wraps;
  const char *hash;
} Mask;

static const Mask masks[] = {
  { VC_VIEW_ROW, FALSE, "204e35676f0cc4281419ed2e0253ede661dfc91104a8cb778553f3b32ffa5f57" },
  { VC_VIEW_COLUMN, FALSE, "b9e3b1a48578d3deeaaad2ecea41efa83bc57550e2b4456d75f260b1af02a5e3" },
  { VC_VIEW_NEAR, FALSE, "df0042e22fe689eb1b5d1e1aa11f6146013ccdf4342ac43be8b428d339b5fdc5" },
  { VC_VIEW_NEAR, TRUE, "072322d847d5769c25424af88748afe1f6bff4552164fc56cde7a8e3d9260707" },
};

static uint8_t *
make_mask (VcView   view,
           uint32_t words,
           uint32_t side,
           gboolean wraps)
{
  const uint32_t places = words + side * side;
  const uint32_t width = vc_view_words (places);
  g_autofree uint32_t *bits = g_new (uint32_t, (gsize) places * width);
  uint8_t *mask = g_new (uint8_t, (gsize) places * places);

  vc_view_fill (view, words, side, 11, wraps, bits);
  for (uint32_t i = 0; i < places; i++)
    for (uint32_t k = 0; k < places; k++)
      mask[(gsize) i * places + k] = bits[(gsize) i * width + k / 32] >> k % 32 & 1;

  return mask;
}

static void
test_masks (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
    {
      const gsize places = 128 + 32 * 32;
      g_autofree uint8_t *mask = make_mask (masks[i].view, 128, 32, masks[i].wraps);
      g_autofree char *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, mask, places * places);

      g_assert_cmpstr (hash, ==, masks[i].hash);
    }
}

/* ---- the model ---- */

/* What a decoder of taming-transformers has at the least, for a grid of four by four and the recording's codes. */
static void
write_decoder (const char *path)
{
  static const char *const blocks[] = {
    "mid.block_1", "mid.block_2", "up.1.block.0", "up.1.block.1", "up.0.block.0", "up.0.block.1",
  };
  static const char *const gazes[] = { "q", "k", "v", "proj_out" };
  const uint64_t width = 32;
  const float small = 1e-3f;
  g_autoptr(GError) error = NULL;
  g_autoptr(VcPlan) plan = vc_plan_new (NULL, VC_STORED_F32);

  vc_plan_fill (plan, "quantize.embed.weight", small, VC_AXES (IMAGE_VOCAB, 8));
  vc_plan_fill (plan, "post_quant_conv.weight", small, VC_AXES (width, 8, 1, 1));
  vc_plan_fill (plan, "post_quant_conv.bias", small, VC_AXES (width));
  vc_plan_fill (plan, "decoder.conv_in.weight", small, VC_AXES (width, width, 3, 3));
  vc_plan_fill (plan, "decoder.conv_in.bias", small, VC_AXES (width));
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    for (guint k = 1; k <= 2; k++)
      {
        g_autofree char *norm = g_strdup_printf ("decoder.%s.norm%u.weight", blocks[i], k);
        g_autofree char *norm_bias = g_strdup_printf ("decoder.%s.norm%u.bias", blocks[i], k);
        g_autofree char *conv = g_strdup_printf ("decoder.%s.conv%u.weight", blocks[i], k);
        g_autofree char *conv_bias = g_strdup_printf ("decoder.%s.conv%u.bias", blocks[i], k);

        vc_plan_fill (plan, norm, 1, VC_AXES (width));
        vc_plan_fill (plan, norm_bias, small, VC_AXES (width));
        vc_plan_fill (plan, conv, small, VC_AXES (width, width, 3, 3));
        vc_plan_fill (plan, conv_bias, small, VC_AXES (width));
      }
  for (guint i = 0; i < G_N_ELEMENTS (gazes); i++)
    {
      g_autofree char *weight = g_strdup_printf ("decoder.mid.attn_1.%s.weight", gazes[i]);
      g_autofree char *bias = g_strdup_printf ("decoder.mid.attn_1.%s.bias", gazes[i]);

      vc_plan_fill (plan, weight, small, VC_AXES (width, width, 1, 1));
      vc_plan_fill (plan, bias, small, VC_AXES (width));
    }
  vc_plan_fill (plan, "decoder.mid.attn_1.norm.weight", 1, VC_AXES (width));
  vc_plan_fill (plan, "decoder.mid.attn_1.norm.bias", small, VC_AXES (width));
  vc_plan_fill (plan, "decoder.up.1.upsample.conv.weight", small, VC_AXES (width, width, 3, 3));
  vc_plan_fill (plan, "decoder.up.1.upsample.conv.bias", small, VC_AXES (width));
  vc_plan_fill (plan, "decoder.norm_out.weight", 1, VC_AXES (width));
  vc_plan_fill (plan, "decoder.norm_out.bias", small, VC_AXES (width));
  vc_plan_fill (plan, "decoder.conv_out.weight", small, VC_AXES (3, width, 3, 3));
  vc_plan_fill (plan, "decoder.conv_out.bias", small, VC_AXES (3));
  g_assert_true (vc_plan_write (plan, path, NULL, NULL, &error));
  g_assert_no_error (error);
}

/* Fewer symbols than the recording's model knows. */
static const char vocabulary[] =
  "4 2\n" "9601 4\n" "97 5\n" "98 6\n" "99 7\n" "4 5 8\n" "8 6 9\n" "1 0 2 3\n";

static void
copy_into (const char *folder,
           const char *from,
           const char *name)
{
  g_autofree char *to = g_build_filename (folder, name, NULL);
  g_autofree char *contents = NULL;
  gsize size;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_get_contents (from, &contents, &size, &error));
  g_assert_true (g_file_set_contents (to, contents, size, &error));
}

static VcDalle *
load (VcDevice *device)
{
  g_autofree char *weights = test_recording ("rudalle_tiny/model.safetensors");
  g_autoptr(GError) error = NULL;
  g_autoptr(VcImport) import = NULL;
  g_autofree char *decoder = NULL;
  g_autofree char *config = NULL;
  g_autofree char *bpe = NULL;
  char *published;
  char *folder;
  VcDalle *dalle;

  if (weights == NULL)
    return NULL;

  published = g_dir_make_tmp ("vignette-golden-XXXXXX", &error);
  folder = g_dir_make_tmp ("vignette-golden-XXXXXX", &error);
  g_assert_no_error (error);
  decoder = g_build_filename (published, "vqgan.safetensors", NULL);
  config = g_build_filename (published, "config.json", NULL);
  bpe = g_build_filename (published, "bpe.model", NULL);
  copy_into (published, weights, "model.safetensors");
  write_decoder (decoder);
  g_assert_true (g_file_set_contents (config, "{ \"num_attention_heads\": 4 }", -1, &error));
  g_assert_true (g_file_set_contents (bpe, vocabulary, -1, &error));

  import = vc_import_open (published, &error);
  g_assert_no_error (error);
  if (!vc_import_write (import, folder, NULL, NULL, &error))
    g_assert_no_error (error);
  dalle = vc_dalle_load (device, folder, &error);
  g_assert_no_error (error);
  test_forget (published);
  test_forget (folder);

  return dalle;
}

static uint32_t *
read_ids (const char *name)
{
  g_autofree char *path = test_recording (name);

  return (uint32_t *) test_npy_i32 (path, NULL, NULL);
}

/* The recording's words with the padding that each place has of its own. */
static uint32_t *
read_words (const VcDalleConfig *config)
{
  uint32_t *words = read_ids ("rudalle_tiny/text_tokens.npy");

  g_assert_true (config->pad_counts);
  for (guint i = 0; i < COUNT * WORDS; i++)
    if (words[i] == 0)
      words[i] = config->pad + i % WORDS;

  return words;
}

static float *
read_floats (const char *name,
             gsize       n)
{
  g_autofree char *path = test_recording (name);
  gsize found;
  float *values = test_npy_f32 (path, &found, NULL);

  g_assert_cmpuint (found, ==, n);

  return values;
}

static void
test_remembered (VcDevice      *device,
                 gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load (device);

  if (dalle == NULL)
    return;

  g_autofree uint32_t *words = read_words (&dalle->config);
  g_autofree uint32_t *tokens = read_ids ("rudalle_tiny/image_tokens.npy");
  g_autofree float *want = read_floats ("rudalle_tiny/logits_image_steps.npy", COUNT * TOKENS * IMAGE_VOCAB);
  float got[COUNT * IMAGE_VOCAB];
  g_autoptr(GError) error = NULL;
  g_autoptr(VcReading) reading = vc_reading_new (dalle->gpt, COUNT, 1, &error);

  g_assert_no_error (error);
  g_assert_true (vc_reading_begin (reading, words, WORDS, VC_TOKENS, got, &error));
  for (guint step = 0; step < TOKENS; step++)
    {
      double far = 0;

      if (step > 0)
        {
          const uint32_t ids[COUNT] = { tokens[step - 1], tokens[TOKENS + step - 1] };

          g_assert_true (vc_reading_go_on (reading, VC_TOKENS, ids, VC_TOKENS, got, &error));
          g_assert_no_error (error);
        }
      for (guint i = 0; i < COUNT; i++)
        far = MAX (far, test_furthest (got + i * IMAGE_VOCAB, want + (i * TOKENS + step) * IMAGE_VOCAB,
                                       IMAGE_VOCAB));
      g_assert_cmpfloat (far, <=, NEAR);
    }
}

/* Words and tokens at once, every place, both tongues. */
static void
test_whole (VcDevice      *device,
            gconstpointer  data)
{
  const uint32_t all = PLACES - 1;
  g_autoptr(VcDalle) dalle = load (device);

  if (dalle == NULL)
    return;

  const VcGpt *gpt = dalle->gpt;
  const VcTower *tower = &gpt->config.tower;
  g_autofree uint32_t *words = read_words (&dalle->config);
  g_autofree uint32_t *tokens = read_ids ("rudalle_tiny/image_tokens.npy");
  g_autofree float *want = read_floats ("rudalle_tiny/logits_full.npy", COUNT * all * VOCAB);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < COUNT; i++)
    {
      g_autoptr(VcArena) arena = vc_arena_new (device, vc_scratch_room (tower, 1, all) +
                                                       vc_memory_room (tower, 1, all), &error);
      g_autoptr(VcRecorder) rec = vc_recorder_new (device);
      const VcScratch s = vc_scratch_take (arena, tower, 1, all);
      const VcMemory memory = vc_memory_take (arena, tower, 1, all);
      const VcTensor word_ids = test_upload_ids (device, words + i * WORDS, WORDS);
      const VcTensor token_ids = test_upload_ids (device, tokens + i * TOKENS, TOKENS - 1);
      const VcTensor word_rows = test_empty (device, WORDS, tower->width);
      const VcTensor token_rows = test_empty (device, TOKENS - 1, tower->width);
      const VcTensor word_logits = test_empty (device, all, TEXT_VOCAB);
      const VcTensor token_logits = test_empty (device, all, IMAGE_VOCAB);
      g_autofree float *rows = g_new (float, all * tower->width);

      vc_op_embed (rec, &word_ids, &gpt->word_table, &gpt->word_places, 0, WORDS, &word_rows);
      vc_op_embed (rec, &token_ids, &gpt->token_table, &gpt->token_places, 0, TOKENS - 1, &token_rows);
      g_assert_true (vc_recorder_submit (rec, &error));

      /* rows of this width begin at no border that a slice could have */
      g_autofree float *first = test_download (&word_rows);
      g_autofree float *second = test_download (&token_rows);

      memcpy (rows, first, WORDS * tower->width * sizeof *rows);
      memcpy (rows + WORDS * tower->width, second, (TOKENS - 1) * tower->width * sizeof *rows);
      g_assert_true (vc_tensor_upload (&s.x, rows, &error));

      for (uint32_t layer = 0; layer < tower->layers; layer++)
        {
          const VcView view = gpt->config.views[layer];
          const VcSight sight = { &gpt->sight[view], 0, 1, 0 };

          vc_block_forward (rec, &gpt->blocks[layer], tower, &s, &memory, 0,
                            view != VC_VIEW_ALL ? &sight : NULL, NULL);
        }
      vc_op_layernorm (rec, &s.x, &gpt->last.gain, &gpt->last.bias, &s.h, tower->epsilon);
      vc_op_layernorm (rec, &s.h, &gpt->head_norm.gain, &gpt->head_norm.bias, &s.mix, tower->epsilon);
      vc_linear_apply (rec, &s.mix, &gpt->word_head, &word_logits);
      vc_linear_apply (rec, &s.mix, &gpt->token_head, &token_logits);
      g_assert_true (vc_recorder_submit (rec, &error));
      g_assert_no_error (error);

      g_autofree float *got_words = test_download (&word_logits);
      g_autofree float *got_tokens = test_download (&token_logits);

      for (uint32_t place = 0; place < all; place++)
        {
          const float *row = want + (i * all + place) * VOCAB;

          g_assert_cmpfloat (test_furthest (got_words + place * TEXT_VOCAB, row, TEXT_VOCAB), <=, NEAR);
          g_assert_cmpfloat (test_furthest (got_tokens + place * IMAGE_VOCAB, row + TEXT_VOCAB, IMAGE_VOCAB), <=,
                             NEAR);
        }
    }
}

/* A prompt as the model reads it, and a picture from it. */
static void
test_prompt (VcDevice      *device,
             gconstpointer  data)
{
  static const uint32_t want[WORDS] = { 2, 9, 4, 7, 3, 55, 56, 57, 58, 59 };
  g_autoptr(VcDalle) dalle = load (device);
  uint32_t ids[WORDS];
  uint8_t rgb[2 * GRID * 2 * GRID * 3];
  const uint32_t tokens[TOKENS] = { 49, 0, 7 };
  g_autoptr(GError) error = NULL;

  if (dalle == NULL)
    return;

  vc_dalle_fill (dalle, "AB c", ids);
  g_assert_cmpmem (ids, sizeof ids, want, sizeof want);
  g_assert_cmpuint (vc_dalle_get_side (dalle), ==, 2 * GRID);
  g_assert_true (vc_dalle_paint (dalle, tokens, TOKENS, rgb, &error));
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  g_test_add_func ("/golden/rudalle/masks", test_masks);
  test_add ("/golden/rudalle", "remembered", NULL, test_remembered);
  test_add ("/golden/rudalle", "whole", NULL, test_whole);
  test_add ("/golden/rudalle", "prompt", NULL, test_prompt);

  return test_run ();
}
