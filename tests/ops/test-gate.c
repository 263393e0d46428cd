/* test-gate.c: gate against ref_gate(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char   *name;
  VcActivation  activation;
  uint32_t      rows;
  uint32_t      width;  /* of y */
} Case;

static const Case cases[] = {
  { "one element",    VC_GELU,        1,    1 },
  { "odd",            VC_SILU,        3,  257 },  /* one past a workgroup */
  { "DALL·E mini",    VC_GELU,       16, 2730 },  /* no multiple of 4 */
  { "DALL·E mega",    VC_GELU,      128, 4096 },  /* two prompts */
  { "many",           VC_TANH_GELU, 9001, 1024 },  /* more than 32768 workgroups */
};

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->rows * c->width;

  g_autofree float *x = test_noise (2 * n, 0, 2);
  g_autofree float *want = g_new (float, n);
  const VcTensor tx = test_upload (device, VC_F32, x, c->rows, 2 * c->width);
  const VcTensor ty = test_empty (device, c->rows, c->width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_gate (rec, c->activation, &tx, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  ref_gate (c->activation, x, want, c->rows, c->width);

  g_autofree float *got = test_download (&ty);
  g_assert_cmpfloat (test_nmse (got, want, n), <, TEST_NMSE);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/gate", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
