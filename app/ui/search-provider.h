/* search-provider.h: the pictures in the search of the desktop */
#pragma once

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_SEARCH_PROVIDER (vig_search_provider_get_type ())

G_DECLARE_FINAL_TYPE (VigSearchProvider, vig_search_provider, VIG, SEARCH_PROVIDER, GObject)

/* Signals: "wanted": a search waits for vig_search_provider_set_studio(); "opened" (VigPicture): this one was chosen;
 * "launched" (string): all that is found for these words shall be shown. */

VigSearchProvider *vig_search_provider_new        (GApplication       *application);
/* On the bus, as org.gnome.Shell.SearchProvider2 below the application's own path. */
gboolean           vig_search_provider_export     (VigSearchProvider  *self,
                                                   GDBusConnection    *connection,
                                                   const char         *path,
                                                   GError            **error);
void               vig_search_provider_unexport   (VigSearchProvider  *self);
/* @studio: (nullable): NULL: there is no library; what waits finds nothing */
void               vig_search_provider_set_studio (VigSearchProvider  *self,
                                                   VigStudio          *studio);

G_END_DECLS
