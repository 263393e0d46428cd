/* window-teach.c: a tag is learned from the pictures that are selected */

#define G_LOG_DOMAIN "vig-window"

#include "config.h"

#include <glib/gi18n.h>

#include "library/tags.h"
#include "ui/window-private.h"

#include "ui/errand.h"
#include "ui/name-dialog.h"

#define UNDO_SECONDS 8

/* What is to be learned; then, the way back. */
typedef struct
{
  VigWindow  *window;    /* owned */
  char       *tag;       /* owned */
  GPtrArray  *pictures;  /* owned */
  VigTagUndo *undo;      /* owned; NULL until it is learned, or once it is taken back */
} Lesson;

static void
lesson_free (Lesson *lesson)
{
  g_object_unref (lesson->window);
  g_free (lesson->tag);
  g_ptr_array_unref (lesson->pictures);
  g_clear_pointer (&lesson->undo, vig_tag_undo_free);
  g_free (lesson);
}

static void
free_lesson_cb (gpointer  data,
                GClosure *closure)
{
  lesson_free (data);
}

static void
undone_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(VigTagUndo) redo = vig_library_change_tags_finish (VIG_LIBRARY (object), result, &error);

  if (redo == NULL && self->toasts != NULL)
    vig_window_report_error (self, error);
}

static void
undo_cb (AdwToast *toast,
         Lesson   *lesson)
{
  if (lesson->undo != NULL)
    vig_library_undo_tags_async (vig_window_get_library (lesson->window), g_steal_pointer (&lesson->undo), undone_cb,
                                 g_object_ref (lesson->window));
}

/* @data: a Lesson, which outlives this */
static gpointer
teach (gpointer       object,
       gpointer       data,
       GCancellable  *cancellable,
       GError       **error)
{
  Lesson *lesson = data;
  VigTagUndo *undo = NULL;

  return vig_library_teach_tag (object, lesson->tag, lesson->pictures, &undo, error) ? undo : NULL;
}

static void
taught_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Lesson *lesson = user_data;
  VigWindow *self = lesson->window;
  g_autoptr(GError) error = NULL;
  g_autofree char *tag = g_markup_escape_text (lesson->tag, -1);
  g_autofree char *words = NULL;
  AdwToast *toast = NULL;

  lesson->undo = vig_errand_finish (result, &error);
  if (self->toasts == NULL || lesson->undo == NULL)
    {
      if (self->toasts != NULL && error != NULL)
        vig_window_report_error (self, error);
      lesson_free (lesson);
      return;
    }

  /* Translators: %s is a tag. */
  words = g_strdup_printf (ngettext ("“%s” was learned from %u picture, and is suggested from now on.",
                                     "“%s” was learned from %u pictures, and is suggested from now on.",
                                     lesson->pictures->len), tag, lesson->pictures->len);
  toast = adw_toast_new (words);
  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_timeout (toast, UNDO_SECONDS);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), lesson, free_lesson_cb, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
vig_window_teach (VigWindow  *self,
                  const char *tag,
                  GPtrArray  *pictures)
{
  Lesson *lesson = NULL;
  g_autofree char *clean = vig_tag_normalise (tag);

  g_return_if_fail (VIG_IS_WINDOW (self));

  if (clean == NULL)
    return;

  lesson = g_new0 (Lesson, 1);
  lesson->window = g_object_ref (self);
  lesson->tag = g_steal_pointer (&clean);
  lesson->pictures = g_ptr_array_ref (pictures);
  vig_errand_async (vig_window_get_library (self), teach, lesson, NULL, (GDestroyNotify) vig_tag_undo_free, NULL, taught_cb,
                    lesson);
}

static void
named_cb (GtkWindow  *window,
          const char *name,
          gpointer    pictures)
{
  vig_window_teach (VIG_WINDOW (window), name, pictures);
}

static void
teach_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  /* Translators: the program learns a tag from pictures that show it. */
  vig_name_dialog_ask (GTK_WINDOW (widget), _("Which Tag Do These Pictures Show?"), _("_Teach"), NULL, named_cb,
                       vig_gallery_get_selected (vig_window_get_grid (VIG_WINDOW (widget))),
                       (GDestroyNotify) g_ptr_array_unref);
}

void
vig_window_install_teaching (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.teach", NULL, teach_cb);
}
