/* test-backup.c: what was saved comes back, CLIP rows stay, and nothing foreign gets in */

#include "library/backup.h"
#include "library/files.h"
#include "library/library-private.h"
#include "library/schema.h"
#include "profile.h"

#include <glib/gstdio.h>

static VigLibrary *
open_library (const char *folder)
{
  g_autoptr(VigProfile) profile = test_make_profile (folder);

  return test_open_library (profile);
}

static VigPicture *
add_photo (VigLibrary *library,
           const char *folder,
           const char *name,
           guint       seed)
{
  g_autofree char *path = test_write_picture (folder, name, 16, 16, seed);
  g_autoptr(GError) error = NULL;
  VigPicture *picture = vig_library_add_file (library, path, &error);

  g_assert_no_error (error);

  return picture;
}

static void
add_tag (VigLibrary *library,
         VigPicture *picture,
         const char *tag)
{
  const char *tags[] = { tag, NULL };
  g_autoptr(GError) error = NULL;

  vig_library_add_tags (library, picture, tags, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
has_tag (VigLibrary *library,
         const char *tag)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) tags = vig_library_list_tags (library, &error);

  g_assert_no_error (error);

  return g_ptr_array_find_with_equal_func (tags, tag, g_str_equal, NULL);
}

static gint64
ask (const char *path,
     const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VigDatabase) database = vig_database_open (path, &error);
  g_assert_no_error (error);
  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_READ);
  const gint64 answer = vig_transaction_query_int (t, sql, "");

  vig_transaction_commit (t, &error);
  g_assert_no_error (error);

  return answer;
}

static void
test_there_and_back (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *photos = test_make_folder ();
  g_autofree char *saved = g_build_filename (photos, "saved.db", NULL);
  g_autoptr(VigLibrary) library = open_library (folder);
  /* Gone again before the backup, so that numbers of rows there and here differ. */
  g_autoptr(VigPicture) first = add_photo (library, photos, "first.png", 10);
  g_autoptr(VigPicture) one = add_photo (library, photos, "one.png", 60);
  const float row[4] = { 0.5f, 0.5f, 0.5f, 0.5f };
  g_autofree char *before = NULL;
  g_autoptr(GError) error = NULL;

  add_tag (library, one, "kept");
  g_assert_true (vig_library_save_vectors (library, "m1", &one, row, 1, 4, &error));
  g_assert_true (vig_library_back_up (library, saved, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask (saved, "SELECT count(*) FROM vectors"), ==, 0);
  g_assert_cmpint (ask (saved, "SELECT count(*) FROM pictures"), ==, 2);
  g_assert_cmpint (ask (saved, "SELECT count(*) FROM words WHERE words MATCH 'kept'"), ==, 1);

  g_autoptr(VigPicture) two = add_photo (library, photos, "two.png", 200);
  add_tag (library, two, "later");
  vig_library_remove_tag (library, one, "kept", &error);
  g_assert_no_error (error);
  g_assert_true (vig_library_save_vectors (library, "m2", &two, row, 1, 4, &error));

  g_assert_true (vig_library_restore (library, saved, &before, &error));
  g_assert_no_error (error);
  g_assert_true (has_tag (library, "kept"));
  g_assert_false (has_tag (library, "later"));
  test_check_library (library);

  /* The row of what is still known stayed; of the other one nothing is left. */
  const char *path = vig_profile_get_database (vig_library_get_profile (library));
  guint width = 0;
  g_autofree float *vector = vig_library_load_vector (library, "m1", vig_picture_get_hash (one), &width, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (width, ==, 4);
  g_assert_cmpfloat (vector[2], ==, 0.5f);
  g_assert_cmpint (ask (path, "SELECT count(*) FROM vectors"), ==, 1);

  /* And the restore itself can be undone. */
  g_assert_true (vig_library_restore (library, before, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (has_tag (library, "later"));
  g_assert_false (has_tag (library, "kept"));
  test_check_library (library);
}

/* Every table of the schema is either copied or known to be made again. */
static void
test_all_tables (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *saved = g_build_filename (folder, "saved.db", NULL);
  g_autoptr(VigLibrary) library = open_library (folder);
  g_autoptr(GError) error = NULL;

  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (library->writer, VIG_WRITE);

    vig_transaction_run (t, "INSERT INTO passed_over VALUES ('p')", "");
    vig_transaction_run (t, "INSERT INTO folders VALUES (x'2f61')", "");
    vig_transaction_run (t, "INSERT INTO jobs (id, time, state, recipe) VALUES (77, 5, 1, '{}')", "");
    vig_transaction_run (t, "DELETE FROM jobs", "");
    g_assert_true (vig_transaction_commit (t, &error));
  }
  g_assert_true (vig_library_back_up (library, saved, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask (saved, "SELECT count(*) FROM passed_over"), ==, 1);
  g_assert_cmpint (ask (saved, "SELECT count(*) FROM folders"), ==, 1);
  /* Ids are not given out again. */
  g_assert_cmpint (ask (saved, "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'"), ==, 77);
}

static void
test_daily (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigLibrary) library = open_library (folder);
  const char *path = vig_profile_get_database (vig_library_get_profile (library));
  g_autofree char *beside = g_path_get_dirname (path);
  g_autofree char *backups = g_build_filename (beside, "backups", NULL);
  g_autoptr(GError) error = NULL;
  guint count = 0;

  g_assert_cmpint (g_mkdir (backups, 0700), ==, 0);
  for (guint day = 1; day <= 20; day++)
    {
      g_autofree char *name = g_strdup_printf ("daily 2001-01-%02u.db", day);
      g_autofree char *old = g_build_filename (backups, name, NULL);

      g_assert_true (g_file_set_contents (old, "old", -1, NULL));
    }
  g_assert_true (vig_library_back_up_daily (library, &error));
  g_assert_true (vig_library_back_up_daily (library, &error));
  g_assert_no_error (error);

  g_autoptr(GDir) dir = g_dir_open (backups, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_assert_cmpstr (name, >, "daily 2001-01-07.db");  /* the oldest went */
      count++;
    }
  g_assert_cmpuint (count, ==, VIG_BACKUP_DAILY);
}

static void
test_before_migration (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "library.db", NULL);
  g_autofree char *backups = g_build_filename (folder, "backups", NULL);
  g_autoptr(GError) error = NULL;

  {
    g_autoptr(VigDatabase) old = vig_schema_make (path, 1, &error);
    g_autoptr(VigTransaction) t = vig_transaction_begin (old, VIG_WRITE);

    vig_transaction_run (t, "INSERT INTO folders VALUES (x'2f61')", "");
    g_assert_true (vig_transaction_commit (t, &error));
  }
  {
    g_autoptr(VigDatabase) today = vig_schema_open (path, TRUE, &error);

    g_assert_no_error (error);
  }

  g_autoptr(GDir) dir = g_dir_open (backups, 0, &error);
  g_assert_no_error (error);
  const char *name = g_dir_read_name (dir);
  g_assert_true (g_str_has_prefix (name, "version 1 "));
  g_autofree char *kept = g_build_filename (backups, name, NULL);
  g_assert_cmpint (ask (kept, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (ask (kept, "SELECT count(*) FROM folders"), ==, 1);
  g_assert_cmpint (ask (path, "PRAGMA user_version"), >, 1);

  /* And such a one can be restored: it is brought to the shape of today. */
  g_autoptr(VigLibrary) library = open_library (folder);
  g_assert_true (vig_library_restore (library, kept, NULL, &error));
  g_assert_no_error (error);
  test_check_library (library);
}

static void
assert_refused (VigLibrary *library,
                const char *path,
                const char *sentence)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (vig_library_restore (library, path, NULL, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, sentence));
  g_assert_true (has_tag (library, "mine"));
  test_check_library (library);
}

static void
test_foreign (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *elsewhere = test_make_folder ();
  g_autofree char *path = g_build_filename (elsewhere, "file.db", NULL);
  g_autoptr(VigLibrary) library = open_library (folder);
  g_autoptr(VigPicture) one = add_photo (library, elsewhere, "one.png", 60);
  g_autoptr(GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  add_tag (library, one, "mine");
  assert_refused (library, path, "There is no file");
  assert_refused (library, elsewhere, "There is no file");

  g_assert_true (g_file_set_contents (path, "somebody's diary, and long enough to have a head of some hundred bytes, "
                                      "which it needs in order to be looked at as a database at all", -1, NULL));
  assert_refused (library, path, "is damaged or is not a library");

  /* A page in the middle overwritten. */
  g_assert_true (vig_library_back_up (library, path, &error));
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  memset (bytes + 4096 * 2, 0x5a, 4096);
  g_assert_true (g_file_set_contents (path, bytes, size, NULL));
  assert_refused (library, path, "damaged");

  /* Rows that refer to nothing. */
  g_assert_true (vig_library_back_up (library, path, &error));
  {
    g_autoptr(VigDatabase) other = vig_database_open (path, &error);
    g_assert_true (vig_database_attach (other, ":memory:", &error));
    g_autoptr(VigTransaction) t = vig_transaction_begin (other, VIG_WRITE);

    vig_transaction_run (t, "UPDATE main.pictures SET content = 4711", "");
    g_assert_true (vig_transaction_commit (t, &error));
  }
  assert_refused (library, path, "damaged");

  /* Onto itself, or onto a folder, nothing is written. */
  g_assert_false (vig_library_back_up (library, vig_profile_get_database (vig_library_get_profile (library)), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (vig_library_back_up (library, elsewhere, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  test_check_library (library);
}

static void
test_while_drawing (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *saved = g_build_filename (folder, "saved.db", NULL);
  g_autoptr(VigLibrary) library = open_library (folder);
  g_autoptr(VigRecipe) recipe = test_make_recipe (1, 7);
  g_autoptr(GError) error = NULL;
  gint64 job;

  g_assert_true (vig_library_back_up (library, saved, &error));
  job = vig_library_begin_job (library, recipe, &error);
  g_assert_no_error (error);
  g_assert_false (vig_library_restore (library, saved, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  vig_library_release_job (library, job);
  g_assert_true (vig_library_restore (library, saved, NULL, &error));
  g_assert_no_error (error);
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  g_test_add_func ("/backup/there-and-back", test_there_and_back);
  g_test_add_func ("/backup/all-tables", test_all_tables);
  g_test_add_func ("/backup/daily", test_daily);
  g_test_add_func ("/backup/before-migration", test_before_migration);
  g_test_add_func ("/backup/foreign", test_foreign);
  g_test_add_func ("/backup/while-drawing", test_while_drawing);

  return g_test_run ();
}
