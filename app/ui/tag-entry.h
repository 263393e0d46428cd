/* tag-entry.h: a tag is typed, with those offered that may be meant */
#pragma once

#include "library/library.h"
#include "ui/choices.h"

G_BEGIN_DECLS

#define VIG_TYPE_TAG_ENTRY (vig_tag_entry_get_type ())

G_DECLARE_FINAL_TYPE (VigTagEntry, vig_tag_entry, VIG, TAG_ENTRY, GtkWidget)

/* Signals: "entered" (char *tag): as it is kept; "passed": Enter, and nothing was typed. */

/* Looks anew which tags there are. @lines: (nullable): of a vocabulary, that may be meant too */
void         vig_tag_entry_learn       (VigTagEntry        *self,
                                        VigLibrary         *library,
                                        const char * const *lines);
/* What is typed into. */
GtkEditable *vig_tag_entry_get_text    (VigTagEntry        *self);
VigChoices  *vig_tag_entry_get_choices (VigTagEntry        *self);

G_END_DECLS
