/* index-job.c: folders into the library, and a vector for every picture that has none */

#define G_LOG_DOMAIN "vig-index-job"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "studio/job-private.h"
#include "studio/pace.h"
#include "studio/prefetch.h"
#include "studio/studio.h"

/* Pictures that the device works on at once: first, and at most; more if they take less than the one, fewer if they take more
 * than the other. */
#define FIRST_AT_ONCE 8
#define MOST_AT_ONCE 32
#define SHORT_US 100000
#define LONG_US 400000

/* A rest where power is short, at most, and how often it is looked whether it is over. */
#define MOST_REST_US (3 * G_USEC_PER_SEC)
#define REST_US 20000

struct _VigIndexJob
{
  VigJob    parent_instance;

  char    **folders;  /* owned; may be NULL */
  gboolean  all;      /* those that the library has */
  VigScan  *scan;     /* owned; the thread's until the job is over */
  gboolean  looked;   /* the same; there was a CLIP to look at the pictures */
};

G_DEFINE_FINAL_TYPE (VigIndexJob, vig_index_job, VIG_TYPE_JOB)

/* ---- Embedding ---- */

typedef struct
{
  VigIndexJob  *job;
  VigWorkshop  *workshop;
  VigLibrary   *library;
  VcClip       *clip;
  GCancellable *cancellable;
  GCancellable *resting;      /* borrowed: cancelled with that, and in a pause */
  VigPace       pace;
  guint         done;
  guint         total;
  guint         at_once;      /* pictures that the device is given */
  guint         most;         /* that it has memory for */
  guint         settled;      /* pictures of this round that have a vector or a reason now */
} Round;

/* Takes @status: how far it is; and says how long it may take. */
static void
show (Round  *r,
      double  fraction,
      char   *status,
      guint   done,
      guint   total)
{
  g_autofree char *taken = status;
  g_autofree char *left = NULL;

  vig_pace_look (&r->pace, done, g_get_monotonic_time ());
  left = vig_pace_describe (&r->pace, total - MIN (done, total));
  /* The time first: a narrow terminal cuts the end. */
  if (left != NULL)
    vig_job_report (VIG_JOB (r->job), fraction, "%s · %s", left, status);
  else
    vig_job_report (VIG_JOB (r->job), fraction, "%s", status);
}

static void
show_embedding (Round *r)
{
  show (r, r->total > 0 ? (double) r->done / r->total : -1,
        g_strdup_printf (_("Looked at %u of %u pictures"), r->done, r->total), r->done, r->total);
}

/* A damaged picture is not tried again; one that is out of reach, on a disk that went away, is. */
static gboolean
add_failure (Round            *r,
             const VigDecoded *decoded,
             GError          **error)
{
  if (!decoded->damaged)
    {
      g_debug ("%s", decoded->reason);
      return TRUE;
    }

  if (!vig_library_save_failure (r->library, decoded->picture, decoded->reason, error))
    return FALSE;

  vig_scan_fail (r->job->scan, decoded->picture, decoded->reason);
  r->settled++;

  return TRUE;
}

/* More at once keep a device busier; searches, which run between two batches, are not to wait for them. */
static void
choose_size (Round  *r,
             guint   n,
             gint64  microseconds)
{
  if (n == r->at_once && microseconds < SHORT_US)
    r->at_once = MIN (2 * r->at_once, r->most);
  else if (microseconds > LONG_US && r->at_once > 1)
    r->at_once /= 2;
}

/* As many at a time as the device has memory for; what has its vectors is saved whatever becomes of the rest. */
static gboolean
embed_pixels (Round              *r,
              const float        *pixels,
              VigPicture * const *pictures,
              guint               n,
              GError            **error)
{
  const guint side = vc_clip_get_side (r->clip);
  const guint width = vc_clip_get_width (r->clip);
  g_autofree float *rows = g_new (float, (gsize) n * width);

  for (guint first = 0; first < n;)
    {
      const guint now = MIN (r->at_once, n - first);
      const gint64 begun = g_get_monotonic_time ();
      g_autoptr(GError) local = NULL;

      if (vc_clip_embed_images (r->clip, pixels + (gsize) first * side * side * 3, now, rows, vig_workshop_step,
                                r->cancellable, &local))
        {
          choose_size (r, now, g_get_monotonic_time () - begun);
          if (!vig_library_save_vectors (r->library, vc_clip_get_hash (r->clip), pictures + first, rows, now, width,
                                         error))
            return FALSE;
          r->settled += now;
          first += now;
        }
      else if (vig_workshop_spare (r->workshop, VIG_JOB (r->job), &r->at_once, &local))
        r->most = r->at_once;
      else
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }

  return TRUE;
}

/* The readable ones of @batch get a vector, the others a reason. */
static gboolean
embed_batch (Round     *r,
             GPtrArray *batch,
             GError   **error)
{
  const guint side = vc_clip_get_side (r->clip);
  const gsize n_pixels = (gsize) side * side * 3;
  g_autofree float *pixels = g_new (float, batch->len * n_pixels);
  VigPicture *pictures[MOST_AT_ONCE];
  guint n = 0;

  for (guint i = 0; i < batch->len; i++)
    {
      const VigDecoded *decoded = batch->pdata[i];

      if (decoded->pixels == NULL)
        {
          if (!add_failure (r, decoded, error))
            return FALSE;
          continue;
        }
      memcpy (pixels + n * n_pixels, decoded->pixels, n_pixels * sizeof *pixels);
      pictures[n++] = decoded->picture;
    }

  if (!embed_pixels (r, pixels, pictures, n, error))
    return FALSE;

  r->done += batch->len;
  r->total = MAX (r->total, r->done);
  show_embedding (r);

  return TRUE;
}

/* Fills @batch; *@over: there are no more. */
static gboolean
collect (Round        *r,
         VigPrefetch  *prefetch,
         GPtrArray    *batch,
         gboolean     *over,
         GError      **error)
{
  const guint size = MIN (r->at_once, vig_prefetch_get_room (prefetch));

  while (batch->len < size && !*over)
    {
      g_autoptr(GError) local = NULL;
      VigDecoded *decoded = vig_prefetch_take (prefetch, G_USEC_PER_SEC / 10, over, &local);

      if (decoded != NULL)
        g_ptr_array_add (batch, decoded);
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      else if (!g_cancellable_set_error_if_cancelled (r->cancellable, error))
        {
          if (decoded == NULL && !*over)
            vig_workshop_yield (r->workshop);  /* a slow disk: others need not wait for it */
          continue;
        }
      return FALSE;
    }

  return TRUE;
}

/* Where power is short, three times as long as it has worked. FALSE: it was stopped. */
static gboolean
spare (Round   *r,
       gint64   worked,
       GError **error)
{
  const gint64 end = g_get_monotonic_time () + MIN (3 * worked, MOST_REST_US);

  while (vig_workshop_get_sparing (r->workshop) && g_get_monotonic_time () < end)
    {
      if (g_cancellable_set_error_if_cancelled (r->cancellable, error))
        return FALSE;
      vig_workshop_yield (r->workshop);
      g_usleep (REST_US);
    }

  return TRUE;
}

/* All pictures that have no vector, once. */
static gboolean
embed_round (Round   *r,
             GError **error)
{
  g_autoptr(VigPrefetch) prefetch = vig_prefetch_new (r->library, r->clip);
  gboolean over = FALSE;

  while (!over)
    {
      g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_decoded_free);
      const gint64 begun = g_get_monotonic_time ();

      if (!collect (r, prefetch, batch, &over, error) ||
          (batch->len > 0 && !embed_batch (r, batch, error)) || vig_workshop_must_rest (r->workshop, error) ||
          !spare (r, g_get_monotonic_time () - begun, error))
        return FALSE;

      vig_workshop_yield (r->workshop);
    }

  return TRUE;
}

static gboolean
embed_all (Round   *r,
           GError **error)
{
  const gint64 count = vig_library_count_unembedded (r->library, vc_clip_get_hash (r->clip), error);

  if (count < 0)
    return FALSE;

  r->done = 0;
  r->total = count;
  r->pace = (VigPace) { 0 };
  r->most = MOST_AT_ONCE;
  while (r->most > 1 && vc_clip_get_room (r->clip, r->most) > vig_workshop_get_free (r->workshop))
    r->most /= 2;
  r->at_once = MIN (FIRST_AT_ONCE, r->most);
  show_embedding (r);

  /* Of copies one is asked for: if it cannot be read, the next. Where all are out of reach, the next time is another. */
  do
    {
      r->settled = 0;
      if (count > 0 && !embed_round (r, error))
        return FALSE;
    }
  while (r->settled > 0);

  return TRUE;
}

/* ---- The job ---- */

/* Between two files, when the library holds nothing. */
static void
scan_cb (guint    done,
         guint    total,
         gpointer data)
{
  Round *r = data;

  if (total > 0)
    show (r, -1, g_strdup_printf (_("Looked through %u of %u files"), done, total), done, total);
  else
    vig_job_report (VIG_JOB (r->job), -1, ngettext ("Found %u file", "Found %u files", done), done);

  g_autoptr(GError) pause = NULL;
  if (vig_workshop_must_rest (r->workshop, &pause))
    g_cancellable_cancel (r->resting);

  vig_workshop_yield (r->workshop);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      resting)
{
  g_cancellable_cancel (resting);
}

/* TRUE: it is to be tried again. */
static gboolean
try_scan (Round    *r,
          VigScan **result,
          GError  **error)
{
  g_autoptr(GCancellable) resting = g_cancellable_new ();
  const gulong id = g_cancellable_connect (r->cancellable, G_CALLBACK (cancelled_cb), resting, NULL);
  g_autoptr(GError) local = NULL;

  r->resting = resting;
  *result = vig_library_scan (r->library, (const char * const *) r->job->folders, scan_cb, r, resting, &local);
  g_cancellable_disconnect (r->cancellable, id);
  if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED) || g_cancellable_is_cancelled (r->cancellable))
    {
      if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  /* A pause that was short is over. */
  return !vig_workshop_must_rest (r->workshop, error);
}

/* What was scanned before a pause stays done: after it there is less to do. */
static VigScan *
scan (Round   *r,
      GError **error)
{
  VigScan *result = NULL;

  while (try_scan (r, &result, error))
    continue;

  return result;
}

static gboolean
scan_folders (Round   *r,
              GError **error)
{
  VigIndexJob *self = r->job;

  if (self->scan != NULL)
    return TRUE;  /* before there was trouble with the device */

  if (self->folders == NULL && !self->all)
    {
      self->scan = vig_scan_new ();
      return TRUE;
    }

  self->scan = scan (r, error);
  if (self->scan == NULL)
    return FALSE;

  /* Sidecars that could not be written, where a disk was away or read-only; what fails again stays listed. */
  g_autoptr(GError) local = NULL;
  g_autoptr(GPtrArray) still = vig_library_retry_sidecars (r->library, r->cancellable, &local);
  if (still == NULL)
    g_debug ("%s", local->message);

  return TRUE;
}

static gboolean
vig_index_job_run (VigJob       *job,
                   VigWorkshop  *workshop,
                   GCancellable *cancellable,
                   GError      **error)
{
  VigIndexJob *self = VIG_INDEX_JOB (job);
  Round r = {
    .job = self,
    .workshop = workshop,
    .library = vig_workshop_get_library (workshop),
    .cancellable = cancellable,
  };
  g_autoptr(GError) local = NULL;

  if (!scan_folders (&r, error))
    return FALSE;

  r.clip = vig_workshop_try_clip (workshop, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  self->looked = r.clip != NULL;

  /* Without a CLIP the pictures are found by words. */
  return r.clip == NULL || embed_all (&r, error);
}

VigJob *
vig_index_job_new (const char * const *folders)
{
  VigIndexJob *self = g_object_new (VIG_TYPE_INDEX_JOB, NULL);

  self->folders = g_strdupv ((char **) folders);
  vig_job_take_title (VIG_JOB (self), g_strdup (folders != NULL ? _("Bringing folders up to date")
                                                                : _("Looking at pictures")));

  return VIG_JOB (self);
}

VigJob *
vig_index_job_new_again (void)
{
  VigJob *job = vig_index_job_new (NULL);

  VIG_INDEX_JOB (job)->all = TRUE;
  vig_job_take_title (job, g_strdup (_("Bringing folders up to date")));

  return job;
}

const VigScan *
vig_index_job_get_scan (VigIndexJob *self)
{
  g_return_val_if_fail (VIG_IS_INDEX_JOB (self), NULL);

  return vig_job_is_over (VIG_JOB (self)) ? self->scan : NULL;
}

gboolean
vig_index_job_has_looked (VigIndexJob *self)
{
  g_return_val_if_fail (VIG_IS_INDEX_JOB (self), FALSE);

  return vig_job_is_over (VIG_JOB (self)) && self->looked;
}

static void
vig_index_job_finalize (GObject *object)
{
  VigIndexJob *self = VIG_INDEX_JOB (object);

  g_strfreev (self->folders);
  g_clear_pointer (&self->scan, vig_scan_free);

  G_OBJECT_CLASS (vig_index_job_parent_class)->finalize (object);
}

static void
vig_index_job_class_init (VigIndexJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_index_job_finalize;
  VIG_JOB_CLASS (klass)->run = vig_index_job_run;
}

static void
vig_index_job_init (VigIndexJob *self)
{
}
