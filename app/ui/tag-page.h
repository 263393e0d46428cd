/* tag-page.h: pictures are shown one after another, and are given their tags */
#pragma once

#include "studio/studio.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_TAG_PAGE (vig_tag_page_get_type ())

G_DECLARE_FINAL_TYPE (VigTagPage, vig_tag_page, VIG, TAG_PAGE, GtkWidget)

void        vig_tag_page_set_up          (VigTagPage         *self,
                                          VigStudio          *studio,
                                          VigTextures        *textures);
/* Begins with the first of @paths. */
void        vig_tag_page_open            (VigTagPage         *self,
                                          const char * const *paths);
/* Gives up what is still being looked at. */
void        vig_tag_page_close           (VigTagPage         *self);
/* Gives the picture the marked tags and goes to the next. */
void        vig_tag_page_accept          (VigTagPage         *self);
/* Toggles the suggestion with this number, from 1. Returns FALSE if there is none. */
gboolean    vig_tag_page_toggle          (VigTagPage         *self,
                                          guint               number);
void        vig_tag_page_refuse          (VigTagPage         *self,
                                          guint               number);
void        vig_tag_page_add_tag         (VigTagPage         *self,
                                          const char         *tag);
void        vig_tag_page_write_sidecars  (VigTagPage         *self);
/* Of VigTagRow, and how many there are. */
GtkListBox *vig_tag_page_get_rows        (VigTagPage         *self);
guint       vig_tag_page_count_rows      (VigTagPage         *self);
/* The picture that is shown; NULL until the library knows it. */
VigPicture *vig_tag_page_get_picture     (VigTagPage         *self);

G_END_DECLS
