/* sidecar.h: tags in a file beside the picture, as other programs read and write them */
#pragma once

#include "library/said.h"

G_BEGIN_DECLS

/**
 * vig_sidecar_write:
 * @path: the picture, which is not touched
 * @tags: (array zero-terminated=1): “/” stands between a tag and what it belongs to: “animals/fox”
 * @gone: (array zero-terminated=1): tags that shall not stand there any more
 *
 * Brings NAME.EXT.xmp up to date: dc:subject, lr:hierarchicalSubject and digiKam:TagsList have @tags, not @gone, and
 * beside them what they had. Every other node stays as it is, with its value, its type, and in its place: nothing is
 * taken apart and put together again. A new one begins with what the picture says of itself, for who reads sidecars
 * often reads nothing else; without @tags none is made.
 *
 * One that cannot be understood, by Exiv2 or by what we know of these three, is left alone (G_IO_ERROR_INVALID_DATA).
 */
gboolean vig_sidecar_write (const char          *path,
                            const char * const  *tags,
                            const char * const  *gone,
                            GError             **error);

/**
 * vig_sidecar_read:
 * @said: (nullable): by the picture itself
 *
 * What other programs call the picture, in NAME.EXT.xmp or else NAME.xmp, and what is @said: digiKam:TagsList,
 * MicrosoftPhoto:LastKeywordXMP, lr:hierarchicalSubject, dc:subject and IPTC keywords, each once. A flat word that a
 * hierarchical tag has in it is that tag. What cannot be read says nothing.
 *
 * Returns: (transfer full): tags as “animals/fox”
 */
char   **vig_sidecar_read  (const char          *path,
                            const VigSaid       *said) G_GNUC_WARN_UNUSED_RESULT;

/* The same of the text of a sidecar alone; NULL if it cannot be understood. */
char   **vig_sidecar_parse (const char          *text,
                            gsize                size) G_GNUC_WARN_UNUSED_RESULT;
/* What vig_sidecar_write() makes of such a text; NULL if it would be left alone. */
char    *vig_sidecar_edit  (const char          *text,
                            gsize                size,
                            const char * const  *tags,
                            const char * const  *gone) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
