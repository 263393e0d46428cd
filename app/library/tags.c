/* tags.c: SQL for tags, which belong to a content and not to a path */

#define G_LOG_DOMAIN "vig-tags"

#include "config.h"

#include "library/library-private.h"

#include <math.h>

/* What was said of a content by a tag; of a tag alone, whether it was taught. */
typedef struct
{
  char     *hash;     /* of the content; NULL: of no picture */
  char     *tag;
  gboolean  there;    /* what follows was in the table */
  gboolean  refused;
  char     *source;
  double    score;
  gint64    time;
  gboolean  dropped;
  gboolean  taught;
} Said;

struct _VigTagUndo
{
  GPtrArray *said;    /* of Said */
};

void
vig_tagging_free (VigTagging *tagging)
{
  if (tagging == NULL)
    return;

  g_free (tagging->tag);
  g_free (tagging->source);
  g_free (tagging);
}

void
vig_tag_count_free (VigTagCount *count)
{
  if (count == NULL)
    return;

  g_free (count->tag);
  g_free (count);
}

char *
vig_tag_normalise (const char *tag)
{
  g_autofree char *valid = g_utf8_make_valid (tag, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_auto(GStrv) all = g_strsplit_set (composed, "/|", -1);

  for (guint i = 0; all[i] != NULL; i++)
    {
      for (char *p = all[i]; *p != '\0'; p = g_utf8_next_char (p))
        {
          if (*p > 0 && g_ascii_iscntrl (*p))
            *p = ' ';
        }

      char *part = g_strdup (g_strstrip (all[i]));
      if (*part != '\0')
        g_ptr_array_add (parts, part);
      else
        g_free (part);
    }
  if (parts->len == 0)
    return NULL;

  g_ptr_array_add (parts, NULL);

  return g_strjoinv ("/", (char **) parts->pdata);
}

/* ---- One tag of one content ---- */

static gint64
find_tag (VigTransaction *t,
          const char     *name)
{
  return vig_transaction_query_int (t, "SELECT id FROM tags WHERE name = ?", "s", name);
}

static void
set_tag (VigTransaction *t,
         gint64          content,
         const char     *name,
         gboolean        refused,
         const char     *source,
         double          score,
         gint64          time)
{
  vig_transaction_run (t, "INSERT INTO tags (name) VALUES (?) ON CONFLICT DO NOTHING", "s", name);
  vig_transaction_run (t,
                       "INSERT INTO tagged (content, tag, refused, source, score, time) VALUES (?, ?, ?, ?, ?, ?) "
                       "ON CONFLICT DO UPDATE SET refused = excluded.refused, source = excluded.source, "
                       "score = excluded.score, time = excluded.time",
                       "llisdl", content, find_tag (t, name), refused, source, source != NULL ? score : NAN, time);
}

/* Nothing is said any more. */
static void
unset_tag (VigTransaction *t,
           gint64          content,
           const char     *name)
{
  const gint64 tag = find_tag (t, name);

  vig_transaction_run (t, "DELETE FROM tagged WHERE content = ? AND tag = ?", "ll", content, tag);
  vig_transaction_run (t, "DELETE FROM tags WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM tagged WHERE tag = ?1)",
                       "l", tag);
}

static void
set_dropped (VigTransaction *t,
             gint64          content,
             const char     *name,
             gboolean        dropped)
{
  vig_transaction_run (t,
                       dropped ? "INSERT INTO dropped (content, tag) VALUES (?, ?) ON CONFLICT DO NOTHING"
                               : "DELETE FROM dropped WHERE content = ? AND tag = ?", "ls", content, name);
}

static gboolean
has_tag (VigTransaction *t,
         gint64          content,
         const char     *name,
         gboolean        by_person)
{
  return vig_transaction_query_int (t,
                                    "SELECT EXISTS (SELECT 1 FROM tagged WHERE content = ? AND tag = ? "
                                    "AND refused = 0 AND (source IS NULL OR NOT ?))", "lli",
                                    content, find_tag (t, name), by_person) != 0;
}

/* What a person has given stays a person's when a model suggests it again. */
void
vig_transaction_give_tag (VigTransaction *t,
                          gint64          content,
                          const char     *tag,
                          const char     *source,
                          double          score)
{
  set_dropped (t, content, tag, FALSE);
  if (source == NULL || !has_tag (t, content, tag, TRUE))
    set_tag (t, content, tag, FALSE, source, score, g_get_real_time () / G_USEC_PER_SEC);
}

void
vig_transaction_read_tags (VigTransaction      *t,
                           gint64               content,
                           const char * const  *tags)
{
  for (guint i = 0; tags[i] != NULL; i++)
    {
      g_autofree char *name = vig_tag_normalise (tags[i]);

      if (name == NULL ||
          vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM dropped WHERE content = ? AND tag = ?)", "ls",
                                     content, name) != 0 ||
          vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM tagged WHERE content = ? AND tag = ?)", "ll",
                                     content, find_tag (t, name)) != 0)
        continue;
      set_tag (t, content, name, FALSE, NULL, NAN, g_get_real_time () / G_USEC_PER_SEC);
    }
}

static void
change_tag (VigTransaction *t,
            VigTagChange    change,
            gint64          content,
            const char     *name,
            const char     *source,
            double          score)
{
  const gboolean had = has_tag (t, content, name, FALSE);

  switch (change)
    {
    case VIG_TAG_ACCEPT:
      vig_transaction_give_tag (t, content, name, source, score);
      break;
    case VIG_TAG_REFUSE:
      set_tag (t, content, name, TRUE, source, score, g_get_real_time () / G_USEC_PER_SEC);
      break;
    case VIG_TAG_REMOVE:
      if (had)
        unset_tag (t, content, name);
      break;
    default:
      g_assert_not_reached ();
    }
  if (change != VIG_TAG_ACCEPT && had)
    set_dropped (t, content, name, TRUE);
}

void
vig_library_index_content (VigLibrary     *self,
                           VigTransaction *t,
                           gint64          content)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM pictures WHERE content = ?", "l", content);

  while (vig_rows_next (rows))
    {
      const gint64 id = vig_rows_get_int (rows, 0);

      vig_transaction_index_words (t, id);
      vig_library_refresh_picture (self, t, id);
    }
}

void
vig_library_refresh_content (VigLibrary     *self,
                             VigTransaction *t,
                             gint64          content)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM pictures WHERE content = ? ORDER BY id", "l",
                                                   content);

  while (vig_rows_next (rows))
    vig_library_refresh_picture (self, t, vig_rows_get_int (rows, 0));
}

/* ---- The way back ---- */

static void
said_free (gpointer data)
{
  Said *said = data;

  g_free (said->hash);
  g_free (said->tag);
  g_free (said->source);
  g_free (said);
}

VigTagUndo *
vig_tag_undo_new (void)
{
  VigTagUndo *undo = g_new (VigTagUndo, 1);

  undo->said = g_ptr_array_new_with_free_func (said_free);

  return undo;
}

void
vig_tag_undo_free (VigTagUndo *undo)
{
  if (undo == NULL)
    return;

  g_ptr_array_unref (undo->said);
  g_free (undo);
}

guint
vig_tag_undo_get_count (const VigTagUndo *undo)
{
  guint count = 0;

  for (guint i = 0; i < undo->said->len; i++)
    count += ((const Said *) undo->said->pdata[i])->hash != NULL;

  return count;
}

void
vig_tag_undo_remember (VigTagUndo     *undo,
                       VigTransaction *t,
                       const char     *hash,
                       const char     *tag)
{
  Said *said = g_new0 (Said, 1);

  said->hash = g_strdup (hash);
  said->tag = g_strdup (tag);
  said->taught = vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM taught WHERE tag = ?)", "s", tag) != 0;
  g_ptr_array_add (undo->said, said);
  if (hash == NULL)
    return;

  const gint64 content = vig_transaction_add_content (t, hash);

  said->dropped = vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM dropped WHERE content = ? AND tag = ?)",
                                             "ls", content, tag) != 0;

  g_autoptr(VigRows) rows =
    vig_transaction_query (t, "SELECT refused, source, score, time FROM tagged WHERE content = ? AND tag = ?", "ll",
                           content, find_tag (t, tag));

  said->there = vig_rows_next (rows);
  if (said->there)
    {
      said->refused = vig_rows_get_int (rows, 0) != 0;
      said->source = g_strdup (vig_rows_get_text (rows, 1));
      said->score = vig_rows_get_double (rows, 2);
      said->time = vig_rows_get_int (rows, 3);
    }
}

static void
restore (VigLibrary     *self,
         VigTransaction *t,
         const Said     *said)
{
  if (said->hash == NULL)
    {
      vig_transaction_run (t,
                           said->taught ? "INSERT INTO taught (tag) VALUES (?) ON CONFLICT DO NOTHING"
                                        : "DELETE FROM taught WHERE tag = ?", "s", said->tag);
      return;
    }

  /* Pictures that have left the library meanwhile stay away. */
  const gint64 content = vig_transaction_query_int (t, "SELECT id FROM contents WHERE hash = ?", "s", said->hash);
  if (content == 0)
    return;

  if (said->there)
    set_tag (t, content, said->tag, said->refused, said->source, said->score, said->time);
  else
    unset_tag (t, content, said->tag);
  set_dropped (t, content, said->tag, said->dropped);
  vig_library_index_content (self, t, content);
}

gboolean
vig_library_undo_tags (VigLibrary        *self,
                       const VigTagUndo  *undo,
                       VigTagUndo       **redo,
                       GError           **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (undo != NULL, FALSE);

  g_autoptr(VigTagUndo) back = vig_tag_undo_new ();
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  for (guint i = 0; i < undo->said->len; i++)
    {
      const Said *said = undo->said->pdata[i];

      vig_tag_undo_remember (back, t, said->hash, said->tag);
    }
  /* From the end: of what was changed twice, how it was at first counts. */
  for (guint i = undo->said->len; i > 0; i--)
    restore (self, t, undo->said->pdata[i - 1]);
  vig_transaction_count_change (t);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);
  if (redo != NULL)
    *redo = g_steal_pointer (&back);

  return TRUE;
}

/* ---- Changing ---- */

gboolean
vig_library_change_tags (VigLibrary        *self,
                         VigTagChange       change,
                         const VigTagEdit  *edits,
                         guint              n,
                         const char        *source,
                         VigTagUndo       **undo,
                         GError           **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (edits != NULL || n == 0, FALSE);

  g_autoptr(VigTagUndo) back = vig_tag_undo_new ();
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  for (guint i = 0; i < n; i++)
    {
      /* By its hash, so that a file that changed meanwhile is not given another's tags. */
      const char *hash = vig_picture_get_hash (edits[i].picture);
      g_autofree char *name = vig_tag_normalise (edits[i].tag);

      if (name == NULL)
        continue;

      vig_tag_undo_remember (back, t, hash, name);
      change_tag (t, change, vig_transaction_add_content (t, hash), name, source, edits[i].score);
    }
  /* Once a picture: its edits stand together. */
  for (guint i = 0; i < n; i++)
    {
      if (i + 1 == n || edits[i].picture != edits[i + 1].picture)
        vig_library_index_content (self, t, vig_transaction_add_content (t, vig_picture_get_hash (edits[i].picture)));
    }
  vig_transaction_count_change (t);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);
  if (undo != NULL)
    *undo = g_steal_pointer (&back);

  return TRUE;
}

gboolean
vig_library_add_tags (VigLibrary          *self,
                      VigPicture          *picture,
                      const char * const  *tags,
                      const char          *source,
                      GError             **error)
{
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);
  g_return_val_if_fail (tags != NULL, FALSE);

  const guint n = g_strv_length ((char **) tags);
  g_autofree VigTagEdit *edits = g_new (VigTagEdit, n + 1);

  for (guint i = 0; i < n; i++)
    edits[i] = (VigTagEdit) { picture, tags[i], NAN };

  return vig_library_change_tags (self, VIG_TAG_ACCEPT, edits, n, source, NULL, error);
}

gboolean
vig_library_remove_tag (VigLibrary  *self,
                        VigPicture  *picture,
                        const char  *tag,
                        GError     **error)
{
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);
  g_return_val_if_fail (tag != NULL, FALSE);

  return vig_library_change_tags (self, VIG_TAG_REMOVE, &(VigTagEdit) { picture, tag, NAN }, 1, NULL, NULL, error);
}

gboolean
vig_library_refuse_tag (VigLibrary  *self,
                        VigPicture  *picture,
                        const char  *tag,
                        GError     **error)
{
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);
  g_return_val_if_fail (tag != NULL, FALSE);

  return vig_library_change_tags (self, VIG_TAG_REFUSE, &(VigTagEdit) { picture, tag, NAN }, 1, NULL, NULL, error);
}

/* ---- In a thread ---- */

typedef struct
{
  VigTagChange  change;
  GArray       *edits;   /* of VigTagEdit that own what they name */
  char         *source;
  VigTagUndo   *undo;    /* to be taken back instead */
} Change;

static void
clear_edit (gpointer data)
{
  VigTagEdit *edit = data;

  g_object_unref (edit->picture);
  g_free ((char *) edit->tag);
}

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_pointer (&change->edits, g_array_unref);
  g_clear_pointer (&change->undo, vig_tag_undo_free);
  g_free (change->source);
  g_free (change);
}

static void
change_thread (GTask        *task,
               gpointer      object,
               gpointer      data,
               GCancellable *cancellable)
{
  const Change *change = data;
  VigTagUndo *back = NULL;
  GError *error = NULL;
  const gboolean done =
    change->undo != NULL
      ? vig_library_undo_tags (object, change->undo, &back, &error)
      : vig_library_change_tags (object, change->change, (const VigTagEdit *) (gconstpointer) change->edits->data,
                                 change->edits->len, change->source, &back, &error);

  if (done)
    g_task_return_pointer (task, back, (GDestroyNotify) vig_tag_undo_free);
  else
    g_task_return_error (task, error);
}

static void
start_change (VigLibrary          *self,
              Change              *change,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  /* Not to be cancelled: what somebody has decided is kept. */
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, vig_library_change_tags_async);
  g_task_set_task_data (task, change, change_free);
  g_task_run_in_thread (task, change_thread);
}

void
vig_library_change_tags_async (VigLibrary          *self,
                               VigTagChange         what,
                               const VigTagEdit    *edits,
                               guint                n,
                               const char          *source,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_return_if_fail (VIG_IS_LIBRARY (self));
  g_return_if_fail (edits != NULL || n == 0);

  Change *change = g_new0 (Change, 1);

  change->change = what;
  change->source = g_strdup (source);
  change->edits = g_array_new (FALSE, FALSE, sizeof (VigTagEdit));
  g_array_set_clear_func (change->edits, clear_edit);
  for (guint i = 0; i < n; i++)
    {
      const VigTagEdit edit = { g_object_ref (edits[i].picture), g_strdup (edits[i].tag), edits[i].score };

      g_array_append_val (change->edits, edit);
    }
  start_change (self, change, callback, user_data);
}

void
vig_library_undo_tags_async (VigLibrary          *self,
                             VigTagUndo          *undo,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_return_if_fail (VIG_IS_LIBRARY (self));
  g_return_if_fail (undo != NULL);

  Change *change = g_new0 (Change, 1);

  change->undo = undo;
  start_change (self, change, callback, user_data);
}

VigTagUndo *
vig_library_change_tags_finish (VigLibrary    *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- What there is ---- */

GPtrArray *
vig_library_list_taggings (VigLibrary  *self,
                           VigPicture  *picture,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), NULL);

  g_autoptr(GPtrArray) taggings = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_tagging_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT name, refused, source, score, time FROM tagged JOIN tags ON tags.id = tag "
                             "JOIN contents ON contents.id = content WHERE hash = ? ORDER BY name", "s",
                             vig_picture_get_hash (picture));

    while (vig_rows_next (rows))
      {
        VigTagging *tagging = g_new (VigTagging, 1);

        tagging->tag = g_strdup (vig_rows_get_text (rows, 0));
        tagging->refused = vig_rows_get_int (rows, 1) != 0;
        tagging->source = g_strdup (vig_rows_get_text (rows, 2));
        tagging->score = vig_rows_get_double (rows, 3);
        tagging->time = vig_rows_get_int (rows, 4);
        g_ptr_array_add (taggings, tagging);
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&taggings);
}

char **
vig_library_list_refused (VigLibrary  *self,
                          VigPicture  *picture,
                          GError     **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GPtrArray) taggings = vig_library_list_taggings (self, picture, error);

  if (taggings == NULL)
    return NULL;

  for (guint i = 0; i < taggings->len; i++)
    {
      const VigTagging *tagging = taggings->pdata[i];

      if (tagging->refused)
        g_strv_builder_add (builder, tagging->tag);
    }

  return g_strv_builder_end (builder);
}

GPtrArray *
vig_library_list_tags (VigLibrary  *self,
                       GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT name FROM tags WHERE EXISTS (SELECT 1 FROM tagged JOIN pictures "
                             "ON pictures.content = tagged.content WHERE tag = tags.id AND refused = 0 AND " VIG_LISTED ") "
                             "ORDER BY name", "");

    while (vig_rows_next (rows))
      g_ptr_array_add (tags, g_strdup (vig_rows_get_text (rows, 0)));
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&tags);
}

GPtrArray *
vig_library_count_tags (VigLibrary  *self,
                        GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) counts = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_tag_count_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "WITH listed AS (SELECT tag, refused, source, tagged.time FROM tagged JOIN pictures "
                             "ON pictures.content = tagged.content WHERE " VIG_LISTED "), "
                             "names AS (SELECT name FROM tags UNION SELECT tag FROM thresholds "
                             "UNION SELECT tag FROM taught) "
                             "SELECT names.name, coalesce(sum(refused = 0), 0), "
                             "coalesce(sum(refused = 0 AND source IS NOT NULL), 0), coalesce(sum(refused), 0), "
                             "coalesce(max(CASE refused WHEN 0 THEN time END), 0), "
                             "EXISTS (SELECT 1 FROM taught WHERE taught.tag = names.name), "
                             "(SELECT value FROM thresholds WHERE thresholds.tag = names.name) "
                             "FROM names LEFT JOIN tags ON tags.name = names.name "
                             "LEFT JOIN listed ON listed.tag = tags.id GROUP BY names.name ORDER BY names.name", "");

    while (vig_rows_next (rows))
      {
        VigTagCount *count = g_new (VigTagCount, 1);

        count->tag = g_strdup (vig_rows_get_text (rows, 0));
        count->pictures = vig_rows_get_int (rows, 1);
        count->by_model = vig_rows_get_int (rows, 2);
        count->refused = vig_rows_get_int (rows, 3);
        count->last = vig_rows_get_int (rows, 4);
        count->taught = vig_rows_get_int (rows, 5) != 0;
        count->threshold = vig_rows_get_double (rows, 6);
        g_ptr_array_add (counts, count);
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&counts);
}

gboolean
vig_library_set_threshold (VigLibrary  *self,
                           const char  *tag,
                           double       threshold,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (tag != NULL, FALSE);
  g_return_val_if_fail (isnan (threshold) || (threshold >= 0 && threshold <= 1), FALSE);

  g_autofree char *name = vig_tag_normalise (tag);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  if (name != NULL && isnan (threshold))
    vig_transaction_run (t, "DELETE FROM thresholds WHERE tag = ?", "s", name);
  else if (name != NULL)
    vig_transaction_run (t,
                         "INSERT INTO thresholds (tag, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                         "sd", name, threshold);

  return vig_transaction_commit (t, error);
}

GHashTable *
vig_library_list_thresholds (VigLibrary  *self,
                             GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GHashTable) thresholds = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT tag, value FROM thresholds", "");

    while (vig_rows_next (rows))
      {
        const double value = vig_rows_get_double (rows, 1);

        g_hash_table_insert (thresholds, g_strdup (vig_rows_get_text (rows, 0)), g_memdup2 (&value, sizeof value));
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&thresholds);
}
