/* window.h: the one window */
#pragma once

#include <adwaita.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_WINDOW (vig_window_get_type ())

G_DECLARE_FINAL_TYPE (VigWindow, vig_window, VIG, WINDOW, AdwApplicationWindow)

VigWindow *vig_window_new         (GtkApplication     *application,
                                   VigStudio          *studio);
/* Opens the tagging page. @paths: (array zero-terminated=1) */
void       vig_window_tag         (VigWindow          *self,
                                   const char * const *paths);
/* Looks for jobs that were interrupted, and offers to finish them. */
void       vig_window_offer       (VigWindow          *self);
/* Looks for @text, as if it had been typed. */
void       vig_window_find         (VigWindow          *self,
                                    const char         *text);
/* Shows one picture as large as the window. */
void       vig_window_show_picture (VigWindow          *self,
                                    VigPicture         *picture);

G_END_DECLS
