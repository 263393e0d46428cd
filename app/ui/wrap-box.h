/* wrap-box.h: children beside each other, in as many lines as they need */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_WRAP_BOX (vig_wrap_box_get_type ())

G_DECLARE_FINAL_TYPE (VigWrapBox, vig_wrap_box, VIG, WRAP_BOX, GtkWidget)

GtkWidget *vig_wrap_box_new    (void);
void       vig_wrap_box_append (VigWrapBox *self,
                                GtkWidget  *child);
void       vig_wrap_box_clear  (VigWrapBox *self);

G_END_DECLS
