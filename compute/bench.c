/* bench.c: how fast an opened device is, beside what it can at most */

#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "device-private.h"
#include "host/read.h"
#include "ops/ops.h"
#include "tensor/arena.h"
#include "tune.h"

/* Weights lie in slabs, which together are larger than the caches of processors and graphics cards:
 * problems take theirs from one place after another, so that none is still in a cache from last time. */
#define SLABS 6
#define SLAB_ROWS 10
#define SLAB_WIDTH ((uint32_t) 1 << 20)
#define SLAB_BYTES ((gsize) SLAB_ROWS * SLAB_WIDTH * sizeof (float))

/* Room for the inputs and for the results of the largest problem. */
#define ACTIVATIONS ((uint32_t) 9 << 20)

/* Dispatches in one submission, at most. */
#define MOST_AT_ONCE 64

/* Timed runs of one problem, at least, unless they take far too long. */
#define LEAST_RUNS 3
#define MOST_RUNS 10000

/* Vulkan in software is there to be tested on: problems with more than this would take it minutes. */
#define SOFTWARE_FLOPS 4e8

/* The places of the limits. */
enum
{
  COPY,
  READ,
  PRODUCT,
};

G_STATIC_ASSERT (PRODUCT + 1 == VC_BENCH_LIMITS);

typedef struct
{
  const char *name;
  VcDtype     store;
  uint32_t    shape[VC_MEASURE_SHAPE];
} Problem;

#define BOTH(...) { "linear", VC_F32, { __VA_ARGS__ } }, { "linear", VC_F16, { __VA_ARGS__ } }
#define BOTH_CONV2D(...) { "conv2d", VC_F32, { __VA_ARGS__ } }, { "conv2d", VC_F16, { __VA_ARGS__ } }

static const Problem problems[] = {
  [COPY] = { "copy" },
  [READ] = { "read" },
  [PRODUCT] = { "product", VC_F32, { 1024, 1024, 1024 } },

  /* CLIP ViT-B/32: one picture's 50 rows, and 8 pictures at once */
  BOTH (50, 768, 768),
  BOTH (50, 768, 3072),
  BOTH (400, 768, 3072),
  BOTH (400, 3072, 768),
  BOTH (256, 768, 768),
  /* a GPT that draws 1, 8 with guidance, and something between */
  BOTH (1, 1024, 1024),
  BOTH (1, 4096, 1024),
  BOTH (1, 1536, 6144),
  BOTH (2, 1024, 1024),
  BOTH (2, 4096, 1024),
  BOTH (2, 1536, 6144),
  BOTH (16, 1024, 1024),
  BOTH (16, 4096, 1024),
  BOTH (16, 1536, 6144),

  /* a VQGAN that paints 256 x 256 pixels, from the last layer to the first */
  BOTH_CONV2D (1, 256, 128, 3, 3, 1),
  BOTH_CONV2D (1, 256, 128, 128, 3, 1),
  BOTH_CONV2D (1, 128, 256, 128, 3, 1),
  BOTH_CONV2D (1, 64, 256, 256, 3, 1),
  BOTH_CONV2D (1, 16, 512, 512, 3, 1),
  BOTH_CONV2D (1, 16, 512, 512, 1, 1),
  /* a small one; and the patches of 4 pictures for a ViT-B/32 */
  BOTH_CONV2D (1, 64, 64, 64, 3, 1),
  BOTH_CONV2D (4, 224, 3, 768, 32, 32),

  /* 8 pictures in a ViT-B/32, one in a ViT-L/14; a minDALL-E: prompts read, then a step of 1 and of 8 with guidance */
  { "attention", VC_F32, { 8, 12, 50, 64, 50, 0 } },
  { "attention", VC_F32, { 1, 16, 257, 64, 257, 0 } },
  { "attention", VC_F32, { 2, 24, 64, 64, 64, 1 } },
  { "attention", VC_F32, { 2, 24, 1, 64, 320, 1 } },
  { "attention", VC_F32, { 16, 24, 1, 64, 320, 1 } },
  /* a VQGAN's */
  { "attention", VC_F32, { 1, 1, 256, 512, 256, 0 } },
  { "layernorm", VC_F32, { 400, 768 } },
  { "layernorm", VC_F32, { 16, 1536 } },
  { "groupnorm", VC_F32, { 1, 256, 128, 32 } },
  { "groupnorm", VC_F32, { 1, 32, 512, 32 } },
};

/* Matrices of them. */
static gboolean
has_weights (const Problem *problem)
{
  return strcmp (problem->name, "linear") == 0 || strcmp (problem->name, "conv2d") == 0 ||
         strcmp (problem->name, "product") == 0;
}

struct _VcBench
{
  VcDevice   *device;   /* borrowed */
  double      budget;
  gboolean    is_host;
  gboolean    is_software;
  VcArena    *slabs_arena;  /* owned */
  VcTensor    slabs[SLABS];
  VcArena    *arena;    /* owned: activations */
  VcRecorder *rec;      /* owned */
  guint       turn;     /* of the weights */
  VcLimits    limits;
};

/* ---- Time ---- */

static int
compare_seconds (const void *a,
                 const void *b)
{
  const double x = *(const double *) a;
  const double y = *(const double *) b;

  return (x > y) - (x < y);
}

VcTiming
vc_timing_of (double *seconds,
              guint   n)
{
  if (n == 0)
    return (VcTiming) { 0 };

  qsort (seconds, n, sizeof *seconds, compare_seconds);

  return (VcTiming) { seconds[0], (seconds[(n - 1) / 2] + seconds[n / 2]) / 2, n };
}

static gboolean
time_run (VcBenchRun   run,
          gpointer     data,
          double      *seconds,
          GError     **error)
{
  const gint64 begun = g_get_monotonic_time ();
  const gboolean done = run (data, error);

  /* The clock counts microseconds: nothing takes none. */
  *seconds = MAX (g_get_monotonic_time () - begun, 1) / 1e6;

  return done;
}

gboolean
vc_timing_take (double       budget,
                VcBenchRun   run,
                gpointer     data,
                VcTiming    *timing,
                GError     **error)
{
  g_autoptr(GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));
  double one;
  double spent = 0;

  if (!time_run (run, data, &one, error))
    return FALSE;

  while (seconds->len == 0 || spent < budget || (seconds->len < LEAST_RUNS && spent < 4 * budget))
    {
      if (!time_run (run, data, &one, error))
        return FALSE;

      spent += one;
      g_array_append_val (seconds, one);
      if (seconds->len == MOST_RUNS)
        break;
    }

  *timing = vc_timing_of ((double *) (gpointer) seconds->data, seconds->len);

  return TRUE;
}

double
vc_limits_seconds (const VcLimits *limits,
                   double          flops,
                   double          bytes)
{
  const double by_flops = limits->flops > 0 ? flops / limits->flops : 0;
  const double by_bytes = limits->bytes > 0 ? bytes / limits->bytes : 0;

  return MAX (by_flops, by_bytes);
}

/* ---- What is measured on ---- */

/* Words whose halves are ordinary numbers as f16, from 1/16 to 1/8, and which as f32 are small but
 * ordinary too: the same bytes serve as weights of both kinds. (xorshift64 [Marsaglia 2003]) */
static void
fill_noise (uint32_t *words,
            gsize     n,
            uint32_t  keep,
            uint32_t  set)
{
  uint64_t state = 0x9e3779b97f4a7c15;

  for (gsize i = 0; i < n; i++)
    {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      words[i] = ((uint32_t) (state >> 32) & keep) | set;
    }
}

static gboolean
fill_slabs (VcBench  *bench,
            GError  **error)
{
  g_autofree uint32_t *words = g_new (uint32_t, SLAB_BYTES / 4);

  fill_noise (words, SLAB_BYTES / 4, 0x83ff83ff, 0x2c002c00);
  for (guint i = 0; i < SLABS; i++)
    {
      bench->slabs[i] = vc_arena_take (bench->slabs_arena, VC_F32, SLAB_ROWS, SLAB_WIDTH);
      if (!vc_tensor_upload (&bench->slabs[i], words, error))
        return FALSE;
    }

  return TRUE;
}

/* The inputs of all problems begin at the same place: ordinary numbers from 1/2 to 1. */
static gboolean
fill_inputs (VcBench  *bench,
             GError  **error)
{
  g_autofree uint32_t *words = g_new (uint32_t, ACTIVATIONS);
  const VcTensor whole = vc_arena_take (bench->arena, VC_F32, 1, ACTIVATIONS);

  fill_noise (words, ACTIVATIONS, 0x807fffff, 0x3f000000);

  return vc_tensor_upload (&whole, words, error);
}

VcBench *
vc_bench_new (VcDevice  *device,
              double     budget,
              GError   **error)
{
  const VcDeviceInfo *info = vc_device_get_info (device);
  g_autoptr(VcBench) bench = g_new0 (VcBench, 1);

  bench->device = device;
  bench->budget = budget;
  bench->is_host = strcmp (info->kind, "host") == 0;
  bench->is_software = strcmp (info->type, "software") == 0;
  bench->slabs_arena = vc_arena_new_pieces (device, SLABS * vc_arena_room (VC_F32, SLAB_BYTES / 4),
                                            SLAB_BYTES, error);
  if (bench->slabs_arena == NULL)
    return NULL;
  bench->arena = vc_arena_new_pieces (device, 2 * vc_arena_room (VC_F32, ACTIVATIONS),
                                      vc_arena_room (VC_F32, ACTIVATIONS), error);
  if (bench->arena == NULL || !fill_slabs (bench, error) || !fill_inputs (bench, error))
    return NULL;

  bench->rec = vc_recorder_new (device);

  return g_steal_pointer (&bench);
}

void
vc_bench_free (VcBench *bench)
{
  if (bench == NULL)
    return;

  g_clear_pointer (&bench->rec, vc_recorder_free);
  vc_arena_free (bench->arena);
  vc_arena_free (bench->slabs_arena);
  g_free (bench);
}

guint
vc_bench_get_count (VcBench *bench)
{
  return G_N_ELEMENTS (problems);
}

VcLimits
vc_bench_get_limits (VcBench *bench)
{
  return bench->limits;
}

void
vc_bench_read (VcDevice   *host,
               const void *data,
               gsize       size)
{
  g_assert (strcmp (vc_device_get_info (host)->kind, "host") == 0);

  vc_host_read ((VcHost *) host, data, size);
}

/* ---- Problems ---- */

typedef struct
{
  VcBench       *bench;
  const Problem *problem;
  guint          times;  /* dispatches in a run */
  VcTensor       x;
  VcTensor       y;
} Trial;

/* The next place for weights of this shape. */
static VcTensor
take_weights (VcBench  *bench,
              VcDtype   store,
              uint32_t  a,
              uint32_t  b,
              uint32_t  c,
              uint32_t  d)
{
  const gsize room = vc_arena_room (store, (gsize) a * b * c * d);
  const guint in_slab = SLAB_BYTES / room;
  const guint place = bench->turn++ % (in_slab * SLABS);
  VcTensor weights = bench->slabs[place / in_slab];

  weights.offset += place % in_slab * room;
  weights.dtype = store;
  weights.size[0] = a;
  weights.size[1] = b;
  weights.size[2] = c;
  weights.size[3] = d;

  return weights;
}

static gboolean
run_copy (gpointer   data,
          GError   **error)
{
  VcBench *bench = data;

  for (guint i = 0; i < SLABS; i += 2)
    vc_op_repeat (bench->rec, &bench->slabs[i], 1, &bench->slabs[i + 1]);

  return vc_recorder_submit (bench->rec, error);
}

static gboolean
run_linear (gpointer   data,
            GError   **error)
{
  const Trial *trial = data;
  const Problem *p = trial->problem;

  for (guint i = 0; i < trial->times; i++)
    {
      const VcTensor weight = take_weights (trial->bench, p->store, 1, 1, p->shape[2], p->shape[1]);

      vc_op_linear (trial->bench->rec, &trial->x, &weight, NULL, &trial->y);
    }

  return vc_recorder_submit (trial->bench->rec, error);
}

static gboolean
run_conv2d (gpointer   data,
            GError   **error)
{
  const Trial *trial = data;
  const Problem *p = trial->problem;
  const uint32_t side = p->shape[4];
  const uint32_t stride = p->shape[5];
  const uint32_t around = stride == 1 ? side / 2 : 0;

  for (guint i = 0; i < trial->times; i++)
    {
      const VcTensor weight = take_weights (trial->bench, p->store, p->shape[3], side, side,
                                            p->shape[2]);

      vc_op_conv2d (trial->bench->rec, &trial->x, &weight, NULL, stride, around, around, &trial->y);
    }

  return vc_recorder_submit (trial->bench->rec, error);
}

/* Keys and values are as little in a cache as weights are. */
static gboolean
run_attention (gpointer   data,
               GError   **error)
{
  const Trial *trial = data;
  const uint32_t *shape = trial->problem->shape;

  for (guint i = 0; i < trial->times; i++)
    {
      const VcTensor k = take_weights (trial->bench, VC_F32, shape[0], shape[1], shape[4], shape[3]);
      const VcTensor v = take_weights (trial->bench, VC_F32, shape[0], shape[1], shape[4], shape[3]);

      vc_op_attention (trial->bench->rec, &trial->x, &k, &v, shape[4], shape[5] != 0, NULL, &trial->y);
    }

  return vc_recorder_submit (trial->bench->rec, error);
}

/* Of both norms. */
static gboolean
run_norm (gpointer   data,
          GError   **error)
{
  const Trial *trial = data;
  const uint32_t width = vc_tensor_width (&trial->x);
  const VcTensor gain = take_weights (trial->bench, VC_F32, 1, 1, 1, width);
  const VcTensor bias = take_weights (trial->bench, VC_F32, 1, 1, 1, width);

  for (guint i = 0; i < trial->times; i++)
    if (strcmp (trial->problem->name, "groupnorm") == 0)
      vc_op_groupnorm (trial->bench->rec, &trial->x, &gain, &bias, trial->problem->shape[3], 1e-6f, TRUE, &trial->y);
    else
      vc_op_layernorm (trial->bench->rec, &trial->x, &gain, &bias, &trial->y, 1e-6f);

  return vc_recorder_submit (trial->bench->rec, error);
}

/* As many at once as make a run long enough for the clock and for what a submission costs. */
static gboolean
time_trial (Trial       *trial,
            VcBenchRun   run,
            VcTiming    *timing,
            GError     **error)
{
  const double budget = trial->bench->budget;
  double one;

  /* The first may compile its shader. */
  trial->times = 1;
  if (!time_run (run, trial, &one, error) || !time_run (run, trial, &one, error))
    return FALSE;

  trial->times = CLAMP (budget / 8 / one, 1, MOST_AT_ONCE);
  if (!vc_timing_take (budget, run, trial, timing, error))
    return FALSE;

  timing->best /= trial->times;
  timing->median /= trial->times;

  return TRUE;
}

static gboolean
measure_copy (VcBench    *bench,
              VcMeasure  *measure,
              GError    **error)
{
  measure->bytes = (double) SLABS * SLAB_BYTES;  /* half of them read, half written */

  return vc_timing_take (bench->budget, run_copy, bench, &measure->timing, error);
}

typedef struct
{
  VcDevice *host;
  uint8_t  *data;
  gsize     size;
} Memory;

static gboolean
run_read (gpointer   data,
          GError   **error)
{
  const Memory *memory = data;

  vc_bench_read (memory->host, memory->data, memory->size);

  return TRUE;
}

static gboolean
measure_read (VcBench    *bench,
              VcMeasure  *measure,
              GError    **error)
{
  const gsize size = (gsize) 256 << 20;
  g_autofree uint8_t *data = NULL;
  Memory memory = { bench->device, NULL, size };

  if (!bench->is_host)
    {
      measure->why = "only the processor's memory is read by itself";
      return TRUE;
    }

  /* Written to, so that it is memory, and not one page of zeros many times over. */
  data = g_malloc (size);
  memset (data, 1, size);
  memory.data = data;
  measure->bytes = size;

  return vc_timing_take (bench->budget, run_read, &memory, &measure->timing, error);
}

/* Says so where it is. */
static gboolean
is_too_large (const VcBench *bench,
              VcMeasure     *measure)
{
  if (!bench->is_software || measure->flops <= SOFTWARE_FLOPS)
    return FALSE;

  measure->why = "too large for Vulkan in software";

  return TRUE;
}

static gboolean
measure_linear (VcBench        *bench,
                const Problem  *problem,
                VcMeasure      *measure,
                GError        **error)
{
  const uint32_t rows = problem->shape[0];
  const uint32_t in = problem->shape[1];
  const uint32_t out = problem->shape[2];
  Trial trial = { bench, problem };

  measure->n_shape = 3;
  measure->flops = 2.0 * rows * in * out;
  measure->bytes = (double) vc_dtype_size (problem->store) * in * out + 4.0 * rows * (in + out);

  if (problem != &problems[PRODUCT] && is_too_large (bench, measure))
    return TRUE;

  trial.x = vc_arena_take (bench->arena, VC_F32, rows, in);
  trial.y = vc_arena_take (bench->arena, VC_F32, rows, out);

  return time_trial (&trial, run_linear, &measure->timing, error);
}

static gboolean
measure_conv2d (VcBench        *bench,
                const Problem  *problem,
                VcMeasure      *measure,
                GError        **error)
{
  const uint32_t count = problem->shape[0];
  const uint32_t extent = problem->shape[1];
  const uint32_t in = problem->shape[2];
  const uint32_t out = problem->shape[3];
  const uint32_t side = problem->shape[4];
  const uint32_t to = extent / problem->shape[5];
  const double n_weights = (double) out * side * side * in;
  Trial trial = { bench, problem };

  measure->n_shape = 6;
  measure->flops = 2 * n_weights * count * to * to;
  measure->bytes = vc_dtype_size (problem->store) * n_weights +
                   4.0 * count * (extent * extent * in + to * to * out);
  if (is_too_large (bench, measure))
    return TRUE;

  trial.x = vc_arena_take4 (bench->arena, VC_F32, count, extent, extent, in);
  trial.y = vc_arena_take4 (bench->arena, VC_F32, count, to, to, out);

  return time_trial (&trial, run_conv2d, &measure->timing, error);
}

static gboolean
measure_attention (VcBench        *bench,
                   const Problem  *problem,
                   VcMeasure      *measure,
                   GError        **error)
{
  const uint32_t heads = problem->shape[0] * problem->shape[1];  /* of all sequences */
  const uint32_t tokens = problem->shape[2];
  const uint32_t width = problem->shape[3];
  const uint32_t keys = problem->shape[4];
  const gboolean causal = problem->shape[5] != 0;
  const double pairs = (double) tokens * keys - (causal ? tokens * (tokens - 1.0) / 2 : 0);
  Trial trial = { bench, problem };

  measure->n_shape = 6;
  measure->flops = 4 * pairs * heads * width;
  measure->bytes = 8.0 * heads * width * (tokens + keys);
  if (is_too_large (bench, measure))
    return TRUE;

  trial.x = vc_arena_take4 (bench->arena, VC_F32, problem->shape[0], problem->shape[1], tokens, width);
  trial.y = vc_arena_take (bench->arena, VC_F32, problem->shape[0] * tokens, problem->shape[1] * width);

  return time_trial (&trial, run_attention, &measure->timing, error);
}

static gboolean
measure_norm (VcBench        *bench,
              const Problem  *problem,
              VcMeasure      *measure,
              GError        **error)
{
  const uint32_t *shape = problem->shape;
  const gboolean grouped = strcmp (problem->name, "groupnorm") == 0;
  Trial trial = { bench, problem };

  for (VcTensor *tensor = &trial.x; tensor != NULL; tensor = tensor == &trial.x ? &trial.y : NULL)
    *tensor = grouped ? vc_arena_take4 (bench->arena, VC_F32, shape[0], shape[1], shape[1], shape[2])
                      : vc_arena_take (bench->arena, VC_F32, shape[0], shape[1]);
  measure->n_shape = grouped ? 4 : 2;
  measure->bytes = 8.0 * vc_tensor_elements (&trial.x);

  return time_trial (&trial, run_norm, &measure->timing, error);
}

static gboolean
measure_op (VcBench        *bench,
            const Problem  *problem,
            VcMeasure      *measure,
            GError        **error)
{
  if (strcmp (problem->name, "conv2d") == 0)
    return measure_conv2d (bench, problem, measure, error);
  if (strcmp (problem->name, "attention") == 0)
    return measure_attention (bench, problem, measure, error);
  if (g_str_has_suffix (problem->name, "norm"))
    return measure_norm (bench, problem, measure, error);

  return measure_linear (bench, problem, measure, error);
}

gboolean
vc_bench_run (VcBench    *bench,
              guint       index,
              VcMeasure  *measure,
              GError    **error)
{
  const Problem *problem = &problems[index];
  gboolean done;

  g_assert (index < G_N_ELEMENTS (problems));

  *measure = (VcMeasure) { .name = problem->name };
  memcpy (measure->shape, problem->shape, sizeof measure->shape);
  vc_arena_reset (bench->arena, 0);
  bench->device->last_way = VC_WAY_PLAIN;

  if (index == COPY)
    done = measure_copy (bench, measure, error);
  else if (index == READ)
    done = measure_read (bench, measure, error);
  else
    {
      if (has_weights (problem))
        measure->weights = problem->store == VC_F16 ? "f16" : "f32";
      done = measure_op (bench, problem, measure, error);
    }

  if (done && index > READ && bench->device->has_ways)
    measure->way = vc_way_name (bench->device->last_way);

  /* What Vulkan in software copies and multiplies at most is no limit of this computer. */
  if (done && measure->timing.runs > 0 && !bench->is_software)
    {
      if (index == PRODUCT)
        bench->limits.flops = measure->flops / measure->timing.best;
      else if (index < VC_BENCH_LIMITS)
        bench->limits.bytes = measure->bytes / measure->timing.best;
    }

  return done;
}
