/* sandbox.h: what the reader of pictures gives up before it looks at the first one
 *
 * More memory than it is allowed, files it could write, other programs, the network, and whatever else a decoder has no
 * need of. Reading stays: loaders are found and opened when they are first needed.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @megabytes: of memory, beside what it has now. What the kernel does not know how to forbid stays allowed. */
void vig_sandbox_enter (guint megabytes);
/* Dies after so many seconds of the processor's time from now, unless it is called again; 0: not any more. */
void vig_sandbox_limit (guint seconds);

G_END_DECLS
