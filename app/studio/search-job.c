/* search-job.c: words and pictures become pictures of the library that mean the same */

#define G_LOG_DOMAIN "vig-search-job"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "library/query.h"
#include "studio/job-private.h"
#include "studio/phrases.h"
#include "studio/studio.h"

struct _VigSearchJob
{
  VigJob      parent_instance;

  VigTyped   *typed;    /* owned; all that is wanted and not */
  VigFilter  *filter;   /* owned; beside that of what was typed; may be NULL */
  guint       top;
  gboolean    by_date;
  VigResults *results;  /* owned; the thread's until it is done */
  char       *remark;   /* owned; may be NULL; the same */
};

G_DEFINE_FINAL_TYPE (VigSearchJob, vig_search_job, VIG_TYPE_JOB)

static gboolean
is_given (const char *text)
{
  return text != NULL && text[strspn (text, " \t\r\n")] != '\0';
}

static guint
count (char **list)
{
  return list != NULL ? g_strv_length (list) : 0;
}

/* Words as they are meant: without the marks that hold them together. */
static char *
strip_marks (const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, "\"", -1);

  return g_strstrip (g_strjoinv ("", parts));
}

/* (n, width) the rows of words and of files, of both together n; NULL: nothing, or an error. */
static float *
embed (VcClip        *clip,
       char         **texts,
       char         **files,
       guint         *n,
       GCancellable  *cancellable,
       GError       **error)
{
  const guint width = vc_clip_get_width (clip);
  const guint n_texts = count (texts), n_files = count (files);
  g_autofree float *rows = g_new (float, (gsize) (n_texts + n_files + 1) * width);

  for (*n = 0; *n < n_texts + n_files; (*n)++)
    {
      g_autofree char *bare = *n < n_texts ? strip_marks (texts[*n]) : NULL;
      g_autofree float *row = *n < n_texts ? vig_phrases_embed_query (clip, bare, cancellable, error)
                                           : vig_phrases_embed_file (clip, files[*n - n_texts], cancellable, error);

      if (row == NULL)
        return NULL;
      memcpy (rows + (gsize) *n * width, row, width * sizeof *row);
    }

  return *n > 0 ? g_steal_pointer (&rows) : NULL;
}

static gboolean
vig_search_job_run (VigJob       *job,
                    VigWorkshop  *workshop,
                    GCancellable *cancellable,
                    GError      **error)
{
  VigSearchJob *self = VIG_SEARCH_JOB (job);
  VigTyped *typed = self->typed;
  g_autoptr(GError) local = NULL;
  g_autofree float *wanted = NULL;
  g_autofree float *unwanted = NULL;
  const char *instead = NULL;
  VcClip *clip = vig_workshop_try_finder (workshop, &instead, &local);
  char *words[] = { typed->text, NULL };
  VigQuery query = { .text = typed->text, .top = self->top, .kind = -1, .by_date = self->by_date,
                     .filters = { typed->filter, self->filter } };

  if (clip == NULL && local == NULL && (typed->like != NULL || typed->unlike != NULL))
    g_set_error_literal (&local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _("Finding pictures by a picture takes a CLIP model, and there is none."));

  if (clip != NULL)
    wanted = embed (clip, is_given (typed->text) ? words : NULL, typed->like, &query.n_vectors, cancellable, &local);
  if (clip != NULL && local == NULL)
    unwanted = embed (clip, typed->minus, typed->unlike, &query.n_minus, cancellable, &local);
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

static void
add_all (char               ***list,
         const char * const   *more)
{
  for (guint i = 0; more != NULL && more[i] != NULL; i++)
    {
      if (*more[i] != '\0')
        vig_filter_add (list, more[i]);
    }
}

VigJob *
vig_search_job_new_for (const VigSought *sought)
{
  g_return_val_if_fail (sought != NULL, NULL);

  VigSearchJob *self = g_object_new (VIG_TYPE_SEARCH_JOB, NULL);

  self->typed = vig_typed_parse (sought->typed);
  add_all (&self->typed->like, sought->like);
  add_all (&self->typed->unlike, sought->unlike);
  add_all (&self->typed->minus, sought->minus);
  for (guint i = 0; i < count (self->typed->minus); i++)
    {
      char *valid = g_utf8_make_valid (self->typed->minus[i], -1);

      g_free (self->typed->minus[i]);
      self->typed->minus[i] = valid;
    }
  self->filter = sought->filter != NULL ? vig_filter_copy (sought->filter) : NULL;
  self->top = sought->top;
  self->by_date = sought->by_date;
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Finding pictures")));

  return VIG_JOB (self);
}

VigJob *
vig_search_job_new (const char *text,
                    const char *image,
                    const char *minus,
                    guint       top,
                    int         kind)
{
  const char *like[] = { image, NULL }, *not[] = { minus, NULL };
  g_autoptr(VigFilter) filter = vig_filter_new ();
  const VigSought sought = { .typed = text, .like = like, .minus = not, .filter = filter, .top = top };

  filter->kind = kind;

  return vig_search_job_new_for (&sought);
}

gboolean
vig_search_job_asks (VigSearchJob *self)
{
  g_return_val_if_fail (VIG_IS_SEARCH_JOB (self), FALSE);

  const VigTyped *typed = self->typed;

  return is_given (typed->text) || typed->like != NULL || typed->unlike != NULL || typed->minus != NULL ||
         !vig_filter_equal (typed->filter, NULL) || !vig_filter_equal (self->filter, NULL);
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

  g_free (self->remark);
  vig_typed_free (self->typed);
  vig_filter_free (self->filter);
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
