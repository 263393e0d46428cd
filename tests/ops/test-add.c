/* test-add.c: add against ref_add(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    count;
  uint32_t    height;
  uint32_t    width;
  uint32_t    channels;
  float       scale;     /* of the second */
} Case;

static const Case cases[] = {
  { "one element",          1,    1,    1,   1, 1 },
  { "narrow",               1,    1,    3,   5, 1 },  /* smaller than any workgroup */
  { "past a power of two",  1,    1,    1, 257, 1 },
  { "ViT-B/32",             1,    1,   50, 768, 1 },
  { "pixels",               2,   16,   16, 128, 1 },  /* four extents */
  { "many",                 1,    1, 8193, 1031, 1 },  /* more than 32768 workgroups: a second row of them */
  { "dVAE's share",         1,   32,   32, 512, 1 / 64.f },  /* a power of two: rounded once as well */
};

/* The sum of two floats has one right answer, rounded: nothing less is taken. */
static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->count * c->height * c->width * c->channels;

  g_autofree float *a = test_noise (n, 0, 1);
  g_autofree float *b = test_noise (n, 0, 100);
  g_autofree float *want = g_new (float, n);
  const VcTensor ta = test_upload4 (device, VC_F32, a, c->count, c->height, c->width, c->channels);
  const VcTensor tb = test_upload4 (device, VC_F32, b, c->count, c->height, c->width, c->channels);
  const VcTensor ty = test_empty4 (device, VC_F32, c->count, c->height, c->width, c->channels);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  if (c->scale == 1)
    vc_op_add (rec, &ta, &tb, &ty);
  else
    vc_op_add_share (rec, &ta, c->scale, &tb, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  ref_add (a, c->scale, b, want, n);

  g_autofree float *got = test_download (&ty);
  g_assert_cmpfloat (test_nmse (got, want, n), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/add", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
