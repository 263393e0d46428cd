/* kept.h: a driver's compiled shaders in a file, believed only where nothing about it is amiss */
#pragma once

#include "gpu/vk.h"

G_BEGIN_DECLS

/**
 * vc_kept_read:
 * @path: where vc_kept_write() wrote
 *
 * What was written for this device, driver and set of shaders; not a byte of it has changed since.
 * Drivers are said to look at what they are given, but not all of them look closely.
 *
 * Returns: (nullable): %NULL where there is no such file, or not such a one
 */
GBytes   *vc_kept_read  (const char                       *path,
                         const VkPhysicalDeviceProperties *device);

/* Writes @size bytes of a pipeline cache, the whole file or nothing. FALSE if it could not: it is made anew
 * next time. */
gboolean  vc_kept_write (const char                       *path,
                         const VkPhysicalDeviceProperties *device,
                         gconstpointer                     data,
                         gsize                             size);

G_END_DECLS
