/* queue.h: lists of commands on their way to the GPU, and the wait for them */
#pragma once

#include "gpu/gpu.h"

G_BEGIN_DECLS

/* Lists that copies are written to by turns: one is written while the other runs. */
#define VC_QUEUE_COPIES 2
/* And lists of dispatches, which are kept to be sent again. */
#define VC_QUEUE_KEPT 32
#define VC_QUEUE_LISTS (VC_QUEUE_COPIES + VC_QUEUE_KEPT)

VcQueue        *vc_queue_new      (void);
/* Nothing is under way. */
void            vc_queue_free     (VcGpu                *gpu,
                                   VcQueue              *queue);

/**
 * vc_queue_begin:
 * @list: below %VC_QUEUE_LISTS
 * @kept: whether it is to be sent more than once
 *
 * Begins a list of commands, when what was sent of it before has ended. The commands see what those of every list sent
 * before them wrote.
 *
 * After a failure here or below, what was sent before may still be under way, and is waited for by what comes next.
 *
 * Returns: %NULL with an error
 */
VkCommandBuffer vc_queue_begin    (VcGpu                *gpu,
                                   guint                 list,
                                   gboolean              kept,
                                   GError              **error);
/* What follows waits for, and sees, all that stands before it in the list. */
void            vc_queue_barrier  (VcGpu                *gpu,
                                   VkCommandBuffer       commands,
                                   VkPipelineStageFlags  stages,
                                   VkAccessFlags         access);
gboolean        vc_queue_end      (VcGpu                *gpu,
                                   guint                 list,
                                   GError              **error);
/* Sends off a list that was ended and is not under way. */
gboolean        vc_queue_send     (VcGpu                *gpu,
                                   guint                 list,
                                   GError              **error);

/**
 * vc_queue_wait:
 *
 * Waits until nothing is under way; mapped memory then shows what was written. While it waits it asks, see
 * vc_device_set_waiting(), and a device that is silent for longer than its patience is taken to be lost.
 *
 * Errors: %VC_ERROR_DEVICE_LOST; %VC_ERROR_CANCELLED.
 */
gboolean        vc_queue_wait     (VcGpu                *gpu,
                                   GError              **error);
/* The same for all that was sent up to @list; at once if it is not under way. */
gboolean        vc_queue_wait_for (VcGpu                *gpu,
                                   guint                 list,
                                   GError              **error);

/* Whether nothing is under way: else what it may use cannot be freed, but parked until nothing is. */
gboolean        vc_queue_is_idle  (VcGpu                *gpu);
void            vc_queue_park     (VcGpu                *gpu,
                                   gpointer              buffer);
/* Before the device is closed. FALSE if it does not come to an end: then nothing of it may be freed, ever. */
gboolean        vc_queue_leave    (VcGpu                *gpu);

G_END_DECLS
