/* test-database.c: one caller of SQLite: errors that stick, migrations, and files that are not ours */

#include "library/database.h"
#include "library/schema.h"
#include "profile.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sys/stat.h>

static char *
make_path (void)
{
  g_autofree char *folder = test_make_folder ();

  return g_build_filename (folder, "library.db", NULL);
}

static VigDatabase *
open_new (const char *path)
{
  g_autoptr(GError) error = NULL;
  VigDatabase *database = vig_database_open (path, &error);

  g_assert_no_error (error);

  return database;
}

static gint64
ask (VigDatabase *database,
     const char  *sql)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_READ);
  const gint64 answer = vig_transaction_query_int (t, sql, "");
  g_autoptr(GError) error = NULL;

  vig_transaction_commit (t, &error);
  g_assert_no_error (error);

  return answer;
}

static void
test_values (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(VigDatabase) database = open_new (path);
  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);
  g_autoptr(GError) error = NULL;
  const guint8 blob[] = { 0, 255, 0, 1 };
  const char *odd_path = "/caf\xe9/\xff";
  gsize size;

  vig_transaction_run (t, "CREATE TABLE a (i, l, d, s, p, b, z, n, nan) STRICT", "");
  g_assert_true (vig_transaction_failed (t));  /* STRICT wants types: told at the end, nothing crashes until then */
  vig_transaction_run (t, "INSERT INTO a VALUES (1)", "");
  g_assert_false (vig_transaction_commit (t, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);

  g_autoptr(VigTransaction) u = vig_transaction_begin (database, VIG_WRITE);
  vig_transaction_run (u, "CREATE TABLE a (i, l, d, s, p, b, z, n, nan)", "");
  vig_transaction_run (u, "INSERT INTO a VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", "ildspbbsd", -7, G_MAXINT64, 0.1,
                       "\xc3\xa4", odd_path, (gconstpointer) blob, sizeof blob, (gconstpointer) NULL, (gsize) 0,
                       (const char *) NULL, (double) NAN);
  {
    g_autoptr(VigRows) rows = vig_transaction_query (u, "SELECT * FROM a", "");

    g_assert_true (vig_rows_next (rows));
    g_assert_cmpint (vig_rows_get_int (rows, 0), ==, -7);
    g_assert_cmpint (vig_rows_get_int (rows, 1), ==, G_MAXINT64);
    g_assert_cmpfloat (vig_rows_get_double (rows, 2), ==, 0.1);
    g_assert_cmpstr (vig_rows_get_text (rows, 3), ==, "\xc3\xa4");
    g_autofree char *back = vig_rows_dup_path (rows, 4);
    g_assert_cmpstr (back, ==, odd_path);
    const void *bytes = vig_rows_get_blob (rows, 5, &size);
    g_assert_cmpmem (bytes, size, blob, sizeof blob);
    g_assert_true (vig_rows_has (rows, 6));
    g_assert_false (vig_rows_has (rows, 7));
    g_assert_false (vig_rows_has (rows, 8));
    g_assert_true (isnan (vig_rows_get_double (rows, 8)));
    g_assert_false (vig_rows_next (rows));
    g_assert_false (vig_rows_next (rows));
  }
  g_clear_error (&error);
  g_assert_true (vig_transaction_commit (u, &error));
  g_assert_no_error (error);
}

static void
test_errors_stick (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(VigDatabase) database = open_new (path);
  g_autoptr(GError) error = NULL;
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "CREATE TABLE a (x INTEGER UNIQUE)", "");
    g_assert_true (vig_transaction_commit (t, NULL));
  }
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "INSERT INTO a VALUES (?)", "i", 1);
    g_assert_cmpuint (vig_transaction_get_changes (t), ==, 1);
    vig_transaction_run (t, "INSERT INTO a VALUES (?)", "i", 1);
    vig_transaction_run (t, "INSERT INTO a VALUES (?)", "i", 2);
    g_assert_cmpuint (vig_transaction_get_changes (t), ==, 0);
    g_assert_false (vig_transaction_commit (t, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
    g_clear_error (&error);
  }
  g_assert_cmpint (ask (database, "SELECT count(*) FROM a"), ==, 0);

  /* The caller's own reasons, and one that was forgotten. */
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "INSERT INTO a VALUES (3)", "");
    vig_transaction_fail (t, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BUSY, "mine"));
    vig_transaction_fail (t, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "later"));
    g_assert_false (vig_transaction_commit (t, &error));
    g_assert_cmpstr (error->message, ==, "mine");
  }
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "INSERT INTO a VALUES (4)", "");
  }
  g_assert_cmpint (ask (database, "SELECT count(*) FROM a"), ==, 0);
}

static void
test_snapshots (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(GError) error = NULL;
  g_autoptr(VigDatabase) writer = vig_schema_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_autoptr(VigDatabase) reader = open_new (path);
  const gint64 version = vig_database_get_version (reader);

  /* A reader neither waits for a writer nor sees half of its work. */
  g_autoptr(VigTransaction) r = vig_transaction_begin (reader, VIG_READ);
  g_assert_cmpint (vig_transaction_query_int (r, "SELECT count(*) FROM contents", ""), ==, 0);
  {
    g_autoptr(VigTransaction) w = vig_transaction_begin (writer, VIG_WRITE_SOON);

    vig_transaction_run (w, "INSERT INTO contents (hash) VALUES ('a')", "");
    g_assert_true (vig_transaction_commit (w, &error));
  }
  g_assert_cmpint (vig_transaction_query_int (r, "SELECT count(*) FROM contents", ""), ==, 0);
  g_assert_true (vig_transaction_commit (r, &error));
  g_assert_cmpint (ask (reader, "SELECT count(*) FROM contents"), ==, 1);
  g_assert_cmpint (vig_database_get_version (reader), !=, version);
}

static gpointer
write_many (gpointer data)
{
  VigDatabase *database = data;

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE_SOON);
      const gint64 before = vig_transaction_query_int (t, "SELECT pictures FROM changes", "");

      vig_transaction_run (t, "UPDATE changes SET pictures = ?", "l", before + 1);
      g_assert_true (vig_transaction_commit (t, NULL));
    }

  return NULL;
}

static void
test_threads (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(VigDatabase) one = vig_schema_open (path, TRUE, NULL);
  g_autoptr(VigDatabase) two = vig_schema_open (path, TRUE, NULL);
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("writer", write_many, i < 2 ? one : two);
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (ask (one, "SELECT pictures FROM changes"), ==, 200);
}

/* Settings that hold in every connection, and every table in order. */
static void
test_schema (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(GError) error = NULL;
  g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_autoptr(GPtrArray) problems = vig_database_check (database, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpint (ask (database, "PRAGMA application_id"), ==, VIG_APPLICATION_ID);
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==, vig_schema_get_newest ());
  g_assert_cmpint (ask (database, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint (ask (database, "PRAGMA trusted_schema"), ==, 0);
  g_assert_cmpint (ask (database, "PRAGMA secure_delete"), ==, 1);
  g_assert_cmpint (ask (database, "SELECT 'wal' = (SELECT journal_mode FROM pragma_journal_mode)"), ==, 1);
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    g_assert_cmpint (vig_transaction_query_int (t, "PRAGMA synchronous", ""), ==, 2);
    vig_transaction_run (t, "INSERT INTO pictures (kind, path, content, size, mtime, width, height, time) "
                            "VALUES (0, x'00', 99, 0, 0, 0, 0, 0)", "");
    g_assert_false (vig_transaction_commit (t, &error));  /* there is no content 99 */
  }
}

static const char * const good_one[] = { "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", NULL };
static const char * const good_two[] = { "ALTER TABLE a ADD COLUMN y", "UPDATE a SET y = x + 1", NULL };
static const char * const bad[] = { "UPDATE a SET y = 100", "INSERT INTO nothing VALUES (1)", NULL };

static void
test_migrations (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(VigDatabase) database = open_new (path);
  const char * const *steps[] = { good_one, good_two, bad };
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_schema_apply (database, steps, 1, &error));
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==, 1);
  g_assert_true (vig_schema_apply (database, steps, 2, &error));
  g_assert_true (vig_schema_apply (database, steps, 2, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (ask (database, "SELECT y FROM a"), ==, 2);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM a"), ==, 1);

  /* A step is taken whole or not at all. */
  g_assert_false (vig_schema_apply (database, steps, 3, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (ask (database, "SELECT y FROM a"), ==, 2);
}

/* Refused with one sentence and that code, and not a byte of it, nor of its folder, changed. */
static void
assert_refused (const char *path,
                int         code,
                const char *word)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr(GError) error = NULL;
  gsize size_before, size_after;
  guint n_files = 0;

  g_assert_true (g_file_get_contents (path, &before, &size_before, NULL));
  g_assert_null (vig_schema_open (path, TRUE, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_nonnull (strstr (error->message, "nothing was changed"));
  g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size_before, after, size_after);

  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (n_files, ==, 1);
}

static void
test_newer (void)
{
  g_autofree char *path = make_path ();
  {
    g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, NULL);
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "PRAGMA user_version = 99", "");
    g_assert_true (vig_transaction_commit (t, NULL));
  }
  assert_refused (path, G_IO_ERROR_NOT_SUPPORTED, "newer Vignette");
}

static void
test_foreign (void)
{
  g_autofree char *path = make_path ();
  {
    g_autoptr(VigDatabase) database = open_new (path);
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "CREATE TABLE recipes (cake)", "");
    g_assert_true (vig_transaction_commit (t, NULL));
  }
  assert_refused (path, G_IO_ERROR_FAILED, "not a library");
}

static void
test_garbage (void)
{
  g_autofree char *path = make_path ();
  g_autofree char *bytes = g_strnfill (8192, 'x');

  g_assert_true (g_file_set_contents (path, "not a database", -1, NULL));
  assert_refused (path, G_IO_ERROR_FAILED, "not a library");
  g_assert_true (g_file_set_contents (path, bytes, 8192, NULL));
  assert_refused (path, G_IO_ERROR_FAILED, "not a library");
}

/* As it is after a crash between making the file and filling it. */
static void
test_empty (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==, vig_schema_get_newest ());
}

/* A library of an older program is brought up to date, and nobody else may read it. */
static void
test_older (void)
{
  g_autofree char *path = make_path ();
  g_autoptr(GError) error = NULL;
  GStatBuf info;
  {
    g_autoptr(VigDatabase) database = vig_schema_make (path, 1, &error);
    g_assert_no_error (error);

    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);
    vig_transaction_run (t, "INSERT INTO contents (hash) VALUES ('kept')", "");
    g_assert_true (vig_transaction_commit (t, NULL));
  }
  g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==, vig_schema_get_newest ());
  g_assert_cmpint (ask (database, "SELECT count(*) FROM passed_over"), ==, 0);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM contents WHERE hash = 'kept'"), ==, 1);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_damaged (void)
{
  g_autofree char *path = make_path ();
  g_autofree char *bytes = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;
  {
    g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, NULL);
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    for (guint i = 0; i < 2000; i++)
      {
        g_autofree char *hash = g_strdup_printf ("%040u", i);

        vig_transaction_run (t, "INSERT INTO contents (hash) VALUES (?)", "s", hash);
      }
    g_assert_true (vig_transaction_commit (t, NULL));
    g_assert_true (vig_database_probe (database, NULL));
  }
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  memset (bytes + 8192, 0x5a, size - 8192);
  g_assert_true (g_file_set_contents (path, bytes, size, NULL));

  g_autoptr(VigDatabase) database = vig_database_open (path, &error);
  if (database != NULL)
    {
      g_autoptr(GPtrArray) problems = vig_database_check (database, &error);
      g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_READ);

      g_assert_no_error (error);
      g_assert_cmpuint (problems->len, ==, 1);
      g_assert_null (strstr (problems->pdata[0], "***"));
      g_assert_false (vig_database_probe (database, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_clear_error (&error);
      vig_transaction_query_int (t, "SELECT count(*) FROM contents WHERE hash > 'a'", "");
      vig_transaction_commit (t, &error);
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "damaged"));
}

/* A library from elsewhere cannot make us do more than we ask: its triggers sleep. */
static void
test_untrusted (void)
{
  g_autofree char *path = make_path ();
  {
    g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, NULL);
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "CREATE TRIGGER evil AFTER INSERT ON contents BEGIN DELETE FROM changes; END", "");
    g_assert_true (vig_transaction_commit (t, NULL));
  }
  g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, NULL);
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "INSERT INTO contents (hash) VALUES ('a')", "");
    g_assert_true (vig_transaction_commit (t, NULL));
  }
  g_assert_cmpint (ask (database, "SELECT count(*) FROM changes"), ==, 1);

  /* What belongs to a row goes with it all the same. */
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);

    vig_transaction_run (t, "INSERT INTO tags VALUES (1, 'fox')", "");
    vig_transaction_run (t, "INSERT INTO tagged (content, tag, refused, time) VALUES (1, 1, 0, 0)", "");
    vig_transaction_run (t, "DELETE FROM contents", "");
    g_assert_true (vig_transaction_commit (t, NULL));
  }
  g_assert_cmpint (ask (database, "SELECT count(*) FROM tagged"), ==, 0);
}

static void
test_unwritable (void)
{
  g_autofree char *path = make_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_autofree char *nowhere = g_build_filename (folder, "no", "such", "library.db", NULL);
  g_assert_null (vig_schema_open (nowhere, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY);

  if (geteuid () == 0)
    {
      g_test_skip ("root may write anywhere; test-library mounts a file system that nobody can write");
      return;
    }
  g_clear_error (&error);
  {
    g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, NULL);
  }
  g_chmod (path, 0400);
  g_chmod (folder, 0500);
  g_autoptr(VigDatabase) database = vig_schema_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (vig_database_get_read_only (database));
  g_assert_cmpint (ask (database, "SELECT count(*) FROM pictures"), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  g_test_add_func ("/database/values", test_values);
  g_test_add_func ("/database/errors-stick", test_errors_stick);
  g_test_add_func ("/database/snapshots", test_snapshots);
  g_test_add_func ("/database/threads", test_threads);
  g_test_add_func ("/database/schema", test_schema);
  g_test_add_func ("/database/migrations", test_migrations);
  g_test_add_func ("/database/newer", test_newer);
  g_test_add_func ("/database/foreign", test_foreign);
  g_test_add_func ("/database/garbage", test_garbage);
  g_test_add_func ("/database/empty", test_empty);
  g_test_add_func ("/database/older", test_older);
  g_test_add_func ("/database/damaged", test_damaged);
  g_test_add_func ("/database/untrusted", test_untrusted);
  g_test_add_func ("/database/unwritable", test_unwritable);

  return g_test_run ();
}
