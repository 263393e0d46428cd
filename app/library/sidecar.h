/* sidecar.h: tags in a file beside the picture, as other programs read and write them */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * vig_sidecar_write:
 * @path: the picture, which is not touched
 * @tags: (array zero-terminated=1): “/” stands between a tag and what it belongs to: “animals/fox”
 *
 * Adds the tags to NAME.EXT.xmp: dc:subject, lr:hierarchicalSubject and digiKam:TagsList. Whatever else stands there
 * stays. A new one begins with what the picture says of itself: who reads sidecars often reads nothing else.
 * One that cannot be understood is left alone (G_IO_ERROR_INVALID_DATA).
 */
gboolean vig_sidecar_write (const char          *path,
                            const char * const  *tags,
                            GError             **error);

G_END_DECLS
