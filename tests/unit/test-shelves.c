/* test-shelves.c: filters, favourites, collections, saved searches, and the trash, on a real library */

#include "library/library-private.h"
#include "profile.h"

#include <glib/gstdio.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  char       *folder;
  VigProfile *profile;
  VigLibrary *library;
  VigPicture *beach;   /* photos: 2024 in Italy, 2025 in Spain */
  VigPicture *church;
  VigPicture *made;
} Fixture;

static VigPicture *
make_picture (VigLibrary *library,
              guint64     seed)
{
  g_autoptr(VigRecipe) recipe = test_make_recipe (1, seed);
  g_autoptr(GPtrArray) chosen = g_ptr_array_new ();
  g_autofree guint8 *rgb = test_make_rgb (24, seed);
  g_autoptr(GError) error = NULL;
  guint32 tokens[16];

  const gint64 job = vig_library_begin_job (library, recipe, &error);
  g_assert_no_error (error);
  test_fill_tokens (tokens, seed);
  VigPicture *picture = vig_library_save_made (library, job, 0, rgb, 24, tokens, 16, &error);
  g_assert_no_error (error);
  g_ptr_array_add (chosen, picture);
  g_assert_true (vig_library_end_job (library, job, chosen, &error));

  return picture;
}

static VigPicture *
add_photo (Fixture    *f,
           const char *folder,
           const char *name,
           guint       seed,
           const char *date)
{
  g_autofree char *place = g_build_filename (f->folder, "photos", folder, NULL);
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (date, zone);
  g_autoptr(GError) error = NULL;

  g_mkdir_with_parents (place, 0700);
  g_autofree char *path = test_write_picture (place, name, 20, 10, seed);
  const struct timespec times[2] = { { .tv_sec = g_date_time_to_unix (time) }, { .tv_sec = g_date_time_to_unix (time) } };
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);

  VigPicture *picture = vig_library_add_file (f->library, path, &error);
  g_assert_no_error (error);

  return picture;
}

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  f->folder = test_make_folder ();
  f->profile = test_make_profile (f->folder);
  f->library = test_open_library (f->profile);
  f->beach = add_photo (f, "Italy 100%_", "beach.png", 1, "2024-06-01T12:00:00");
  f->church = add_photo (f, "Spain/Toledo", "church.jpg", 2, "2025-01-31T12:00:00");
  f->made = make_picture (f->library, 3);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  test_check_library (f->library);
  g_clear_object (&f->beach);
  g_clear_object (&f->church);
  g_clear_object (&f->made);
  g_clear_object (&f->library);
  g_clear_object (&f->profile);
  g_free (f->folder);
}

/* The list's pictures are these, in that order; ends with NULL. */
static void
check_list (Fixture         *f,
            const VigFilter *filter,
            ...)
{
  g_autoptr(GListModel) list = vig_library_list_filtered (f->library, filter);
  guint n = 0;
  va_list args;

  va_start (args, filter);
  for (VigPicture *want; (want = va_arg (args, VigPicture *)) != NULL; n++)
    {
      g_autoptr(VigPicture) got = g_list_model_get_item (list, n);

      g_assert_nonnull (got);
      g_assert_cmpstr (vig_picture_get_path (got), ==, vig_picture_get_path (want));
      g_assert_true (got == want);
    }
  va_end (args);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, n);

  /* A search by it alone finds the same, though it asks what it has in memory. */
  const VigQuery query = { .kind = -1, .by_date = TRUE, .filters = { filter } };
  if (filter != NULL && !filter->trashed && !vig_filter_equal (filter, NULL))
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(VigResults) results = vig_library_search (f->library, &query, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (results->results->len, ==, n);
      for (guint i = 0; i < n; i++)
        {
          const VigResult *result = results->results->pdata[i];
          g_autoptr(VigPicture) listed = g_list_model_get_item (list, i);

          g_assert_true (result->picture == listed);
        }
    }
}

static GPtrArray *
make_array (VigPicture *picture)
{
  GPtrArray *array = g_ptr_array_new ();

  g_ptr_array_add (array, picture);

  return array;
}

static gint64
read_time (const char *date)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (date, zone);

  return g_date_time_to_unix (time);
}

static void
test_filter (Fixture       *f,
             gconstpointer  data)
{
  static const char * const dog[] = { "animal/Dog", NULL }, * const cat[] = { "animal/cat", NULL };
  g_autoptr(VigFilter) filter = vig_filter_new ();
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_add_tags (f->library, f->beach, dog, NULL, &error));
  g_assert_true (vig_library_add_tags (f->library, f->church, cat, NULL, &error));
  g_assert_no_error (error);

  check_list (f, NULL, f->made, f->church, f->beach, NULL);
  filter->kind = VIG_PICTURE_PHOTO;
  check_list (f, filter, f->church, f->beach, NULL);
  filter->before = read_time ("2025-01-01T00:00:00");
  check_list (f, filter, f->beach, NULL);
  filter->after = read_time ("2024-06-02T00:00:00");
  check_list (f, filter, NULL);
  filter->before = G_MAXINT64;
  check_list (f, filter, f->church, NULL);

  vig_filter_free (g_steal_pointer (&filter));
  filter = vig_filter_new ();
  vig_filter_add (&filter->tags, "ANIMAL");
  check_list (f, filter, f->church, f->beach, NULL);
  vig_filter_add (&filter->tags, "dog");
  check_list (f, filter, f->beach, NULL);
  vig_filter_add (&filter->tags, "cat");
  check_list (f, filter, NULL);
  g_clear_pointer (&filter->tags, g_strfreev);
  vig_filter_add (&filter->not_tags, "Animal/dog");
  check_list (f, filter, f->made, f->church, NULL);
  /* Part of a name is not the name. */
  g_clear_pointer (&filter->not_tags, g_strfreev);
  vig_filter_add (&filter->tags, "nimal");
  check_list (f, filter, NULL);
}

static void
test_folders (Fixture       *f,
              gconstpointer  data)
{
  g_autofree char *photos = g_build_filename (f->folder, "photos", NULL);
  g_autofree char *spain = g_build_filename (photos, "Spain", NULL);
  g_autofree char *spa = g_build_filename (photos, "Spa", NULL);
  const struct { const char *folder; VigPicture *first, *second, *third; } cases[] = {
    { photos, f->church, f->beach },
    { spain, f->church },
    { spa },
    { "/", f->made, f->church, f->beach },
    { vig_profile_get_pictures (f->profile), f->made },
    { "spain", f->church },
    { "toledo", f->church },
    { "Spain/Toledo", f->church },
    { "Spa", NULL },
    { "spa*", f->church },
    { "Italy 100%_", f->beach },
    { "Italy 100__", NULL },
    { "church.jpg", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(VigFilter) filter = vig_filter_new ();

      vig_filter_add (&filter->folders, cases[i].folder);
      check_list (f, filter, cases[i].first, cases[i].second, cases[i].third, NULL);
    }

  g_autoptr(VigFilter) two = vig_filter_new ();
  vig_filter_add (&two->folders, spain);
  vig_filter_add (&two->folders, vig_profile_get_pictures (f->profile));
  check_list (f, two, f->made, f->church, NULL);

  g_autoptr(VigFilter) copy = vig_filter_copy (two);
  g_assert_true (vig_filter_equal (two, copy));
  vig_filter_add (&copy->folders, "/");
  g_assert_false (vig_filter_equal (two, copy));
  g_assert_false (vig_filter_equal (two, NULL));
}

static void
test_favourites (Fixture       *f,
                 gconstpointer  data)
{
  g_autoptr(GPtrArray) beach = make_array (f->beach);
  g_autoptr(VigFilter) filter = vig_filter_new ();
  g_autoptr(GListModel) list = NULL;
  g_autoptr(GError) error = NULL;

  filter->favourite = TRUE;
  list = vig_library_list_filtered (f->library, filter);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 0);
  g_assert_true (vig_library_set_favourite (f->library, beach, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (vig_picture_get_favourite (f->beach));
  test_run_main (500);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);

  /* It is the picture that is a favourite, not its place. */
  g_autofree char *moved = g_build_filename (f->folder, "photos", "moved.png", NULL);
  g_assert_cmpint (g_rename (vig_picture_get_path (f->beach), moved), ==, 0);
  g_autofree char *photos = g_path_get_dirname (moved);
  const char *folders[] = { photos, NULL };
  g_autoptr(VigScan) scan = vig_library_scan (f->library, folders, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scan->moved, ==, 1);
  check_list (f, filter, f->beach, NULL);

  /* And of one that another program has changed. */
  g_unlink (moved);
  g_autofree char *again = test_write_picture (photos, "moved.png", 22, 10, 77);
  g_autoptr(VigScan) second = vig_library_scan (f->library, folders, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (second->updated, ==, 1);
  check_list (f, filter, f->beach, NULL);

  g_assert_true (vig_library_set_favourite (f->library, beach, FALSE, &error));
  g_assert_false (vig_picture_get_favourite (f->beach));
  check_list (f, filter, NULL);
}

static void
test_collections (Fixture       *f,
                  gconstpointer  data)
{
  g_autoptr(GPtrArray) beach = make_array (f->beach);
  g_autoptr(GPtrArray) all = make_array (f->church);
  g_autoptr(VigFilter) filter = vig_filter_new ();
  g_autoptr(GError) error = NULL;

  g_ptr_array_add (all, f->beach);
  const gint64 summer = vig_library_make_collection (f->library, " Summer\n ", &error);
  const gint64 best = vig_library_make_collection (f->library, "best of", &error);
  g_assert_no_error (error);
  g_assert_cmpint (vig_library_make_collection (f->library, " \t", &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  g_assert_true (vig_library_add_to_collection (f->library, summer, all, &error));
  g_assert_true (vig_library_add_to_collection (f->library, summer, beach, &error));
  g_assert_false (vig_library_add_to_collection (f->library, 99, beach, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  filter->collection = summer;
  check_list (f, filter, f->church, f->beach, NULL);
  g_assert_true (vig_library_remove_from_collection (f->library, summer, beach, &error));
  check_list (f, filter, f->church, NULL);

  g_assert_true (vig_library_rename_collection (f->library, best, "Zuletzt", &error));
  g_autoptr(GPtrArray) collections = vig_library_list_collections (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (collections->len, ==, 2);
  const VigCollection *first = collections->pdata[0], *second = collections->pdata[1];
  g_assert_cmpstr (first->name, ==, "Summer");
  g_assert_cmpuint (first->count, ==, 1);
  g_assert_cmpstr (second->name, ==, "Zuletzt");
  g_assert_cmpuint (second->count, ==, 0);

  g_assert_true (vig_library_delete_collection (f->library, summer, &error));
  g_autoptr(GPtrArray) fewer = vig_library_list_collections (f->library, &error);
  g_assert_cmpuint (fewer->len, ==, 1);
  g_assert_true (vig_library_restore_collection (f->library, summer, &error));
  check_list (f, filter, f->church, NULL);
  g_assert_false (vig_library_rename_collection (f->library, 99, "None", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_searches (Fixture       *f,
               gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  const gint64 id = vig_library_save_search (f->library, "Dogs", "dog -cat after:2024", TRUE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (vig_library_save_search (f->library, "", "dog", FALSE, &error), ==, 0);
  g_clear_error (&error);
  g_assert_true (vig_library_rename_search (f->library, id, "Hounds", &error));

  g_autoptr(GPtrArray) searches = vig_library_list_searches (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (searches->len, ==, 1);
  const VigSavedSearch *search = searches->pdata[0];
  g_assert_cmpint (search->id, ==, id);
  g_assert_cmpstr (search->name, ==, "Hounds");
  g_assert_cmpstr (search->query, ==, "dog -cat after:2024");
  g_assert_true (search->by_date);

  g_assert_true (vig_library_delete_search (f->library, id, &error));
  g_autoptr(GPtrArray) none = vig_library_list_searches (f->library, &error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (vig_library_restore_search (f->library, id, &error));
  g_autoptr(GPtrArray) again = vig_library_list_searches (f->library, &error);
  g_assert_cmpuint (again->len, ==, 1);

  /* What was deleted is gone for good with the rest of the trash. */
  g_assert_true (vig_library_delete_search (f->library, id, &error));
  g_assert_true (vig_library_empty_trash (f->library, NULL, &error));
  g_assert_false (vig_library_restore_search (f->library, id, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_trash (Fixture       *f,
            gconstpointer  data)
{
  static const char * const tags[] = { "sea", NULL };
  g_autoptr(GPtrArray) both = make_array (f->made);
  g_autoptr(VigFilter) trashed = vig_filter_new ();
  g_autofree char *made_path = g_strdup (vig_picture_get_path (f->made));
  g_autofree char *beach_path = g_strdup (vig_picture_get_path (f->beach));
  g_autofree char *photos = g_build_filename (f->folder, "photos", NULL);
  const char *folders[] = { photos, NULL };
  g_autoptr(GError) error = NULL;

  trashed->trashed = TRUE;
  g_ptr_array_add (both, f->beach);
  g_assert_true (vig_library_add_tags (f->library, f->beach, tags, NULL, &error));
  g_assert_true (vig_library_trash_pictures (f->library, both, &error));
  g_assert_no_error (error);
  check_list (f, NULL, f->church, NULL);
  check_list (f, trashed, f->made, f->beach, NULL);
  g_assert_cmpint (vig_picture_get_trashed (f->made), >, 0);
  /* Of a drawing the file is put away, a photo's stays. */
  g_assert_false (g_file_test (made_path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (vig_picture_get_path (f->made), G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (beach_path, G_FILE_TEST_EXISTS));
  g_autoptr(GPtrArray) tags_left = vig_library_list_tags (f->library, &error);
  g_assert_cmpuint (tags_left->len, ==, 0);

  /* A second time changes nothing; a scan brings nothing back. */
  g_assert_true (vig_library_trash_pictures (f->library, both, &error));
  g_autoptr(VigScan) scan = vig_library_scan (f->library, folders, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scan->missing + scan->added + scan->moved, ==, 0);
  check_list (f, NULL, f->church, NULL);
  const VigQuery query = { .text = "sea", .kind = -1 };
  g_autoptr(VigResults) results = vig_library_search (f->library, &query, NULL, &error);
  g_assert_cmpuint (results->results->len, ==, 0);
  test_check_library (f->library);

  g_assert_true (vig_library_restore_pictures (f->library, both, &error));
  g_assert_no_error (error);
  check_list (f, NULL, f->made, f->church, f->beach, NULL);
  check_list (f, trashed, NULL);
  g_assert_cmpstr (vig_picture_get_path (f->made), ==, made_path);
  g_assert_true (g_file_test (made_path, G_FILE_TEST_EXISTS));
  g_autoptr(VigResults) back = vig_library_search (f->library, &query, NULL, &error);
  g_assert_cmpuint (back->results->len, ==, 1);
}

/* Its name has been taken meanwhile. */
static void
test_trash_name (Fixture       *f,
                 gconstpointer  data)
{
  g_autoptr(GPtrArray) made = make_array (f->made);
  g_autofree char *path = g_strdup (vig_picture_get_path (f->made));
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_trash_pictures (f->library, made, &error));
  g_autofree char *other = test_write_picture (folder, name, 8, 8, 5);
  g_assert_true (vig_library_restore_pictures (f->library, made, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (vig_picture_get_path (f->made), !=, path);
  g_assert_true (g_str_has_suffix (vig_picture_get_path (f->made), " (2).png"));
  g_assert_true (g_file_test (vig_picture_get_path (f->made), G_FILE_TEST_EXISTS));
  g_unlink (other);
}

/* The process ended when the row was written and the file not yet put away. */
static void
test_trash_cut_short (Fixture       *f,
                      gconstpointer  data)
{
  g_autoptr(GPtrArray) made = make_array (f->made);
  g_autofree char *path = g_strdup (vig_picture_get_path (f->made));
  const char *none[] = { NULL };
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_library_trash_pictures (f->library, made, &error));
  g_assert_cmpint (g_rename (vig_picture_get_path (f->made), path), ==, 0);
  g_autoptr(VigScan) scan = vig_library_scan (f->library, none, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (vig_library_restore_pictures (f->library, made, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (vig_picture_get_path (f->made), ==, path);
  check_list (f, NULL, f->made, f->church, f->beach, NULL);
}

static void
test_empty (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr(GPtrArray) beach = make_array (f->beach);
  g_autoptr(VigFilter) trashed = vig_filter_new ();
  g_autofree char *photos = g_build_filename (f->folder, "photos", NULL);
  const char *folders[] = { photos, NULL };
  g_autoptr(GError) error = NULL;

  trashed->trashed = TRUE;
  g_assert_true (vig_library_set_favourite (f->library, beach, TRUE, &error));
  g_assert_true (vig_library_trash_pictures (f->library, beach, &error));
  g_assert_true (vig_library_empty_trash (f->library, NULL, &error));
  g_assert_no_error (error);
  check_list (f, trashed, NULL);
  g_assert_true (g_file_test (vig_picture_get_path (f->beach), G_FILE_TEST_EXISTS));

  /* It is not taken in again. */
  g_autoptr(VigScan) scan = vig_library_scan (f->library, folders, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scan->added, ==, 0);
  check_list (f, NULL, f->made, f->church, NULL);
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

#define ADD(name, function) g_test_add ("/shelves/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("filter", test_filter);
  ADD ("folders", test_folders);
  ADD ("favourites", test_favourites);
  ADD ("collections", test_collections);
  ADD ("searches", test_searches);
  ADD ("trash", test_trash);
  ADD ("trash-name", test_trash_name);
  ADD ("trash-cut-short", test_trash_cut_short);
  ADD ("empty", test_empty);
#undef ADD

  return g_test_run ();
}
