/* download.h: one file of a publisher's, fetched so that nothing is lost and nothing wrong is kept
 *
 * The only place that speaks to the network, and only when the user asked for that very file.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @done of @size bytes; 0 while the size is not known. */
typedef void (*VigDownloadStep) (guint64  done,
                                 guint64  size,
                                 gpointer data);

/**
 * vig_download:
 * @url: https; or http of this computer, for tests and mirrors on it
 * @path: where the file shall be; on the way it is PATH.part, with PATH.part.tag beside it
 * @most: bytes that are acceptable
 * @step: (nullable)
 *
 * Goes on with what an earlier call left, if the server still has the same file. A connection that breaks is taken up
 * again some times; stopped or failed, the part stays for the next call. The file is given its name when it is whole and
 * has the SHA-256 (or the hash of git) that the server states. Redirections are followed to https alone.
 *
 * Blocks. Any thread.
 *
 * Errors: G_IO_ERROR: NOT_FOUND when the server has no such file, CANCELLED, NO_SPACE, INVALID_DATA when what came is
 * not what was stated, else FAILED; each is one sentence.
 */
gboolean vig_download (const char       *url,
                       const char       *path,
                       guint64           most,
                       GCancellable     *cancellable,
                       VigDownloadStep   step,
                       gpointer          data,
                       GError          **error);

G_END_DECLS
