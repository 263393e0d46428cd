/* shelves.c: favourites, collections and saved searches */

#define G_LOG_DOMAIN "vig-shelves"

#include "config.h"

#include "library/library-private.h"

#include <glib/gi18n.h>

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* After what a list shows has changed. */
static gboolean
finish (VigLibrary      *self,
        VigTransaction  *t,
        GError         **error)
{
  vig_transaction_count_change (t);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);
  return TRUE;
}

gboolean
vig_library_set_favourite (VigLibrary  *self,
                           GPtrArray   *pictures,
                           gboolean     favourite,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (pictures != NULL, FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  for (guint i = 0; i < pictures->len; i++)
    {
      /* By what was looked at, not by what lies at the path now. */
      const gint64 content = vig_transaction_add_content (t, vig_picture_get_hash (pictures->pdata[i]));

      if (favourite)
        vig_transaction_run (t, "INSERT INTO favourites (content, time) VALUES (?, ?) ON CONFLICT DO NOTHING", "ll",
                             content, now ());
      else
        vig_transaction_run (t, "DELETE FROM favourites WHERE content = ?", "l", content);
      vig_library_refresh_content (self, t, content);
    }

  return finish (self, t, error);
}

/* ---- Names of collections and searches ---- */

/* In one line; NULL with an error if nothing is left. */
static char *
make_name (const char  *name,
           GError     **error)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);

  for (char *p = composed; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (p)))
        memset (p, ' ', g_utf8_next_char (p) - p);
    }
  g_strstrip (composed);
  if (*composed != '\0')
    return g_steal_pointer (&composed);

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("A name needs at least one letter."));
  return NULL;
}

/* @sql touches the one row that is meant; @what is told when there is none. */
static gboolean
finish_one (VigLibrary      *self,
            VigTransaction  *t,
            const char      *what,
            GError         **error)
{
  if (!vig_transaction_failed (t) && vig_transaction_get_changes (t) == 0)
    vig_transaction_fail (t, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, what));

  return finish (self, t, error);
}

/* @sql: gives the row the name that is its first parameter. */
static gboolean
rename_one (VigLibrary  *self,
            const char  *sql,
            gint64       id,
            const char  *name,
            const char  *what,
            GError     **error)
{
  g_autofree char *kept = make_name (name, error);
  if (kept == NULL)
    return FALSE;

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  vig_transaction_run (t, sql, "sl", kept, id);

  return finish_one (self, t, what, error);
}

/* @sql: puts the row into the trash at the time that is its first parameter; 0 takes it out. */
static gboolean
trash_one (VigLibrary  *self,
           const char  *sql,
           gint64       id,
           gint64       trashed,
           const char  *what,
           GError     **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  vig_transaction_run (t, sql, "ll", trashed, id);

  return finish_one (self, t, what, error);
}

static int
compare_names (const char *a,
               const char *b)
{
  g_autofree char *x = g_utf8_casefold (a, -1);
  g_autofree char *y = g_utf8_casefold (b, -1);

  return g_utf8_collate (x, y);
}

/* ---- Collections ---- */

#define NO_COLLECTION _("This collection has been deleted.")
#define TRASH_COLLECTION "UPDATE collections SET trashed = ? WHERE id = ?"

void
vig_collection_free (VigCollection *collection)
{
  if (collection == NULL)
    return;

  g_free (collection->name);
  g_free (collection);
}

gint64
vig_library_make_collection (VigLibrary  *self,
                             const char  *name,
                             GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  g_autofree char *kept = make_name (name, error);
  if (kept == NULL)
    return 0;

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  vig_transaction_run (t, "INSERT INTO collections (name, time) VALUES (?, ?)", "sl", kept, now ());
  const gint64 id = vig_transaction_get_id (t);

  return finish (self, t, error) ? id : 0;
}

gboolean
vig_library_rename_collection (VigLibrary  *self,
                               gint64       collection,
                               const char  *name,
                               GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return rename_one (self, "UPDATE collections SET name = ? WHERE id = ?", collection, name, NO_COLLECTION, error);
}

gboolean
vig_library_delete_collection (VigLibrary  *self,
                               gint64       collection,
                               GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  return trash_one (self, TRASH_COLLECTION, collection, now (), NO_COLLECTION, error);
}

gboolean
vig_library_restore_collection (VigLibrary  *self,
                                gint64       collection,
                                GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  return trash_one (self, TRASH_COLLECTION, collection, 0, NO_COLLECTION, error);
}

gboolean
vig_library_add_to_collection (VigLibrary  *self,
                               gint64       collection,
                               GPtrArray   *pictures,
                               GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (pictures != NULL, FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  for (guint i = 0; i < pictures->len; i++)
    {
      const gint64 content = vig_transaction_add_content (t, vig_picture_get_hash (pictures->pdata[i]));

      vig_transaction_run (t,
                           "INSERT INTO collected (collection, content, time) SELECT id, ?, ? FROM collections "
                           "WHERE id = ? ON CONFLICT DO NOTHING", "lll", content, now (), collection);
    }
  if (vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM collections WHERE id = ?)", "l", collection) == 0 &&
      !vig_transaction_failed (t))
    vig_transaction_fail (t, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, NO_COLLECTION));

  return finish (self, t, error);
}

gboolean
vig_library_remove_from_collection (VigLibrary  *self,
                                    gint64       collection,
                                    GPtrArray   *pictures,
                                    GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (pictures != NULL, FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  for (guint i = 0; i < pictures->len; i++)
    vig_transaction_run (t,
                         "DELETE FROM collected WHERE collection = ? AND content = "
                         "(SELECT id FROM contents WHERE hash = ?)", "ls", collection,
                         vig_picture_get_hash (pictures->pdata[i]));

  return finish (self, t, error);
}

static int
compare_collections (gconstpointer a,
                     gconstpointer b)
{
  const VigCollection *x = *(VigCollection * const *) a, *y = *(VigCollection * const *) b;

  return compare_names (x->name, y->name);
}

GPtrArray *
vig_library_list_collections (VigLibrary  *self,
                              GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) collections = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_collection_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT id, name, (SELECT count(*) FROM collected JOIN pictures "
                             "ON pictures.content = collected.content WHERE collection = collections.id AND "
                             VIG_LISTED ") FROM collections WHERE trashed = 0 ORDER BY id", "");

    while (vig_rows_next (rows))
      {
        VigCollection *collection = g_new (VigCollection, 1);

        collection->id = vig_rows_get_int (rows, 0);
        collection->name = g_strdup (vig_rows_get_text (rows, 1));
        collection->count = vig_rows_get_int (rows, 2);
        g_ptr_array_add (collections, collection);
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;
  g_ptr_array_sort (collections, compare_collections);

  return g_steal_pointer (&collections);
}

/* ---- Saved searches ---- */

#define NO_SEARCH _("This saved search has been deleted.")
#define TRASH_SEARCH "UPDATE searches SET trashed = ? WHERE id = ?"

void
vig_saved_search_free (VigSavedSearch *search)
{
  if (search == NULL)
    return;

  g_free (search->name);
  g_free (search->query);
  g_free (search);
}

gint64
vig_library_save_search (VigLibrary  *self,
                         const char  *name,
                         const char  *query,
                         gboolean     by_date,
                         GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), 0);
  g_return_val_if_fail (name != NULL && query != NULL, 0);

  g_autofree char *kept = make_name (name, error);
  g_autofree char *valid = g_utf8_make_valid (query, -1);
  if (kept == NULL)
    return 0;

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  vig_transaction_run (t, "INSERT INTO searches (name, query, by_date, time) VALUES (?, ?, ?, ?)", "ssil", kept, valid,
                       by_date != FALSE, now ());
  const gint64 id = vig_transaction_get_id (t);

  return finish (self, t, error) ? id : 0;
}

gboolean
vig_library_rename_search (VigLibrary  *self,
                           gint64       search,
                           const char  *name,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return rename_one (self, "UPDATE searches SET name = ? WHERE id = ?", search, name, NO_SEARCH, error);
}

gboolean
vig_library_delete_search (VigLibrary  *self,
                           gint64       search,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  return trash_one (self, TRASH_SEARCH, search, now (), NO_SEARCH, error);
}

gboolean
vig_library_restore_search (VigLibrary  *self,
                            gint64       search,
                            GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  return trash_one (self, TRASH_SEARCH, search, 0, NO_SEARCH, error);
}

static int
compare_searches (gconstpointer a,
                  gconstpointer b)
{
  const VigSavedSearch *x = *(VigSavedSearch * const *) a, *y = *(VigSavedSearch * const *) b;

  return compare_names (x->name, y->name);
}

GPtrArray *
vig_library_list_searches (VigLibrary  *self,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) searches = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_saved_search_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t, "SELECT id, name, query, by_date FROM searches WHERE trashed = 0 ORDER BY id", "");

    while (vig_rows_next (rows))
      {
        VigSavedSearch *search = g_new (VigSavedSearch, 1);

        search->id = vig_rows_get_int (rows, 0);
        search->name = g_strdup (vig_rows_get_text (rows, 1));
        search->query = g_strdup (vig_rows_get_text (rows, 2));
        search->by_date = vig_rows_get_int (rows, 3) != 0;
        g_ptr_array_add (searches, search);
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;
  g_ptr_array_sort (searches, compare_searches);

  return g_steal_pointer (&searches);
}
