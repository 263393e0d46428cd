/* schema.h: the shape of the library, brought up to date one numbered step at a time */
#pragma once

#include "library/database.h"

G_BEGIN_DECLS

/* “VIGN”: the file says whose it is. */
#define VIG_APPLICATION_ID 0x5649474E

/**
 * vig_schema_open:
 *
 * Opens the library at @path and takes it to the version of this program; a new one is made. A library of a newer
 * program (G_IO_ERROR_NOT_SUPPORTED), a database of another program or a file that is none (G_IO_ERROR_FAILED)
 * is not touched. @keep: a backup of a library of an older shape is kept, or it stays as it is and cannot be opened.
 */
VigDatabase *vig_schema_open  (const char          *path,
                               gboolean             keep,
                               GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether @path is a library that this program can open, by the first bytes of the file; errors as of vig_schema_open(). */
gboolean     vig_schema_check (const char          *path,
                               GError             **error);
/* The same of what @database holds; @version: that of its shape, 0 for an empty one. */
gboolean     vig_schema_read_version (VigDatabase  *database,
                               const char          *path,
                               gint64              *version,
                               GError             **error);
/* A new, empty library at @path, of the shape that it had in @version. */
VigDatabase *vig_schema_make  (const char          *path,
                               gint64               version,
                               GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes @database through the steps it has not seen yet. @steps: (array length=n_steps): step i leads from version i to
 * i + 1, its statements separated by NULL, ended by another. Each step is one transaction. */
gboolean     vig_schema_apply (VigDatabase         *database,
                               const char * const **steps,
                               guint                n_steps,
                               GError             **error);

/* The version that this program makes. */
gint64       vig_schema_get_newest (void);

G_END_DECLS
