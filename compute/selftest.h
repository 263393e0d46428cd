/* selftest.h: whether a device computes what it should */
#pragma once

#include "device.h"

G_BEGIN_DECLS

/**
 * vc_selftest:
 *
 * Has @device run small problems whose answers are known. Takes some milliseconds, and on a GPU the
 * time to compile their shaders.
 *
 * Errors: %VC_ERROR_NO_DEVICE if an answer is wrong, or whatever the device itself says.
 */
gboolean vc_selftest (VcDevice  *device,
                      GError   **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
