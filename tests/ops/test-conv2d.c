/* test-conv2d.c: conv2d against ref_conv2d(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    count, height, width, inputs, outputs;
  uint32_t    side, stride, before, after;
  gboolean    has_bias;
  VcDtype     store;
} Case;

static const Case cases[] = {
  /* the least there is */
  { "one element",              1,   1,   1,   1,   1,  1,  1, 0, 0, TRUE,  VC_F32 },
  /* the kernel is wider than the picture on all sides */
  { "picture inside kernel",    1,   1,   1,   3,   5,  7,  1, 3, 3, TRUE,  VC_F32 },
  /* a product of two matrices; more pixels than one tile */
  { "1x1",                      2,   9,  15,  33,  65,  1,  1, 0, 0, TRUE,  VC_F32 },
  { "1x1 f16 without bias",     1,   8,   8,  64,  32,  1,  1, 0, 0, FALSE, VC_F16 },
  /* side 1 that still is no plain product: it leaves pixels out, or pads */
  { "1x1 stride 2",             1,   7,   5,  16,   8,  1,  2, 0, 0, TRUE,  VC_F32 },
  { "1x1 padded",               1,   4,   3,   4,   6,  1,  1, 1, 2, TRUE,  VC_F32 },
  /* the decoder's: taps that are no multiple of the depth of a tile, two pictures side by side */
  { "3x3 odd",                  2,  13,  11,   5,   7,  3,  1, 1, 1, TRUE,  VC_F32 },
  { "3x3 f16 odd inputs",       1,   9,   9,   3,  17,  3,  1, 1, 1, TRUE,  VC_F16 },
  { "3x3 wide",                 1,  16,  16, 128, 128,  3,  1, 1, 1, TRUE,  VC_F32 },
  { "3x3 wide f16",             2,  10,   9,  96,  80,  3,  1, 1, 1, FALSE, VC_F16 },
  { "3x3 to rgb",               1,  32,  32,  64,   3,  3,  1, 1, 1, TRUE,  VC_F16 },
  { "3x3 one row",              1,   1,  70,  32,  32,  3,  1, 1, 1, TRUE,  VC_F32 },
  /* whole tiles of 4x4 outputs, and a part of one at each side; channels that are no whole vectors */
  { "3x3 tiles",                1,  16,  20,  16,  16,  3,  1, 1, 1, TRUE,  VC_F32 },
  { "3x3 odd tiles f16",        2,  19,  18,  37,  50,  3,  1, 1, 1, FALSE, VC_F16 },
  { "3x3 tiles unpadded",       1,  21,  23,  17,  19,  3,  1, 0, 0, TRUE,  VC_F32 },
  { "3x3 tiles far before",     1,  20,  18,  24,  16,  3,  1, 5, 0, TRUE,  VC_F32 },
  { "3x3 tiles, many panels",   3,  40,  44,  32,  48,  3,  1, 1, 1, TRUE,  VC_F16 },
  /* VQGAN's halving: zeros below and at the right alone */
  { "3x3 stride 2",             1,  16,  12,  16,  24,  3,  2, 0, 1, TRUE,  VC_F32 },
  { "3x3 stride 2 odd",         1,  17,   9,  16,  24,  3,  2, 0, 1, TRUE,  VC_F16 },
  /* other halvings and stems */
  { "4x4 stride 2",             1,  10,  10,   8,  12,  4,  2, 1, 1, TRUE,  VC_F32 },
  { "7x7",                      1,  12,  12,   3,  16,  7,  1, 3, 3, TRUE,  VC_F32 },
  /* CLIP's patches: no pixel is seen twice */
  { "patches 8",                2,  32,  32,   3,  64,  8,  8, 0, 0, FALSE, VC_F32 },
  { "patches 16 f16",           1,  64,  64,   3,  48, 16, 16, 0, 0, FALSE, VC_F16 },
  { "patches 32",               1, 224, 224,   3,  40, 32, 32, 0, 0, FALSE, VC_F32 },
  /* the last rows and columns belong to no patch */
  { "patches that do not fit",  1,  21,  19,   3,   9,  4,  4, 0, 0, FALSE, VC_F32 },
  /* more pixels than one panel of the host, and than a wide tile */
  { "many pixels",              1,  70,  66,   8,  40,  3,  1, 1, 1, TRUE,  VC_F32 },
};

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const uint32_t out_height = (c->height + c->before + c->after - c->side) / c->stride + 1;
  const uint32_t out_width = (c->width + c->before + c->after - c->side) / c->stride + 1;
  const gsize n = (gsize) c->count * out_height * out_width * c->outputs;
  const gsize n_weights = (gsize) c->outputs * c->side * c->side * c->inputs;

  g_autofree float *x = test_noise ((gsize) c->count * c->height * c->width * c->inputs, 0, 1);
  g_autofree float *weight = test_noise (n_weights, 0, 0.1f);
  g_autofree float *bias = test_noise (c->outputs, 0, 1);
  g_autofree float *want = g_new (float, n);

  if (c->store == VC_F16)
    test_round_half (weight, n_weights);

  const VcTensor tx = test_upload4 (device, VC_F32, x, c->count, c->height, c->width, c->inputs);
  const VcTensor tweight = test_upload4 (device, c->store, weight,
                                         c->outputs, c->side, c->side, c->inputs);
  const VcTensor tbias = test_upload (device, VC_F32, bias, 1, c->outputs);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autofree float *first = NULL;

  ref_conv2d (x, weight, c->has_bias ? bias : NULL, want, c->count, c->height, c->width, c->inputs,
              c->outputs, c->side, c->stride, c->before, c->after);

  for (guint way = 0; way < test_count_ways (device); way++)
    {
      const VcTensor ty = test_empty4 (device, VC_F32, c->count, out_height, out_width, c->outputs);
      g_autoptr(GError) error = NULL;
      float *got;

      test_use_way (device, way);
      vc_op_conv2d (rec, &tx, &tweight, c->has_bias ? &tbias : NULL, c->stride, c->before, c->after, &ty);
      g_assert_true (vc_recorder_submit (rec, &error));
      g_assert_no_error (error);

      got = test_download (&ty);
      if (way == 0)
        g_assert_cmpfloat (test_nmse (first = got, want, n), <, TEST_NMSE);
      else
        {
          g_assert_cmpmem (got, n * sizeof *got, first, n * sizeof *got);  /* to the bit */
          g_free (got);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/conv2d", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
