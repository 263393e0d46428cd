/* tag-page.h: pictures are shown one after another, and are given their tags */
#pragma once

#include "studio/studio.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_TAG_PAGE (vig_tag_page_get_type ())

G_DECLARE_FINAL_TYPE (VigTagPage, vig_tag_page, VIG, TAG_PAGE, GtkWidget)

/* @settings: (nullable) */
void        vig_tag_page_set_up          (VigTagPage         *self,
                                          VigStudio          *studio,
                                          VigTextures        *textures,
                                          GSettings          *settings);
/* Begins with the first of @paths. */
void        vig_tag_page_open            (VigTagPage         *self,
                                          const char * const *paths);
/* Gives up what is still being looked at. */
void        vig_tag_page_close           (VigTagPage         *self);
/* What Escape does before the page is left: shuts what is open over it. FALSE if there is nothing of the kind. */
gboolean    vig_tag_page_step_back       (VigTagPage         *self);
/* Gives the picture the marked tags and goes to the next. */
void        vig_tag_page_accept          (VigTagPage         *self);
/* Gives this picture and all that follow what is probably in them, and shows what was done. */
void        vig_tag_page_accept_rest     (VigTagPage         *self);
void        vig_tag_page_refuse          (VigTagPage         *self,
                                          guint               number);
/* Shows where in the picture the suggestion with this number is; hides it if it is shown. */
void        vig_tag_page_where           (VigTagPage         *self,
                                          guint               number);
void        vig_tag_page_add_tag         (VigTagPage         *self,
                                          const char         *tag);

G_END_DECLS
