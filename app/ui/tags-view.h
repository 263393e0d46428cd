/* tags-view.h: what is said of a picture: by people, by models, and what was refused */
#pragma once

#include "library/library.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_TAGS_VIEW (vig_tags_view_get_type ())

G_DECLARE_FINAL_TYPE (VigTagsView, vig_tags_view, VIG, TAGS_VIEW, GtkWidget)

/* Signal: "removed" (char *tag): nothing more is to be said of it, whether the picture had it or it was refused. */

void        vig_tags_view_set_library   (VigTagsView *self,
                                         VigLibrary  *library);
/* @picture: (nullable). Follows it. */
void        vig_tags_view_set_picture   (VigTagsView *self,
                                         VigPicture  *picture);
/* Looks again: what was refused does not change the picture itself. */
void        vig_tags_view_refresh       (VigTagsView *self);
/* (element-type VigTagging): what is shown; NULL while it is not known */
GPtrArray  *vig_tags_view_get_taggings  (VigTagsView *self);

G_END_DECLS
