/* window-share.c: a copy of the selected picture for others, without what it would tell of its owner */

#define G_LOG_DOMAIN "vig-window"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/window-private.h"

#include "ui/errand.h"

typedef struct
{
  VigPicture *picture;  /* owned */
  char       *path;     /* owned */
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_object_unref (copy->picture);
  g_free (copy->path);
  g_free (copy);
}

static gpointer
write_copy (gpointer       object,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  const Copy *copy = data;

  vig_library_share (object, copy->picture, copy->path, cancellable, error);

  return NULL;
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  vig_errand_finish (result, &error);
  if (self->toasts == NULL)
    return;

  if (error != NULL)
    vig_window_report_error (self, error);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s",
                                _("The copy is written. Nothing in it tells words, place, time or camera."));
}

void
vig_window_share (VigWindow  *self,
                  VigPicture *picture,
                  const char *path)
{
  Copy *copy = g_new (Copy, 1);

  *copy = (Copy) { g_object_ref (picture), g_strdup (path) };
  vig_errand_async (vig_window_get_library (self), write_copy, copy, copy_free, NULL, self->cancellable, written_cb,
                    g_object_ref (self));
}

static void
chosen_cb (VigWindow            *self,
           int                   response,
           GtkFileChooserNative *chooser)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    vig_window_share (self, g_object_get_data (G_OBJECT (chooser), "vig-picture"), path);
  g_clear_object (&self->chooser);
}

/* The name of a drawing's file has its words in it: the copy gets another. */
static void
share_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) selected = vig_gallery_get_selected (vig_window_get_grid (self));
  VigPicture *picture = selected->len == 1 ? g_ptr_array_index (selected, 0) : NULL;

  if (picture == NULL || self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_("Save a Copy to Share"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _("_Save"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser),
                                     vig_picture_get_kind (picture) == VIG_PICTURE_PHOTO ? _("Photo.jpg")
                                                                                         : _("Picture.png"));
  g_object_set_data_full (G_OBJECT (self->chooser), "vig-picture", g_object_ref (picture), g_object_unref);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
vig_window_install_sharing (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.share", NULL, share_cb);
}
