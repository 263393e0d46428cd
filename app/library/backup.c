/* backup.c: copies of the library without what can be made again, and the way back */

#define G_LOG_DOMAIN "vig-backup"

#include "config.h"

#include "library/backup.h"

#include "library/files.h"
#include "library/library-private.h"
#include "library/schema.h"
#include "library/tables.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* All rows of one table of “main” become those of “other”. */
static void
copy_table (VigTransaction *t,
            const char     *name,
            const char     *columns)
{
  g_autofree char *empty = g_strdup_printf ("DELETE FROM main.\"%s\"", name);
  g_autofree char *fill = g_strdup_printf ("INSERT INTO main.\"%s\" (%s) SELECT %s FROM other.\"%s\"",
                                           name, columns, columns, name);

  vig_transaction_run (t, empty, "");
  vig_transaction_run (t, fill, "");
}

/* But for those that can be made again. The tables are those of “main”, which is always one that our own steps have made. */
static void
copy_tables (VigTransaction *t)
{
  g_autoptr(GPtrArray) tables = vig_tables_list (t);

  for (guint i = 0; i < tables->len; i++)
    {
      const VigTable *table = tables->pdata[i];
      g_autofree char *columns = vig_table_join_columns (table);
      g_autofree char *numbered = g_strconcat ("rowid, ", columns, NULL);

      if (!table->is_derived)
        copy_table (t, table->name, table->is_virtual ? numbered : columns);
    }
  /* So that no id is given out twice. */
  copy_table (t, "sqlite_sequence", "name, seq");
}

/* ---- There ---- */

static gboolean
write_copy (const char  *from,
            gint64       version,
            const char  *to,
            GError     **error)
{
  g_autoptr(VigDatabase) database = vig_schema_make (to, version, error);

  if (database == NULL || !vig_database_attach (database, from, error))
    return FALSE;

  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

  copy_tables (t);

  return vig_transaction_commit (t, error);
}

/* @to appears whole or not at all; what had that name is replaced. */
static gboolean
back_up (const char  *from,
         gint64       version,
         const char  *to,
         GError     **error)
{
  g_autofree char *part = g_strconcat (to, ".part", NULL);
  g_autofree char *folder = g_path_get_dirname (to);

  vig_database_remove (part);
  if (!write_copy (from, version, part, error))
    {
      vig_database_remove (part);
      return FALSE;
    }
  if (g_rename (part, to) != 0)
    {
      const int code = errno;
      g_autofree char *shown = g_filename_display_name (to);

      vig_database_remove (part);
      g_propagate_error (error, vig_file_make_error (code, shown));
      return FALSE;
    }

  return vig_folder_sync (folder, error);
}

static char *
make_folder (const char  *library,
             GError     **error)
{
  g_autofree char *beside = g_path_get_dirname (library);
  g_autofree char *folder = g_build_filename (beside, "backups", NULL);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return g_steal_pointer (&folder);

  const int code = errno;
  g_autofree char *shown = g_filename_display_name (folder);
  g_propagate_error (error, vig_file_make_error (code, shown));

  return NULL;
}

/* “KIND DATE.db” beside the library. */
static char *
make_path (const char  *library,
           const char  *kind,
           const char  *format,
           GError     **error)
{
  g_autofree char *folder = make_folder (library, error);
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, format);
  g_autofree char *name = g_strdup_printf ("%s %s.db", kind, date);

  return folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
}

gboolean
vig_backup_before_step (const char  *path,
                        gint64       version,
                        GError     **error)
{
  g_autofree char *kind = g_strdup_printf ("version %" G_GINT64_FORMAT, version);
  g_autofree char *to = make_path (path, kind, "%Y-%m-%d %H.%M.%S", error);

  return to != NULL && back_up (path, version, to, error);
}

static gboolean
read_version (VigLibrary  *self,
              gint64      *version,
              GError     **error)
{
  return vig_schema_read_version (self->reader, vig_profile_get_database (self->profile), version, error);
}

gboolean
vig_library_back_up (VigLibrary  *self,
                     const char  *path,
                     GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  const char *from = vig_profile_get_database (self->profile);
  g_autofree char *shown = g_filename_display_name (path);
  GStatBuf there, here;
  gint64 version;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, _("“%s” is a folder, not a file."), shown);
      return FALSE;
    }
  if (g_stat (path, &there) == 0 && g_stat (from, &here) == 0 &&
      there.st_dev == here.st_dev && there.st_ino == here.st_ino)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("“%s” is the library itself."), shown);
      return FALSE;
    }

  return read_version (self, &version, error) && back_up (from, version, path, error);
}

static gint
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* The newest stay. Names sort by date. */
static void
forget_old (const char *folder,
            const char *kind)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, kind) && g_str_has_suffix (name, ".db"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);

  for (guint i = 0; i + VIG_BACKUP_DAILY < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

      g_unlink (path);
    }
}

gboolean
vig_library_back_up_daily (VigLibrary  *self,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  const char *from = vig_profile_get_database (self->profile);
  gint64 version;

  if (vig_database_get_read_only (self->writer))
    return TRUE;

  g_autofree char *to = make_path (from, "daily", "%Y-%m-%d", error);
  if (to == NULL)
    return FALSE;
  if (g_file_test (to, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!read_version (self, &version, error) || !back_up (from, version, to, error))
    return FALSE;

  g_autofree char *folder = g_path_get_dirname (to);
  forget_old (folder, "daily ");

  return TRUE;
}

/* ---- And back ---- */

/* A copy of the user's file, brought to the shape of today; the file itself is only read. */
static char *
prepare (VigLibrary  *self,
         const char  *path,
         GError     **error)
{
  const char *library = vig_profile_get_database (self->profile);
  g_autofree char *copy = g_strconcat (library, ".restore", NULL);
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr(GFile) from = g_file_new_for_path (path);
  g_autoptr(GFile) to = g_file_new_for_path (copy);
  g_autoptr(VigDatabase) database = NULL;
  g_autoptr(GPtrArray) problems = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no file “%s”."), shown);
      return NULL;
    }
  if (!vig_schema_check (path, error))
    return NULL;

  vig_database_remove (copy);
  if (!g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, error))
    return NULL;

  database = vig_schema_open (copy, FALSE, error);
  if (database != NULL)
    problems = vig_database_check (database, error);
  if (problems != NULL && problems->len == 0)
    return g_steal_pointer (&copy);

  g_clear_pointer (&database, vig_database_free);
  vig_database_remove (copy);
  if (problems != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("“%s” is damaged; nothing was changed."), shown);

  return NULL;
}

/* Rows of contents and models have other numbers in the backup; CLIP rows of contents that are still known stay. First to
 * numbers below zero, since a new number may be another row's old one. */
static void
keep_vectors (VigTransaction *t)
{
  vig_transaction_run (t,
                       "DELETE FROM main.vectors WHERE content NOT IN (SELECT o.id FROM main.contents o JOIN other.contents n "
                       "ON n.hash = o.hash)", "");
  vig_transaction_run (t,
                       "INSERT INTO other.models (hash) SELECT hash FROM main.models WHERE hash NOT IN "
                       "(SELECT hash FROM other.models)", "");
  vig_transaction_run (t,
                       "UPDATE main.vectors SET "
                       "content = -(SELECT n.id FROM main.contents o JOIN other.contents n ON n.hash = o.hash "
                       "            WHERE o.id = vectors.content), "
                       "model = -(SELECT n.id FROM main.models o JOIN other.models n ON n.hash = o.hash "
                       "          WHERE o.id = vectors.model)", "");
  vig_transaction_run (t, "UPDATE main.vectors SET content = -content, model = -model", "");
}

/* Every process sees that it has to read everything again. */
static void
count_changes (VigTransaction *t,
               gint64          pictures,
               gint64          vectors,
               gint64          removals)
{
  vig_transaction_run (t, "UPDATE main.changes SET pictures = ?, vectors = ?, removals = ?", "lll", pictures + 1,
                       vectors + 1, removals + 1);
}

static gboolean
replace_rows (VigLibrary  *self,
              const char  *copy,
              GError     **error)
{
  g_autoptr(VigDatabase) database = vig_database_open (vig_profile_get_database (self->profile), error);

  if (database == NULL || !vig_database_attach (database, copy, error))
    return FALSE;

  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);
  const gint64 pictures = vig_transaction_query_int (t, "SELECT pictures FROM main.changes", "");
  const gint64 vectors = vig_transaction_query_int (t, "SELECT vectors FROM main.changes", "");
  const gint64 removals = vig_transaction_query_int (t, "SELECT removals FROM main.changes", "");

  keep_vectors (t);
  copy_tables (t);
  count_changes (t, pictures, vectors, removals);
  if (vig_transaction_query_int (t, "SELECT count(*) FROM pragma_foreign_key_check", "") != 0)
    vig_transaction_fail (t, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED,
                                                  _("The backup does not fit together; nothing was changed.")));

  return vig_transaction_commit (t, error);
}

/* What is drawn at the moment has its rows open. */
static gboolean
check_idle (VigLibrary  *self,
            GError     **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
  gboolean idle = TRUE;

  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM jobs WHERE state = 0", "");

    while (vig_rows_next (rows))
      idle = idle && vig_leases_is_free (self->leases, vig_rows_get_int (rows, 0));
  }
  if (!vig_transaction_commit (t, error))
    return FALSE;
  if (!idle)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                         _("A drawing is under way; stop it first, then restore the backup."));

  return idle;
}

gboolean
vig_library_restore (VigLibrary  *self,
                     const char  *path,
                     char       **before,
                     GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  const char *library = vig_profile_get_database (self->profile);
  g_autofree char *kept = NULL;
  g_autofree char *copy = NULL;
  gboolean done;

  if (!check_idle (self, error) || (copy = prepare (self, path, error)) == NULL)
    return FALSE;

  kept = make_path (library, "before restore", "%Y-%m-%d %H.%M.%S", error);
  done = kept != NULL && vig_library_back_up (self, kept, error) && replace_rows (self, copy, error);
  vig_database_remove (copy);
  if (!done)
    return FALSE;

  vig_library_touch_all (self);
  if (before != NULL)
    *before = g_steal_pointer (&kept);

  return TRUE;
}
