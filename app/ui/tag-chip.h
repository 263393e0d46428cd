/* tag-chip.h: one tag of a picture, that can be taken off */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_TAG_CHIP (vig_tag_chip_get_type ())

G_DECLARE_FINAL_TYPE (VigTagChip, vig_tag_chip, VIG, TAG_CHIP, GtkWidget)

/* Signal: "removed". The word itself activates win.show for the tag. */
GtkWidget  *vig_tag_chip_new      (const char *tag);
const char *vig_tag_chip_get_tag  (VigTagChip *self);
/* Who says so, and when: beside what the pointer or a screen reader is told already. Looks like what a model has said. */
void        vig_tag_chip_set_note (VigTagChip *self,
                                   const char *note);
/* The picture has it not: the button says that it may be suggested again. */
void        vig_tag_chip_set_refused (VigTagChip *self);

G_END_DECLS
