/* finder.h: what is looked for: words in the entry, and beside them chips of all that was understood */
#pragma once

#include "library/library.h"
#include "ui/choices.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_FINDER (vig_finder_get_type ())

G_DECLARE_FINAL_TYPE (VigFinder, vig_finder, VIG, FINDER, GtkWidget)

/* What is looked for, in two parts, for VigSought. */
typedef struct
{
  char  *typed;   /* owned; words and filters */
  char **like;    /* owned; files */
  char **unlike;  /* owned */
} VigFound;

void        vig_found_free         (VigFound       *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigFound, vig_found_free)

/* Signal: "changed": something else is looked for; soon after the last key. */

/* @entry: in which is typed. */
void        vig_finder_set_up      (VigFinder      *self,
                                    GtkSearchEntry *entry,
                                    VigLibrary     *library,
                                    VigTextures    *textures);
/* Lets go of the entry, before that goes. */
void        vig_finder_detach      (VigFinder      *self);
/* In the language of query.h; "" for nothing. What cannot be typed is left out. */
char       *vig_finder_dup_query   (VigFinder      *self);
VigFound   *vig_finder_get         (VigFinder      *self);
gboolean    vig_finder_is_empty    (VigFinder      *self);
void        vig_finder_set_query   (VigFinder      *self,
                                    const char     *query);
/* One more picture that is to be resembled. */
void        vig_finder_add_like    (VigFinder      *self,
                                    const char     *path);
/* Nothing is looked for any more. */
void        vig_finder_clear       (VigFinder      *self);
/* Everything that is typed is meant so, even at its end. */
void        vig_finder_commit      (VigFinder      *self);
guint       vig_finder_count_chips (VigFinder      *self);
/* From 0; a VigFindChip */
GtkWidget  *vig_finder_get_chip    (VigFinder      *self,
                                    guint           index);
VigChoices *vig_finder_get_choices (VigFinder      *self);

G_END_DECLS
