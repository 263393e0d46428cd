/* gallery.h: a grid over any list of pictures */
#pragma once

#include "ui/date-rail.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_GALLERY (vig_gallery_get_type ())

G_DECLARE_FINAL_TYPE (VigGallery, vig_gallery, VIG, GALLERY, GtkWidget)

/* Signals: "opened" (guint position), "selection-changed". Delete activates win.trash, F win.favourite, Ctrl+C win.copy, Ctrl+V win.paste,
 * A win.draw-again, V win.vary, K win.stack, E win.enlarge, P win.use-words, S win.use-seed, R win.use-everything. */
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
void        vig_gallery_select_all   (VigGallery  *self);
void        vig_gallery_scroll_to    (VigGallery  *self,
                                      guint        position);
/* Of the first that is selected; GTK_INVALID_LIST_POSITION if none is. */
guint       vig_gallery_get_position (VigGallery  *self);
GtkAdjustment *vig_gallery_get_adjustment (VigGallery *self);
/* Whether a picture that is on the screen can be seen already. */
gboolean    vig_gallery_has_shown    (VigGallery  *self);
VigDateRail *vig_gallery_get_rail    (VigGallery  *self);
/* @menu: what can be done with the selected pictures, by the other button of the mouse or the key for it */
void        vig_gallery_set_menu     (VigGallery  *self,
                                      GMenuModel  *menu);
/* @told: seed and score stand on made pictures; from the next model on */
void        vig_gallery_set_told     (VigGallery  *self,
                                      gboolean     told);
/* @ids: (nullable): set of gint64 *, borrowed while it is set: pictures shown as leaving */
void        vig_gallery_set_leaving  (VigGallery  *self,
                                      GHashTable  *ids);

G_END_DECLS
