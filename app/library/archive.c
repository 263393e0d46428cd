/* archive.c: the library as files and JSON: export */

#define G_LOG_DOMAIN "vig-archive"

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

typedef struct
{
  VigLibrary    *library;
  char          *folder;   /* of the archive */
  GHashTable    *names;    /* file names given out */
  GHashTable    *files;    /* picture → “pictures/NAME” */
  GPtrArray     *failed;   /* of VigFailure */
  GError       **error;
} Export;

/* ---- Cells ---- */

static json_t *
wrap (const char    *key,
      gconstpointer  bytes,
      gsize          size,
      gboolean       plain)
{
  g_autofree char *encoded = plain ? NULL : g_base64_encode (bytes, size);
  json_t *text = plain ? json_stringn (bytes, size) : json_string (encoded);

  return json_pack ("{s:o}", key, text);
}

json_t *
vig_archive_write_cell (const VigCell *cell)
{
  const gboolean plain = cell->size > 0 && g_utf8_validate_len (cell->bytes, cell->size, NULL);

  switch (cell->kind)
    {
    case VIG_CELL_INT:
      return json_integer (cell->number);
    case VIG_CELL_REAL:
      return json_real (cell->real);
    case VIG_CELL_TEXT:
      if (cell->size == 0)
        return json_string ("");
      return plain ? json_stringn (cell->bytes, cell->size) : wrap ("text64", cell->bytes, cell->size, FALSE);
    case VIG_CELL_BLOB:
      return plain ? wrap ("blob", cell->bytes, cell->size, TRUE) : wrap ("base64", cell->bytes, cell->size, FALSE);
    case VIG_CELL_NULL:
    default:
      return json_null ();
    }
}

gboolean
vig_archive_read_cell (json_t   *value,
                       VigCell  *cell,
                       gpointer *bytes)
{
  *cell = (VigCell) { VIG_CELL_NULL, };
  *bytes = NULL;

  if (json_is_integer (value))
    *cell = (VigCell) { .kind = VIG_CELL_INT, .number = json_integer_value (value) };
  else if (json_is_real (value))
    *cell = (VigCell) { .kind = VIG_CELL_REAL, .real = json_real_value (value) };
  else if (json_is_string (value))
    *cell = (VigCell) { .kind = VIG_CELL_TEXT, .bytes = json_string_value (value), .size = json_string_length (value) };
  else if (json_is_object (value) && json_object_size (value) == 1)
    {
      json_t *plain = json_object_get (value, "blob");
      json_t *base64 = json_object_get (value, "base64");
      json_t *text64 = json_object_get (value, "text64");
      json_t *encoded = base64 != NULL ? base64 : text64;

      if (json_is_string (plain))
        *cell = (VigCell) { .kind = VIG_CELL_BLOB, .bytes = json_string_value (plain), .size = json_string_length (plain) };
      else if (json_is_string (encoded))
        {
          cell->kind = base64 != NULL ? VIG_CELL_BLOB : VIG_CELL_TEXT;
          cell->bytes = *bytes = g_base64_decode (json_string_value (encoded), &cell->size);
        }
      else
        return FALSE;
    }
  else
    return json_is_null (value);

  return TRUE;
}

/* ---- Files ---- */

static void
add_failure (Export     *export,
             const char *path,
             const char *reason)
{
  VigFailure *failure = g_new (VigFailure, 1);

  failure->path = g_strdup (path);
  failure->reason = g_strdup (reason);
  g_ptr_array_add (export->failed, failure);
}

/* “NAME (2).png” where NAME.png is given out already. */
static char *
choose_name (Export     *export,
             const char *stored)
{
  g_autofree char *base = g_path_get_basename (stored);
  char *name = g_strdup (base);

  for (guint copy = 2; g_hash_table_contains (export->names, name); copy++)
    {
      const char *dot = strrchr (base, '.');
      const int stem = dot != NULL && dot != base ? (int) (dot - base) : (int) strlen (base);

      g_free (name);
      name = g_strdup_printf ("%.*s (%u)%s", stem, base, copy, base + stem);
    }
  g_hash_table_add (export->names, g_strdup (name));

  return name;
}

/* FALSE: the archive itself cannot be written. A picture that cannot be read is listed. */
static gboolean
copy_picture (Export     *export,
              gint64      id,
              const char *stored,
              const char *hash)
{
  g_autofree char *path = vig_library_dup_path (export->library, stored);
  g_autofree char *name = choose_name (export, stored);
  g_autofree char *file = g_build_filename ("pictures", name, NULL);
  g_autofree char *to = g_build_filename (export->folder, file, NULL);
  g_autofree char *shown = g_filename_display_name (to);
  g_autofree char *bytes = NULL;
  g_autofree char *found = NULL;
  g_autoptr(GError) why = NULL;
  gsize size;

  bytes = vig_file_read (path, G_MAXINT, &size, &why);
  if (bytes != NULL)
    found = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) bytes, size);
  if (found == NULL || !g_str_equal (found, hash))
    {
      add_failure (export, path, why != NULL ? why->message : _("It is not as it was drawn."));
      return TRUE;
    }
  if (!vig_file_write (to, bytes, size, shown, export->error))
    return FALSE;

  g_hash_table_insert (export->files, g_memdup2 (&id, sizeof id), g_steal_pointer (&file));

  return TRUE;
}

static gboolean
copy_pictures (Export         *export,
               VigTransaction *t)
{
  g_autoptr(VigRows) rows =
    vig_transaction_query (t,
                           "SELECT pictures.id, path, hash FROM pictures JOIN contents ON contents.id = content "
                           "WHERE kind = 1 ORDER BY pictures.id", "");

  while (vig_rows_next (rows))
    {
      g_autofree char *stored = vig_rows_dup_path (rows, 1);

      if (!copy_picture (export, vig_rows_get_int (rows, 0), stored, vig_rows_get_text (rows, 2)))
        return FALSE;
    }

  return TRUE;
}

/* ---- JSON ---- */

/* Takes @object. */
static void
add_line (GString    *text,
          json_t     *object,
          const char *end)
{
  char *line = json_dumps (object, JSON_COMPACT | JSON_REAL_PRECISION (17));

  g_string_append (text, line);
  g_string_append (text, end);
  free (line);
  json_decref (object);
}

static void
add_table (GString        *text,
           VigTransaction *t,
           const VigTable *table)
{
  g_autofree char *columns = vig_table_join_columns (table);
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM \"%s\" ORDER BY 1", columns, table->name);
  g_autoptr(VigRows) rows = vig_transaction_query (t, sql, "");

  while (vig_rows_next (rows))
    {
      json_t *row = json_object ();

      for (guint i = 0; table->columns[i] != NULL; i++)
        {
          const VigCell cell = vig_rows_get_cell (rows, i);

          json_object_set_new (row, table->columns[i], vig_archive_write_cell (&cell));
        }
      add_line (text, json_pack ("{s:s, s:o}", "table", table->name, "row", row), "\n");
    }
}

static char *
write_everything (Export         *export,
                  VigTransaction *t,
                  gint64          version,
                  gsize          *size)
{
  GString *text = g_string_new (NULL);
  g_autoptr(GPtrArray) tables = vig_tables_list (t);
  GHashTableIter iter;
  gpointer id, file;

  add_line (text, json_pack ("{s:s, s:i, s:I}", "program", "Vignette " APP_VERSION, "format", VIG_ARCHIVE_FORMAT, "version",
                             (json_int_t) version), "\n");
  for (guint i = 0; i < tables->len; i++)
    {
      const VigTable *table = tables->pdata[i];

      if (!table->is_virtual && !table->is_derived && !g_str_equal (table->name, "changes"))
        add_table (text, t, table);
    }
  g_hash_table_iter_init (&iter, export->files);
  while (g_hash_table_iter_next (&iter, &id, &file))
    add_line (text, json_pack ("{s:I, s:s}", "picture", (json_int_t) *(gint64 *) id, "file", file), "\n");
  *size = text->len;

  return g_string_free (text, FALSE);
}

/* For people: what the tables say of each picture. */
static json_t *
describe_picture (Export         *export,
                  VigTransaction *t,
                  gint64          id)
{
  g_autoptr(VigPicture) picture = vig_library_load_picture (export->library, t, id);
  const char *file = g_hash_table_lookup (export->files, &id);
  json_t *tags = json_array ();
  json_t *object = json_object ();

  if (picture == NULL)
    {
      json_decref (tags);
      return object;
    }

  g_autofree char *path = g_utf8_make_valid (vig_picture_get_path (picture), -1);
  const char *prompt = vig_picture_get_prompt (picture);
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (vig_picture_get_time (picture));
  g_autofree char *date = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  for (const char * const *tag = vig_picture_get_tags (picture); tag != NULL && *tag != NULL; tag++)
    json_array_append_new (tags, json_string (*tag));
  json_object_set_new (object, "kind", json_string (prompt != NULL ? "made" : "photo"));
  json_object_set_new (object, "file", json_string (file != NULL ? file : path));
  json_object_set_new (object, "sha256", json_string (vig_picture_get_hash (picture)));
  json_object_set_new (object, "date", date != NULL ? json_string (date) : json_null ());
  json_object_set_new (object, "width", json_integer (vig_picture_get_width (picture)));
  json_object_set_new (object, "height", json_integer (vig_picture_get_height (picture)));
  json_object_set_new (object, "favourite", json_boolean (vig_picture_get_favourite (picture)));
  json_object_set_new (object, "tags", tags);
  if (prompt != NULL)
    {
      g_autofree char *words = g_utf8_make_valid (prompt, -1);
      json_t *recipe = json_loads (vig_picture_get_recipe (picture), 0, NULL);

      json_object_set_new (object, "prompt", json_string (words));
      json_object_set_new (object, "recipe", recipe != NULL ? recipe : json_null ());
    }

  return object;
}

static char *
write_pictures (Export         *export,
                VigTransaction *t,
                gsize          *size)
{
  GString *text = g_string_new ("[\n");
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM pictures WHERE trashed = 0 ORDER BY id", "");

  while (vig_rows_next (rows))
    {
      if (text->len > 2)
        g_string_append (text, ",\n");
      add_line (text, describe_picture (export, t, vig_rows_get_int (rows, 0)), "");
    }
  g_string_append (text, "\n]\n");
  *size = text->len;

  return g_string_free (text, FALSE);
}

/* Under another name first: whole, or not there. */
static gboolean
write_text (Export     *export,
            const char *name,
            const char *text,
            gsize       size)
{
  g_autofree char *path = g_build_filename (export->folder, name, NULL);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autofree char *shown = g_filename_display_name (path);

  if (!vig_file_write (part, text, size, shown, export->error))
    return FALSE;
  if (g_rename (part, path) == 0)
    return TRUE;

  g_propagate_error (export->error, vig_file_make_error (errno, shown));
  g_unlink (part);

  return FALSE;
}

static gboolean
write_archive (Export *export)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (export->library->reader, VIG_READ);
  const gint64 version = vig_transaction_query_int (t, "PRAGMA user_version", "");
  gsize n_everything = 0, n_pictures = 0;

  if (!copy_pictures (export, t))
    return FALSE;

  g_autofree char *pictures = write_pictures (export, t, &n_pictures);
  g_autofree char *everything = write_everything (export, t, version, &n_everything);

  return vig_transaction_commit (t, export->error) &&
         write_text (export, "pictures.json", pictures, n_pictures) &&
         write_text (export, "library.jsonl", everything, n_everything) &&
         vig_folder_sync (export->folder, export->error);
}

/* Nothing of the user's is in the way. */
static gboolean
make_folders (Export *export)
{
  g_autofree char *pictures = g_build_filename (export->folder, "pictures", NULL);
  g_autofree char *shown = g_filename_display_name (export->folder);
  g_autoptr(GDir) dir = NULL;

  if (g_mkdir_with_parents (export->folder, 0700) != 0 || (dir = g_dir_open (export->folder, 0, NULL)) == NULL)
    {
      g_propagate_error (export->error, vig_file_make_error (errno, shown));
      return FALSE;
    }
  if (g_dir_read_name (dir) != NULL)
    {
      g_set_error (export->error, G_IO_ERROR, G_IO_ERROR_NOT_EMPTY, _("“%s” is not empty; an export needs a folder of its own."),
                   shown);
      return FALSE;
    }
  if (g_mkdir (pictures, 0700) != 0)
    {
      g_propagate_error (export->error, vig_file_make_error (errno, shown));
      return FALSE;
    }

  return TRUE;
}

gboolean
vig_library_export (VigLibrary  *self,
                    const char  *folder,
                    guint       *n_pictures,
                    GPtrArray   *failed,
                    GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) files = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  Export export = { self, (char *) folder, names, files, failed, error };

  if (!make_folders (&export) || !write_archive (&export))
    return FALSE;
  *n_pictures = g_hash_table_size (files);

  return TRUE;
}
