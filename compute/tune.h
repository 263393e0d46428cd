/* tune.h: which way each kind of dispatch is run the fastest on a device */
#pragma once

#include "device-private.h"

G_BEGIN_DECLS

/* "plain", "tiles", "texels", "matrix" */
const char *vc_way_name (VcWay       way) G_GNUC_CONST;

/**
 * vc_tune:
 * @directory: (nullable): where what was measured is kept
 *
 * Sets the device's ways: from @directory, if they were measured there before with this device, driver
 * and these shaders, or else by measuring, which takes a fraction of a second. A way that gives other
 * bits than the plain one is never taken. What fails is left as it is, plain.
 */
void        vc_tune     (VcDevice   *device,
                         const char *directory);

G_END_DECLS
