/* focus.h: a widget that hands the focus to one of its children when it is given it, without keeping it there */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For a class whose grab_focus gives the focus to a child: as its focus function this moves it by key. GTK gives a widget the
 * focus when it is left backwards by key, which would end in that child again, for ever. */
gboolean vig_focus_move (GtkWidget        *widget,
                         GtkDirectionType  direction);
/* Gives @child the focus, but not when @widget is only being left. */
gboolean vig_focus_give (GtkWidget        *widget,
                         GtkWidget        *child);

G_END_DECLS
