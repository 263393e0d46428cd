/* file.c: a model's file, opened with a limit on its size */

#include "tensor/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

char *
vc_file_quote (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *shown = g_filename_display_name (base);

  return vc_error_quote (shown);
}

int
vc_file_open (const char  *path,
              gsize        most,
              gsize       *size,
              GError     **error)
{
  g_autofree char *name = vc_file_quote (path);
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;

  if (fd < 0 || fstat (fd, &status) < 0)
    g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                 "%s cannot be opened: %s", name, g_strerror (errno));
  else if (!S_ISREG (status.st_mode))
    g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s is not a regular file", name);
  else if (status.st_size == 0)
    g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s is empty", name);
  else if ((guint64) status.st_size > most)
    g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                 "%s has %" G_GUINT64_FORMAT " bytes, at most %" G_GSIZE_FORMAT " are read",
                 name, (guint64) status.st_size, most);
  else
    {
      *size = status.st_size;
      return fd;
    }

  if (fd >= 0)
    close (fd);

  return -1;
}

gboolean
vc_file_read_at (int          fd,
                 const char  *what,
                 guint64      offset,
                 void        *bytes,
                 gsize        size,
                 GError     **error)
{
  gsize done = 0;

  while (done < size)
    {
      const ssize_t n = pread (fd, (char *) bytes + done, size - done, offset + done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s cannot be read: %s",
                       what, n < 0 ? g_strerror (errno) : "it ended early");
          return FALSE;
        }
      done += n;
    }

  return TRUE;
}

char *
vc_file_read (const char  *path,
              gsize        most,
              gsize       *size,
              GError     **error)
{
  g_autofree char *name = vc_file_quote (path);
  g_autofree char *bytes = NULL;
  const int fd = vc_file_open (path, most, size, error);
  gboolean done;

  if (fd < 0)
    return NULL;

  bytes = g_malloc (*size + 1);
  bytes[*size] = '\0';
  done = vc_file_read_at (fd, name, 0, bytes, *size, error);
  close (fd);

  return done ? g_steal_pointer (&bytes) : NULL;
}
