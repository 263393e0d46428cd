/* test-first-light.c: the models that come with the program against numbers recorded in PyTorch
 *
 * tests/data/golden/first-light: recorded in float32 from the weights in tests/data/models/first-light, which
 * are halves. Tokens are compared where the recording's margin between the two likeliest exceeds what
 * float32 in another order can change.
 */

#include "device-private.h"
#include "model/clip-private.h"
#include "model/dalle-private.h"
#include "model/drawing.h"

#include <math.h>
#include <string.h>

#include "golden.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/guide.h"
#include "npy.h"
#include "support.h"
#include "tensor/json.h"

#define PROMPTS 6
#define WORDS 32
#define TOKENS 256
#define VOCAB 384
#define SIDE 64

/* Tokens that even the slowest device draws. */
#define FEW 12

/* Logits go up to 24; PyTorch's own two ways of computing them differ by 7e-6. */
#define NEAR 3e-4
/* A token is certain where the two likeliest are this far apart. */
#define MARGIN 2e-3

static const char *
get_data (void)
{
  const char *data = g_getenv ("VIGNETTE_DATA");

  g_assert_nonnull (data);

  return data;
}

/* Vulkan in software takes seconds for what the processor does in one: it is asked for less of it. */
static uint32_t
choose_count (VcDevice *device,
              uint32_t  all,
              uint32_t  few)
{
  return g_str_equal (vc_device_get_info (device)->type, "software") ? few : all;
}

static VcDalle *
load_dalle (VcDevice *device)
{
  g_autofree char *path = g_build_filename (get_data (), "models", "first-light", "dalle", NULL);
  g_autoptr(GError) error = NULL;
  VcDalle *dalle = vc_dalle_load (device, path, &error);

  g_assert_no_error (error);

  return dalle;
}

/* The strings at @path of the recording. */
static void
take_string (VcJson     *json,
             const char *key,
             gpointer    data)
{
  g_ptr_array_add (data, g_strdup (vc_json_string (json, NULL)));
}

static GPtrArray *
read_strings (const char *path)
{
  g_autofree char *file = test_data ("golden/first-light/goldens.json");
  g_autoptr(GError) error = NULL;
  g_autoptr(VcJson) json = vc_json_load (file, VC_JSON_CONFIG, &error);
  GPtrArray *strings = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  vc_json_each (json, path, take_string, strings);
  if (!vc_json_finish (json, &error))
    g_assert_no_error (error);

  return strings;
}

static void
test_words (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load_dalle (device);
  g_autoptr(GPtrArray) prompts = read_strings ("prompts");
  g_autofree int32_t *want = test_npy_i32 ("golden/first-light/text_ids.npy", NULL, NULL);

  g_assert_cmpuint (prompts->len, ==, PROMPTS);
  for (uint32_t i = 0; i < PROMPTS; i++)
    {
      uint32_t got[WORDS];

      vc_dalle_fill (dalle, g_ptr_array_index (prompts, i), got);
      g_assert_cmpmem (got, sizeof got, want + i * WORDS, sizeof got);
    }
}

/* Prompt i conditional in row i, and with guidance unconditional in row @prompts + i. */
static VcReading *
begin (VcDalle  *dalle,
       uint32_t  prompts,
       gboolean  guided,
       float    *logits)
{
  g_autofree int32_t *words = test_npy_i32 ("golden/first-light/text_ids.npy", NULL, NULL);
  uint32_t ids[2 * PROMPTS * WORDS];
  g_autoptr(GError) error = NULL;
  VcReading *reading = vc_reading_new (dalle->gpt, guided ? 2 * prompts : prompts, 1, &error);

  g_assert_no_error (error);
  for (uint32_t i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = i < prompts * WORDS ? (uint32_t) words[i] : dalle->config.pad;
  g_assert_true (vc_reading_begin (reading, ids, WORDS, VC_TOKENS, logits, &error));
  g_assert_no_error (error);

  return reading;
}

static void
go_on (VcReading     *reading,
       uint32_t       prompts,
       const int32_t *tokens,
       gsize          stride,
       float         *logits)
{
  uint32_t ids[2 * PROMPTS];
  g_autoptr(GError) error = NULL;

  for (uint32_t i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = tokens[i % prompts * stride];
  g_assert_true (vc_reading_go_on (reading, VC_TOKENS, ids, VC_TOKENS, logits, &error));
  g_assert_no_error (error);
}

/* The first eight steps, with the recorded tokens fed in whatever ours would have been. */
static void
test_logits (VcDevice      *device,
             gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load_dalle (device);
  g_autofree int32_t *forced = test_npy_i32 ("golden/first-light/forced_tokens.npy", NULL, NULL);
  g_autofree float *cond = test_npy_f32 ("golden/first-light/logits_cond_8.npy", NULL, NULL);
  g_autofree float *uncond = test_npy_f32 ("golden/first-light/logits_uncond_8.npy", NULL, NULL);
  g_autofree float *got = g_new (float, 2 * PROMPTS * VOCAB);
  g_autoptr(VcReading) reading = begin (dalle, PROMPTS, TRUE, got);
  double furthest = 0;

  for (uint32_t step = 0; step < 8; step++)
    {
      if (step > 0)
        go_on (reading, PROMPTS, forced + step - 1, 8, got);

      for (uint32_t i = 0; i < PROMPTS; i++)
        {
          furthest = MAX (furthest, test_furthest (got + i * VOCAB, cond + (i * 8 + step) * VOCAB,
                                                   VOCAB));
          furthest = MAX (furthest, test_furthest (got + (PROMPTS + i) * VOCAB,
                                                   uncond + (i * 8 + step) * VOCAB, VOCAB));
        }
    }

  g_test_message ("off by %.3g", furthest);
  g_assert_cmpfloat (furthest, <=, NEAR);
}

/* All 256 steps of each prompt: the likeliest token is the recorded one wherever that is certain. */
static void
test_chain (VcDevice      *device,
            gconstpointer  data)
{
  const gboolean guided = GPOINTER_TO_INT (data);
  const uint32_t prompts = choose_count (device, PROMPTS, 2);
  g_autoptr(VcDalle) dalle = load_dalle (device);
  g_autofree int32_t *tokens =
    test_npy_i32 (guided ? "golden/first-light/greedy_guided_tokens.npy"
                         : "golden/first-light/greedy_tokens.npy", NULL, NULL);
  g_autofree float *margins =
    test_npy_f32 (guided ? "golden/first-light/greedy_guided_margins.npy"
                         : "golden/first-light/greedy_margins.npy", NULL, NULL);
  g_autofree float *want = test_npy_f32 ("golden/first-light/logits_guided_all_prompt0.npy", NULL,
                                         NULL);
  g_autofree float *got = g_new (float, 2 * PROMPTS * VOCAB);
  g_autoptr(VcReading) reading = begin (dalle, prompts, guided, got);
  const VcSent before = device->sent;
  uint32_t uncertain = 0;
  double furthest = 0;

  for (uint32_t step = 0; step < TOKENS; step++)
    {
      if (step > 0)
        go_on (reading, prompts, tokens + step - 1, TOKENS, got);

      for (uint32_t i = 0; i < prompts; i++)
        {
          float *logits = got + i * VOCAB;

          if (guided)
            vc_guide_blend (logits, got + (prompts + i) * VOCAB, VOCAB, 3);
          if (guided && i == 0)
            furthest = MAX (furthest, test_furthest (logits, want + step * VOCAB, VOCAB));
          if (margins[i * TOKENS + step] > MARGIN)
            g_assert_cmpuint (test_argmax (logits, VOCAB), ==, tokens[i * TOKENS + step]);
          else
            uncertain++;
        }
    }

  /* Whatever the place, drawing a token is one and the same list of commands. */
  g_assert_cmpuint (device->sent.written - before.written, <=, 1);
  g_test_message ("%u of %u tokens are too close to tell", uncertain, prompts * TOKENS);
  g_assert_cmpuint (uncertain, <=, 8);
  g_test_message ("guided logits off by %.3g", furthest);
  /* guidance of 3 multiplies what each stream is off by */
  g_assert_cmpfloat (furthest, <=, 5 * NEAR);
}

/* As a user draws, without help: one prompt, the argmax of its own tokens. So many of them as @data says. */
static void
test_drawn (VcDevice      *device,
            gconstpointer  data)
{
  const VcSampling sampling = { .temperature = 1, .top_k = 1, .top_p = 1, .guidance = 3 };
  const uint32_t count = GPOINTER_TO_UINT (data);
  g_autoptr(VcDalle) dalle = load_dalle (device);
  g_autoptr(GPtrArray) prompts = read_strings ("prompts");
  g_autofree int32_t *tokens = test_npy_i32 ("golden/first-light/greedy_guided_tokens.npy", NULL, NULL);
  g_autofree float *margins = test_npy_f32 ("golden/first-light/greedy_guided_margins.npy", NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDrawing) drawing = vc_drawing_new (dalle, g_ptr_array_index (prompts, 0), &sampling,
                                                 (uint64_t[]) { 1 }, 1, NULL, 0, &error);
  uint32_t certain = 0;

  g_assert_no_error (error);
  while (vc_drawing_get_known (drawing) < count)
    {
      g_assert_true (vc_drawing_step (drawing, &error));
      g_assert_no_error (error);
    }
  g_assert_cmpint (vc_drawing_is_complete (drawing), ==, count == TOKENS);

  while (certain < count && margins[certain] > MARGIN)
    {
      g_assert_cmpuint (vc_drawing_get_tokens (drawing, 0)[certain], ==, tokens[certain]);
      certain++;
    }
  g_test_message ("%u tokens are certain", certain);
  g_assert_cmpuint (certain, ==, count);
}

/* What @name decodes to, against the recorded numbers of picture @index and its PNG file. */
static void
check_decoded (VcDalle    *dalle,
               const char *tokens_name,
               const char *decoded_name,
               const char *png_name,
               uint32_t    count)
{
  const gsize area = SIDE * SIDE * 3;
  g_autofree int32_t *tokens = test_npy_i32 (tokens_name, NULL, NULL);
  g_autofree float *recorded = test_npy_f32 (decoded_name, NULL, NULL);
  g_autofree float *want = test_channels_last (recorded, count, 3, SIDE);
  g_autofree float *got = g_new (float, area);
  g_autofree uint8_t *rgb = g_new (uint8_t, area);
  g_autoptr(GError) error = NULL;

  for (uint32_t i = 0; i < count; i++)
    {
      double far;

      g_assert_true (vc_decoder_run (dalle->vqgan, (uint32_t *) tokens + i * TOKENS, rgb, got, &error));
      g_assert_no_error (error);
      far = test_furthest (got, want + i * area, area);
      g_test_message ("%s %u: off by %.3g", decoded_name, i, far);
      g_assert_cmpfloat (far, <=, NEAR);

      if (i == 0 && png_name != NULL)
        {
          uint32_t width;
          uint32_t height;
          g_autofree uint8_t *png = test_png (png_name, &width, &height);
          g_autofree uint8_t *painted = g_new (uint8_t, area);

          g_assert_cmpuint (width, ==, SIDE);
          for (gsize k = 0; k < area; k++)
            g_assert_cmpint (abs (rgb[k] - png[k]), <=, 1);
          g_assert_true (vc_dalle_paint (dalle, (uint32_t *) tokens, TOKENS, painted, &error));
          g_assert_cmpmem (painted, area, rgb, area);
        }
    }
}

static void
test_paint (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load_dalle (device);

  check_decoded (dalle, "golden/first-light/greedy_tokens.npy",
                 "golden/first-light/greedy_decoded.npy", "golden/first-light/greedy_0.png",
                 choose_count (device, 2, 1));
  if (test_is_slow (device))
    return;  /* one picture is enough */
  check_decoded (dalle, "golden/first-light/greedy_guided_tokens.npy",
                 "golden/first-light/guided3_decoded.npy", "golden/first-light/guided3_0.png",
                 choose_count (device, 2, 1));
  check_decoded (dalle, "golden/first-light/stage1_codes.npy",
                 "golden/first-light/stage1_decoded.npy", NULL, choose_count (device, 4, 1));
}

static void
test_read (VcDevice      *device,
           gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load_dalle (device);
  g_autofree float *recorded = test_npy_f32 ("golden/first-light/stage1_latent.npy", NULL, NULL);
  g_autofree float *want = test_channels_last (recorded, 4, 8, 16);
  g_autofree int32_t *codes = test_npy_i32 ("golden/first-light/stage1_codes.npy", NULL, NULL);
  g_autofree float *margins = test_npy_f32 ("golden/first-light/stage1_codes_margin.npy", NULL, NULL);
  g_autoptr(GError) error = NULL;

  for (uint32_t i = 0; i < choose_count (device, 4, 1); i++)
    {
      g_autofree char *path = g_strdup_printf ("golden/first-light/stage1_image_%u.png", i);
      uint32_t width;
      uint32_t height;
      g_autofree uint8_t *rgb = test_png (path, &width, &height);
      g_autofree float *values = g_new (float, SIDE * SIDE * 3);
      g_autofree float *latent = g_new (float, TOKENS * 8);
      uint32_t ids[TOKENS];
      uint32_t read[TOKENS];
      double far;

      for (gsize k = 0; k < SIDE * SIDE * 3; k++)
        values[k] = rgb[k] / 127.5f - 1;
      g_assert_true (vc_encoder_run (dalle->vqgan, values, ids, latent, &error));
      g_assert_no_error (error);
      far = test_furthest (latent, want + i * TOKENS * 8, TOKENS * 8);
      g_test_message ("latent %u: off by %.3g", i, far);
      g_assert_cmpfloat (far, <=, 2e-4);

      g_assert_true (vc_dalle_read (dalle, rgb, width, height, (gsize) width * 3, read, &error));
      for (uint32_t k = 0; k < TOKENS; k++)
        if (margins[i * TOKENS + k] > 1e-3)
          {
            g_assert_cmpuint (ids[k], ==, codes[i * TOKENS + k]);
            g_assert_cmpuint (read[k], ==, codes[i * TOKENS + k]);
          }
    }
}

static void
test_complete (VcDevice      *device,
               gconstpointer  data)
{
  const VcSampling greedy = { .temperature = 1, .top_k = 1, .top_p = 1, .guidance = 1 };
  static const char * const begun[] = {
    "a red", "two yellow stars on a", "a panda to the left", "three", "a cat in",
  };
  static const char * const ended[] = {
    "a red strawberry on a white background, flat illustration",
    "two yellow stars on a white background, flat illustration",
    "a panda to the left of a red strawberry on a white background, cartoon",
    "three yellow stars on a white background, flat illustration",
    "a cat in the night sky, flat illustration",
  };
  g_autoptr(VcDalle) dalle = load_dalle (device);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (begun); i++)
    {
      g_autofree char *whole = vc_dalle_continue (dalle, begun[i], &greedy, 1, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (whole, ==, ended[i]);
    }

  /* what was typed stays as it was typed */
  g_autofree char *typed = vc_dalle_continue (dalle, "  A Cat   in ", &greedy, 1, &error);
  g_autofree char *nothing = vc_dalle_continue (dalle, "", &greedy, 1, &error);

  g_assert_cmpstr (typed, ==, "  A Cat   in the night sky, flat illustration");
  g_assert_cmpstr (nothing, ==, "");
}

/* A seed gives its ending again; among a few seeds not all endings are the same. */
static void
test_seeds (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcDalle) dalle = load_dalle (device);
  g_autoptr(GHashTable) endings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GError) error = NULL;

  for (uint64_t seed = 0; seed < choose_count (device, 6, 4); seed++)
    {
      char *once = vc_dalle_complete (dalle, "a red", seed, &error);
      g_autofree char *again = vc_dalle_complete (dalle, "a red", seed, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (once, ==, again);
      g_assert_true (g_str_has_prefix (once, "a red"));
      g_test_message ("%s", once);
      g_hash_table_add (endings, once);
    }
  g_assert_cmpuint (g_hash_table_size (endings), >, 1);
}

static void
test_clip (VcDevice      *device,
           gconstpointer  data)
{
  g_autofree char *path = g_build_filename (get_data (), "models", "first-light", "clip", NULL);
  g_autoptr(GPtrArray) captions = read_strings ("captions");
  g_autofree float *images = test_npy_f32 ("golden/first-light/clip_image_embeds_normalized.npy", NULL,
                                           NULL);
  g_autofree float *texts = test_npy_f32 ("golden/first-light/clip_text_embeds_normalized.npy", NULL,
                                          NULL);
  g_autofree float *likeness = test_npy_f32 ("golden/first-light/clip_similarity.npy", NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcClip) clip = vc_clip_load (device, path, &error);

  g_assert_no_error (error);

  const uint32_t width = vc_clip_get_width (clip);
  g_autofree float *pixels = g_new (float, 8 * SIDE * SIDE * 3);
  g_autofree float *image_rows = g_new (float, 8 * width);
  g_autofree float *text_rows = g_new (float, 12 * width);

  g_assert_cmpuint (captions->len, ==, 12);
  g_assert_cmpuint (width, ==, 192);
  g_assert_cmpfloat_with_epsilon (vc_clip_get_scale (clip), 20.60205, 1e-4);
  for (uint32_t i = 0; i < 8; i++)
    {
      g_autofree char *png = g_strdup_printf ("golden/first-light/clip_image_%u.png", i);
      uint32_t wide;
      uint32_t high;
      g_autofree uint8_t *rgb = test_png (png, &wide, &high);

      vc_clip_prepare (clip, rgb, wide, high, (gsize) wide * 3, pixels + i * SIDE * SIDE * 3);
    }
  g_assert_true (vc_clip_embed_images (clip, pixels, 8, image_rows, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (vc_clip_embed_texts (clip, (const char * const *) captions->pdata, 12, text_rows,
                                      NULL, NULL, &error));
  g_assert_no_error (error);

  for (uint32_t i = 0; i < 8; i++)
    g_assert_cmpfloat (test_cosine (image_rows + i * width, images + i * width, width), >=, 0.9999);
  for (uint32_t i = 0; i < 12; i++)
    g_assert_cmpfloat (test_cosine (text_rows + i * width, texts + i * width, width), >=, 0.9999);

  for (uint32_t i = 0; i < 8; i++)
    {
      float got[12];

      for (uint32_t k = 0; k < 12; k++)
        {
          double dot = 0;

          for (uint32_t j = 0; j < width; j++)
            dot += (double) image_rows[i * width + j] * text_rows[k * width + j];
          got[k] = dot;
        }
      g_test_message ("image %u: likeness off by %.3g", i, test_furthest (got, likeness + i * 12, 12));
      g_assert_cmpfloat (test_furthest (got, likeness + i * 12, 12), <=, 1e-3);
      g_assert_cmpuint (test_argmax (got, 12), ==, i);  /* each picture finds its own caption */
    }
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/golden/first-light", "words", NULL, test_words);
  test_add ("/golden/first-light", "logits", NULL, test_logits);
  test_add_long ("/golden/first-light", "greedy", GINT_TO_POINTER (FALSE), test_chain);
  test_add_long ("/golden/first-light", "guided", GINT_TO_POINTER (TRUE), test_chain);
  test_add ("/golden/first-light", "begun", GUINT_TO_POINTER (FEW), test_drawn);
  test_add_long ("/golden/first-light", "drawn", GUINT_TO_POINTER (TOKENS), test_drawn);
  test_add ("/golden/first-light", "paint", NULL, test_paint);
  test_add ("/golden/first-light", "read", NULL, test_read);
  test_add_long ("/golden/first-light", "complete", NULL, test_complete);
  test_add_long ("/golden/first-light", "seeds", NULL, test_seeds);
  test_add ("/golden/first-light", "clip", NULL, test_clip);

  return test_run ();
}
