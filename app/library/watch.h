/* watch.h: notices what changes in the library's folders while the program runs
 *
 * Folders are watched one by one, as far as there are not too many of them; where there are, or the system gives no more
 * watches, all are to be looked through every ten minutes. Folders on a drive that has come back are told as well.
 */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

typedef struct _VigWatch VigWatch;

/* On the main context, some seconds after the last change. @folders: in which something has changed; NULL: any of the
 * library's. FALSE: not now; they are told again some seconds later. */
typedef gboolean (*VigWatchTold) (const char * const *folders,
                                  gpointer            data);

/* Main thread; never blocks. */
VigWatch *vig_watch_new         (VigLibrary   *library,
                                 VigWatchTold  told,
                                 gpointer      data) G_GNUC_WARN_UNUSED_RESULT;
/* How many are watched one by one. */
guint     vig_watch_get_n_folders (VigWatch   *self);
void      vig_watch_free        (VigWatch     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigWatch, vig_watch_free)

G_END_DECLS
