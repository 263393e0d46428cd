/* test-gallery.c: the grid, the large view and the way of pictures to and from other programs */

#include "config.h"

#include <math.h>

#include <glib/gstdio.h>

#include "drive.h"
#include "ui/date-rail.h"
#include "ui/paste.h"

/* ---- Looking closely ---- */

static void
test_large (VigWindow  *window,
            const char *folder)
{
  VigPicture *first = NULL;
  double fit;

  drive_draw_to_end (window, "a red apple on a white background", 3);
  drive_wait (300);
  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.open");
  g_assert_cmpstr (drive_get_page (window), ==, "large");
  first = vig_large_view_get_picture (window->large_view);
  g_assert_true (first == vig_gallery_get_single (window->gallery));
  wait_until (vig_large_view_get_zoom (window->large_view) > 1);
  drive_check_names (GTK_WIDGET (window->large_view));

  /* Through the neighbours; the grid follows, so that what is done to it is done to this one. */
  g_assert_true (drive_press (GTK_WIDGET (window->large_view), GDK_KEY_Right, 0));
  g_assert_true (vig_large_view_get_picture (window->large_view) != first);
  g_assert_cmpuint (vig_gallery_get_position (window->gallery), ==, 1);
  g_assert_true (vig_large_view_step (window->large_view, 1));
  g_assert_false (vig_large_view_step (window->large_view, 1));
  g_assert_true (vig_large_view_step (window->large_view, -2));
  g_assert_true (vig_large_view_get_picture (window->large_view) == first);

  /* Pixel for pixel, closer, and the whole again. */
  fit = vig_large_view_get_zoom (window->large_view);
  drive_press (GTK_WIDGET (window->large_view), GDK_KEY_1, 0);
  g_assert_cmpfloat (vig_large_view_get_zoom (window->large_view), ==, 1);
  drive_press (GTK_WIDGET (window->large_view), GDK_KEY_plus, 0);
  g_assert_cmpfloat (vig_large_view_get_zoom (window->large_view), >, 1.2);
  drive_press (GTK_WIDGET (window->large_view), GDK_KEY_0, 0);
  g_assert_cmpfloat (vig_large_view_get_zoom (window->large_view), ==, fit);

  /* One held against another: a key flips. */
  drive_press (GTK_WIDGET (window->large_view), GDK_KEY_c, 0);
  drive_press (GTK_WIDGET (window->large_view), GDK_KEY_Right, 0);
  g_assert_true (vig_large_view_get_visible_picture (window->large_view) != first);
  drive_press (GTK_WIDGET (window->large_view), GDK_KEY_space, 0);
  g_assert_true (vig_large_view_get_visible_picture (window->large_view) == first);
  drive_press (GTK_WIDGET (window->large_view), GDK_KEY_space, 0);
  g_assert_true (vig_large_view_get_visible_picture (window->large_view) != first);

  drive_activate (window, "win.stop");
  g_assert_cmpstr (drive_get_page (window), ==, "main");
}

/* What is looked at goes away under it: the next takes its place, and after the last the grid. */
static void
test_large_forgets (VigWindow  *window,
                    const char *folder)
{
  VigPicture *first = NULL;

  drive_draw_to_end (window, "a pink heart on a black background", 2);
  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.open");
  first = vig_large_view_get_picture (window->large_view);
  for (guint left = 2; left > 0; left--)
    {
      drive_press (GTK_WIDGET (window->large_view), GDK_KEY_Delete, 0);
      vig_window_flush_leaving (window);
      wait_until (drive_count_pictures (window) == left - 1);
      wait_until (vig_large_view_get_picture (window->large_view) != first);
      first = vig_large_view_get_picture (window->large_view);
    }

  g_assert_cmpstr (drive_get_page (window), ==, "main");
}

static void
test_compare (VigWindow  *window,
              const char *folder)
{
  g_autoptr(GPtrArray) selected = NULL;

  drive_draw_to_end (window, "two yellow stars on a blue background", 2);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.select-all", NULL);
  selected = vig_gallery_get_selected (window->gallery);
  g_assert_cmpuint (selected->len, ==, 2);
  drive_activate (window, "win.compare");
  g_assert_true (vig_large_view_get_visible_picture (window->large_view) == selected->pdata[0]);
  vig_large_view_flip (window->large_view);
  g_assert_true (vig_large_view_get_visible_picture (window->large_view) == selected->pdata[1]);
  drive_activate (window, "win.back");
}

/* ---- A drawing's other pictures ---- */

static void
test_stack (VigWindow  *window,
            const char *folder)
{
  g_autoptr(VigJob) job = vig_generate_job_new (&(VigWish) {
    .prompt = "a red car on a white background", .count = 1, .best_of = 3, .seed = 5, .temperature = (double) NAN,
    .top_k = -1, .top_p = (double) NAN, .guidance = (double) NAN });

  vig_window_submit (window, job);
  wait_until (vig_job_is_over (job));
  g_assert_no_error (vig_job_get_error (job));
  wait_until (drive_count_pictures (window) == 1);

  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.stack");
  wait_until (drive_count_pictures (window) == 3);
  vig_window_show_place (window, "all");
  wait_until (drive_count_pictures (window) == 1);
}

/* ---- To and from other programs ---- */

static void
copied_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  *(char ***) user_data = vig_paste_finish (result, NULL, &error);
  g_assert_no_error (error);
}

static void
texture_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  *(GdkTexture **) user_data = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (object), result, &error);
  g_assert_no_error (error);
}

static void
test_copies (VigWindow  *window,
             const char *folder)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));
  g_autoptr(GdkTexture) texture = NULL;
  g_auto(GStrv) paths = NULL;
  const char *path = NULL;

  drive_draw_to_end (window, "a rocket in the night sky", 1);
  vig_gallery_select (window->gallery, 0);
  path = vig_picture_get_path (vig_gallery_get_single (window->gallery));
  drive_activate (window, "win.copy");

  /* As a file, and as pixels. */
  vig_paste_async (clipboard, folder, NULL, copied_cb, &paths);
  wait_until (paths != NULL);
  g_assert_cmpstr (paths[0], ==, path);
  g_assert_null (paths[1]);
  gdk_clipboard_read_texture_async (clipboard, NULL, texture_cb, &texture);
  wait_until (texture != NULL);
  g_assert_cmpint (gdk_texture_get_width (texture), ==,
                   vig_picture_get_width (vig_gallery_get_single (window->gallery)));

  /* Pasted again, it can be found, tagged or drawn from. */
  drive_activate (window, "win.paste");
  wait_until (vig_drop_overlay_is_offering (window->drops));
  drive_wait (400);
  drive_check_names (GTK_WIDGET (window->drops));
  drive_activate (window, "win.stop");
  g_assert_false (vig_drop_overlay_is_offering (window->drops));

  /* Pixels alone become a file, and are no picture of the library: they cannot be tagged. */
  g_clear_pointer (&paths, g_strfreev);
  vig_paste_texture_async (texture, folder, NULL, copied_cb, &paths);
  wait_until (paths != NULL);
  g_assert_true (g_file_test (paths[0], G_FILE_TEST_EXISTS));
}

/* ---- Dates ---- */

static void
test_dates (VigWindow  *window,
            const char *folder)
{
  g_autofree char *photos = g_build_filename (folder, "photos", NULL);
  g_autoptr(VigJob) job = vig_index_job_new ((const char *[]) { photos, NULL });
  g_autofree char *newest = NULL;
  g_autofree char *oldest = NULL;

  g_assert_cmpint (g_mkdir (photos, 0700), ==, 0);
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u.png", i);
      g_autofree char *path = drive_write_picture (photos, name, i * 4, 255 - i * 4, 80);
      g_autoptr(GDateTime) time = g_date_time_new_utc (2024, 1 + i % 12, 15, 12, 0, 0);
      g_autoptr(GFile) file = g_file_new_for_path (path);

      g_assert_true (g_file_set_attribute_uint64 (file, "time::modified", (guint64) g_date_time_to_unix (time), 0,
                                                  NULL, NULL));
    }

  vig_window_submit (window, job);
  wait_until (drive_count_pictures (window) == 60);
  wait_until (vig_gallery_get_rail (window->gallery) != NULL);
  wait_until ((g_free (newest), newest = vig_date_rail_dup_month (vig_gallery_get_rail (window->gallery), 0)) != NULL);
  oldest = vig_date_rail_dup_month (vig_gallery_get_rail (window->gallery), 0.999);
  g_assert_cmpstr (newest, ==, "December 2024");
  g_assert_cmpstr (oldest, ==, "January 2024");
  wait_until (vig_job_is_over (job));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/gallery/large", test_large, drive_test);
  g_test_add_data_func ("/display/gallery/large-forgets", test_large_forgets, drive_test);
  g_test_add_data_func ("/display/gallery/compare", test_compare, drive_test);
  g_test_add_data_func ("/display/gallery/stack", test_stack, drive_test);
  g_test_add_data_func ("/display/gallery/copies", test_copies, drive_test);
  g_test_add_data_func ("/display/gallery/dates", test_dates, drive_test);

  return g_test_run ();
}
