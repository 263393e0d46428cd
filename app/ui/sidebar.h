/* sidebar.h: which pictures: all, made, photos, favourites, a collection, a search, a folder, a tag, the trash */
#pragma once

#include <gtk/gtk.h>

#include "library/library.h"

G_BEGIN_DECLS

#define VIG_TYPE_SIDEBAR (vig_sidebar_get_type ())

G_DECLARE_FINAL_TYPE (VigSidebar, vig_sidebar, VIG, SIDEBAR, GtkWidget)

/* A row activates win.show with its place: "all", "made", "photos", "favourites", "collection:ID", "search:ID",
 * "folder:PATH", "tag:NAME", "trash". What is dropped on a row that can be given activates win.give. Signal: "collections":
 * they are others now. */
void                  vig_sidebar_set_library     (VigSidebar *self,
                                                   VigLibrary *library);
/* Marks the row of @place without activating it. */
void                  vig_sidebar_select          (VigSidebar *self,
                                                   const char *place);
/* What the row of @place says, or "". */
const char           *vig_sidebar_get_label       (VigSidebar *self,
                                                   const char *place);
/* (element-type VigCollection) */
GPtrArray            *vig_sidebar_get_collections (VigSidebar *self);
/* The saved search of "search:ID", or NULL. */
const VigSavedSearch *vig_sidebar_get_search      (VigSidebar *self,
                                                   const char *place);
/* @text: (nullable): one quiet line at the foot */
void                  vig_sidebar_set_status      (VigSidebar *self,
                                                   const char *text);

G_END_DECLS
