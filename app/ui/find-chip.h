/* find-chip.h: one thing that is looked for, as it was understood */
#pragma once

#include "library/query.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_FIND_CHIP (vig_find_chip_get_type ())

G_DECLARE_FINAL_TYPE (VigFindChip, vig_find_chip, VIG, FIND_CHIP, GtkWidget)

/* Signals: "removed"; "turned": it is wanted now and was not, or the other way round. */

/* @term is copied.  @textures: shows the picture of one that is a picture */
GtkWidget     *vig_find_chip_new      (const VigTerm *term,
                                       VigTextures   *textures);
const VigTerm *vig_find_chip_get_term (VigFindChip   *self);
/* What it says. */
const char    *vig_find_chip_get_label (VigFindChip  *self);
/* Turns it round, where that has a sense. */
void           vig_find_chip_turn     (VigFindChip   *self);

G_END_DECLS
