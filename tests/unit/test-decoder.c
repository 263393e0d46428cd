/* test-decoder.c: the reader of pictures: what it may not do, and what becomes of one that dies or never ends */

#include "decoder/sandbox.h"
#include "library/decoder.h"
#include "library/pixels.h"
#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- What it gives up ---- */

static int
try_write (void)
{
  return open ("/tmp/vignette-sandbox-test", O_WRONLY | O_CREAT, 0600);
}

static int
try_connect (void)
{
  return socket (AF_INET, SOCK_STREAM, 0);
}

static int
try_fork (void)
{
  const pid_t pid = fork ();

  if (pid == 0)
    _exit (0);

  return pid;
}

static int
try_execute (void)
{
  return execl ("/bin/true", "true", NULL);
}

static int
try_unlink (void)
{
  return unlink ("/tmp/vignette-sandbox-test");
}

static int
try_kill (void)
{
  return kill (getppid (), 0);
}

/* The exit status of a child in which the sandbox is entered, and then @forbidden tried: 0 if it failed with EPERM. */
static int
run_inside (int (*forbidden) (void))
{
  const pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      vig_sandbox_enter (64);
      _exit (forbidden () < 0 && errno == EPERM ? 0 : 1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);

  return status;
}

static int
try_memory (void)
{
  /* More than it may have, beside the room for libraries. */
  errno = malloc (400u << 20) == NULL ? EPERM : 0;

  return -1;
}

static int
try_reading (void)
{
  char byte;
  const int fd = open ("/proc/self/exe", O_RDONLY);

  errno = fd >= 0 && read (fd, &byte, 1) == 1 ? EPERM : 0;

  return -1;
}

static void
test_sandbox (void)
{
  const struct { const char *name; int (*try) (void); } cases[] = {
    { "write", try_write }, { "connect", try_connect }, { "fork", try_fork }, { "execute", try_execute },
    { "unlink", try_unlink }, { "kill", try_kill },
  };

  g_assert_cmpint (run_inside (try_memory), ==, 0);
  g_assert_cmpint (run_inside (try_reading), ==, 0);
#ifdef HAVE_SECCOMP
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (run_inside (cases[i].try), ==, 0);
    }
#else
  g_test_message ("built without libseccomp: %u calls not tried", (guint) G_N_ELEMENTS (cases));
#endif
}

/* ---- What happens to it ---- */

/* The processes that this one has started. */
static GArray *
list_children (void)
{
  GArray *children = g_array_new (FALSE, FALSE, sizeof (pid_t));
  g_autoptr(GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *task;

  while ((task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/children", task);
      g_autofree char *text = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;

      g_auto(GStrv) words = g_strsplit (g_strstrip (text), " ", -1);
      for (guint i = 0; words[i] != NULL; i++)
        {
          const pid_t pid = atoi (words[i]);

          if (pid > 0)
            g_array_append_val (children, pid);
        }
    }

  return children;
}

static void
assert_readable (const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPixels) pixels = vig_pixels_load (path, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (pixels);
}

static void
test_restart (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *path = test_write_picture (folder, "a.jpg", 40, 30, 1);

  assert_readable (path);
  assert_readable (path);
  g_autoptr(GArray) readers = list_children ();
  g_assert_cmpuint (readers->len, ==, 1);  /* the same one twice */

  const pid_t first = g_array_index (readers, pid_t, 0);
  g_assert_cmpint (kill (first, SIGKILL), ==, 0);
  g_usleep (G_USEC_PER_SEC / 5);  /* or else it dies of the picture, which is then tried once more */
  assert_readable (path);
  g_autoptr(GArray) others = list_children ();
  g_assert_cmpuint (others->len, ==, 1);
  g_assert_cmpint (g_array_index (others, pid_t, 0), !=, first);
}

static gpointer
load_in_thread (gpointer path)
{
  for (guint i = 0; i < 20; i++)
    assert_readable (path);

  return NULL;
}

static void
test_threads (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *path = test_write_picture (folder, "a.png", 200, 100, 1);
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("loader", load_in_thread, path);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  g_autoptr(GArray) readers = list_children ();
  g_assert_cmpuint (readers->len, <=, vig_decoder_get_readers ());
}

static void
put_bytes (GByteArray *array,
           guint       n,
           ...)
{
  va_list args;

  va_start (args, n);
  for (guint i = 0; i < n; i++)
    {
      const guint8 byte = va_arg (args, int);

      g_byte_array_append (array, &byte, 1);
    }
  va_end (args);
}

/* A progressive JPEG, SIDE pixels square, of many scans that change nothing: each costs its reader a look at every
 * block, and itself a hundred bytes. ITU T.81: one code of one bit in each table: “no difference” for the first
 * coefficients, “the next 16384 blocks are over” for the others. */
static char *
write_endless (const char *folder,
               guint       side,
               guint       n_scans)
{
  const guint n_blocks = (side / 8) * (side / 8);
  g_autoptr(GByteArray) jpeg = g_byte_array_new ();
  g_autofree guint8 *zeros = g_malloc0 (n_blocks / 8 + 1);

  put_bytes (jpeg, 2, 0xFF, 0xD8);
  put_bytes (jpeg, 5, 0xFF, 0xDB, 0, 67, 0);
  for (guint i = 0; i < 64; i++)
    put_bytes (jpeg, 1, 1);
  put_bytes (jpeg, 13, 0xFF, 0xC2, 0, 11, 8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0);
  put_bytes (jpeg, 22, 0xFF, 0xC4, 0, 20, 0x00, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  put_bytes (jpeg, 22, 0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xE0);
  put_bytes (jpeg, 10, 0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 0, 0);
  g_byte_array_append (jpeg, zeros, n_blocks / 8);
  for (guint scan = 0; scan < n_scans; scan++)
    {
      const guint n_runs = (n_blocks + 16383) / 16384;

      /* A run is the code and 14 bits of zeros more: 15 bits. */
      put_bytes (jpeg, 10, 0xFF, 0xDA, 0, 8, 1, 1, 0x00, 1, 63, 0);
      g_byte_array_append (jpeg, zeros, (n_runs * 15 + 7) / 8);
    }
  put_bytes (jpeg, 2, 0xFF, 0xD9);

  return test_write_file (folder, "endless.jpg", jpeg->data, jpeg->len);
}

static void
test_endless (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *ends = write_endless (folder, 512, 3);
  g_autoptr(GError) error = NULL;

  assert_readable (ends);  /* the same with an end in sight */

  g_autofree char *endless = write_endless (folder, 8000, 3000);
  vig_decoder_set_seconds (1);
  g_assert_null (vig_pixels_load (endless, 0, NULL, &error));
  vig_decoder_set_seconds (0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "takes too long"));
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (G_USEC_PER_SEC / 5);
  g_cancellable_cancel (cancellable);

  return NULL;
}

static void
test_given_up (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *endless = write_endless (folder, 8000, 3000);
  g_autofree char *path = test_write_picture (folder, "a.jpg", 40, 30, 1);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);

  g_assert_null (vig_pixels_load (endless, 0, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  assert_readable (path);
}

/* ---- Raw photos ---- */

static void
put_entry (GByteArray *tiff,
           guint       tag,
           guint       type,
           guint32     value)
{
  put_bytes (tiff, 12, tag & 255, tag >> 8, type, 0, 1, 0, 0, 0, value & 255, value >> 8 & 255, value >> 16 & 255,
             value >> 24);
}

/* As cameras write them: a TIFF whose own pixels nobody but their maker understands, and a JPEG to look at. */
static void
test_raw (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *preview = test_write_picture (folder, "preview.jpg", 320, 200, 4);
  g_autoptr(GByteArray) tiff = g_byte_array_new ();
  g_autofree char *jpeg = NULL;
  gsize size;
  VigExtent extent;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_get_contents (preview, &jpeg, &size, NULL));
  put_bytes (tiff, 10, 'I', 'I', 42, 0, 8, 0, 0, 0, 5, 0);
  put_entry (tiff, 256, 4, 4000);
  put_entry (tiff, 257, 4, 3000);
  put_entry (tiff, 274, 3, 6);  /* to be turned clockwise */
  put_entry (tiff, 513, 4, 8 + 2 + 5 * 12 + 4);
  put_entry (tiff, 514, 4, size);
  put_bytes (tiff, 4, 0, 0, 0, 0);
  g_byte_array_append (tiff, (const guint8 *) jpeg, size);
  g_autofree char *path = test_write_file (folder, "photo.NEF", tiff->data, tiff->len);

  g_assert_true (vig_pixels_look (path, &extent, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (extent.width, ==, 200);
  g_assert_cmpuint (extent.height, ==, 320);
  g_autoptr(VigPixels) pixels = vig_pixels_load (path, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels->width, ==, 200);

  /* The first pixel of the preview is at the top on the right now. */
  g_autoptr(VigPixels) before = vig_pixels_load (preview, 0, NULL, &error);
  g_assert_cmpmem (pixels->rgb + 199 * 3, 3, before->rgb, 3);

  g_autofree char *none = test_write_file (folder, "none.cr2", "II*\0\10\0\0\0\0\0\0\0\0\0", 14);
  g_assert_null (vig_pixels_load (none, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, "raw photo"));
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  g_test_add_func ("/decoder/sandbox", test_sandbox);
  g_test_add_func ("/decoder/restart", test_restart);
  g_test_add_func ("/decoder/threads", test_threads);
  g_test_add_func ("/decoder/endless", test_endless);
  g_test_add_func ("/decoder/given-up", test_given_up);
  g_test_add_func ("/decoder/raw", test_raw);

  return g_test_run ();
}
