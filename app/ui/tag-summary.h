/* tag-summary.h: what was tagged, and which of it stands beside the pictures as well */
#pragma once

#include "library/library.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_TAG_SUMMARY (vig_tag_summary_get_type ())

G_DECLARE_FINAL_TYPE (VigTagSummary, vig_tag_summary, VIG, TAG_SUMMARY, GtkWidget)

void     vig_tag_summary_set_library (VigTagSummary *self,
                                      VigLibrary    *library);
/* @pictures: (element-type VigPicture): that were given tags */
void     vig_tag_summary_show        (VigTagSummary *self,
                                      GPtrArray     *pictures);
/* Writes the sidecars of all of them; the second time of those that failed. */
void     vig_tag_summary_write       (VigTagSummary *self);
/* How many are written, and how many could not be. */
guint    vig_tag_summary_count       (VigTagSummary *self,
                                      gboolean       failed);

G_END_DECLS
