/* test-palette.c: a picture by the colours of its tokens is near what the decoder paints of them */

#include <math.h>
#include <string.h>

#include "model/dalle.h"

/* Bars of some colours, as large as the model's pictures. */
static uint8_t *
make_bars (uint32_t side)
{
  static const uint8_t colours[4][3] = { { 220, 40, 40 }, { 40, 90, 220 }, { 250, 250, 250 }, { 30, 160, 60 } };
  uint8_t *rgb = g_malloc ((gsize) side * side * 3);

  for (uint32_t y = 0; y < side; y++)
    for (uint32_t x = 0; x < side; x++)
      memcpy (rgb + ((gsize) y * side + x) * 3, colours[(4 * x / side + 4 * y / side) % 4], 3);

  return rgb;
}

static double
find_distance (const uint8_t *a,
               const uint8_t *b,
               gsize          n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);

  return sqrt (sum / (double) n);
}

static void
test_near (gconstpointer data)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, data, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcDalle) dalle = vc_dalle_load (device, folder, &error);
  const uint32_t side = vc_dalle_get_side (dalle);
  const uint32_t rows = vc_dalle_get_rows (dalle);
  const uint32_t total = rows * vc_dalle_get_columns (dalle);
  const gsize n = (gsize) side * side * 3;
  g_autofree uint8_t *bars = make_bars (side);
  g_autofree uint8_t *painted = g_malloc (n);
  g_autofree uint8_t *sketched = g_malloc (n);
  g_autofree uint8_t *grey = g_malloc (n);
  g_autofree uint8_t *part = g_malloc (n);
  g_autofree uint32_t *tokens = g_new (uint32_t, total);
  double first, then;

  g_assert_no_error (error);
  memset (grey, 0x80, n);
  memset (sketched, 0x80, n);
  g_assert_true (vc_dalle_read (dalle, bars, side, side, (gsize) side * 3, tokens, &error));
  g_assert_true (vc_dalle_paint (dalle, tokens, total, painted, &error));
  g_assert_no_error (error);

  g_assert_false (vc_dalle_sketch (dalle, tokens, 0, rows, sketched));
  g_assert_cmpmem (sketched, n, grey, n);

  g_assert_true (vc_dalle_learn_colours (dalle, &error));
  g_assert_true (vc_dalle_sketch (dalle, tokens, 0, rows, sketched));
  first = find_distance (sketched, painted, n);

  /* What is painted meanwhile teaches more. */
  g_assert_true (vc_dalle_paint (dalle, tokens, total - vc_dalle_get_columns (dalle), part, &error));
  g_assert_no_error (error);
  g_assert_true (vc_dalle_sketch (dalle, tokens, 0, rows, sketched));
  then = find_distance (sketched, painted, n);

  g_test_message ("grey is %.1f away, the sketch %.1f, and %.1f after a look", find_distance (grey, painted, n), first, then);
  g_assert_cmpfloat (first, <, 0.6 * find_distance (grey, painted, n));
  g_assert_cmpfloat (then, <, first);

  /* Only what was asked for is filled. */
  memset (part, 0x80, n);
  g_assert_true (vc_dalle_sketch (dalle, tokens, 1, 1, part));
  g_assert_cmpmem (part, n / rows, grey, n / rows);
  g_assert_cmpmem (part + n / rows, n / rows, sketched + n / rows, n / rows);
  g_assert_cmpmem (part + 2 * n / rows, n / rows, grey, n / rows);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/palette/first-light", "data/models/first-light/dalle", test_near);
  g_test_add_data_func ("/palette/daybreak", "../data/models/daybreak/dalle", test_near);

  return g_test_run ();
}
