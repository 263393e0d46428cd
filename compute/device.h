/* device.h: what can compute here, and the one that was opened */
#pragma once

#include <stdint.h>

#include "error.h"

G_BEGIN_DECLS

typedef struct _VcDevice VcDevice;
typedef struct _VcBuffer VcBuffer;

/* Called between pieces of long work; returning FALSE stops it with VC_ERROR_CANCELLED. */
typedef gboolean (*VcStep) (gpointer data);

/**
 * VcDeviceInfo:
 * @id: "host", or "gpu-" and the device's UUID: the same each time the program runs
 * @name: as its maker calls it
 * @kind: "host" or "gpu"
 * @type: "cpu", "integrated", "discrete", "virtual" or "software"
 * @driver: driver and version
 * @memory: bytes it can use
 * @ok: whether it passed its self-test; @reason says why not
 * @reason: one sentence: why it is the default, or why it is not
 * @is_default: whether "auto" takes it
 */
typedef struct
{
  char     *id;
  char     *name;
  char     *kind;
  char     *type;
  char     *driver;
  guint64   memory;
  gboolean  ok;
  char     *reason;
  gboolean  is_default;
} VcDeviceInfo;

void       vc_device_info_free (VcDeviceInfo *info);

/**
 * vc_device_set_cache:
 * @directory: (nullable): an existing directory; %NULL, as at first, for none
 *
 * Where devices that are opened from now on keep what took time to find out: how each GPU runs which
 * shader the fastest, and its driver's compiled shaders. Both are kept by device, driver and the
 * program's shaders, are checked when they are read, and are made anew when they are not there. Without
 * a directory nothing is measured, and all shaders are run plainly.
 *
 * Thread: any.
 */
void       vc_device_set_cache (const char *directory);

/**
 * vc_device_list:
 *
 * Looks for every device, opens each and has it compute answers that are known. Takes up to some
 * seconds: not for the main thread. The host is always there, and first.
 *
 * Returns: (element-type VcDeviceInfo): never empty; free with g_ptr_array_unref()
 */
GPtrArray *vc_device_list      (void) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_device_open:
 * @choice: "auto", "host", "gpu" or an id of vc_device_list()
 *
 * "auto" takes the best real GPU that passes its self-test, or else the host; never Vulkan in
 * software. "gpu" takes the best Vulkan device, a software one too if there is no other. None is handed out that has
 * not passed its self-test; one that is asked for by its id is not tested twice.
 *
 * Thread: everything made on the device belongs to the thread that called this.
 *
 * Errors: %VC_ERROR_NO_DEVICE.
 */
VcDevice  *vc_device_open      (const char   *choice,
                                GError      **error) G_GNUC_WARN_UNUSED_RESULT;
void       vc_device_free      (VcDevice     *device);

/* What vc_device_list() says of it, without a self-test; borrowed. */
const VcDeviceInfo *vc_device_get_info (VcDevice *device);

/**
 * vc_device_set_waiting:
 * @waiting: (nullable): asked a few times a second while a GPU is waited for that takes longer than a second for one
 *   submission, as hung ones do; on the processor, before each op. %FALSE ends the wait, or leaves the rest of the
 *   submission undone, with %VC_ERROR_CANCELLED
 *
 * What was stopped so goes on on a GPU, and what is asked of it next waits for that first. Thread: the device's
 * maker's.
 */
void       vc_device_set_waiting (VcDevice   *device,
                                  VcStep      waiting,
                                  gpointer    data);

/**
 * vc_device_get_free:
 *
 * Bytes that can be taken on it now, as far as can be told: what other programs do changes it. Thread: the
 * device's maker's.
 */
guint64    vc_device_get_free  (VcDevice     *device);

/**
 * vc_device_has_room:
 * @need: bytes
 * @what: who needs them: “the model”
 *
 * Whether they are free; nothing is taken. Errors: %VC_ERROR_OUT_OF_MEMORY tells both figures.
 */
gboolean   vc_device_has_room  (VcDevice     *device,
                                guint64       need,
                                const char   *what,
                                GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcDeviceInfo, vc_device_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcDevice, vc_device_free)

G_END_DECLS
