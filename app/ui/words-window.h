/* words-window.h: lists of words that tags are suggested from, changed in place */
#pragma once

#include <adwaita.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_WORDS_WINDOW (vig_words_window_get_type ())

G_DECLARE_FINAL_TYPE (VigWordsWindow, vig_words_window, VIG, WORDS_WINDOW, AdwWindow)

/* Signal: "edited": it is being closed, and all is written.
 * @path: (nullable): of the list that is shown first; NULL: that of the program */
GtkWidget  *vig_words_window_new      (GtkWindow      *parent,
                                       VigLibrary     *library,
                                       const char     *path);
/* Of the list that is shown. */
const char *vig_words_window_get_path (VigWordsWindow *self);
/* What a person does with the buttons. A new list has the words of the one that is shown. */
void        vig_words_window_copy     (VigWordsWindow *self,
                                       const char     *name);
void        vig_words_window_make     (VigWordsWindow *self,
                                       const char     *name);
void        vig_words_window_rename   (VigWordsWindow *self,
                                       const char     *name);
void        vig_words_window_remove   (VigWordsWindow *self);
/* Adds all tags of the library that are not there yet. */
void        vig_words_window_add_tags (VigWordsWindow *self);

G_END_DECLS
