/* rate-job.c: how sure one tag is of each picture of the library */

#define G_LOG_DOMAIN "vig-rate-job"

#include "config.h"

#include <glib/gi18n.h>

#include "studio/job-private.h"
#include "studio/labels.h"
#include "studio/studio.h"

struct _VigRateJob
{
  VigJob     parent_instance;

  char      *tag;        /* owned */
  guint      top;
  GPtrArray *results;    /* owned; of VigRated; the thread's until it is done, as what follows */
  double     threshold;
};

G_DEFINE_FINAL_TYPE (VigRateJob, vig_rate_job, VIG_TYPE_JOB)

static void
rated_free (gpointer data)
{
  VigRated *rated = data;

  g_object_unref (rated->picture);
  g_free (rated);
}

static int
compare_rated (gconstpointer a,
               gconstpointer b)
{
  const VigRated *x = *(const VigRated *const *) a;
  const VigRated *y = *(const VigRated *const *) b;

  return x->score > y->score ? -1 : x->score < y->score;
}

/* The search finds those that come near at all; each of them is then rated as when it is tagged. */
static gboolean
rate (VigRateJob    *self,
      VigWorkshop   *workshop,
      GCancellable  *cancellable,
      GError       **error)
{
  const char *lines[] = { self->tag, NULL };
  VigLibrary *library = vig_workshop_get_library (workshop);
  VcClip *clip = vig_workshop_get_clip (workshop, error);
  g_autoptr(VigLabels) labels =
    clip != NULL ? vig_labels_new (workshop, clip, lines, FALSE, cancellable, error) : NULL;
  g_autofree float *direction = NULL;
  g_autoptr(VigResults) near = NULL;
  VigQuery query = { .top = self->top, .kind = -1 };

  if (labels == NULL)
    return FALSE;
  g_ptr_array_set_size (self->results, 0);
  if (labels->known->len == 0)
    return TRUE;

  direction = vig_labels_dup_direction (labels, 0);
  query.model_hash = vc_clip_get_hash (clip);
  query.width = labels->background->width;
  query.vector = direction;
  near = vig_library_search (library, &query, cancellable, error);
  if (near == NULL)
    return FALSE;

  self->threshold = ((const VigKnownLabel *) labels->known->pdata[0])->threshold;
  for (guint i = 0; i < near->results->len; i++)
    {
      const VigResult *result = near->results->pdata[i];
      guint width = 0;
      g_autoptr(GError) local = NULL;
      g_autofree float *row = vig_library_load_vector (library, query.model_hash, vig_picture_get_hash (result->picture),
                                                       &width, &local);
      VigRated *rated;

      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (row == NULL || width != query.width)
        continue;

      rated = g_new (VigRated, 1);
      rated->picture = g_object_ref (result->picture);
      vig_labels_rate (labels, row, &rated->score);
      g_ptr_array_add (self->results, rated);
    }
  g_ptr_array_sort (self->results, compare_rated);

  return TRUE;
}

static gboolean
vig_rate_job_run (VigJob        *job,
                  VigWorkshop   *workshop,
                  GCancellable  *cancellable,
                  GError       **error)
{
  return rate (VIG_RATE_JOB (job), workshop, cancellable, error);
}

VigJob *
vig_rate_job_new (const char *tag,
                  guint       top)
{
  g_return_val_if_fail (tag != NULL, NULL);

  VigRateJob *self = g_object_new (VIG_TYPE_RATE_JOB, NULL);

  self->tag = g_utf8_make_valid (tag, -1);
  self->top = top;
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Finding pictures at the border")));

  return VIG_JOB (self);
}

GPtrArray *
vig_rate_job_get_results (VigRateJob *self)
{
  g_return_val_if_fail (VIG_IS_RATE_JOB (self), NULL);

  return vig_job_get_state (VIG_JOB (self)) == VIG_JOB_DONE ? self->results : NULL;
}

double
vig_rate_job_get_threshold (VigRateJob *self)
{
  g_return_val_if_fail (VIG_IS_RATE_JOB (self), VIG_SURE);

  return self->threshold;
}

guint
vig_rate_job_count (VigRateJob *self,
                    double      threshold)
{
  guint count = 0;

  g_return_val_if_fail (VIG_IS_RATE_JOB (self), 0);

  while (count < self->results->len && ((const VigRated *) self->results->pdata[count])->score >= threshold)
    count++;

  return count;
}

static void
vig_rate_job_finalize (GObject *object)
{
  VigRateJob *self = VIG_RATE_JOB (object);

  g_free (self->tag);
  g_ptr_array_unref (self->results);

  G_OBJECT_CLASS (vig_rate_job_parent_class)->finalize (object);
}

static void
vig_rate_job_class_init (VigRateJobClass *klass)
{
  VigJobClass *job_class = VIG_JOB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_rate_job_finalize;
  job_class->run = vig_rate_job_run;
}

static void
vig_rate_job_init (VigRateJob *self)
{
  self->results = g_ptr_array_new_with_free_func (rated_free);
  self->threshold = VIG_SURE;
}
