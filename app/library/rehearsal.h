/* rehearsal.h: a library as large as one wishes, to measure how fast a real one would be */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

/* Fills the empty @self with @count photos, tagged and dated, that lie as empty files under @folder, and with as many
 * rows of @width of @model_hash. What their names and tags may be is a thousand words, “word0” to “word999”, the first
 * ones in most of them. */
gboolean vig_library_rehearse (VigLibrary    *self,
                               const char    *folder,
                               guint          count,
                               const char    *model_hash,
                               guint          width,
                               GCancellable  *cancellable,
                               GError       **error);

G_END_DECLS
