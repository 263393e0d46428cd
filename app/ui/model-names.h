/* model-names.h: what the models are called whose hashes the library has written down */
#pragma once

#include "library/profile.h"

G_BEGIN_DECLS

/* Looks through the models that are there; some seconds where one of them was never measured. Finished with a table of
 * names by hash, (element-type utf8 utf8). */
void        vig_model_names_async  (VigProfile          *profile,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data);
/* (transfer full) */
GHashTable *vig_model_names_finish (GAsyncResult        *result,
                                    GError             **error);

G_END_DECLS
