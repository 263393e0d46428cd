/* looks.h: what the studio sees in some pictures, by the words of a list */
#pragma once

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_LOOKS (vig_looks_get_type ())

G_DECLARE_FINAL_TYPE (VigLooks, vig_looks, VIG, LOOKS, GObject)

/* Signals: "seen": more pictures were looked at; "failed" (char *sentence); "changed": it began anew, or is over. */

VigLooks           *vig_looks_new       (VigStudio          *studio);
/* Gives up what is looked at; then looks at @paths, which are kept if they are NULL, by the words in the file @list, NULL:
 * those that come with the program. */
void                vig_looks_begin     (VigLooks           *self,
                                         const char * const *paths,
                                         const char         *list);
void                vig_looks_end       (VigLooks           *self);
/* What was seen in the picture with that index; NULL while it is not known. */
const VigTagged    *vig_looks_get       (VigLooks           *self,
                                         guint               index);
gboolean            vig_looks_is_done   (VigLooks           *self);
/* Why it failed, or NULL. */
const char         *vig_looks_get_error (VigLooks           *self);
/* Of the model that sees; NULL until there is something. */
const char         *vig_looks_get_hash  (VigLooks           *self);
/* The words that it chooses from; NULL until they are read. */
const char * const *vig_looks_get_lines (VigLooks           *self);
/* The line of @tag among them, with its other names; the tag itself if there is none. (transfer full) */
char               *vig_looks_dup_line  (VigLooks           *self,
                                         const char         *tag);
/* Not to be suggested for that picture any more: what was seen before does not know it. */
void                vig_looks_refuse    (VigLooks           *self,
                                         guint               index,
                                         const char         *tag);
gboolean            vig_looks_is_refused (VigLooks          *self,
                                         guint               index,
                                         const char         *tag);
/* All that was refused since it began may be suggested again. */
void                vig_looks_pardon    (VigLooks           *self);

/* ---- Many pictures at once ---- */

/* Each picture from @first on, and what is probably in it, as an array of VigTagEdit, the pictures taken into the library if
 * they are not there. What the array points to belongs to the result. */
void                vig_looks_gather_async  (VigLooks            *self,
                                             guint                first,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
/* (transfer full) (element-type VigTagEdit) */
GArray             *vig_looks_gather_finish (VigLooks            *self,
                                             GAsyncResult        *result);

G_END_DECLS
