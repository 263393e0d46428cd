/* test-half.c: every half there is, and the compiler's own conversion */

#include "tensor/half.h"

#include <string.h>

static void
test_widen (void)
{
  g_autofree uint16_t *halves = g_new (uint16_t, 65536);
  g_autofree float *values = g_new (float, 65536);

  for (guint i = 0; i < 65536; i++)
    halves[i] = i;
  vc_half_widen (halves, values, 65536);

  for (guint i = 0; i < 65536; i++)
    {
      _Float16 half;
      float want;

      memcpy (&half, &halves[i], 2);
      want = half;
      if (want != want)
        g_assert_true (values[i] != values[i]);
      else
        g_assert_cmpmem (&values[i], 4, &want, 4);
    }
}

/* A row that is not a whole number of vectors, and begins between two of them. */
static void
test_ends (void)
{
  const uint16_t halves[] = { 0, 0x3c00, 0xc000, 0x3800, 0 };
  float values[5] = { 7, 7, 7, 7, 7 };

  vc_half_widen (halves + 1, values + 1, 3);

  g_assert_cmpfloat (values[0], ==, 7);
  g_assert_cmpfloat (values[1], ==, 1);
  g_assert_cmpfloat (values[2], ==, -2);
  g_assert_cmpfloat (values[3], ==, 0.5);
  g_assert_cmpfloat (values[4], ==, 7);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/unit/half/widen", test_widen);
  g_test_add_func ("/unit/half/ends", test_ends);

  return g_test_run ();
}
