/* wrap-box.h: children beside each other, in as many lines as they need */
#pragma once

#include "ui/holder.h"

G_BEGIN_DECLS

#define VIG_TYPE_WRAP_BOX (vig_wrap_box_get_type ())

G_DECLARE_FINAL_TYPE (VigWrapBox, vig_wrap_box, VIG, WRAP_BOX, VigHolder)

GtkWidget *vig_wrap_box_new    (void);
void       vig_wrap_box_append (VigWrapBox *self,
                                GtkWidget  *child);

G_END_DECLS
