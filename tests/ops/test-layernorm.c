/* test-layernorm.c: layernorm against ref_layernorm(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    rows;
  uint32_t    width;
  float       mean;
} Case;

static const Case cases[] = {
  { "one element",           1,     1,    0 },  /* nothing to normalise: y is bias */
  { "narrow",                3,     5,    0 },  /* narrower than any workgroup */
  { "past a power of two",   2,   513,    0 },
  { "ViT-L/14 text",        64,   768,    0 },
  { "far mean",           1024,    64, 1000 },  /* E[x²] − mean² would lose every digit */
  { "many rows",         70000,     8,    0 },  /* more than 65535 workgroups in x */
};

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->rows * c->width;
  const float epsilon = 1e-5f;

  g_autofree float *x = test_noise (n, c->mean, 1);
  g_autofree float *gain = test_noise (c->width, 1, 0.2f);
  g_autofree float *bias = test_noise (c->width, 0, 0.2f);
  g_autofree float *want = g_new (float, n);
  const VcTensor tx = test_upload (device, VC_F32, x, c->rows, c->width);
  const VcTensor tgain = test_upload (device, VC_F32, gain, 1, c->width);
  const VcTensor tbias = test_upload (device, VC_F32, bias, 1, c->width);
  const VcTensor ty = test_empty (device, c->rows, c->width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_layernorm (rec, &tx, &tgain, &tbias, &ty, epsilon);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  ref_layernorm (x, gain, bias, want, c->rows, c->width, epsilon);

  g_autofree float *got = test_download (&ty);
  g_assert_cmpfloat (test_nmse (got, want, n), <, TEST_NMSE);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/layernorm", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
