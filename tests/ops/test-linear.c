/* test-linear.c: linear against ref_linear(), on every device */

#include <string.h>

#include "device-private.h"
#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    rows;
  uint32_t    in;
  uint32_t    out;
  gboolean    biased;
  float       mean;  /* of x */
} Case;

static const Case cases[] = {
  { "one by one",                  1,    1,    1, TRUE,  0 },
  { "one product",                 1,    1,    1, FALSE, 0 },
  { "odd, one row",                1,    3,    5, TRUE,  0 },  /* halves begin in the middle of a word */
  { "odd, few rows",               7,   33,   13, TRUE,  0 },
  { "past a power of two",         3,  257,  129, FALSE, 0 },
  { "most of few rows",           16,   64,   30, TRUE,  0 },
  { "first-light step",            8,  192,  576, TRUE,  0 },
  { "minDALL-E step",              1, 1536, 1536, TRUE,  0 },
  { "DALL-E mini's odd width",     2, 2730,   64, FALSE, 0 },
  { "fewest of many rows",        17,   31,   19, TRUE,  0 },  /* smaller than any tile */
  { "many to the processor too",  33,   40,   70, TRUE,  0 },
  { "past a tile",                65,   17,   65, TRUE,  0 },
  { "odd, many rows",             50,  191,  129, FALSE, 0 },
  { "ViT-B/32",                   50,  768,  256, TRUE,  0 },
  { "one column, many rows",     600,    1,    3, TRUE,  0 },
  { "past a block of rows",     1025,    8,  130, TRUE,  0 },
  { "far mean, few rows",          2, 1024,   16, TRUE,  100 },  /* large products that nearly cancel */
  { "far mean, many rows",        20, 1024,   16, TRUE,  100 },
};

static float *
run_linear (VcDevice    *device,
            VcDtype      store,
            const float *x,
            const float *weight,
            const float *bias,
            uint32_t     rows,
            uint32_t     in,
            uint32_t     out)
{
  const VcTensor tx = test_upload (device, VC_F32, x, rows, in);
  const VcTensor tweight = test_upload (device, store, weight, out, in);
  const VcTensor tbias = test_upload (device, VC_F32, bias != NULL ? bias : weight, 1, out);
  const VcTensor ty = test_empty (device, rows, out);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_linear (rec, &tx, &tweight, bias != NULL ? &tbias : NULL, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  return test_download (&ty);
}

static void
compare (VcDevice   *device,
         const Case *c,
         VcDtype     store)
{
  const gsize n = (gsize) c->rows * c->out;

  g_autofree float *x = test_noise ((gsize) c->rows * c->in, c->mean, 1);
  g_autofree float *weight = test_noise ((gsize) c->in * c->out, 0, 1);
  g_autofree float *bias = test_noise (c->out, 1, 1);
  g_autofree float *want = g_new (float, n);

  if (store == VC_F16)
    test_round_half (weight, (gsize) c->in * c->out);

  g_autofree float *first = NULL;

  ref_linear (x, weight, c->biased ? bias : NULL, want, c->rows, c->in, c->out);
  for (guint way = 0; way < test_count_ways (device); way++)
    {
      float *got;

      test_use_way (device, way);
      got = run_linear (device, store, x, weight, c->biased ? bias : NULL, c->rows, c->in, c->out);

      if (way == 0)
        g_assert_cmpfloat (test_nmse (first = got, want, n), <, TEST_NMSE);
      else
        {
          g_assert_cmpmem (got, n * sizeof *got, first, n * sizeof *got);  /* to the bit */
          g_free (got);
        }
    }
}

static void
test_floats (VcDevice      *device,
             gconstpointer  data)
{
  compare (device, data, VC_F32);
}

static void
test_halves (VcDevice      *device,
             gconstpointer  data)
{
  compare (device, data, VC_F16);
}

/* A row gives the same bits alone and beside up to fifteen others. */
static void
test_rows_are_alone (VcDevice      *device,
                     gconstpointer  data)
{
  const VcDtype store = GPOINTER_TO_INT (data);
  const uint32_t widths[] = { 192, 333 };
  const uint32_t out = 70;

  for (guint w = 0; w < G_N_ELEMENTS (widths) * test_count_ways (device); w++)
    {
      const uint32_t in = widths[w % G_N_ELEMENTS (widths)];
      g_autofree float *x = test_noise (VC_FEW_ROWS * in, 0, 1);
      g_autofree float *weight = test_noise (in * out, 0, 1);
      g_autofree float *bias = test_noise (out, 0, 1);
      g_autofree float *alone = g_new (float, VC_FEW_ROWS * out);

      test_use_way (device, w / G_N_ELEMENTS (widths));
      for (uint32_t r = 0; r < VC_FEW_ROWS; r++)
        {
          g_autofree float *y = run_linear (device, store, x + r * in, weight, bias, 1, in, out);

          memcpy (alone + r * out, y, out * sizeof *y);
        }

      for (uint32_t rows = 2; rows <= VC_FEW_ROWS; rows++)
        {
          g_autofree float *y = run_linear (device, store, x, weight, bias, rows, in, out);

          g_assert_cmpmem (y, rows * out * sizeof *y, alone, rows * out * sizeof *y);
        }
    }
}

/* With an activation: the same bits as the activation of what is given without. */
static void
test_then (VcDevice      *device,
           gconstpointer  data)
{
  static const uint32_t shapes[][3] = { { 1, 192, 70 }, { 5, 33, 13 }, { 50, 96, 77 } };
  const VcActivation activation = GPOINTER_TO_INT (data);

  for (guint i = 0; i < G_N_ELEMENTS (shapes) * test_count_ways (device); i++)
    {
      const uint32_t *shape = shapes[i % G_N_ELEMENTS (shapes)];
      g_autofree float *x = test_noise (shape[0] * shape[1], 0, 1);
      g_autofree float *weight = test_noise (shape[1] * shape[2], 0, 0.5f);
      g_autofree float *bias = test_noise (shape[2], 0, 1);
      const VcTensor tx = test_upload (device, VC_F32, x, shape[0], shape[1]);
      const VcTensor tweight = test_upload (device, VC_F32, weight, shape[2], shape[1]);
      const VcTensor tbias = test_upload (device, VC_F32, bias, 1, shape[2]);
      const VcTensor between = test_empty (device, shape[0], shape[2]);
      const VcTensor apart = test_empty (device, shape[0], shape[2]);
      const VcTensor together = test_empty (device, shape[0], shape[2]);
      g_autoptr(VcRecorder) rec = vc_recorder_new (device);
      g_autoptr(GError) error = NULL;

      test_use_way (device, i / G_N_ELEMENTS (shapes));
      vc_op_linear (rec, &tx, &tweight, i % 2 ? &tbias : NULL, &between);
      vc_op_activate (rec, activation, &between, &apart);
      vc_op_linear_then (rec, &tx, &tweight, i % 2 ? &tbias : NULL, activation, &together);
      g_assert_true (vc_recorder_submit (rec, &error));
      g_assert_no_error (error);

      g_autofree float *want = test_download (&apart);
      g_autofree float *got = test_download (&together);
      g_assert_cmpmem (got, shape[0] * shape[2] * sizeof *got, want, shape[0] * shape[2] * sizeof *want);
    }
}

/* Weights that the device cannot reach at once: in slices, each of as many rows as it can. */
static void
test_slices (VcDevice      *device,
             gconstpointer  data)
{
  const gsize before = device->max_range;
  const uint32_t rows[] = { 3, 40 };
  const uint32_t in = 516;
  const uint32_t out = 700;

  for (guint i = 0; i < G_N_ELEMENTS (rows) * test_count_ways (device); i++)
    {
      const uint32_t n = rows[i % G_N_ELEMENTS (rows)];
      g_autofree float *x = test_noise (n * in, 0, 1);
      g_autofree float *weight = test_noise (in * out, 0, 1);
      g_autofree float *bias = test_noise (out, 0, 1);
      g_autofree float *want = NULL;
      g_autofree float *got = NULL;

      test_use_way (device, i / G_N_ELEMENTS (rows));
      want = run_linear (device, VC_F16, x, weight, bias, n, in, out);
      device->max_range = 300 * in * 2;  /* two slices of 256 rows, and a part of one */
      got = run_linear (device, VC_F16, x, weight, bias, n, in, out);
      device->max_range = before;

      g_assert_cmpmem (got, n * out * sizeof *got, want, n * out * sizeof *want);
    }
}

/* Where the device multiplies matrices at once: nearly the same, by halves. */
static void
test_coarse (VcDevice      *device,
             gconstpointer  data)
{
  static const uint32_t shapes[][3] = { { 17, 4, 3 }, { 50, 768, 256 }, { 65, 68, 130 }, { 257, 192, 64 } };

  if (device->matrix.lanes == 0)
    {
      g_test_skip ("this device, or the compiler of the shaders, has no matrices that subgroups hold");
      return;
    }

  g_test_message ("%u x %u x %u by %u", device->matrix.rows, device->matrix.outs, device->matrix.depth,
                  device->matrix.lanes);
  device->ways[VC_TILES_LINEAR_COARSE][1] = (VcWays) { VC_WAY_MATRIX, VC_WAY_MATRIX };
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const uint32_t *shape = shapes[i];
      const gsize n = shape[0] * shape[2];
      g_autofree float *x = test_noise (shape[0] * shape[1], 0, 1);
      g_autofree float *weight = test_noise (shape[1] * shape[2], 0, 1);
      g_autofree float *bias = test_noise (shape[2], 0, 1);
      g_autofree float *want = g_new (float, n);
      const VcTensor tx = test_upload (device, VC_F32, x, shape[0], shape[1]);
      const VcTensor tbias = test_upload (device, VC_F32, bias, 1, shape[2]);
      const VcTensor ty = test_empty (device, shape[0], shape[2]);
      VcTensor tweight = test_upload (device, VC_F16, weight, shape[2], shape[1]);
      g_autoptr(VcRecorder) rec = vc_recorder_new (device);
      g_autofree float *got = NULL;
      g_autoptr(GError) error = NULL;

      tweight.coarse = TRUE;
      test_round_half (weight, shape[1] * shape[2]);
      ref_linear (x, weight, i % 2 ? bias : NULL, want, shape[0], shape[1], shape[2]);
      vc_op_linear (rec, &tx, &tweight, i % 2 ? &tbias : NULL, &ty);
      g_assert_true (vc_recorder_submit (rec, &error));
      g_assert_no_error (error);
      g_assert_cmpint (device->last_way, ==, VC_WAY_MATRIX);

      got = test_download (&ty);
      g_assert_cmpfloat (test_nmse (got, want, n), <, 1e-6);
    }
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *floats = g_strdup_printf ("%s, f32", cases[i].name);
      g_autofree char *halves = g_strdup_printf ("%s, f16", cases[i].name);

      test_add ("/ops/linear", floats, &cases[i], test_floats);
      test_add ("/ops/linear", halves, &cases[i], test_halves);
    }
  test_add ("/ops/linear", "rows are alone, f32", GINT_TO_POINTER (VC_F32), test_rows_are_alone);
  test_add ("/ops/linear", "rows are alone, f16", GINT_TO_POINTER (VC_F16), test_rows_are_alone);

  test_add ("/ops/linear", "coarse by matrices", NULL, test_coarse);
  test_add ("/ops/linear", "slices", NULL, test_slices);
  test_add ("/ops/linear", "then GELU", GINT_TO_POINTER (VC_GELU), test_then);
  test_add ("/ops/linear", "then QuickGELU", GINT_TO_POINTER (VC_QUICK_GELU), test_then);
  test_add ("/ops/linear", "then tanh GELU", GINT_TO_POINTER (VC_TANH_GELU), test_then);

  return test_run ();
}
