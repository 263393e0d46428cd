/* tile-view.c: one picture while it is being drawn: the rows there are, and calm where there are none yet */

#define G_LOG_DOMAIN "vig-tile-view"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/tile-view.h"

#include "ui/textures.h"

#define SIDE 168

struct _VigTileView
{
  GtkWidget parent_instance;

  VigTile    *tile;     /* owned */
  GtkWidget  *caption;  /* owned; a label below the picture: seed and score */
  GdkTexture *texture;  /* owned; of the rows that are drawn, or NULL */
  float       drawn;    /* of the height that the texture covers */
  gboolean    stale;    /* there is more of the picture than the texture has */
};

G_DEFINE_FINAL_TYPE (VigTileView, vig_tile_view, GTK_TYPE_WIDGET)

static char *
dup_words (VigTileView *self)
{
  const double score = vig_tile_get_score (self->tile);
  const double percent = 100 * CLAMP (vig_tile_get_fraction (self->tile), 0, 1);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, vig_tile_get_seed (self->tile));

  if (vig_tile_get_picture (self->tile) == NULL)
    /* Translators: while a picture is being drawn: its seed, and how much of it there is. */
    return g_strdup_printf (_("Seed %s, %.0f %% drawn"), seed, percent);
  if (isnan (score))
    return g_strdup_printf (_("Seed %s"), seed);

  /* Translators: a finished picture: its seed, and how well it fits its prompt, a number up to 1. */
  return g_strdup_printf (_("Seed %s, fits the words by %.3f"), seed, score);
}

/* The picture is painted now and then, its rows are chosen all the time: rows that are not painted yet are grey. */
static guint
count_painted (const guint8 *rgb,
               guint         side,
               guint         rows)
{
  const gsize width = (gsize) side * 3;

  for (; rows > 0; rows--)
    for (gsize i = 0; i < width; i++)
      if (rgb[(rows - 1) * width + i] != 0x80)
        return rows;

  return 0;
}

/* Once a frame at most, however often the tile tells of more. */
static void
renew_texture (VigTileView *self)
{
  GBytes *bytes = vig_tile_get_bytes (self->tile);
  const guint side = vig_tile_get_side (self->tile);
  const double fraction = CLAMP (vig_tile_get_fraction (self->tile), 0, 1);
  guint rows = (guint) lround (side * fraction);

  self->stale = FALSE;
  g_clear_object (&self->texture);
  self->drawn = 0;
  if (bytes == NULL || g_bytes_get_size (bytes) < (gsize) side * side * 3)
    rows = 0;
  else if (vig_tile_get_picture (self->tile) == NULL)
    rows = count_painted (g_bytes_get_data (bytes, NULL), side, rows);

  if (rows > 0)
    {
      self->texture = vig_textures_make (g_bytes_get_data (bytes, NULL), side, rows);
      self->drawn = (float) rows / side;
    }
}

static char *
dup_caption (VigTileView *self)
{
  const double score = vig_tile_get_score (self->tile);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, vig_tile_get_seed (self->tile));

  if (isnan (score))
    return g_steal_pointer (&seed);

  /* Translators: below a small picture: its seed, and how well it fits its prompt, a number up to 1. */
  return g_strdup_printf (_("%s · %.2f"), seed, score);
}

static void
update (VigTileView *self)
{
  g_autofree char *words = dup_words (self);
  g_autofree char *caption = dup_caption (self);

  if (vig_tile_get_picture (self->tile) != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "finished");

  gtk_label_set_label (GTK_LABEL (self->caption), caption);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  self->stale = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
vig_tile_view_query_tooltip (GtkWidget  *widget,
                             int         x,
                             int         y,
                             gboolean    keyboard,
                             GtkTooltip *tooltip)
{
  g_autofree char *words = dup_words (VIG_TILE_VIEW (widget));

  gtk_tooltip_set_text (tooltip, words);

  return TRUE;
}

static void
vig_tile_view_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  VigTileView *self = VIG_TILE_VIEW (widget);
  int caption = 0;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    gtk_widget_measure (self->caption, orientation, SIDE, NULL, &caption, NULL, NULL);
  *minimum = *natural = SIDE + caption;
  *minimum_baseline = *natural_baseline = -1;
}

static void
vig_tile_view_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  VigTileView *self = VIG_TILE_VIEW (widget);

  gtk_widget_size_allocate (self->caption, &(GtkAllocation) { 0, width, width, MAX (height - width, 0) }, -1);
}

static void
vig_tile_view_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  VigTileView *self = VIG_TILE_VIEW (widget);
  const float width = gtk_widget_get_width (widget);
  const float height = width;  /* the caption is below */
  float edge;
  GdkRGBA ink;

  if (self->stale)
    renew_texture (self);

  edge = height * self->drawn;
  if (self->texture != NULL)
    gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0, 0, width, edge));

  /* A soft shade below the last row: the next one comes here. */
  if (vig_tile_get_picture (self->tile) == NULL && self->drawn < 1)
    {
      const float depth = MIN (28, height - edge);

      gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
      ink.alpha *= 0.16f;
      gtk_snapshot_append_linear_gradient (snapshot, &GRAPHENE_RECT_INIT (0, edge, width, depth),
                                           &GRAPHENE_POINT_INIT (0, edge),
                                           &GRAPHENE_POINT_INIT (0, edge + depth),
                                           (const GskColorStop[]) {
                                             { 0, ink },
                                             { 1, { ink.red, ink.green, ink.blue, 0 } },
                                           }, 2);
    }

  gtk_widget_snapshot_child (widget, self->caption, snapshot);
}

static void
vig_tile_view_dispose (GObject *object)
{
  VigTileView *self = VIG_TILE_VIEW (object);

  g_clear_pointer (&self->caption, gtk_widget_unparent);
  g_clear_object (&self->texture);
  g_clear_object (&self->tile);

  G_OBJECT_CLASS (vig_tile_view_parent_class)->dispose (object);
}

static void
vig_tile_view_class_init (VigTileViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tile_view_dispose;
  widget_class->measure = vig_tile_view_measure;
  widget_class->size_allocate = vig_tile_view_size_allocate;
  widget_class->snapshot = vig_tile_view_snapshot;
  widget_class->query_tooltip = vig_tile_view_query_tooltip;

  gtk_widget_class_set_css_name (widget_class, "tile-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
vig_tile_view_init (VigTileView *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  self->caption = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->caption), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (self->caption, "caption");
  gtk_widget_add_css_class (self->caption, "numeric");
  gtk_widget_set_parent (self->caption, GTK_WIDGET (self));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
vig_tile_view_new (VigTile *tile)
{
  VigTileView *self = g_object_new (VIG_TYPE_TILE_VIEW, NULL);

  self->tile = g_object_ref (tile);
  g_signal_connect_object (tile, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}

VigTile *
vig_tile_view_get_tile (VigTileView *self)
{
  g_return_val_if_fail (VIG_IS_TILE_VIEW (self), NULL);

  return self->tile;
}
