/* sidebar.h: which pictures: all, made, photos, a folder, a tag */
#pragma once

#include <gtk/gtk.h>

#include "library/library.h"

G_BEGIN_DECLS

#define VIG_TYPE_SIDEBAR (vig_sidebar_get_type ())

G_DECLARE_FINAL_TYPE (VigSidebar, vig_sidebar, VIG, SIDEBAR, GtkWidget)

/* A row activates win.show with its place: "all", "made", "photos", "folder:PATH", "tag:NAME". */
void vig_sidebar_set_library (VigSidebar *self,
                              VigLibrary *library);
/* Marks the row of @place without activating it. */
void vig_sidebar_select      (VigSidebar *self,
                              const char *place);
/* @text: (nullable): one quiet line at the foot */
void vig_sidebar_set_status  (VigSidebar *self,
                              const char *text);

G_END_DECLS
