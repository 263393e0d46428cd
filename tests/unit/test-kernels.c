/* test-kernels.c: the processor's inner loops, by every instruction set that this one has */

#include <math.h>
#include <string.h>

#include "host/kernels.h"
#include "ref.h"
#include "support.h"
#include "tensor/half.h"

/* Fewer than any vector has lanes, whole numbers of them, and some left over. */
static const uint32_t widths[] = { 1, 3, 4, 8, 15, 16, 17, 31, 32, 48, 63, 64, 72, 100, 192, 257 };

static void
test_products (gconstpointer data)
{
  const VcKernels *kernels = data;
  const uint32_t out = 23;
  const uint32_t stride = out + 2;

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (uint32_t rows = 1; rows <= VC_FEW_ROWS; rows += rows < 5 ? 1 : 11)
      for (guint store = VC_F32; store <= VC_F16; store++)
        {
          const uint32_t in = widths[w];
          g_autofree float *x = test_noise (rows * in, 0, 1);
          g_autofree float *weight = test_noise (out * in, 0, 1);
          g_autofree float *bias = test_noise (out, 0, 1);
          g_autofree float *want = g_new (float, rows * out);
          g_autofree float *got = g_new0 (float, rows * stride);
          g_autofree uint16_t *halves = g_new (uint16_t, out * in);

          vc_half_narrow (weight, halves, out * in);
          if (store == VC_F16)
            vc_half_widen (halves, weight, out * in);

          kernels->products (x, in, store == VC_F16 ? (void *) halves : weight, store, bias,
                             got, stride, rows, in, out);
          ref_linear (x, weight, bias, want, rows, in, out);
          for (uint32_t r = 0; r < rows; r++)
            {
              g_assert_cmpfloat (test_nmse (got + r * stride, want + r * out, out), <, 1e-11);
              g_assert_cmpfloat (got[r * stride + out], ==, 0);
            }
        }
}

typedef struct
{
  uint32_t rows;
  uint32_t in;
  uint32_t out;
} Size;

/* Edges of tiles and of blocks, on both sides, and whole ones. */
static const Size sizes[] = {
  { 1, 1, 1 }, { 5, 3, 7 }, { 12, 16, 32 }, { 13, 17, 33 }, { 6, 256, 16 }, { 7, 257, 15 },
  { 24, 300, 64 }, { 241, 20, 40 }, { 480, 513, 31 },
};

static void
test_multiply (gconstpointer data)
{
  const VcKernels *kernels = data;
  g_autofree float *scratch = g_new (float, VC_KERNEL_SCRATCH);

  for (guint n = 0; n < G_N_ELEMENTS (sizes); n++)
    for (guint kind = 0; kind < 8; kind++)
      {
        const uint32_t rows = sizes[n].rows;
        const uint32_t in = sizes[n].in;
        const uint32_t out = sizes[n].out;
        const gboolean is_half = kind & 1;
        const gboolean turned = kind & 2;
        const gboolean biased = kind & 4;
        g_autofree float *x = test_noise (rows * (in + 3), 0, 1);
        g_autofree float *weight = test_noise (out * in, 0, 1);
        g_autofree float *bias = test_noise (out, 0, 1);
        g_autofree float *upright = g_new (float, out * in);
        g_autofree float *want = g_new (float, out);
        g_autofree float *got = g_new0 (float, rows * (out + 2));
        g_autofree uint16_t *halves = g_new (uint16_t, out * in);

        vc_half_narrow (weight, halves, out * in);
        if (is_half)
          vc_half_widen (halves, weight, out * in);
        for (uint32_t o = 0; o < out; o++)
          for (uint32_t i = 0; i < in; i++)
            upright[o * in + i] = weight[turned ? i * out + o : o * in + i];

        kernels->multiply (x, in + 3, is_half ? (void *) halves : weight, is_half ? VC_F16 : VC_F32, turned,
                           biased ? bias : NULL, got, out + 2, rows, in, out, scratch);
        for (uint32_t r = 0; r < rows; r++)
          {
            ref_linear (x + r * (in + 3), upright, biased ? bias : NULL, want, 1, in, out);
            g_assert_cmpfloat (test_nmse (got + r * (out + 2), want, out), <, 1e-10);
            g_assert_cmpfloat (got[r * (out + 2) + out], ==, 0);
            g_assert_cmpfloat (got[r * (out + 2) + out + 1], ==, 0);
          }
      }
}

/* The nearest number with 8 bits, the even one of two: what a coarse product is made of. */
static void
round_coarse (float *values,
              gsize  n)
{
  for (gsize i = 0; i < n; i++)
    {
      uint32_t bits;

      memcpy (&bits, values + i, sizeof bits);
      bits += 0x7fff + (bits >> 16 & 1);
      bits &= 0xffff0000;
      memcpy (values + i, &bits, sizeof bits);
    }
}

static void
test_multiply_coarse (gconstpointer data)
{
  const VcKernels *kernels = data;
  g_autofree float *scratch = g_new (float, VC_KERNEL_SCRATCH);

  if (kernels->multiply_coarse == NULL)
    {
      g_test_skip ("this instruction set has no products of bfloat16");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint store = VC_F32; store <= VC_F16; store++)
      {
        const Size *c = &sizes[i];
        const uint32_t stride = c->out + 3;
        g_autofree float *x = test_noise (c->rows * c->in, 0, 1);
        g_autofree float *weight = test_noise (c->out * c->in, 0, 1);
        g_autofree float *bias = test_noise (c->out, 0, 1);
        g_autofree float *want = g_new (float, c->rows * c->out);
        g_autofree float *got = g_new0 (float, c->rows * stride);
        g_autofree uint16_t *halves = g_new (uint16_t, c->out * c->in);

        vc_half_narrow (weight, halves, c->out * c->in);
        if (store == VC_F16)
          vc_half_widen (halves, weight, c->out * c->in);

        kernels->multiply_coarse (x, c->in, store == VC_F16 ? (void *) halves : weight, store, FALSE, bias,
                                  got, stride, c->rows, c->in, c->out, scratch);

        round_coarse (x, c->rows * c->in);
        round_coarse (weight, c->out * c->in);
        ref_linear (x, weight, bias, want, c->rows, c->in, c->out);
        for (uint32_t r = 0; r < c->rows; r++)
          {
            g_assert_cmpfloat (test_nmse (got + r * stride, want + r * c->out, c->out), <, 1e-10);
            g_assert_cmpfloat (got[r * stride + c->out], ==, 0);
          }
      }
}

static void
test_normalise (gconstpointer data)
{
  const VcKernels *kernels = data;

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      const uint32_t n = widths[w];
      g_autofree float *x = test_noise (n, 100, 1);  /* a far mean: squares of x would lose every digit */
      g_autofree float *gain = test_noise (n, 1, 0.2f);
      g_autofree float *bias = test_noise (n, 0, 0.2f);
      g_autofree float *want = g_new (float, n);
      g_autofree float *got = g_new (float, n);

      kernels->normalise (x, gain, bias, got, n, 1e-5f);
      ref_layernorm (x, gain, bias, want, 1, n, 1e-5f);
      g_assert_cmpfloat (test_nmse (got, want, n), <, 1e-7);
    }
}

/* A product has the same bits whichever others are computed with it: rows or outputs, more or fewer. */
static void
test_alone (gconstpointer data)
{
  const VcKernels *kernels = data;
  const uint32_t in = 203;
  const uint32_t out = 11;

  for (guint store = VC_F32; store <= VC_F16; store++)
    {
      g_autofree float *x = test_noise (VC_FEW_ROWS * in, 0, 1);
      g_autofree float *weight = test_noise (out * in, 0, 1);
      g_autofree uint16_t *halves = g_new (uint16_t, out * in);
      const uint8_t *w = store == VC_F16 ? (uint8_t *) halves : (uint8_t *) weight;
      float alone[VC_FEW_ROWS][11];
      float beside[VC_FEW_ROWS][11];

      vc_half_narrow (weight, halves, out * in);
      for (uint32_t r = 0; r < VC_FEW_ROWS; r++)
        for (uint32_t o = 0; o < out; o++)
          kernels->products (x + r * in, in, w + (gsize) o * in * vc_dtype_size (store), store, NULL,
                             &alone[r][o], 1, 1, in, 1);

      for (uint32_t rows = 1; rows <= VC_FEW_ROWS; rows++)
        {
          kernels->products (x, in, w, store, NULL, beside[0], out, rows, in, out);
          g_assert_cmpmem (beside, rows * sizeof *beside, alone, rows * sizeof *alone);
        }
    }
}

static void
test_blend (gconstpointer data)
{
  const VcKernels *kernels = data;

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      const uint32_t width = widths[w];
      const uint32_t n = 37;
      g_autofree float *shares = test_noise (n, 0, 1);
      g_autofree float *rows = test_noise (n * width, 0, 1);
      g_autofree float *turned = g_new (float, n * width);
      g_autofree float *want = g_new (float, width);
      g_autofree float *got = g_new0 (float, width + 1);

      for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < width; k++)
          turned[k * n + i] = rows[i * width + k];

      kernels->blend (shares, rows, got, n, width);
      ref_linear (shares, turned, NULL, want, 1, n, width);
      g_assert_cmpfloat (test_nmse (got, want, width), <, 1e-11);
      g_assert_cmpfloat (got[width], ==, 0);
    }
}

static void
test_softmax (gconstpointer data)
{
  const VcKernels *kernels = data;
  const float deviations[] = { 0, 1, 30, 1e4f };

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (guint d = 0; d < G_N_ELEMENTS (deviations); d++)
      {
        const uint32_t n = widths[w];
        g_autofree float *scores = test_noise (n + 1, 5, deviations[d]);
        g_autofree double *want = g_new (double, n);
        double top = -INFINITY;
        double total = 0;

        for (uint32_t i = 0; i < n; i++)
          top = fmax (top, scores[i] * 0.125);
        for (uint32_t i = 0; i < n; i++)
          total += want[i] = exp (scores[i] * 0.125 - top);

        scores[n] = 7;
        kernels->softmax (scores, 0.125f, n);
        for (uint32_t i = 0; i < n; i++)
          g_assert_cmpfloat (fabs (scores[i] - want[i] / total), <, 5e-7);
        g_assert_cmpfloat (scores[n], ==, 7);
      }
}

static void
test_activate (gconstpointer data)
{
  const VcKernels *kernels = data;

  for (guint activation = VC_GELU; activation <= VC_SILU; activation++)
    for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
      {
        const uint32_t n = widths[w];
        g_autofree float *x = test_noise (n, 0, 4);
        g_autofree float *want = g_new (float, n);
        g_autofree float *got = g_new0 (float, n + 1);

        kernels->activate (activation, x, got, n);
        ref_activate (activation, x, want, n);
        for (uint32_t i = 0; i < n; i++)
          g_assert_cmpfloat (fabsf (got[i] - want[i]), <=, 5e-7f * MAX (1, fabsf (want[i])));
        g_assert_cmpfloat (got[n], ==, 0);
      }
}

static void
test_channels (gconstpointer data)
{
  const VcKernels *kernels = data;
  const uint32_t pixels = 29;

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      const uint32_t channels = widths[w];
      g_autofree float *x = test_noise (pixels * channels, 3, 2);
      g_autofree float *gain = test_noise (channels, 1, 0.5f);
      g_autofree float *bias = test_noise (channels, 0, 1);
      g_autofree float *want = g_new (float, pixels * channels);
      g_autofree float *got = g_new0 (float, pixels * channels + 1);
      g_autofree double *means = g_new0 (double, channels);
      g_autofree double *scales = g_new0 (double, channels);

      /* Every channel by itself is a group. */
      kernels->sum_channels (x, NULL, means, pixels, channels);
      for (uint32_t c = 0; c < channels; c++)
        means[c] /= pixels;
      kernels->sum_channels (x, means, scales, pixels, channels);
      for (uint32_t c = 0; c < channels; c++)
        scales[c] = 1 / sqrt (scales[c] / pixels + 1e-6);
      kernels->normalise_channels (x, means, scales, gain, bias, got, pixels, channels);

      ref_groupnorm (x, gain, bias, want, 1, pixels, channels, channels, 1e-6, FALSE);
      g_assert_cmpfloat (test_nmse (got, want, pixels * channels), <, 1e-11);
      g_assert_cmpfloat (got[pixels * channels], ==, 0);
    }
}

/* One tile: 6x6 pixels, 3x3 weights, 4x4 outputs. */
static void
test_winograd (gconstpointer data)
{
  const VcKernels *kernels = data;
  const uint32_t outputs = 21;

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      const uint32_t inputs = MAX (16, widths[w]);
      g_autofree float *x = test_noise (36 * inputs, 0, 1);
      g_autofree float *weight = test_noise (outputs * 9 * inputs, 0, 1);
      g_autofree float *bias = test_noise (outputs, 0, 1);
      g_autofree float *want = g_new (float, 16 * outputs);
      g_autofree float *got = g_new0 (float, 16 * outputs + 1);
      g_autofree float *spread = g_new (float, 36 * inputs);
      g_autofree float *weights = g_new (float, 36 * outputs * inputs);
      g_autofree float *products = g_new0 (float, 36 * outputs);
      const float *from[36];
      float *to[16];

      for (guint i = 0; i < 36; i++)
        from[i] = x + i * inputs;
      for (guint i = 0; i < 16; i++)
        to[i] = i == 6 ? NULL : got + i * outputs;

      kernels->spread_pixels (from, spread, inputs, inputs);
      for (uint32_t o = 0; o < outputs; o++)
        kernels->spread_weights (weight + o * 9 * inputs, weights + o * inputs, outputs * inputs, inputs);
      for (guint i = 0; i < 36; i++)
        for (uint32_t o = 0; o < outputs; o++)
          for (uint32_t k = 0; k < inputs; k++)
            products[i * outputs + o] += spread[i * inputs + k] * weights[(i * outputs + o) * inputs + k];
      kernels->gather_pixels (products, outputs, bias, to, outputs);

      ref_conv2d (x, weight, bias, want, 1, 6, 6, inputs, outputs, 3, 1, 0, 0);
      memset (want + 6 * outputs, 0, outputs * sizeof *want);  /* the pixel that was left out */
      g_assert_cmpfloat (test_nmse (got, want, 16 * outputs), <, 1e-10);
      g_assert_cmpfloat (got[16 * outputs], ==, 0);
    }
}

static void
test_nearest (gconstpointer data)
{
  const VcKernels *kernels = data;
  const uint32_t codes = 50;

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    for (uint32_t rows = 1; rows <= VC_NEAREST_ROWS; rows++)
      {
        const uint32_t width = widths[w];
        g_autofree float *x = test_noise (rows * width, 0, 1e-3f);
        g_autofree float *table = test_noise (codes * width, 0, 1);
        uint32_t want[VC_NEAREST_ROWS];
        uint32_t got[VC_NEAREST_ROWS + 1];

        /* Beside the last code and those before it; each code once more at the end. */
        for (uint32_t i = 0; i < rows * width; i++)
          x[i] += table[(codes / 2 - rows) * width + i];
        memcpy (table + codes / 2 * width, table, codes / 2 * width * sizeof *table);

        got[rows] = 77;
        kernels->nearest (x, table, got, rows, codes, width);
        ref_nearest (x, table, want, rows, codes, width);
        g_assert_cmpmem (got, rows * sizeof *got, want, rows * sizeof *want);
        g_assert_cmpuint (got[rows], ==, 77);
      }
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *name;
    void      (*test) (gconstpointer data);
  } tests[] = {
    { "products", test_products },
    { "multiply", test_multiply },
    { "multiply-coarse", test_multiply_coarse },
    { "normalise", test_normalise },
    { "alone", test_alone },
    { "blend", test_blend },
    { "softmax", test_softmax },
    { "activate", test_activate },
    { "channels", test_channels },
    { "winograd", test_winograd },
    { "nearest", test_nearest },
  };

  g_test_init (&argc, &argv, NULL);

  for (const VcKernels * const *list = vc_kernels_list (); *list != NULL; list++)
    for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
      {
        g_autofree char *path = g_strdup_printf ("/host/kernels/%s/%s", (*list)->name, tests[i].name);

        g_test_add_data_func (path, *list, tests[i].test);
      }

  return g_test_run ();
}
