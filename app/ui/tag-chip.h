/* tag-chip.h: one tag of a picture, that can be taken off */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_TAG_CHIP (vig_tag_chip_get_type ())

G_DECLARE_FINAL_TYPE (VigTagChip, vig_tag_chip, VIG, TAG_CHIP, GtkWidget)

/* Signal: "removed". The word itself activates win.show for the tag. */
GtkWidget  *vig_tag_chip_new     (const char *tag);
const char *vig_tag_chip_get_tag (VigTagChip *self);

G_END_DECLS
