/* smooth.h: small pictures enlarged softly */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @rgb: (height, width, 3).  Returns: (height * times, width * times, 3), by Catmull-Rom splines */
guint8 *vig_smooth_enlarge (const guint8 *rgb,
                            guint         width,
                            guint         height,
                            guint         times) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
