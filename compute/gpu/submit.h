/* submit.h: commands and dispatches on their way to the GPU */
#pragma once

#include "gpu/gpu.h"

G_BEGIN_DECLS

/* Lists of commands that can be under way: one is written while the other runs. */
#define VC_QUEUE_SLOTS 2

VcQueue        *vc_queue_new    (VcGpu             *gpu,
                                 GError           **error);
void            vc_queue_free   (VcGpu             *gpu,
                                 VcQueue           *queue);

/* Begins a list of commands in the next slot, when what that slot held before has ended. The commands
 * see what those of every list before them wrote. NULL with an error; then nothing is under way. */
VkCommandBuffer vc_queue_begin  (VcGpu             *gpu,
                                 guint             *slot,
                                 GError           **error);
/* Sends it off. After a failure nothing is under way. */
gboolean        vc_queue_end    (VcGpu             *gpu,
                                 GError           **error);
/* Waits until nothing is under way; mapped memory then shows what was written. */
gboolean        vc_queue_wait   (VcGpu             *gpu,
                                 GError           **error);

/* The function of VcDeviceClass. */
gboolean        vc_queue_submit (VcDevice          *device,
                                 const VcRecorded  *dispatches,
                                 guint              count,
                                 GError           **error);

G_END_DECLS
