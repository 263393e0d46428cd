/* test-assemble.c: assemble against ref_assemble(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  VcDtype     store;
  uint32_t    count;
  uint32_t    n;      /* patches of a picture */
  uint32_t    width;
} Case;

static const Case cases[] = {
  { "one patch",          VC_F32, 1,   1,    1 },
  { "one patch, halves",  VC_F16, 1,   1,    1 },
  { "odd",                VC_F32, 3,   4,    5 },
  { "odd halves",         VC_F16, 3,   4,    5 },  /* rows begin in the middle of a word */
  { "first-light",        VC_F16, 8,  64,  192 },
  { "ViT-B/32",           VC_F32, 4,  49,  768 },
  { "ViT-L/14",           VC_F16, 1, 256, 1024 },
};

/* One sum of two floats: it has one right answer. */
static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n_positions = (gsize) (c->n + 1) * c->width;
  const gsize n = c->count * n_positions;

  g_autofree float *patches = test_noise ((gsize) c->count * c->n * c->width, 0, 1);
  g_autofree float *class_token = test_noise (c->width, 0, 1);
  g_autofree float *positions = test_noise (n_positions, 0, 1);
  g_autofree float *want = g_new (float, n);

  if (c->store == VC_F16)
    test_round_half (positions, n_positions);

  const VcTensor tpatches = test_upload (device, VC_F32, patches, c->count * c->n, c->width);
  const VcTensor tclass = test_upload (device, VC_F32, class_token, 1, c->width);
  const VcTensor tpositions = test_upload (device, c->store, positions, c->n + 1, c->width);
  const VcTensor ty = test_empty (device, c->count * (c->n + 1), c->width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_assemble (rec, &tpatches, &tclass, &tpositions, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  ref_assemble (patches, class_token, positions, want, c->count, c->n, c->width);

  g_autofree float *got = test_download (&ty);
  g_assert_cmpfloat (test_nmse (got, want, n), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/assemble", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
