/* test-preferences.c: the pages of models, devices and what is kept */

#include "config.h"

#include "drive.h"
#include "ui/preferences.h"

static GtkWidget *
find_preferences (void)
{
  g_autoptr(GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr(GtkWidget) window = g_list_model_get_item (windows, i);

      if (VIG_IS_PREFERENCES (window))
        return window;  /* GTK keeps it */
    }

  return NULL;
}

/* The row with that title below @widget, or NULL. */
static GtkWidget *
find_row (GtkWidget  *widget,
          const char *title)
{
  if (ADW_IS_PREFERENCES_ROW (widget) &&
      g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title) == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, title);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static GtkWidget *
open_page (VigWindow  *window,
           const char *page)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.preferences", "s", page));
  wait_until (find_preferences () != NULL && gtk_widget_get_mapped (find_preferences ()));

  return find_preferences ();
}

static void
check_page (GtkWidget *row)
{
  drive_check_names (gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_PAGE));
}

static void
close_page (GtkWidget *preferences)
{
  gtk_window_close (GTK_WINDOW (preferences));
  wait_until (find_preferences () == NULL);
}

static void
test_models (VigWindow  *window,
             const char *folder)
{
  GtkWidget *preferences = open_page (window, "models");
  GtkWidget *row = NULL;

  wait_until ((row = find_row (preferences, "first-light")) != NULL);
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), "MB"));
  check_page (row);
  close_page (preferences);
}

static void
test_devices (VigWindow  *window,
              const char *folder)
{
  GtkWidget *preferences = open_page (window, "devices");
  GtkWidget *row = NULL;

  wait_until ((row = find_row (preferences, "Each device is being tested")) != NULL);
  check_page (row);
  wait_until (find_row (preferences, "Each device is being tested") == NULL);
  close_page (preferences);
}

/* What cannot be read is told by name and reason. */
static void
test_problems (VigWindow  *window,
               const char *folder)
{
  g_autofree char *photos = g_build_filename (folder, "photos", NULL);
  g_autofree char *path = g_build_filename (photos, "broken.jpg", NULL);
  g_autoptr(VigJob) job = vig_index_job_new ((const char *[]) { photos, NULL });
  GtkWidget *preferences = NULL;
  GtkWidget *row = NULL;

  g_assert_cmpint (g_mkdir_with_parents (photos, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "this is no picture", -1, NULL));
  vig_window_submit (window, job);
  wait_until (vig_job_is_over (job));

  preferences = open_page (window, "library");
  wait_until ((row = find_row (preferences, path)) != NULL);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), !=, "");
  check_page (row);
  close_page (preferences);
}

static GtkWidget *
find_about (void)
{
  g_autoptr(GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr(GtkWidget) window = g_list_model_get_item (windows, i);

      if (ADW_IS_ABOUT_WINDOW (window))
        return window;
    }

  return NULL;
}

/* Facts for who is asked for help: devices, models and numbers, but nobody's words or folders. */
static void
test_about (VigWindow  *window,
            const char *folder)
{
  GtkWidget *about = NULL;
  const char *facts = NULL;

  drive_draw_to_end (window, "a red apple on a white background", 1);
  g_action_group_activate_action (G_ACTION_GROUP (gtk_window_get_application (GTK_WINDOW (window))), "about", NULL);
  wait_until ((about = find_about ()) != NULL);
  wait_until (strstr (adw_about_window_get_debug_info (ADW_ABOUT_WINDOW (about)), "Library") != NULL);
  facts = adw_about_window_get_debug_info (ADW_ABOUT_WINDOW (about));
  g_assert_nonnull (strstr (facts, APP_VERSION));
  g_assert_nonnull (strstr (facts, "* "));
  g_assert_nonnull (strstr (facts, "CLIP"));
  g_assert_null (strstr (facts, "apple"));
  g_assert_null (strstr (facts, folder));
  g_assert_null (strstr (facts, g_get_home_dir ()));
  gtk_window_close (GTK_WINDOW (about));
  wait_until (find_about () == NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/preferences/models", test_models, drive_test);
  g_test_add_data_func ("/display/preferences/devices", test_devices, drive_test);
  g_test_add_data_func ("/display/preferences/problems", test_problems, drive_test);

  g_test_add_data_func ("/display/preferences/about", test_about, drive_test);

  return g_test_run ();
}
