/* devices.h: a device as the studio tells it */
#pragma once

#include <vc.h>

#include "studio/studio.h"

G_BEGIN_DECLS

VigDevice *vig_device_describe (const VcDeviceInfo *info);

G_END_DECLS
