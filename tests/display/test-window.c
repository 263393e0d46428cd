/* test-window.c: the real window with the real library, studio and models, driven as a person would */

#include "config.h"

#include "drive.h"

/* ---- The tests ---- */

static void
test_opens (VigWindow  *window,
            const char *folder)
{
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  g_assert_true (drive_shows (window, "empty"));
  g_assert_false (gtk_revealer_get_reveal_child (window->offer));
  g_assert_nonnull (gtk_window_get_focus (GTK_WINDOW (window)));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)),
                                         GTK_WIDGET (window->prompt)));
  drive_check_names (GTK_WIDGET (window));

  drive_activate (window, "win.search");
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)),
                                         GTK_WIDGET (window->search)));
  drive_activate (window, "win.details");
  g_assert_true (adw_flap_get_reveal_flap (window->details_flap));
}

/* A first picture by one click; what teaches goes away by itself. */
static void
test_begins (VigWindow  *window,
             const char *folder)
{
  GtkWidget *button = NULL;

  wait_until (drive_shows (window, "empty"));
  wait_until ((button = drive_find_button (GTK_WIDGET (window->content), "two yellow stars on a blue background")) != NULL);
  g_signal_emit_by_name (button, "clicked");
  wait_until (drive_shows (window, "gallery") && drive_count_pictures (window) > 0);
  g_assert_cmpstr (vig_prompt_card_get_wish (window->prompt)->prompt, ==, "two yellow stars on a blue background");
}

static void
test_narrow (VigWindow  *window,
             const char *folder)
{
  wait_until (gtk_widget_get_width (GTK_WIDGET (window)) > 800);
  wait_until (!adw_flap_get_folded (window->sidebar_flap));

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 640);
  wait_until (gtk_widget_get_width (GTK_WIDGET (window)) <= 372);  /* the frame, where nobody manages windows */
  wait_until (adw_flap_get_folded (window->sidebar_flap) && adw_flap_get_folded (window->details_flap));
  drive_wait (500);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window->prompt)), <=, 360);
}

static void
test_draws (VigWindow  *window,
            const char *folder)
{
  VigGenerateJob *job = drive_draw (window, "a red apple on a white background", 2);

  g_object_add_weak_pointer (G_OBJECT (job), (gpointer *) &job);
  wait_until (drive_sum_drawn (job) > 0);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window->drawing)));
  g_assert_cmpuint (g_list_model_get_n_items (vig_generate_job_get_tiles (job)), ==, 2);

  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));
  g_assert_cmpint (vig_job_get_state (VIG_JOB (job)), ==, VIG_JOB_DONE);
  g_assert_cmpuint (drive_count_finished (job), ==, 2);
  wait_until (drive_count_pictures (window) == 2);
  g_assert_true (drive_shows (window, "gallery"));
  drive_wait (800);
  drive_check_names (GTK_WIDGET (window));

  /* Its story: words and seed, as they were asked for. */
  vig_gallery_select (window->gallery, 0);
  wait_until (vig_details_pane_get_picture (window->details) != NULL);
  g_assert_cmpstr (vig_picture_get_prompt (vig_details_pane_get_picture (window->details)), ==,
                   "a red apple on a white background");
  vig_prompt_card_set_prompt (window->prompt, "");
  drive_activate (window, "win.use-everything");
  g_assert_cmpuint (vig_prompt_card_get_wish (window->prompt)->seed, ==,
                    vig_picture_get_seed (vig_details_pane_get_picture (window->details)));
  g_assert_cmpstr (vig_prompt_card_get_wish (window->prompt)->prompt, ==, "a red apple on a white background");

  /* What was drawn before comes back by key, once, and the own words after it. */
  vig_prompt_card_set_prompt (window->prompt, "half a thought");
  g_assert_true (vig_prompt_card_recall (window->prompt, 1));
  g_assert_false (vig_prompt_card_recall (window->prompt, 1));
  g_assert_cmpstr (vig_prompt_card_get_wish (window->prompt)->prompt, ==, "a red apple on a white background");
  g_assert_true (vig_prompt_card_recall (window->prompt, -1));
  g_assert_cmpstr (vig_prompt_card_get_wish (window->prompt)->prompt, ==, "half a thought");
  g_object_remove_weak_pointer (G_OBJECT (job), (gpointer *) &job);
}

static void
test_stops (VigWindow  *window,
            const char *folder)
{
  g_autoptr(VigGenerateJob) job = g_object_ref (drive_draw (window, "a pink heart on a black background", 32));
  guint finished;

  wait_until (drive_count_finished (job) > 0);
  drive_activate (window, "win.stop");
  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_cmpint (vig_job_get_state (VIG_JOB (job)), ==, VIG_JOB_STOPPED);

  finished = drive_count_finished (job);
  g_assert_cmpuint (finished, <, 32);
  wait_until (drive_count_pictures (window) == finished);
}

static void
test_finds (VigWindow  *window,
            const char *folder)
{
  g_autoptr(VigGenerateJob) job = g_object_ref (drive_draw (window, "a rocket in the night sky", 1));

  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));

  gtk_editable_set_text (GTK_EDITABLE (window->search), "rocket");
  wait_until (drive_shows (window, "results"));
  wait_until (vig_search_results_get_close (window->results) >= 0);
  g_assert_cmpint (vig_search_results_get_close (window->results), ==, 1);
  wait_until (g_list_model_get_n_items (vig_gallery_get_model (vig_window_get_grid (window))) == 1);

  gtk_editable_set_text (GTK_EDITABLE (window->search), "");
  wait_until (drive_shows (window, "gallery"));
}

static void
test_forgets (VigWindow  *window,
              const char *folder)
{
  g_autoptr(VigGenerateJob) job = g_object_ref (drive_draw (window, "two yellow stars on a blue background", 2));

  wait_until (vig_job_is_over (VIG_JOB (job)));
  wait_until (drive_count_pictures (window) == 2);

  vig_gallery_select (window->gallery, 1);
  drive_activate (window, "win.forget");
  g_assert_cmpuint (g_hash_table_size (window->leaving), ==, 1);
  g_assert_cmpuint (drive_count_pictures (window), ==, 2);

  /* When its toast has gone, there is no way back. */
  vig_window_flush_leaving (window);
  wait_until (drive_count_pictures (window) == 1);
  g_assert_cmpuint (g_hash_table_size (window->leaving), ==, 0);
}

static void
begin_cb (VigWindow  *window,
          const char *folder)
{
  VigGenerateJob *job = drive_draw (window, "a red car on a white background", 8);

  wait_until (drive_sum_drawn (job) > 0.2);
}

static void
finish_cb (VigWindow  *window,
           const char *folder)
{
  VigGenerateJob *job = NULL;

  wait_until (gtk_revealer_get_reveal_child (window->offer));
  drive_activate (window, "win.finish-interrupted");
  g_assert_false (gtk_revealer_get_reveal_child (window->offer));
  job = vig_drawing_view_get_job (window->drawing);
  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));
  wait_until (drive_count_pictures (window) == 8);
}

static void
forget_cb (VigWindow  *window,
           const char *folder)
{
  wait_until (gtk_revealer_get_reveal_child (window->offer));
  drive_activate (window, "win.forget-interrupted");
  drive_wait (1000);
}

static void
nothing_cb (VigWindow  *window,
            const char *folder)
{
  drive_wait (1500);
  g_assert_false (gtk_revealer_get_reveal_child (window->offer));
}

/* The window is closed in the middle of a drawing; the next one offers to finish it. */
static void
test_interrupted (gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("vignette-display-XXXXXX", NULL);

  drive_run (folder, begin_cb);
  drive_run (folder, finish_cb);
  drive_run (folder, nothing_cb);
  drive_run (folder, begin_cb);
  drive_run (folder, forget_cb);
  drive_run (folder, nothing_cb);
  drive_delete_folder (folder);
}

static gboolean
close_cb (gpointer data)
{
  GtkWindow *window = NULL;

  wait_until ((window = gtk_application_get_active_window (GTK_APPLICATION (g_application_get_default ()))) != NULL);
  g_assert_false (VIG_IS_WINDOW (window));
  gtk_window_close (window);

  return G_SOURCE_REMOVE;
}

/* Without a library there is a window all the same, that says why, and the program has failed. */
static void
test_damaged (gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("vignette-display-XXXXXX", NULL);
  g_autoptr(VigProfile) profile = vig_profile_new (folder, &error);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (vig_profile_get_database (profile), "this is no database, but it is long enough",
                                      -1, NULL));
  g_idle_add (close_cb, NULL);
  g_assert_cmpint (vig_application_run (profile, "host", NULL, NULL), ==, 1);
  drive_delete_folder (folder);
}

static void
type_cb (VigWindow  *window,
         const char *folder)
{
  vig_prompt_card_set_prompt (window->prompt, "half a thought");
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 600);
  drive_wait (300);
}

static void
remember_cb (VigWindow  *window,
             const char *folder)
{
  g_autofree char *draft = vig_prompt_card_dup_prompt (window->prompt);
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  g_assert_cmpstr (draft, ==, "half a thought");
  g_assert_cmpint (width, ==, 900);
  g_assert_cmpint (height, ==, 600);
}

static void
test_remembers (gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("vignette-display-XXXXXX", NULL);

  drive_run (folder, type_cb);
  drive_run (folder, remember_cb);
  drive_delete_folder (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/window/opens", test_opens, drive_test);
  g_test_add_data_func ("/display/window/begins", test_begins, drive_test);
  g_test_add_data_func ("/display/window/narrow", test_narrow, drive_test);
  g_test_add_data_func ("/display/window/damaged", NULL, test_damaged);
  g_test_add_data_func ("/display/window/remembers", NULL, test_remembers);
  g_test_add_data_func ("/display/window/draws", test_draws, drive_test);
  g_test_add_data_func ("/display/window/stops", test_stops, drive_test);
  g_test_add_data_func ("/display/window/finds", test_finds, drive_test);
  g_test_add_data_func ("/display/window/forgets", test_forgets, drive_test);
  g_test_add_data_func ("/display/window/interrupted", NULL, test_interrupted);

  return g_test_run ();
}
