/* prompt-notes.h: what there is to say of a prompt while it is typed: how many pictures it makes, which words
 * the model has never seen, how it could end */
#pragma once

#include <gtk/gtk.h>

#include "studio/drawer.h"

G_BEGIN_DECLS

#define VIG_TYPE_PROMPT_NOTES (vig_prompt_notes_get_type ())

G_DECLARE_FINAL_TYPE (VigPromptNotes, vig_prompt_notes, VIG, PROMPT_NOTES, GtkWidget)

/* Signal: "accepted" (const char *): the prompt with the ending that was suggested. */

/* @view: where it is typed: words are underlined there.  @placeholder: says what to type there, and in which language */
void        vig_prompt_notes_set_up         (VigPromptNotes  *self,
                                             VigStudio       *studio,
                                             GtkTextView     *view,
                                             GtkLabel        *placeholder);
/* @drawer: (nullable): of the model that draws */
void        vig_prompt_notes_set_drawer     (VigPromptNotes  *self,
                                             const VigDrawer *drawer);
/* @text: as typed.  @count: pictures of each prompt.  @suggest: an ending would be welcome, after a pause. */
void        vig_prompt_notes_set_text       (VigPromptNotes  *self,
                                             const char      *text,
                                             guint            count,
                                             gboolean         suggest);
/* Whether the text can be drawn: it holds prompts, and not too many. */
gboolean    vig_prompt_notes_get_good       (VigPromptNotes  *self);
/* The sentence about words that the model has never seen; empty where there are none. */
const char *vig_prompt_notes_get_unknown    (VigPromptNotes  *self);
/* What would be accepted now, or NULL. */
const char *vig_prompt_notes_get_suggestion (VigPromptNotes  *self);
/* FALSE: there is nothing to accept. */
gboolean    vig_prompt_notes_accept         (VigPromptNotes  *self);
/* No suggestion is wanted for this text any more. */
void        vig_prompt_notes_hush           (VigPromptNotes  *self);

G_END_DECLS
