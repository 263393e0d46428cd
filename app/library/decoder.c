/* decoder.c: hands files to the reader of pictures, a process of its own that may crash */

#define G_LOG_DOMAIN "vig-decoder"

#include "config.h"

#include "library/decoder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Megabytes that decoding one picture may take: 100 megapixels alone, 30 beside others. */
#define MEMORY 320
#define MORE_MEMORY 704

/* Of processor time. Of real time more, since the computer may be busy; it is for a reader that sleeps. */
#define SECONDS 30
#define REAL_SECONDS(seconds) (4 * (seconds) + 20)

typedef struct
{
  GPid pid;
  int  fd;
} Reader;

/* How it went with a reader. */
typedef enum
{
  HEARD,      /* there is a reply */
  DIED,
  LATE,
  GIVEN_UP,   /* cancelled */
  NO_READER,
} Outcome;

/* One for the whole program; readers outlive what they are asked for. */
static struct
{
  GMutex   mutex;
  GCond    cond;     /* somebody has finished */
  pid_t    owner;    /* the process that the readers belong to: not to its children */
  GQueue   idle;     /* of Reader */
  guint    busy;
  gboolean alone;    /* one that needs much memory works */
  guint    waiting;  /* of those */
  guint    seconds;
} pool;

static const char * const raw_names[] = {
  "3fr", "arw", "cr2", "cr3", "crw", "dcr", "dng", "erf", "kdc", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2",
  "rwl", "sr2", "srf", "srw", "x3f", NULL
};

gboolean
vig_name_says_raw (const char *name)
{
  const char *dot = strrchr (name, '.');

  if (dot == NULL)
    return FALSE;

  g_autofree char *extension = g_ascii_strdown (dot + 1, -1);

  return g_strv_contains (raw_names, extension);
}

guint
vig_decoder_get_readers (void)
{
  return CLAMP (g_get_num_processors (), 1, 16);
}

void
vig_decoder_set_seconds (guint seconds)
{
  pool.seconds = seconds;
}

/* ---- Readers ---- */

/* $VIGNETTE_DECODER; else beside the program or its room, as it is built; else where it was installed. */
static char *
find_program (void)
{
  const char *given = g_getenv ("VIGNETTE_DECODER");
  static const char * const beside[] = { "vignette-decoder", "decoder/vignette-decoder", NULL };

  if (given != NULL)
    return g_strdup (given);

  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = g_path_get_dirname (self != NULL ? self : "");
  for (guint i = 0; beside[i] != NULL && self != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, beside[i], NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }

  return g_strdup (LIBEXECDIR "/vignette-decoder");
}

static Reader *
start_reader (guint    megabytes,
              GError **error)
{
  g_autofree char *program = find_program ();
  g_autofree char *memory = g_strdup_printf ("%u", megabytes);
  const char *argv[] = { program, memory, NULL };
  /* Diagnostics are for this program: in a reader they would make a crash of every complaint. */
  g_auto(GStrv) environment = g_environ_unsetenv (g_get_environ (), "G_DEBUG");
  const int target = VIG_DECODE_SOCKET;
  g_autoptr(GError) problem = NULL;
  int ends[2];
  GPid pid;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("The reader of pictures cannot be started: %s."),
                   g_strerror (errno));
      return NULL;
    }

  const gboolean started =
    g_spawn_async_with_pipes_and_fds (NULL, argv, (const char * const *) environment,
                                      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                                      G_SPAWN_STDERR_TO_DEV_NULL,
                                      NULL, NULL, -1, -1, -1, &ends[1], &target, 1, &pid, NULL, NULL, NULL, &problem);
  close (ends[1]);
  if (!started)
    {
      close (ends[0]);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("The reader of pictures cannot be started: %s. Installing Vignette again may help."),
                   problem->message);
      return NULL;
    }

  Reader *reader = g_new (Reader, 1);
  reader->pid = pid;
  reader->fd = ends[0];

  return reader;
}

/* Returns the signal that it had died of before. */
static int
end_reader (Reader *reader)
{
  int status = 0;

  close (reader->fd);
  kill (reader->pid, SIGKILL);
  while (waitpid (reader->pid, &status, 0) < 0 && errno == EINTR)
    continue;
  g_free (reader);

  return WIFSIGNALED (status) ? WTERMSIG (status) : 0;
}

/* A child of this process has copies of the sockets, and readers that are not its own. The mutex is held. */
static void
disown_readers (void)
{
  if (pool.owner == getpid ())
    return;

  for (Reader *reader; (reader = g_queue_pop_head (&pool.idle)) != NULL;)
    {
      close (reader->fd);
      g_free (reader);
    }
  pool.owner = getpid ();
  pool.busy = 0;
  pool.waiting = 0;
  pool.alone = FALSE;
}

/* FALSE if it was cancelled while it waited for its turn. */
static gboolean
enter (gboolean      alone,
       Reader      **reader,
       GCancellable *cancellable)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&pool.mutex);

  disown_readers ();
  pool.waiting += alone;
  while (alone ? pool.busy > 0 : pool.alone || pool.waiting > 0 || pool.busy >= vig_decoder_get_readers ())
    {
      if (g_cancellable_is_cancelled (cancellable))
        {
          pool.waiting -= alone;
          g_cond_broadcast (&pool.cond);
          return FALSE;
        }
      g_cond_wait_until (&pool.cond, &pool.mutex, g_get_monotonic_time () + G_USEC_PER_SEC / 20);
    }
  pool.waiting -= alone;
  pool.alone = alone;
  pool.busy++;
  *reader = alone ? NULL : g_queue_pop_head (&pool.idle);

  return TRUE;
}

/* @reader: that can be asked again, or NULL */
static void
leave (Reader *reader)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&pool.mutex);

  if (reader != NULL)
    g_queue_push_head (&pool.idle, reader);
  pool.busy--;
  pool.alone = FALSE;
  g_cond_broadcast (&pool.cond);
}

/* ---- One question ---- */

static gboolean
send_request (Reader                 *reader,
              const VigDecodeRequest *request,
              int                     file)
{
  union { struct cmsghdr header; char bytes[CMSG_SPACE (sizeof (int))]; } control = { 0 };
  struct iovec part = { (gpointer) request, sizeof *request };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                            .msg_controllen = sizeof control };
  ssize_t n;

  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN (sizeof file);
  memcpy (CMSG_DATA (&control.header), &file, sizeof file);
  do
    n = sendmsg (reader->fd, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  return n == sizeof *request;
}

/* Until it answers, dies, is late, or nobody wants to know any more. */
static Outcome
await (Reader       *reader,
       guint         seconds,
       GCancellable *cancellable)
{
  const gint64 end = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  struct pollfd fds[2] = { { .fd = reader->fd, .events = POLLIN },
                           { .fd = cancellable != NULL ? g_cancellable_get_fd (cancellable) : -1, .events = POLLIN } };
  Outcome outcome = LATE;

  for (gint64 left = seconds; left > 0; left = end - g_get_monotonic_time ())
    {
      const int n = poll (fds, 2, (int) MIN ((end - g_get_monotonic_time ()) / 1000 + 1, 10000));

      if (n < 0 && errno != EINTR)
        break;
      if (fds[0].revents != 0 && n > 0)
        {
          outcome = HEARD;
          break;
        }
      if (fds[1].revents != 0 && n > 0)
        {
          outcome = GIVEN_UP;
          break;
        }
    }
  if (fds[1].fd >= 0)
    g_cancellable_release_fd (cancellable);

  return outcome;
}

static Outcome
receive_reply (Reader         *reader,
               VigDecodeReply *reply,
               int            *pixels)
{
  union { struct cmsghdr header; char bytes[CMSG_SPACE (sizeof (int))]; } control = { 0 };
  struct iovec part = { reply, sizeof *reply };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                            .msg_controllen = sizeof control };
  ssize_t n;

  do
    n = recvmsg (reader->fd, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);

  const struct cmsghdr *first = n >= 0 ? CMSG_FIRSTHDR (&message) : NULL;
  if (first != NULL && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_RIGHTS)
    memcpy (pixels, CMSG_DATA (first), sizeof *pixels);

  return n == sizeof *reply ? HEARD : DIED;
}

/* Out of the reader's memory file: by reading, so that nothing it does to the file can hurt. */
static gboolean
copy_bytes (int      fd,
            gsize    size,
            guint8 **bytes)
{
  if (fd < 0 || (*bytes = g_try_malloc (size)) == NULL)
    return FALSE;

  for (gsize at = 0; at < size;)
    {
      const ssize_t n = pread (fd, *bytes + at, size - at, at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_clear_pointer (bytes, g_free);
          return FALSE;
        }
      at += n;
    }

  return TRUE;
}

/* The pixels, or what it says in words. */
static gboolean
copy_found (int                      fd,
            const VigDecodeRequest  *request,
            const VigDecodeReply    *reply,
            guint8                 **found)
{
  const guint64 n_pixels = (guint64) reply->width * reply->height;

  if (request->what == VIG_DECODE_LOOK)
    return reply->said == 0 || (reply->said <= VIG_DECODE_MOST_SAID && copy_bytes (fd, reply->said, found));

  return n_pixels > 0 && n_pixels <= VIG_DECODE_MOST_PIXELS && copy_bytes (fd, n_pixels * 3, found);
}

/* With a reader of its own if it is to be @alone. */
static Outcome
try (gboolean                 alone,
     const VigDecodeRequest  *request,
     int                      file,
     VigDecodeReply          *reply,
     guint8                 **rgb,
     GCancellable            *cancellable,
     GError                 **error)
{
  Reader *reader;
  Outcome outcome = DIED;
  int pixels = -1;

  if (!enter (alone, &reader, cancellable))
    return GIVEN_UP;

  /* One that has died while it was idle has nothing to do with this picture. */
  if (reader != NULL && !send_request (reader, request, file))
    {
      end_reader (reader);
      reader = NULL;
    }
  else if (reader != NULL)
    outcome = HEARD;
  if (reader == NULL)
    {
      reader = start_reader (alone ? MORE_MEMORY : MEMORY, error);
      if (reader != NULL)
        outcome = send_request (reader, request, file) ? HEARD : DIED;
      else
        outcome = NO_READER;
    }

  if (outcome == HEARD)
    outcome = await (reader, REAL_SECONDS (request->seconds), cancellable);
  if (outcome == HEARD)
    outcome = receive_reply (reader, reply, &pixels);
  if (outcome == HEARD && reply->fault == VIG_DECODE_FINE && !copy_found (pixels, request, reply, rgb))
    outcome = DIED;
  if (pixels >= 0)
    close (pixels);

  if (reader != NULL && (outcome != HEARD || alone || reply->last))
    {
      /* Its own clock has ended it. */
      if (end_reader (reader) == SIGPROF && outcome == DIED)
        outcome = LATE;
      reader = NULL;
    }
  leave (reader);

  return outcome;
}

/* ---- In words ---- */

static void
set_fault (const VigDecodeReply  *reply,
           const char            *shown,
           GError               **error)
{
  const int invalid = G_IO_ERROR_INVALID_DATA;

  switch (reply->fault)
    {
    case VIG_DECODE_NO_PICTURE:
      g_set_error (error, G_IO_ERROR, invalid, _("“%s” is not a picture, or of a kind that this computer cannot read."),
                   shown);
      break;
    case VIG_DECODE_CUT_OFF:
      g_set_error (error, G_IO_ERROR, invalid, _("“%s” is damaged: its end is missing."), shown);
      break;
    case VIG_DECODE_TOO_LARGE:
      g_set_error (error, G_IO_ERROR, invalid,
                   _("“%s” says that it is %u × %u pixels large, which is more than can be read."), shown, reply->width,
                   reply->height);
      break;
    case VIG_DECODE_NO_MEMORY:
      g_set_error (error, G_IO_ERROR, invalid, _("“%s” is too large: reading it takes more memory than a picture may."),
                   shown);
      break;
    case VIG_DECODE_NO_PREVIEW:
      g_set_error (error, G_IO_ERROR, invalid,
                   _("“%s” is a raw photo of a kind that this computer cannot read, or holds no preview."), shown);
      break;
    case VIG_DECODE_UNREADABLE:
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (reply->code), _("“%s” cannot be read: %s."), shown,
                   g_strerror (reply->code));
      break;
    default:
      g_set_error (error, G_IO_ERROR, invalid, _("“%s” is damaged."), shown);
    }
}

/* To read; -1 with an error. Not to be held up by a pipe that is called a picture. */
static int
open_picture (const char  *path,
              const char  *shown,
              GError     **error)
{
  struct stat info = { 0 };
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      const int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _("“%s” cannot be read: %s."), shown,
                   g_strerror (code));
    }
  else if (!S_ISREG (info.st_mode))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is not a file."), shown);
  else if (info.st_size == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is empty."), shown);
  else
    return fd;

  if (fd >= 0)
    close (fd);
  return -1;
}

gboolean
vig_decoder_ask (const char      *path,
                 VigDecodeWhat    what,
                 guint            side,
                 VigDecodeReply  *reply,
                 guint8         **rgb,
                 GCancellable    *cancellable,
                 GError         **error)
{
  g_autofree char *shown = g_filename_display_basename (path);
  const VigDecodeRequest request = {
    .what = what,
    .side = side,
    .raw = vig_name_says_raw (path),
    .seconds = pool.seconds > 0 ? pool.seconds : SECONDS,
  };

  *rgb = NULL;
  *reply = (VigDecodeReply) { .fault = VIG_DECODE_FINE };
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  const int file = open_picture (path, shown, error);
  if (file < 0)
    return FALSE;

  Outcome outcome = try (FALSE, &request, file, reply, rgb, cancellable, error);
  /* Some loaders do not tell that memory was short, they crash. */
  if (outcome == DIED || (outcome == HEARD && reply->fault == VIG_DECODE_NO_MEMORY))
    outcome = try (TRUE, &request, file, reply, rgb, cancellable, error);
  close (file);

  if (outcome == HEARD && reply->fault == VIG_DECODE_FINE)
    return TRUE;
  if (outcome == HEARD)
    set_fault (reply, shown, error);
  else if (outcome == GIVEN_UP)
    g_cancellable_set_error_if_cancelled (cancellable, error);
  else if (outcome == LATE)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” takes too long to read."), shown);
  else if (outcome == DIED)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("“%s” cannot be read: it is damaged, and made the reader of pictures stop."), shown);

  return FALSE;
}
