/* complete-job.c: a prompt begun becomes ways to end it */

#define G_LOG_DOMAIN "vig-complete-job"

#include "config.h"

#include <glib/gi18n.h>

#include "studio/job-private.h"
#include "studio/studio.h"

struct _VigCompleteJob
{
  VigJob     parent_instance;

  char      *text;   /* owned */
  guint      count;
  guint64    seed;
  GPtrArray *texts;  /* owned; of strings, NULL at their end; the thread's until it is done */
};

G_DEFINE_FINAL_TYPE (VigCompleteJob, vig_complete_job, VIG_TYPE_JOB)

static gboolean
vig_complete_job_run (VigJob       *job,
                      VigWorkshop  *workshop,
                      GCancellable *cancellable,
                      GError      **error)
{
  VigCompleteJob *self = VIG_COMPLETE_JOB (job);
  VcDalle *dalle = vig_workshop_get_dalle (workshop, error);

  if (dalle == NULL)
    return FALSE;

  for (guint i = self->texts->len; i < self->count; i++)
    {
      char *text;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      text = vc_dalle_complete (dalle, self->text, self->seed + i, error);
      if (text == NULL)
        return FALSE;

      g_ptr_array_add (self->texts, text);
      vig_job_report (job, (double) (i + 1) / self->count, NULL);
      vig_workshop_yield (workshop);
    }
  g_ptr_array_add (self->texts, NULL);

  return TRUE;
}

VigJob *
vig_complete_job_new (const char *text,
                      guint       count,
                      guint64     seed)
{
  VigCompleteJob *self = g_object_new (VIG_TYPE_COMPLETE_JOB, NULL);

  self->text = g_utf8_make_valid (text, -1);
  self->count = count;
  self->seed = seed;
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Ending a prompt")));

  return VIG_JOB (self);
}

const char * const *
vig_complete_job_get_texts (VigCompleteJob *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (VIG_IS_COMPLETE_JOB (self), NULL);

  return vig_job_get_state (VIG_JOB (self)) == VIG_JOB_DONE
         ? (const char * const *) self->texts->pdata : none;
}

static void
vig_complete_job_finalize (GObject *object)
{
  VigCompleteJob *self = VIG_COMPLETE_JOB (object);

  g_free (self->text);
  g_ptr_array_unref (self->texts);

  G_OBJECT_CLASS (vig_complete_job_parent_class)->finalize (object);
}

static void
vig_complete_job_class_init (VigCompleteJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_complete_job_finalize;
  VIG_JOB_CLASS (klass)->run = vig_complete_job_run;
}

static void
vig_complete_job_init (VigCompleteJob *self)
{
  self->texts = g_ptr_array_new_with_free_func (g_free);
}
