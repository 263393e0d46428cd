/* merge.c: an archive comes back: import
 *
 * What the archive holds is added to what is there. A row that both know by what names it (a content's hash, a tag's
 * name, a picture's path; where nothing names it, by all of it) is the one that is there; others get new numbers, and
 * rows that refer to them follow. So importing into an empty library makes it as it was, and importing twice
 * changes nothing the second time.
 *
 * The rows become a library of their own first, of the version that wrote them, and are brought to the shape of
 * today as any old library is. Then the files are placed, then, in one transaction, the rows.
 */

#define G_LOG_DOMAIN "vig-merge"

#include "config.h"

#include "library/archive.h"
#include "library/files.h"
#include "library/library-private.h"
#include "library/schema.h"
#include "library/tables.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

#define ROW_MAX (64 << 20)

typedef struct
{
  VigLibrary  *library;
  const char  *folder;   /* of the archive */
  char        *path;     /* of the library that its rows become */
  GHashTable  *files;    /* picture → its file within the archive */
  GPtrArray   *failed;   /* of VigFailure */
  guint        n_pictures;
  GError     **error;
} Import;

static gboolean
refuse (Import *import,
        guint   line)
{
  g_autofree char *shown = g_filename_display_name (import->folder);

  if (line > 0)
    g_set_error (import->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("Line %u of the archive “%s” cannot be read; nothing was changed."), line, shown);
  else
    g_set_error (import->error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("The archive “%s” does not fit together; nothing was changed."), shown);

  return FALSE;
}

/* ---- Rows, into a library of their own ---- */

static const VigTable *
find_table (GPtrArray  *tables,
            const char *name)
{
  for (guint i = 0; i < tables->len && name != NULL; i++)
    {
      const VigTable *table = tables->pdata[i];

      if (g_str_equal (table->name, name) && !table->is_virtual && !table->is_derived && !g_str_equal (name, "changes"))
        return table;
    }

  return NULL;
}

static gboolean
add_row (VigTransaction *t,
         const VigTable *table,
         json_t         *row)
{
  const guint n = g_strv_length (table->columns);
  g_autofree VigCell *cells = g_new0 (VigCell, n);
  g_autoptr(GPtrArray) bytes = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *columns = vig_table_join_columns (table);
  g_autoptr(GString) sql = g_string_new (NULL);

  if (json_object_size (row) != n)
    return FALSE;

  g_string_append_printf (sql, "INSERT INTO \"%s\" (%s) VALUES (", table->name, columns);
  for (guint i = 0; i < n; i++)
    {
      json_t *value = json_object_get (row, table->columns[i]);
      gpointer own = NULL;

      if (value == NULL || !vig_archive_read_cell (value, &cells[i], &own))
        return FALSE;
      if (own != NULL)
        g_ptr_array_add (bytes, own);
      g_string_append (sql, i > 0 ? ", ?" : "?");
    }
  g_string_append (sql, ")");
  vig_transaction_run_cells (t, sql->str, cells, n);

  return TRUE;
}

static gboolean
add_line (Import         *import,
          VigTransaction *t,
          GPtrArray      *tables,
          json_t         *object)
{
  json_t *picture = json_object_get (object, "picture");
  const char *file = json_string_value (json_object_get (object, "file"));
  const VigTable *table = find_table (tables, json_string_value (json_object_get (object, "table")));

  if (table != NULL)
    return add_row (t, table, json_object_get (object, "row"));
  if (!json_is_integer (picture) || file == NULL)
    return FALSE;

  const gint64 id = json_integer_value (picture);
  g_hash_table_insert (import->files, g_memdup2 (&id, sizeof id), g_strdup (file));

  return TRUE;
}

/* The next line as an object; NULL at the end, with *@number as it was, or if it is none. */
static json_t *
read_line (GDataInputStream *stream,
           guint            *number)
{
  gsize length = 0;
  g_autofree char *line = g_data_input_stream_read_line (stream, &length, NULL, NULL);

  if (line == NULL)
    return NULL;
  (*number)++;

  return length <= ROW_MAX ? json_loadb (line, length, 0, NULL) : NULL;
}

static gboolean
read_rows (Import           *import,
           GDataInputStream *stream,
           VigDatabase      *database)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE_SOON);
  g_autoptr(GPtrArray) tables = vig_tables_list (t);
  guint number = 1;

  for (;;)
    {
      const guint before = number;
      g_autoptr(json_t) object = read_line (stream, &number);

      if (object == NULL && number == before)
        break;
      if (object == NULL || !add_line (import, t, tables, object))
        return refuse (import, number);
    }

  /* Rows of wrong kinds, or that refer to none, stop at the database. No space is something else. */
  g_autoptr(GError) why = NULL;
  if (vig_transaction_commit (t, &why))
    return TRUE;
  if (!g_error_matches (why, G_IO_ERROR, G_IO_ERROR_FAILED))
    {
      g_propagate_error (import->error, g_steal_pointer (&why));
      return FALSE;
    }

  return refuse (import, 0);
}

static gboolean
read_archive (Import *import)
{
  g_autofree char *path = g_build_filename (import->folder, "library.jsonl", NULL);
  g_autofree char *shown = g_filename_display_name (import->folder);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFileInputStream) bytes = g_file_read (file, NULL, NULL);
  guint number = 0;

  if (bytes == NULL)
    {
      g_set_error (import->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("“%s” is no export of Vignette, or not a complete one."),
                   shown);
      return FALSE;
    }

  g_autoptr(GDataInputStream) stream = g_data_input_stream_new (G_INPUT_STREAM (bytes));
  g_autoptr(json_t) head = read_line (stream, &number);
  const gint64 format = json_integer_value (json_object_get (head, "format"));
  const gint64 version = json_integer_value (json_object_get (head, "version"));

  if (format < 1 || version < 1)
    return refuse (import, 1);
  if (format > VIG_ARCHIVE_FORMAT || version > vig_schema_get_newest ())
    {
      g_set_error (import->error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("The archive “%s” was made by a newer Vignette; nothing was changed."), shown);
      return FALSE;
    }

  {
    g_autoptr(VigDatabase) database = vig_schema_make (import->path, version, import->error);

    if (database == NULL || !read_rows (import, stream, database))
      return FALSE;
  }

  g_autoptr(VigDatabase) today = vig_schema_open (import->path, FALSE, import->error);

  return today != NULL;
}

/* ---- Files ---- */

static void
add_failure (Import     *import,
             const char *name,
             const char *reason)
{
  VigFailure *failure = g_new (VigFailure, 1);

  failure->path = g_build_filename (import->folder, name, NULL);
  failure->reason = g_strdup (reason);
  g_ptr_array_add (import->failed, failure);
}

/* A name within the folder of made pictures or its trash, from somebody else's file. */
static gboolean
is_decent (const char *stored)
{
  const char *name = g_str_has_prefix (stored, ".trash/") ? stored + strlen (".trash/") : stored;

  return *name != '\0' && *name != '.' && strchr (name, '/') == NULL;
}

/* Where a picture of ours that holds this already is; NULL if there is none. */
static char *
find_same (Import     *import,
           const char *hash)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (import->library->reader, VIG_READ);
  g_autoptr(VigRows) rows =
    vig_transaction_query (t,
                           "SELECT path FROM pictures JOIN contents ON contents.id = content WHERE hash = ? AND kind = 1 "
                           "ORDER BY state, trashed, pictures.id LIMIT 1", "s", hash);

  return vig_rows_next (rows) ? vig_rows_dup_path (rows, 0) : NULL;
}

static gboolean
is_listed (Import     *import,
           const char *stored)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (import->library->reader, VIG_READ);

  return vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM pictures WHERE path = ?1) OR "
                                       "EXISTS (SELECT 1 FROM sketches WHERE plan = ?1)", "p", stored) != 0;
}

/* Places the bytes as @stored or “NAME (2).png”; the name, or NULL with an error. What an interrupted import has left under
 * the name is taken as it is. */
static char *
place_file (Import        *import,
            const char    *stored,
            const char    *hash,
            gconstpointer  bytes,
            gsize          size)
{
  const char *root = vig_profile_get_pictures (import->library->profile);
  g_autofree char *part = g_build_filename (root, ".vignette-import.part", NULL);
  const char *dot = strrchr (stored, '.');
  const int stem = dot != NULL && dot != stored ? (int) (dot - stored) : (int) strlen (stored);

  for (guint copy = 1;; copy++)
    {
      g_autofree char *name = copy == 1 ? g_strdup (stored)
                                        : g_strdup_printf ("%.*s (%u)%s", stem, stored, copy, stored + stem);
      g_autofree char *path = g_build_filename (root, name, NULL);
      g_autofree char *folder = g_path_get_dirname (path);
      g_autofree char *shown = g_filename_display_name (path);
      gboolean exists = FALSE;

      if (is_listed (import, name))
        continue;
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        {
          g_autofree char *found = vig_file_hash (path, NULL, NULL);

          if (g_strcmp0 (found, hash) == 0)
            return g_steal_pointer (&name);
          continue;
        }
      g_mkdir_with_parents (folder, 0700);
      if (!vig_file_write (part, bytes, size, shown, import->error))
        return NULL;
      if (vig_file_place (part, path, &exists, shown, import->error))
        return vig_folder_sync (folder, import->error) ? g_steal_pointer (&name) : NULL;
      g_unlink (part);
      if (!exists)
        return NULL;
    }
}

/* The file of one made picture: its stored path from now on, in *@stored; or NULL there, with a line in the list. FALSE: it
 * cannot go on. */
static gboolean
bring_picture (Import      *import,
               gint64       id,
               const char  *hash,
               char       **stored)
{
  const char *file = g_hash_table_lookup (import->files, &id);
  g_autofree char *wanted = g_steal_pointer (stored);
  g_autofree char *same = find_same (import, hash);
  g_autofree char *name = file != NULL ? g_path_get_basename (file) : g_path_get_basename (wanted);
  g_autofree char *path = g_build_filename (import->folder, "pictures", name, NULL);
  g_autofree char *bytes = NULL;
  g_autofree char *found = NULL;
  g_autoptr(GError) why = NULL;
  gsize size = 0;

  if (same != NULL)
    {
      *stored = g_steal_pointer (&same);
      return TRUE;
    }
  if (is_decent (wanted))
    bytes = vig_file_read (path, G_MAXINT, &size, &why);
  if (bytes != NULL)
    found = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, size);
  if (found == NULL || !g_str_equal (found, hash))
    {
      g_autofree char *shown = g_build_filename ("pictures", name, NULL);

      add_failure (import, shown, why != NULL ? why->message : _("It is not as it was exported."));
      return TRUE;
    }
  *stored = place_file (import, wanted, hash, bytes, size);
  import->n_pictures += *stored != NULL;

  return *stored != NULL;
}

typedef struct
{
  gint64  id;
  char   *stored;
  char   *hash;
} Brought;

static void
free_brought (gpointer data)
{
  Brought *brought = data;

  g_free (brought->stored);
  g_free (brought->hash);
  g_free (brought);
}

static GPtrArray *
list_made (VigTransaction *t)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (free_brought);
  g_autoptr(VigRows) rows =
    vig_transaction_query (t, "SELECT pictures.id, path, hash FROM pictures JOIN contents ON contents.id = content "
                              "WHERE kind = 1 ORDER BY pictures.id", "");

  while (vig_rows_next (rows))
    {
      Brought *brought = g_new (Brought, 1);

      brought->id = vig_rows_get_int (rows, 0);
      brought->stored = vig_rows_dup_path (rows, 1);
      brought->hash = g_strdup (vig_rows_get_text (rows, 2));
      /* It was moved elsewhere by its owner: here it is with the others. */
      if (g_path_is_absolute (brought->stored))
        {
          char *name = g_path_get_basename (brought->stored);

          g_free (brought->stored);
          brought->stored = name;
        }
      g_ptr_array_add (all, brought);
    }

  return all;
}

/* Rows of pictures whose file did not come are left out; the others say where theirs is now. */
static gboolean
bring_pictures (Import *import)
{
  g_autoptr(VigDatabase) other = vig_database_open (import->path, import->error);

  if (other == NULL)
    return FALSE;

  g_autoptr(VigTransaction) t = vig_transaction_begin (other, VIG_WRITE_SOON);
  g_autoptr(GPtrArray) all = list_made (t);

  vig_transaction_run (t, "UPDATE sketches SET plan = NULL, plan_hash = NULL, plan_recipe = NULL, plan_side = NULL", "");
  /* Out of each other's way: one may get the name that another had. */
  vig_transaction_run (t, "UPDATE pictures SET path = CAST ('/' || id AS BLOB) WHERE kind = 1", "");

  for (guint i = 0; i < all->len && !vig_transaction_failed (t); i++)
    {
      Brought *brought = all->pdata[i];

      if (!bring_picture (import, brought->id, brought->hash, &brought->stored))
        return FALSE;
      /* Of two that hold the same, one is enough. */
      if (brought->stored == NULL ||
          vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM pictures WHERE path = ?)", "p", brought->stored) != 0)
        vig_transaction_run (t, "DELETE FROM pictures WHERE id = ?", "l", brought->id);
      else
        vig_transaction_run (t, "UPDATE pictures SET path = ? WHERE id = ?", "pl", brought->stored, brought->id);
    }

  return vig_transaction_commit (t, import->error);
}

/* ---- Rows, into ours ---- */

/* A column of a row “o” of the other library, as it is to be here. */
static char *
translate (const VigTable *table,
           guint           column)
{
  if (*table->parents[column] == '\0')
    return g_strdup_printf ("o.\"%s\"", table->columns[column]);

  return g_strdup_printf ("(SELECT new FROM temp.\"map %s\" WHERE old = o.\"%s\")", table->parents[column],
                          table->columns[column]);
}

/* “(a, b) SELECT …” of all columns from @first on. */
static char *
make_copying (const VigTable *table,
              guint           first)
{
  g_autoptr(GString) names = g_string_new (NULL);
  g_autoptr(GString) values = g_string_new (NULL);

  for (guint i = first; table->columns[i] != NULL; i++)
    {
      g_autofree char *value = translate (table, i);

      g_string_append_printf (names, "%s\"%s\"", i > first ? ", " : "", table->columns[i]);
      g_string_append_printf (values, "%s%s", i > first ? ", " : "", value);
    }

  return g_strdup_printf ("INTO main.\"%s\" (%s) SELECT %s FROM other.\"%s\" o", table->name, names->str, values->str,
                          table->name);
}

/* Finds the row here that is what the other library's row is. */
static char *
make_finding (const VigTable *table)
{
  g_autoptr(GString) sql = g_string_new (NULL);

  g_string_append_printf (sql, "SELECT m.id FROM main.\"%s\" m, other.\"%s\" o WHERE o.id = ?", table->name, table->name);
  for (guint i = 1; table->columns[i] != NULL; i++)
    if (*table->key == NULL || g_strv_contains ((const char * const *) table->key, table->columns[i]))
      {
        g_autofree char *value = translate (table, i);

        g_string_append_printf (sql, " AND m.\"%s\" IS %s", table->columns[i], value);
      }

  return g_string_free (g_steal_pointer (&sql), FALSE);
}

static void
merge_numbered (VigTransaction *t,
                const VigTable *table)
{
  g_autofree char *create = g_strdup_printf ("CREATE TEMP TABLE \"map %s\" (old INTEGER PRIMARY KEY, new INTEGER)", table->name);
  g_autofree char *remember = g_strdup_printf ("INSERT INTO temp.\"map %s\" VALUES (?, ?)", table->name);
  g_autofree char *all = g_strdup_printf ("SELECT id FROM other.\"%s\" ORDER BY id", table->name);
  g_autofree char *find = make_finding (table);
  g_autofree char *copying = make_copying (table, 1);
  g_autofree char *insert = g_strdup_printf ("INSERT %s WHERE o.id = ?", copying);

  vig_transaction_run (t, create, "");

  g_autoptr(VigRows) rows = vig_transaction_query (t, all, "");
  while (vig_rows_next (rows))
    {
      const gint64 old = vig_rows_get_int (rows, 0);
      gint64 new = vig_transaction_query_int (t, find, "l", old);

      if (new == 0)
        {
          vig_transaction_run (t, insert, "l", old);
          new = vig_transaction_get_id (t);
        }
      vig_transaction_run (t, remember, "ll", old, new);
    }
}

static void
merge_tables (VigTransaction *t)
{
  g_autoptr(GPtrArray) tables = vig_tables_list (t);

  for (guint i = 0; i < tables->len; i++)
    {
      const VigTable *table = tables->pdata[i];

      if (table->is_virtual || table->is_derived || g_str_equal (table->name, "changes"))
        continue;
      if (table->has_id)
        merge_numbered (t, table);
      else
        {
          g_autofree char *copying = make_copying (table, 0);
          g_autofree char *insert = g_strdup_printf ("INSERT OR IGNORE %s", copying);

          vig_transaction_run (t, insert, "");
        }
    }
}

static gboolean
merge (Import *import)
{
  g_autoptr(VigDatabase) database = vig_database_open (vig_profile_get_database (import->library->profile), import->error);

  if (database == NULL || !vig_database_attach (database, import->path, import->error))
    return FALSE;

  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

  merge_tables (t);
  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT new FROM temp.\"map pictures\"", "");

    while (vig_rows_next (rows))
      vig_transaction_index_words (t, vig_rows_get_int (rows, 0));
  }
  vig_transaction_count_change (t);
  if (vig_transaction_query_int (t, "SELECT count(*) FROM pragma_foreign_key_check", "") != 0)
    {
      refuse (import, 0);
      return FALSE;
    }

  return vig_transaction_commit (t, import->error);
}

gboolean
vig_library_import (VigLibrary  *self,
                    const char  *folder,
                    guint       *n_pictures,
                    GPtrArray   *failed,
                    GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  g_autofree char *path = g_strconcat (vig_profile_get_database (self->profile), ".import", NULL);
  g_autoptr(GHashTable) files = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  Import import = { self, folder, path, files, failed, 0, error };
  gboolean done;

  if (vig_database_get_read_only (self->writer))
    {
      g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

      return vig_transaction_commit (t, error);
    }

  vig_database_remove (path);
  done = read_archive (&import) && bring_pictures (&import) && merge (&import);
  vig_database_remove (path);
  if (!done)
    return FALSE;

  *n_pictures = import.n_pictures;
  vig_library_touch_all (self);

  return TRUE;
}
