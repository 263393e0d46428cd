/* leases.c: which process owns which drawing job, told by the kernel */

#define G_LOG_DOMAIN "vig-leases"

#include "config.h"

#include "library/leases.h"

#include "library/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <unistd.h>

struct _VigLeases
{
  GMutex      mutex;
  char       *path;
  int         fd;    /* -1 until it is needed */
  GHashTable *mine;  /* set of ids */
};

VigLeases *
vig_leases_new (const char *path)
{
  VigLeases *self = g_new0 (VigLeases, 1);

  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->fd = -1;
  self->mine = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  return self;
}

void
vig_leases_free (VigLeases *self)
{
  if (self == NULL)
    return;

  if (self->fd >= 0)
    close (self->fd);
  g_hash_table_unref (self->mine);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

/* Locks of the open file, not of the process: another library in this one is another owner, and closing some
 * other descriptor ends nothing. */
static int
lock_byte (VigLeases    *self,
           int           command,
           short         type,
           gint64        id,
           struct flock *lock)
{
  if (self->fd < 0)
    self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->fd < 0)
    return -1;

  *lock = (struct flock) { .l_type = type, .l_whence = SEEK_SET, .l_start = id, .l_len = 1 };

  return fcntl (self->fd, command, lock);
}

gboolean
vig_leases_take (VigLeases  *self,
                 gint64      id,
                 GError    **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const gboolean mine = g_hash_table_contains (self->mine, &id);
  struct flock lock;

  if (!mine && lock_byte (self, F_OFD_SETLK, F_WRLCK, id, &lock) == 0)
    {
      g_hash_table_add (self->mine, g_memdup2 (&id, sizeof id));
      return TRUE;
    }

  const int code = errno;
  if (mine || code == EAGAIN || code == EACCES)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("Somebody else is working on this drawing."));
  else
    {
      g_autofree char *shown = g_filename_display_name (self->path);

      g_propagate_error (error, vig_file_make_error (code, shown));
    }

  return FALSE;
}

void
vig_leases_give (VigLeases *self,
                 gint64     id)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  struct flock lock;

  /* It cannot fail for a lock that is ours; if it did, the end of the process would give it back. */
  if (g_hash_table_remove (self->mine, &id))
    lock_byte (self, F_OFD_SETLK, F_UNLCK, id, &lock);
}

gboolean
vig_leases_is_mine (VigLeases *self,
                    gint64     id)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return g_hash_table_contains (self->mine, &id);
}

gboolean
vig_leases_is_free (VigLeases *self,
                    gint64     id)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  struct flock lock;

  if (g_hash_table_contains (self->mine, &id))
    return FALSE;

  return lock_byte (self, F_OFD_GETLK, F_WRLCK, id, &lock) == 0 && lock.l_type == F_UNLCK;
}
