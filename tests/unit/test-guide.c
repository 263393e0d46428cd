/* test-guide.c: the random stream against published words, and which tokens are drawn how often */

#include "model/guide.h"

#include <math.h>
#include <string.h>

/* Random123's kat_vectors for philox4x32, 10 rounds [Salmon et al. 2011, D. E. Shaw Research]. */
static void
test_philox (void)
{
  static const struct { uint32_t counter[4], key[2], want[4]; } known[] = {
    { { 0, 0, 0, 0 }, { 0, 0 },
      { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, { 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { 0xa4093822, 0x299f31d0 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      uint32_t words[4];

      vc_philox (known[i].counter, known[i].key, words);
      g_assert_cmpmem (words, sizeof words, known[i].want, sizeof words);
    }
}

static void
test_uniform (void)
{
  double sum = 0;

  for (guint i = 0; i < 10000; i++)
    {
      const double u = vc_guide_uniform (7, VC_STREAM_PICTURE, i);

      g_assert_true (u >= 0 && u < 1);
      sum += u;
    }
  /* the mean's deviation is 0.0029 */
  g_assert_cmpfloat (fabs (sum / 10000 - 0.5), <, 0.012);

  g_assert_true (vc_guide_uniform (7, VC_STREAM_PICTURE, 3) ==
                 vc_guide_uniform (7, VC_STREAM_PICTURE, 3));
  g_assert_true (vc_guide_uniform (7, VC_STREAM_PICTURE, 3) !=
                 vc_guide_uniform (8, VC_STREAM_PICTURE, 3));
  g_assert_true (vc_guide_uniform (7, VC_STREAM_PICTURE, 3) !=
                 vc_guide_uniform (7, VC_STREAM_WORDS, 3));
  /* seeds that differ only above 32 bits are different seeds */
  g_assert_true (vc_guide_uniform (7, VC_STREAM_PICTURE, 3) !=
                 vc_guide_uniform (7 + ((uint64_t) 1 << 32), VC_STREAM_PICTURE, 3));
}

static void
test_blend (void)
{
  float cond[] = { 1, 2, -3 };
  const float uncond[] = { 0, 2, 1 };

  vc_guide_blend (cond, uncond, 3, 1.5f);

  g_assert_cmpfloat (cond[0], ==, 1.5);
  g_assert_cmpfloat (cond[1], ==, 2);
  g_assert_cmpfloat (cond[2], ==, -5);
}

/* Where along [0, 1) each token's part ends. */
static void
check_parts (const float      *logits,
             uint32_t          vocab,
             const VcSampling *sampling,
             const double     *want)
{
  double end = 0;

  for (uint32_t i = 0; i < vocab; i++)
    {
      const double begin = end;

      end += want[i];
      if (want[i] == 0)
        continue;
      g_assert_cmpuint (vc_guide_draw (logits, vocab, sampling, begin + 1e-9), ==, i);
      g_assert_cmpuint (vc_guide_draw (logits, vocab, sampling, end - 1e-9), ==, i);
    }
}

/* log 1, log 2, log 4, log 2, log 1: parts of a tenth */
static const float hill[] = { 0, 0.6931471806f, 1.3862943611f, 0.6931471806f, 0 };

static void
test_distribution (void)
{
  check_parts (hill, 5, &(VcSampling) { 1, 0, 1, 1 }, (double[]) { .1, .2, .4, .2, .1 });
  /* half the temperature squares the weights: 1 4 16 4 1 */
  check_parts (hill, 5, &(VcSampling) { 0.5f, 0, 1, 1 },
               (double[]) { 1 / 26., 4 / 26., 16 / 26., 4 / 26., 1 / 26. });
}

static void
test_top_k (void)
{
  /* the second and third likeliest are equal, and both kept */
  check_parts (hill, 5, &(VcSampling) { 1, 2, 1, 1 }, (double[]) { 0, .25, .5, .25, 0 });
  check_parts (hill, 5, &(VcSampling) { 1, 3, 1, 1 }, (double[]) { 0, .25, .5, .25, 0 });
  check_parts (hill, 5, &(VcSampling) { 1, 5, 1, 1 }, (double[]) { .1, .2, .4, .2, .1 });
  check_parts (hill, 5, &(VcSampling) { 1, 99, 1, 1 }, (double[]) { .1, .2, .4, .2, .1 });
  /* the argmax, at any temperature */
  check_parts (hill, 5, &(VcSampling) { 10, 1, 1, 1 }, (double[]) { 0, 0, 1, 0, 0 });
  /* … which is where a small temperature leads without it */
  check_parts (hill, 5, &(VcSampling) { 1e-4f, 0, 1, 1 }, (double[]) { 0, 0, 1, 0, 0 });
}

static void
test_top_p (void)
{
  /* .4 alone reaches .4; .5 needs one more, and its equal comes with it */
  check_parts (hill, 5, &(VcSampling) { 1, 0, .39f, 1 }, (double[]) { 0, 0, 1, 0, 0 });
  check_parts (hill, 5, &(VcSampling) { 1, 0, .5f, 1 }, (double[]) { 0, .25, .5, .25, 0 });
  check_parts (hill, 5, &(VcSampling) { 1, 0, .85f, 1 }, (double[]) { .1, .2, .4, .2, .1 });
  /* of what top-k has left, .5 is reached by the likeliest alone */
  check_parts (hill, 5, &(VcSampling) { 1, 2, .49f, 1 }, (double[]) { 0, 0, 1, 0, 0 });
}

/* The k-th largest by counting: a selection that is off by one keeps the wrong tokens. */
static void
check_selection (uint32_t vocab,
                 uint32_t k)
{
  g_autofree float *logits = g_new (float, vocab);
  g_autofree double *want = g_new0 (double, vocab);

  /* a permutation: 10007 is a prime */
  for (uint32_t i = 0; i < vocab; i++)
    logits[i] = (i + 1) * 1700 % 10007;
  for (uint32_t i = 0; i < vocab; i++)
    {
      uint32_t larger = 0;

      for (uint32_t j = 0; j < vocab; j++)
        larger += logits[j] > logits[i];
      want[i] = larger < k ? 1.0 / k : 0;
    }

  /* so hot that all that are kept are equally likely, to 1e-5 */
  for (uint32_t i = 0; i < 8 * k; i++)
    {
      const double u = (i + 0.5) / (8 * k);
      const uint32_t drawn = vc_guide_draw (logits, vocab, &(VcSampling) { 1e9f, k, 1, 1 }, u);

      g_assert_cmpfloat (want[drawn], >, 0);
    }
  for (uint32_t i = 0, seen = 0; i < vocab; i++)
    if (want[i] > 0)
      g_assert_cmpuint (vc_guide_draw (logits, vocab, &(VcSampling) { 1e9f, k, 1, 1 }, (seen++ + 0.5) / k), ==, i);
}

static void
test_selection (void)
{
  for (uint32_t vocab = 1; vocab < 40; vocab++)
    for (uint32_t k = 1; k <= vocab; k++)
      check_selection (vocab, k);

  /* so many that they are sifted first */
  for (uint32_t k = 1; k < 600; k += k < 60 ? 7 : 63)
    check_selection (1000 + k, k);
}

static void
test_hostile (void)
{
  const float nan[] = { NAN, 1, NAN };
  const float all[] = { NAN, NAN };
  const float far[] = { -3e38f, 3e38f, -INFINITY };

  for (uint32_t k = 0; k < 4; k++)
    for (guint p = 0; p < 2; p++)
      {
        const VcSampling sampling = { 1, k, p == 0 ? 1 : .5f, 1 };

        g_assert_cmpuint (vc_guide_draw (nan, 3, &sampling, 0), ==, 1);
        g_assert_cmpuint (vc_guide_draw (nan, 3, &sampling, .999), ==, 1);
        g_assert_cmpuint (vc_guide_draw (all, 2, &sampling, .5), <, 2);
        g_assert_cmpuint (vc_guide_draw (far, 3, &sampling, 0), ==, 1);
        g_assert_cmpuint (vc_guide_draw (far, 3, &sampling, .999999), ==, 1);
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/unit/guide/philox", test_philox);
  g_test_add_func ("/unit/guide/uniform", test_uniform);
  g_test_add_func ("/unit/guide/blend", test_blend);
  g_test_add_func ("/unit/guide/distribution", test_distribution);
  g_test_add_func ("/unit/guide/top-k", test_top_k);
  g_test_add_func ("/unit/guide/top-p", test_top_p);
  g_test_add_func ("/unit/guide/selection", test_selection);
  g_test_add_func ("/unit/guide/hostile", test_hostile);

  return g_test_run ();
}
