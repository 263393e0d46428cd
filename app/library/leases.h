/* leases.h: which process owns which drawing job, told by the kernel */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _VigLeases VigLeases;

/* @path: a file that is made when the first lease is taken. A lease is a lock on one of its bytes, so it ends with
 * the process, however that dies. Any thread. */
VigLeases *vig_leases_new     (const char *path);
void       vig_leases_free    (VigLeases  *self);
/* G_IO_ERROR_BUSY if somebody has it, this process included. */
gboolean   vig_leases_take    (VigLeases  *self,
                               gint64      id,
                               GError    **error);
void       vig_leases_give    (VigLeases  *self,
                               gint64      id);
gboolean   vig_leases_is_mine (VigLeases  *self,
                               gint64      id);
gboolean   vig_leases_is_free (VigLeases  *self,
                               gint64      id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigLeases, vig_leases_free)

G_END_DECLS
