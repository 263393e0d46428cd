/* download.c: one file of a publisher's, fetched so that nothing is lost and nothing wrong is kept
 *
 * Hugging Face answers the address of a large file with a redirection and, in X-Linked-ETag and X-Linked-Size, its
 * SHA-256 and size; a small file has git's blob hash as its ETag [huggingface/huggingface_hub, file_download.py]. */

#define G_LOG_DOMAIN "vig-download"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include "library/files.h"
#include "studio/download.h"

#define MOST_HOPS 8
/* Attempts without a byte, with a pause before each that doubles. */
#define MOST_ATTEMPTS 5
#define PAUSE_MS 100u
/* Seconds without a byte. */
#define PATIENCE 60
#define CHUNK (64u << 10)

/* [RFC 6585], which libsoup has no name for */
#define TOO_MANY_REQUESTS 429

typedef enum
{
  FAILED,   /* for good; the error is set */
  BROKEN,   /* another attempt may go on; the error is set */
  FINISHED,
} Outcome;

typedef struct
{
  SoupSession     *session;      /* owned */
  GUri            *origin;       /* owned */
  const char      *path;
  char            *shown;        /* owned: how messages call the file */
  char            *part;         /* owned */
  char            *tag;          /* owned: path of what is known of the part */
  guint64          most;
  GCancellable    *cancellable;
  VigDownloadStep  step;
  gpointer         data;

  int              fd;           /* of the part */
  guint64          done;         /* bytes of it */
  char            *stated;       /* owned; SHA-256 or git's hash in hex; NULL while not known */
  guint64          size;         /* 0 while not known */
  char            *etag;         /* owned; of who sends the bytes; NULL while not known */
  char            *had_stated;   /* owned; both as they were when the part was begun */
  char            *had_etag;     /* owned */
} Fetch;

/* ---- the part ---- */

static gboolean
fail_disk (Fetch   *fetch,
           int      code,
           GError **error)
{
  g_propagate_error (error, vig_file_make_error (code, fetch->shown));

  return FALSE;
}

static gboolean
open_part (Fetch   *fetch,
           GError **error)
{
  g_autofree char *text = NULL;
  struct stat status;

  fetch->fd = open (fetch->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (fetch->fd < 0 || fstat (fetch->fd, &status) != 0)
    return fail_disk (fetch, errno, error);

  fetch->done = status.st_size;
  text = vig_file_read (fetch->tag, 4096, &(gsize) { 0 }, NULL);  /* not there: nothing is known of the part */
  if (text != NULL)
    {
      g_auto(GStrv) lines = g_strsplit (text, "\n", 3);

      if (g_strv_length (lines) >= 2)
        {
          fetch->had_stated = *lines[0] == '\0' ? NULL : g_strdup (lines[0]);
          fetch->had_etag = *lines[1] == '\0' ? NULL : g_strdup (lines[1]);
        }
    }

  return TRUE;
}

static gboolean
start_over (Fetch   *fetch,
            GError **error)
{
  if (ftruncate (fetch->fd, 0) != 0)
    return fail_disk (fetch, errno, error);

  fetch->done = 0;
  g_clear_pointer (&fetch->had_stated, g_free);
  g_clear_pointer (&fetch->had_etag, g_free);

  return TRUE;
}

static gboolean
write_tag (Fetch   *fetch,
           GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s\n%s\n", fetch->stated == NULL ? "" : fetch->stated,
                                           fetch->etag == NULL ? "" : fetch->etag);

  g_free (fetch->had_stated);
  g_free (fetch->had_etag);
  fetch->had_stated = g_strdup (fetch->stated);
  fetch->had_etag = g_strdup (fetch->etag);

  return vig_file_write (fetch->tag, text, strlen (text), fetch->shown, error);
}

static void
forget_part (Fetch *fetch)
{
  g_unlink (fetch->part);
  g_unlink (fetch->tag);
}

/* ---- addresses and headers ---- */

static gboolean
is_here (GUri *uri)
{
  const char *host = g_uri_get_host (uri);

  return g_str_equal (g_uri_get_scheme (uri), "http") && host != NULL &&
         (g_str_equal (host, "127.0.0.1") || g_str_equal (host, "localhost") || g_str_equal (host, "::1"));
}

static gboolean
is_allowed (Fetch *fetch,
            GUri  *uri)
{
  return g_str_equal (g_uri_get_scheme (uri), "https") || (is_here (fetch->origin) && is_here (uri));
}

/* What an ETag says, without its quotes. NULL for a weak one, which does not promise the same bytes. */
static char *
read_etag (SoupMessage *message,
           const char  *name)
{
  const char *value = soup_message_headers_get_one (soup_message_get_response_headers (message), name);
  const gsize size = value == NULL ? 0 : strlen (value);

  if (size < 3 || size > 500 || value[0] != '"' || value[size - 1] != '"')
    return NULL;

  return g_strndup (value + 1, size - 2);
}

static gboolean
is_hex (const char *text,
        gsize       size)
{
  return text != NULL && strlen (text) == size && strspn (text, "0123456789abcdefABCDEF") == size;
}

/* What the server states of the file, wherever on the way it does so first. */
static gboolean
note_stated (Fetch        *fetch,
             SoupMessage  *message,
             GError      **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  g_autofree char *linked = read_etag (message, "X-Linked-ETag");
  const char *size_text = soup_message_headers_get_one (headers, "X-Linked-Size");
  guint64 size;

  if (fetch->stated == NULL && (is_hex (linked, 64) || is_hex (linked, 40)))
    fetch->stated = g_ascii_strdown (linked, -1);
  if (fetch->size == 0 && size_text != NULL &&
      g_ascii_string_to_unsigned (size_text, 10, 1, G_MAXINT64, &size, NULL))
    fetch->size = size;

  /* The part belongs to an older file. */
  if (fetch->done > 0 && fetch->had_stated != NULL && fetch->stated != NULL &&
      !g_str_equal (fetch->had_stated, fetch->stated))
    return start_over (fetch, error);

  return TRUE;
}

/* Whether the rest alone can be asked for. */
static void
ask_for_rest (Fetch       *fetch,
              SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (fetch->done == 0 || (fetch->had_etag == NULL && fetch->had_stated == NULL))
    return;

  soup_message_headers_set_range (headers, fetch->done, -1);
  if (fetch->had_etag != NULL)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", fetch->had_etag);

      soup_message_headers_replace (headers, "If-Range", quoted);
    }
}

static Outcome
fail_network (Fetch        *fetch,
              const GError *cause,
              GError      **error)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_error_copy (cause));
      return FAILED;
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               _("“%s” could not be fetched: %s. What has come stays, and the next time goes on from there."),
               fetch->shown, cause->message);

  return BROKEN;
}

/* ---- the bytes ---- */

static gboolean
check_size (Fetch       *fetch,
            guint64      size,
            GError     **error)
{
  if (fetch->size != 0 && size != 0 && size != fetch->size)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("“%s” was refused: the server states two different sizes of it."), fetch->shown);
  else if (MAX (size, fetch->size) > fetch->most)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("“%s” was refused: it is far larger than it should be."), fetch->shown);
  else
    {
      fetch->size = MAX (size, fetch->size);
      return TRUE;
    }

  return FALSE;
}

static gboolean
put (Fetch        *fetch,
     const guint8 *bytes,
     gsize         size,
     GError      **error)
{
  while (size > 0)
    {
      const ssize_t n = pwrite (fetch->fd, bytes, size, fetch->done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail_disk (fetch, errno, error);
      bytes += n;
      size -= n;
      fetch->done += n;
    }

  return TRUE;
}

/* All that the server sends, behind what is there. */
static Outcome
take (Fetch        *fetch,
      GInputStream *stream,
      GError      **error)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  g_autoptr(GError) local = NULL;
  gssize n;

  while ((n = g_input_stream_read (stream, chunk, CHUNK, fetch->cancellable, &local)) > 0)
    {
      if (fetch->done + n > MIN (fetch->most, fetch->size == 0 ? fetch->most : fetch->size))
        {
          forget_part (fetch);
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("“%s” was refused: more of it came than the server states."), fetch->shown);
          return FAILED;
        }
      if (!put (fetch, chunk, n, error))
        return FAILED;
      if (fetch->step != NULL)
        fetch->step (fetch->done, fetch->size, fetch->data);
    }

  if (n < 0)
    return fail_network (fetch, local, error);

  if (fetch->done < fetch->size)
    {
      g_set_error_literal (&local, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, _("the connection broke"));
      return fail_network (fetch, local, error);
    }

  return FINISHED;
}

/* Looks at how the bytes are announced, and takes them. */
static Outcome
receive (Fetch        *fetch,
         SoupMessage  *message,
         GInputStream *stream,
         GError      **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const guint status = soup_message_get_status (message);
  const goffset length = soup_message_headers_get_content_length (headers);
  g_autofree char *etag = read_etag (message, "ETag");
  guint64 size = 0;

  if (status == SOUP_STATUS_PARTIAL_CONTENT)
    {
      goffset first, last, total;

      if (!soup_message_headers_get_content_range (headers, &first, &last, &total) ||
          (guint64) first != fetch->done)
        {
          /* Not what was asked for. */
          if (!start_over (fetch, error))
            return FAILED;
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       _("“%s” could not be fetched: the server sent another part than was asked for."), fetch->shown);
          return BROKEN;
        }
      size = MAX (total, 0);
    }
  else
    {
      if (fetch->done > 0 && !start_over (fetch, error))
        return FAILED;
      if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
        size = length;
    }

  if (!check_size (fetch, size, error))
    return FAILED;

  g_free (fetch->etag);
  fetch->etag = g_steal_pointer (&etag);
  if (fetch->stated == NULL && is_hex (fetch->etag, 40))
    fetch->stated = g_ascii_strdown (fetch->etag, -1);
  /* Where the end of the connection is the end of the file, it could be cut anywhere. */
  if (fetch->size == 0 && fetch->stated == NULL && soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CHUNKED)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("“%s” was not fetched: the server states neither its size nor its hash."), fetch->shown);
      return FAILED;
    }

  if (!write_tag (fetch, error))
    return FAILED;

  return take (fetch, stream, error);
}

/* ---- an attempt ---- */

static Outcome
fail_status (Fetch   *fetch,
             guint    status,
             GError **error)
{
  /* The part is longer than the file, or all of it is there but was never compared. */
  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE && fetch->done > 0)
    {
      if (!start_over (fetch, error))
        return FAILED;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("“%s” could not be fetched: the server has no more of it."),
                   fetch->shown);
      return BROKEN;
    }

  if (status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("The server has no “%s”."), fetch->shown);
  else if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 _("The server does not give “%s” to everybody: fetch it from its publisher's page, and use "
                   "“vignette models add”."), fetch->shown);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("“%s” could not be fetched: the server answers %u."),
                 fetch->shown, status);

  return status == TOO_MANY_REQUESTS || status >= 500 ? BROKEN : FAILED;
}

static GUri *
find_next (Fetch        *fetch,
           SoupMessage  *message,
           GUri         *uri,
           GError      **error)
{
  const char *place = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr(GUri) next = place == NULL ? NULL : g_uri_parse_relative (uri, place, SOUP_HTTP_URI_FLAGS, NULL);

  if (next == NULL || g_uri_get_host (next) == NULL || !is_allowed (fetch, next))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("“%s” was not fetched: the server sends to an address that is not safe."), fetch->shown);
      return NULL;
    }

  return g_steal_pointer (&next);
}

static Outcome
attempt (Fetch   *fetch,
         GError **error)
{
  g_autoptr(GUri) uri = g_uri_ref (fetch->origin);

  for (guint hop = 0; hop < MOST_HOPS; hop++)
    {
      g_autoptr(SoupMessage) message = soup_message_new_from_uri ("GET", uri);
      g_autoptr(GInputStream) stream = NULL;
      g_autoptr(GError) local = NULL;
      guint status;

      soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
      ask_for_rest (fetch, message);
      stream = soup_session_send (fetch->session, message, fetch->cancellable, &local);
      if (stream == NULL)
        return fail_network (fetch, local, error);

      if (!note_stated (fetch, message, error))
        return FAILED;

      /* All of it came before, and the program ended. */
      if (fetch->done > 0 && fetch->done == fetch->size && fetch->had_stated != NULL &&
          g_strcmp0 (fetch->stated, fetch->had_stated) == 0)
        return FINISHED;

      status = soup_message_get_status (message);
      if (SOUP_STATUS_IS_REDIRECTION (status) && status != SOUP_STATUS_NOT_MODIFIED)
        {
          GUri *next = find_next (fetch, message, uri, error);

          if (next == NULL)
            return FAILED;
          g_uri_unref (uri);
          uri = next;
          continue;
        }

      return status == SOUP_STATUS_OK || status == SOUP_STATUS_PARTIAL_CONTENT
        ? receive (fetch, message, stream, error) : fail_status (fetch, status, error);
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("“%s” was not fetched: the server sends in circles."),
               fetch->shown);

  return FAILED;
}

/* ---- the whole ---- */

/* git's hash is of "blob", the size, a zero, and the bytes. */
static gboolean
check_hash (Fetch   *fetch,
            GError **error)
{
  const gboolean git = is_hex (fetch->stated, 40);
  g_autoptr(GChecksum) sum = g_checksum_new (git ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256);
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  guint64 at = 0;

  if (fetch->stated == NULL)
    return TRUE;

  if (git)
    {
      g_autofree char *head = g_strdup_printf ("blob %" G_GUINT64_FORMAT, fetch->done);

      g_checksum_update (sum, (guint8 *) head, strlen (head) + 1);
    }

  while (at < fetch->done)
    {
      const ssize_t n = pread (fetch->fd, chunk, CHUNK, at);

      if (g_cancellable_set_error_if_cancelled (fetch->cancellable, error))
        return FALSE;
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail_disk (fetch, n < 0 ? errno : EIO, error);
      g_checksum_update (sum, chunk, n);
      at += n;
    }

  if (g_str_equal (g_checksum_get_string (sum), fetch->stated))
    return TRUE;

  forget_part (fetch);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("“%s” was thrown away: what came does not have the hash that the server states. Try again."),
               fetch->shown);

  return FALSE;
}

/* FALSE when it was cancelled meanwhile. */
static gboolean
pause_before (Fetch   *fetch,
              guint    attempts,
              GError **error)
{
  for (guint ms = 0; ms < PAUSE_MS << attempts; ms += 50)
    {
      if (g_cancellable_set_error_if_cancelled (fetch->cancellable, error))
        return FALSE;
      g_usleep (50 * 1000);
    }

  return TRUE;
}

static gboolean
fetch_all (Fetch   *fetch,
           GError **error)
{
  guint attempts = 0;

  for (;;)
    {
      const guint64 before = fetch->done;
      g_autoptr(GError) local = NULL;
      const Outcome outcome = attempt (fetch, &local);

      if (outcome == FINISHED)
        break;

      attempts = fetch->done > before ? 0 : attempts + 1;
      if (outcome == FAILED || attempts == MOST_ATTEMPTS)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      g_debug ("%s", local->message);
      if (!pause_before (fetch, attempts, error))
        return FALSE;
    }

  if (!check_hash (fetch, error))
    return FALSE;

  if (fsync (fetch->fd) != 0)
    return fail_disk (fetch, errno, error);
  if (g_rename (fetch->part, fetch->path) != 0)
    return fail_disk (fetch, errno, error);
  g_unlink (fetch->tag);

  return TRUE;
}

static void
clear_fetch (Fetch *fetch)
{
  if (fetch->fd >= 0)
    close (fetch->fd);
  g_clear_object (&fetch->session);
  g_clear_pointer (&fetch->origin, g_uri_unref);
  g_free (fetch->shown);
  g_free (fetch->part);
  g_free (fetch->tag);
  g_free (fetch->stated);
  g_free (fetch->etag);
  g_free (fetch->had_stated);
  g_free (fetch->had_etag);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fetch, clear_fetch)

gboolean
vig_download (const char       *url,
              const char       *path,
              guint64           most,
              GCancellable     *cancellable,
              VigDownloadStep   step,
              gpointer          data,
              GError          **error)
{
  g_auto(Fetch) fetch = {
    .path = path,
    .shown = g_path_get_basename (path),
    .part = g_strconcat (path, ".part", NULL),
    .tag = g_strconcat (path, ".part.tag", NULL),
    .most = most,
    .cancellable = cancellable,
    .step = step,
    .data = data,
    .fd = -1,
  };

  fetch.origin = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  if (fetch.origin == NULL || g_uri_get_host (fetch.origin) == NULL || !is_allowed (&fetch, fetch.origin))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is no address to fetch from."), url);
      return FALSE;
    }

  if (!open_part (&fetch, error))
    return FALSE;

  /* A session belongs to the thread that made it. Bytes are wanted as they are, not unpacked on the way. */
  fetch.session = soup_session_new ();
  soup_session_set_user_agent (fetch.session, "Vignette/" APP_VERSION);
  soup_session_set_timeout (fetch.session, PATIENCE);
  soup_session_remove_feature_by_type (fetch.session, SOUP_TYPE_CONTENT_DECODER);

  return fetch_all (&fetch, error);
}
