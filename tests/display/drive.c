/* drive.c: the real window with its library, studio and models, driven as a person would */

#include "config.h"

#include <glib/gstdio.h>

#include "drive.h"

typedef struct
{
  GApplication *application;
  const char   *folder;
  DriveBody     body;
} Run;

/* ---- Waiting ---- */

gboolean
drive_tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
flag_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

void
drive_wait (guint milliseconds)
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
void
drive_run (const char *folder,
           DriveBody   body)
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
  /* A thread that has done its work may hold it for a moment more. */
  wait_until (g_atomic_int_get (&G_OBJECT (application)->ref_count) == 1);
  g_assert_finalize_object (g_steal_pointer (&application));
}

void
drive_delete_folder (const char *path)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      drive_delete_folder (inner);
    }

  g_remove (path);
}

void
drive_test (gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("vignette-display-XXXXXX", &error);

  g_assert_no_error (error);
  drive_run (folder, (DriveBody) data);
  drive_delete_folder (folder);
}

/* ---- What a person does ---- */

void
drive_activate (VigWindow  *window,
                const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), action, NULL));
}

VigGenerateJob *
drive_draw (VigWindow  *window,
            const char *prompt,
            guint       count)
{
  vig_prompt_card_set_prompt (window->prompt, prompt);
  vig_prompt_card_set_count (window->prompt, count);
  g_signal_emit_by_name (window->prompt, "draw");

  return vig_drawing_view_get_job (window->drawing);
}

guint
drive_count_finished (VigGenerateJob *job)
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
double
drive_sum_drawn (VigGenerateJob *job)
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

guint
drive_count_pictures (VigWindow *window)
{
  return g_list_model_get_n_items (window->pictures);
}

gboolean
drive_shows (VigWindow  *window,
             const char *page)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (window->content), page) == 0;
}

/* A file as a person has them: one colour. */
char *
drive_write_picture (const char *folder,
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

void
drive_draw_to_end (VigWindow  *window,
                   const char *prompt,
                   guint       count)
{
  const guint before = drive_count_pictures (window);
  g_autoptr(VigGenerateJob) job = g_object_ref (drive_draw (window, prompt, count));

  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));
  wait_until (drive_count_pictures (window) == before + count);
}

const char *
drive_get_page (VigWindow *window)
{
  return adw_leaflet_get_visible_child_name (window->pages);
}

/* The controllers of one widget that listen to keys in @phase. */
static gboolean
press_on (GtkWidget           *widget,
          GtkPropagationPhase  phase,
          guint                key,
          GdkModifierType      state)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !taken; i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller) &&
          gtk_event_controller_get_propagation_phase (controller) == phase)
        g_signal_emit_by_name (controller, "key-pressed", key, 0u, state, &taken);
    }

  return taken;
}

gboolean
drive_press (GtkWidget       *widget,
             guint            key,
             GdkModifierType  state)
{
  g_autoptr(GPtrArray) chain = g_ptr_array_new ();

  for (GtkWidget *w = widget; w != NULL; w = gtk_widget_get_parent (w))
    g_ptr_array_add (chain, w);

  for (guint i = chain->len; i > 0; i--)
    if (press_on (g_ptr_array_index (chain, i - 1), GTK_PHASE_CAPTURE, key, state))
      return TRUE;
  for (guint i = 0; i < chain->len; i++)
    if (press_on (g_ptr_array_index (chain, i), GTK_PHASE_BUBBLE, key, state))
      return TRUE;

  return FALSE;
}

GtkWidget *
drive_find_button (GtkWidget  *widget,
                   const char *label)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
      g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = drive_find_button (child, label);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* Whoever cannot see the window must be told what each thing is that the keyboard can reach. */
void
drive_check_names (GtkWidget *widget)
{
  /* What scrolls is only passed through; a button that waits for its words is not to be seen yet. */
  const gboolean counts = !GTK_IS_SCROLLED_WINDOW (widget) &&
    (gtk_widget_get_mapped (widget) || !GTK_IS_BUTTON (widget));

  /* What libadwaita puts around rows is passed through as well. */
  const gboolean inner = GTK_IS_LIST_BOX (widget) && gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP) != NULL;

  if ((gtk_widget_get_focusable (widget) || GTK_IS_DROP_DOWN (widget)) && counts && !inner)
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

  /* What a list to choose from is made of is told by itself. */
  if (GTK_IS_DROP_DOWN (widget))
    return;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    drive_check_names (child);
}
