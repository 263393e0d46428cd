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
 * is not touched.
 */
VigDatabase *vig_schema_open  (const char          *path,
                               GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes @database through the steps it has not seen yet. @steps: (array length=n_steps): step i leads from version i to
 * i + 1, its statements separated by NULL, ended by another. Each step is one transaction. */
gboolean     vig_schema_apply (VigDatabase         *database,
                               const char * const **steps,
                               guint                n_steps,
                               GError             **error);

G_END_DECLS
