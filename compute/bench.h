/* bench.h: how fast an opened device is, beside what it can at most
 *
 * Problems are measured one at a time, so that whoever asks can show how far it is and stop between
 * two. The first three, the limits, tell what the others are to be compared with.
 */
#pragma once

#include "device.h"

G_BEGIN_DECLS

/**
 * VcTiming:
 * @best, @median: seconds that one run takes
 * @runs: how many were timed; 0: none was
 */
typedef struct
{
  double best;
  double median;
  guint  runs;
} VcTiming;

/* Of @seconds, (n) times of single runs; they are put in order. */
VcTiming vc_timing_of (double *seconds,
                       guint   n);

typedef gboolean (*VcBenchRun) (gpointer   data,
                                GError   **error);

/**
 * vc_timing_take:
 * @budget: seconds to spend, about; at least one run is timed, however long it takes
 * @run: one run; the first is not counted, as it may compile shaders, fault in pages and fill caches
 *
 * Returns: %FALSE with what @run says when it fails
 */
gboolean vc_timing_take (double       budget,
                         VcBenchRun   run,
                         gpointer     data,
                         VcTiming    *timing,
                         GError     **error) G_GNUC_WARN_UNUSED_RESULT;

#define VC_MEASURE_SHAPE 6

/**
 * VcMeasure:
 * @name: "copy", "read", "product", or an op: "linear", "conv2d", "attention", "layernorm", "groupnorm"
 * @weights: "f32" or "f16"; %NULL where there are none
 * @way: how the device ran it: "plain", "tiles", "texels" or "matrix"; %NULL where it has no choice
 * @shape: of product and linear rows, in, out; of conv2d count, extent, in, out, side, stride, its
 *   pictures being as high as wide; of attention count, heads, tokens, head width, keys, causal; of layernorm
 *   rows, width; of groupnorm count, extent, channels, groups; nothing of the others
 * @flops: additions and multiplications of one run, as the definition of the op has them; 0: not told
 * @bytes: what one run cannot but read or write, each number once: of copy, bytes read and bytes
 *   written; of ops, weights, inputs and results
 * @timing: no runs: it was left out, and @why says so
 */
typedef struct
{
  const char *name;
  const char *weights;
  const char *way;
  uint32_t    shape[VC_MEASURE_SHAPE];
  guint       n_shape;
  double      flops;
  double      bytes;
  VcTiming    timing;
  const char *why;
} VcMeasure;

/* The most that was measured, a second; 0 as long as it was not. */
typedef struct
{
  double bytes;  /* of read, which nearly all work is; of copy where that is not measured */
  double flops;  /* of product */
} VcLimits;

/* Seconds that @flops and @bytes take at least at these limits: the longer of both; 0 when not known. */
double    vc_limits_seconds  (const VcLimits *limits,
                              double          flops,
                              double          bytes);

typedef struct _VcBench VcBench;

/* Of vc_bench_run(): the first so many measure the limits. */
#define VC_BENCH_LIMITS 3

/**
 * vc_bench_new:
 * @budget: seconds for each problem, about
 *
 * Takes about 320 MB of the device's memory. Thread: the device's maker's.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 */
VcBench  *vc_bench_new       (VcDevice   *device,
                              double      budget,
                              GError    **error) G_GNUC_WARN_UNUSED_RESULT;
void      vc_bench_free      (VcBench    *bench);

guint     vc_bench_get_count (VcBench    *bench);
/* Problem @index, which is below the count. */
gboolean  vc_bench_run       (VcBench    *bench,
                              guint       index,
                              VcMeasure  *measure,
                              GError    **error) G_GNUC_WARN_UNUSED_RESULT;
/* As far as they have been measured; none of Vulkan in software. */
VcLimits  vc_bench_get_limits (VcBench   *bench);

/* Reads @size bytes once, on all threads of @host, which was opened as "host". */
void      vc_bench_read      (VcDevice   *host,
                              const void *data,
                              gsize       size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcBench, vc_bench_free)

G_END_DECLS
