/* start-picture.c: the picture that a drawing starts from, and how much of it is kept */

#define G_LOG_DOMAIN "vig-start-picture"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/start-picture.h"

#include "ui/template.h"

#define THUMB_SIDE 256

struct _VigStartPicture
{
  GtkWidget parent_instance;

  VigTextures  *textures;     /* owned */
  char         *path;         /* owned; NULL: there is none */
  guint         rows;         /* 0: the model cannot */
  GCancellable *cancellable;  /* owned; of its loading, or NULL */
  GtkFileChooserNative *chooser;  /* owned; while it is open */

  GtkStack      *stack;
  GtkWidget     *choose;
  VigKeepHandle *handle;
  GtkLabel      *words;
};

G_DEFINE_FINAL_TYPE (VigStartPicture, vig_start_picture, GTK_TYPE_WIDGET)

const char *
vig_start_picture_get_path (VigStartPicture *self)
{
  g_return_val_if_fail (VIG_IS_START_PICTURE (self), NULL);

  return self->path;
}

VigKeepHandle *
vig_start_picture_get_handle (VigStartPicture *self)
{
  g_return_val_if_fail (VIG_IS_START_PICTURE (self), NULL);

  return self->handle;
}

guint
vig_start_picture_get_keep (VigStartPicture *self)
{
  g_return_val_if_fail (VIG_IS_START_PICTURE (self), 0);

  return self->path != NULL ? vig_keep_handle_get_keep (self->handle) : 0;
}

static void
update_words (VigStartPicture *self)
{
  /* Translators: how many of how many rows of a picture are kept; short, it stands under a small picture. */
  g_autofree char *words = g_strdup_printf (_("%u of %u rows"), vig_keep_handle_get_keep (self->handle),
                                            vig_keep_handle_get_rows (self->handle));

  gtk_label_set_label (self->words, words);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigStartPicture) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = vig_textures_load_finish (VIG_TEXTURES (object), result, &error);

  if (texture != NULL)
    vig_keep_handle_set_texture (self->handle, texture);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", error->message);
      vig_start_picture_set_path (self, NULL);
    }
}

void
vig_start_picture_set_path (VigStartPicture *self,
                            const char      *path)
{
  g_autofree char *copy = g_strdup (path);

  g_return_if_fail (VIG_IS_START_PICTURE (self));

  if (copy != NULL && self->rows == 0)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s",
                                  _("This model cannot start from a picture; choose another one that can."));
      return;
    }

  g_free (self->path);
  self->path = g_steal_pointer (&copy);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  vig_keep_handle_set_texture (self->handle, NULL);
  gtk_stack_set_visible_child_name (self->stack, self->path != NULL ? "picture" : "none");
  if (self->path == NULL)
    return;

  self->cancellable = g_cancellable_new ();
  vig_textures_open_async (self->textures, self->path, THUMB_SIDE, self->cancellable, loaded_cb, g_object_ref (self));
}

void
vig_start_picture_set_rows (VigStartPicture *self,
                            guint            rows)
{
  g_return_if_fail (VIG_IS_START_PICTURE (self));

  self->rows = rows >= 2 ? rows : 0;
  gtk_widget_set_sensitive (self->choose, self->rows > 0);
  gtk_widget_set_tooltip_text (self->choose, self->rows > 0
                               ? _("Start from a picture: its upper rows are kept, the rest is drawn anew")
                               : _("This model cannot start from a picture"));
  if (self->rows == 0)
    {
      vig_start_picture_set_path (self, NULL);
      return;
    }

  vig_keep_handle_set_rows (self->handle, self->rows);
  update_words (self);
}

/* ---- Choosing a file ---- */

static void
chosen_cb (VigStartPicture      *self,
           int                   response,
           GtkFileChooserNative *chooser)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_autofree char *path = g_file_get_path (file);

      if (path != NULL)
        vig_start_picture_set_path (self, path);
    }

  g_clear_object (&self->chooser);
}

static void
choose_cb (VigStartPicture *self)
{
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL)
    return;

  gtk_file_filter_set_name (filter, _("Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  self->chooser = gtk_file_chooser_native_new (_("Start from a Picture"),
                                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _("_Start"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
remove_cb (VigStartPicture *self)
{
  vig_start_picture_set_path (self, NULL);
  gtk_widget_grab_focus (self->choose);
}

void
vig_start_picture_set_textures (VigStartPicture *self,
                                VigTextures     *textures)
{
  g_return_if_fail (VIG_IS_START_PICTURE (self));

  g_set_object (&self->textures, textures);
}

static void
vig_start_picture_dispose (GObject *object)
{
  VigStartPicture *self = VIG_START_PICTURE (object);

  g_cancellable_cancel (self->cancellable);
  vig_dispose_template (self, VIG_TYPE_START_PICTURE);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->textures);
  g_clear_pointer (&self->path, g_free);

  G_OBJECT_CLASS (vig_start_picture_parent_class)->dispose (object);
}

static void
vig_start_picture_class_init (VigStartPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_start_picture_dispose;

  g_type_ensure (VIG_TYPE_KEEP_HANDLE);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/start-picture.ui");
  gtk_widget_class_bind_template_child (widget_class, VigStartPicture, stack);
  gtk_widget_class_bind_template_child (widget_class, VigStartPicture, choose);
  gtk_widget_class_bind_template_child (widget_class, VigStartPicture, handle);
  gtk_widget_class_bind_template_child (widget_class, VigStartPicture, words);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_words);
}

static void
vig_start_picture_init (VigStartPicture *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  vig_start_picture_set_rows (self, vig_keep_handle_get_rows (self->handle));
}
