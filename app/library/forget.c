/* forget.c: pictures leave the library, and nothing of them stays */

#define G_LOG_DOMAIN "vig-forget"

#include "config.h"

#include "library/library-private.h"
#include "library/schema.h"

#include <glib/gi18n.h>

/* Of a drawing the file goes too; a photo is the user's own. One that is gone already needs no trash. */
static gboolean
trash (VigPicture  *picture,
       GError     **error)
{
  g_autoptr(GFile) file = g_file_new_for_path (vig_picture_get_path (picture));
  g_autofree char *name = vig_picture_dup_name (picture);
  g_autoptr(GError) problem = NULL;

  if (vig_picture_get_kind (picture) != VIG_PICTURE_MADE ||
      !g_file_query_exists (file, NULL) ||
      g_file_trash (file, NULL, &problem))
    return TRUE;

  g_set_error (error, problem->domain, problem->code, _("“%s” cannot be moved to the trash: %s."), name,
               problem->message);
  return FALSE;
}

/* A photo's file stays where it is, and the next scan will meet it. */
static void
pass_over (VigTransaction *t,
           gint64          id)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT path FROM pictures WHERE id = ? AND kind = 0", "l", id);

  if (!vig_rows_next (rows))
    return;

  g_autofree char *path = vig_rows_dup_path (rows, 0);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);

  vig_transaction_run (t, "INSERT INTO passed_over (path) VALUES (?) ON CONFLICT DO NOTHING", "s", hash);
}

static void
forget (VigTransaction *t,
        gint64          id)
{
  const gint64 content = vig_transaction_find_content (t, id);
  const gint64 job = vig_transaction_query_int (t, "SELECT job FROM made WHERE picture = ?", "l", id);

  pass_over (t, id);
  vig_transaction_run (t, "DELETE FROM words WHERE rowid = ?", "l", id);
  vig_transaction_run (t, "DELETE FROM pictures WHERE id = ?", "l", id);
  vig_transaction_run (t,
                       "DELETE FROM contents WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM pictures WHERE content = ?1)",
                       "l", content);
  vig_transaction_run (t, "DELETE FROM tags WHERE NOT EXISTS (SELECT 1 FROM tagged WHERE tag = tags.id)", "");
  vig_transaction_run (t,
                       "DELETE FROM jobs WHERE id = ?1 AND state != 0 AND NOT EXISTS (SELECT 1 FROM made WHERE job = ?1)",
                       "l", job);
  vig_transaction_run (t, "UPDATE changes SET pictures = pictures + 1, removals = removals + 1", "");
}

/* The index of words only marks what was deleted, and the log keeps what was: both are written anew, so that a
 * prompt that was deleted is in no file any more. */
static gboolean
tidy (VigLibrary  *self,
      GError     **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  vig_transaction_run (t, "INSERT INTO words (words) VALUES ('optimize')", "");

  return vig_transaction_commit (t, error) && vig_database_empty_log (self->writer, error);
}

/* ---- In the backups, too ---- */

/* Pictures whose content nobody has here any more leave the backup at @path. One that cannot be opened, or is of a newer
 * program, is left alone: it says so to who wants to restore it. */
static gboolean
forget_in_backup (VigLibrary  *self,
                  GPtrArray   *pictures,
                  const char  *path,
                  GError     **error)
{
  g_autoptr(VigDatabase) backup = vig_schema_check (path, NULL) ? vig_schema_open (path, FALSE, NULL) : NULL;

  if (backup == NULL)
    return TRUE;

  {
    g_autoptr(VigTransaction) here = vig_transaction_begin (self->reader, VIG_READ);
    g_autoptr(VigTransaction) t = vig_transaction_begin (backup, VIG_WRITE);

    for (guint i = 0; i < pictures->len; i++)
      {
        const char *hash = vig_picture_get_hash (pictures->pdata[i]);
        gint64 id;

        if (vig_transaction_query_int (here,
                                       "SELECT EXISTS (SELECT 1 FROM pictures JOIN contents ON contents.id = content "
                                       "WHERE hash = ?)", "s", hash) != 0)
          continue;
        while ((id = vig_transaction_query_int (t,
                                                "SELECT min(pictures.id) FROM pictures JOIN contents ON contents.id = content "
                                                "WHERE hash = ?", "s", hash)) != 0 && !vig_transaction_failed (t))
          forget (t, id);
      }
    vig_transaction_run (t, "INSERT INTO words (words) VALUES ('optimize')", "");
    if (!vig_transaction_commit (here, error) || !vig_transaction_commit (t, error))
      return FALSE;
  }

  return vig_database_empty_log (backup, error);
}

static gboolean
forget_in_backups (VigLibrary  *self,
                   GPtrArray   *pictures,
                   GError     **error)
{
  g_autofree char *beside = g_path_get_dirname (vig_profile_get_database (self->profile));
  g_autofree char *folder = g_build_filename (beside, "backups", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean done = TRUE;
  const char *name;

  /* A folder that is not there has none. */
  while (done && dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".db"))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        done = forget_in_backup (self, pictures, path, error);
      }

  return done;
}

gboolean
vig_library_forget (VigLibrary    *self,
                    GPtrArray     *pictures,
                    GCancellable  *cancellable,
                    GError       **error)
{
  gboolean done = TRUE;

  for (guint i = 0; i < pictures->len && done; i++)
    {
      g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
      GError *problem = NULL;

      done = !g_cancellable_set_error_if_cancelled (cancellable, error);
      if (!done)
        break;

      forget (t, vig_picture_get_id (pictures->pdata[i]));
      /* Last, and only if the library agrees: it cannot be rolled back. */
      if (!vig_transaction_failed (t) && !trash (pictures->pdata[i], &problem))
        vig_transaction_fail (t, problem);
      done = vig_transaction_commit (t, error);
    }
  vig_library_touch (self);

  return done && tidy (self, error) && forget_in_backups (self, pictures, error);
}

static void
forget_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  GError *error = NULL;

  if (vig_library_forget (source, data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
vig_library_forget_async (VigLibrary          *self,
                          GPtrArray           *pictures,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (VIG_IS_LIBRARY (self));
  g_return_if_fail (pictures != NULL);

  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  GPtrArray *held = g_ptr_array_new_with_free_func (g_object_unref);

  g_task_set_source_tag (task, vig_library_forget_async);
  for (guint i = 0; i < pictures->len; i++)
    g_ptr_array_add (held, g_object_ref (pictures->pdata[i]));
  g_task_set_task_data (task, held, (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, forget_thread);
}

gboolean
vig_library_forget_finish (VigLibrary    *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
