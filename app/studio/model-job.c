/* model-job.c: a published model becomes one of the user's own */

#define G_LOG_DOMAIN "vig-model-job"

#include "config.h"

#include <glib/gi18n.h>

#include "studio/catalogue.h"
#include "studio/job-private.h"
#include "studio/model-job.h"
#include "studio/model-store.h"

struct _VigModelJob
{
  VigJob         parent_instance;

  char          *path;   /* owned; NULL: @name is fetched */
  char          *name;   /* owned; may be NULL */
  VigModelFiles *files;  /* owned; the thread's until it is done */
};

G_DEFINE_FINAL_TYPE (VigModelJob, vig_model_job, VIG_TYPE_JOB)

typedef struct
{
  VigJob      *job;
  VigWorkshop *workshop;
} Round;

static void
step_cb (double   fraction,
         gpointer data)
{
  const Round *r = data;

  vig_job_report (r->job, fraction, NULL);
  vig_workshop_yield (r->workshop);
}

static gboolean
vig_model_job_run (VigJob       *job,
                   VigWorkshop  *workshop,
                   GCancellable *cancellable,
                   GError      **error)
{
  VigModelJob *self = VIG_MODEL_JOB (job);
  VigProfile *profile = vig_library_get_profile (vig_workshop_get_library (workshop));
  const VigOffer *offer = self->path != NULL ? NULL : vig_catalogue_find (self->name);
  Round r = { job, workshop };

  if (self->path != NULL)
    self->files = vig_model_store_add (profile, self->path, self->name, NULL, NULL, cancellable, step_cb, &r, error);
  else if (offer != NULL)
    self->files = vig_offer_fetch (offer, profile, cancellable, step_cb, &r, error);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("No model “%s” can be downloaded; “vignette models download” lists those that can."), self->name);

  return self->files != NULL;
}

VigJob *
vig_model_job_new_download (const char *name)
{
  VigModelJob *self = g_object_new (VIG_TYPE_MODEL_JOB, NULL);

  self->name = g_strdup (name);
  vig_job_take_title (VIG_JOB (self), g_strdup_printf (_("Downloading “%s”"), name));

  return VIG_JOB (self);
}

VigJob *
vig_model_job_new_add (const char *path,
                       const char *name)
{
  VigModelJob *self = g_object_new (VIG_TYPE_MODEL_JOB, NULL);

  self->path = g_strdup (path);
  self->name = g_strdup (name);
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Adding a model")));

  return VIG_JOB (self);
}

const VigModelFiles *
vig_model_job_get_files (VigModelJob *self)
{
  g_return_val_if_fail (VIG_IS_MODEL_JOB (self), NULL);

  return vig_job_get_state (VIG_JOB (self)) == VIG_JOB_DONE ? self->files : NULL;
}

static void
vig_model_job_finalize (GObject *object)
{
  VigModelJob *self = VIG_MODEL_JOB (object);

  g_free (self->path);
  g_free (self->name);
  vig_model_files_free (self->files);

  G_OBJECT_CLASS (vig_model_job_parent_class)->finalize (object);
}

static void
vig_model_job_class_init (VigModelJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_model_job_finalize;
  VIG_JOB_CLASS (klass)->run = vig_model_job_run;
}

static void
vig_model_job_init (VigModelJob *self)
{
}
