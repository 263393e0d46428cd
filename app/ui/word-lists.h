/* word-lists.h: which list of words tags are suggested from: chosen, and opened to be changed */
#pragma once

#include "studio/studio.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_WORD_LISTS (vig_word_lists_get_type ())

G_DECLARE_FINAL_TYPE (VigWordLists, vig_word_lists, VIG, WORD_LISTS, GtkWidget)

/* Signal: "chosen": another list, or the same with other words. */

/* @settings: (nullable): remembers the choice */
void        vig_word_lists_set_up   (VigWordLists *self,
                                     VigLibrary   *library,
                                     GSettings    *settings);
/* Its file. */
const char *vig_word_lists_get_path (VigWordLists *self);
/* Looks which lists there are, and shows @path of them; NULL: the one that is shown. Emits "chosen" when it has. */
void        vig_word_lists_choose   (VigWordLists *self,
                                     const char   *path);
/* Opens the window in which they are changed, and returns it. */
GtkWidget  *vig_word_lists_edit     (VigWordLists *self);

G_END_DECLS
