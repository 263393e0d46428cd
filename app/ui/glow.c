/* glow.c: a picture, and which part of it speaks for a word: the rest is darkened */

#define G_LOG_DOMAIN "vig-glow"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/glow.h"

#include "ui/template.h"

#define DARKNESS 200  /* of 255, where nothing speaks for the word */

struct _VigGlow
{
  GtkWidget parent_instance;

  VigStudio  *studio;   /* owned */
  VigJob     *job;      /* owned; that finds the place, or NULL */
  char       *label;    /* owned; what is being looked for */

  GtkPicture *large;
  GtkPicture *shade;
  GtkLabel   *caption;
};

G_DEFINE_FINAL_TYPE (VigGlow, vig_glow, GTK_TYPE_WIDGET)

/* A shadow over the picture, the lighter the more speaks for the word. */
static GdkTexture *
make_shade (GBytes *mask,
            guint   width,
            guint   height)
{
  gsize size;
  const guint8 *light = g_bytes_get_data (mask, &size);
  guint8 *rgba = g_malloc0 (size * 4);
  g_autoptr(GBytes) bytes = NULL;

  for (gsize i = 0; i < size; i++)
    rgba[4 * i + 3] = (255 - light[i]) * DARKNESS / 255;
  bytes = g_bytes_new_take (rgba, size * 4);

  return gdk_memory_texture_new (width, height, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED, bytes, (gsize) width * 4);
}

static void
say (VigGlow    *self,
     const char *format)
{
  g_autofree char *words = g_strdup_printf (format, self->label);

  gtk_label_set_label (self->caption, words);
  gtk_widget_set_visible (GTK_WIDGET (self->caption), TRUE);
}

static void
state_cb (VigGlow *self)
{
  guint width, height;
  GBytes *mask = NULL;

  if (vig_job_get_state (self->job) == VIG_JOB_FAILED)
    {
      gtk_label_set_label (self->caption, vig_job_get_error (self->job)->message);
      gtk_widget_set_visible (GTK_WIDGET (self->caption), TRUE);
    }
  if (vig_job_get_state (self->job) != VIG_JOB_DONE)
    return;

  mask = vig_where_job_get_mask (VIG_WHERE_JOB (self->job), &width, &height);
  if (mask != NULL)
    {
      g_autoptr(GdkTexture) shade = make_shade (mask, width, height);

      gtk_picture_set_paintable (self->shade, GDK_PAINTABLE (shade));
      gtk_widget_set_visible (GTK_WIDGET (self->shade), TRUE);
      /* Translators: a label, below a picture whose other parts are darkened. */
      say (self, _("What looks like “%s”"));
    }
  else
    say (self, _("No part of the picture looks like “%s”."));
}

void
vig_glow_hide (VigGlow *self)
{
  g_return_if_fail (VIG_IS_GLOW (self));

  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      if (!vig_job_is_over (self->job))
        vig_job_stop (self->job);
    }
  g_clear_object (&self->job);
  if (self->shade == NULL)
    return;

  gtk_widget_set_visible (GTK_WIDGET (self->shade), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->caption), FALSE);
}

void
vig_glow_show (VigGlow    *self,
               const char *path,
               const char *label,
               const char *line)
{
  g_return_if_fail (VIG_IS_GLOW (self));

  vig_glow_hide (self);
  g_free (self->label);
  self->label = g_strdup (label);
  self->job = vig_where_job_new (path, line);
  g_signal_connect_object (self->job, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  vig_studio_submit (self->studio, self->job);
}

gboolean
vig_glow_is_shown (VigGlow *self)
{
  g_return_val_if_fail (VIG_IS_GLOW (self), FALSE);

  return gtk_widget_get_visible (GTK_WIDGET (self->shade));
}

const char *
vig_glow_get_caption (VigGlow *self)
{
  g_return_val_if_fail (VIG_IS_GLOW (self), NULL);

  return gtk_widget_get_visible (GTK_WIDGET (self->caption)) ? gtk_label_get_label (self->caption) : NULL;
}

void
vig_glow_set_picture (VigGlow    *self,
                      GdkTexture *texture,
                      const char *name)
{
  g_return_if_fail (VIG_IS_GLOW (self));

  vig_glow_hide (self);
  gtk_picture_set_paintable (self->large, GDK_PAINTABLE (texture));
  gtk_picture_set_alternative_text (self->large, name);
}

static void
vig_glow_dispose (GObject *object)
{
  VigGlow *self = VIG_GLOW (object);

  vig_glow_hide (self);
  vig_dispose_template (self, VIG_TYPE_GLOW);
  self->shade = NULL;
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_glow_parent_class)->dispose (object);
}

static void
vig_glow_finalize (GObject *object)
{
  g_free (VIG_GLOW (object)->label);

  G_OBJECT_CLASS (vig_glow_parent_class)->finalize (object);
}

static void
vig_glow_class_init (VigGlowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_glow_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_glow_finalize;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/glow.ui");
  gtk_widget_class_bind_template_child (widget_class, VigGlow, large);
  gtk_widget_class_bind_template_child (widget_class, VigGlow, shade);
  gtk_widget_class_bind_template_child (widget_class, VigGlow, caption);
}

static void
vig_glow_init (VigGlow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
vig_glow_set_studio (VigGlow   *self,
                     VigStudio *studio)
{
  g_return_if_fail (VIG_IS_GLOW (self));

  g_set_object (&self->studio, studio);
}
