/* tag-job.c: what is in these pictures, in words of a list */

#define G_LOG_DOMAIN "vig-tag-job"

#include "config.h"

#include <glib/gi18n.h>

#include "library/files.h"
#include "studio/job-private.h"
#include "studio/labels.h"
#include "studio/phrases.h"
#include "studio/studio.h"

struct _VigTagJob
{
  VigJob     parent_instance;

  char     **paths;    /* owned */
  char     **words;    /* owned; NULL: the vocabulary that comes with the program */
  guint      top;

  GMutex     lock;
  GPtrArray *found;    /* owned; under the lock: of VigTagged that are not published yet */
  GPtrArray *results;  /* owned; main context: of VigTagged */
  guint      done;     /* the thread's: how many of the paths */
  gboolean   taught;   /* tags that were taught are suggested too */
  char      *hash;     /* owned; under the lock: of the model */
  char      *shown;    /* owned; main context: the same, once there is a result */
};

G_DEFINE_FINAL_TYPE (VigTagJob, vig_tag_job, VIG_TYPE_JOB)

enum
{
  TAGGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
label_free (gpointer data)
{
  VigLabel *label = data;

  g_free (label->label);
  g_free (label->tag);
  g_free (label);
}

static void
tagged_free (gpointer data)
{
  VigTagged *tagged = data;

  g_free (tagged->path);
  g_free (tagged->error);
  g_clear_pointer (&tagged->labels, g_ptr_array_unref);
  g_free (tagged);
}

/* (width) the picture's row: as the library has it, or made now, and kept if it has the picture. */
static float *
find_row (VigLibrary   *library,
          VigPicture   *known,
          VcClip       *clip,
          const char   *path,
          const char   *hash,
          GCancellable *cancellable,
          GError      **error)
{
  const guint width = vc_clip_get_width (clip);
  guint kept_width = 0;
  g_autoptr(GError) local = NULL;
  g_autofree float *row = vig_library_load_vector (library, vc_clip_get_hash (clip), hash,
                                                   &kept_width, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (row != NULL && kept_width == width)
    return g_steal_pointer (&row);

  g_free (row);
  row = vig_phrases_embed_file (clip, path, cancellable, error);
  if (row == NULL ||
      (known != NULL && !vig_library_save_vectors (library, vc_clip_get_hash (clip), &known, row, 1,
                                                   width, error)))
    return NULL;

  return g_steal_pointer (&row);
}

static int
compare_labels (gconstpointer a,
                gconstpointer b)
{
  const VigLabel *x = *(const VigLabel *const *) a;
  const VigLabel *y = *(const VigLabel *const *) b;

  return x->score > y->score ? -1 : x->score < y->score;
}

static gboolean
is_refused (const VigKnownLabel *known,
            const char * const  *refused)
{
  return refused != NULL && (g_strv_contains (refused, known->tag) || g_strv_contains (refused, known->label));
}

/* The likeliest words that were not refused for this picture. */
static GPtrArray *
choose_labels (const VigLabels    *labels,
               const double       *scores,
               const char * const *refused,
               guint               top,
               guint              *n_there)
{
  GPtrArray *chosen = g_ptr_array_new_with_free_func (label_free);

  *n_there = 0;
  for (guint i = 0; i < labels->known->len; i++)
    {
      const VigKnownLabel *known = labels->known->pdata[i];
      VigLabel *label;

      if (is_refused (known, refused))
        continue;

      label = g_new (VigLabel, 1);
      label->label = g_strdup (known->label);
      label->tag = g_strdup (known->tag);
      label->score = scores[i];
      label->threshold = known->threshold;
      label->taught = known->probe != NULL;
      *n_there += label->score >= label->threshold;
      g_ptr_array_add (chosen, label);
    }
  g_ptr_array_sort (chosen, compare_labels);
  if (chosen->len > top)
    g_ptr_array_set_size (chosen, top);

  return chosen;
}

static GPtrArray *
rate_file (VigTagJob       *self,
           VigLibrary      *library,
           VcClip          *clip,
           const VigLabels *labels,
           const char      *path,
           guint           *n_there,
           GCancellable    *cancellable,
           GError         **error)
{
  g_autofree char *hash = vig_file_hash (path, cancellable, error);
  g_autoptr(GError) local = NULL;
  g_autoptr(VigPicture) known = NULL;
  g_auto(GStrv) refused = NULL;
  g_autofree float *row = NULL;
  g_autofree double *scores = g_new (double, labels->known->len);

  if (hash == NULL)
    return NULL;

  known = vig_library_find_content (library, hash, &local);
  if (known != NULL)
    refused = vig_library_list_refused (library, known, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  row = find_row (library, known, clip, path, hash, cancellable, error);
  if (row == NULL)
    return NULL;

  vig_labels_rate (labels, row, scores);

  return choose_labels (labels, scores, (const char * const *) refused, self->top, n_there);
}

/* A broken file is one result with its reason; what is wrong with the device stops the job. */
static gboolean
tag_file (VigTagJob       *self,
          VigLibrary      *library,
          VcClip          *clip,
          const VigLabels *labels,
          GCancellable    *cancellable,
          GError         **error)
{
  const char *path = self->paths[self->done];
  g_autoptr(GError) local = NULL;
  guint n_there = 0;
  GPtrArray *chosen = rate_file (self, library, clip, labels, path, &n_there, cancellable, &local);
  VigTagged *tagged;

  if (chosen == NULL &&
      (local->domain == VC_ERROR || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  tagged = g_new0 (VigTagged, 1);
  tagged->path = g_strdup (path);
  tagged->labels = chosen;
  tagged->n_there = n_there;
  tagged->error = chosen != NULL ? NULL : g_strdup (local->message);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->found, tagged);
  g_mutex_unlock (&self->lock);
  self->done++;

  return TRUE;
}

static gboolean
tag_all (VigTagJob    *self,
         VigWorkshop  *workshop,
         GCancellable *cancellable,
         GError      **error)
{
  const guint n = g_strv_length (self->paths);
  VcClip *clip = vig_workshop_get_clip (workshop, error);
  g_autoptr(VigLabels) labels = NULL;

  if (clip == NULL)
    return FALSE;

  g_mutex_lock (&self->lock);
  g_free (self->hash);
  self->hash = g_strdup (vc_clip_get_hash (clip));
  g_mutex_unlock (&self->lock);
  labels = vig_labels_new (workshop, clip, (const char * const *) self->words, self->taught || self->words == NULL,
                           cancellable, error);
  if (labels == NULL)
    return FALSE;

  while (self->done < n)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !tag_file (self, vig_workshop_get_library (workshop), clip, labels, cancellable, error))
        return FALSE;

      vig_job_report (VIG_JOB (self), (double) self->done / n, _("%u of %u files"), self->done, n);
      vig_workshop_yield (workshop);
    }

  return TRUE;
}

static gboolean
vig_tag_job_run (VigJob       *job,
                 VigWorkshop  *workshop,
                 GCancellable *cancellable,
                 GError      **error)
{
  return tag_all (VIG_TAG_JOB (job), workshop, cancellable, error);
}

static void
vig_tag_job_publish (VigJob *job)
{
  VigTagJob *self = VIG_TAG_JOB (job);
  const guint first = self->results->len;

  g_mutex_lock (&self->lock);
  g_ptr_array_extend_and_steal (self->results, g_steal_pointer (&self->found));
  self->found = g_ptr_array_new_with_free_func (tagged_free);
  if (self->shown == NULL && self->results->len > 0)
    self->shown = g_strdup (self->hash);
  g_mutex_unlock (&self->lock);

  for (guint i = first; i < self->results->len; i++)
    g_signal_emit (self, signals[TAGGED], 0, i);
}

VigJob *
vig_tag_job_new (const char * const *paths,
                 const char * const *labels,
                 guint               top)
{
  VigTagJob *self = g_object_new (VIG_TYPE_TAG_JOB, NULL);

  self->paths = g_strdupv ((char **) paths);
  self->words = g_strdupv ((char **) labels);
  self->top = top;
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Finding tags")));

  return VIG_JOB (self);
}

GPtrArray *
vig_tag_job_get_results (VigTagJob *self)
{
  g_return_val_if_fail (VIG_IS_TAG_JOB (self), NULL);

  return self->results;
}

const char *
vig_tag_job_get_model_hash (VigTagJob *self)
{
  g_return_val_if_fail (VIG_IS_TAG_JOB (self), NULL);

  return self->shown;
}

void
vig_tag_job_set_taught (VigTagJob *self,
                        gboolean   taught)
{
  g_return_if_fail (VIG_IS_TAG_JOB (self));

  self->taught = taught;
}

static void
vig_tag_job_finalize (GObject *object)
{
  VigTagJob *self = VIG_TAG_JOB (object);

  g_strfreev (self->paths);
  g_strfreev (self->words);
  g_free (self->hash);
  g_free (self->shown);
  g_ptr_array_unref (self->found);
  g_ptr_array_unref (self->results);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (vig_tag_job_parent_class)->finalize (object);
}

static void
vig_tag_job_class_init (VigTagJobClass *klass)
{
  VigJobClass *job_class = VIG_JOB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_tag_job_finalize;
  job_class->run = vig_tag_job_run;
  job_class->publish = vig_tag_job_publish;

  signals[TAGGED] = g_signal_new ("tagged", VIG_TYPE_TAG_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
vig_tag_job_init (VigTagJob *self)
{
  g_mutex_init (&self->lock);
  self->found = g_ptr_array_new_with_free_func (tagged_free);
  self->results = g_ptr_array_new_with_free_func (tagged_free);
}
