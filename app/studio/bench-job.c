/* bench-job.c: how fast the program's work is here, beside what this computer can at most */

#define G_LOG_DOMAIN "vig-bench-job"

#include "config.h"

#include "studio/bench-job-private.h"

#include <string.h>

#include <glib/gi18n.h>

#include "library/dot.h"
#include "studio/bench-library.h"
#include "studio/bench-model.h"
#include "studio/devices.h"
#include "studio/job-private.h"
#include "studio/model-files.h"

/* Steps of progress, about: of a device's ops, and of all the rest. */
#define OPS 48
#define PREPARED 20

/* Rows of a library, and numbers in each: a ViT-B/32's. */
#define SEARCH_WIDTH 512
#define REHEARSED 100000  /* pictures of a library */
static const guint search_rows[] = { 100000, 1000000 };

G_DEFINE_FINAL_TYPE (VigBenchJob, vig_bench_job, VIG_TYPE_JOB)

static void
measure_free (gpointer data)
{
  VigMeasure *measure = data;

  g_free (measure->device);
  g_free (measure->model);
  g_free (measure->why);
  g_free (measure);
}

/* ---- What is written down ---- */

VigMeasure *
vig_bench_add_measure (VigBenchJob *self,
                       const char  *name)
{
  VigMeasure *measure = g_new0 (VigMeasure, 1);

  measure->device = g_strdup (self->device);
  measure->bench = self->bench;
  measure->name = name;
  g_ptr_array_add (self->measures, measure);

  return measure;
}

void
vig_bench_set_timing (VigMeasure     *measure,
                      const VcTiming *timing,
                      guint           count,
                      const char     *unit)
{
  measure->runs = timing->runs;
  measure->best = timing->best;
  measure->median = timing->median;
  measure->count = count;
  measure->unit = unit;
}

static void
add_device (VigBenchJob        *self,
            const VcDeviceInfo *info)
{
  for (guint i = 0; i < self->devices->len; i++)
    if (g_str_equal (((VigDevice *) self->devices->pdata[i])->id, info->id))
      return;

  g_ptr_array_add (self->devices, vig_device_describe (info));
}

/* FALSE with @error: it was stopped. Another error is written down, and the next part begins. */
static gboolean
pass_over (VigBenchJob *self,
           GError      *local,
           GError     **error)
{
  g_autoptr(GError) owned = local;
  VigMeasure *measure;

  if (g_error_matches (owned, VC_ERROR, VC_ERROR_CANCELLED) ||
      g_error_matches (owned, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&owned));
      return FALSE;
    }

  vig_workshop_explain (self->workshop, &owned);
  measure = vig_bench_add_measure (self, self->bench);
  measure->failed = TRUE;
  measure->why = g_strdup (owned->message);

  return TRUE;
}

/* Tells what comes next; FALSE: it was stopped. */
gboolean
vig_bench_step (VigBenchJob *self,
                const char  *what,
                GError     **error)
{
  vig_job_report (VIG_JOB (self), MIN (1, (double) self->done++ / self->total), "%s: %s",
                  self->device, what);

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

/* @key of one of the kernel's tables, in bytes; 0: it cannot be had. */
guint64
vig_bench_read_bytes (const char *path,
                      const char *key)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;

  line = strstr (text, key);

  return line == NULL ? 0 : g_ascii_strtoull (line + strlen (key), NULL, 10) * 1024;
}

/* ---- Ops ---- */

static gboolean
run_problem (VigBenchJob *self,
             VcBench     *bench,
             guint        index,
             GError     **error)
{
  VcMeasure got;
  VigMeasure *measure;
  VcLimits limits;

  if (!vig_bench_step (self, index < VC_BENCH_LIMITS ? _("what it can at most") : _("matrix products"),
                       error) ||
      !vc_bench_run (bench, index, &got, error))
    return FALSE;

  limits = vc_bench_get_limits (bench);
  measure = vig_bench_add_measure (self, got.name);
  vig_bench_set_timing (measure, &got.timing, 0, NULL);
  measure->weights = got.weights;
  measure->way = got.way;
  measure->n_shape = got.n_shape;
  for (guint i = 0; i < got.n_shape; i++)
    measure->shape[i] = got.shape[i];
  measure->flops = got.flops;
  measure->bytes = got.bytes;
  measure->why = g_strdup (got.why);
  if (index >= VC_BENCH_LIMITS && got.timing.runs > 0)
    measure->limit = vc_limits_seconds (&limits, got.flops, got.bytes);

  return TRUE;
}

static gboolean
bench_ops (VigBenchJob  *self,
           VcLimits     *limits,
           GError      **error)
{
  VcDevice *device = vig_workshop_get_device (self->workshop, error);
  g_autoptr(VcBench) bench = device == NULL ? NULL : vc_bench_new (device, self->budget, error);
  guint n;

  if (bench == NULL)
    return FALSE;

  n = self->parts & VIG_BENCH_OPS ? vc_bench_get_count (bench) : VC_BENCH_LIMITS;
  for (guint i = 0; i < n; i++)
    {
      self->bench = i < VC_BENCH_LIMITS ? "limits" : "ops";
      if (!run_problem (self, bench, i, error))
        return FALSE;
    }
  *limits = vc_bench_get_limits (bench);

  return TRUE;
}

/* ---- Search ---- */

typedef struct
{
  VcDevice *host;
  guint16  *rows;
  guint     n;
  float    *vector;
  float    *scores;
} Searching;

static gboolean
run_search (gpointer   data,
            GError   **error)
{
  const Searching *searching = data;

  vig_dot_rows (searching->rows, searching->n, SEARCH_WIDTH, searching->vector, searching->scores);

  return TRUE;
}

static gboolean
run_search_read (gpointer   data,
                 GError   **error)
{
  const Searching *searching = data;

  vc_bench_read (searching->host, searching->rows,
                 (gsize) searching->n * SEARCH_WIDTH * sizeof *searching->rows);

  return TRUE;
}

static gboolean
bench_rows (VigBenchJob  *self,
            Searching    *searching,
            GError      **error)
{
  const gsize n = (gsize) searching->n * SEARCH_WIDTH;
  const double bytes = (double) n * sizeof (guint16);
  const guint64 free_bytes = vig_bench_read_bytes ("/proc/meminfo", "MemAvailable:");
  g_autofree guint16 *rows = NULL;
  g_autofree float *scores = g_new (float, searching->n);
  VcTiming search, read;
  VigMeasure *measure;

  if (!vig_bench_step (self, _("searching"), error))
    return FALSE;

  if (free_bytes == 0 || free_bytes > bytes + ((guint64) 512 << 20))
    rows = g_try_new (guint16, n);
  if (rows != NULL)
    {
      /* From 1/32 to 1/16 in size, of either sign: rows of about unit length. */
      for (gsize i = 0; i < n; i++)
        rows[i] = (((guint32) i * 2654435761u >> 16) & 0x83ff) | 0x2800;
      searching->rows = rows;
      searching->scores = scores;
      if (!vc_timing_take (LONGER * self->budget, run_search, searching, &search, error) ||
          !vc_timing_take (LONGER * self->budget, run_search_read, searching, &read, error))
        return FALSE;
    }

  measure = vig_bench_add_measure (self, "scan");
  measure->weights = "f16";
  measure->shape[measure->n_shape++] = searching->n;
  measure->shape[measure->n_shape++] = SEARCH_WIDTH;
  measure->bytes = bytes;
  if (rows != NULL)
    {
      vig_bench_set_timing (measure, &search, 1, "searches");
      measure->limit = read.best;
    }
  else
    measure->why = g_strdup (_("too little memory is free"));

  return TRUE;
}

static void
rehearsed_cb (const char   *name,
              const double *seconds,
              guint         n,
              gpointer      data)
{
  VigMeasure *measure = vig_bench_add_measure (data, name);

  measure->shape[measure->n_shape++] = REHEARSED;
  measure->runs = n;
  measure->best = seconds[0];
  measure->median = seconds[n / 2];
  measure->p95 = seconds[MIN (n - 1, (n * 95 + 99) / 100)];
  measure->worst = seconds[n - 1];
  measure->count = 1;
  measure->unit = "searches";
}

/* The library searches on the processor, whatever the device. */
static gboolean
bench_search (VigBenchJob  *self,
              GError      **error)
{
  g_autoptr(VcDevice) host = vc_device_open ("host", error);
  float vector[SEARCH_WIDTH];
  Searching searching = { .host = host, .vector = vector };

  if (host == NULL)
    return FALSE;

  add_device (self, vc_device_get_info (host));
  for (guint i = 0; i < SEARCH_WIDTH; i++)
    vector[i] = (float) (i * 7919 % 1024) / 512 - 1;
  for (guint i = 0; i < G_N_ELEMENTS (search_rows); i++)
    {
      searching.n = search_rows[i];
      if (!bench_rows (self, &searching, error))
        return FALSE;
    }

  if (!vig_bench_step (self, _("asking a library of 100,000 pictures"), error))
    return FALSE;

  return vig_rehearse (REHEARSED, SEARCH_WIDTH, rehearsed_cb, self, self->cancellable, error);
}

/* ---- All of it ---- */

/* The part @bench as one: FALSE only when it was stopped. */
#define PART(name, call) \
  G_STMT_START { \
    GError *local = NULL; \
    self->bench = name; \
    if (!(call) && !pass_over (self, local, error)) \
      return FALSE; \
  } G_STMT_END

static gboolean
bench_models (VigBenchJob     *self,
              gboolean         software,
              const VcLimits  *limits,
              GError         **error)
{
  /* Vulkan in software takes seconds for each picture. */
  const guint count = software ? 1 : BATCH;

  if (self->parts & VIG_BENCH_CLIP)
    {
      PART ("clip", vig_bench_full_clip (self, count, limits, &local));
      PART ("clip", vig_bench_own_clip (self, count, limits, &local));
    }
  if (self->parts & VIG_BENCH_DALLE)
    PART ("dalle", vig_bench_dalle (self, limits, &local));

  return TRUE;
}

static gboolean
bench_device (VigBenchJob      *self,
              const VigDevice  *info,
              GError          **error)
{
  const gboolean software = g_str_equal (info->type, "software");
  VcLimits limits = { 0 };

  self->device = info->id;
  self->bench = "limits";
  if (self->every_device && !vig_workshop_use_device (self->workshop, info->id))
    return pass_over (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED,
                                                 _("The device cannot be opened.")), error);

  PART ("limits", bench_ops (self, &limits, &local));

  /* Among all devices, one in software is there only to be compared by its ops. */
  return (software && self->every_device) || bench_models (self, software, &limits, error);
}

/* Those to be measured. */
static gboolean
find_devices (VigBenchJob  *self,
              GError      **error)
{
  g_autoptr(GPtrArray) all = NULL;

  /* The search brings its own. */
  if (self->parts == VIG_BENCH_SEARCH)
    return TRUE;

  if (!self->every_device)
    {
      VcDevice *device = vig_workshop_get_device (self->workshop, error);

      if (device != NULL)
        add_device (self, vc_device_get_info (device));

      return device != NULL;
    }

  all = vig_studio_list_devices ();
  for (guint i = 0; i < all->len; i++)
    {
      VigDevice *device = all->pdata[i];

      if (device->ok && (self->parts & VIG_BENCH_OPS || !g_str_equal (device->type, "software")))
        {
          all->pdata[i] = NULL;
          g_ptr_array_add (self->devices, device);
        }
    }

  return TRUE;
}

static gboolean
bench_all (VigBenchJob  *self,
           GError      **error)
{
  if (!find_devices (self, error))
    return FALSE;

  self->total = PREPARED + self->devices->len * (self->parts & VIG_BENCH_OPS ? OPS : 0);
  for (guint i = 0; i < self->devices->len; i++)
    if (!bench_device (self, self->devices->pdata[i], error))
      return FALSE;

  self->device = "host";
  if (self->parts & VIG_BENCH_SEARCH)
    PART ("search", bench_search (self, &local));

  return TRUE;
}

static gboolean
vig_bench_job_run (VigJob       *job,
                   VigWorkshop  *workshop,
                   GCancellable *cancellable,
                   GError      **error)
{
  VigBenchJob *self = VIG_BENCH_JOB (job);
  gboolean done;

  self->workshop = workshop;
  self->cancellable = cancellable;
  done = bench_all (self, error);
  if (self->every_device)
    vig_workshop_restore_device (workshop);

  return done;
}

VigJob *
vig_bench_job_new (VigBenchParts parts,
                   gboolean      every_device,
                   double        budget)
{
  VigBenchJob *self = g_object_new (VIG_TYPE_BENCH_JOB, NULL);

  g_return_val_if_fail (budget > 0, NULL);

  self->parts = parts;
  self->every_device = every_device;
  self->budget = budget;
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Measuring")));

  return VIG_JOB (self);
}

GPtrArray *
vig_bench_job_get_measures (VigBenchJob *self)
{
  g_return_val_if_fail (VIG_IS_BENCH_JOB (self), NULL);

  return vig_job_is_over (VIG_JOB (self)) ? self->measures : NULL;
}

GPtrArray *
vig_bench_job_get_devices (VigBenchJob *self)
{
  g_return_val_if_fail (VIG_IS_BENCH_JOB (self), NULL);

  return vig_job_is_over (VIG_JOB (self)) ? self->devices : NULL;
}

static void
vig_bench_job_finalize (GObject *object)
{
  VigBenchJob *self = VIG_BENCH_JOB (object);

  g_ptr_array_unref (self->measures);
  g_ptr_array_unref (self->devices);

  G_OBJECT_CLASS (vig_bench_job_parent_class)->finalize (object);
}

static void
vig_bench_job_class_init (VigBenchJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_bench_job_finalize;
  VIG_JOB_CLASS (klass)->run = vig_bench_job_run;
}

static void
vig_bench_job_init (VigBenchJob *self)
{
  self->measures = g_ptr_array_new_with_free_func (measure_free);
  self->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_device_free);
}
