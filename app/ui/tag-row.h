/* tag-row.h: one suggested tag */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_TAG_ROW (vig_tag_row_get_type ())

G_DECLARE_FINAL_TYPE (VigTagRow, vig_tag_row, VIG, TAG_ROW, GtkWidget)

/* Signal: "refused". @number: the key that toggles it, 1 to 9; 0 for none.  @score: probability */
GtkWidget  *vig_tag_row_new          (const char *label,
                                      double      score,
                                      guint       number);
const char *vig_tag_row_get_label    (VigTagRow  *self);
gboolean    vig_tag_row_get_accepted (VigTagRow  *self);
void        vig_tag_row_set_accepted (VigTagRow  *self,
                                      gboolean    accepted);

G_END_DECLS
