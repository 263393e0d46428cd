/* gallery.h: a grid over any list of pictures */
#pragma once

#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_GALLERY (vig_gallery_get_type ())

G_DECLARE_FINAL_TYPE (VigGallery, vig_gallery, VIG, GALLERY, GtkWidget)

/* Signals: "opened" (VigPicture), "selection-changed". Delete activates win.forget. */
void        vig_gallery_set_textures (VigGallery  *self,
                                      VigTextures *textures);
/* @model: (nullable): of VigPicture or VigHit */
void        vig_gallery_set_model    (VigGallery  *self,
                                      GListModel  *model);
GListModel *vig_gallery_get_model    (VigGallery  *self);
/* (element-type VigPicture) (transfer full) */
GPtrArray  *vig_gallery_get_selected (VigGallery  *self);
/* The only one selected, borrowed; NULL if there is none or more than one. */
VigPicture *vig_gallery_get_single   (VigGallery  *self);
void        vig_gallery_select       (VigGallery  *self,
                                      guint        position);
/* @ids: (nullable): set of gint64 *, borrowed while it is set: pictures shown as leaving */
void        vig_gallery_set_leaving  (VigGallery  *self,
                                      GHashTable  *ids);

G_END_DECLS
