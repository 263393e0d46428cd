/* details-pane.h: the story of one picture */
#pragma once

#include "library/library.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_DETAILS_PANE (vig_details_pane_get_type ())

G_DECLARE_FINAL_TYPE (VigDetailsPane, vig_details_pane, VIG, DETAILS_PANE, GtkWidget)

void        vig_details_pane_set_up      (VigDetailsPane *self,
                                          VigLibrary     *library,
                                          VigTextures    *textures);
/* @picture: (nullable) */
void        vig_details_pane_set_picture (VigDetailsPane *self,
                                          VigPicture     *picture);
VigPicture *vig_details_pane_get_picture (VigDetailsPane *self);
/* Several are selected: says how many. */
void        vig_details_pane_set_many    (VigDetailsPane *self,
                                          guint           count);
void        vig_details_pane_add_tag     (VigDetailsPane *self,
                                          const char     *tag);
void        vig_details_pane_remove_tag  (VigDetailsPane *self,
                                          const char     *tag);

G_END_DECLS
