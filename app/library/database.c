/* database.c: opens SQLite, prepares, binds, steps, transactions: its only caller */

#define G_LOG_DOMAIN "vig-database"

#include "config.h"

#include "library/database.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <unistd.h>

/* How long to wait for another process's transaction; ours last milliseconds. */
#define BUSY_MS 10000

/* Libraries up to this many bytes are looked through when they are opened: half a millisecond for each MiB. */
#define PROBE_MAX (16 << 20)

/* Closing any descriptor of a file drops every lock that the process has on it (POSIX, close()): files that a
 * connection has open must not be looked at behind SQLite's back. */
static GMutex open_mutex;
static GHashTable *open_files;  /* device and inode → how many connections */

struct _VigDatabase
{
  GMutex      mutex;
  sqlite3    *handle;
  char       *identity;    /* in open_files; NULL until it is open */
  char       *path;
  char       *shown;       /* the path, to be read by people */
  GHashTable *statements;  /* SQL → sqlite3_stmt, those that nobody uses */
  gboolean    read_only;
};

struct _VigTransaction
{
  VigDatabase        *database;  /* locked, until it is over */
  VigTransactionKind  kind;
  GError             *error;     /* the first one */
  gboolean            open;      /* BEGIN succeeded */
  gboolean            over;
};

struct _VigRows
{
  VigTransaction *transaction;
  sqlite3_stmt   *statement;  /* NULL where the transaction has failed */
  char           *sql;
};

static char *
identify (const char *path)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return NULL;

  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) info.st_dev, (guint64) info.st_ino);
}

static void
count_open (const char *identity,
            int         step)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&open_mutex);

  if (open_files == NULL)
    open_files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  const int count = GPOINTER_TO_INT (g_hash_table_lookup (open_files, identity)) + step;
  if (count > 0)
    g_hash_table_insert (open_files, g_strdup (identity), GINT_TO_POINTER (count));
  else
    g_hash_table_remove (open_files, identity);
}

gboolean
vig_database_is_open (const char *path)
{
  g_autofree char *identity = identify (path);
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&open_mutex);

  return identity != NULL && open_files != NULL && g_hash_table_contains (open_files, identity);
}

/* One sentence for the user, by what SQLite and the system say; @self may have failed to open. */
static GError *
make_error (VigDatabase *self,
            int          code)
{
  const int extended = self->handle != NULL ? sqlite3_extended_errcode (self->handle) : code;
  const int system = self->handle != NULL ? sqlite3_system_errno (self->handle) : 0;
  const gboolean io = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;

  if (code == SQLITE_FULL || (io && (system == ENOSPC || system == EDQUOT)))
    return g_error_new (G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                        _("There is no space left on the disk for the library “%s”."), self->shown);

  if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM || code == SQLITE_AUTH ||
      (io && (system == EROFS || system == EACCES)))
    return g_error_new (G_IO_ERROR, G_IO_ERROR_READ_ONLY,
                        _("The library “%s” cannot be written."), self->shown);

  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_FORMAT)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
                        _("The library “%s” is damaged."), self->shown);

  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_BUSY,
                        _("The library “%s” is kept busy by another program."), self->shown);

  if (code == SQLITE_IOERR)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
                        _("The disk of the library “%s” fails: %s."), self->shown,
                        system != 0 ? g_strerror (system) : sqlite3_errstr (extended));

  return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, _("The library “%s” cannot be used: %s."), self->shown,
                      self->handle != NULL ? sqlite3_errmsg (self->handle) : sqlite3_errstr (code));
}

static int
run_plain (VigDatabase *self,
           const char  *sql)
{
  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL);
}

/* The file may come from anybody: it gets no say in what our statements do. */
static int
configure (VigDatabase *self)
{
  sqlite3_extended_result_codes (self->handle, 0);
  sqlite3_busy_timeout (self->handle, BUSY_MS);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);

  /* Deleted prompts are overwritten, not only unlinked. */
  int code = run_plain (self, "PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;");
  if (code == SQLITE_OK)
    code = run_plain (self, "SELECT count(*) FROM sqlite_schema");

  return code;
}

static int
open_as (VigDatabase *self,
         const char  *name,
         int          flags)
{
  if (self->handle != NULL)
    sqlite3_close (self->handle);
  self->handle = NULL;

  const int code = sqlite3_open_v2 (name, &self->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);

  return code == SQLITE_OK ? configure (self) : code;
}

/* A log that was never brought home cannot be read without writing beside it. */
static gboolean
has_log (VigDatabase *self)
{
  g_autofree char *log = g_strconcat (self->path, "-wal", NULL);
  GStatBuf info;

  return g_stat (log, &info) == 0 && info.st_size > 0;
}

VigDatabase *
vig_database_open (const char  *path,
                   GError     **error)
{
  g_autoptr(VigDatabase) self = g_new0 (VigDatabase, 1);

  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->shown = g_filename_display_name (path);
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  /* Prompts are nobody else's business, whatever the folder allows; the log is made like the file. If this fails
   * SQLite will say why. */
  const int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0)
    close (fd);

  int code = open_as (self, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

  /* A folder that cannot be written: no log can be kept there, but nobody else can write either. */
  if ((code == SQLITE_READONLY || code == SQLITE_CANTOPEN) && g_file_test (path, G_FILE_TEST_IS_REGULAR) &&
      !has_log (self))
    {
      g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
      g_autofree char *fixed = g_strconcat (uri, "?immutable=1", NULL);

      code = open_as (self, fixed, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    }
  if (code != SQLITE_OK)
    {
      g_propagate_error (error, make_error (self, code));
      return NULL;
    }
  self->read_only = sqlite3_db_readonly (self->handle, "main") == 1;
  self->identity = identify (path);
  if (self->identity != NULL)
    count_open (self->identity, +1);

  return g_steal_pointer (&self);
}

void
vig_database_free (VigDatabase *self)
{
  if (self == NULL)
    return;

  GHashTableIter iter;
  gpointer statement;

  g_hash_table_iter_init (&iter, self->statements);
  while (g_hash_table_iter_next (&iter, NULL, &statement))
    sqlite3_finalize (statement);
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  if (self->identity != NULL)
    count_open (self->identity, -1);
  g_mutex_clear (&self->mutex);
  g_free (self->identity);
  g_free (self->path);
  g_free (self->shown);
  g_free (self);
}

void
vig_database_remove (const char *path)
{
  static const char * const endings[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_strconcat (path, endings[i], NULL);

      g_unlink (name);
    }
}

gboolean
vig_database_get_read_only (VigDatabase *self)
{
  return self->read_only;
}

gboolean
vig_database_use_log (VigDatabase  *self,
                      GError      **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  int code = SQLITE_OK;

  if (self->read_only)
    return TRUE;

  /* The switch does not wait for others by itself: two programs may make the library at the same moment. */
  for (guint try = 0; try < 100; try++)
    {
      code = run_plain (self, "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864;");
      if (code != SQLITE_BUSY && code != SQLITE_LOCKED)
        break;
      g_usleep (20000);
    }
  if (code == SQLITE_OK)
    return TRUE;

  g_propagate_error (error, make_error (self, code));
  return FALSE;
}

gboolean
vig_database_empty_log (VigDatabase  *self,
                        GError      **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const int code = sqlite3_wal_checkpoint_v2 (self->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

  /* Somebody still reads from it: then it is emptied another time, as soon as nobody does. */
  if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED)
    return TRUE;

  g_propagate_error (error, make_error (self, code));
  return FALSE;
}

gboolean
vig_database_attach (VigDatabase  *self,
                     const char   *path,
                     GError      **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_db_config (self->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_prepare_v2 (self->handle, "ATTACH ? AS other", -1, &statement, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_bind_text (statement, 1, path, -1, SQLITE_STATIC);
  if (code == SQLITE_OK)
    code = sqlite3_step (statement) == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode (self->handle);
  sqlite3_finalize (statement);
  if (code == SQLITE_OK)
    return TRUE;

  g_propagate_error (error, make_error (self, code));
  return FALSE;
}

static int
copy_text_cb (gpointer   data,
              int        columns,
              char     **values,
              char     **names)
{
  GPtrArray *texts = data;

  if (columns > 0 && values[0] != NULL)
    g_ptr_array_add (texts, g_strdup (values[0]));

  return 0;
}

gint64
vig_database_get_version (VigDatabase *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  /* An error gives no text: the version stays what it was, and who reads next is told. */
  sqlite3_exec (self->handle, "PRAGMA data_version", copy_text_cb, texts, NULL);

  return texts->len > 0 ? g_ascii_strtoll (texts->pdata[0], NULL, 10) : 0;
}

GPtrArray *
vig_database_check (VigDatabase  *self,
                    GError      **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) orphans = g_ptr_array_new_with_free_func (g_free);
  int code = sqlite3_exec (self->handle, "PRAGMA integrity_check", copy_text_cb, texts, NULL);
  const gboolean well = texts->len == 1 && strcmp (texts->pdata[0], "ok") == 0;

  if (code == SQLITE_OK && well)
    code = sqlite3_exec (self->handle, "SELECT \"table\" FROM pragma_foreign_key_check", copy_text_cb, orphans, NULL);
  if (code != SQLITE_OK && code != SQLITE_CORRUPT && code != SQLITE_NOTADB)
    {
      g_propagate_error (error, make_error (self, code));
      return NULL;
    }

  /* A file too damaged to be checked is an answer, not a failure to answer. Its pages are nobody's language. */
  for (guint i = 0; i < texts->len && !well; i++)
    g_debug ("%s", (const char *) texts->pdata[i]);
  if (code != SQLITE_OK || !well)
    g_ptr_array_add (problems, g_strdup_printf (_("The library “%s” is damaged."), self->shown));
  else if (orphans->len > 0)
    g_ptr_array_add (problems,
                     g_strdup_printf (ngettext ("%u entry of the library belongs to nothing.",
                                                "%u entries of the library belong to nothing.", orphans->len),
                                      orphans->len));

  return g_steal_pointer (&problems);
}

gboolean
vig_database_probe (VigDatabase  *self,
                    GError      **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  int code = sqlite3_exec (self->handle,
                           "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", copy_text_cb,
                           texts, NULL);

  if (code == SQLITE_OK && texts->len == 1 && g_ascii_strtoll (texts->pdata[0], NULL, 10) <= PROBE_MAX)
    {
      g_ptr_array_set_size (texts, 0);
      code = sqlite3_exec (self->handle, "PRAGMA quick_check (1)", copy_text_cb, texts, NULL);
      if (code == SQLITE_OK && (texts->len != 1 || strcmp (texts->pdata[0], "ok") != 0))
        code = SQLITE_CORRUPT;
    }
  if (code == SQLITE_OK)
    return TRUE;

  g_propagate_error (error, make_error (self, code));
  return FALSE;
}

VigTransaction *
vig_transaction_begin (VigDatabase        *database,
                       VigTransactionKind  kind)
{
  VigTransaction *self = g_new0 (VigTransaction, 1);
  int code = SQLITE_OK;

  g_mutex_lock (&database->mutex);
  self->database = database;
  self->kind = kind;

  if (kind != VIG_READ && database->read_only)
    {
      self->error = make_error (database, SQLITE_READONLY);
      return self;
    }
  if (kind != VIG_READ)
    code = run_plain (database, kind == VIG_WRITE ? "PRAGMA synchronous = FULL"
                                                  : "PRAGMA synchronous = NORMAL");
  if (code == SQLITE_OK)
    code = run_plain (database, kind == VIG_READ ? "BEGIN" : "BEGIN IMMEDIATE");
  if (code != SQLITE_OK)
    self->error = make_error (database, code);
  self->open = code == SQLITE_OK;

  return self;
}

/* Gives the lock back; nothing may touch the connection through this transaction any more. */
static void
end (VigTransaction *self,
     gboolean        commit)
{
  VigDatabase *database = self->database;

  if (self->over)
    return;

  if (self->open && commit && self->error == NULL)
    {
      const int code = run_plain (database, "COMMIT");

      if (code != SQLITE_OK)
        self->error = make_error (database, code);
    }
  /* Some errors have rolled back by themselves. */
  if (self->open && !sqlite3_get_autocommit (database->handle))
    run_plain (database, "ROLLBACK");
  self->over = TRUE;
  g_mutex_unlock (&database->mutex);
}

gboolean
vig_transaction_commit (VigTransaction  *self,
                        GError         **error)
{
  end (self, TRUE);
  if (self->error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

void
vig_transaction_free (VigTransaction *self)
{
  if (self == NULL)
    return;

  end (self, FALSE);
  g_clear_error (&self->error);
  g_free (self);
}

void
vig_transaction_fail (VigTransaction *self,
                      GError         *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
}

gboolean
vig_transaction_failed (VigTransaction *self)
{
  return self->error != NULL;
}

static void
fail_with (VigTransaction *self,
           int             code)
{
  if (self->error == NULL)
    self->error = make_error (self->database, code);
}

static sqlite3_stmt *
take_statement (VigTransaction *self,
                const char     *sql)
{
  VigDatabase *database = self->database;
  gpointer key = NULL, value = NULL;
  sqlite3_stmt *statement = NULL;

  if (g_hash_table_steal_extended (database->statements, sql, &key, &value))
    {
      g_free (key);
      return value;
    }

  const int code = sqlite3_prepare_v3 (database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (code != SQLITE_OK)
    fail_with (self, code);

  return statement;
}

static void
put_statement (VigTransaction *self,
               const char     *sql,
               sqlite3_stmt   *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  if (g_hash_table_contains (self->database->statements, sql))
    sqlite3_finalize (statement);
  else
    g_hash_table_insert (self->database->statements, g_strdup (sql), statement);
}

/* Blobs of no bytes stay blobs: a NULL pointer would bind NULL. */
static int
bind_blob (sqlite3_stmt  *statement,
           int            column,
           gconstpointer  bytes,
           gsize          size)
{
  return size == 0 ? sqlite3_bind_zeroblob (statement, column, 0)
                   : sqlite3_bind_blob64 (statement, column, bytes, size, SQLITE_TRANSIENT);
}

static void
bind (VigTransaction *self,
      sqlite3_stmt   *statement,
      const char     *format,
      va_list         args)
{
  g_assert (sqlite3_bind_parameter_count (statement) == (int) strlen (format));

  for (int i = 0; format[i] != '\0' && self->error == NULL; i++)
    {
      int code = SQLITE_OK;

      switch (format[i])
        {
        case 'i':
          code = sqlite3_bind_int (statement, i + 1, va_arg (args, int));
          break;
        case 'l':
          code = sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
          break;
        case 'd':
          code = sqlite3_bind_double (statement, i + 1, va_arg (args, double));
          break;
        case 's':
          code = sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
          break;
        case 'p':
          {
            const char *path = va_arg (args, const char *);

            if (path != NULL)
              code = bind_blob (statement, i + 1, path, strlen (path));
          }
          break;
        case 'b':
          {
            gconstpointer bytes = va_arg (args, gconstpointer);
            const gsize size = va_arg (args, gsize);

            code = bind_blob (statement, i + 1, bytes, size);
          }
          break;
        default:
          g_assert_not_reached ();
        }
      if (code != SQLITE_OK)
        fail_with (self, code);
    }
}

static void
bind_cells (VigTransaction *self,
            sqlite3_stmt   *statement,
            const VigCell  *cells,
            guint           n_cells)
{
  g_assert (sqlite3_bind_parameter_count (statement) == (int) n_cells);

  for (guint i = 0; i < n_cells && self->error == NULL; i++)
    {
      const VigCell *cell = &cells[i];
      int code = SQLITE_OK;

      switch (cell->kind)
        {
        case VIG_CELL_NULL:
          break;
        case VIG_CELL_INT:
          code = sqlite3_bind_int64 (statement, i + 1, cell->number);
          break;
        case VIG_CELL_REAL:
          code = sqlite3_bind_double (statement, i + 1, cell->real);
          break;
        case VIG_CELL_TEXT:
          code = sqlite3_bind_text64 (statement, i + 1, cell->bytes, cell->size, SQLITE_TRANSIENT, SQLITE_UTF8);
          break;
        case VIG_CELL_BLOB:
          code = bind_blob (statement, i + 1, cell->bytes, cell->size);
          break;
        default:
          g_assert_not_reached ();
        }
      if (code != SQLITE_OK)
        fail_with (self, code);
    }
}

static VigRows *
begin_query (VigTransaction *self,
             const char     *sql)
{
  VigRows *rows = g_new0 (VigRows, 1);

  g_assert (!self->over);

  rows->transaction = self;
  rows->sql = g_strdup (sql);
  if (self->error == NULL)
    rows->statement = take_statement (self, sql);

  return rows;
}

static VigRows *
query_v (VigTransaction *self,
         const char     *sql,
         const char     *format,
         va_list         args)
{
  VigRows *rows = begin_query (self, sql);

  if (rows->statement != NULL)
    bind (self, rows->statement, format, args);

  return rows;
}

VigRows *
vig_transaction_query_values (VigTransaction *self,
                              const char     *sql,
                              const char     *format,
                              const VigValue *values)
{
  VigRows *rows = begin_query (self, sql);

  g_assert (rows->statement == NULL ||
            sqlite3_bind_parameter_count (rows->statement) == (int) strlen (format));

  for (int i = 0; format[i] != '\0' && self->error == NULL && rows->statement != NULL; i++)
    {
      const char *text = values[i].text;
      int code = SQLITE_MISUSE;

      if (format[i] == 'l')
        code = sqlite3_bind_int64 (rows->statement, i + 1, values[i].number);
      else if (format[i] == 's')
        code = sqlite3_bind_text (rows->statement, i + 1, text, -1, SQLITE_TRANSIENT);
      else if (format[i] == 'p')
        code = bind_blob (rows->statement, i + 1, text, strlen (text));
      if (code != SQLITE_OK)
        fail_with (self, code);
    }

  return rows;
}

void
vig_transaction_run (VigTransaction *self,
                     const char     *sql,
                     const char     *format,
                     ...)
{
  va_list args;

  va_start (args, format);
  g_autoptr(VigRows) rows = query_v (self, sql, format, args);
  va_end (args);

  while (vig_rows_next (rows))
    continue;
}

void
vig_transaction_run_cells (VigTransaction *self,
                            const char     *sql,
                            const VigCell  *cells,
                            guint           n_cells)
{
  g_autoptr(VigRows) rows = begin_query (self, sql);

  if (rows->statement != NULL)
    bind_cells (self, rows->statement, cells, n_cells);
  while (vig_rows_next (rows))
    continue;
}

VigRows *
vig_transaction_query (VigTransaction *self,
                       const char     *sql,
                       const char     *format,
                       ...)
{
  va_list args;

  va_start (args, format);
  VigRows *rows = query_v (self, sql, format, args);
  va_end (args);

  return rows;
}

gint64
vig_transaction_query_int (VigTransaction *self,
                           const char     *sql,
                           const char     *format,
                           ...)
{
  va_list args;

  va_start (args, format);
  g_autoptr(VigRows) rows = query_v (self, sql, format, args);
  va_end (args);

  return vig_rows_next (rows) ? vig_rows_get_int (rows, 0) : 0;
}

gint64
vig_transaction_get_id (VigTransaction *self)
{
  return sqlite3_last_insert_rowid (self->database->handle);
}

guint
vig_transaction_get_changes (VigTransaction *self)
{
  return self->error == NULL ? sqlite3_changes (self->database->handle) : 0;
}

gboolean
vig_rows_next (VigRows *self)
{
  if (self->statement == NULL || self->transaction->error != NULL)
    return FALSE;

  const int code = sqlite3_step (self->statement);
  if (code == SQLITE_ROW)
    return TRUE;

  if (code != SQLITE_DONE)
    fail_with (self->transaction, code);
  /* What is not reset holds its snapshot, and would begin again when stepped again. */
  put_statement (self->transaction, self->sql, g_steal_pointer (&self->statement));

  return FALSE;
}

gint64
vig_rows_get_int (VigRows *self,
                  int      column)
{
  return sqlite3_column_int64 (self->statement, column);
}

double
vig_rows_get_double (VigRows *self,
                     int      column)
{
  return vig_rows_has (self, column) ? sqlite3_column_double (self->statement, column) : NAN;
}

const char *
vig_rows_get_text (VigRows *self,
                   int      column)
{
  return (const char *) sqlite3_column_text (self->statement, column);
}

gconstpointer
vig_rows_get_blob (VigRows *self,
                   int      column,
                   gsize   *size)
{
  gconstpointer bytes = sqlite3_column_blob (self->statement, column);

  *size = sqlite3_column_bytes (self->statement, column);

  return bytes;
}

VigCell
vig_rows_get_cell (VigRows *self,
                   int      column)
{
  VigCell cell = { VIG_CELL_NULL, };

  switch (sqlite3_column_type (self->statement, column))
    {
    case SQLITE_INTEGER:
      cell.kind = VIG_CELL_INT;
      cell.number = sqlite3_column_int64 (self->statement, column);
      break;
    case SQLITE_FLOAT:
      cell.kind = VIG_CELL_REAL;
      cell.real = sqlite3_column_double (self->statement, column);
      break;
    case SQLITE_TEXT:
      cell.kind = VIG_CELL_TEXT;
      cell.bytes = sqlite3_column_text (self->statement, column);
      cell.size = sqlite3_column_bytes (self->statement, column);
      break;
    case SQLITE_BLOB:
      cell.kind = VIG_CELL_BLOB;
      cell.bytes = vig_rows_get_blob (self, column, &cell.size);
      break;
    default:
      break;
    }

  return cell;
}

char *
vig_rows_dup_path (VigRows *self,
                   int      column)
{
  gsize size;
  const char *bytes = vig_rows_get_blob (self, column, &size);

  return g_strndup (bytes != NULL ? bytes : "", size);
}

gboolean
vig_rows_has (VigRows *self,
              int      column)
{
  return sqlite3_column_type (self->statement, column) != SQLITE_NULL;
}

void
vig_rows_free (VigRows *self)
{
  if (self == NULL)
    return;

  if (self->statement != NULL)
    put_statement (self->transaction, self->sql, self->statement);
  g_free (self->sql);
  g_free (self);
}
