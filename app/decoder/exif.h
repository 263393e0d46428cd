/* exif.h: what a picture says of itself, and the pictures within raw photos */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @orientation: as EXIF numbers it, 1 if it says nothing. @taken: Unix seconds, 0 if it says nothing.
 * @said: (nullable): keywords and comment are added */
void    vig_exif_read         (const guint8 *bytes,
                               gsize         size,
                               guint        *orientation,
                               gint64       *taken,
                               GByteArray   *said);
/* The smallest picture within whose short side is at least twice @side, or the largest; NULL if there is none.
 * @side: 0 for the largest. */
GBytes *vig_exif_load_preview (const guint8 *bytes,
                               gsize         size,
                               guint         side) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
