/* test-maxpool.c: maxpool against ref_maxpool(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    count, height, width, channels;  /* of y */
} Case;

static const Case cases[] = {
  { "one element",         1,   1,   1,   1 },
  { "odd",                 1,   3,   5,   7 },  /* no power of two anywhere */
  { "pictures",            3,   4,   2,  16 },  /* lines of one picture do not run into the next */
  { "dVAE",                1,  64,  64, 256 },
  { "many workgroups",     1, 256, 129, 129 },  /* more than 32768: a second row of them */
};

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->count * c->height * c->width * c->channels;

  g_autofree float *x = test_noise (4 * n, 0, 1);
  g_autofree float *want = g_new (float, n);
  const VcTensor tx = test_upload4 (device, VC_F32, x, c->count, 2 * c->height, 2 * c->width, c->channels);
  const VcTensor ty = test_empty4 (device, VC_F32, c->count, c->height, c->width, c->channels);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_maxpool (rec, &tx, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  ref_maxpool (x, want, c->count, c->height, c->width, c->channels);

  g_autofree float *got = test_download (&ty);
  g_assert_cmpmem (got, n * sizeof (float), want, n * sizeof (float));
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/maxpool", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
