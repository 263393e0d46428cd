/* upright.h: decoded pixels, turned as they were meant, as sRGB over white */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/* Writes @pixbuf as it is to be seen. @rgb: (height, width, 3), the other way round where @orientation is above 4 */
void vig_upright (GdkPixbuf *pixbuf,
                  guint      orientation,
                  guint8    *rgb);

G_END_DECLS
