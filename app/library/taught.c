/* taught.c: which tags are learned from their pictures, and the rows of these */

#define G_LOG_DOMAIN "vig-taught"

#include "config.h"

#include "library/dot.h"
#include "library/library-private.h"

#include <math.h>

static gboolean
finish (VigLibrary      *self,
        VigTransaction  *t,
        VigTagUndo      *back,
        VigTagUndo     **undo,
        GError         **error)
{
  g_autoptr(VigTagUndo) owned = back;

  vig_transaction_count_change (t);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);
  if (undo != NULL)
    *undo = g_steal_pointer (&owned);

  return TRUE;
}

gboolean
vig_library_teach_tag (VigLibrary  *self,
                       const char  *tag,
                       GPtrArray   *pictures,
                       VigTagUndo **undo,
                       GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (tag != NULL && pictures != NULL, FALSE);

  g_autofree char *name = vig_tag_normalise (tag);
  VigTagUndo *back = vig_tag_undo_new ();
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  for (guint i = 0; name != NULL && i < pictures->len; i++)
    {
      const char *hash = vig_picture_get_hash (pictures->pdata[i]);
      const gint64 content = vig_transaction_add_content (t, hash);

      vig_tag_undo_remember (back, t, hash, name);
      vig_transaction_give_tag (t, content, name, NULL, NAN);
      vig_library_index_content (self, t, content);
    }
  if (name != NULL)
    {
      vig_tag_undo_remember (back, t, NULL, name);
      vig_transaction_run (t, "INSERT INTO taught (tag) VALUES (?) ON CONFLICT DO NOTHING", "s", name);
    }

  return finish (self, t, back, undo, error);
}

gboolean
vig_library_untaught_tag (VigLibrary  *self,
                          const char  *tag,
                          VigTagUndo **undo,
                          GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (tag != NULL, FALSE);

  g_autofree char *name = vig_tag_normalise (tag);
  VigTagUndo *back = vig_tag_undo_new ();
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  if (name != NULL)
    {
      vig_tag_undo_remember (back, t, NULL, name);
      vig_transaction_run (t, "DELETE FROM taught WHERE tag = ?", "s", name);
    }

  return finish (self, t, back, undo, error);
}

GPtrArray *
vig_library_list_taught (VigLibrary  *self,
                         GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT tag FROM taught ORDER BY tag", "");

    while (vig_rows_next (rows))
      g_ptr_array_add (tags, g_strdup (vig_rows_get_text (rows, 0)));
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&tags);
}

/* ---- Examples ---- */

void
vig_examples_free (VigExamples *examples)
{
  if (examples == NULL)
    return;

  g_free (examples->rows);
  g_free (examples);
}

/* Adds to @values what @rows have in their first column; returns how many rows were as wide as they should be. */
static guint
take_rows (VigRows *rows,
           guint    width,
           GArray  *values)
{
  guint n = 0;

  while (vig_rows_next (rows))
    {
      gsize size;
      const guint16 *row = vig_rows_get_blob (rows, 0, &size);

      if (size != width * sizeof (guint16))
        continue;

      const guint at = values->len;
      g_array_set_size (values, at + width);
      for (guint i = 0; i < width; i++)
        g_array_index (values, float, at + i) = vig_half_to_float (GUINT16_FROM_LE (row[i]));
      n++;
    }

  return n;
}

VigExamples *
vig_library_load_examples (VigLibrary  *self,
                           const char  *tag,
                           const char  *model_hash,
                           guint        width,
                           guint        others,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (tag != NULL && model_hash != NULL && width > 0, NULL);

  g_autofree char *name = vig_tag_normalise (tag);
  g_autoptr(VigExamples) examples = g_new0 (VigExamples, 1);
  GArray *values = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
  const gint64 id = vig_transaction_query_int (t, "SELECT id FROM tags WHERE name = ?", "s", name);
  const gint64 model = vig_transaction_query_int (t, "SELECT id FROM models WHERE hash = ?", "s", model_hash);
  const gint64 n = vig_transaction_query_int (t, "SELECT max(id) FROM vectors", "");
  /* Every so many-th of all rows: what was taken in together looks alike. Stepping by ids is quick however many. */
  const gint64 step = MAX (1, n / MAX (1, (gint64) others * 2));

  examples->width = width;
  for (int refused = 0; refused < 2; refused++)
    {
      g_autoptr(VigRows) rows =
        vig_transaction_query (t,
                               "SELECT row FROM tagged JOIN vectors AS v ON v.content = tagged.content "
                               "WHERE tag = ? AND refused = ? AND model = ? AND preprocessing = ? ORDER BY v.id", "lili",
                               id, refused, model, VIG_PREPROCESSING);

      *(refused ? &examples->n_without : &examples->n_with) = take_rows (rows, width, values);
    }
  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "WITH RECURSIVE at (id) AS (SELECT 1 UNION ALL SELECT id + ?1 FROM at WHERE id + ?1 <= ?2) "
                             "SELECT row FROM at JOIN vectors AS v ON v.id = at.id "
                             "WHERE model = ?3 AND preprocessing = ?4 "
                             "AND NOT EXISTS (SELECT 1 FROM tagged WHERE tag = ?5 AND tagged.content = v.content) "
                             "ORDER BY v.id LIMIT ?6", "lllill", step, n, model, VIG_PREPROCESSING, id, (gint64) others);

    examples->n_others = take_rows (rows, width, values);
  }
  examples->rows = (float *) (gpointer) g_array_free (values, FALSE);
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&examples);
}
