/* test-shelves.c: favourites, collections, saved searches and the trash, with their ways back */

#include "config.h"

#include "drive.h"
#include "ui/shelf.h"

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (vig_shelf_finish (result, user_data, &error));
  g_assert_no_error (error);
}

static void
do_order (VigWindow     *window,
          VigShelfOrder  order,
          gint64        *id)
{
  *id = -1;
  vig_shelf_do_async (vig_window_get_library (window), &order, NULL, done_cb, id);
  wait_until (*id >= 0);
}

static char *
make_place (const char *kind,
            gint64      id)
{
  return g_strdup_printf ("%s:%" G_GINT64_FORMAT, kind, id);
}

static void
test_favourites (VigWindow  *window,
                 const char *folder)
{
  VigPicture *picture = NULL;

  drive_draw_to_end (window, "a red apple on a white background", 2);
  vig_gallery_select (window->gallery, 1);
  picture = vig_gallery_get_single (window->gallery);
  drive_activate (window, "win.favourite");
  wait_until (vig_picture_get_favourite (picture));

  vig_window_show_place (window, "favourites");
  wait_until (drive_count_pictures (window) == 1);
  vig_gallery_select (window->gallery, 0);
  g_assert_true (vig_gallery_get_single (window->gallery) == picture);
  /* What was read before it became one may come in after that. */
  drive_wait (500);
  wait_until (vig_picture_get_favourite (picture));
  drive_activate (window, "win.favourite");
  wait_until (drive_count_pictures (window) == 0);
  wait_until (drive_shows (window, "empty-place"));
}

static void
test_trash (VigWindow  *window,
            const char *folder)
{
  g_autofree char *path = NULL;

  drive_draw_to_end (window, "a pink heart on a black background", 2);
  vig_gallery_select (window->gallery, 0);
  path = g_strdup (vig_picture_get_path (vig_gallery_get_single (window->gallery)));
  drive_activate (window, "win.trash");
  wait_until (drive_count_pictures (window) == 1);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  /* It lies there, can be brought back, and its file is where it was. */
  vig_window_show_place (window, "trash");
  wait_until (drive_count_pictures (window) == 1);
  wait_until (gtk_revealer_get_reveal_child (window->place_bar));
  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.restore");
  wait_until (drive_count_pictures (window) == 0);
  wait_until (g_file_test (path, G_FILE_TEST_EXISTS));
  vig_window_show_place (window, "all");
  wait_until (drive_count_pictures (window) == 2);
}

static void
test_collections (VigWindow  *window,
                  const char *folder)
{
  g_autoptr(GPtrArray) pictures = NULL;
  g_autofree char *place = NULL;
  gint64 id, ignored;

  drive_draw_to_end (window, "two yellow stars on a blue background", 3);
  vig_gallery_select (window->gallery, 0);
  pictures = vig_gallery_get_selected (window->gallery);
  do_order (window, (VigShelfOrder) { .verb = VIG_SHELF_MAKE_COLLECTION, .name = "Stars", .pictures = pictures }, &id);
  place = make_place ("collection", id);
  wait_until (g_str_equal (vig_sidebar_get_label (window->sidebar, place), "Stars"));
  wait_until (g_menu_model_get_n_items (G_MENU_MODEL (window->collection_menu)) == 1);

  /* More by the menu, and less again. */
  vig_gallery_select (window->gallery, 1);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.collect", "x", id));
  vig_window_show_place (window, place);
  wait_until (drive_count_pictures (window) == 2);
  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.uncollect");
  wait_until (drive_count_pictures (window) == 1);

  do_order (window, (VigShelfOrder) { .verb = VIG_SHELF_RENAME_COLLECTION, .id = id, .name = "Night" }, &ignored);
  wait_until (g_str_equal (vig_sidebar_get_label (window->sidebar, place), "Night"));

  /* Taken away while it is shown: all pictures are shown then. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.remove", "s", place));
  wait_until (g_str_equal (vig_sidebar_get_label (window->sidebar, place), ""));
  g_assert_cmpstr (window->place, ==, "all");
  wait_until (drive_count_pictures (window) == 3);
}

static void
test_searches (VigWindow  *window,
               const char *folder)
{
  g_autofree char *place = NULL;
  gint64 id;

  drive_draw_to_end (window, "a rocket in the night sky", 1);
  do_order (window, (VigShelfOrder) {
    .verb = VIG_SHELF_SAVE_SEARCH, .name = "Rockets", .query = "rocket", .by_date = TRUE }, &id);
  place = make_place ("search", id);
  wait_until (vig_sidebar_get_search (window->sidebar, place) != NULL);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.show", "^ay", place));
  wait_until (drive_shows (window, "results"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (window->search)), ==, "rocket");
  g_assert_true (vig_search_results_get_by_date (window->results));
  wait_until (vig_search_results_get_close (window->results) == 1);
}

/* Files that are dropped on a row are put there. */
static void
test_gives (VigWindow  *window,
            const char *folder)
{
  g_autofree char *path = drive_write_picture (folder, "red.png", 220, 20, 20);
  const char *paths[] = { path, NULL };

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.give", "(s^aay)", "favourites", paths));
  vig_window_show_place (window, "favourites");
  wait_until (drive_count_pictures (window) == 1);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.give", "(s^aay)", "tag:red", paths));
  vig_window_show_place (window, "tag:red");
  wait_until (drive_count_pictures (window) == 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/shelves/favourites", test_favourites, drive_test);
  g_test_add_data_func ("/display/shelves/trash", test_trash, drive_test);
  g_test_add_data_func ("/display/shelves/collections", test_collections, drive_test);
  g_test_add_data_func ("/display/shelves/searches", test_searches, drive_test);
  g_test_add_data_func ("/display/shelves/gives", test_gives, drive_test);

  return g_test_run ();
}
