/* decode.h: the bytes of any image file become pixels */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "decoder/protocol.h"

G_BEGIN_DECLS

/* Nothing but the size and the date, which go into @reply, as a fault does, and what is said in words. */
void       vig_decode_look (const guint8           *bytes,
                            gsize                   size,
                            const VigDecodeRequest *request,
                            VigDecodeReply         *reply,
                            GByteArray             *said);
/* The pixels as they lie in the file, not turned, and how they are to be turned. NULL if there is a fault, which goes
 * into @reply, as the size and the date do. */
GdkPixbuf *vig_decode_load (const guint8           *bytes,
                            gsize                   size,
                            const VigDecodeRequest *request,
                            VigDecodeReply         *reply,
                            guint                  *orientation);

G_END_DECLS
