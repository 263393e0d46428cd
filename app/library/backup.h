/* backup.h: copies of the library without what can be made again
 *
 * A backup is a library of its own: everything that the user made, typed or decided, but not the CLIP rows, which the
 * pictures themselves give again. Pictures are files and are not in it. All functions block on the disk.
 */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

/* Names of the backups that the program makes by itself; in the folder “backups” beside the library. */
#define VIG_BACKUP_DAILY 14  /* the newest so many are kept, one a day */

/* Before the library at @path is taken from @version to a newer shape. What cannot be kept is not changed either. */
gboolean vig_backup_before_step (const char  *path,
                                 gint64       version,
                                 GError     **error);

G_END_DECLS
