/* search-job.c: words or a picture become pictures of the library that mean the same */

#define G_LOG_DOMAIN "vig-search-job"

#include "config.h"

#include <glib/gi18n.h>

#include "studio/job-private.h"
#include "studio/phrases.h"
#include "studio/studio.h"

struct _VigSearchJob
{
  VigJob      parent_instance;

  char       *text;     /* owned; may be NULL */
  char       *image;    /* owned; may be NULL */
  char       *minus;    /* owned; may be NULL */
  guint       top;
  int         kind;
  VigResults *results;  /* owned; the thread's until it is done */
  char       *remark;   /* owned; may be NULL; the same */
};

G_DEFINE_FINAL_TYPE (VigSearchJob, vig_search_job, VIG_TYPE_JOB)

static gboolean
is_given (const char *text)
{
  return text != NULL && *text != '\0';
}

/* (width) what is looked for: words, a picture, or halfway between; NULL: nothing, or an error. */
static float *
embed_wanted (VigSearchJob *self,
              VcClip       *clip,
              GCancellable *cancellable,
              GError      **error)
{
  g_autofree float *words = NULL;
  g_autofree float *picture = NULL;

  if (is_given (self->text))
    {
      words = vig_phrases_embed_query (clip, self->text, cancellable, error);
      if (words == NULL)
        return NULL;
    }

  if (self->image != NULL)
    {
      picture = vig_phrases_embed_file (clip, self->image, cancellable, error);
      if (picture == NULL)
        return NULL;
    }

  if (words != NULL && picture != NULL)
    vig_phrases_mix (words, picture, vc_clip_get_width (clip));

  return words != NULL ? g_steal_pointer (&words) : g_steal_pointer (&picture);
}

static gboolean
vig_search_job_run (VigJob       *job,
                    VigWorkshop  *workshop,
                    GCancellable *cancellable,
                    GError      **error)
{
  VigSearchJob *self = VIG_SEARCH_JOB (job);
  g_autoptr(GError) local = NULL;
  g_autofree float *wanted = NULL;
  g_autofree float *unwanted = NULL;
  const char *instead = NULL;
  VcClip *clip = vig_workshop_try_finder (workshop, &instead, &local);
  VigQuery query = { .text = self->text, .top = self->top, .kind = self->kind };

  if (clip == NULL && local == NULL && self->image != NULL)
    g_set_error_literal (&local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _("Finding pictures by a picture takes a CLIP model, and there is none."));

  if (clip != NULL)
    wanted = embed_wanted (self, clip, cancellable, &local);
  if (wanted != NULL && is_given (self->minus))
    unwanted = vig_phrases_embed_query (clip, self->minus, cancellable, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  if (instead != NULL)
    {
      self->remark = g_strdup_printf (_("Found by “%s”, until “%s” has looked at as many pictures."), instead,
                                      vig_workshop_get_clip_name (workshop));
      vig_job_report (job, -1, "%s", self->remark);
    }

  if (clip != NULL)
    {
      query.model_hash = vc_clip_get_hash (clip);
      query.width = vc_clip_get_width (clip);
      query.vector = wanted;
      query.minus = unwanted;
    }
  else
    vig_job_report (job, -1, "%s", _("By words alone: there is no CLIP model"));

  self->results = vig_library_search (vig_workshop_get_library (workshop), &query, cancellable,
                                      error);

  return self->results != NULL;
}

VigJob *
vig_search_job_new (const char *text,
                    const char *image,
                    const char *minus,
                    guint       top,
                    int         kind)
{
  VigSearchJob *self = g_object_new (VIG_TYPE_SEARCH_JOB, NULL);

  self->text = text == NULL ? NULL : g_utf8_make_valid (text, -1);
  self->image = g_strdup (image);
  self->minus = minus == NULL ? NULL : g_utf8_make_valid (minus, -1);
  self->top = top;
  self->kind = kind;
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Finding pictures")));

  return VIG_JOB (self);
}

VigResults *
vig_search_job_get_results (VigSearchJob *self)
{
  g_return_val_if_fail (VIG_IS_SEARCH_JOB (self), NULL);

  return vig_job_get_state (VIG_JOB (self)) == VIG_JOB_DONE ? self->results : NULL;
}

const char *
vig_search_job_get_remark (VigSearchJob *self)
{
  g_return_val_if_fail (VIG_IS_SEARCH_JOB (self), NULL);

  return vig_job_get_state (VIG_JOB (self)) == VIG_JOB_DONE ? self->remark : NULL;
}

static void
vig_search_job_finalize (GObject *object)
{
  VigSearchJob *self = VIG_SEARCH_JOB (object);

  g_free (self->text);
  g_free (self->image);
  g_free (self->minus);
  g_free (self->remark);
  g_clear_pointer (&self->results, vig_results_free);

  G_OBJECT_CLASS (vig_search_job_parent_class)->finalize (object);
}

static void
vig_search_job_class_init (VigSearchJobClass *klass)
{
  VigJobClass *job_class = VIG_JOB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_search_job_finalize;
  job_class->urgent = TRUE;
  job_class->run = vig_search_job_run;
}

static void
vig_search_job_init (VigSearchJob *self)
{
}
