/* holder.h: a widget that owns children given in its .ui file, and leaves their places to its subclass */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_HOLDER (vig_holder_get_type ())

G_DECLARE_DERIVABLE_TYPE (VigHolder, vig_holder, VIG, HOLDER, GtkWidget)

struct _VigHolderClass
{
  GtkWidgetClass parent_class;
};

/* Takes every child out. */
void vig_holder_clear (VigHolder *self);

G_END_DECLS
