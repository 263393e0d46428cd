/* queue.c: lists of commands on their way to the GPU, and the wait for them */

#include "gpu/queue.h"

#include "gpu/buffer.h"

/* So often it is looked up while waiting. */
#define SLICE_US (G_USEC_PER_SEC / 10)

/* Whoever wants to stop waits for a list that ends soon: then nothing is left under way. */
#define SOON_US (1 * G_USEC_PER_SEC)

/* A device that is closed has so long to end what it does, and else is left to itself. */
#define LEAVE_US (2 * G_USEC_PER_SEC)

typedef struct
{
  VkCommandPool   pool;      /* null until its first use */
  VkCommandBuffer commands;  /* freed with the pool */
  VkFence         fence;
} List;

struct _VcQueue
{
  List       lists[VC_QUEUE_LISTS];
  guint      under_way[VC_QUEUE_LISTS];  /* lists, in the order in which they were sent */
  guint      n_under_way;
  GPtrArray *parked;                     /* owned; of VcGpuBuffer, to be freed when nothing is under way */
};

VcQueue *
vc_queue_new (void)
{
  VcQueue *queue = g_new0 (VcQueue, 1);

  queue->parked = g_ptr_array_new ();

  return queue;
}

void
vc_queue_free (VcGpu   *gpu,
               VcQueue *queue)
{
  if (queue == NULL)
    return;

  g_assert (queue->n_under_way == 0 && queue->parked->len == 0);

  for (guint i = 0; i < VC_QUEUE_LISTS; i++)
    {
      gpu->DestroyFence (gpu->device, queue->lists[i].fence, NULL);
      gpu->DestroyCommandPool (gpu->device, queue->lists[i].pool, NULL);
    }
  g_ptr_array_unref (queue->parked);
  g_free (queue);
}

static gboolean
ensure_list (VcGpu   *gpu,
             List    *list,
             GError **error)
{
  const VkCommandPoolCreateInfo pool_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
    .queueFamilyIndex = gpu->family,
  };
  const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  VkCommandBufferAllocateInfo commands_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  const char *what = "make room for commands";

  if (list->fence == VK_NULL_HANDLE &&
      !vc_gpu_ok (gpu, gpu->CreateFence (gpu->device, &fence_info, NULL, &list->fence), what, error))
    return FALSE;
  if (list->pool == VK_NULL_HANDLE &&
      !vc_gpu_ok (gpu, gpu->CreateCommandPool (gpu->device, &pool_info, NULL, &list->pool), what, error))
    return FALSE;
  if (list->commands != NULL)
    return TRUE;

  commands_info.commandPool = list->pool;

  return vc_gpu_ok (gpu, gpu->AllocateCommandBuffers (gpu->device, &commands_info, &list->commands), what, error);
}

/* ---- Waiting ---- */

static gboolean
tell_lost (VcGpu   *gpu,
           GError **error)
{
  g_set_error (error, VC_ERROR, VC_ERROR_DEVICE_LOST, "“%s” has stopped answering", gpu->parent.info.name);

  return FALSE;
}

static void
note_idle (VcQueue *queue)
{
  if (queue->n_under_way > 0)
    return;

  for (guint i = 0; i < queue->parked->len; i++)
    vc_buffer_destroy (queue->parked->pdata[i]);
  g_ptr_array_set_size (queue->parked, 0);
}

/* The device does nothing any more: it says so itself. */
static void
give_up (VcGpu *gpu)
{
  gpu->lost = TRUE;
  gpu->work->n_under_way = 0;
  note_idle (gpu->work);
}

/* For the end of the list that was sent first, at most @patience_us. */
static gboolean
wait_first (VcGpu   *gpu,
            gint64   patience_us,
            GError **error)
{
  VcQueue *queue = gpu->work;
  const VkFence fence = queue->lists[queue->under_way[0]].fence;
  const gint64 begun_us = g_get_monotonic_time ();
  const char *what = "finish its work";
  VkResult result;

  while ((result = gpu->WaitForFences (gpu->device, 1, &fence, VK_TRUE, SLICE_US * 1000)) == VK_TIMEOUT)
    {
      const gint64 waited_us = g_get_monotonic_time () - begun_us;

      /* It may still write to what it was given: see vc_queue_is_idle(). */
      if (waited_us >= patience_us)
        {
          gpu->lost = TRUE;
          return tell_lost (gpu, error);
        }
      if (waited_us >= SOON_US && gpu->parent.waiting != NULL && !gpu->parent.waiting (gpu->parent.waiting_data))
        {
          g_set_error (error, VC_ERROR, VC_ERROR_CANCELLED, "it was stopped");
          return FALSE;
        }
    }

  if (!vc_gpu_ok (gpu, result, what, error) ||
      !vc_gpu_ok (gpu, gpu->ResetFences (gpu->device, 1, &fence), what, error))
    {
      give_up (gpu);
      return FALSE;
    }

  queue->n_under_way--;
  for (guint i = 0; i < queue->n_under_way; i++)
    queue->under_way[i] = queue->under_way[i + 1];
  note_idle (queue);

  return TRUE;
}

static gboolean
is_under_way (const VcQueue *queue,
              guint          list)
{
  for (guint i = 0; i < queue->n_under_way; i++)
    if (queue->under_way[i] == list)
      return TRUE;

  return FALSE;
}

gboolean
vc_queue_wait_for (VcGpu   *gpu,
                   guint    list,
                   GError **error)
{
  if (gpu->lost)
    return tell_lost (gpu, error);

  while (is_under_way (gpu->work, list))
    if (!wait_first (gpu, gpu->patience_us, error))
      return FALSE;

  return TRUE;
}

gboolean
vc_queue_wait (VcGpu   *gpu,
               GError **error)
{
  if (gpu->lost)
    return tell_lost (gpu, error);

  while (gpu->work->n_under_way > 0)
    if (!wait_first (gpu, gpu->patience_us, error))
      return FALSE;

  return TRUE;
}

gboolean
vc_queue_is_idle (VcGpu *gpu)
{
  return gpu->work->n_under_way == 0;
}

void
vc_queue_park (VcGpu    *gpu,
               gpointer  buffer)
{
  g_ptr_array_add (gpu->work->parked, buffer);
}

gboolean
vc_queue_leave (VcGpu *gpu)
{
  gpu->parent.waiting = NULL;
  while (gpu->work->n_under_way > 0)
    if (!wait_first (gpu, MIN (LEAVE_US, gpu->patience_us), NULL))
      break;

  return gpu->work->n_under_way == 0;
}

/* ---- Writing and sending ---- */

/* Everything after it waits for, and sees, everything before it. */
void
vc_queue_barrier (VcGpu                *gpu,
                  VkCommandBuffer       commands,
                  VkPipelineStageFlags  stages,
                  VkAccessFlags         access)
{
  const VkMemoryBarrier barrier = {
    .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    .dstAccessMask = access,
  };

  gpu->CmdPipelineBarrier (commands,
                           VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                           stages, 0, 1, &barrier, 0, NULL, 0, NULL);
}

VkCommandBuffer
vc_queue_begin (VcGpu     *gpu,
                guint      list,
                gboolean   kept,
                GError   **error)
{
  const VkCommandBufferBeginInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
    .flags = kept ? 0 : VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
  };
  List *self = &gpu->work->lists[list];
  const char *what = "take commands";

  if (!vc_queue_wait_for (gpu, list, error) ||
      !ensure_list (gpu, self, error) ||
      !vc_gpu_ok (gpu, gpu->ResetCommandPool (gpu->device, self->pool, 0), what, error) ||
      !vc_gpu_ok (gpu, gpu->BeginCommandBuffer (self->commands, &info), what, error))
    return NULL;

  vc_queue_barrier (gpu, self->commands,
                    VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                    VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                    VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT);

  return self->commands;
}

gboolean
vc_queue_end (VcGpu   *gpu,
              guint    list,
              GError **error)
{
  const VkCommandBuffer commands = gpu->work->lists[list].commands;

  /* For whoever reads mapped memory after the wait. */
  vc_queue_barrier (gpu, commands, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);

  return vc_gpu_ok (gpu, gpu->EndCommandBuffer (commands), "take commands", error);
}

gboolean
vc_queue_send (VcGpu   *gpu,
               guint    list,
               GError **error)
{
  VcQueue *queue = gpu->work;
  const List *self = &queue->lists[list];
  const VkSubmitInfo info = {
    .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
    .commandBufferCount = 1,
    .pCommandBuffers = &self->commands,
  };

  g_assert (!is_under_way (queue, list));

  if (!vc_gpu_ok (gpu, gpu->QueueSubmit (gpu->queue, 1, &info, self->fence), "take commands", error))
    return FALSE;

  queue->under_way[queue->n_under_way++] = list;

  return TRUE;
}
