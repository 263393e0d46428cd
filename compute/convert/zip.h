/* zip.h: an archive of files, read only, by libzip */
#pragma once

#include <stdint.h>

#include "error.h"

G_BEGIN_DECLS

typedef struct _VcZip VcZip;

/* What no model's archive has more of. */
#define VC_ZIP_MAX_ENTRIES 200000

/**
 * vc_zip_open:
 * @path: a regular file
 *
 * Reads the list of what is in the archive. One list that is damaged, cut short or too long is an error.
 *
 * Thread: any one at a time.
 *
 * Errors: %VC_ERROR_BAD_MODEL.
 */
VcZip      *vc_zip_open     (const char  *path,
                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_zip_free     (VcZip       *zip);

uint32_t    vc_zip_get_size (VcZip       *zip);  /* entries; an index is below it */
/* Borrowed; bytes of any kind. */
const char *vc_zip_get_name (VcZip       *zip,
                             uint32_t     index);
/* The entry of this name, or -1. */
gint64      vc_zip_find     (VcZip       *zip,
                             const char  *name);
/* Bytes that the entry says to have when unpacked. */
guint64     vc_zip_measure  (VcZip       *zip,
                             uint32_t     index);

/**
 * vc_zip_read_all:
 * @most: bytes that are acceptable
 * @size: (out)
 *
 * An entry in memory, unpacked if it is packed, its checksum compared; a NUL follows that @size does not
 * count.
 *
 * Errors: %VC_ERROR_BAD_MODEL: too large, encrypted, damaged.
 */
char       *vc_zip_read_all (VcZip       *zip,
                             uint32_t     index,
                             gsize        most,
                             gsize       *size,
                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_zip_read_at:
 *
 * All of @size bytes from @offset of an entry that is stored as it is. Going on where the last read ended
 * costs nothing; elsewhere is sought, and the checksum of an entry read in leaps is not compared.
 *
 * Errors: %VC_ERROR_BAD_MODEL: packed, encrypted, damaged, too short.
 */
gboolean    vc_zip_read_at  (VcZip       *zip,
                             uint32_t     index,
                             guint64      offset,
                             void        *bytes,
                             gsize        size,
                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcZip, vc_zip_free)

G_END_DECLS
