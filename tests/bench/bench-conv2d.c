/* bench-conv2d.c: how fast a VQGAN's convolutions and CLIP's patches are on every device, beside the BLAS */

#include <cblas.h>

#include "ops/ops.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    count;
  uint32_t    extent;  /* height and width */
  uint32_t    inputs;
  uint32_t    outputs;
  uint32_t    side;
  uint32_t    stride;
} Case;

static const Case cases[] = {
  { "VQGAN 256",           1, 256, 128, 128,  3,  1 },
  { "VQGAN 256 to rgb",    1, 256, 128,   3,  3,  1 },
  { "VQGAN 128",           1, 128, 256, 128,  3,  1 },
  { "VQGAN 64",            1,  64, 256, 256,  3,  1 },
  { "VQGAN 16",            1,  16, 512, 512,  3,  1 },
  { "VQGAN 16, 1x1",       1,  16, 512, 512,  1,  1 },
  { "a small VQGAN 64",    1,  64,  64,  64,  3,  1 },
  { "ViT-B/32, 4",         4, 224,   3, 768, 32, 32 },
  { "ViT-B/16, 4",         4, 224,   3, 768, 16, 16 },
};

/* The same many times over, for a fifth of a second: the shortest counts. */
#define REPEAT(best, work) \
  for (gint64 since = g_get_monotonic_time (), n = 0; \
       n < 3 || g_get_monotonic_time () - since < 200000; n++) \
    { \
      const gint64 begun = g_get_monotonic_time (); \
      work; \
      best = MIN (best, (g_get_monotonic_time () - begun) / 1e6); \
    }

static uint32_t
out_extent (const Case *c)
{
  return c->stride == 1 ? c->extent : c->extent / c->stride;
}

/* The product of matrices that the convolution is, its pixels laid out already. */
static void
tell_blas (const Case *c)
{
  const uint32_t rows = c->count * out_extent (c) * out_extent (c);
  const uint32_t taps = c->side * c->side * c->inputs;
  g_autofree float *x = g_new0 (float, (gsize) rows * taps);
  g_autofree float *weight = test_noise ((gsize) c->outputs * taps, 0, 1);
  g_autofree float *y = g_new0 (float, (gsize) rows * c->outputs);
  double best = G_MAXDOUBLE;

  openblas_set_num_threads (g_get_num_processors ());
  REPEAT (best, cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, rows, c->outputs, taps,
                             1, x, taps, weight, taps, 0, y, c->outputs));
  openblas_set_num_threads (1);
  g_print ("  %-10s f32 %9.3f ms %7.1f GFLOP/s\n", openblas_get_corename (), best * 1e3,
           2e-9 * rows * taps * c->outputs / best);
}

static void
tell_device (VcDevice   *device,
             const Case *c,
             VcDtype     store)
{
  const uint32_t out = out_extent (c);
  const uint32_t before = c->stride == 1 ? c->side / 2 : 0;
  const gsize n_weight = (gsize) c->outputs * c->side * c->side * c->inputs;
  g_autofree float *x = test_noise ((gsize) c->count * c->extent * c->extent * c->inputs, 0, 1);
  g_autofree float *weight = test_noise (n_weight, 0, 1);
  const VcTensor tx = test_upload4 (device, VC_F32, x, c->count, c->extent, c->extent, c->inputs);
  const VcTensor tweight = test_upload4 (device, store, weight, c->outputs, c->side, c->side, c->inputs);
  const VcTensor tbias = test_upload (device, VC_F32, weight, 1, c->outputs);
  const VcTensor ty = test_empty4 (device, VC_F32, c->count, out, out, c->outputs);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;
  double best = G_MAXDOUBLE;

  REPEAT (best, {
    vc_op_conv2d (rec, &tx, &tweight, &tbias, c->stride, before, before, &ty);
    if (!vc_recorder_submit (rec, &error))
      g_error ("%s", error->message);
  });

  g_print ("  %-10.10s %s %9.3f ms %7.1f GFLOP/s\n", vc_device_get_info (device)->id,
           store == VC_F16 ? "f16" : "f32", best * 1e3,
           2e-9 * c->count * out * out * n_weight / best);
}

static void
bench (VcDevice      *device,
       gconstpointer  data)
{
  const Case *c = data;
  const gsize taps = (gsize) c->side * c->side * c->inputs;

  /* Vulkan in software is there to be tested on: the larger ones would take it minutes. */
  if (g_str_equal (vc_device_get_info (device)->type, "software") &&
      c->count * out_extent (c) * out_extent (c) * taps * c->outputs > 1.6e8)
    {
      g_test_skip ("too large for Vulkan in software");
      return;
    }

  g_print ("%s: %u of %ux%u, %u to %u channels\n", c->name, c->count, c->extent, c->extent,
           c->inputs, c->outputs);
  if (g_str_equal (vc_device_get_info (device)->id, "host"))
    tell_blas (c);
  tell_device (device, c, VC_F32);
  tell_device (device, c, VC_F16);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/bench/conv2d", cases[i].name, &cases[i], bench);

  return test_run ();
}
