/* window-draw.c: pictures are drawn, drawn again and made larger; what was begun is kept */

#define G_LOG_DOMAIN "vig-window"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/window-private.h"

#include "ui/chores.h"

#define DRAFT_AFTER 1500  /* ms after the last key */
#define VARIATIONS  4     /* of a picture, at once */

/* ---- The draft ---- */

void
vig_window_keep_draft (VigWindow *self)
{
  g_autofree char *draft = vig_prompt_card_dup_prompt (self->prompt);

  g_clear_handle_id (&self->draft, g_source_remove);
  if (self->settings == NULL)
    return;

  g_settings_set_string (self->settings, "draft", draft);
  g_settings_set_uint (self->settings, "count", vig_prompt_card_get_count (self->prompt));
}

static gboolean
draft_idle_cb (gpointer data)
{
  VigWindow *self = data;

  self->draft = 0;
  vig_window_keep_draft (self);

  return G_SOURCE_REMOVE;
}

void
vig_window_keep_draft_soon (VigWindow *self)
{
  g_clear_handle_id (&self->draft, g_source_remove);
  self->draft = g_timeout_add (DRAFT_AFTER, draft_idle_cb, self);
}

void
vig_window_take_example (VigWindow *self,
                         GtkButton *button)
{
  vig_prompt_card_set_prompt (self->prompt, gtk_button_get_label (button));
  gtk_widget_grab_focus (GTK_WIDGET (self->prompt));
  vig_window_draw (self);
}

/* ---- Drawing ---- */

/* Those that are selected or looked at closely, or else the one whose details are shown. */
static GPtrArray *
dup_subjects (VigWindow *self)
{
  GPtrArray *pictures = vig_window_dup_chosen (self);
  VigPicture *shown = vig_details_pane_get_picture (self->details);

  if (pictures->len == 0 && shown != NULL)
    g_ptr_array_add (pictures, g_object_ref (shown));

  return pictures;
}

/* @next: before all others that wait */
static void
draw_prompts (VigWindow *self,
              gboolean   next)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) jobs = vig_generate_jobs_new (vig_prompt_card_get_wish (self->prompt), &error);

  if (jobs == NULL)
    {
      vig_window_report_error (self, error);
      return;
    }

  /* Who comes before all others comes last. */
  for (guint i = 0; i < jobs->len; i++)
    {
      VigJob *job = g_ptr_array_index (jobs, next ? jobs->len - 1 - i : i);

      vig_window_submit (self, job);
      if (next)
        vig_studio_move_job (self->studio, job, 0);
    }
}

void
vig_window_draw (VigWindow *self)
{
  draw_prompts (self, FALSE);
}

void
vig_window_draw_next (VigWindow *self)
{
  draw_prompts (self, TRUE);
}

/* Other pictures by their own recipes; of each its upper part stays that is @sixteenths high. */
static void
vary (VigWindow *self,
      guint      sixteenths,
      guint      count)
{
  g_autoptr(GPtrArray) pictures = dup_subjects (self);

  for (guint i = 0; i < pictures->len; i++)
    {
      VigPicture *picture = g_ptr_array_index (pictures, i);
      g_autoptr(VigJob) job = NULL;
      guint rows;

      if (vig_picture_get_kind (picture) != VIG_PICTURE_MADE)
        continue;

      rows = vig_generate_count_rows (picture);
      job = vig_generate_job_new_variation (picture, sixteenths > 0 ? MAX (rows * sixteenths / 16, 1) : 0, count,
                                            g_random_int ());
      if (job == NULL)
        {
          vig_window_report (self, _("This picture does not tell how it was drawn."));
          return;
        }

      vig_window_submit (self, job);
    }
}

/* Once more by the same words and numbers, with other seeds. */
static void
draw_again_cb (GtkWidget  *widget,
               const char *action,
               GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  vary (self, 0, vig_prompt_card_get_count (self->prompt));
}

static void
vary_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  vary (VIG_WINDOW (widget), CLAMP (g_variant_get_uint32 (parameter), 1, 15), VARIATIONS);
}

/* ---- Back into the prompt, when asked ---- */

static void
use_prompt_cb (GtkWidget  *widget,
               const char *action,
               GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  vig_window_leave_page (self);
  vig_prompt_card_set_prompt (self->prompt, g_variant_get_string (parameter, NULL));
  gtk_widget_grab_focus (GTK_WIDGET (self->prompt));
}

static void
use (VigWindow     *self,
     VigRecipePart  parts)
{
  g_autoptr(GPtrArray) pictures = dup_subjects (self);
  VigPicture *picture = pictures->len == 1 ? g_ptr_array_index (pictures, 0) : NULL;
  g_autoptr(GError) error = NULL;

  if (picture == NULL || vig_picture_get_kind (picture) != VIG_PICTURE_MADE)
    return;

  vig_window_leave_page (self);
  if (!vig_prompt_card_use_recipe (self->prompt, picture, parts, &error))
    vig_window_report (self, error->message);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->prompt));
}

static void
use_words_cb (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  use (VIG_WINDOW (widget), VIG_RECIPE_WORDS);
}

static void
use_seed_cb (GtkWidget  *widget,
             const char *action,
             GVariant   *parameter)
{
  use (VIG_WINDOW (widget), VIG_RECIPE_SEED);
}

static void
use_everything_cb (GtkWidget  *widget,
                   const char *action,
                   GVariant   *parameter)
{
  use (VIG_WINDOW (widget), VIG_RECIPE_WORDS | VIG_RECIPE_SEED | VIG_RECIPE_NUMBERS);
}

/* ---- Larger copies ---- */

static void
show_copy_cb (AdwToast   *toast,
              VigPicture *picture)
{
  GtkWidget *window = gtk_widget_get_ancestor (g_object_get_data (G_OBJECT (toast), "vig-toasts"), VIG_TYPE_WINDOW);

  if (window != NULL)
    vig_window_show_picture (VIG_WINDOW (window), picture);
}

static void
free_picture (gpointer  picture,
              GClosure *closure)
{
  g_object_unref (picture);
}

static void
enlarged_cb (VigWindow  *self,
             GParamSpec *pspec,
             VigJob     *job)
{
  GPtrArray *copies = NULL;
  VigPicture *first = NULL;
  const char *error = NULL;
  guint done = 0;

  if (!vig_job_is_over (job) || vig_job_get_state (job) == VIG_JOB_FAILED)
    return;

  copies = vig_enlarge_job_get_copies (VIG_ENLARGE_JOB (job));
  for (guint i = 0; i < copies->len; i++)
    {
      const VigEnlarged *copy = g_ptr_array_index (copies, i);

      done += copy->picture != NULL;
      if (first == NULL)
        first = copy->picture;
      if (error == NULL)
        error = copy->error;
    }

  if (done > 0)
    {
      g_autofree char *words = g_strdup_printf (ngettext ("%u picture enlarged", "%u pictures enlarged", done), done);
      AdwToast *toast = adw_toast_new (words);

      adw_toast_set_button_label (toast, _("Show"));
      g_object_set_data (G_OBJECT (toast), "vig-toasts", self->toasts);
      g_signal_connect_data (toast, "button-clicked", G_CALLBACK (show_copy_cb), g_object_ref (first),
                             free_picture, 0);
      adw_toast_overlay_add_toast (self->toasts, toast);
    }
  if (error != NULL)
    vig_window_report (self, error);
}

static void
enlarge_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) pictures = dup_subjects (self);
  g_autoptr(GPtrArray) paths = g_ptr_array_new ();
  g_autoptr(VigJob) job = NULL;

  if (pictures->len == 0)
    return;

  for (guint i = 0; i < pictures->len; i++)
    g_ptr_array_add (paths, (char *) vig_picture_get_path (g_ptr_array_index (pictures, i)));
  g_ptr_array_add (paths, NULL);

  job = vig_enlarge_job_new ((const char * const *) paths->pdata, g_variant_get_uint32 (parameter) == 4 ? 4 : 2);
  g_signal_connect_object (job, "notify::state", G_CALLBACK (enlarged_cb), self, G_CONNECT_SWAPPED);
  vig_window_submit (self, job);
}

/* ---- The queue ---- */

static void
pause_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  VigStudio *studio = VIG_WINDOW (widget)->studio;

  vig_studio_set_paused (studio, !vig_studio_get_paused (studio));
}

static void
stop_waiting_cb (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  vig_studio_stop_waiting (VIG_WINDOW (widget)->studio);
}

/* ---- What was interrupted ---- */

void
vig_window_hide_offer (VigWindow *self)
{
  gtk_revealer_set_reveal_child (self->offer, FALSE);
  g_clear_pointer (&self->interrupted, g_ptr_array_unref);
}

static void
interrupted_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) jobs = vig_chore_list_finish (result, &error);
  g_autofree char *words = NULL;
  guint unfinished = 0;

  if (jobs == NULL)
    {
      vig_window_report_error (self, error);
      return;
    }

  for (guint i = 0; i < jobs->len; i++)
    {
      const VigJobRecord *job = g_ptr_array_index (jobs, i);

      for (guint s = 0; s < job->sketches->len; s++)
        unfinished += ((const VigSketch *) g_ptr_array_index (job->sketches, s))->picture == NULL;
    }

  if (jobs->len == 0)
    return;

  words = g_strdup_printf (ngettext ("%u picture was interrupted.", "%u pictures were interrupted.", unfinished),
                           unfinished);
  g_clear_pointer (&self->interrupted, g_ptr_array_unref);
  self->interrupted = g_steal_pointer (&jobs);
  gtk_label_set_label (self->offer_label, words);
  gtk_revealer_set_reveal_child (self->offer, TRUE);
}

void
vig_window_offer (VigWindow *self)
{
  g_return_if_fail (VIG_IS_WINDOW (self));

  vig_chore_list_async (vig_window_get_library (self), VIG_CHORE_INTERRUPTED, NULL, self->cancellable,
                        interrupted_cb, g_object_ref (self));
}

static void
finish_interrupted_cb (GtkWidget  *widget,
                       const char *action,
                       GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  for (guint i = 0; self->interrupted != NULL && i < self->interrupted->len; i++)
    {
      const VigJobRecord *record = g_ptr_array_index (self->interrupted, i);
      g_autoptr(VigJob) job = vig_generate_job_new_resume (record->id);

      vig_window_submit (self, job);
    }

  vig_window_hide_offer (self);
}

static void
forget_interrupted_cb (GtkWidget  *widget,
                       const char *action,
                       GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  for (guint i = 0; self->interrupted != NULL && i < self->interrupted->len; i++)
    vig_chore_forget_job_async (vig_window_get_library (self),
                                ((const VigJobRecord *) g_ptr_array_index (self->interrupted, i))->id,
                                NULL, vig_window_end_chore, g_object_ref (self));

  vig_window_hide_offer (self);
}

void
vig_window_update_drawing (VigWindow *self)
{
  g_autoptr(GPtrArray) selected = dup_subjects (self);
  GtkWidget *widget = GTK_WIDGET (self);
  guint made = 0;

  for (guint i = 0; i < selected->len; i++)
    made += vig_picture_get_kind (g_ptr_array_index (selected, i)) == VIG_PICTURE_MADE;

  gtk_widget_action_set_enabled (widget, "win.stack", made == 1 && selected->len == 1);
  gtk_widget_action_set_enabled (widget, "win.enlarge", selected->len > 0);
  gtk_widget_action_set_enabled (widget, "win.draw-again", made > 0);
  gtk_widget_action_set_enabled (widget, "win.vary", made > 0);
  gtk_widget_action_set_enabled (widget, "win.use-words", made == 1 && selected->len == 1);
  gtk_widget_action_set_enabled (widget, "win.use-seed", made == 1 && selected->len == 1);
  gtk_widget_action_set_enabled (widget, "win.use-everything", made == 1 && selected->len == 1);
}

void
vig_window_install_draw_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.use-prompt", "s", use_prompt_cb);
  gtk_widget_class_install_action (klass, "win.use-words", NULL, use_words_cb);
  gtk_widget_class_install_action (klass, "win.use-seed", NULL, use_seed_cb);
  gtk_widget_class_install_action (klass, "win.use-everything", NULL, use_everything_cb);
  gtk_widget_class_install_action (klass, "win.draw-again", NULL, draw_again_cb);
  gtk_widget_class_install_action (klass, "win.vary", "u", vary_cb);
  gtk_widget_class_install_action (klass, "win.enlarge", "u", enlarge_cb);
  gtk_widget_class_install_action (klass, "win.pause", NULL, pause_cb);
  gtk_widget_class_install_action (klass, "win.stop-waiting", NULL, stop_waiting_cb);
  gtk_widget_class_install_action (klass, "win.finish-interrupted", NULL, finish_interrupted_cb);
  gtk_widget_class_install_action (klass, "win.forget-interrupted", NULL, forget_interrupted_cb);
}
