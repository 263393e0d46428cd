/* pushes.c: push structs in memory, for shaders whose numbers change between one run of a list and the next */

#include "gpu/pushes.h"

#include <string.h>

#include "gpu/memory.h"

/* Apart as far as any device may ask for uniform buffers. */
#define STRIDE 256

G_STATIC_ASSERT (VC_MAX_PUSH <= STRIDE);

struct _VcPushes
{
  VkBuffer               buffer;
  VkDeviceMemory         memory;
  uint8_t               *mapped;
  VkDescriptorSetLayout  layout;
  VkDescriptorPool       pool;
  VkDescriptorSet        set;     /* freed with the pool */
};

static gboolean
describe (VcGpu     *gpu,
          VcPushes  *self,
          GError   **error)
{
  const VkDescriptorSetLayoutBinding binding = {
    .descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC,
    .descriptorCount = 1,
    .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
  };
  const VkDescriptorSetLayoutCreateInfo layout_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
    .bindingCount = 1,
    .pBindings = &binding,
  };
  const VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC, 1 };
  const VkDescriptorPoolCreateInfo pool_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
    .maxSets = 1,
    .poolSizeCount = 1,
    .pPoolSizes = &size,
  };
  VkDescriptorSetAllocateInfo set_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
    .descriptorSetCount = 1,
    .pSetLayouts = &self->layout,
  };
  const char *what = "describe buffers";

  if (!vc_gpu_ok (gpu, gpu->CreateDescriptorSetLayout (gpu->device, &layout_info, NULL, &self->layout),
                  what, error) ||
      !vc_gpu_ok (gpu, gpu->CreateDescriptorPool (gpu->device, &pool_info, NULL, &self->pool), what, error))
    return FALSE;

  set_info.descriptorPool = self->pool;
  if (!vc_gpu_ok (gpu, gpu->AllocateDescriptorSets (gpu->device, &set_info, &self->set), what, error))
    return FALSE;

  gpu->UpdateDescriptorSets (gpu->device, 1, &(VkWriteDescriptorSet) {
    .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
    .dstSet = self->set,
    .descriptorCount = 1,
    .descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC,
    .pBufferInfo = &(VkDescriptorBufferInfo) { self->buffer, 0, VC_MAX_PUSH },
  }, 0, NULL);

  return TRUE;
}

VcPushes *
vc_pushes_new (VcGpu   *gpu,
               guint    places,
               GError **error)
{
  VcPushes *self = g_new0 (VcPushes, 1);
  void *mapped;

  if (!vc_memory_create (gpu, VC_MEMORY_PUSHES, (gsize) places * STRIDE, &self->buffer, &self->memory, &mapped,
                         error))
    {
      g_free (self);
      return NULL;
    }
  self->mapped = mapped;

  if (!describe (gpu, self, error))
    {
      vc_pushes_free (gpu, self);
      return NULL;
    }

  return self;
}

void
vc_pushes_free (VcGpu    *gpu,
                VcPushes *self)
{
  if (self == NULL)
    return;

  gpu->DestroyDescriptorPool (gpu->device, self->pool, NULL);
  gpu->DestroyDescriptorSetLayout (gpu->device, self->layout, NULL);
  vc_memory_destroy (gpu, self->buffer, self->memory);
  g_free (self);
}

VkDescriptorSetLayout
vc_pushes_get_layout (VcPushes *self)
{
  return self->layout;
}

VkDescriptorSet
vc_pushes_get_set (VcPushes *self)
{
  return self->set;
}

uint32_t
vc_pushes_get_offset (guint place)
{
  return place * STRIDE;
}

void
vc_pushes_write (VcPushes   *self,
                 guint       place,
                 const void *push)
{
  memcpy (self->mapped + (gsize) place * STRIDE, push, VC_MAX_PUSH);
}
