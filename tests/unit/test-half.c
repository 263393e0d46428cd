/* test-half.c: every half, and the floats between and beyond them */

#include <math.h>
#include <string.h>

#include "tensor/half.h"

#define N_HALVES 65536

static gboolean
is_nan (uint16_t half)
{
  return (half & 0x7fff) > 0x7c00;
}

/* What IEEE 754 says the bits mean, by arithmetic alone. */
static double
meaning (uint16_t half)
{
  const int exponent = (half >> 10) & 31;
  const int fraction = half & 1023;
  const double size = exponent == 31 ? INFINITY
                    : exponent == 0 ? ldexp (fraction, -24)
                    : ldexp (1024 + fraction, exponent - 25);

  return half & 0x8000 ? -size : size;
}

static void
test_every_half (void)
{
  for (guint half = 0; half < N_HALVES; half++)
    {
      const float value = vc_half_to_float (half);

      if (is_nan (half))
        {
          g_assert_true (isnan (value));
          g_assert_true (is_nan (vc_half_from_float (value)));
          continue;
        }

      g_assert_true (value == meaning (half));
      g_assert_cmpint (!!signbit (value), ==, half >> 15);
      g_assert_cmphex (vc_half_from_float (value), ==, half);
    }
}

/* Between two neighbours: the tie goes to the even one, its own neighbours to the nearer one. */
static void
test_rounding (void)
{
  for (guint half = 0; half < 0x7c00; half++)
    {
      const double above = half == 0x7bff ? 65536 : meaning (half + 1);
      const float tie = (meaning (half) + above) / 2;

      g_assert_cmphex (vc_half_from_float (nextafterf (tie, 0)), ==, half);
      g_assert_cmphex (vc_half_from_float (tie), ==, half + (half & 1));
      g_assert_cmphex (vc_half_from_float (nextafterf (tie, INFINITY)), ==, half + 1);
      g_assert_cmphex (vc_half_from_float (-tie), ==, 0x8000 | (half + (half & 1)));
    }

  g_assert_cmphex (vc_half_from_float (1e30f), ==, 0x7c00);
  g_assert_cmphex (vc_half_from_float (-INFINITY), ==, 0xfc00);
  g_assert_cmphex (vc_half_from_float (1e-30f), ==, 0);
  g_assert_cmphex (vc_half_from_float (-0.f), ==, 0x8000);
}

/* Arrays give what single ones give, whatever their length and place in memory. */
static void
test_arrays (void)
{
  g_autofree uint16_t *halves = g_new (uint16_t, N_HALVES);
  g_autofree uint16_t *back = g_new (uint16_t, N_HALVES);
  g_autofree float *floats = g_new (float, N_HALVES + 1);

  for (guint half = 0; half < N_HALVES; half++)
    halves[half] = half;

  vc_half_widen (halves, floats, N_HALVES);
  vc_half_narrow (floats, back, N_HALVES);
  for (guint half = 0; half < N_HALVES; half++)
    {
      const float single = vc_half_to_float (half);

      g_assert_true (is_nan (half) ? isnan (floats[half]) : floats[half] == single);
      g_assert_true (is_nan (half) ? is_nan (back[half]) : back[half] == half);
    }

  for (gsize n = 0; n < 40; n++)
    {
      const uint16_t *odd = halves + 15361 - 2 * n;

      floats[1 + n] = -7;
      vc_half_widen (odd, floats + 1, n);
      g_assert_true (floats[1 + n] == -7);
      for (gsize i = 0; i < n; i++)
        g_assert_true (floats[1 + i] == vc_half_to_float (odd[i]));

      back[1 + n] = 7;
      vc_half_narrow (floats + 1, back + 1, n);
      g_assert_cmpint (back[1 + n], ==, 7);
      g_assert_cmpint (memcmp (back + 1, odd, n * sizeof *back), ==, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tensor/half/every-half", test_every_half);
  g_test_add_func ("/tensor/half/rounding", test_rounding);
  g_test_add_func ("/tensor/half/arrays", test_arrays);

  return g_test_run ();
}
