/* test-unitnorm.c: unitnorm against ref_unitnorm(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    rows;
  uint32_t    width;
  float       deviation;
} Case;

static const Case cases[] = {
  { "one element",            1,    1,     1 },  /* 1 or -1 */
  { "narrow",                 3,    5,     1 },
  { "past a power of two",    2,  513,     1 },
  { "ViT-L/14",              64,  768,     1 },
  { "tiny",                   3,  100, 1e-25f },  /* its squares are no floats */
  { "huge",                   3,  100,  1e25f },
  { "many rows",          70000,    8,     1 },  /* more than 65535 workgroups in x */
};

static float *
run_unitnorm (VcDevice    *device,
              const float *x,
              uint32_t     rows,
              uint32_t     width)
{
  const VcTensor tx = test_upload (device, VC_F32, x, rows, width);
  const VcTensor ty = test_empty (device, rows, width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_unitnorm (rec, &tx, &ty);
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
  g_autofree float *got = run_unitnorm (device, x, c->rows, c->width);

  ref_unitnorm (x, want, c->rows, c->width);
  g_assert_cmpfloat (test_nmse (got, want, n), <, TEST_NMSE);
}

/* A row without a direction between two that have one. */
static void
test_zeros (VcDevice      *device,
            gconstpointer  data)
{
  const float x[] = { 3, 4, 0, 0, 0, -2 };
  const float want[] = { 0.6f, 0.8f, 0, 0, 0, -1 };
  g_autofree float *got = run_unitnorm (device, x, 3, 2);

  g_assert_cmpfloat (got[2], ==, 0);
  g_assert_cmpfloat (got[3], ==, 0);
  g_assert_cmpfloat (test_nmse (got, want, 6), <, TEST_NMSE);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/unitnorm", cases[i].name, &cases[i], test_against_reference);
  test_add ("/ops/unitnorm", "zeros", NULL, test_zeros);

  return test_run ();
}
