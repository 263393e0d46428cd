/* looks.c: what the studio sees in some pictures, by the words of a list */

#define G_LOG_DOMAIN "vig-looks"

#include "config.h"

#include "library/tags.h"
#include "studio/vocabulary.h"
#include "ui/errand.h"
#include "ui/looks.h"

#define N_SUGGESTIONS 12

struct _VigLooks
{
  GObject parent_instance;

  VigStudio    *studio;    /* owned */
  char        **paths;     /* owned; or NULL */
  char        **lines;     /* owned; the words; NULL until they are read */
  VigJob       *job;       /* owned; NULL until the words are read */
  char         *error;     /* owned; why it failed, or NULL */
  GHashTable   *lines_of;  /* owned; of char * by tag */
  GHashTable   *refused;   /* owned; set of “PATH\nTAG” */
  GCancellable *reading;   /* owned; or NULL */
};

enum { SEEN, FAILED, CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigLooks, vig_looks, G_TYPE_OBJECT)

/* ---- What is known ---- */

const VigTagged *
vig_looks_get (VigLooks *self,
               guint     index)
{
  GPtrArray *results = self->job != NULL ? vig_tag_job_get_results (VIG_TAG_JOB (self->job)) : NULL;

  g_return_val_if_fail (VIG_IS_LOOKS (self), NULL);

  return results != NULL && index < results->len ? g_ptr_array_index (results, index) : NULL;
}

gboolean
vig_looks_is_done (VigLooks *self)
{
  g_return_val_if_fail (VIG_IS_LOOKS (self), FALSE);

  return self->job != NULL && vig_job_get_state (self->job) == VIG_JOB_DONE;
}

const char *
vig_looks_get_error (VigLooks *self)
{
  g_return_val_if_fail (VIG_IS_LOOKS (self), NULL);

  return self->error;
}

const char *
vig_looks_get_hash (VigLooks *self)
{
  g_return_val_if_fail (VIG_IS_LOOKS (self), NULL);

  return self->job != NULL ? vig_tag_job_get_model_hash (VIG_TAG_JOB (self->job)) : NULL;
}

const char * const *
vig_looks_get_lines (VigLooks *self)
{
  g_return_val_if_fail (VIG_IS_LOOKS (self), NULL);

  return (const char * const *) self->lines;
}

char *
vig_looks_dup_line (VigLooks   *self,
                    const char *tag)
{
  const char *line = g_hash_table_lookup (self->lines_of, tag);

  g_return_val_if_fail (VIG_IS_LOOKS (self), NULL);

  return g_strdup (line != NULL ? line : tag);
}

/* ---- What was refused ---- */

static char *
make_key (VigLooks   *self,
          guint       index,
          const char *tag)
{
  return g_strdup_printf ("%s\n%s", self->paths[index], tag);
}

void
vig_looks_refuse (VigLooks   *self,
                  guint       index,
                  const char *tag)
{
  g_return_if_fail (VIG_IS_LOOKS (self));

  g_hash_table_add (self->refused, make_key (self, index, tag));
}

gboolean
vig_looks_is_refused (VigLooks   *self,
                      guint       index,
                      const char *tag)
{
  g_autofree char *key = make_key (self, index, tag);

  return g_hash_table_contains (self->refused, key);
}

void
vig_looks_pardon (VigLooks *self)
{
  g_return_if_fail (VIG_IS_LOOKS (self));

  g_hash_table_remove_all (self->refused);
}

/* ---- Looking ---- */

static void
set_error (VigLooks   *self,
           const char *sentence)
{
  g_free (self->error);
  self->error = g_strdup (sentence);
  g_signal_emit (self, signals[FAILED], 0, self->error);
}

static void
tagged_cb (VigLooks *self)
{
  g_signal_emit (self, signals[SEEN], 0);
}

static void
state_cb (VigLooks *self)
{
  if (vig_job_get_state (self->job) == VIG_JOB_FAILED)
    set_error (self, vig_job_get_error (self->job)->message);
  if (vig_job_is_over (self->job))
    g_signal_emit (self, signals[CHANGED], 0);
}

static gpointer
read_words (gpointer       object,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  return vig_vocabulary_load (data, error);
}

static void
take_lines (VigLooks *self,
            char    **lines)
{
  g_autoptr(GPtrArray) words = vig_vocabulary_parse ((const char * const *) lines);

  self->lines = lines;
  for (guint i = 0; i < words->len; i++)
    {
      const VigWord *word = g_ptr_array_index (words, i);
      g_autofree char *names = g_strjoinv (", ", word->names);

      g_hash_table_insert (self->lines_of, g_strdup (word->tag), g_strconcat (word->tag, " = ", names, NULL));
    }
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(VigLooks) self = user_data;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = vig_errand_finish (result, &error);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;

  if (lines == NULL)
    {
      set_error (self, error->message);
      return;
    }

  take_lines (self, g_steal_pointer (&lines));
  self->job = vig_tag_job_new ((const char * const *) self->paths, (const char * const *) self->lines, N_SUGGESTIONS);
  vig_tag_job_set_taught (VIG_TAG_JOB (self->job), TRUE);
  g_signal_connect_object (self->job, "tagged", G_CALLBACK (tagged_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->job, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  vig_studio_submit (self->studio, self->job);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* All but the paths is forgotten. */
static void
stop (VigLooks *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      if (!vig_job_is_over (self->job))
        vig_job_stop (self->job);
    }
  g_clear_object (&self->job);
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->lines, g_strfreev);
  g_hash_table_remove_all (self->lines_of);
  g_hash_table_remove_all (self->refused);
}

void
vig_looks_begin (VigLooks           *self,
                 const char * const *paths,
                 const char         *list)
{
  g_return_if_fail (VIG_IS_LOOKS (self));

  stop (self);
  if (paths != NULL)
    {
      g_strfreev (self->paths);
      self->paths = g_strdupv ((char **) paths);
    }
  self->reading = g_cancellable_new ();
  vig_errand_async (NULL, read_words, g_strdup (list), g_free, (GDestroyNotify) g_strfreev, self->reading, read_cb,
                    g_object_ref (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

void
vig_looks_end (VigLooks *self)
{
  g_return_if_fail (VIG_IS_LOOKS (self));

  stop (self);
  g_clear_pointer (&self->paths, g_strfreev);
}

/* ---- Many pictures at once ---- */

static void
edit_clear (gpointer data)
{
  VigTagEdit *edit = data;

  g_clear_object (&edit->picture);
  g_free ((char *) edit->tag);
}

/* What is to be gathered: an edit whose picture is not known yet, and the path of that. */
typedef struct
{
  GPtrArray *paths;  /* owned; of char *, of each edit */
  GArray    *edits;  /* owned; of VigTagEdit */
} Gathering;

static void
gathering_free (gpointer data)
{
  Gathering *gathering = data;

  g_ptr_array_unref (gathering->paths);
  g_array_unref (gathering->edits);
  g_free (gathering);
}

/* Those that the library cannot take are left out. */
static gpointer
add_files (gpointer       object,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  Gathering *gathering = data;
  GArray *edits = g_array_new (FALSE, FALSE, sizeof (VigTagEdit));
  g_autoptr(VigPicture) picture = NULL;
  const char *last = NULL;

  g_array_set_clear_func (edits, edit_clear);
  for (guint i = 0; i < gathering->edits->len; i++)
    {
      const VigTagEdit *edit = &g_array_index (gathering->edits, VigTagEdit, i);
      const char *path = g_ptr_array_index (gathering->paths, i);

      if (g_strcmp0 (path, last) != 0)
        {
          g_clear_object (&picture);
          picture = vig_library_add_file (object, path, NULL);
          last = path;
        }
      if (picture != NULL)
        {
          const VigTagEdit known = { g_object_ref (picture), g_strdup (edit->tag), edit->score };

          g_array_append_val (edits, known);
        }
    }

  return edits;
}

void
vig_looks_gather_async (VigLooks            *self,
                        guint                first,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  Gathering *gathering = g_new (Gathering, 1);

  g_return_if_fail (VIG_IS_LOOKS (self));

  gathering->paths = g_ptr_array_new_with_free_func (g_free);
  gathering->edits = g_array_new (FALSE, FALSE, sizeof (VigTagEdit));
  g_array_set_clear_func (gathering->edits, edit_clear);
  for (guint i = first; self->paths != NULL && self->paths[i] != NULL; i++)
    {
      const VigTagged *tagged = vig_looks_get (self, i);

      for (guint k = 0; tagged != NULL && tagged->labels != NULL && k < tagged->labels->len; k++)
        {
          const VigLabel *label = g_ptr_array_index (tagged->labels, k);
          const VigTagEdit edit = { NULL, label->tag, label->score };

          if (label->score < label->threshold || vig_looks_is_refused (self, i, label->tag))
            continue;

          g_ptr_array_add (gathering->paths, g_strdup (self->paths[i]));
          g_array_append_val (gathering->edits, edit);
          g_array_index (gathering->edits, VigTagEdit, gathering->edits->len - 1).tag = g_strdup (label->tag);
        }
    }

  vig_errand_async (vig_studio_get_library (self->studio), add_files, gathering, gathering_free,
                    (GDestroyNotify) g_array_unref, NULL, callback, user_data);
}

GArray *
vig_looks_gather_finish (VigLooks     *self,
                         GAsyncResult *result)
{
  return vig_errand_finish (result, NULL);
}

static void
vig_looks_dispose (GObject *object)
{
  VigLooks *self = VIG_LOOKS (object);

  vig_looks_end (self);
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_looks_parent_class)->dispose (object);
}

static void
vig_looks_finalize (GObject *object)
{
  VigLooks *self = VIG_LOOKS (object);

  g_hash_table_unref (self->lines_of);
  g_hash_table_unref (self->refused);

  G_OBJECT_CLASS (vig_looks_parent_class)->finalize (object);
}

static void
vig_looks_class_init (VigLooksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vig_looks_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_looks_finalize;

  signals[SEEN] = g_signal_new ("seen", VIG_TYPE_LOOKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", VIG_TYPE_LOOKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
  signals[CHANGED] = g_signal_new ("changed", VIG_TYPE_LOOKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
vig_looks_init (VigLooks *self)
{
  self->lines_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

VigLooks *
vig_looks_new (VigStudio *studio)
{
  VigLooks *self = g_object_new (VIG_TYPE_LOOKS, NULL);

  self->studio = g_object_ref (studio);

  return self;
}
