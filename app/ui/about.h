/* about.h: what the program is, what its models were made from, and facts for who is asked for help */
#pragma once

#include <adwaita.h>

#include "studio/studio.h"

G_BEGIN_DECLS

/* Fills itself while it is shown already: devices take a while to be tested. @studio: (nullable) */
GtkWidget *vig_about_new (GtkWindow *parent,
                          VigStudio *studio);

G_END_DECLS
