/* suggestions.h: what a picture seems to show, to be accepted or refused */
#pragma once

#include "ui/tag-row.h"

G_BEGIN_DECLS

#define VIG_TYPE_SUGGESTIONS (vig_suggestions_get_type ())

G_DECLARE_FINAL_TYPE (VigSuggestions, vig_suggestions, VIG, SUGGESTIONS, GtkWidget)

/* Signals: "marked": others are, or another number; "refused" (VigTagRow), which is still there; "where" (VigTagRow): its
 * place in the picture is to be shown or hidden. */

/* Nothing is known yet. */
void       vig_suggestions_wait         (VigSuggestions      *self);
/* Why there is nothing. */
void       vig_suggestions_say          (VigSuggestions      *self,
                                         const char          *sentence);
/* @tags: (nullable): what the picture has already, and need not be suggested */
void       vig_suggestions_fill         (VigSuggestions      *self,
                                         const VigTagged     *tagged,
                                         const char * const  *tags);
guint      vig_suggestions_count        (VigSuggestions      *self);
guint      vig_suggestions_count_marked (VigSuggestions      *self);
/* By its number, from 1; NULL if there is none. */
VigTagRow *vig_suggestions_get_row      (VigSuggestions      *self,
                                         guint                number);
/* FALSE if there is none. */
gboolean   vig_suggestions_toggle       (VigSuggestions      *self,
                                         guint                number);
void       vig_suggestions_mark_all     (VigSuggestions      *self);
void       vig_suggestions_remove       (VigSuggestions      *self,
                                         VigTagRow           *row);
/* Of one row alone the place is shown; NULL: of none. */
void       vig_suggestions_set_where    (VigSuggestions      *self,
                                         VigTagRow           *row);

G_END_DECLS
