/* test-activate.c: activate against ref_activate(), on every device */

#include <math.h>

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char   *name;
  VcActivation  activation;
  uint32_t      rows;
  uint32_t      width;
  float         deviation;
} Case;

static const Case cases[] = {
  { "gelu one",              VC_GELU,           1,    1, 1 },
  { "gelu odd",              VC_GELU,           3,  257, 2 },  /* one past a workgroup, lanes left over */
  { "gelu model",            VC_GELU,          77, 3072, 1 },  /* the wide layer of a text tower */
  { "gelu small",            VC_GELU,           5,  100, 1e-4f },  /* half of x, and little more */
  { "gelu tails",            VC_GELU,           5,  100, 6 },
  { "quick gelu one",        VC_QUICK_GELU,     1,    1, 1 },
  { "quick gelu model",      VC_QUICK_GELU,    50, 3072, 1 },
  { "quick gelu tails",      VC_QUICK_GELU,     3,   67, 20 },
  { "silu one",              VC_SILU,           1,    1, 1 },
  { "silu tails",            VC_SILU,           3,   67, 20 },
  { "silu many",             VC_SILU,         600, 4096, 1 },
  { "relu model",            VC_RELU,         256,  512, 1 },  /* a layer of the dVAE */
  { "tanh gelu one",         VC_TANH_GELU,      1,    1, 1 },
  { "tanh gelu model",       VC_TANH_GELU,      9, 8192, 1 },  /* ruDALL-E */
  { "tanh gelu tails",       VC_TANH_GELU,      3,   67, 20 },
};

static float *
run_activate (VcDevice     *device,
              VcActivation  activation,
              const float  *x,
              uint32_t      rows,
              uint32_t      width)
{
  const VcTensor tx = test_upload (device, VC_F32, x, rows, width);
  const VcTensor ty = test_empty (device, rows, width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_activate (rec, activation, &tx, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  return test_download (&ty);
}

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->rows * c->width;

  g_autofree float *x = test_noise (n, 0, c->deviation);
  g_autofree float *want = g_new (float, n);
  g_autofree float *got = run_activate (device, c->activation, x, c->rows, c->width);

  ref_activate (c->activation, x, want, n);
  g_assert_cmpfloat (test_nmse (got, want, n), <, TEST_NMSE);
}

/* From -20 to 20 every element by itself: the largest error that one may have. */
static void
test_every_element (VcDevice      *device,
                    gconstpointer  data)
{
  const VcActivation activation = GPOINTER_TO_INT (data);
  const uint32_t n = 40001;

  g_autofree float *x = g_new (float, n);
  g_autofree float *want = g_new (float, n);

  for (uint32_t i = 0; i < n; i++)
    x[i] = i * 1e-3f - 20;

  g_autofree float *got = run_activate (device, activation, x, 1, n);

  ref_activate (activation, x, want, n);
  for (uint32_t i = 0; i < n; i++)
    g_assert_cmpfloat (fabsf (got[i] - want[i]), <=, 5e-7f * MAX (1, fabsf (want[i])));
}

/* Neither infinities nor NaN where x is as large as a float can be. */
static void
test_huge (VcDevice      *device,
           gconstpointer  data)
{
  const VcActivation activation = GPOINTER_TO_INT (data);
  static const float x[] = { 100, -100, 1e4f, -1e4f, 1e30f, -1e30f, 3e38f, -3e38f, 0 };
  const uint32_t n = G_N_ELEMENTS (x);

  g_autofree float *got = run_activate (device, activation, x, 1, n);

  for (uint32_t i = 0; i < n; i++)
    g_assert_cmpfloat (fabsf (got[i] - MAX (x[i], 0)), <=, 1e-30f);
}

int
main (int   argc,
      char *argv[])
{
  static const char * const names[] = { "gelu", "quick gelu", "silu", "relu", "tanh gelu" };

  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/activate", cases[i].name, &cases[i], test_against_reference);
  for (guint i = VC_GELU; i <= VC_TANH_GELU; i++)
    {
      g_autofree char *every = g_strdup_printf ("%s every element", names[i]);
      g_autofree char *huge = g_strdup_printf ("%s huge", names[i]);

      test_add ("/ops/activate", every, GINT_TO_POINTER (i), test_every_element);
      test_add ("/ops/activate", huge, GINT_TO_POINTER (i), test_huge);
    }

  return test_run ();
}
