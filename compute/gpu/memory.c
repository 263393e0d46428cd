/* memory.c: which of a GPU's kinds of memory a buffer gets */

#include "gpu/memory.h"

#include <string.h>

#include "host/share.h"

#define LOCAL VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT
#define VISIBLE VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT
#define COHERENT VK_MEMORY_PROPERTY_HOST_COHERENT_BIT
#define CACHED VK_MEMORY_PROPERTY_HOST_CACHED_BIT

/* Without the last, the processor reads the memory some hundred times more slowly than it should. */
#define MAPPABLE (VISIBLE | COHERENT | CACHED)

/* What is asked for, the best first; ends at the first 0, which stands for any memory. Only some rows
 * have an end before it: a graphics card would read the computer's memory over a slow bus. */
static const VkMemoryPropertyFlags unified_wishes[] = { LOCAL | MAPPABLE, LOCAL, MAPPABLE, 0 };
static const VkMemoryPropertyFlags discrete_wishes[] = { LOCAL };
static const VkMemoryPropertyFlags staging_wishes[] = { MAPPABLE, VISIBLE | COHERENT };
static const VkMemoryPropertyFlags pushes_wishes[] = { LOCAL | VISIBLE | COHERENT, VISIBLE | COHERENT };

/* The first type, in the driver's order, that has all of @wish; -1 if none. Types with properties of
 * extensions (protected, lazily allocated, uncached on the device) are for those who enable them. */
static int
choose_type (const VcGpu           *gpu,
             uint32_t               allowed,
             VkMemoryPropertyFlags  wish)
{
  for (uint32_t i = 0; i < gpu->memory.memoryTypeCount; i++)
    {
      const VkMemoryPropertyFlags flags = gpu->memory.memoryTypes[i].propertyFlags;

      if ((allowed & (1u << i)) && (flags & wish) == wish && !(flags & ~(LOCAL | MAPPABLE)))
        return i;
    }

  return -1;
}

static VkResult
allocate (VcGpu                       *gpu,
          const VkMemoryRequirements  *need,
          const VkMemoryPropertyFlags *wishes,
          guint                        n_wishes,
          VkDeviceMemory              *memory,
          VkMemoryPropertyFlags       *got)
{
  VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  int tried = -1;

  for (guint i = 0; i < n_wishes && result == VK_ERROR_OUT_OF_DEVICE_MEMORY; i++)
    {
      const int type = choose_type (gpu, need->memoryTypeBits, wishes[i]);
      const VkMemoryAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = need->size,
        .memoryTypeIndex = type,
      };

      if (type < 0 || type == tried ||
          need->size > gpu->memory.memoryHeaps[gpu->memory.memoryTypes[type].heapIndex].size)
        continue;

      tried = type;
      *got = gpu->memory.memoryTypes[type].propertyFlags;
      result = gpu->AllocateMemory (gpu->device, &info, NULL, memory);
    }

  return result;
}

static gboolean
back (VcGpu           *gpu,
      VcMemoryUse      use,
      VkBuffer         buffer,
      VkDeviceMemory  *memory,
      void           **mapped,
      GError         **error)
{
  VkMemoryRequirements need;
  VkMemoryPropertyFlags got = 0;
  VkResult result;

  gpu->GetBufferMemoryRequirements (gpu->device, buffer, &need);

  if (use == VC_MEMORY_STAGING || (use == VC_MEMORY_SHARED && !gpu->unified))
    result = allocate (gpu, &need, staging_wishes, G_N_ELEMENTS (staging_wishes), memory, &got);
  else if (use == VC_MEMORY_PUSHES)
    result = allocate (gpu, &need, pushes_wishes, G_N_ELEMENTS (pushes_wishes), memory, &got);
  else if (gpu->unified)
    result = allocate (gpu, &need, unified_wishes, G_N_ELEMENTS (unified_wishes), memory, &got);
  else
    result = allocate (gpu, &need, discrete_wishes, G_N_ELEMENTS (discrete_wishes), memory, &got);

  if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY,
                   "“%s” has no room for %.0f MB", gpu->parent.info.name, need.size / 1e6);
      return FALSE;
    }

  if (!vc_gpu_ok (gpu, result, "make a buffer", error) ||
      !vc_gpu_ok (gpu, gpu->BindBufferMemory (gpu->device, buffer, *memory, 0),
                  "make a buffer", error))
    return FALSE;

  if ((use != VC_MEMORY_DEVICE && (got & VISIBLE) && (got & COHERENT)) || (gpu->unified && (got & MAPPABLE) == MAPPABLE && !gpu->staged))
    return vc_gpu_ok (gpu, gpu->MapMemory (gpu->device, *memory, 0, VK_WHOLE_SIZE, 0, mapped),
                      "map a buffer", error);

  return TRUE;
}

gboolean
vc_memory_create (VcGpu           *gpu,
                  VcMemoryUse      use,
                  gsize            size,
                  VkBuffer        *buffer,
                  VkDeviceMemory  *memory,
                  void           **mapped,
                  GError         **error)
{
  const VkBufferCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
    .size = size,
    .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
             VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
  };

  *buffer = VK_NULL_HANDLE;
  *memory = VK_NULL_HANDLE;
  *mapped = NULL;

  if (size > gpu->parent.max_buffer)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY,
                   "“%s” gives at most %.0f MB in one piece, wanted %.0f MB",
                   gpu->parent.info.name, gpu->parent.max_buffer / 1e6, size / 1e6);
      return FALSE;
    }

  if (!vc_gpu_ok (gpu, gpu->CreateBuffer (gpu->device, &info, NULL, buffer), "make a buffer", error))
    return FALSE;

  if (!back (gpu, use, *buffer, memory, mapped, error))
    {
      vc_memory_destroy (gpu, *buffer, *memory);
      return FALSE;
    }

  return TRUE;
}

void
vc_memory_destroy (VcGpu          *gpu,
                   VkBuffer        buffer,
                   VkDeviceMemory  memory)
{
  /* Memory that is freed need not be unmapped first. */
  gpu->DestroyBuffer (gpu->device, buffer, NULL);
  gpu->FreeMemory (gpu->device, memory, NULL);
}

guint64
vc_memory_get_free (VcDevice *device)
{
  const VcGpu *gpu = (VcGpu *) device;
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT,
  };
  VkPhysicalDeviceMemoryProperties2 properties = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
  };
  const gboolean told = vc_instance_has_extension (gpu->instance, gpu->physical,
                                                   VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  guint64 most = 0;

  if (told)
    properties.pNext = &budget;
  gpu->instance->GetPhysicalDeviceMemoryProperties2 (gpu->physical, &properties);

  for (uint32_t i = 0; i < properties.memoryProperties.memoryHeapCount; i++)
    {
      const VkMemoryHeap *heap = &properties.memoryProperties.memoryHeaps[i];
      const guint64 whole = told ? budget.heapBudget[i] : heap->size;
      const guint64 used = told ? budget.heapUsage[i] : 0;

      if (heap->flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
        most = MAX (most, whole - MIN (whole, used));
    }

  return gpu->unified ? MIN (most, vc_share_memory ("")) : most;
}
