/* submit.c: commands and dispatches on their way to the GPU */

#include "gpu/submit.h"

#include "gpu/buffer.h"
#include "gpu/flow.h"
#include "gpu/program.h"

/* A submission ends after so many dispatches, or when they touch so many bytes: drivers take a GPU
 * for hung that works on one submission for some seconds. */
#define MAX_DISPATCHES 256
#define MAX_BYTES ((gsize) 256 << 20)

typedef struct
{
  VkCommandPool    pool;
  VkCommandBuffer  commands;     /* freed with the pool */
  VkDescriptorPool descriptors;
  VkFence          fence;
  gboolean         busy;         /* submitted, and not yet waited for */
} Slot;

struct _VcQueue
{
  Slot                   slots[VC_QUEUE_SLOTS];
  guint                  next;  /* slot */
  VcFlow                *flow;  /* owned; of the list that is written */

  /* Room to describe one submission in. */
  const VcProgram       *programs[MAX_DISPATCHES];
  VkDescriptorSetLayout  layouts[MAX_DISPATCHES];
  VkDescriptorSet        sets[MAX_DISPATCHES];
  VkWriteDescriptorSet   writes[MAX_DISPATCHES * VC_GPU_BUFFERS];
  VkDescriptorBufferInfo buffers[MAX_DISPATCHES * VC_GPU_BUFFERS];
  VkBufferView           views[MAX_DISPATCHES * VC_GPU_BUFFERS];
};

static gboolean
make_slot (VcGpu   *gpu,
           Slot    *slot,
           GError **error)
{
  const VkCommandPoolCreateInfo pool_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
    .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
    .queueFamilyIndex = gpu->family,
  };
  const VkDescriptorPoolSize sizes[] = {
    { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, MAX_DISPATCHES * VC_GPU_BUFFERS },
    { VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, MAX_DISPATCHES * VC_MAX_READS },
  };
  const VkDescriptorPoolCreateInfo descriptors_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
    .maxSets = MAX_DISPATCHES,
    .poolSizeCount = G_N_ELEMENTS (sizes),
    .pPoolSizes = sizes,
  };
  const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  VkCommandBufferAllocateInfo commands_info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
    .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = 1,
  };
  const char *what = "make room for commands";

  if (!vc_gpu_ok (gpu, gpu->CreateCommandPool (gpu->device, &pool_info, NULL, &slot->pool),
                  what, error))
    return FALSE;

  commands_info.commandPool = slot->pool;

  return vc_gpu_ok (gpu, gpu->AllocateCommandBuffers (gpu->device, &commands_info, &slot->commands),
                    what, error) &&
         vc_gpu_ok (gpu, gpu->CreateDescriptorPool (gpu->device, &descriptors_info, NULL,
                                                    &slot->descriptors),
                    what, error) &&
         vc_gpu_ok (gpu, gpu->CreateFence (gpu->device, &fence_info, NULL, &slot->fence), what, error);
}

VcQueue *
vc_queue_new (VcGpu   *gpu,
              GError **error)
{
  VcQueue *queue = g_new0 (VcQueue, 1);

  queue->flow = vc_flow_new ();
  for (guint i = 0; i < VC_QUEUE_SLOTS; i++)
    if (!make_slot (gpu, &queue->slots[i], error))
      {
        vc_queue_free (gpu, queue);
        return NULL;
      }

  return queue;
}

void
vc_queue_free (VcGpu   *gpu,
               VcQueue *queue)
{
  if (queue == NULL)
    return;

  for (guint i = 0; i < VC_QUEUE_SLOTS; i++)
    {
      gpu->DestroyFence (gpu->device, queue->slots[i].fence, NULL);
      gpu->DestroyDescriptorPool (gpu->device, queue->slots[i].descriptors, NULL);
      gpu->DestroyCommandPool (gpu->device, queue->slots[i].pool, NULL);
    }
  vc_flow_free (queue->flow);
  g_free (queue);
}

static gboolean
wait_slot (VcGpu   *gpu,
           Slot    *slot,
           GError **error)
{
  const char *what = "finish its work";

  if (!slot->busy)
    return TRUE;

  if (!vc_gpu_ok (gpu, gpu->WaitForFences (gpu->device, 1, &slot->fence, VK_TRUE, UINT64_MAX),
                  what, error))
    return FALSE;

  slot->busy = FALSE;

  return vc_gpu_ok (gpu, gpu->ResetFences (gpu->device, 1, &slot->fence), what, error);
}

/* After a failure: what was sent before it must end before anybody frees a buffer. The first error is
 * the one that tells. */
static void
abandon (VcGpu *gpu)
{
  for (guint i = 0; i < VC_QUEUE_SLOTS; i++)
    if (!wait_slot (gpu, &gpu->work->slots[i], NULL))
      gpu->lost = TRUE;
}

/* Everything after it waits for, and sees, everything before it. */
static void
record_barrier (VcGpu                *gpu,
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
vc_queue_begin (VcGpu   *gpu,
                guint   *slot,
                GError **error)
{
  static const VkCommandBufferBeginInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
    .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
  };
  VcQueue *queue = gpu->work;
  Slot *next = &queue->slots[queue->next];
  const char *what = "take commands";

  if (gpu->lost)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_DEVICE_LOST, "“%s” has stopped answering",
                   gpu->parent.info.name);
      return NULL;
    }

  if (!wait_slot (gpu, next, error) ||
      !vc_gpu_ok (gpu, gpu->ResetCommandPool (gpu->device, next->pool, 0), what, error) ||
      !vc_gpu_ok (gpu, gpu->ResetDescriptorPool (gpu->device, next->descriptors, 0), what, error) ||
      !vc_gpu_ok (gpu, gpu->BeginCommandBuffer (next->commands, &info), what, error))
    {
      abandon (gpu);
      return NULL;
    }

  record_barrier (gpu, next->commands,
                  VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                  VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                  VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT);
  *slot = queue->next;

  return next->commands;
}

gboolean
vc_queue_end (VcGpu   *gpu,
              GError **error)
{
  VcQueue *queue = gpu->work;
  Slot *slot = &queue->slots[queue->next];
  const VkSubmitInfo info = {
    .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
    .commandBufferCount = 1,
    .pCommandBuffers = &slot->commands,
  };
  const char *what = "take commands";

  /* For whoever reads mapped memory after the wait. */
  record_barrier (gpu, slot->commands, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);

  if (!vc_gpu_ok (gpu, gpu->EndCommandBuffer (slot->commands), what, error) ||
      !vc_gpu_ok (gpu, gpu->QueueSubmit (gpu->queue, 1, &info, slot->fence), what, error))
    {
      abandon (gpu);
      return FALSE;
    }

  slot->busy = TRUE;
  queue->next = (queue->next + 1) % VC_QUEUE_SLOTS;

  return TRUE;
}

gboolean
vc_queue_wait (VcGpu   *gpu,
               GError **error)
{
  for (guint i = 0; i < VC_QUEUE_SLOTS; i++)
    if (!wait_slot (gpu, &gpu->work->slots[(gpu->work->next + i) % VC_QUEUE_SLOTS], error))
      {
        abandon (gpu);
        return FALSE;
      }

  return TRUE;
}

/* Distrusts nothing but sizes: shapes were asserted when the ops were recorded. */
static gboolean
check_ranges (const VcDevice    *device,
              const VcRecorded  *dispatches,
              guint              count,
              GError           **error)
{
  for (guint i = 0; i < count; i++)
    for (guint k = 0; k < dispatches[i].n_reads + dispatches[i].n_writes; k++)
      {
        const gsize bytes = vc_tensor_bytes (&dispatches[i].tensors[k]);

        if (bytes > device->max_range)
          {
            g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY,
                         "“%s” works on tensors of at most %.0f MB; %s was given one of %.0f MB",
                         device->info.name, device->max_range / 1e6,
                         vc_program_name (dispatches[i].op), bytes / 1e6);
            return FALSE;
          }
      }

  return TRUE;
}

/* How many of the dispatches go into one submission, at least 1. */
static guint
choose_part (const VcRecorded *dispatches,
             guint             count)
{
  gsize bytes = 0;

  for (guint i = 0; i < MIN (count, MAX_DISPATCHES); i++)
    {
      for (guint k = 0; k < dispatches[i].n_reads + dispatches[i].n_writes; k++)
        bytes += vc_tensor_bytes (&dispatches[i].tensors[k]);

      if (bytes > MAX_BYTES && i > 0)
        return i;
    }

  return MIN (count, MAX_DISPATCHES);
}

/* One set a dispatch, all allocated and written at once. */
static gboolean
describe_buffers (VcGpu             *gpu,
                  guint              slot,
                  const VcRecorded  *dispatches,
                  guint              count,
                  GError           **error)
{
  VcQueue *queue = gpu->work;
  const VkDescriptorSetAllocateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
    .descriptorPool = queue->slots[slot].descriptors,
    .descriptorSetCount = count,
    .pSetLayouts = queue->layouts,
  };
  guint next = 0;

  for (guint i = 0; i < count; i++)
    queue->layouts[i] = queue->programs[i]->set_layout;

  if (!vc_gpu_ok (gpu, gpu->AllocateDescriptorSets (gpu->device, &info, queue->sets),
                  "describe buffers", error))
    return FALSE;

  for (guint i = 0; i < count; i++)
    for (guint k = 0; k < dispatches[i].n_reads + dispatches[i].n_writes; k++, next++)
      {
        const VcTensor *tensor = &dispatches[i].tensors[k];
        VkWriteDescriptorSet *write = &queue->writes[next];

        *write = (VkWriteDescriptorSet) {
          .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
          .dstSet = queue->sets[i],
          .dstBinding = k,
          .descriptorCount = 1,
          .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
          .pBufferInfo = &queue->buffers[next],
          .pTexelBufferView = &queue->views[next],
        };
        if (queue->programs[i]->way == VC_WAY_TEXELS && (dispatches[i].tiles.texels >> k & 1))
          {
            write->descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
            if (!vc_buffer_view (tensor, &queue->views[next], error))
              return FALSE;
          }
        else
          {
            queue->buffers[next] = (VkDescriptorBufferInfo) {
              ((VcGpuBuffer *) tensor->buffer)->handle, tensor->offset, vc_tensor_bytes (tensor),
            };
          }
      }
  gpu->UpdateDescriptorSets (gpu->device, next, queue->writes, 0, NULL);

  return TRUE;
}

/* A barrier stands where data flows: the list as a whole has waited for what was before it. */
static void
record_dispatches (VcGpu            *gpu,
                   VkCommandBuffer   commands,
                   const VcRecorded *dispatches,
                   guint             count)
{
  VcQueue *queue = gpu->work;
  VkPipeline bound = VK_NULL_HANDLE;

  vc_flow_reset (queue->flow);
  for (guint i = 0; i < count; i++)
    {
      const VcRecorded *recorded = &dispatches[i];
      const VcProgram *program = queue->programs[i];
      const uint32_t *groups = program->way == VC_WAY_PLAIN ? recorded->groups
                                                            : recorded->tiles.groups;

      if (vc_flow_next (queue->flow, recorded) && !gpu->careless)
        {
          record_barrier (gpu, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                          VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
          gpu->parent.sent.barriers++;
        }

      if (program->pipeline != bound)
        gpu->CmdBindPipeline (commands, VK_PIPELINE_BIND_POINT_COMPUTE, program->pipeline);
      bound = program->pipeline;

      gpu->CmdBindDescriptorSets (commands, VK_PIPELINE_BIND_POINT_COMPUTE, program->layout,
                                  0, 1, &queue->sets[i], 0, NULL);
      if (recorded->push_size > 0)
        gpu->CmdPushConstants (commands, program->layout, VK_SHADER_STAGE_COMPUTE_BIT,
                               0, recorded->push_size, recorded->push);
      gpu->CmdDispatch (commands, groups[0], groups[1], groups[2]);
    }
  gpu->parent.sent.dispatches += count;
}

gboolean
vc_queue_submit (VcDevice          *device,
                 const VcRecorded  *dispatches,
                 guint              count,
                 GError           **error)
{
  VcGpu *gpu = (VcGpu *) device;

  if (!check_ranges (device, dispatches, count, error))
    return FALSE;

  while (count > 0)
    {
      const guint part = choose_part (dispatches, count);
      VkCommandBuffer commands;
      guint slot;

      for (guint i = 0; i < part; i++)
        if ((gpu->work->programs[i] = vc_programs_get (gpu, &dispatches[i],
                                                       vc_programs_way (gpu, &dispatches[i]),
                                                       error)) == NULL)
          {
            abandon (gpu);
            return FALSE;
          }

      commands = vc_queue_begin (gpu, &slot, error);
      if (commands == NULL)
        return FALSE;

      if (!describe_buffers (gpu, slot, dispatches, part, error))
        {
          abandon (gpu);
          return FALSE;
        }
      record_dispatches (gpu, commands, dispatches, part);
      if (!vc_queue_end (gpu, error))
        return FALSE;

      dispatches += part;
      count -= part;
    }

  return vc_queue_wait (gpu, error);
}
