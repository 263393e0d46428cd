/* tokenize-job.c: a text as the numbers that a model reads */

#define G_LOG_DOMAIN "vig-tokenize-job"

#include "config.h"

#include <glib/gi18n.h>

#include "studio/job-private.h"
#include "studio/model-files.h"
#include "studio/tokenize-job.h"

struct _VigTokenizeJob
{
  VigJob    parent_instance;

  char     *model;  /* owned; may be NULL */
  char     *text;   /* owned */

  GMutex    lock;   /* guards what follows */
  GCond     over_changed;
  gboolean  over;
  guint32  *ids;    /* owned; NULL if error is set */
  guint     n_ids;
  GError   *error;  /* owned */
};

G_DEFINE_FINAL_TYPE (VigTokenizeJob, vig_tokenize_job, VIG_TYPE_JOB)

/* A model that is used for this alone, unless the workshop uses it anyway. */
static guint32 *
tokenize_with (VigWorkshop         *workshop,
               const VigModelFiles *files,
               gboolean             in_use,
               const char          *text,
               uint32_t            *n_ids,
               GError             **error)
{
  g_autoptr(VcClip) own_clip = NULL;
  g_autoptr(VcDalle) own_dalle = NULL;
  VcDevice *device = vig_workshop_get_device (workshop, error);

  if (device == NULL)
    return NULL;

  if (files->kind == VIG_MODEL_CLIP)
    {
      VcClip *clip = in_use ? vig_workshop_get_clip (workshop, error)
                            : (own_clip = vc_clip_load (device, files->directory, error));

      return clip == NULL ? NULL : vc_clip_tokenize (clip, text, n_ids);
    }
  else
    {
      VcDalle *dalle = in_use ? vig_workshop_get_dalle (workshop, error)
                              : (own_dalle = vc_dalle_load (device, files->directory, error));

      return dalle == NULL ? NULL : vc_dalle_tokenize (dalle, text, n_ids);
    }
}

static guint32 *
tokenize (VigTokenizeJob *self,
          VigWorkshop    *workshop,
          uint32_t       *n_ids,
          GError        **error)
{
  const char *const asked[] = { self->model, NULL };
  const char *const *models = vig_workshop_get_models (workshop);
  g_autoptr(GPtrArray) found = NULL;
  const VigModelFiles *files;

  if (self->model == NULL)
    {
      VcClip *clip = vig_workshop_get_clip (workshop, error);

      return clip == NULL ? NULL : vc_clip_tokenize (clip, self->text, n_ids);
    }

  found = vig_model_files_find (vig_library_get_profile (vig_workshop_get_library (workshop)),
                                asked, error);
  if (found == NULL)
    return NULL;

  /* Of a pair, the CLIP. */
  files = found->pdata[0];
  for (guint i = 1; i < found->len; i++)
    if (((VigModelFiles *) found->pdata[i])->kind == VIG_MODEL_CLIP)
      files = found->pdata[i];

  return tokenize_with (workshop, files, models != NULL && g_strv_contains (models, self->model),
                        self->text, n_ids, error);
}

static void
finish (VigTokenizeJob *self,
        guint32        *ids,
        guint           n_ids,
        GError         *error)
{
  g_mutex_lock (&self->lock);
  self->ids = ids;
  self->n_ids = n_ids;
  self->error = error;
  self->over = TRUE;
  g_cond_signal (&self->over_changed);
  g_mutex_unlock (&self->lock);
}

static gboolean
vig_tokenize_job_run (VigJob       *job,
                      VigWorkshop  *workshop,
                      GCancellable *cancellable,
                      GError      **error)
{
  VigTokenizeJob *self = VIG_TOKENIZE_JOB (job);
  g_autoptr(GError) local = NULL;
  guint32 n_ids = 0;
  guint32 *ids = tokenize (self, workshop, &n_ids, &local);

  vig_workshop_explain (workshop, &local);
  finish (self, ids, n_ids, g_steal_pointer (&local));

  return TRUE;
}

void
vig_tokenize_job_give_up (VigTokenizeJob *self)
{
  finish (self, NULL, 0,
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("It was stopped.")));
}

guint32 *
vig_tokenize_job_wait (VigTokenizeJob *self,
                       guint          *n_ids,
                       GError        **error)
{
  g_mutex_lock (&self->lock);
  while (!self->over)
    g_cond_wait (&self->over_changed, &self->lock);
  g_mutex_unlock (&self->lock);

  *n_ids = self->n_ids;
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));

  return g_steal_pointer (&self->ids);
}

VigJob *
vig_tokenize_job_new (const char *model,
                      const char *text)
{
  VigTokenizeJob *self = g_object_new (VIG_TYPE_TOKENIZE_JOB, NULL);

  self->model = g_strdup (model);
  self->text = g_strdup (text);
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Reading words")));

  return VIG_JOB (self);
}

static void
vig_tokenize_job_finalize (GObject *object)
{
  VigTokenizeJob *self = VIG_TOKENIZE_JOB (object);

  g_free (self->model);
  g_free (self->text);
  g_free (self->ids);
  g_clear_error (&self->error);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->over_changed);

  G_OBJECT_CLASS (vig_tokenize_job_parent_class)->finalize (object);
}

static void
vig_tokenize_job_class_init (VigTokenizeJobClass *klass)
{
  VigJobClass *job_class = VIG_JOB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_tokenize_job_finalize;
  job_class->urgent = TRUE;
  job_class->run = vig_tokenize_job_run;
}

static void
vig_tokenize_job_init (VigTokenizeJob *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->over_changed);
}
