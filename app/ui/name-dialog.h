/* name-dialog.h: asks for a name */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef void (*VigNamed) (GtkWindow  *parent,
                          const char *name,
                          gpointer    user_data);

/* @verb: what the button says, with a mnemonic.  @named: called if a name was given; not after @parent has gone */
void vig_name_dialog_ask (GtkWindow      *parent,
                          const char     *heading,
                          const char     *verb,
                          const char     *name,
                          VigNamed        named,
                          gpointer        user_data,
                          GDestroyNotify  destroy);

G_END_DECLS
