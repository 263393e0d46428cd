/* test-window.c: the real window with the real library, studio and models, driven as a person would */

#include "config.h"

#include <glib/gstdio.h>

#include "application.h"
#include "ui/chores.h"
#include "ui/tag-row.h"
#include "ui/window-private.h"

/* Generous: a debug build on a busy machine without a GPU. */
#define SECONDS 240

typedef void (*Body) (VigWindow  *window,
                      const char *folder);

typedef struct
{
  GApplication *application;
  const char   *folder;
  Body          body;
} Run;

/* ---- Waiting ---- */

#define wait_until(condition)                                                            \
  G_STMT_START {                                                                         \
    const gint64 end = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;               \
    const guint tick = g_timeout_add (20, tick_cb, NULL);                                \
    while (!(condition) && g_get_monotonic_time () < end)                                \
      g_main_context_iteration (NULL, TRUE);                                             \
    g_source_remove (tick);                                                              \
    g_assert_true (condition);                                                           \
  } G_STMT_END

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
flag_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
run_main (guint milliseconds)
{
  gboolean done = FALSE;

  g_timeout_add (milliseconds, flag_cb, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

/* ---- One run of the program ---- */

static VigWindow *
find_window (GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  return VIG_IS_WINDOW (window) ? VIG_WINDOW (window) : NULL;
}

static gboolean
body_cb (gpointer data)
{
  Run *run = data;

  wait_until (find_window (run->application) != NULL);
  run->body (find_window (run->application), run->folder);
  gtk_window_close (GTK_WINDOW (find_window (run->application)));

  return G_SOURCE_REMOVE;
}

static gpointer leaked;

static void
watch_cb (GtkApplication *application,
          GtkWindow      *window)
{
  if (VIG_IS_WINDOW (window))
    g_set_weak_pointer (&leaked, window);
}

/* Opens the program on @folder, does @body, closes the window; nothing may be left of it. */
static void
run_program (const char *folder,
             Body        body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VigProfile) profile = vig_profile_new (folder, &error);
  g_autoptr(GApplication) application = NULL;
  Run run = { .folder = folder, .body = body };

  g_assert_no_error (error);
  application = vig_application_new (profile, "host", NULL);
  run.application = application;
  g_signal_connect (application, "window-added", G_CALLBACK (watch_cb), NULL);
  g_idle_add (body_cb, &run);
  g_assert_cmpint (g_application_run (application, 0, NULL), ==, 0);

  wait_until (leaked == NULL);
  g_assert_finalize_object (g_steal_pointer (&application));
}

static void
delete_folder (const char *path)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      delete_folder (inner);
    }

  g_remove (path);
}

static void
run_test (gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("vignette-display-XXXXXX", &error);

  g_assert_no_error (error);
  run_program (folder, (Body) data);
  delete_folder (folder);
}

/* ---- What a person does ---- */

static void
activate (VigWindow  *window,
          const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), action, NULL));
}

static VigGenerateJob *
draw (VigWindow  *window,
      const char *prompt,
      guint       count)
{
  vig_prompt_card_set_prompt (window->prompt, prompt);
  vig_prompt_card_set_count (window->prompt, count);
  g_signal_emit_by_name (window->prompt, "draw");

  return vig_drawing_view_get_job (window->drawing);
}

static guint
count_finished (VigGenerateJob *job)
{
  GListModel *tiles = vig_generate_job_get_tiles (job);
  guint count = 0;

  for (guint i = 0; i < g_list_model_get_n_items (tiles); i++)
    {
      g_autoptr(VigTile) tile = g_list_model_get_item (tiles, i);

      count += vig_tile_get_picture (tile) != NULL;
    }

  return count;
}

/* How much of the pictures is drawn, 0 to their number. */
static double
sum_drawn (VigGenerateJob *job)
{
  GListModel *tiles = vig_generate_job_get_tiles (job);
  double sum = 0;

  for (guint i = 0; i < g_list_model_get_n_items (tiles); i++)
    {
      g_autoptr(VigTile) tile = g_list_model_get_item (tiles, i);

      sum += vig_tile_get_fraction (tile);
    }

  return sum;
}

static guint
count_pictures (VigWindow *window)
{
  return g_list_model_get_n_items (window->pictures);
}

static gboolean
shows (VigWindow  *window,
       const char *page)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (window->content), page) == 0;
}

/* A file as a person has them: one colour. */
static char *
write_picture (const char *folder,
               const char *name,
               guint8      red,
               guint8      green,
               guint8      blue)
{
  const guint side = 96;
  guint8 *rgb = g_malloc (side * side * 3);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  char *path = g_build_filename (folder, name, NULL);

  for (guint i = 0; i < side * side; i++)
    {
      rgb[3 * i] = red;
      rgb[3 * i + 1] = green;
      rgb[3 * i + 2] = blue;
    }

  bytes = g_bytes_new_take (rgb, side * side * 3);
  texture = gdk_memory_texture_new (side, side, GDK_MEMORY_R8G8B8, bytes, side * 3);
  g_assert_true (gdk_texture_save_to_png (texture, path));

  return path;
}

/* ---- The tests ---- */

/* Whoever cannot see the window must be told what each thing is that the keyboard can reach. */
static void
check_names (GtkWidget *widget)
{
  /* What scrolls is only passed through; a button that waits for its words is not to be seen yet. */
  const gboolean counts = !GTK_IS_SCROLLED_WINDOW (widget) &&
    (gtk_widget_get_mapped (widget) || !GTK_IS_BUTTON (widget));

  if (gtk_widget_get_focusable (widget) && counts)
    {
      GtkWidget *named = widget;

      /* What is typed into lies within what has the name. */
      if (GTK_IS_TEXT (widget) || GTK_IS_TOGGLE_BUTTON (widget))
        named = gtk_widget_get_parent (widget);

      if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL) &&
          !gtk_test_accessible_has_property (GTK_ACCESSIBLE (named), GTK_ACCESSIBLE_PROPERTY_LABEL) &&
          !gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY) &&
          !(GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL) &&
          !(GTK_IS_BUTTON (widget) && ADW_IS_BUTTON_CONTENT (gtk_button_get_child (GTK_BUTTON (widget)))) &&
          !GTK_IS_LABEL (widget))
        {
          g_test_message ("%s in %s in %s has no name", G_OBJECT_TYPE_NAME (widget),
                          G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)),
                          G_OBJECT_TYPE_NAME (gtk_widget_get_parent (gtk_widget_get_parent (widget))));
          g_test_fail ();
        }
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_names (child);
}

static void
test_opens (VigWindow  *window,
            const char *folder)
{
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  g_assert_true (shows (window, "empty"));
  g_assert_false (gtk_revealer_get_reveal_child (window->offer));
  g_assert_nonnull (gtk_window_get_focus (GTK_WINDOW (window)));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)),
                                         GTK_WIDGET (window->prompt)));
  check_names (GTK_WIDGET (window));

  activate (window, "win.search");
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)),
                                         GTK_WIDGET (window->search)));
  activate (window, "win.details");
  g_assert_true (adw_flap_get_reveal_flap (window->details_flap));
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
  run_main (500);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window->prompt)), <=, 360);
}

static void
test_draws (VigWindow  *window,
            const char *folder)
{
  VigGenerateJob *job = draw (window, "a red apple on a white background", 2);

  g_object_add_weak_pointer (G_OBJECT (job), (gpointer *) &job);
  wait_until (sum_drawn (job) > 0);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window->drawing)));
  g_assert_cmpuint (g_list_model_get_n_items (vig_generate_job_get_tiles (job)), ==, 2);

  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));
  g_assert_cmpint (vig_job_get_state (VIG_JOB (job)), ==, VIG_JOB_DONE);
  g_assert_cmpuint (count_finished (job), ==, 2);
  wait_until (count_pictures (window) == 2);
  g_assert_true (shows (window, "gallery"));
  run_main (800);
  check_names (GTK_WIDGET (window));

  /* Its story: words and seed, as they were asked for. */
  vig_gallery_select (window->gallery, 0);
  wait_until (vig_details_pane_get_picture (window->details) != NULL);
  g_assert_cmpstr (vig_picture_get_prompt (vig_details_pane_get_picture (window->details)), ==,
                   "a red apple on a white background");
  vig_prompt_card_set_prompt (window->prompt, "");
  activate (window, "win.use-everything");
  g_assert_cmpuint (vig_prompt_card_get_wish (window->prompt)->seed, ==,
                    vig_picture_get_seed (vig_details_pane_get_picture (window->details)));
  g_assert_cmpstr (vig_prompt_card_get_wish (window->prompt)->prompt, ==, "a red apple on a white background");
  g_object_remove_weak_pointer (G_OBJECT (job), (gpointer *) &job);
}

static void
test_stops (VigWindow  *window,
            const char *folder)
{
  g_autoptr(VigGenerateJob) job = g_object_ref (draw (window, "a pink heart on a black background", 32));
  guint finished;

  wait_until (count_finished (job) > 0);
  activate (window, "win.stop");
  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_cmpint (vig_job_get_state (VIG_JOB (job)), ==, VIG_JOB_STOPPED);

  finished = count_finished (job);
  g_assert_cmpuint (finished, <, 32);
  wait_until (count_pictures (window) == finished);
}

static void
test_finds (VigWindow  *window,
            const char *folder)
{
  g_autoptr(VigGenerateJob) job = g_object_ref (draw (window, "a rocket in the night sky", 1));

  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));

  gtk_editable_set_text (GTK_EDITABLE (window->search), "rocket");
  wait_until (shows (window, "results"));
  wait_until (vig_search_results_get_close (window->results) >= 0);
  g_assert_cmpint (vig_search_results_get_close (window->results), ==, 1);
  wait_until (g_list_model_get_n_items (vig_gallery_get_model (vig_window_get_grid (window))) == 1);

  gtk_editable_set_text (GTK_EDITABLE (window->search), "");
  wait_until (shows (window, "gallery"));
}

static gboolean
has_tag (VigPicture *picture,
         const char *tag)
{
  return g_strv_contains (vig_picture_get_tags (picture), tag);
}

static void
refused_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  *(GPtrArray **) user_data = vig_chore_list_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_tags (VigWindow  *window,
           const char *folder)
{
  g_autofree char *path = write_picture (folder, "red.png", 220, 20, 20);
  g_autofree char *sidecar = g_strconcat (path, ".xmp", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(VigPicture) picture = NULL;
  g_autoptr(GPtrArray) refused = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  GSList files = { .data = file };
  GtkListBox *rows = NULL;

  g_assert_true (vig_drop_overlay_take (window->drops, VIG_DROP_TAG, &files));
  g_assert_cmpstr (adw_leaflet_get_visible_child_name (window->pages), ==, "tag");
  wait_until (vig_tag_page_count_rows (window->tag_page) >= 2);
  rows = vig_tag_page_get_rows (window->tag_page);
  picture = g_object_ref (vig_tag_page_get_picture (window->tag_page));
  check_names (GTK_WIDGET (window->tag_page));

  /* The first is accepted, the second refused, one is typed. */
  first = g_strdup (vig_tag_row_get_label (VIG_TAG_ROW (gtk_list_box_row_get_child (gtk_list_box_get_row_at_index (rows, 0)))));
  second = g_strdup (vig_tag_row_get_label (VIG_TAG_ROW (gtk_list_box_row_get_child (gtk_list_box_get_row_at_index (rows, 1)))));
  if (!vig_tag_row_get_accepted (VIG_TAG_ROW (gtk_list_box_row_get_child (gtk_list_box_get_row_at_index (rows, 0)))))
    g_assert_true (vig_tag_page_toggle (window->tag_page, 1));
  vig_tag_page_refuse (window->tag_page, 2);
  vig_tag_page_add_tag (window->tag_page, " mine ");
  vig_tag_page_accept (window->tag_page);

  wait_until (has_tag (picture, first) && has_tag (picture, "mine"));
  g_assert_false (has_tag (picture, second));
  g_assert_false (g_file_test (sidecar, G_FILE_TEST_EXISTS));
  vig_chore_list_async (vig_window_get_library (window), VIG_CHORE_REFUSED, picture, NULL, refused_cb, &refused);
  wait_until (refused != NULL);
  g_assert_true (g_ptr_array_find_with_equal_func (refused, second, g_str_equal, NULL));

  /* Beside the picture only when asked. */
  vig_tag_page_write_sidecars (window->tag_page);
  wait_until (g_file_test (sidecar, G_FILE_TEST_EXISTS));

  activate (window, "win.back");
  g_assert_cmpstr (adw_leaflet_get_visible_child_name (window->pages), ==, "main");
}

static void
test_forgets (VigWindow  *window,
              const char *folder)
{
  g_autoptr(VigGenerateJob) job = g_object_ref (draw (window, "two yellow stars on a blue background", 2));

  wait_until (vig_job_is_over (VIG_JOB (job)));
  wait_until (count_pictures (window) == 2);

  vig_gallery_select (window->gallery, 1);
  activate (window, "win.forget");
  g_assert_cmpuint (g_hash_table_size (window->leaving), ==, 1);
  g_assert_cmpuint (count_pictures (window), ==, 2);

  /* When its toast has gone, there is no way back. */
  vig_window_flush_leaving (window);
  wait_until (count_pictures (window) == 1);
  g_assert_cmpuint (g_hash_table_size (window->leaving), ==, 0);
}

static void
begin_cb (VigWindow  *window,
          const char *folder)
{
  VigGenerateJob *job = draw (window, "a red car on a white background", 8);

  wait_until (sum_drawn (job) > 0.2);
}

static void
finish_cb (VigWindow  *window,
           const char *folder)
{
  VigGenerateJob *job = NULL;

  wait_until (gtk_revealer_get_reveal_child (window->offer));
  activate (window, "win.finish-interrupted");
  g_assert_false (gtk_revealer_get_reveal_child (window->offer));
  job = vig_drawing_view_get_job (window->drawing);
  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));
  wait_until (count_pictures (window) == 8);
}

static void
forget_cb (VigWindow  *window,
           const char *folder)
{
  wait_until (gtk_revealer_get_reveal_child (window->offer));
  activate (window, "win.forget-interrupted");
  run_main (1000);
}

static void
nothing_cb (VigWindow  *window,
            const char *folder)
{
  run_main (1500);
  g_assert_false (gtk_revealer_get_reveal_child (window->offer));
}

/* The window is closed in the middle of a drawing; the next one offers to finish it. */
static void
test_interrupted (gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("vignette-display-XXXXXX", NULL);

  run_program (folder, begin_cb);
  run_program (folder, finish_cb);
  run_program (folder, nothing_cb);
  run_program (folder, begin_cb);
  run_program (folder, forget_cb);
  run_program (folder, nothing_cb);
  delete_folder (folder);
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
  delete_folder (folder);
}

static void
type_cb (VigWindow  *window,
         const char *folder)
{
  vig_prompt_card_set_prompt (window->prompt, "half a thought");
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 600);
  run_main (300);
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

  run_program (folder, type_cb);
  run_program (folder, remember_cb);
  delete_folder (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/window/opens", test_opens, run_test);
  g_test_add_data_func ("/display/window/narrow", test_narrow, run_test);
  g_test_add_data_func ("/display/window/damaged", NULL, test_damaged);
  g_test_add_data_func ("/display/window/remembers", NULL, test_remembers);
  g_test_add_data_func ("/display/window/draws", test_draws, run_test);
  g_test_add_data_func ("/display/window/stops", test_stops, run_test);
  g_test_add_data_func ("/display/window/finds", test_finds, run_test);
  g_test_add_data_func ("/display/window/tags", test_tags, run_test);
  g_test_add_data_func ("/display/window/forgets", test_forgets, run_test);
  g_test_add_data_func ("/display/window/interrupted", NULL, test_interrupted);

  return g_test_run ();
}
