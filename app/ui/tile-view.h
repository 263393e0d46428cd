/* tile-view.h: one picture while it is being drawn */
#pragma once

#include <gtk/gtk.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_TILE_VIEW (vig_tile_view_get_type ())

G_DECLARE_FINAL_TYPE (VigTileView, vig_tile_view, VIG, TILE_VIEW, GtkWidget)

GtkWidget *vig_tile_view_new      (VigTile     *tile);
VigTile   *vig_tile_view_get_tile (VigTileView *self);

G_END_DECLS
