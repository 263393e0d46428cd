/* words.h: what a picture's file says in words: keywords, comment, and the texts in a PNG */
#pragma once

#include <gexiv2/gexiv2.h>

G_BEGIN_DECLS

/* Each adds to @said, as protocol.h has it, as long as there is room. */
void vig_words_add_metadata (GByteArray     *said,
                             GExiv2Metadata *metadata);
void vig_words_add_png      (GByteArray     *said,
                             const guint8   *bytes,
                             gsize           size);

G_END_DECLS
