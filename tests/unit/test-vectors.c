/* test-vectors.c: half floats, and the loops that compare a hundred thousand rows */

#include "library/dot.h"

#include <math.h>

static void
test_halves (void)
{
  /* Every half is kept as it is. */
  for (guint half = 0; half < 0x10000; half++)
    {
      const float value = vig_half_to_float (half);

      if (isnan (value))
        g_assert_true (isnan (vig_half_to_float (vig_half_from_float (value))));
      else
        g_assert_cmphex (vig_half_from_float (value), ==, half);
    }

  /* Between two of them the nearer is taken, of two as near the even one. */
  for (guint half = 0; half < 0x7bff; half++)
    {
      const double low = vig_half_to_float (half), high = vig_half_to_float (half + 1);
      const float middle = (low + high) / 2;

      g_assert_cmphex (vig_half_from_float (middle), ==, half + (half & 1));
      g_assert_cmphex (vig_half_from_float (nextafterf (middle, 0)), ==, half);
      g_assert_cmphex (vig_half_from_float (nextafterf (middle, INFINITY)), ==, half + 1);
      g_assert_cmphex (vig_half_from_float (-nextafterf (middle, 0)), ==, half | 0x8000);
    }

  g_assert_cmpfloat (vig_half_to_float (0x3c00), ==, 1);
  g_assert_cmpfloat (vig_half_to_float (0x0001), ==, 0x1p-24f);
  g_assert_cmphex (vig_half_from_float (65504), ==, 0x7bff);
  g_assert_cmphex (vig_half_from_float (65519.996f), ==, 0x7bff);
  g_assert_cmphex (vig_half_from_float (65520), ==, 0x7c00);
  g_assert_cmphex (vig_half_from_float (-INFINITY), ==, 0xfc00);
}

static void
test_kernels (void)
{
  static const guint widths[] = { 1, 7, 8, 15, 16, 17, 31, 32, 33, 64, 100, 512, 768 };
  enum { ROWS = 37 };
  guint n_kernels;
  const VigDotKernel *kernels = vig_dot_kernels (&n_kernels);

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      const guint width = widths[w];
      g_autofree guint16 *rows = g_new (guint16, ROWS * width);
      g_autofree float *vector = g_new (float, width);
      float got[ROWS];

      for (guint i = 0; i < ROWS * width; i++)
        rows[i] = vig_half_from_float (g_test_rand_double_range (-1, 1));
      for (guint i = 0; i < width; i++)
        vector[i] = g_test_rand_double_range (-1, 1);

      for (guint k = 0; k < n_kernels; k++)
        {
          if (!kernels[k].usable ())
            {
              if (w == 0)
                g_test_message ("this processor cannot run “%s”", kernels[k].name);
              continue;
            }
          kernels[k].run (rows, ROWS, width, vector, got);
          for (guint i = 0; i < ROWS; i++)
            {
              double want = 0;

              for (guint j = 0; j < width; j++)
                want += (double) vig_half_to_float (rows[i * width + j]) * vector[j];
              g_assert_cmpfloat_with_epsilon (got[i], want, 1e-6 * width);
            }
        }
    }
}

/* More than one thread's share, and a last one that is smaller. */
static void
test_threads (void)
{
  enum { ROWS = 100003, WIDTH = 64 };
  g_autofree guint16 *rows = g_new (guint16, ROWS * WIDTH);
  g_autofree float *got = g_new (float, ROWS);
  float vector[WIDTH];

  for (guint i = 0; i < ROWS * WIDTH; i++)
    rows[i] = vig_half_from_float (i % WIDTH == i / WIDTH % WIDTH);
  for (guint i = 0; i < WIDTH; i++)
    vector[i] = i;

  vig_dot_rows (rows, ROWS, WIDTH, vector, got);
  for (guint i = 0; i < ROWS; i++)
    g_assert_cmpfloat (got[i], ==, i % WIDTH);
  vig_dot_rows (rows, 0, WIDTH, vector, got);
}

static void
test_speed (void)
{
  enum { ROWS = 100000, WIDTH = 512, TIMES = 5 };
  g_autofree guint16 *rows = g_new (guint16, (gsize) ROWS * WIDTH);
  g_autofree float *got = g_new (float, ROWS);
  float vector[WIDTH];
  double best = INFINITY;

  for (gsize i = 0; i < (gsize) ROWS * WIDTH; i++)
    rows[i] = 0x2800 + i % 977;
  for (guint i = 0; i < WIDTH; i++)
    vector[i] = 1.0f / (i + 1);
  for (guint i = 0; i < TIMES; i++)
    {
      const gint64 begun = g_get_monotonic_time ();

      vig_dot_rows (rows, ROWS, WIDTH, vector, got);
      best = MIN (best, (g_get_monotonic_time () - begun) / 1e3);
    }
  g_test_minimized_result (best, "100,000 rows of 512 in %.1f ms, %.1f GB/s", best,
                           ROWS * WIDTH * 2.0 / best / 1e6);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vectors/halves", test_halves);
  g_test_add_func ("/vectors/kernels", test_kernels);
  g_test_add_func ("/vectors/threads", test_threads);
  g_test_add_func ("/vectors/speed", test_speed);

  return g_test_run ();
}
