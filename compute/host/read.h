/* read.h: the processor's memory read once, to see how fast that is */
#pragma once

#include "host/host.h"

G_BEGIN_DECLS

/* Brings all of @data, which is aligned to 8, into the processor, on all threads. */
void vc_host_read (VcHost     *host,
                   const void *data,
                   gsize       size);

G_END_DECLS
