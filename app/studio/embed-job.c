/* embed-job.c: texts and picture files as unit rows, for the command line */

#define G_LOG_DOMAIN "vig-embed-job"

#include "config.h"

#include <glib/gi18n.h>

#include "studio/job-private.h"
#include "studio/phrases.h"
#include "studio/studio.h"

struct _VigEmbedJob
{
  VigJob     parent_instance;

  GPtrArray *rows;   /* owned; of VigEmbedded, without their vectors until it is done */
  guint      width;
  char      *model;  /* owned; NULL until it is known */
};

G_DEFINE_FINAL_TYPE (VigEmbedJob, vig_embed_job, VIG_TYPE_JOB)

static void
embedded_free (gpointer data)
{
  VigEmbedded *row = data;

  g_free (row->input);
  g_free (row->vector);
  g_free (row->error);
  g_free (row);
}

/* A broken file is one row with its reason; what is wrong with device or model stops the job. */
static gboolean
embed_row (VigEmbedded  *row,
           VcClip       *clip,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr(GError) local = NULL;

  row->vector = row->is_text ? vig_phrases_embed_text (clip, row->input, cancellable, &local)
                             : vig_phrases_embed_file (clip, row->input, cancellable, &local);
  if (row->vector != NULL)
    return TRUE;

  if (local->domain == VC_ERROR || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  row->error = g_strdup (local->message);

  return TRUE;
}

static gboolean
embed_all (VigEmbedJob  *self,
           VigWorkshop  *workshop,
           GCancellable *cancellable,
           GError      **error)
{
  VcClip *clip = vig_workshop_get_clip (workshop, error);

  if (clip == NULL)
    return FALSE;

  self->width = vc_clip_get_width (clip);
  g_free (self->model);
  self->model = g_strdup (vig_workshop_get_clip_name (workshop));

  for (guint i = 0; i < self->rows->len; i++)
    {
      VigEmbedded *row = self->rows->pdata[i];

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          (row->vector == NULL && row->error == NULL && !embed_row (row, clip, cancellable, error)))
        return FALSE;

      vig_job_report (VIG_JOB (self), (double) (i + 1) / self->rows->len, "%u / %u", i + 1,
                      self->rows->len);
      vig_workshop_yield (workshop);
    }

  return TRUE;
}

static gboolean
vig_embed_job_run (VigJob       *job,
                   VigWorkshop  *workshop,
                   GCancellable *cancellable,
                   GError      **error)
{
  return embed_all (VIG_EMBED_JOB (job), workshop, cancellable, error);
}

static void
add_rows (VigEmbedJob        *self,
          const char * const *inputs,
          gboolean            is_text)
{
  for (guint i = 0; inputs != NULL && inputs[i] != NULL; i++)
    {
      VigEmbedded *row = g_new0 (VigEmbedded, 1);

      row->is_text = is_text;
      row->input = is_text ? g_utf8_make_valid (inputs[i], -1) : g_strdup (inputs[i]);
      g_ptr_array_add (self->rows, row);
    }
}

VigJob *
vig_embed_job_new (const char * const *texts,
                   const char * const *paths)
{
  VigEmbedJob *self = g_object_new (VIG_TYPE_EMBED_JOB, NULL);

  add_rows (self, texts, TRUE);
  add_rows (self, paths, FALSE);
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Looking at pictures")));

  return VIG_JOB (self);
}

GPtrArray *
vig_embed_job_get_rows (VigEmbedJob *self)
{
  g_return_val_if_fail (VIG_IS_EMBED_JOB (self), NULL);

  return vig_job_is_over (VIG_JOB (self)) ? self->rows : NULL;
}

guint
vig_embed_job_get_width (VigEmbedJob *self)
{
  g_return_val_if_fail (VIG_IS_EMBED_JOB (self), 0);

  return vig_job_is_over (VIG_JOB (self)) ? self->width : 0;
}

const char *
vig_embed_job_get_model (VigEmbedJob *self)
{
  g_return_val_if_fail (VIG_IS_EMBED_JOB (self), NULL);

  return vig_job_is_over (VIG_JOB (self)) ? self->model : NULL;
}

static void
vig_embed_job_finalize (GObject *object)
{
  VigEmbedJob *self = VIG_EMBED_JOB (object);

  g_ptr_array_unref (self->rows);
  g_free (self->model);

  G_OBJECT_CLASS (vig_embed_job_parent_class)->finalize (object);
}

static void
vig_embed_job_class_init (VigEmbedJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_embed_job_finalize;
  VIG_JOB_CLASS (klass)->run = vig_embed_job_run;
}

static void
vig_embed_job_init (VigEmbedJob *self)
{
  self->rows = g_ptr_array_new_with_free_func (embedded_free);
}
