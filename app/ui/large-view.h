/* large-view.h: one picture as large as the window */
#pragma once

#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_LARGE_VIEW (vig_large_view_get_type ())

G_DECLARE_FINAL_TYPE (VigLargeView, vig_large_view, VIG, LARGE_VIEW, GtkWidget)

/* Signal: "shown" (guint position): this one of the list is looked at now. */

/* @menu: what can be done with the picture */
void        vig_large_view_set_up      (VigLargeView *self,
                                        VigTextures  *textures,
                                        GMenuModel   *menu);
/* @model: of VigPicture or VigHit: what the keys go through */
void        vig_large_view_open        (VigLargeView *self,
                                        GListModel   *model,
                                        guint         position);
/* Lets go of all pictures. */
void        vig_large_view_close       (VigLargeView *self);
/* The one that is looked at; NULL while closed. */
VigPicture *vig_large_view_get_picture (VigLargeView *self);
/* To the next (1) or the one before (-1). FALSE if there is none. */
gboolean    vig_large_view_step        (VigLargeView *self,
                                        int           step);
/* @other: (nullable): held against the one that is looked at; a key flips between the two */
void        vig_large_view_compare     (VigLargeView *self,
                                        VigPicture   *other);
void        vig_large_view_flip        (VigLargeView *self);
/* Which of the two is on the screen. */
VigPicture *vig_large_view_get_visible_picture (VigLargeView *self);
double      vig_large_view_get_zoom    (VigLargeView *self);

G_END_DECLS
