/* tag-row.h: one suggested tag */
#pragma once

#include <gtk/gtk.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_TAG_ROW (vig_tag_row_get_type ())

G_DECLARE_FINAL_TYPE (VigTagRow, vig_tag_row, VIG, TAG_ROW, GtkWidget)

/* Signals: "marked": or not any more; "refused"; "where": its place in the picture is to be shown, or hidden again. */

/* @number: the key that toggles it, 1 to 9; 0 for none. Marked beforehand if it reaches its threshold. */
GtkWidget  *vig_tag_row_new          (const VigLabel *label,
                                      guint           number);
/* To show: “dog”, and to keep: “animal/dog”. */
const char *vig_tag_row_get_label    (VigTagRow      *self);
const char *vig_tag_row_get_tag      (VigTagRow      *self);
double      vig_tag_row_get_score    (VigTagRow      *self);
/* Whether it reaches its threshold. */
gboolean    vig_tag_row_is_sure      (VigTagRow      *self);
gboolean    vig_tag_row_get_accepted (VigTagRow      *self);
void        vig_tag_row_set_accepted (VigTagRow      *self,
                                      gboolean        accepted);
/* Whether its place is shown; setting it emits nothing. */
gboolean    vig_tag_row_get_where    (VigTagRow      *self);
void        vig_tag_row_set_where    (VigTagRow      *self,
                                      gboolean        where);

G_END_DECLS
