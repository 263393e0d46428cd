/* errand.h: anything that blocks, done in a thread, for a page to await */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* In the thread. Returns what was found, or NULL and an error. */
typedef gpointer (*VigErrand) (gpointer       object,
                               gpointer       data,
                               GCancellable  *cancellable,
                               GError       **error);

/* @object: (nullable): kept meanwhile.  @destroy: of @data, @free: of what is found; both may be NULL */
void     vig_errand_async  (gpointer             object,
                            VigErrand            errand,
                            gpointer             data,
                            GDestroyNotify       destroy,
                            GDestroyNotify       free,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data);
/* (transfer full) */
gpointer vig_errand_finish (GAsyncResult        *result,
                            GError             **error);

G_END_DECLS
