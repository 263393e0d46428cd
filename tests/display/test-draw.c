/* test-draw.c: from the prompt to pictures and back: sets, endings, a picture to start from, larger copies, recipes */

#include "config.h"

#include <math.h>

#include "drive.h"
#include "ui/eta.h"
#include "ui/job-row.h"
#include "ui/keep-handle.h"
#include "ui/numbers.h"
#include "ui/prompt-notes.h"
#include "ui/recipe-view.h"
#include "ui/start-picture.h"

/* ---- Parts of the window ---- */

/* The first descendant of the type, borrowed. */
static gpointer
find (GtkWidget *widget,
      GType      type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = find (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static GtkWidget *
get_text (VigWindow *window)
{
  return find (GTK_WIDGET (window->prompt), GTK_TYPE_TEXT_VIEW);
}

static VigKeepHandle *
get_handle (VigWindow *window)
{
  return vig_start_picture_get_handle (find (GTK_WIDGET (window->prompt), VIG_TYPE_START_PICTURE));
}

static VigPicture *
get_picture (VigWindow *window,
             guint      position)
{
  g_autoptr(VigPicture) picture = g_list_model_get_item (window->pictures, position);

  return picture;  /* the list keeps it */
}

/* ---- Sets of prompts ---- */

static void
test_sets (VigWindow  *window,
           const char *folder)
{
  VigPromptNotes *notes = find (GTK_WIDGET (window->prompt), VIG_TYPE_PROMPT_NOTES);
  g_autofree char *many = g_strnfill (1200, 'x');
  GListModel *jobs = vig_studio_get_jobs (window->studio);

  vig_prompt_card_set_count (window->prompt, 1);
  vig_prompt_card_set_prompt (window->prompt, "a {red,green} apple\n\na pink heart");
  g_assert_true (vig_prompt_notes_get_good (notes));
  g_signal_emit_by_name (window->prompt, "draw");
  g_assert_cmpuint (g_list_model_get_n_items (jobs), ==, 3);
  wait_until (drive_count_pictures (window) == 3);
  g_assert_cmpstr (vig_picture_get_prompt (get_picture (window, 0)), ==, "a pink heart");
  g_assert_cmpstr (vig_picture_get_prompt (get_picture (window, 1)), ==, "a green apple");
  g_assert_cmpstr (vig_picture_get_prompt (get_picture (window, 2)), ==, "a red apple");
  /* What differs is the words alone. */
  g_assert_cmpuint (vig_picture_get_seed (get_picture (window, 0)), ==, vig_picture_get_seed (get_picture (window, 2)));

  /* More than there may be: nothing can be drawn, and it says so. */
  vig_prompt_card_set_prompt (window->prompt, "{1,2,3,4} {1,2,3,4} {1,2,3,4} {1,2,3,4} {1,2}");
  g_assert_false (vig_prompt_notes_get_good (notes));
  vig_prompt_card_set_prompt (window->prompt, " \n ");
  g_assert_false (vig_prompt_notes_get_good (notes));
  vig_prompt_card_set_prompt (window->prompt, many);
  g_assert_true (vig_prompt_notes_get_good (notes));
}

/* ---- Endings ---- */

static void
test_suggests (VigWindow  *window,
               const char *folder)
{
  VigPromptNotes *notes = find (GTK_WIDGET (window->prompt), VIG_TYPE_PROMPT_NOTES);
  GtkWidget *text = get_text (window);
  g_autofree char *whole = NULL;
  g_autofree char *prompt = NULL;

  wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  gtk_widget_grab_focus (text);
  wait_until (gtk_widget_has_focus (text));
  drive_wait (300);
  vig_prompt_card_set_prompt (window->prompt, "a red apple on");
  wait_until (vig_prompt_notes_get_suggestion (notes) != NULL);
  whole = g_strdup (vig_prompt_notes_get_suggestion (notes));
  g_assert_true (g_str_has_prefix (whole, "a red apple on"));
  drive_check_names (GTK_WIDGET (window->prompt));

  /* Who types on is not bothered; who likes it takes it. */
  vig_prompt_card_set_prompt (window->prompt, "a red apple o");
  g_assert_null (vig_prompt_notes_get_suggestion (notes));
  vig_prompt_card_set_prompt (window->prompt, "a red apple on");
  wait_until (vig_prompt_notes_get_suggestion (notes) != NULL);
  g_assert_true (drive_press (text, GDK_KEY_Right, 0));
  prompt = vig_prompt_card_dup_prompt (window->prompt);
  g_assert_cmpstr (prompt, ==, whole);
  g_assert_null (vig_prompt_notes_get_suggestion (notes));

  /* What was there before comes back. */
  gtk_text_buffer_undo (gtk_text_view_get_buffer (GTK_TEXT_VIEW (text)));
  g_clear_pointer (&prompt, g_free);
  prompt = vig_prompt_card_dup_prompt (window->prompt);
  g_assert_cmpstr (prompt, ==, "a red apple on");
}

/* ---- Words that the model does not know ---- */

static gboolean
is_underlined (VigWindow *window,
               int        offset)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (get_text (window)));
  GtkTextTag *tag = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), "unknown");
  GtkTextIter iter;

  gtk_text_buffer_get_iter_at_offset (buffer, &iter, offset);

  return tag != NULL && gtk_text_iter_has_tag (&iter, tag);
}

static void
test_unknown (VigWindow  *window,
              const char *folder)
{
  VigPromptNotes *notes = find (GTK_WIDGET (window->prompt), VIG_TYPE_PROMPT_NOTES);

  vig_prompt_card_set_prompt (window->prompt, "a red ünbekannt and an apple");
  wait_until (*vig_prompt_notes_get_unknown (notes) != '\0');
  g_assert_nonnull (strstr (vig_prompt_notes_get_unknown (notes), "“ünbekannt”"));
  g_assert_nonnull (strstr (vig_prompt_notes_get_unknown (notes), "English"));
  g_assert_null (strstr (vig_prompt_notes_get_unknown (notes), "apple"));
  g_assert_false (is_underlined (window, 5));
  g_assert_true (is_underlined (window, 6));
  g_assert_true (is_underlined (window, 14));
  g_assert_false (is_underlined (window, 15));
  g_assert_false (is_underlined (window, 24));

  vig_prompt_card_set_prompt (window->prompt, "a red apple");
  wait_until (*vig_prompt_notes_get_unknown (notes) == '\0');
  g_assert_false (is_underlined (window, 6));
}

/* ---- A picture to start from ---- */

static void
test_starts (VigWindow  *window,
             const char *folder)
{
  VigKeepHandle *handle = get_handle (window);
  g_autoptr(VigGenerateJob) job = NULL;

  /* As many rows as the model has. */
  wait_until (vig_keep_handle_get_rows (handle) == 8);
  job = g_object_ref (drive_draw (window, "a red apple on a white background", 1));
  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));
  wait_until (drive_count_pictures (window) == 1);

  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.start-selected");
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (handle)));
  drive_check_names (GTK_WIDGET (window->prompt));
  g_assert_true (drive_press (GTK_WIDGET (handle), GDK_KEY_Home, 0));
  g_assert_cmpuint (vig_keep_handle_get_keep (handle), ==, 1);
  g_assert_true (drive_press (GTK_WIDGET (handle), GDK_KEY_End, 0));
  g_assert_cmpuint (vig_keep_handle_get_keep (handle), ==, 7);
  g_assert_true (drive_press (GTK_WIDGET (handle), GDK_KEY_Down, 0));
  g_assert_cmpuint (vig_keep_handle_get_keep (handle), ==, 7);
  g_assert_true (drive_press (GTK_WIDGET (handle), GDK_KEY_Page_Up, 0));
  g_assert_true (drive_press (GTK_WIDGET (handle), GDK_KEY_Up, 0));
  g_assert_cmpuint (vig_keep_handle_get_keep (handle), ==, 4);
  g_assert_cmpuint (vig_prompt_card_get_wish (window->prompt)->keep, ==, 4);

  /* The rows are counted, not the sixteenths: half of them stays as it was. */
  g_clear_object (&job);
  job = g_object_ref (drive_draw (window, "a blue car", 1));
  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_no_error (vig_job_get_error (VIG_JOB (job)));
  wait_until (drive_count_pictures (window) == 2);
  g_assert_nonnull (strstr (vig_picture_get_recipe (get_picture (window, 0)), "\"keep\":32"));

  vig_prompt_card_set_start (window->prompt, NULL);
  g_assert_null (vig_prompt_card_get_wish (window->prompt)->start);
  g_assert_cmpuint (vig_prompt_card_get_wish (window->prompt)->keep, ==, 0);
}

/* Any number of rows: the same part of the picture is kept. */
static void
test_rows (VigWindow  *window,
           const char *folder)
{
  g_autoptr(GtkWidget) handle = g_object_ref_sink (g_object_new (VIG_TYPE_KEEP_HANDLE, NULL));
  static const guint rows[] = { 16, 32, 2, 64 };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      vig_keep_handle_set_rows (VIG_KEEP_HANDLE (handle), rows[i]);
      g_assert_cmpuint (vig_keep_handle_get_keep (VIG_KEEP_HANDLE (handle)), ==, rows[i] / 2);
      vig_keep_handle_set_keep (VIG_KEEP_HANDLE (handle), 1000);
      g_assert_cmpuint (vig_keep_handle_get_keep (VIG_KEEP_HANDLE (handle)), ==, rows[i] - 1);
      vig_keep_handle_set_keep (VIG_KEEP_HANDLE (handle), 0);
      g_assert_cmpuint (vig_keep_handle_get_keep (VIG_KEEP_HANDLE (handle)), ==, 1);
      vig_keep_handle_set_keep (VIG_KEEP_HANDLE (handle), rows[i] / 2);
    }
}

/* ---- Numbers ---- */

static void
test_numbers (VigWindow  *window,
              const char *folder)
{
  VigNumbers *numbers = find (GTK_WIDGET (window->prompt), VIG_TYPE_NUMBERS);
  GtkSpinButton *first = NULL;

  /* What nobody changed is the model's, and is shown. */
  wait_until (vig_keep_handle_get_rows (get_handle (window)) == 8);
  g_assert_true (isnan (vig_prompt_card_get_wish (window->prompt)->temperature));
  g_assert_cmpint (vig_prompt_card_get_wish (window->prompt)->top_k, ==, -1);
  g_assert_false (vig_numbers_get_changed (numbers));

  /* Another model may have come while somebody was elsewhere: what is somebody's own stays. */
  g_object_notify (G_OBJECT (window), "is-active");
  drive_wait (200);
  g_assert_true (isnan (vig_prompt_card_get_wish (window->prompt)->temperature));

  first = find (GTK_WIDGET (numbers), GTK_TYPE_SPIN_BUTTON);  /* best of */
  gtk_spin_button_set_value (first, 8);
  vig_numbers_set_facts (numbers, &(VigRecipeFacts) { .temperature = 0.25, .top_k = 0, .top_p = 0.5, .guidance = NAN });
  g_assert_true (vig_numbers_get_changed (numbers));
  g_assert_cmpfloat (vig_prompt_card_get_wish (window->prompt)->temperature, ==, 0.25);
  g_assert_cmpint (vig_prompt_card_get_wish (window->prompt)->top_k, ==, 0);
  g_assert_cmpfloat (vig_prompt_card_get_wish (window->prompt)->top_p, ==, 0.5);
  g_assert_true (isnan (vig_prompt_card_get_wish (window->prompt)->guidance));

  vig_numbers_reset (numbers);
  g_assert_false (vig_numbers_get_changed (numbers));
  g_assert_true (isnan (vig_prompt_card_get_wish (window->prompt)->top_p));
  g_assert_cmpint (vig_prompt_card_get_wish (window->prompt)->top_k, ==, -1);
}

/* ---- The queue ---- */

static GtkWidget *
get_row (VigWindow *window,
         int        position)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (vig_job_bar_get_rows (window->jobs), position));
}

static const char *
get_title (VigWindow *window,
           guint      position)
{
  g_autoptr(VigJob) job = g_list_model_get_item (vig_studio_get_jobs (window->studio), position);

  return vig_job_get_title (job);  /* the queue keeps it */
}

/* As if @job were dropped on the row. */
static void
drop_on (GtkWidget *row,
         VigJob    *job)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (row);
  g_auto(GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, VIG_TYPE_JOB);
  g_value_set_object (&value, job);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        g_signal_emit_by_name (controller, "drop", &value, 1.0, 1.0, &taken);
    }
  g_assert_true (taken);
}

static void
test_queue (VigWindow  *window,
            const char *folder)
{
  GListModel *jobs = vig_studio_get_jobs (window->studio);
  g_autoptr(VigJob) first = NULL;

  wait_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (window->jobs)));
  drive_activate (window, "win.pause");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window->jobs)));
  vig_prompt_card_set_count (window->prompt, 1);
  vig_prompt_card_set_prompt (window->prompt, "a red apple\na pink heart\na blue car\na yellow star");
  g_signal_emit_by_name (window->prompt, "draw");
  drive_activate (window, "win.jobs");
  wait_until (gtk_widget_get_mapped (get_row (window, 3)));
  drive_check_names (GTK_WIDGET (window->jobs));

  /* Up and down by keys, and the keyboard goes along; by hand; to the front of all. */
  gtk_widget_grab_focus (get_row (window, 3));
  g_assert_true (drive_press (get_row (window, 3), GDK_KEY_Up, GDK_ALT_MASK));
  g_assert_cmpstr (get_title (window, 2), ==, "a yellow star");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == get_row (window, 2));
  g_assert_true (drive_press (get_row (window, 0), GDK_KEY_Down, GDK_ALT_MASK));
  g_assert_cmpstr (get_title (window, 0), ==, "a pink heart");
  first = g_list_model_get_item (jobs, 0);
  drop_on (get_row (window, 3), first);
  g_assert_cmpstr (get_title (window, 0), ==, "a red apple");
  g_assert_cmpstr (get_title (window, 3), ==, "a pink heart");
  vig_prompt_card_set_prompt (window->prompt, "a green apple\na green heart");
  g_signal_emit_by_name (window->prompt, "draw-next");
  g_assert_cmpstr (get_title (window, 0), ==, "a green apple");
  g_assert_cmpstr (get_title (window, 1), ==, "a green heart");
  g_assert_cmpstr (get_title (window, 2), ==, "a red apple");
  /* What is first is what is shown. */
  g_assert_cmpstr (vig_generate_job_get_prompt (vig_drawing_view_get_job (window->drawing)), ==, "a green apple");

  /* One is stopped: green heart; then the rest but what is drawn. */
  g_assert_true (drive_press (get_row (window, 1), GDK_KEY_Delete, 0));
  wait_until (g_list_model_get_n_items (jobs) == 5);
  g_assert_cmpstr (get_title (window, 1), ==, "a red apple");
  drive_wait (300);
  g_assert_cmpuint (drive_count_pictures (window), ==, 0);
  drive_activate (window, "win.pause");
  wait_until (drive_count_pictures (window) == 5);
  g_assert_cmpstr (vig_picture_get_prompt (get_picture (window, 4)), ==, "a green apple");
  g_assert_cmpstr (vig_picture_get_prompt (get_picture (window, 0)), ==, "a pink heart");
  wait_until (!gtk_widget_get_visible (GTK_WIDGET (window->jobs)));
}

/* In the middle of a drawing: the memory is given back, and it goes on. */
static void
test_pause (VigWindow  *window,
            const char *folder)
{
  g_autoptr(VigGenerateJob) job = g_object_ref (drive_draw (window, "a pink heart on a black background", 24));
  guint finished;

  wait_until (drive_sum_drawn (job) > 0);
  drive_activate (window, "win.pause");
  wait_until (vig_job_get_state (VIG_JOB (job)) == VIG_JOB_WAITING);
  wait_until (vig_studio_get_device_name (window->studio) == NULL);
  finished = drive_count_finished (job);
  g_assert_cmpuint (finished, <, 24);
  vig_prompt_card_set_prompt (window->prompt, "a red apple\na blue car");
  g_signal_emit_by_name (window->prompt, "draw");
  drive_activate (window, "win.stop-waiting");
  wait_until (g_list_model_get_n_items (vig_studio_get_jobs (window->studio)) == 1);

  /* What was begun is none of those, and goes on. */
  g_assert_cmpint (vig_job_get_state (VIG_JOB (job)), ==, VIG_JOB_WAITING);
  drive_activate (window, "win.pause");
  wait_until (vig_job_is_over (VIG_JOB (job)));
  g_assert_cmpint (vig_job_get_state (VIG_JOB (job)), ==, VIG_JOB_DONE);
  wait_until (drive_count_pictures (window) == 24);
}

static void
check_eta (VigEta     *eta,
           double      fraction,
           double      seconds,
           const char *expected)
{
  g_autofree char *words = vig_eta_dup (eta, fraction, (gint64) ((1 + seconds) * G_USEC_PER_SEC));

  g_assert_cmpstr (words, ==, expected);
}

static void
test_eta (gconstpointer data)
{
  VigEta eta = { 0 };

  check_eta (&eta, 0.1, 0, NULL);
  check_eta (&eta, 0.11, 2, NULL);
  check_eta (&eta, 0.3, 10, "about 35 seconds left");
  check_eta (&eta, 0.95, 40, NULL);
  check_eta (&eta, 0.2, 60, "about 8 minutes left");
  check_eta (&eta, 0.2, 36000, "about 80 hours left");
  /* It began anew. */
  check_eta (&eta, 0, 36001, NULL);
  check_eta (&eta, 0.5, 36061, "about 1 minute left");
}

/* ---- Made pictures as a beginning ---- */

static void
test_enlarges (VigWindow  *window,
               const char *folder)
{
  VigPicture *original = NULL;
  guint width;

  drive_draw_to_end (window, "a red apple on a white background", 1);
  drive_wait (1100);  /* so that the next is of another second */
  drive_draw_to_end (window, "a blue car", 1);
  original = get_picture (window, 1);
  width = vig_picture_get_width (original);
  vig_gallery_select (window->gallery, 1);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.enlarge", "u", 2u));

  /* Beside its original, with the same words and seed; not at the front. */
  wait_until (drive_count_pictures (window) == 3 && vig_picture_get_width (get_picture (window, 1)) == 2 * width);
  g_assert_true (get_picture (window, 2) == original);
  g_assert_cmpint (vig_picture_get_kind (get_picture (window, 1)), ==, VIG_PICTURE_MADE);
  g_assert_cmpstr (vig_picture_get_prompt (get_picture (window, 1)), ==, "a red apple on a white background");
  g_assert_cmpuint (vig_picture_get_seed (get_picture (window, 1)), ==, vig_picture_get_seed (original));

  /* A key, looked at closely. */
  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.open");
  g_assert_true (drive_press (GTK_WIDGET (window->large_view), GDK_KEY_E, GDK_SHIFT_MASK));
  wait_until (drive_count_pictures (window) == 4);
  wait_until (vig_picture_get_width (get_picture (window, 0)) == 4 * width);
}

static void
test_again (VigWindow  *window,
            const char *folder)
{
  guint64 seed;
  g_autofree char *draft = NULL;
  const VigWish *wish = NULL;

  drive_draw_to_end (window, "a pink heart on a black background", 1);
  seed = vig_picture_get_seed (get_picture (window, 0));
  vig_prompt_card_set_prompt (window->prompt, "something else");
  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.draw-again");
  wait_until (drive_count_pictures (window) == 2);
  g_assert_cmpstr (vig_picture_get_prompt (get_picture (window, 0)), ==, "a pink heart on a black background");
  g_assert_cmpuint (vig_picture_get_seed (get_picture (window, 0)), !=, seed);
  draft = vig_prompt_card_dup_prompt (window->prompt);
  g_assert_cmpstr (draft, ==, "something else");

  /* Each part by itself, and only when asked. */
  vig_gallery_select (window->gallery, 1);
  drive_activate (window, "win.use-seed");
  wish = vig_prompt_card_get_wish (window->prompt);
  g_assert_cmpuint (wish->seed, ==, seed);
  g_assert_cmpstr (wish->prompt, ==, "something else");
  g_assert_true (isnan (wish->temperature));
  drive_activate (window, "win.use-words");
  g_assert_cmpstr (vig_prompt_card_get_wish (window->prompt)->prompt, ==, "a pink heart on a black background");
  drive_activate (window, "win.use-everything");
  wish = vig_prompt_card_get_wish (window->prompt);
  g_assert_cmpfloat (wish->temperature, ==, 0.6);
  g_assert_cmpint (wish->top_k, ==, 48);
  g_assert_cmpfloat (wish->guidance, ==, 1.5);
}

/* Variations keep rows exactly, and stand in one stack with what they vary, from whichever of them one looks. */
static void
test_varies (VigWindow  *window,
             const char *folder)
{
  g_autofree char *first = NULL;

  drive_draw_to_end (window, "a red apple on a white background", 2);
  first = g_strdup (vig_picture_get_hash (get_picture (window, 1)));
  vig_prompt_card_set_prompt (window->prompt, "something else");
  vig_gallery_select (window->gallery, 1);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.vary", "u", 8u);
  wait_until (drive_count_pictures (window) == 6);
  wait_until (g_list_model_get_n_items (vig_studio_get_jobs (window->studio)) == 0);
  for (guint i = 0; i < 4; i++)
    {
      const char *recipe = vig_picture_get_recipe (get_picture (window, i));

      g_assert_cmpstr (vig_picture_get_prompt (get_picture (window, i)), ==, "a red apple on a white background");
      g_assert_nonnull (strstr (recipe, "\"keep\":32"));
      g_assert_nonnull (strstr (recipe, first));
      g_assert_true (vig_recipe_is_variation (recipe));
    }
  g_assert_false (vig_recipe_is_variation (vig_picture_get_recipe (get_picture (window, 4))));
  g_assert_cmpstr (vig_prompt_card_get_wish (window->prompt)->prompt, ==, "something else");

  /* A variation of a variation, by key from the large view; another drawing is not among them. */
  vig_gallery_select (window->gallery, 0);
  drive_activate (window, "win.open");
  g_assert_true (drive_press (GTK_WIDGET (window->large_view), GDK_KEY_V, GDK_SHIFT_MASK));
  wait_until (drive_count_pictures (window) == 10);
  wait_until (g_list_model_get_n_items (vig_studio_get_jobs (window->studio)) == 0);
  drive_activate (window, "win.back");
  drive_draw_to_end (window, "a blue car", 1);
  vig_gallery_select (window->gallery, 2);
  drive_activate (window, "win.stack");
  wait_until (g_str_equal (window->place, "stack"));
  g_assert_cmpuint (drive_count_pictures (window), ==, 10);
  g_assert_null (strstr (vig_picture_get_recipe (get_picture (window, 0)), "origin"));
  g_assert_null (strstr (vig_picture_get_recipe (get_picture (window, 1)), "origin"));
  g_assert_nonnull (strstr (vig_picture_get_recipe (get_picture (window, 2)), first));
  g_assert_null (strstr (vig_picture_get_recipe (get_picture (window, 9)), first));
  vig_gallery_select (window->gallery, 1);
  drive_activate (window, "win.stack");
  drive_wait (500);
  g_assert_cmpuint (drive_count_pictures (window), ==, 10);
}

/* A label somewhere in @widget that has these words in it. */
static gboolean
says (GtkWidget  *widget,
      const char *words)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), words) != NULL)
    return TRUE;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_visible (child) && says (child, words))
      return TRUE;

  return FALSE;
}

static void
test_recipe (VigWindow  *window,
             const char *folder)
{
  VigNumbers *numbers = find (GTK_WIDGET (window->prompt), VIG_TYPE_NUMBERS);
  GtkWidget *recipe = find (GTK_WIDGET (window->details), VIG_TYPE_RECIPE_VIEW);
  g_autoptr(VigTile) best = NULL;
  g_autofree char *score = NULL;
  g_autofree char *seed = NULL;

  drive_activate (window, "win.details");
  gtk_spin_button_set_value (find (GTK_WIDGET (numbers), GTK_TYPE_SPIN_BUTTON), 4);
  drive_draw_to_end (window, "a red apple on a white background", 1);
  g_assert_cmpuint (g_list_model_get_n_items (vig_generate_job_get_tiles (vig_drawing_view_get_job (window->drawing))), ==, 4);
  wait_until (says (GTK_WIDGET (window->drawing), "3 more drawn, not chosen"));

  /* The gallery follows a little later: until then it may show one that was not chosen. */
  best = g_list_model_get_item (vig_generate_job_get_tiles (vig_drawing_view_get_job (window->drawing)), 0);
  wait_until (drive_count_pictures (window) == 1 &&
              vig_picture_get_seed (get_picture (window, 0)) == vig_tile_get_seed (best));
  vig_gallery_select (window->gallery, 0);
  score = g_strdup_printf ("Fits the words by %.3f", vig_picture_get_score (get_picture (window, 0)));
  seed = g_strdup_printf ("%" G_GUINT64_FORMAT " · ", vig_picture_get_seed (get_picture (window, 0)));
  wait_until (says (GTK_WIDGET (window->drawing), seed));
  wait_until (says (recipe, score));
  g_assert_true (says (recipe, "Drawn by daybreak"));
  g_assert_true (says (recipe, "Temperature 0.6, Top-k 48"));
  wait_until (says (recipe, "3 More in This Stack"));
  drive_check_names (GTK_WIDGET (window->details));

  /* All of them, each with seed and score. */
  drive_activate (window, "win.stack");
  wait_until (drive_count_pictures (window) == 4);
  wait_until (says (GTK_WIDGET (window->gallery), seed));
}

/* ---- The desktop ---- */

static void
call_cb (GDBusConnection       *connection,
         const char            *sender,
         const char            *path,
         const char            *interface,
         const char            *method,
         GVariant              *parameters,
         GDBusMethodInvocation *invocation,
         gpointer               data)
{
  g_autofree char *summary = NULL;

  if (g_str_equal (method, "Notify"))
    {
      g_variant_get_child (parameters, 3, "s", &summary);
      g_free (*(char **) data);
      *(char **) data = g_steal_pointer (&summary);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", 1));
    }
  else if (g_str_equal (method, "GetCapabilities"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new_parsed ("(@as [],)"));
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
test_notices (VigWindow  *window,
              const char *folder)
{
  static const char interface[] =
    "<node><interface name='org.freedesktop.Notifications'>"
    "<method name='Notify'><arg direction='in' type='s'/><arg direction='in' type='u'/><arg direction='in' type='s'/>"
    "<arg direction='in' type='s'/><arg direction='in' type='s'/><arg direction='in' type='as'/>"
    "<arg direction='in' type='a{sv}'/><arg direction='in' type='i'/><arg direction='out' type='u'/></method>"
    "<method name='GetCapabilities'><arg direction='out' type='as'/></method>"
    "<method name='CloseNotification'><arg direction='in' type='u'/></method>"
    "</interface></node>";
  static const GDBusInterfaceVTable table = { .method_call = call_cb };
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface, NULL);
  g_autofree char *told = NULL;
  guint object, name;

  object = g_dbus_connection_register_object (bus, "/org/freedesktop/Notifications", node->interfaces[0], &table, &told,
                                              NULL, NULL);
  g_assert_cmpuint (object, >, 0);
  name = g_bus_own_name_on_connection (bus, "org.freedesktop.Notifications", 0, NULL, NULL, NULL, NULL);

  /* In front nobody is told; when it is not to be seen they are. */
  wait_until (gtk_window_is_active (GTK_WINDOW (window)));
  drive_draw_to_end (window, "a red apple", 1);
  drive_wait (300);
  g_assert_null (told);
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
  drive_draw_to_end (window, "a blue car", 2);
  wait_until (told != NULL);
  g_assert_cmpstr (told, ==, "2 pictures are drawn");
  gtk_widget_set_visible (GTK_WIDGET (window), TRUE);
  drive_wait (300);

  g_bus_unown_name (name);
  g_dbus_connection_unregister_object (bus, object);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/display/draw/sets", test_sets, drive_test);
  g_test_add_data_func ("/display/draw/suggests", test_suggests, drive_test);
  g_test_add_data_func ("/display/draw/unknown", test_unknown, drive_test);
  g_test_add_data_func ("/display/draw/starts", test_starts, drive_test);
  g_test_add_data_func ("/display/draw/rows", test_rows, drive_test);
  g_test_add_data_func ("/display/draw/numbers", test_numbers, drive_test);
  g_test_add_data_func ("/display/draw/queue", test_queue, drive_test);
  g_test_add_data_func ("/display/draw/pause", test_pause, drive_test);
  g_test_add_data_func ("/display/draw/eta", NULL, test_eta);
  g_test_add_data_func ("/display/draw/enlarges", test_enlarges, drive_test);
  g_test_add_data_func ("/display/draw/again", test_again, drive_test);
  g_test_add_data_func ("/display/draw/varies", test_varies, drive_test);
  g_test_add_data_func ("/display/draw/recipe", test_recipe, drive_test);
  g_test_add_data_func ("/display/draw/notices", test_notices, drive_test);

  return g_test_run ();
}
