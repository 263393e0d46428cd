/* test-drawing.c: a picture's tokens depend on nothing that stands beside it or went before it
 *
 * Draws with the model that comes with the program; tokens are compared as numbers, logits by way of
 * them: one bit of difference in a logit would sooner or later be another token, and the sampling here
 * is warmer than the model's own so that it is sooner.
 */

#include "model/drawing.h"

#include <math.h>
#include <string.h>

#include "support.h"

#define PROMPT "a red car on a white background, flat illustration"

static const VcSampling warm = { .temperature = 1, .top_k = 0, .top_p = 1, .guidance = 1.5f };
static const VcSampling lone = { .temperature = 1, .top_k = 100, .top_p = 0.98f, .guidance = 1 };

static const uint64_t seeds[VC_DRAWING_MAX] = {
  7, 8, 9, 10, 11, 12, 13, G_MAXUINT64,
};

static VcDalle *
load (VcDevice *device)
{
  g_autofree char *path = g_build_filename (g_getenv ("VIGNETTE_DATA"), "models", "first-light",
                                            "dalle", NULL);
  g_autoptr(GError) error = NULL;
  VcDalle *dalle = vc_dalle_load (device, path, &error);

  g_assert_no_error (error);

  return dalle;
}

/* The first @steps tokens of @count pictures: (count, total), of which @known are given. */
static uint32_t *
draw (VcDalle          *dalle,
      const VcSampling *sampling,
      const uint64_t   *of_seeds,
      uint32_t          count,
      const uint32_t   *tokens,
      uint32_t          known,
      uint32_t          steps)
{
  const uint32_t total = vc_dalle_get_rows (dalle) * vc_dalle_get_columns (dalle);
  uint32_t *drawn = g_new0 (uint32_t, count * total);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDrawing) drawing = vc_drawing_new (dalle, PROMPT, sampling, of_seeds, count, tokens,
                                                 known, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (vc_drawing_get_known (drawing), ==, known);

  for (uint32_t step = 0; step < steps && !vc_drawing_is_complete (drawing); step++)
    {
      g_assert_true (vc_drawing_step (drawing, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (vc_drawing_get_known (drawing), ==, MAX (known, step + 1));
    }

  for (uint32_t i = 0; i < count; i++)
    memcpy (drawn + i * total, vc_drawing_get_tokens (drawing, i), total * sizeof *drawn);

  return drawn;
}

/* On every device, as far as two rows of tokens: again, alone, among others, and taken up. */
static void
test_beginning (VcDevice      *device,
                gconstpointer  data)
{
  const VcSampling *sampling = data;
  g_autoptr(VcDalle) dalle = load (device);
  const uint32_t total = vc_dalle_get_rows (dalle) * vc_dalle_get_columns (dalle);
  const uint32_t some = 2 * vc_dalle_get_columns (dalle);
  const gsize bytes = some * sizeof (uint32_t);
  g_autofree uint32_t *alone = draw (dalle, sampling, seeds + 2, 1, NULL, 0, some);
  g_autofree uint32_t *again = draw (dalle, sampling, seeds + 2, 1, NULL, 0, some);
  g_autofree uint32_t *three = draw (dalle, sampling, seeds, 3, NULL, 0, some);
  g_autofree uint32_t *taken_up = draw (dalle, sampling, seeds + 2, 1, alone, 5, some);

  g_assert_cmpmem (again, bytes, alone, bytes);
  g_assert_cmpmem (three + 2 * total, bytes, alone, bytes);
  g_assert_cmpmem (taken_up, bytes, alone, bytes);
  /* other seeds are other pictures */
  g_assert_true (memcmp (three, three + total, bytes) != 0);
  g_assert_true (memcmp (three + total, three + 2 * total, bytes) != 0);
}

/* Whole pictures, as many at once as can be, and each of them alone. */
static void
test_batch (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcDalle) dalle = load (device);
  const uint32_t total = vc_dalle_get_rows (dalle) * vc_dalle_get_columns (dalle);
  const gsize bytes = total * sizeof (uint32_t);
  g_autofree uint32_t *all = draw (dalle, &warm, seeds, VC_DRAWING_MAX, NULL, 0, total);

  for (uint32_t i = 0; i < VC_DRAWING_MAX; i++)
    {
      g_autofree uint32_t *alone = draw (dalle, &warm, seeds + i, 1, NULL, 0, total);

      g_assert_cmpmem (alone, bytes, all + i * total, bytes);
    }
}

/* Numbers that are none are an error, not an end. */
static void
test_bad_sampling (void)
{
  const VcSampling bad[] = {
    { .temperature = 0, .top_p = 1, .guidance = 1 },
    { .temperature = NAN, .top_p = 1, .guidance = 1 },
    { .temperature = INFINITY, .top_p = 1, .guidance = 1 },
    { .temperature = 1, .top_p = 0, .guidance = 1 },
    { .temperature = 1, .top_p = NAN, .guidance = 1 },
    { .temperature = 1, .top_p = 2, .guidance = 1 },
    { .temperature = 1, .top_p = 1, .guidance = NAN },
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcDalle) dalle = load (device);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (vc_drawing_new (dalle, PROMPT, &bad[i], seeds, 1, NULL, 0, &error));
      g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
      g_clear_error (&error);
    }
}

/* Taken up at any place, in any batch, a picture becomes what it would have been. */
static void
test_taken_up (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcDalle) dalle = load (device);
  const uint32_t total = vc_dalle_get_rows (dalle) * vc_dalle_get_columns (dalle);
  const gsize bytes = total * sizeof (uint32_t);
  g_autofree uint32_t *whole = draw (dalle, &warm, seeds, 2, NULL, 0, total);
  const uint32_t places[] = { 1, 15, 16, 17, 128, total - 1, total };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const uint32_t known = places[i];
      g_autofree uint32_t *saved = g_new (uint32_t, 2 * known);
      g_autofree uint32_t *both = NULL;
      g_autofree uint32_t *second = NULL;

      memcpy (saved, whole, known * sizeof *saved);
      memcpy (saved + known, whole + total, known * sizeof *saved);
      both = draw (dalle, &warm, seeds, 2, saved, known, total);
      second = draw (dalle, &warm, seeds + 1, 1, saved + known, known, total);

      g_assert_cmpmem (both, 2 * bytes, whole, 2 * bytes);
      g_assert_cmpmem (second, bytes, whole + total, bytes);
    }
}

/* A start that the model did not draw is kept to the token, and what follows depends on it. */
static void
test_kept (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcDalle) dalle = load (device);
  const uint32_t total = vc_dalle_get_rows (dalle) * vc_dalle_get_columns (dalle);
  const uint32_t kept = 3 * vc_dalle_get_columns (dalle);
  g_autofree uint32_t *free_hand = draw (dalle, &warm, seeds, 1, NULL, 0, total);
  g_autofree uint32_t *start = g_new (uint32_t, kept);
  g_autofree uint32_t *drawn = NULL;

  for (uint32_t i = 0; i < kept; i++)
    start[i] = i * 5 % vc_dalle_get_vocab (dalle);
  drawn = draw (dalle, &warm, seeds, 1, start, kept, total);

  g_assert_cmpmem (drawn, kept * sizeof *start, start, kept * sizeof *start);
  g_assert_true (memcmp (drawn + kept, free_hand + kept, (total - kept) * sizeof *drawn) != 0);
}

/* Tokens of another model are refused, not looked up. */
static void
test_foreign (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcDalle) dalle = load (device);
  const uint32_t tokens[] = { 3, vc_dalle_get_vocab (dalle) };

  g_assert_null (vc_drawing_new (dalle, PROMPT, &warm, seeds, 1, tokens, 2, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
}

/* What is not drawn yet is not looked at: it may be any number. */
static void
test_unfinished (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcDalle) dalle = load (device);
  const uint32_t total = vc_dalle_get_rows (dalle) * vc_dalle_get_columns (dalle);
  const gsize bytes = (gsize) vc_dalle_get_side (dalle) * vc_dalle_get_side (dalle) * 3;
  g_autofree uint32_t *tokens = g_new0 (uint32_t, total);
  g_autofree uint8_t *zeros = g_new (uint8_t, bytes);
  g_autofree uint8_t *garbage = g_new (uint8_t, bytes);
  const uint32_t places[] = { 0, 1, 20, total };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      for (uint32_t k = 0; k < total; k++)
        tokens[k] = k < places[i] ? k % 7 : 0;
      g_assert_true (vc_dalle_paint (dalle, tokens, places[i], zeros, &error));
      for (uint32_t k = places[i]; k < total; k++)
        tokens[k] = G_MAXUINT32 - k;
      g_assert_true (vc_dalle_paint (dalle, tokens, places[i], garbage, &error));
      g_assert_cmpmem (garbage, bytes, zeros, bytes);
    }
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/unit/drawing/beginning", "guided", &warm, test_beginning);
  test_add ("/unit/drawing/beginning", "unguided", &lone, test_beginning);
  g_test_add_func ("/unit/drawing/batch", test_batch);
  g_test_add_func ("/unit/drawing/bad-sampling", test_bad_sampling);
  g_test_add_func ("/unit/drawing/taken-up", test_taken_up);
  g_test_add_func ("/unit/drawing/kept", test_kept);
  g_test_add_func ("/unit/drawing/foreign", test_foreign);
  g_test_add_func ("/unit/drawing/unfinished", test_unfinished);

  return test_run ();
}
