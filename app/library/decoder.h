/* decoder.h: hands files to the reader of pictures, a process of its own that may crash
 *
 * One reader for each processor, started when it is needed and again when it has died. Each may use so much memory and
 * no more; a picture that needs more is tried once more, alone, with twice as much. One that crashes the reader, or
 * keeps it busy for too long, is a picture that cannot be read.
 */
#pragma once

#include <gio/gio.h>

#include "decoder/protocol.h"

G_BEGIN_DECLS

/**
 * vig_decoder_ask:
 * @rgb: (out) (nullable): (height, width, 3) of the reply, to be freed; after a look (said) bytes of words, or NULL if it says
 *   nothing
 *
 * Any thread; blocks. Errors are one sentence: G_IO_ERROR_INVALID_DATA where it is the file's fault.
 */
gboolean vig_decoder_ask         (const char        *path,
                                  VigDecodeWhat      what,
                                  guint              side,
                                  VigDecodeReply    *reply,
                                  guint8           **rgb,
                                  GCancellable      *cancellable,
                                  GError           **error);
/* Whether a name is that of a camera's own format. */
gboolean vig_name_says_raw       (const char        *name);
/* How many readers work at once at most. */
guint    vig_decoder_get_readers (void);
/* For tests: seconds of processor time for a picture; 0: as always. */
void     vig_decoder_set_seconds (guint              seconds);

G_END_DECLS
