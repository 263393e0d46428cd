/* main.c: vignette-decoder: reads pictures that nobody has looked at yet, where they can do no harm
 *
 * Started by the program with one end of a socket, it gives up what it does not need and then answers one request after
 * another until the other end is closed. A picture that makes it crash, or takes too much of anything, ends it and
 * nothing else.
 */

#define G_LOG_DOMAIN "vig-decoder"

#include "config.h"

#include "decoder/decode.h"
#include "decoder/sandbox.h"
#include "decoder/upright.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* After that much work it makes room for a fresh one: libraries leak. */
#define MOST_SECONDS 600

/* A memory file that will be the other side's. */
typedef struct
{
  int     fd;
  guint8 *rgb;    /* or words */
  gsize   size;
} Canvas;

static gboolean
canvas_open (Canvas *canvas,
             gsize   size)
{
  canvas->size = size;
  canvas->rgb = MAP_FAILED;
  canvas->fd = memfd_create ("pixels", MFD_CLOEXEC);
  if (canvas->fd >= 0 && ftruncate (canvas->fd, canvas->size) == 0)
    canvas->rgb = mmap (NULL, canvas->size, PROT_READ | PROT_WRITE, MAP_SHARED, canvas->fd, 0);

  return canvas->rgb != MAP_FAILED;
}

static void
canvas_close (Canvas *canvas)
{
  if (canvas->rgb != NULL && canvas->rgb != MAP_FAILED)
    munmap (canvas->rgb, canvas->size);
  if (canvas->fd >= 0)
    close (canvas->fd);
}

/* Scaled down to fit; NULL without memory. */
static GdkPixbuf *
scale_to_fit (GdkPixbuf *pixbuf,
              guint      side)
{
  const guint64 width = gdk_pixbuf_get_width (pixbuf);
  const guint64 height = gdk_pixbuf_get_height (pixbuf);
  const guint64 longer = MAX (width, height);

  if (longer <= side)
    return g_object_ref (pixbuf);

  return gdk_pixbuf_scale_simple (pixbuf, MAX (1, (width * side + longer / 2) / longer),
                                  MAX (1, (height * side + longer / 2) / longer), GDK_INTERP_BILINEAR);
}

static void
put_upright (GdkPixbuf      *pixbuf,
             guint           orientation,
             VigDecodeReply *reply,
             Canvas         *canvas)
{
  const guint width = gdk_pixbuf_get_width (pixbuf);
  const guint height = gdk_pixbuf_get_height (pixbuf);

  reply->width = orientation > 4 ? height : width;
  reply->height = orientation > 4 ? width : height;
  if (!canvas_open (canvas, (gsize) width * height * 3))
    reply->fault = VIG_DECODE_NO_MEMORY;
  else
    vig_upright (pixbuf, orientation, canvas->rgb);
}

/* Its colours and transparency first, then its size. */
static void
put_small (GdkPixbuf      *pixbuf,
           guint           orientation,
           guint           side,
           VigDecodeReply *reply,
           Canvas         *canvas)
{
  const gboolean lies = orientation > 4;
  const guint width = lies ? gdk_pixbuf_get_height (pixbuf) : gdk_pixbuf_get_width (pixbuf);
  const guint height = lies ? gdk_pixbuf_get_width (pixbuf) : gdk_pixbuf_get_height (pixbuf);
  g_autofree guint8 *rgb = g_try_malloc ((gsize) width * height * 3);
  g_autoptr(GdkPixbuf) large = NULL;
  g_autoptr(GdkPixbuf) small = NULL;

  if (rgb != NULL)
    {
      vig_upright (pixbuf, orientation, rgb);
      large = gdk_pixbuf_new_from_data (rgb, GDK_COLORSPACE_RGB, FALSE, 8, width, height, width * 3, NULL, NULL);
      small = scale_to_fit (large, side);
    }
  if (small == NULL)
    reply->fault = VIG_DECODE_NO_MEMORY;
  else
    put_upright (small, 1, reply, canvas);
}

static void
look (const guint8           *bytes,
      gsize                   size,
      const VigDecodeRequest *request,
      VigDecodeReply         *reply,
      Canvas                 *canvas)
{
  g_autoptr(GByteArray) said = g_byte_array_new ();

  vig_decode_look (bytes, size, request, reply, said);
  if (reply->fault != VIG_DECODE_FINE || said->len == 0 || !canvas_open (canvas, said->len))
    return;

  memcpy (canvas->rgb, said->data, said->len);
  reply->said = said->len;
}

static void
work (const guint8           *bytes,
      gsize                   size,
      const VigDecodeRequest *request,
      VigDecodeReply         *reply,
      Canvas                 *canvas)
{
  if (request->what == VIG_DECODE_LOOK)
    {
      look (bytes, size, request, reply, canvas);
      return;
    }

  guint orientation = 1;
  g_autoptr(GdkPixbuf) pixbuf = vig_decode_load (bytes, size, request, reply, &orientation);

  if (pixbuf == NULL)
    return;
  if (request->what == VIG_DECODE_FIT)
    put_small (pixbuf, orientation, request->side, reply, canvas);
  else
    put_upright (pixbuf, orientation, reply, canvas);
}

static void
work_on_file (int                     fd,
              const VigDecodeRequest *request,
              VigDecodeReply         *reply,
              Canvas                 *canvas)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    {
      reply->fault = VIG_DECODE_UNREADABLE;
      reply->code = errno;
      return;
    }

  void *bytes = mmap (NULL, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED)
    {
      reply->fault = errno == ENOMEM ? VIG_DECODE_NO_MEMORY : VIG_DECODE_UNREADABLE;
      reply->code = errno;
      return;
    }
  madvise (bytes, info.st_size, MADV_SEQUENTIAL);
  work (bytes, info.st_size, request, reply, canvas);
  munmap (bytes, info.st_size);
}

/* A request and the file that comes with it; -1 when there are no more. */
static int
receive (VigDecodeRequest *request)
{
  union { struct cmsghdr header; char bytes[CMSG_SPACE (sizeof (int))]; } control = { 0 };
  struct iovec part = { request, sizeof *request };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                            .msg_controllen = sizeof control };
  ssize_t n;
  int fd = -1;

  do
    n = recvmsg (VIG_DECODE_SOCKET, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);

  const struct cmsghdr *first = CMSG_FIRSTHDR (&message);
  if (n == sizeof *request && first != NULL && first->cmsg_type == SCM_RIGHTS)
    memcpy (&fd, CMSG_DATA (first), sizeof fd);

  return fd;
}

static gboolean
answer (const VigDecodeReply *reply,
        int                   fd)
{
  union { struct cmsghdr header; char bytes[CMSG_SPACE (sizeof (int))]; } control = { 0 };
  struct iovec part = { (gpointer) reply, sizeof *reply };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  ssize_t n;

  if (fd >= 0)
    {
      message.msg_control = &control;
      message.msg_controllen = sizeof control;
      control.header.cmsg_level = SOL_SOCKET;
      control.header.cmsg_type = SCM_RIGHTS;
      control.header.cmsg_len = CMSG_LEN (sizeof fd);
      memcpy (CMSG_DATA (&control.header), &fd, sizeof fd);
    }
  do
    n = sendmsg (VIG_DECODE_SOCKET, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  return n == sizeof *reply;
}

/* What a library has to say about an odd file is for nobody. */
static GLogWriterOutput
say_nothing (GLogLevelFlags   level,
             const GLogField *fields,
             gsize            n_fields,
             gpointer         data)
{
  return G_LOG_WRITER_HANDLED;
}

int
main (int    argc,
      char **argv)
{
  VigDecodeRequest request;
  int fd;

  /* Nobody calls it by hand. */
  if (argc != 2 || getsockopt (VIG_DECODE_SOCKET, SOL_SOCKET, SO_TYPE, &(int) { 0 }, &(socklen_t) { sizeof (int) }) != 0)
    return EXIT_FAILURE;

  g_log_set_writer_func (say_nothing, NULL, NULL);
  vig_sandbox_enter (g_ascii_strtoull (argv[1], NULL, 10));

  while ((fd = receive (&request)) >= 0)
    {
      VigDecodeReply reply = { .fault = VIG_DECODE_FINE };
      Canvas canvas = { .fd = -1 };
      struct timespec spent;

      vig_sandbox_limit (request.seconds);
      work_on_file (fd, &request, &reply, &canvas);
      vig_sandbox_limit (0);
      close (fd);

      reply.last = clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &spent) == 0 && spent.tv_sec > MOST_SECONDS;
      const gboolean heard = answer (&reply, reply.fault == VIG_DECODE_FINE ? canvas.fd : -1);
      canvas_close (&canvas);
      if (!heard || reply.last)
        break;
    }

  return EXIT_SUCCESS;
}
