/* files.c: writing files so that a crash leaves the old one or the new one, whole */

#define G_LOG_DOMAIN "vig-files"

#include "config.h"

#include "library/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

GError *
vig_file_make_error (int         code,
                     const char *shown)
{
  if (code == ENOSPC || code == EDQUOT)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("There is no space left on the disk for “%s”."), shown);

  if (code == EROFS || code == EACCES || code == EPERM)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_READ_ONLY, _("“%s” cannot be written: its folder is read-only."), shown);

  return g_error_new (G_IO_ERROR, g_io_error_from_errno (code), _("“%s” cannot be written: %s."), shown,
                      g_strerror (code));
}

static gboolean
write_all (int         fd,
           const char *bytes,
           gsize       size)
{
  while (size > 0)
    {
      const ssize_t n = write (fd, bytes, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      bytes += n;
      size -= n;
    }

  return fsync (fd) == 0;
}

gboolean
vig_file_write (const char     *path,
                gconstpointer   bytes,
                gsize           size,
                const char     *shown,
                GError        **error)
{
  const int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  int code = fd < 0 ? errno : 0;

  if (fd >= 0)
    {
      if (!write_all (fd, bytes, size))
        code = errno;
      if (close (fd) != 0 && code == 0)
        code = errno;
      if (code != 0)
        unlink (path);
    }
  if (code == 0)
    return TRUE;

  g_propagate_error (error, vig_file_make_error (code, shown));
  return FALSE;
}

/* 0 or an errno. Not every file system knows how not to replace; most of the others know links; on what is left
 * (FAT) the name was looked at a moment ago. */
static int
place (const char *from,
       const char *to)
{
  struct stat info;

  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;

  if (link (from, to) == 0)
    return unlink (from) == 0 ? 0 : errno;
  if (errno == EEXIST || errno == ENOSPC || errno == EROFS)
    return errno;

  if (lstat (to, &info) == 0)
    return EEXIST;

  return rename (from, to) == 0 ? 0 : errno;
}

gboolean
vig_file_place (const char  *from,
                const char  *to,
                gboolean    *exists,
                const char  *shown,
                GError     **error)
{
  const int code = place (from, to);

  *exists = code == EEXIST;
  if (code == 0)
    return TRUE;
  if (!*exists)
    g_propagate_error (error, vig_file_make_error (code, shown));

  return FALSE;
}

gboolean
vig_folder_sync (const char  *path,
                 GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  const int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int code = fd < 0 ? errno : 0;

  /* Some network file systems cannot, and say so. */
  if (fd >= 0 && fsync (fd) != 0 && errno != EINVAL)
    code = errno;
  if (fd >= 0)
    close (fd);
  if (code == 0)
    return TRUE;

  g_propagate_error (error, vig_file_make_error (code, shown));
  return FALSE;
}

static void
set_read_error (GError     **error,
                int          code,
                const char  *shown)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _("“%s” cannot be read: %s."), shown,
               g_strerror (code));
}

/* To read: -1 if it cannot be. Devices and pipes may never end, or never begin: they are no files here. */
static int
open_regular (const char  *path,
              const char  *shown,
              GError     **error)
{
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int code = fd < 0 ? errno : 0;
  struct stat info = { .st_mode = 0 };

  if (fd >= 0 && fstat (fd, &info) != 0)
    code = errno;
  if (code == 0 && S_ISREG (info.st_mode))
    return fd;

  if (fd >= 0)
    close (fd);
  if (code != 0)
    set_read_error (error, code, shown);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("“%s” is not a file."), shown);

  return -1;
}

char *
vig_file_read (const char  *path,
               gsize        limit,
               gsize       *size,
               GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  const int fd = open_regular (path, shown, error);
  char step[1 << 14];
  ssize_t n = 1;
  int code = 0;

  if (fd < 0)
    return NULL;

  while (n != 0 && code == 0 && bytes->len <= limit)
    {
      n = read (fd, step, sizeof step);
      if (n > 0)
        g_byte_array_append (bytes, (const guint8 *) step, n);
      else if (n < 0 && errno != EINTR)
        code = errno;
    }
  close (fd);

  if (code != 0)
    {
      set_read_error (error, code, shown);
      return NULL;
    }
  if (bytes->len > limit)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is too large."), shown);
      return NULL;
    }

  *size = bytes->len;
  g_byte_array_append (bytes, (const guint8 *) "", 1);

  return (char *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

char *
vig_file_hash (const char    *path,
               GCancellable  *cancellable,
               GError       **error)
{
  enum { STEP = 1 << 18 };
  g_autofree guint8 *bytes = g_malloc (STEP);
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *shown = g_filename_display_name (path);
  const int fd = open_regular (path, shown, error);
  int code = 0;

  if (fd < 0)
    return NULL;

  while (code == 0 && !g_cancellable_is_cancelled (cancellable))
    {
      const ssize_t n = read (fd, bytes, STEP);

      if (n == 0)
        break;
      if (n > 0)
        g_checksum_update (checksum, bytes, n);
      else if (errno != EINTR)
        code = errno;
    }
  close (fd);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (code != 0)
    {
      set_read_error (error, code, shown);
      return NULL;
    }

  return g_strdup (g_checksum_get_string (checksum));
}
