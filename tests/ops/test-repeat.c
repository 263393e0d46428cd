/* test-repeat.c: repeat against ref_repeat(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    rows;
  uint32_t    width;
  uint32_t    times;
} Case;

static const Case cases[] = {
  { "one element",        1,      1,  1 },
  { "once",               3,      5,  1 },  /* a copy */
  { "narrow",             5,      3,  4 },
  { "past a workgroup",   1,    257,  3 },
  { "first-light",        2,  55296,  8 },  /* a prompt's keys, for eight pictures, and without the prompt */
  { "many",              33, 262147,  1 },  /* more than 32768 workgroups: a second row of them */
};

/* Everything is moved and nothing computed. */
static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n_x = (gsize) c->rows * c->width;
  const gsize n = n_x * c->times;

  g_autofree float *x = g_new (float, n_x);
  g_autofree float *want = g_new (float, n);

  for (gsize i = 0; i < n_x; i++)
    x[i] = i;

  const VcTensor tx = test_upload (device, VC_F32, x, c->rows, c->width);
  const VcTensor ty = test_empty (device, c->rows * c->times, c->width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_repeat (rec, &tx, c->times, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  ref_repeat (x, want, c->rows, c->width, c->times);

  g_autofree float *got = test_download (&ty);
  g_assert_cmpmem (got, n * sizeof *got, want, n * sizeof *want);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/repeat", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
