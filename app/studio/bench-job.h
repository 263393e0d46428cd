/* bench-job.h: how fast the program's work is here, beside what this computer can at most */
#pragma once

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_BENCH_JOB (vig_bench_job_get_type ())
G_DECLARE_FINAL_TYPE (VigBenchJob, vig_bench_job, VIG, BENCH_JOB, VigJob)

typedef enum
{
  VIG_BENCH_OPS = 1 << 0,     /* matrix products and convolutions */
  VIG_BENCH_CLIP = 1 << 1,    /* pictures and texts by the CLIP in use, and by one of ViT-B/32's size */
  VIG_BENCH_DALLE = 1 << 2,   /* tokens drawn, and pictures painted */
  VIG_BENCH_SEARCH = 1 << 3,  /* all rows of a library against one */
} VigBenchParts;

#define VIG_BENCH_SHAPE 6

/**
 * VigMeasure:
 * @device: id of the device; @bench: "limits", "ops", "clip", "dalle" or "search"
 * @name: what was done; @model: with what, or %NULL; @weights: "f32", "f16" or %NULL
 * @way: as #VcMeasure has it
 * @shape: sizes, which depend on @name
 * @runs: timed; @p95, @worst: seconds of a run, 0 where they were not looked at; @best, @median: seconds a run; 0 runs: it was left out, and @why says so
 * @count: things done in a run, and @unit what they are: "images", "texts", "tokens", "pictures",
 *   "searches"; %NULL where only flops or bytes count
 * @flops, @bytes: of one run; 0: not counted
 * @limit: seconds that a run takes at least by what was measured of the computer; 0: not known
 * @peak: the most memory of the computer that the program had taken until then; 0: not measured
 * @failed: @why is an error
 */
typedef struct
{
  char       *device;
  const char *bench;
  const char *name;
  char       *model;
  const char *weights;
  const char *way;
  guint       shape[VIG_BENCH_SHAPE];
  guint       n_shape;
  guint       runs;
  double      best;
  double      median;
  double      p95;
  double      worst;
  guint       count;
  const char *unit;
  double      flops;
  double      bytes;
  double      limit;
  guint64     peak;
  gboolean    failed;
  char       *why;
} VigMeasure;

/* @budget: seconds for each measure of the ops, about; the others take four times as much. */
VigJob    *vig_bench_job_new          (VigBenchParts  parts,
                                       gboolean       every_device,
                                       double         budget);
/* (element-type VigMeasure), (element-type VigDevice): NULL until it is over */
GPtrArray *vig_bench_job_get_measures (VigBenchJob   *self);
GPtrArray *vig_bench_job_get_devices  (VigBenchJob   *self);

G_END_DECLS
