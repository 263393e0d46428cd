/* test-argmax.c: argmax against ref_argmax(), on every device */

#include <math.h>

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    rows, width;
} Case;

static const Case cases[] = {
  { "one element",     1,    1 },
  { "narrow",          7,    3 },
  { "odd",             5,  259 },  /* past a workgroup */
  { "dVAE",         1024, 8192 },
  { "many rows",   40000,    2 },  /* more than 32768 workgroups */
};

static uint32_t *
run (VcDevice    *device,
     const float *x,
     uint32_t     rows,
     uint32_t     width)
{
  const VcTensor tx = test_upload (device, VC_F32, x, rows, width);
  const VcTensor tids = test_empty4 (device, VC_U32, 1, 1, 1, rows);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_argmax (rec, &tx, &tids);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  return test_download (&tids);
}

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  g_autofree float *x = test_noise ((gsize) c->rows * c->width, 0, 1);
  g_autofree uint32_t *want = g_new (uint32_t, c->rows);
  g_autofree uint32_t *got = run (device, x, c->rows, c->width);

  ref_argmax (x, want, c->rows, c->width);
  g_assert_cmpmem (got, c->rows * sizeof *got, want, c->rows * sizeof *want);
}

/* The first of equals, wherever they lie; what is no number is passed over, infinities are not. */
static void
test_odd_rows (VcDevice      *device,
               gconstpointer  data)
{
  const uint32_t width = 600;
  g_autofree float *x = g_new0 (float, 6 * width);

  x[100] = x[599] = 1;
  for (uint32_t i = 0; i < width; i++)
    {
      x[2 * width + i] = -INFINITY;
      x[3 * width + i] = NAN;
      x[4 * width + i] = NAN;
      x[5 * width + i] = -5;
    }
  x[4 * width + 301] = -1e30f;
  x[5 * width + 400] = INFINITY;

  g_autofree uint32_t *got = run (device, x, 6, width);
  const uint32_t want[] = { 100, 0, 0, 0, 301, 400 };

  for (guint i = 0; i < G_N_ELEMENTS (want); i++)
    g_assert_cmpuint (got[i], ==, want[i]);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/argmax", cases[i].name, &cases[i], test_against_reference);
  test_add ("/ops/argmax", "odd rows", NULL, test_odd_rows);

  return test_run ();
}
