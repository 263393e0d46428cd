/* help.h: the program explained in few words */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *vig_help_new (GtkWindow *parent);

G_END_DECLS
