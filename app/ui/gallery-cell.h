/* gallery-cell.h: one picture of the gallery */
#pragma once

#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_GALLERY_CELL (vig_gallery_cell_get_type ())

G_DECLARE_FINAL_TYPE (VigGalleryCell, vig_gallery_cell, VIG, GALLERY_CELL, GtkWidget)

GtkWidget  *vig_gallery_cell_new         (VigTextures    *textures);
/* @item: (nullable): a VigPicture or a VigHit.  NULL: recycled, what is being loaded is given up */
void        vig_gallery_cell_set_item    (VigGalleryCell *self,
                                          gpointer        item);
/* @told: seed and score stand on a made picture; before the item is set */
void        vig_gallery_cell_set_told    (VigGalleryCell *self,
                                          gboolean        told);
gpointer    vig_gallery_cell_get_item    (VigGalleryCell *self);
/* Pale: on its way out, while that can still be undone. */
void        vig_gallery_cell_set_leaving (VigGalleryCell *self,
                                          gboolean        leaving);
/* What a person would say that this is. */
char       *vig_gallery_cell_dup_words   (VigGalleryCell *self);
gboolean    vig_gallery_cell_has_texture (VigGalleryCell *self);

G_END_DECLS
