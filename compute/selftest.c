/* selftest.c: whether a device computes what it should */

#include "selftest.h"

#include <math.h>

#include "ops/ops.h"
#include "tensor/arena.h"
#include "tensor/half.h"

/* This looks for a device that is broken, not for one that rounds differently: answers are compared
 * coarsely, and where they are whole numbers, by steps that the simplest program would take. */
#define TOLERANCE 1e-3f

/* Room for the largest problem. */
#define ARENA_SIZE ((gsize) 1 << 18)

/* What the problems share. */
typedef struct
{
  VcArena    *arena;  /* borrowed */
  VcRecorder *rec;    /* borrowed */
  GError     *error;  /* owned; NULL as long as all is well */
} Bench;

static float *
make_values (gsize n)
{
  return g_new0 (float, n);
}

/* Small whole numbers, which a half holds exactly: from -3 to 3, in no order that repeats soon. */
static float *
make_whole (gsize n,
            guint seed)
{
  float *values = make_values (n);

  for (gsize i = 0; i < n; i++)
    values[i] = (int) ((i * 37 + seed * 11 + i / 7) % 7) - 3;

  return values;
}

/* After a failure it does nothing more, as expect() does not: the first one tells. */
static void
put (Bench          *bench,
     const VcTensor *tensor,
     const float    *values)
{
  const gsize n = vc_tensor_elements (tensor);
  g_autofree uint16_t *halves = NULL;

  if (bench->error != NULL)
    return;

  if (tensor->dtype == VC_F16)
    {
      halves = g_new (uint16_t, n);
      vc_half_narrow (values, halves, n);
    }

  if (!vc_tensor_upload (tensor, halves != NULL ? (const void *) halves : values, &bench->error))
    g_assert (bench->error != NULL);
}

/* Runs what was recorded and compares. */
static void
expect (Bench          *bench,
        const char     *name,
        const VcTensor *y,
        const float    *want)
{
  const gsize n = vc_tensor_elements (y);
  g_autofree float *got = make_values (n);

  if (bench->error != NULL ||
      !vc_recorder_submit (bench->rec, &bench->error) ||
      !vc_tensor_download (y, got, &bench->error))
    return;

  for (gsize i = 0; i < n; i++)
    if (!(fabsf (got[i] - want[i]) <= TOLERANCE * fmaxf (1, fabsf (want[i]))))
      {
        g_set_error (&bench->error, VC_ERROR, VC_ERROR_NO_DEVICE,
                     "its self-test of %s gives %g where %g is right", name, got[i], want[i]);
        return;
      }
}

/* Deviations from the mean 1000 are ±1.5 and ±0.5 by turns, four in each round: the variance is 1.25. */
static void
try_layernorm (Bench *bench)
{
  const uint32_t width = 300;
  const VcTensor x = vc_arena_take (bench->arena, VC_F32, 2, width);
  const VcTensor gain = vc_arena_take (bench->arena, VC_F32, 1, width);
  const VcTensor bias = vc_arena_take (bench->arena, VC_F32, 1, width);
  const VcTensor y = vc_arena_take (bench->arena, VC_F32, 2, width);
  g_autofree float *values = make_values (2 * width);
  g_autofree float *gains = make_whole (width, 1);
  g_autofree float *biases = make_whole (width, 2);
  g_autofree float *want = make_values (2 * width);

  for (uint32_t i = 0; i < 2 * width; i++)
    {
      const float deviation = (float) (i % 4) - 1.5f;

      values[i] = 1000 + deviation;
      want[i] = deviation / sqrtf (1.25f) * gains[i % width] + biases[i % width];
    }

  put (bench, &x, values);
  put (bench, &gain, gains);
  put (bench, &bias, biases);
  vc_op_layernorm (bench->rec, &x, &gain, &bias, &y, 1e-6f);
  expect (bench, "layernorm", &y, want);
}

static void
try_linear (Bench    *bench,
            VcDtype   store,
            uint32_t  rows)
{
  const uint32_t in = 67;
  const uint32_t out = 35;
  const VcTensor x = vc_arena_take (bench->arena, VC_F32, rows, in);
  const VcTensor weight = vc_arena_take (bench->arena, store, out, in);
  const VcTensor bias = vc_arena_take (bench->arena, VC_F32, 1, out);
  const VcTensor y = vc_arena_take (bench->arena, VC_F32, rows, out);
  g_autofree float *values = make_whole (rows * in, 1);
  g_autofree float *weights = make_whole (out * in, 2);
  g_autofree float *biases = make_whole (out, 3);
  g_autofree float *want = make_values (rows * out);

  for (uint32_t r = 0; r < rows; r++)
    for (uint32_t o = 0; o < out; o++)
      {
        want[r * out + o] = biases[o];
        for (uint32_t i = 0; i < in; i++)
          want[r * out + o] += values[r * in + i] * weights[o * in + i];
      }

  put (bench, &x, values);
  put (bench, &weight, weights);
  put (bench, &bias, biases);
  vc_op_linear (bench->rec, &x, &weight, &bias, &y);
  expect (bench, store == VC_F16 ? "linear with halves" : "linear", &y, want);
}

/* Keys stand at right angles to each other, and a query is long: who sees the key that it points to
 * takes that one's value alone, who does not sees only zeros, and takes the mean. */
static void
try_attention (Bench *bench)
{
  const uint32_t heads = 2;
  const uint32_t tokens = 13;
  const uint32_t width = 20;  /* of a head */
  const VcTensor q = vc_arena_take4 (bench->arena, VC_F32, 1, heads, tokens, width);
  const VcTensor k = vc_arena_take4 (bench->arena, VC_F32, 1, heads, tokens, width);
  const VcTensor v = vc_arena_take4 (bench->arena, VC_F32, 1, heads, tokens, width);
  const VcTensor y = vc_arena_take (bench->arena, VC_F32, tokens, heads * width);
  const gsize n = vc_tensor_elements (&q);
  g_autofree float *queries = make_values (n);
  g_autofree float *keys = make_values (n);
  g_autofree float *values = make_whole (n, 5);
  g_autofree float *want = make_values (n);

  for (uint32_t h = 0; h < heads; h++)
    for (uint32_t t = 0; t < tokens; t++)
      {
        const uint32_t row = h * tokens + t;
        const uint32_t target = (t * 5 + h) % tokens;

        keys[row * width + t] = 10;
        queries[row * width + target] = 50;

        for (uint32_t i = 0; i < width; i++)
          {
            float *answer = &want[(t * heads + h) * width + i];

            if (target <= t)
              *answer = values[(h * tokens + target) * width + i];
            else
              for (uint32_t seen = 0; seen <= t; seen++)
                *answer += values[(h * tokens + seen) * width + i] / (t + 1);
          }
      }

  put (bench, &q, queries);
  put (bench, &k, keys);
  put (bench, &v, values);
  vc_op_attention (bench->rec, &q, &k, &v, tokens, TRUE, NULL, &y);
  expect (bench, "attention", &y, want);
}

/* One picture, 3 by 3 taps, a ring of zeros around it. */
static void
try_conv2d (Bench *bench)
{
  const int side = 9;
  const int in = 5;
  const int out = 6;
  const VcTensor x = vc_arena_take4 (bench->arena, VC_F32, 1, side, side, in);
  const VcTensor weight = vc_arena_take4 (bench->arena, VC_F16, out, 3, 3, in);
  const VcTensor bias = vc_arena_take (bench->arena, VC_F32, 1, out);
  const VcTensor y = vc_arena_take4 (bench->arena, VC_F32, 1, side, side, out);
  g_autofree float *values = make_whole (side * side * in, 1);
  g_autofree float *weights = make_whole (out * 3 * 3 * in, 2);
  g_autofree float *biases = make_whole (out, 3);
  g_autofree float *want = make_values (side * side * out);

  for (int pixel = 0; pixel < side * side; pixel++)
    for (int o = 0; o < out; o++)
      {
        want[pixel * out + o] = biases[o];
        for (int tap = 0; tap < 9 * in; tap++)
          {
            const int row = pixel / side + tap / in / 3 - 1;
            const int column = pixel % side + tap / in % 3 - 1;

            if (row >= 0 && row < side && column >= 0 && column < side)
              want[pixel * out + o] += values[(row * side + column) * in + tap % in] *
                                       weights[o * 9 * in + tap];
          }
      }

  put (bench, &x, values);
  put (bench, &weight, weights);
  put (bench, &bias, biases);
  vc_op_conv2d (bench->rec, &x, &weight, &bias, 1, 1, 1, &y);
  expect (bench, "conv2d", &y, want);
}

gboolean
vc_selftest (VcDevice  *device,
             GError   **error)
{
  g_autoptr(VcArena) arena = vc_arena_new (device, ARENA_SIZE, error);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  Bench bench = { arena, rec, NULL };

  if (arena == NULL)
    return FALSE;

  try_layernorm (&bench);
  try_linear (&bench, VC_F32, 1);   /* as when tokens are drawn */
  try_linear (&bench, VC_F16, 70);  /* as when pictures are read */
  try_attention (&bench);
  try_conv2d (&bench);

  if (bench.error != NULL)
    {
      g_propagate_error (error, bench.error);
      return FALSE;
    }

  return TRUE;
}
