/* trash.c: pictures that were deleted and can come back
 *
 * A drawing's file is renamed to .trash/ID-NAME in the folder of made pictures, after the row says so: a process that dies
 * between the two leaves a file under its old name, which the next scan finds again as one that was moved.
 */

#define G_LOG_DOMAIN "vig-trash"

#include "config.h"

#include "library/files.h"
#include "library/library-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#define FOLDER ".trash"

/* The path of a made picture as it is stored; NULL for any other, or if it is gone. */
static char *
find_own_path (VigTransaction *t,
               gint64          id)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT path FROM pictures WHERE id = ? AND kind = 1", "l", id);

  if (!vig_rows_next (rows))
    return NULL;

  g_autofree char *path = vig_rows_dup_path (rows, 0);

  return g_path_is_absolute (path) ? NULL : g_steal_pointer (&path);
}

static void
write_path (VigTransaction *t,
            gint64          id,
            const char     *stored)
{
  vig_transaction_run (t, "UPDATE pictures SET path = ? WHERE id = ?", "pl", stored, id);
}

/* What is not there need not be moved: it may be in the trash of the desktop, or on a disk that is away. */
static gboolean
move_file (VigLibrary  *self,
           const char  *from,
           const char  *to,
           GError     **error)
{
  g_autofree char *before = vig_library_dup_path (self, from);
  g_autofree char *after = vig_library_dup_path (self, to);
  g_autofree char *folder = g_path_get_dirname (after);
  g_autofree char *shown = g_filename_display_basename (before);
  gboolean exists = FALSE;

  if (!g_file_test (before, G_FILE_TEST_EXISTS))
    return TRUE;
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_propagate_error (error, vig_file_make_error (errno, shown));
      return FALSE;
    }
  if (vig_file_place (before, after, &exists, shown, error))
    return TRUE;
  if (exists)
    g_propagate_error (error, vig_file_make_error (EEXIST, shown));

  return FALSE;
}

/* Row first, file second; if the file cannot be moved, the row is as it was. */
static gboolean
change (VigLibrary  *self,
        gint64       id,
        gint64       trashed,
        const char  *from,  /* NULL: the file stays where it is */
        const char  *to,
        GError     **error)
{
  const gboolean moves = from != NULL && to != NULL && strcmp (from, to) != 0;
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  const gint64 before = vig_transaction_query_int (t, "SELECT trashed FROM pictures WHERE id = ?", "l", id);

  vig_transaction_run (t, "UPDATE pictures SET trashed = ? WHERE id = ?", "ll", trashed, id);
  if (moves)
    write_path (t, id, to);
  vig_transaction_count_change (t);
  vig_library_refresh_picture (self, t, id);
  if (!vig_transaction_commit (t, error))
    return FALSE;
  if (!moves || move_file (self, from, to, error))
    return TRUE;

  g_autoptr(VigTransaction) back = vig_transaction_begin (self->writer, VIG_WRITE);
  vig_transaction_run (back, "UPDATE pictures SET trashed = ? WHERE id = ?", "ll", before, id);
  write_path (back, id, from);
  vig_transaction_count_change (back);
  vig_library_refresh_picture (self, back, id);
  /* If that fails too, the next scan finds the file where it is. */
  vig_transaction_commit (back, NULL);

  return FALSE;
}

static gboolean
trash_one (VigLibrary  *self,
           gint64       id,
           GError     **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_READ);
  const gboolean is_in = vig_transaction_query_int (t, "SELECT trashed FROM pictures WHERE id = ?", "l", id) != 0;
  g_autofree char *from = find_own_path (t, id);

  if (!vig_transaction_commit (t, error))
    return FALSE;
  if (is_in)
    return TRUE;

  g_autofree char *name = from != NULL ? g_path_get_basename (from) : NULL;
  g_autofree char *to = name != NULL ? g_strdup_printf (FOLDER "/%" G_GINT64_FORMAT "-%s", id, name) : NULL;

  return change (self, id, g_get_real_time () / G_USEC_PER_SEC, from, to, error);
}

/* NAME, or NAME (2), … if that is taken. */
static char *
choose_name (VigLibrary     *self,
             VigTransaction *t,
             const char     *name)
{
  const char *dot = strrchr (name, '.');
  const int stem = dot != NULL && dot != name ? (int) (dot - name) : (int) strlen (name);

  for (guint copy = 1;; copy++)
    {
      g_autofree char *tried = copy == 1 ? g_strdup (name) : g_strdup_printf ("%.*s (%u)%s", stem, name, copy,
                                                                              name + stem);
      g_autofree char *path = vig_library_dup_path (self, tried);
      GStatBuf info;

      if (g_lstat (path, &info) != 0 &&
          vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM pictures WHERE path = ?1) OR "
                                        "EXISTS (SELECT 1 FROM sketches WHERE plan = ?1)", "p", tried) == 0)
        return g_steal_pointer (&tried);
    }
}

static gboolean
restore_one (VigLibrary  *self,
             gint64       id,
             GError     **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_READ);
  g_autofree char *from = find_own_path (t, id);
  g_autofree char *to = NULL;
  const char *dash;

  if (from != NULL && g_str_has_prefix (from, FOLDER "/") && (dash = strchr (from, '-')) != NULL)
    to = choose_name (self, t, dash + 1);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  return change (self, id, 0, from, to, error);
}

static gboolean
for_all (VigLibrary  *self,
         GPtrArray   *pictures,
         gboolean   (*do_one) (VigLibrary *, gint64, GError **),
         GError     **error)
{
  gboolean done = TRUE;

  for (guint i = 0; i < pictures->len && done; i++)
    done = do_one (self, vig_picture_get_id (pictures->pdata[i]), error);
  vig_library_touch (self);

  return done;
}

gboolean
vig_library_trash_pictures (VigLibrary  *self,
                            GPtrArray   *pictures,
                            GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (pictures != NULL, FALSE);

  return for_all (self, pictures, trash_one, error);
}

gboolean
vig_library_restore_pictures (VigLibrary  *self,
                              GPtrArray   *pictures,
                              GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (pictures != NULL, FALSE);

  return for_all (self, pictures, restore_one, error);
}

gboolean
vig_library_empty_trash (VigLibrary    *self,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  vig_transaction_run (t, "DELETE FROM collections WHERE trashed != 0", "");
  vig_transaction_run (t, "DELETE FROM searches WHERE trashed != 0", "");
  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM pictures WHERE trashed != 0", "");

    while (vig_rows_next (rows))
      {
        VigPicture *picture = vig_library_load_picture (self, t, vig_rows_get_int (rows, 0));

        if (picture != NULL)
          g_ptr_array_add (pictures, picture);
      }
  }

  return vig_transaction_commit (t, error) && vig_library_forget (self, pictures, cancellable, error);
}
