/* template.h: the end of a widget that was made from a template */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* To be called in dispose: gtk_widget_dispose_template(), and the children that have no name in it, too. */
void vig_dispose_template (gpointer widget,
                           GType    type);

G_END_DECLS
