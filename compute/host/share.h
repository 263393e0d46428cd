/* share.h: how much of this computer the process may have: a container may give it a part
 *
 * Both look at the files of the system below @root, which is "" but in tests: /proc/meminfo, and the control
 * groups (versions 1 and 2) that the process is in, from its own up to the first [Linux, cgroups(7)].
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that can be had now without putting others to the disk; G_MAXUINT64 where nothing tells. */
guint64 vc_share_memory     (const char *root);

/* Processors' worth of time that the groups allow, rounded up; G_MAXUINT where they do not limit it. */
guint   vc_share_processors (const char *root);

G_END_DECLS
