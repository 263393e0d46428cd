/* bench-linear.c: how fast linear is on every device, beside the BLAS and a copy of memory */

#include <cblas.h>
#include <string.h>

#include "ops/ops.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    rows;
  uint32_t    in;
  uint32_t    out;
} Case;

static const Case cases[] = {
  { "ViT-B/32, 8 pictures, up",    400,  768, 3072 },
  { "ViT-B/32, 8 pictures, down",  400, 3072,  768 },
  { "square",                      256,  768,  768 },
  { "first-light, 8 prompts",      256,  192,  768 },
  { "one row",                       1, 1024, 4096 },
  { "one row, minDALL-E",            1, 6144, 1536 },
  { "one row, the whole head",       1, 1536, 16384 },
  { "eight rows",                    8, 1024, 4096 },
  { "sixteen rows",                 16, 1024, 4096 },
  { "first-light step",              8,  192,  768 },
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

static void
tell_copy (void)
{
  const gsize size = 256 << 20;
  g_autofree uint8_t *from = g_malloc0 (size);
  g_autofree uint8_t *to = g_malloc0 (size);
  volatile uint64_t total = 0;
  double copy = G_MAXDOUBLE;
  double read = G_MAXDOUBLE;

  memset (from, 1, size);
  REPEAT (copy, memcpy (to, from, size));
  REPEAT (read, {
    uint64_t sum[8] = { 0 };

    for (gsize i = 0; i < size / 8; i += 8)
      for (guint k = 0; k < 8; k++)
        sum[k] += ((const uint64_t *) from)[i + k];
    total += sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
  });
  g_print ("memory, one thread: reads %.1f GB/s, copies %.1f GB/s (read and written)\n",
           size / read / 1e9, 2 * size / copy / 1e9);
}

static void
tell_blas (const Case *c)
{
  g_autofree float *x = test_noise ((gsize) c->rows * c->in, 0, 1);
  g_autofree float *weight = test_noise ((gsize) c->out * c->in, 0, 1);
  g_autofree float *y = g_new0 (float, (gsize) c->rows * c->out);
  const double flops = 2.0 * c->rows * c->in * c->out;
  double best = G_MAXDOUBLE;

  openblas_set_num_threads (g_get_num_processors ());
  REPEAT (best, cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, c->rows, c->out, c->in,
                             1, x, c->in, weight, c->in, 0, y, c->out));
  openblas_set_num_threads (1);
  g_print ("  %-10s f32 %9.3f ms %7.1f GFLOP/s\n", openblas_get_corename (), best * 1e3, flops / best / 1e9);
}

static void
tell_device (VcDevice   *device,
             const Case *c,
             VcDtype     store)
{
  const gsize n_weight = (gsize) c->out * c->in;
  const double flops = 2.0 * c->rows * n_weight;
  /* Weights for 64 MB or so, taken in turn: none is still in a cache from the last time. */
  const gsize copies = CLAMP ((64 << 20) / (n_weight * vc_dtype_size (store)), 1, 64);
  g_autofree float *x = test_noise ((gsize) c->rows * c->in, 0, 1);
  g_autofree float *values = test_noise (n_weight, 0, 1);
  g_autofree VcTensor *weights = g_new (VcTensor, copies);
  const VcTensor tx = test_upload (device, VC_F32, x, c->rows, c->in);
  const VcTensor ty = test_empty (device, c->rows, c->out);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;
  double best = G_MAXDOUBLE;

  for (gsize i = 0; i < copies; i++)
    weights[i] = test_upload (device, store, values, c->out, c->in);

  REPEAT (best, {
    for (gsize i = 0; i < copies; i++)
      vc_op_linear (rec, &tx, &weights[i], NULL, &ty);
    if (!vc_recorder_submit (rec, &error))
      g_error ("%s", error->message);
  });
  best /= copies;

  g_print ("  %-10.10s %s %9.3f ms %7.1f GFLOP/s %6.1f GB/s of weights\n",
           vc_device_get_info (device)->id, store == VC_F16 ? "f16" : "f32", best * 1e3,
           flops / best / 1e9, n_weight * vc_dtype_size (store) / best / 1e9);
}

static void
bench (VcDevice      *device,
       gconstpointer  data)
{
  const Case *c = data;

  g_print ("%s: %u rows, %u to %u\n", c->name, c->rows, c->in, c->out);
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
  tell_copy ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/bench/linear", cases[i].name, &cases[i], bench);

  return test_run ();
}
