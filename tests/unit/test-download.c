/* test-download.c: files fetched from a server that drops, truncates, lies and sends in circles */

#include "studio/download.h"

#include <string.h>

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#define SIZE 300000
#define MOST (1 << 20)

static char *folder;
static guint8 bytes[SIZE];
static guint8 others[SIZE];
static char *hash;       /* SHA-256 of bytes */
static char *git_hash;

/* ---- the server ---- */

typedef struct
{
  guint   requests;      /* since the test began */
  guint   ranges;        /* of them, for a part */
  goffset first;         /* of the last such */
  guint   drops;         /* answers that still are to break off */
  guint   failures;      /* answers that still are to be 503 */
  gboolean changed;      /* the file is another now */
} Script;

static Script script;    /* the server's while a download runs */
static guint port;

static void
answer (SoupServerMessage *message,
        const char        *status,
        const char        *headers,
        const guint8      *body,
        gsize              size)
{
  g_autoptr(GIOStream) stream = soup_server_message_steal_connection (message);
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 %s\r\nConnection: close\r\n%s\r\n", status, headers);

  g_output_stream_write_all (out, head, strlen (head), NULL, NULL, NULL);
  g_output_stream_write_all (out, body, size, NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

/* The file as an honest server gives it, from where it is asked; @cut bytes of it at most. */
static void
serve (SoupServerMessage *message,
       gsize              cut)
{
  SoupMessageHeaders *asked = soup_server_message_get_request_headers (message);
  const char *condition = soup_message_headers_get_one (asked, "If-Range");
  const char *etag = script.changed ? "\"two\"" : "\"one\"";
  const guint8 *body = script.changed ? others : bytes;
  g_autofree char *headers = NULL;
  SoupRange *ranges = NULL;
  goffset first = 0;
  int n = 0;

  if (soup_message_headers_get_ranges (asked, SIZE, &ranges, &n))
    {
      script.ranges++;
      script.first = ranges[0].start;
      if (condition == NULL || g_str_equal (condition, etag))
        first = ranges[0].start;
      soup_message_headers_free_ranges (asked, ranges);
    }

  headers = g_strdup_printf ("ETag: %s\r\nContent-Length: %" G_GOFFSET_FORMAT "\r\n"
                             "Content-Range: bytes %" G_GOFFSET_FORMAT "-%d/%d\r\n",
                             etag, SIZE - first, first, SIZE - 1, SIZE);
  answer (message, first > 0 ? "206 Partial Content" : "200 OK", headers, body + first, MIN (cut, SIZE - (gsize) first));
}

static void
answer_cb (SoupServer        *server,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           data)
{
  g_autofree char *linked = g_strdup_printf ("X-Linked-ETag: \"%s\"\r\nX-Linked-Size: %d\r\nLocation: /cdn\r\n", hash, SIZE);
  g_autofree char *git = g_strdup_printf ("ETag: \"%s\"\r\nContent-Length: %d\r\n", git_hash, SIZE);
  g_autofree char *wrong = g_strdup_printf ("X-Linked-ETag: \"%064d\"\r\nLocation: cdn\r\n", 7);
  g_autofree char *sizes = g_strdup_printf ("X-Linked-Size: %d\r\nLocation: /cdn\r\n", SIZE / 2);
  g_autofree char *shorter = g_strdup_printf ("X-Linked-ETag: \"%s\"\r\nLocation: /shorter\r\n", hash);

  script.requests++;

  if (script.failures > 0 && script.failures-- > 0)
    answer (message, "503 Busy", "Content-Length: 0\r\n", NULL, 0);
  else if (g_str_equal (path, "/cdn") || g_str_equal (path, "/file"))
    serve (message, script.drops > 0 && script.drops-- > 0 ? SIZE / 3 : SIZE);
  else if (g_str_equal (path, "/linked"))
    answer (message, "302 Found", linked, NULL, 0);
  else if (g_str_equal (path, "/git"))
    answer (message, "200 OK", git, script.changed ? others : bytes, SIZE);
  else if (g_str_equal (path, "/wrong"))
    answer (message, "307 There", wrong, NULL, 0);
  else if (g_str_equal (path, "/sizes"))
    answer (message, "302 Found", sizes, NULL, 0);
  else if (g_str_equal (path, "/cut") && script.requests > 1)
    answer (message, "503 Busy", "Content-Length: 0\r\n", NULL, 0);
  else if (g_str_equal (path, "/cut"))
    serve (message, 1000);
  else if (g_str_equal (path, "/short"))
    answer (message, "302 Found", shorter, NULL, 0);
  else if (g_str_equal (path, "/shorter"))
    answer (message, "200 OK", "ETag: \"x\"\r\nContent-Length: 100000\r\n", bytes, SIZE);
  else if (g_str_equal (path, "/endless"))
    answer (message, "200 OK", "", bytes, SIZE);
  else if (g_str_equal (path, "/huge"))
    answer (message, "200 OK", "Content-Length: 99999999999\r\n", bytes, SIZE);
  else if (g_str_equal (path, "/circle"))
    answer (message, "302 Found", "Location: /circle\r\n", NULL, 0);
  else if (g_str_equal (path, "/nowhere"))
    answer (message, "302 Found", "", NULL, 0);
  else if (g_str_equal (path, "/elsewhere"))
    answer (message, "302 Found", "Location: http://192.0.2.1/file\r\n", NULL, 0);
  else if (g_str_equal (path, "/file-scheme"))
    answer (message, "302 Found", "Location: file:///etc/hostname\r\n", NULL, 0);
  else if (g_str_equal (path, "/gated"))
    answer (message, "403 No", "Content-Length: 0\r\n", NULL, 0);
  else if (g_str_equal (path, "/other-part"))
    answer (message, "206 Partial Content", "Content-Length: 10\r\nContent-Range: bytes 5-14/300000\r\n", bytes, 10);
  else if (g_str_equal (path, "/noise"))
    answer (message, "200 O\1K", "ETag: \xff\r\n: x\r\nContent-Length: seven\r\n", bytes, 100);
  else
    answer (message, "404 Not Found", "Content-Length: 0\r\n", NULL, 0);
}

static gpointer
run_server (gpointer data)
{
  GAsyncQueue *ready = data;
  g_autoptr(GMainContext) context = g_main_context_new ();
  g_autoptr(GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr(SoupServer) server = NULL;
  g_autoptr(GError) error = NULL;
  GSList *uris;

  g_main_context_push_thread_default (context);
  server = soup_server_new ("server-header", "test", NULL);
  soup_server_add_handler (server, NULL, answer_cb, NULL, NULL);
  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  uris = soup_server_get_uris (server);
  g_async_queue_push (ready, GUINT_TO_POINTER (g_uri_get_port (uris->data)));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);  /* until the program ends */

  return NULL;
}

/* ---- what is asked of it ---- */

static char *
get_path (void)
{
  return g_build_filename (folder, "weights.bin", NULL);
}

static char *
get_part (void)
{
  return g_build_filename (folder, "weights.bin.part", NULL);
}

static void
clear (void)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  script = (Script) { 0 };
}

static gboolean
fetch (const char    *name,
       GCancellable  *cancellable,
       VigDownloadStep step,
       GError       **error)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/%s", port, name);
  g_autofree char *path = get_path ();

  return vig_download (url, path, MOST, cancellable, step, cancellable, error);
}

static void
assert_file (const guint8 *want)
{
  g_autofree char *path = get_path ();
  g_autofree char *got = NULL;
  gsize size;
  guint n = 0;
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);

  g_assert_true (g_file_get_contents (path, &got, &size, NULL));
  g_assert_cmpmem (got, size, want, SIZE);
  while (g_dir_read_name (dir) != NULL)
    n++;
  g_assert_cmpuint (n, ==, 1);  /* no part beside it */
}

static void
assert_part (gsize size)
{
  g_autofree char *path = get_path ();
  g_autofree char *part = get_part ();
  GStatBuf status;

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_stat (part, &status), ==, 0);
  g_assert_cmpuint (status.st_size, ==, size);
}

static void
assert_fetched (const char *name)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (fetch (name, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_refused (const char *name,
                int         code,
                const char *words)
{
  g_autofree char *path = get_path ();
  g_autoptr(GError) error = NULL;

  g_assert_false (fetch (name, NULL, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_whole (void)
{
  static const char *const names[] = { "file", "linked", "git" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      clear ();
      assert_fetched (names[i]);
      assert_file (bytes);
    }
}

static void
test_broken_connection (void)
{
  static const char *const names[] = { "file", "linked" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      clear ();
      script.drops = 2;
      script.failures = 1;
      assert_fetched (names[i]);
      assert_file (bytes);
      g_assert_cmpuint (script.ranges, ==, 2);
      g_assert_cmpint (script.first, ==, 2 * (SIZE / 3));
    }
}

static void
stop_cb (guint64  done,
         guint64  size,
         gpointer data)
{
  g_assert_true (size == SIZE);
  if (done > SIZE / 4)
    g_cancellable_cancel (data);
}

static void
test_stopped (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *part = get_part ();
  GStatBuf status;

  clear ();
  g_assert_false (fetch ("linked", cancellable, stop_cb, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_stat (part, &status), ==, 0);
  g_assert_cmpuint (status.st_size, >, SIZE / 4);
  g_assert_cmpuint (status.st_size, <, SIZE);

  assert_fetched ("linked");
  assert_file (bytes);
  g_assert_cmpuint (script.ranges, ==, 1);
  g_assert_cmpint (script.first, ==, status.st_size);
}

/* Where the whole lies ready but was not yet given its name, nothing is fetched again. */
static void
test_ready (void)
{
  g_autofree char *part = get_part ();
  g_autofree char *tag = g_strconcat (part, ".tag", NULL);
  g_autofree char *about = g_strdup_printf ("%s\none\n", hash);

  clear ();
  g_assert_true (g_file_set_contents (part, (char *) bytes, SIZE, NULL));
  g_assert_true (g_file_set_contents (tag, about, -1, NULL));
  assert_fetched ("linked");
  assert_file (bytes);
  g_assert_cmpuint (script.requests, ==, 1);
}

/* The publisher has replaced the file while half of the old one was there. */
static void
test_changed (void)
{
  clear ();
  assert_refused ("cut", G_IO_ERROR_FAILED, "answers 503");
  assert_part (1000);
  script = (Script) { .changed = TRUE };
  assert_fetched ("file");
  assert_file (others);
  g_assert_cmpuint (script.ranges, ==, 1);
}

static void
test_lies (void)
{
  static const struct
  {
    const char *name;
    int         code;
    const char *words;
  } cases[] = {
    { "wrong", G_IO_ERROR_INVALID_DATA, "does not have the hash" },
    { "short", G_IO_ERROR_INVALID_DATA, "does not have the hash" },
    { "sizes", G_IO_ERROR_INVALID_DATA, "two different sizes" },
    { "huge", G_IO_ERROR_INVALID_DATA, "far larger" },
    { "other-part", G_IO_ERROR_FAILED, "another part" },
    { "circle", G_IO_ERROR_FAILED, "in circles" },
    { "nowhere", G_IO_ERROR_FAILED, "not safe" },
    { "elsewhere", G_IO_ERROR_FAILED, "not safe" },
    { "file-scheme", G_IO_ERROR_FAILED, "not safe" },
    { "gated", G_IO_ERROR_PERMISSION_DENIED, "publisher's page" },
    { "nothing", G_IO_ERROR_NOT_FOUND, "has no “weights.bin”" },
    { "endless", G_IO_ERROR_FAILED, "neither its size nor its hash" },
    { "noise", G_IO_ERROR_FAILED, "could not be fetched" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      clear ();
      g_test_message ("%s", cases[i].name);
      assert_refused (cases[i].name, cases[i].code, cases[i].words);
    }

  /* another file under a hash of git's */
  clear ();
  script.changed = TRUE;
  assert_refused ("git", G_IO_ERROR_INVALID_DATA, "does not have the hash");

  /* a server that breaks off again and again: what came stays */
  clear ();
  script.failures = 100;
  assert_refused ("file", G_IO_ERROR_FAILED, "answers 503");
  script.failures = 0;
  script.drops = 1;
  assert_fetched ("file");
  assert_file (bytes);
}

static void
test_addresses (void)
{
  static const char *const urls[] = {
    "http://example.org/x", "ftp://127.0.0.1/x", "file:///etc/hostname", "https:", "", "x",
  };
  g_autofree char *path = get_path ();
  g_autofree char *part = get_part ();

  clear ();
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (vig_download (urls[i], path, MOST, NULL, NULL, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GAsyncQueue) ready = g_async_queue_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GChecksum) git = g_checksum_new (G_CHECKSUM_SHA1);
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("download-XXXXXX", &error);
  g_assert_no_error (error);

  for (guint i = 0; i < SIZE; i++)
    {
      bytes[i] = i * 2654435761u >> 13;
      others[i] = ~bytes[i];
    }
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes, SIZE);
  g_checksum_update (git, (guchar *) "blob 300000", sizeof "blob 300000");
  g_checksum_update (git, bytes, SIZE);
  git_hash = g_strdup (g_checksum_get_string (git));

  g_thread_unref (g_thread_new ("server", run_server, ready));
  port = GPOINTER_TO_UINT (g_async_queue_pop (ready));

  g_test_add_func ("/studio/download/whole", test_whole);
  g_test_add_func ("/studio/download/broken-connection", test_broken_connection);
  g_test_add_func ("/studio/download/stopped", test_stopped);
  g_test_add_func ("/studio/download/ready", test_ready);
  g_test_add_func ("/studio/download/changed", test_changed);
  g_test_add_func ("/studio/download/lies", test_lies);
  g_test_add_func ("/studio/download/addresses", test_addresses);
  status = g_test_run ();

  clear ();
  g_rmdir (folder);
  g_free (folder);
  g_free (hash);
  g_free (git_hash);

  return status;
}
