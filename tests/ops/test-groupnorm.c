/* test-groupnorm.c: groupnorm against ref_groupnorm(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    count, height, width, channels, groups;
  float       mean, deviation;
  gboolean    silu;
} Case;

static const Case cases[] = {
  { "one element",          1,   1,   1,   1,  1,    0,  1, FALSE },  /* nothing to normalise: y is bias */
  { "narrow",               1,   2,   2,   6,  3,    0,  1, FALSE },  /* less than any workgroup */
  { "a channel a group",    2,   7,   5,   9,  9,    0,  1, FALSE },
  { "all in one group",     2,   7,   5,   9,  1,    0,  1, TRUE  },
  { "VQGAN's widest",       1,  16,  16, 512, 32,    0,  1, TRUE  },
  { "VQGAN's largest",      1, 256, 256,  32,  8,  0.5,  2, TRUE  },  /* 262144 elements a group */
  { "far mean",             1,  64,  64,   8,  2, 1000,  1, FALSE },  /* E[x²] − mean² would lose every digit */
  { "far mean, one group",  1, 128, 128,  16,  1,  100,  1, FALSE },
  { "large, into silu",     1,   8,   8,  64, 32,    0, 80, TRUE  },
  { "many workgroups",      3,   2,   2, 16384, 16384, 0, 1, FALSE },  /* 49152 workgroups */
};

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->count * c->height * c->width * c->channels;
  const float epsilon = 1e-6f;

  g_autofree float *x = test_noise (n, c->mean, c->deviation);
  g_autofree float *gain = test_noise (c->channels, 1, c->silu ? 3 : 0.2f);
  g_autofree float *bias = test_noise (c->channels, 0, 0.2f);
  g_autofree float *want = g_new (float, n);
  const VcTensor tx = test_upload4 (device, VC_F32, x, c->count, c->height, c->width, c->channels);
  const VcTensor tgain = test_upload (device, VC_F32, gain, 1, c->channels);
  const VcTensor tbias = test_upload (device, VC_F32, bias, 1, c->channels);
  const VcTensor ty = test_empty4 (device, VC_F32, c->count, c->height, c->width, c->channels);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_groupnorm (rec, &tx, &tgain, &tbias, c->groups, epsilon, c->silu, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  ref_groupnorm (x, gain, bias, want, c->count, c->height * c->width, c->channels, c->groups,
                 epsilon, c->silu);

  g_autofree float *got = test_download (&ty);
  g_assert_cmpfloat (test_nmse (got, want, n), <, TEST_NMSE);
}

/* SiLU where e^-x is more than a float can hold, and where it is nothing: bias alone comes out. */
static void
test_silu_ends (VcDevice      *device,
                gconstpointer  data)
{
  const float x[] = { 0, 0, 0, 0 };
  const float gain[] = { 1, 1, 1, 1 };
  const float bias[] = { -200, -90, 90, 200 };
  const VcTensor tx = test_upload4 (device, VC_F32, x, 1, 1, 1, 4);
  const VcTensor tgain = test_upload (device, VC_F32, gain, 1, 4);
  const VcTensor tbias = test_upload (device, VC_F32, bias, 1, 4);
  const VcTensor ty = test_empty4 (device, VC_F32, 1, 1, 1, 4);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_groupnorm (rec, &tx, &tgain, &tbias, 2, 1e-6f, TRUE, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  g_autofree float *got = test_download (&ty);
  g_assert_cmpfloat_with_epsilon (got[0], 0, 1e-30);
  g_assert_cmpfloat_with_epsilon (got[1], 0, 1e-30);
  g_assert_cmpfloat_with_epsilon (got[2], 90, 1e-4);
  g_assert_cmpfloat_with_epsilon (got[3], 200, 1e-4);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/groupnorm", cases[i].name, &cases[i], test_against_reference);
  test_add ("/ops/groupnorm", "silu at its ends", NULL, test_silu_ends);

  return test_run ();
}
