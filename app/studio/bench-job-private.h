/* bench-job-private.h: a job that measures, and what its parts write down */
#pragma once

#include "studio/bench-job.h"
#include "studio/job-private.h"

G_BEGIN_DECLS

/* Whole pictures, drawings and searches take longer than a single op: so many times its budget. */
#define LONGER 4

/* Pictures and texts at once, as indexing has them. */
#define BATCH 8

struct _VigBenchJob
{
  VigJob         parent_instance;

  VigBenchParts  parts;
  gboolean       every_device;
  double         budget;

  GPtrArray     *measures;  /* owned; of VigMeasure */
  GPtrArray     *devices;   /* owned; of VigDevice */

  /* While it runs. */
  VigWorkshop   *workshop;  /* borrowed */
  GCancellable  *cancellable;
  const char    *device;    /* borrowed: id of the one that is measured */
  const char    *bench;
  guint          done;      /* measures and preparations … */
  guint          total;     /* … of so many, about */
};

/* A new measure of the part at hand. */
VigMeasure *vig_bench_add_measure (VigBenchJob     *self,
                                   const char      *name);
void        vig_bench_set_timing  (VigMeasure      *measure,
                                   const VcTiming  *timing,
                                   guint            count,
                                   const char      *unit);
/* @key of one of the kernel's tables, in bytes; 0: it cannot be had. */
guint64     vig_bench_read_bytes  (const char      *path,
                                   const char      *key);
/* Tells what comes next; FALSE: it was stopped. */
gboolean    vig_bench_step        (VigBenchJob     *self,
                                   const char      *what,
                                   GError         **error);

/* @count: pictures and texts at once */
gboolean    vig_bench_full_clip   (VigBenchJob     *self,
                                   guint            count,
                                   const VcLimits  *limits,
                                   GError         **error);
gboolean    vig_bench_own_clip    (VigBenchJob     *self,
                                   guint            count,
                                   const VcLimits  *limits,
                                   GError         **error);
gboolean    vig_bench_dalle       (VigBenchJob     *self,
                                   const VcLimits  *limits,
                                   GError         **error);

G_END_DECLS
