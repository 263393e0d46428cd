/* file.h: a model's file, opened with a limit on its size */
#pragma once

#include "error.h"

G_BEGIN_DECLS

/**
 * vc_file_open:
 * @path:  in the file system's encoding
 * @most:  bytes that are acceptable
 * @size:  (out): bytes it has now
 *
 * Opens a regular file for reading, and nothing else: a pipe would wait and a device would never end.
 *
 * Errors: %VC_ERROR_BAD_MODEL: not there, not readable, not a regular file, empty, or larger than @most.
 *
 * Returns: a descriptor to close(), or -1
 */
int   vc_file_open (const char *path,
                    gsize       most,
                    gsize      *size,
                    GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_file_read:
 *
 * All of a regular file in memory, with a NUL after it that @size does not count.
 *
 * Errors: as vc_file_open(), and when it ends before its size.
 */
char *vc_file_read (const char *path,
                    gsize       most,
                    gsize      *size,
                    GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* All of @size bytes from @offset of an open file; @what names it in the error. */
gboolean vc_file_read_at (int         fd,
                          const char *what,
                          guint64     offset,
                          void       *bytes,
                          gsize       size,
                          GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* The last part of @path as messages show it: “vocab.json” */
char *vc_file_quote (const char *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
