/* winograd.h: 3x3 convolutions by fewer products, on the processor */
#pragma once

#include "host/host.h"
#include "interface/conv2d.h"

G_BEGIN_DECLS

/* Whether it can be done this way, and is faster. Does not depend on how many pictures there are: a
 * picture's pixels are the same beside any others. */
gboolean vc_host_winograd_suits (const struct vc_conv2d_push *push);

/* As vc_host_conv2d(). */
void     vc_host_winograd       (VcHost       *host,
                                 const VcCall *call);

G_END_DECLS
