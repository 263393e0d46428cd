/* bench-library.h: how soon a large library answers */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Called with the seconds of each run of what is named, sorted. */
typedef void (*VigRehearsed) (const char   *name,
                              const double *seconds,
                              guint         n,
                              gpointer      data);

/* Makes a library of @count pictures in a folder of its own, asks it, and deletes it again. The first search, which
 * reads the rows into memory, is not counted: the program is running. */
gboolean vig_rehearse (guint          count,
                       guint          width,
                       VigRehearsed   tell,
                       gpointer       data,
                       GCancellable  *cancellable,
                       GError       **error);

G_END_DECLS
