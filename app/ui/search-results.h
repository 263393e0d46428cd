/* search-results.h: what a search found */
#pragma once

#include "studio/studio.h"
#include "ui/gallery.h"

G_BEGIN_DECLS

#define VIG_TYPE_SEARCH_RESULTS (vig_search_results_get_type ())

G_DECLARE_FINAL_TYPE (VigSearchResults, vig_search_results, VIG, SEARCH_RESULTS, GtkWidget)

void        vig_search_results_set_up      (VigSearchResults *self,
                                            VigStudio        *studio,
                                            VigTextures      *textures);
/* @typed: in the language of query.h.  @like, @unlike: (nullable): files of pictures. Does nothing if just that is shown. */
void        vig_search_results_find        (VigSearchResults   *self,
                                            const char         *typed,
                                            const char * const *like,
                                            const char * const *unlike);
/* Gives up what is being looked for. */
void        vig_search_results_stop        (VigSearchResults *self);
VigGallery *vig_search_results_get_gallery (VigSearchResults *self);
gboolean    vig_search_results_get_by_date (VigSearchResults *self);
void        vig_search_results_set_by_date (VigSearchResults *self,
                                            gboolean          by_date);
/* How many are shown above the cut; -1 while it is not known. */
int         vig_search_results_get_close   (VigSearchResults *self);

G_END_DECLS
