/* template.c: the end of a widget that was made from a template */

#include "config.h"

#include "ui/template.h"

void
vig_dispose_template (gpointer widget,
                      GType    type)
{
  GtkWidget *child = NULL;

  gtk_widget_dispose_template (widget, type);
  while ((child = gtk_widget_get_first_child (widget)) != NULL)
    gtk_widget_unparent (child);
}
