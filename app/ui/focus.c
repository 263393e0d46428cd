/* focus.c: a widget that hands the focus to one of its children when it is given it, without keeping it there */

#include "config.h"

#include "ui/focus.h"

#define LEAVING "vig-leaving"

gboolean
vig_focus_move (GtkWidget        *widget,
                GtkDirectionType  direction)
{
  GtkWidgetClass *klass = g_type_class_peek (GTK_TYPE_WIDGET);
  gboolean moved;

  g_object_set_data (G_OBJECT (widget), LEAVING, widget);
  moved = klass->focus (widget, direction);
  g_object_set_data (G_OBJECT (widget), LEAVING, NULL);

  return moved;
}

gboolean
vig_focus_give (GtkWidget *widget,
                GtkWidget *child)
{
  return g_object_get_data (G_OBJECT (widget), LEAVING) == NULL && gtk_widget_grab_focus (child);
}
