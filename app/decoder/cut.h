/* cut.h: whether the end of a picture file is missing */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* GdkPixbuf shows what there is of a cut-off file and says nothing. @format: as GdkPixbuf names it. @rows: how many of
 * @height rows could be drawn from what was read. */
gboolean vig_is_cut_off (const guint8 *bytes,
                         gsize         size,
                         const char   *format,
                         guint         rows,
                         guint         height);

G_END_DECLS
