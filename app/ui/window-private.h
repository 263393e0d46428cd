/* window-private.h: what window.c and window-actions.c share */
#pragma once

#include "ui/window.h"

#include "ui/details-pane.h"
#include "ui/drawing-view.h"
#include "ui/drop-overlay.h"
#include "ui/finder.h"
#include "ui/gallery.h"
#include "ui/job-bar.h"
#include "ui/large-view.h"
#include "ui/prompt-card.h"
#include "ui/search-results.h"
#include "ui/sidebar.h"
#include "ui/tag-page.h"

G_BEGIN_DECLS

struct _VigWindow
{
  AdwApplicationWindow parent_instance;

  VigStudio    *studio;       /* owned */
  VigTextures  *textures;     /* owned */
  GSettings    *settings;     /* owned; NULL: nothing is remembered */
  GListModel   *pictures;     /* owned; what the gallery shows */
  char         *place;        /* owned; which that is, as the sidebar names it */
  GHashTable   *leaving;      /* owned; set of ids of pictures that are forgotten when the toast goes */
  GPtrArray    *leaves;       /* owned; those toasts' pictures, of window-actions.c */
  GPtrArray    *interrupted;  /* owned; of VigJobRecord, or NULL */
  GtkFileChooserNative *chooser;  /* owned; while it is open */
  GCancellable *cancellable;  /* owned; cancelled when the window goes away */
  guint         draft;        /* timeout that keeps the draft, or 0 */

  AdwToastOverlay  *toasts;
  AdwLeaflet       *pages;
  GtkWidget        *main_page;
  VigTagPage       *tag_page;
  VigLargeView     *large_view;
  AdwFlap          *sidebar_flap;
  AdwFlap          *details_flap;
  VigSidebar       *sidebar;
  AdwHeaderBar     *sidebar_header;
  AdwHeaderBar     *header;
  AdwHeaderBar     *details_header;
  GtkSearchEntry   *search;
  VigFinder        *finder;
  VigJobBar        *jobs;
  GtkRevealer      *offer;
  GtkLabel         *offer_label;
  VigDrawingView   *drawing;
  GtkStack         *content;
  VigGallery       *gallery;
  AdwStatusPage    *empty_place;
  VigSearchResults *results;
  VigPromptCard    *prompt;
  VigDetailsPane   *details;
  VigDropOverlay   *drops;
  GMenuModel       *picture_menu;
  GMenu            *collection_menu;
  GtkRevealer      *place_bar;
  GtkLabel         *place_label;
  GtkButton        *place_button;
};

/* Each in window.c. */
VigLibrary *vig_window_get_library   (VigWindow       *self);
/* Gives a job to the studio; should it fail, the window says why. */
void        vig_window_submit        (VigWindow       *self,
                                      VigJob          *job);
void        vig_window_report        (VigWindow       *self,
                                      const char      *sentence);
/* Like vig_window_report(), of an error that is not a cancellation. */
void        vig_window_report_error  (VigWindow       *self,
                                      const GError    *error);
/* The end of a chore of which the window only has to tell that it failed: @user_data is a reference to the window. */
void        vig_window_end_chore     (GObject         *object,
                                      GAsyncResult    *result,
                                      gpointer         user_data);
void        vig_window_show_place    (VigWindow       *self,
                                      const char      *place);
/* The same for a list that is not a place of the sidebar. */
void        vig_window_show_list     (VigWindow       *self,
                                      const char      *place,
                                      GListModel      *pictures);
void        vig_window_show_details  (VigWindow       *self,
                                      VigPicture      *picture);
/* Of the grid that is on the screen. */
VigGallery *vig_window_get_grid      (VigWindow       *self);
void        vig_window_leave_search  (VigWindow       *self);

/* In window-draw.c. */
void        vig_window_install_draw_actions (GtkWidgetClass *klass);
/* What the prompt card says: one job for each of its prompts. */
void        vig_window_draw          (VigWindow       *self);
/* The same, before all others that wait. */
void        vig_window_draw_next     (VigWindow       *self);
/* Draws what the button says: a first picture by one click. */
void        vig_window_take_example  (VigWindow       *self,
                                      GtkButton       *button);
void        vig_window_keep_draft    (VigWindow       *self);
void        vig_window_keep_draft_soon (VigWindow     *self);
void        vig_window_hide_offer    (VigWindow       *self);
/* What can be done depends on what is selected, or looked at closely. */
void        vig_window_update_drawing (VigWindow      *self);

/* In window-pictures.c. */
/* (element-type VigPicture) (transfer full): those that are selected, or the one that is looked at closely. */
GPtrArray  *vig_window_dup_chosen    (VigWindow       *self);
void        vig_window_install_picture_actions (GtkWidgetClass *klass);
void        vig_window_update_pictures (VigWindow      *self);
void        vig_window_open_large    (VigWindow       *self,
                                      GListModel      *model,
                                      guint            position);
gboolean    vig_window_is_large      (VigWindow       *self);
void        vig_window_leave_large   (VigWindow       *self);

/* In window-shelves.c. */
void        vig_window_install_shelf_actions (GtkWidgetClass *klass);
void        vig_window_update_shelves (VigWindow       *self,
                                       guint            selected);
void        vig_window_fill_collections (VigWindow     *self,
                                       GPtrArray       *collections);

/* In window-panes.c. */
void        vig_window_install_panes   (GtkWidgetClass *klass);

/* In window-share.c. */
void        vig_window_install_sharing (GtkWidgetClass *klass);
/* Writes a copy for others to @path. */
void        vig_window_share           (VigWindow       *self,
                                        VigPicture      *picture,
                                        const char      *path);

/* In window-teach.c. */
void        vig_window_install_teaching (GtkWidgetClass *klass);
/* The pictures show @tag, and it is learned from them. */
void        vig_window_teach           (VigWindow       *self,
                                        const char      *tag,
                                        GPtrArray       *pictures);

/* In window-actions.c. */
void        vig_window_install_actions (GtkWidgetClass *klass);
/* From a page that covers the pictures, back to them. */
void        vig_window_leave_page      (VigWindow       *self);
/* Forgets at once what waits for its toast to go. */
void        vig_window_flush_leaving   (VigWindow       *self);
void        vig_window_take_drop       (VigWindow       *self,
                                        VigDropVerb      verb,
                                        char           **paths);

G_END_DECLS
