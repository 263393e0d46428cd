/* gallery-cell.c: one picture of the gallery, square, cropped to its middle, and a badge if it was found */

#define G_LOG_DOMAIN "vig-gallery-cell"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/gallery-cell.h"

#include "ui/hit.h"
#include "ui/recipe.h"
#include "ui/words.h"

#define LEAST_SIDE   132
#define THUMB_SIDE   256

struct _VigGalleryCell
{
  GtkWidget parent_instance;

  VigTextures  *textures;     /* owned */
  gpointer      item;         /* owned; VigPicture or VigHit, or NULL */
  GdkTexture   *texture;      /* owned; NULL until it is loaded */
  GCancellable *cancellable;  /* owned; of what is being loaded, or NULL */
  GtkWidget    *badge;        /* owned; a label */
  gboolean      told;         /* which says seed and score */
  GtkWidget    *heart;        /* owned; an image */
  GtkWidget    *stack;        /* owned; an image, on variations of another picture */
};

G_DEFINE_FINAL_TYPE (VigGalleryCell, vig_gallery_cell, GTK_TYPE_WIDGET)

static void
set_texture (VigGalleryCell *self,
             GdkTexture     *texture)
{
  if (g_set_object (&self->texture, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigGalleryCell) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = NULL;
  /* A cell that was recycled meanwhile waits for another picture. */
  const gboolean current = self->cancellable == g_task_get_cancellable (G_TASK (result));

  texture = vig_textures_load_finish (VIG_TEXTURES (object), result, &error);
  if (!current)
    return;

  g_clear_object (&self->cancellable);
  if (texture != NULL)
    set_texture (self, texture);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_add_css_class (GTK_WIDGET (self), "unreadable");
}

static void
load (VigGalleryCell *self)
{
  VigPicture *picture = vig_hit_peel (self->item);
  const guint side = THUMB_SIDE * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  GdkTexture *texture = vig_textures_lookup (self->textures, picture, side);

  set_texture (self, texture);
  if (texture != NULL || vig_picture_get_missing (picture))
    return;

  self->cancellable = g_cancellable_new ();
  vig_textures_load_async (self->textures, picture, side, self->cancellable, loaded_cb,
                           g_object_ref (self));
}

char *
vig_gallery_cell_dup_words (VigGalleryCell *self)
{
  g_return_val_if_fail (VIG_IS_GALLERY_CELL (self), NULL);

  return self->item != NULL ? vig_words_for_picture (vig_hit_peel (self->item)) : NULL;
}

/* Why it was found; the library says it in these three ways. */
static char *
dup_reason (VigHit *hit)
{
  const char *why = vig_hit_get_why (hit);

  if (why == NULL)
    return NULL;
  if (g_str_equal (why, "words"))
    return g_strdup (_("words"));
  if (g_str_equal (why, "meaning and words"))
    return g_strdup (_("meaning and words"));

  return g_strdup (_("meaning"));
}

static char *
dup_seed (VigPicture *picture)
{
  const double score = vig_picture_get_score (picture);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, vig_picture_get_seed (picture));

  return isnan (score) ? g_steal_pointer (&seed) : g_strdup_printf (_("%s · %.2f"), seed, score);
}

static void
update_badge (VigGalleryCell *self)
{
  VigPicture *picture = vig_hit_peel (self->item);
  g_autofree char *words = NULL;

  if (VIG_IS_HIT (self->item))
    words = dup_reason (self->item);
  else if (self->told && vig_picture_get_kind (picture) == VIG_PICTURE_MADE)
    words = dup_seed (picture);

  gtk_widget_set_visible (self->badge, words != NULL);
  if (words != NULL)
    gtk_label_set_label (GTK_LABEL (self->badge), words);
}

/* All that may be told otherwise while the picture is shown. */
static void
update (VigGalleryCell *self)
{
  VigPicture *picture = vig_hit_peel (self->item);
  const gboolean varies = vig_recipe_is_variation (vig_picture_get_recipe (picture));
  g_autofree char *words = vig_words_for_picture (picture);
  /* Translators: a picture as it is read out: what is in it; it was drawn as a variation of another one. */
  g_autofree char *kind = varies ? g_strdup_printf (_("%s, variation"), words) : g_strdup (words);
  /* Translators: a picture as it is read out: what is in it. */
  g_autofree char *spoken = vig_picture_get_favourite (picture) ? g_strdup_printf (_("%s, favourite"), kind)
                                                                : g_strdup (kind);

  gtk_widget_set_visible (self->stack, varies);
  gtk_widget_set_visible (self->heart, vig_picture_get_favourite (picture));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

void
vig_gallery_cell_set_item (VigGalleryCell *self,
                           gpointer        item)
{
  GtkWidget *widget = GTK_WIDGET (self);

  g_return_if_fail (VIG_IS_GALLERY_CELL (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (vig_hit_peel (self->item), self);
  g_set_object ((GObject **) &self->item, item);

  gtk_widget_remove_css_class (widget, "unreadable");
  gtk_widget_remove_css_class (widget, "leaving");
  gtk_widget_remove_css_class (widget, "unsure");
  if (item == NULL)
    {
      g_clear_object (&self->texture);
      return;
    }

  if (VIG_IS_HIT (item) && !vig_hit_get_close (item))
    gtk_widget_add_css_class (widget, "unsure");
  if (vig_picture_get_missing (vig_hit_peel (item)))
    gtk_widget_add_css_class (widget, "unreadable");

  g_signal_connect_object (vig_hit_peel (item), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  update_badge (self);
  load (self);
}

void
vig_gallery_cell_set_told (VigGalleryCell *self,
                           gboolean        told)
{
  g_return_if_fail (VIG_IS_GALLERY_CELL (self));

  self->told = told;
}

gpointer
vig_gallery_cell_get_item (VigGalleryCell *self)
{
  g_return_val_if_fail (VIG_IS_GALLERY_CELL (self), NULL);

  return self->item;
}

void
vig_gallery_cell_set_leaving (VigGalleryCell *self,
                              gboolean        leaving)
{
  g_return_if_fail (VIG_IS_GALLERY_CELL (self));

  if (leaving)
    gtk_widget_add_css_class (GTK_WIDGET (self), "leaving");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "leaving");
}

gboolean
vig_gallery_cell_has_texture (VigGalleryCell *self)
{
  g_return_val_if_fail (VIG_IS_GALLERY_CELL (self), FALSE);

  return self->texture != NULL;
}

static GtkSizeRequestMode
vig_gallery_cell_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* Square, whatever the column is. */
static void
vig_gallery_cell_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL && for_size > 0 ? for_size : LEAST_SIDE;
  *natural = *minimum;
  *minimum_baseline = *natural_baseline = -1;
}

static void
vig_gallery_cell_size_allocate (GtkWidget *widget,
                                int        width,
                                int        height,
                                int        baseline)
{
  VigGalleryCell *self = VIG_GALLERY_CELL (widget);
  GtkRequisition size;

  gtk_widget_get_preferred_size (self->badge, NULL, &size);
  size.width = MIN (size.width, width - 12);
  gtk_widget_size_allocate (self->badge,
                            &(GtkAllocation) { 6, height - size.height - 6, size.width, size.height },
                            -1);
  gtk_widget_get_preferred_size (self->stack, NULL, &size);
  gtk_widget_size_allocate (self->stack, &(GtkAllocation) { 6, 6, size.width, size.height }, -1);
  gtk_widget_get_preferred_size (self->heart, NULL, &size);
  gtk_widget_size_allocate (self->heart,
                            &(GtkAllocation) { width - size.width - 6, 6, size.width, size.height }, -1);
}

static void
vig_gallery_cell_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  VigGalleryCell *self = VIG_GALLERY_CELL (widget);
  const float width = gtk_widget_get_width (widget);
  const float height = gtk_widget_get_height (widget);

  if (self->texture != NULL)
    {
      const float wide = gdk_texture_get_width (self->texture);
      const float high = gdk_texture_get_height (self->texture);
      const float scale = MAX (width / wide, height / high);

      gtk_snapshot_append_texture (snapshot, self->texture,
                                   &GRAPHENE_RECT_INIT ((width - wide * scale) / 2,
                                                        (height - high * scale) / 2,
                                                        wide * scale, high * scale));
    }

  GTK_WIDGET_CLASS (vig_gallery_cell_parent_class)->snapshot (widget, snapshot);
}

/* Only when it is asked for: to set the text of a tooltip asks the display where the pointer is, each time. */
static gboolean
vig_gallery_cell_query_tooltip (GtkWidget  *widget,
                                int         x,
                                int         y,
                                gboolean    keyboard,
                                GtkTooltip *tooltip)
{
  g_autofree char *words = vig_gallery_cell_dup_words (VIG_GALLERY_CELL (widget));

  gtk_tooltip_set_text (tooltip, words);

  return words != NULL;
}

static void
vig_gallery_cell_dispose (GObject *object)
{
  VigGalleryCell *self = VIG_GALLERY_CELL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->badge, gtk_widget_unparent);
  g_clear_pointer (&self->heart, gtk_widget_unparent);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->texture);
  g_clear_object ((GObject **) &self->item);
  g_clear_object (&self->textures);

  G_OBJECT_CLASS (vig_gallery_cell_parent_class)->dispose (object);
}

static void
vig_gallery_cell_class_init (VigGalleryCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_gallery_cell_dispose;
  widget_class->get_request_mode = vig_gallery_cell_get_request_mode;
  widget_class->measure = vig_gallery_cell_measure;
  widget_class->size_allocate = vig_gallery_cell_size_allocate;
  widget_class->snapshot = vig_gallery_cell_snapshot;
  widget_class->query_tooltip = vig_gallery_cell_query_tooltip;

  gtk_widget_class_set_css_name (widget_class, "gallery-cell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
vig_gallery_cell_init (VigGalleryCell *self)
{
  self->badge = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->badge), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->badge, "badge");
  gtk_widget_set_visible (self->badge, FALSE);
  gtk_widget_set_parent (self->badge, GTK_WIDGET (self));

  self->heart = gtk_image_new_from_icon_name ("emblem-favorite-symbolic");
  gtk_widget_add_css_class (self->heart, "badge");
  gtk_widget_set_visible (self->heart, FALSE);
  gtk_widget_set_parent (self->heart, GTK_WIDGET (self));

  self->stack = gtk_image_new_from_icon_name ("vignette-stack-symbolic");
  gtk_widget_add_css_class (self->stack, "badge");
  gtk_widget_set_visible (self->stack, FALSE);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
vig_gallery_cell_new (VigTextures *textures)
{
  VigGalleryCell *self = g_object_new (VIG_TYPE_GALLERY_CELL, NULL);

  self->textures = g_object_ref (textures);

  return GTK_WIDGET (self);
}
