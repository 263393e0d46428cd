/* files.h: writing files so that a crash leaves the old one or the new one, whole */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Each error is one sentence that names @shown. */
gboolean vig_file_write       (const char     *path,
                               gconstpointer   bytes,
                               gsize           size,
                               const char     *shown,
                               GError        **error);
/* From one name to another of the same folder, never over an existing file: then *@exists is TRUE and no error is set. */
gboolean vig_file_place       (const char     *from,
                               const char     *to,
                               gboolean       *exists,
                               const char     *shown,
                               GError        **error);
/* Its names are on the disk as well as its files. */
gboolean vig_folder_sync      (const char     *path,
                               GError        **error);
/* What went wrong with a file, in one sentence. */
GError  *vig_file_make_error  (int             code,
                               const char     *shown);
/* All of a regular file of at most @limit bytes, with a zero after them. Each error is one sentence. */
char    *vig_file_read        (const char     *path,
                               gsize           limit,
                               gsize          *size,
                               GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/* SHA-256 of a regular file in hexadecimal, NULL if it cannot be read or was cancelled. */
char    *vig_file_hash        (const char     *path,
                               GCancellable   *cancellable,
                               GError        **error);

G_END_DECLS
