/* gpu.c: finds the Vulkan devices, opens one */

#include "gpu/gpu.h"

#include <string.h>

#include "gpu/buffer.h"
#include "gpu/matrix.h"
#include "gpu/memory.h"
#include "gpu/program.h"
#include "gpu/queue.h"
#include "gpu/submit.h"

/* How long a submission can take before the device is taken to be lost: a hundred times what it should on hardware,
 * while in software what is large takes minutes. */
#define PATIENCE_US (30 * G_USEC_PER_SEC)
#define SOFTWARE_PATIENCE_US (20 * 60 * G_USEC_PER_SEC)

/* A physical device and what it is called; the devices of an instance are an array of these. */
typedef struct
{
  VkPhysicalDevice                       handle;
  VkPhysicalDeviceProperties2            properties;
  VkPhysicalDeviceIDProperties           identity;
  VkPhysicalDeviceMaintenance3Properties allocation;
  VkPhysicalDeviceDriverProperties       driver;    /* Vulkan 1.2 */
  VkPhysicalDeviceMaintenance4Properties buffer;    /* Vulkan 1.3 */
  VkPhysicalDeviceMemoryProperties       memory;
  uint32_t                               family;    /* of queues */
  char                                  *id;        /* owned */
  gsize                                  capacity;  /* bytes of memory that it can use */
} Found;

static void
clear_found (gpointer data)
{
  g_free (((Found *) data)->id);
}

static const char *
name_type (VkPhysicalDeviceType type)
{
  switch (type)
    {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return "discrete";
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return "integrated";
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return "software";
    default:
      return "virtual";
    }
}

/* Lower is better. */
static int
rank_type (VkPhysicalDeviceType type)
{
  switch (type)
    {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return 0;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return 1;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return 3;
    default:
      return 2;
    }
}

static int
compare_found (gconstpointer a,
               gconstpointer b)
{
  const Found *one = a;
  const Found *two = b;
  const int rank = rank_type (one->properties.properties.deviceType) -
                   rank_type (two->properties.properties.deviceType);

  if (rank != 0)
    return rank;
  if (one->capacity != two->capacity)
    return one->capacity > two->capacity ? -1 : 1;

  return strcmp (one->id, two->id);
}

/* A family that does nothing but compute, if there is one, leaves the other to whoever draws the
 * desktop. Returns FALSE if no family computes. */
static gboolean
choose_family (const VcInstance *instance,
               VkPhysicalDevice  handle,
               uint32_t         *family)
{
  uint32_t n_families = 0;
  g_autofree VkQueueFamilyProperties *families = NULL;
  gboolean found = FALSE;

  instance->GetPhysicalDeviceQueueFamilyProperties (handle, &n_families, NULL);
  families = g_new0 (VkQueueFamilyProperties, MAX (n_families, 1));
  instance->GetPhysicalDeviceQueueFamilyProperties (handle, &n_families, families);

  for (uint32_t i = 0; i < n_families; i++)
    {
      const VkQueueFlags flags = families[i].queueFlags;

      if (families[i].queueCount == 0 || !(flags & VK_QUEUE_COMPUTE_BIT))
        continue;

      if (!found || !(flags & VK_QUEUE_GRAPHICS_BIT))
        *family = i;
      found = TRUE;
      if (!(flags & VK_QUEUE_GRAPHICS_BIT))
        break;
    }

  return found;
}

/* "gpu-" and the UUID; "-2" after it where two drivers speak for one device. */
static char *
make_id (const Found *found,
         GArray      *others)
{
  g_autoptr(GString) id = g_string_new ("gpu-");
  guint same = 1;

  for (guint i = 0; i < VK_UUID_SIZE; i++)
    g_string_append_printf (id, "%02x", found->identity.deviceUUID[i]);

  for (guint i = 0; i < others->len; i++)
    if (memcmp (g_array_index (others, Found, i).identity.deviceUUID, found->identity.deviceUUID,
                VK_UUID_SIZE) == 0)
      same++;
  if (same > 1)
    g_string_append_printf (id, "-%u", same);

  return g_string_free (g_steal_pointer (&id), FALSE);
}

/* Asks for all that the device's version of Vulkan can tell. FALSE if it cannot be used at all. */
static gboolean
inspect (const VcInstance *instance,
         VkPhysicalDevice  handle,
         Found            *found)
{
  VkPhysicalDeviceProperties basic;
  void **tail = &found->properties.pNext;

  instance->GetPhysicalDeviceProperties (handle, &basic);
  if (basic.apiVersion < VK_API_VERSION_1_1 || !choose_family (instance, handle, &found->family))
    return FALSE;

  found->handle = handle;
  found->properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;

#define ASK(field, type) \
  (found->field.sType = (type), *tail = &found->field, tail = &found->field.pNext)
  ASK (identity, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES);
  ASK (allocation, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES);
  if (basic.apiVersion >= VK_API_VERSION_1_2)
    ASK (driver, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES);
  if (basic.apiVersion >= VK_API_VERSION_1_3)
    ASK (buffer, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_PROPERTIES);
#undef ASK

  instance->GetPhysicalDeviceProperties2 (handle, &found->properties);
  instance->GetPhysicalDeviceMemoryProperties (handle, &found->memory);

  for (uint32_t i = 0; i < found->memory.memoryHeapCount; i++)
    if (found->memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      found->capacity += found->memory.memoryHeaps[i].size;

  return TRUE;
}

/* (element-type Found): the best first. NULL with an error if Vulkan cannot list them. */
static GArray *
find_devices (const VcInstance  *instance,
              GError           **error)
{
  g_autoptr(GArray) list = g_array_new (FALSE, FALSE, sizeof (Found));
  g_autofree VkPhysicalDevice *handles = NULL;
  uint32_t n_handles = 0;
  VkResult result;

  g_array_set_clear_func (list, clear_found);

  if (!vc_vk_ok (instance->EnumeratePhysicalDevices (instance->handle, &n_handles, NULL),
                 "list its devices", error))
    return NULL;

  handles = g_new0 (VkPhysicalDevice, MAX (n_handles, 1));
  result = instance->EnumeratePhysicalDevices (instance->handle, &n_handles, handles);
  if (result != VK_INCOMPLETE && !vc_vk_ok (result, "list its devices", error))
    return NULL;

  for (uint32_t i = 0; i < n_handles; i++)
    {
      Found found = { 0 };

      if (!inspect (instance, handles[i], &found))
        continue;

      found.id = make_id (&found, list);
      g_array_append_val (list, found);
    }
  g_array_sort (list, compare_found);

  return g_steal_pointer (&list);
}

static VcDeviceInfo
describe (const Found *found)
{
  const VkPhysicalDeviceProperties *basic = &found->properties.properties;
  g_autofree char *driver = NULL;

  if (found->driver.driverName[0] != '\0')
    driver = g_strdup_printf ("%s %s", found->driver.driverName, found->driver.driverInfo);
  else
    driver = g_strdup_printf ("Vulkan %u.%u, driver version %u",
                              VK_API_VERSION_MAJOR (basic->apiVersion),
                              VK_API_VERSION_MINOR (basic->apiVersion), basic->driverVersion);

  return (VcDeviceInfo) {
    .id = g_strdup (found->id),
    .name = g_utf8_make_valid (basic->deviceName, -1),
    .kind = g_strdup ("gpu"),
    .type = g_strdup (name_type (basic->deviceType)),
    .driver = g_utf8_make_valid (g_strstrip (driver), -1),
    .memory = found->capacity,
  };
}

GPtrArray *
vc_gpu_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) vc_device_info_free);
  /* Why there is none does not matter here: it is no fault of the user's to have no GPU. */
  g_autoptr(VcInstance) instance = vc_instance_new (NULL);
  g_autoptr(GArray) found = instance != NULL ? find_devices (instance, NULL) : NULL;

  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      VcDeviceInfo *info = g_new0 (VcDeviceInfo, 1);

      *info = describe (&g_array_index (found, Found, i));
      g_ptr_array_add (list, info);
    }

  return list;
}

gboolean
vc_gpu_ok (VcGpu       *gpu,
           VkResult     result,
           const char  *what,
           GError     **error)
{
  if (result == VK_ERROR_DEVICE_LOST)
    gpu->lost = TRUE;

  return vc_vk_ok (result, what, error);
}

static void
gpu_free (VcDevice *device)
{
  VcGpu *gpu = (VcGpu *) device;

  /* It may write to what it was given as long as it lives: then all of it is left to it. */
  if (gpu->work != NULL && !vc_queue_leave (gpu))
    return;

  if (gpu->device != NULL)
    {
      /* Also for a lost device it returns, and only then may its parts be freed. */
      gpu->DeviceWaitIdle (gpu->device);
      vc_staging_free (gpu, gpu->staging);
      vc_queue_free (gpu, gpu->work);
      vc_programs_free (gpu, gpu->programs);
      vc_sheets_free (gpu, gpu->sheets);
      gpu->DestroyDevice (gpu->device, NULL);
    }
  vc_instance_free (gpu->instance);
  g_free (gpu);
}

static const VcDeviceClass gpu_class = {
  .allocate = vc_buffer_allocate,
  .share = vc_buffer_share,
  .release = vc_buffer_release,
  .upload = vc_buffer_upload,
  .download = vc_buffer_download,
  .submit = vc_sheets_submit,
  .get_free = vc_memory_get_free,
  .free = gpu_free,
};

/* What the specification does not promise and the ops take for granted. */
static gboolean
check_limits (const Found  *found,
              GError      **error)
{
  const VkPhysicalDeviceProperties *basic = &found->properties.properties;
  const VkPhysicalDeviceLimits *limits = &basic->limits;

  if (limits->maxComputeWorkGroupInvocations < VC_GPU_INVOCATIONS ||
      limits->maxComputeWorkGroupSize[0] < VC_GPU_INVOCATIONS)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE,
                   "“%s” runs %u invocations a workgroup, wanted %u", basic->deviceName,
                   limits->maxComputeWorkGroupInvocations, VC_GPU_INVOCATIONS);
      return FALSE;
    }

  if (limits->maxPerStageDescriptorStorageBuffers < VC_GPU_BUFFERS ||
      limits->maxDescriptorSetStorageBuffers < VC_GPU_BUFFERS)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE,
                   "“%s” binds %u buffers to a shader, wanted %u", basic->deviceName,
                   limits->maxPerStageDescriptorStorageBuffers, VC_GPU_BUFFERS);
      return FALSE;
    }

  return TRUE;
}

static gboolean
open_found (VcGpu        *gpu,
            const Found  *found,
            const char   *cache,
            GError      **error)
{
  const VkPhysicalDeviceProperties *basic = &found->properties.properties;
  g_autofree char *name = g_strconcat (found->id, ".pipelines", NULL);
  g_autofree char *path = cache != NULL ? g_build_filename (cache, name, NULL) : NULL;
  const float priority = 1;
  const VkDeviceQueueCreateInfo queue_info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
    .queueFamilyIndex = found->family,
    .queueCount = 1,
    .pQueuePriorities = &priority,
  };
  const char *matrix_extension = VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME;
  VcMatrixFeatures features;
  VkDeviceCreateInfo device_info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
    .queueCreateInfoCount = 1,
    .pQueueCreateInfos = &queue_info,
  };

  if (!check_limits (found, error))
    return FALSE;

  gpu->physical = found->handle;
  gpu->family = found->family;
  gpu->memory = found->memory;
  gpu->properties = *basic;
  gpu->parent.max_range = basic->limits.maxStorageBufferRange;
  gpu->parent.has_ways = TRUE;
  gpu->max_texels = basic->limits.minTexelBufferOffsetAlignment <= VC_TENSOR_ALIGN
                    ? basic->limits.maxTexelBufferElements : 0;
  /* A buffer has an allocation of its own, which drivers make a little larger. */
  gpu->parent.max_buffer = found->allocation.maxMemoryAllocationSize - (1 << 20);
  if (found->buffer.maxBufferSize > 0)
    gpu->parent.max_buffer = MIN (gpu->parent.max_buffer, found->buffer.maxBufferSize);
  gpu->unified = basic->deviceType != VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU;
  /* So that tests reach what graphics cards do on a computer without one. */
  gpu->staged = g_strcmp0 (g_getenv ("VIGNETTE_STAGED"), "1") == 0;

  gpu->parent.matrix = vc_matrix_find (gpu->instance, gpu->physical, basic, &features);
  if (gpu->parent.matrix.lanes > 0)
    {
      device_info.pNext = &features;
      device_info.enabledExtensionCount = 1;
      device_info.ppEnabledExtensionNames = &matrix_extension;
    }

  if (!vc_vk_ok (gpu->instance->CreateDevice (gpu->physical, &device_info, NULL, &gpu->device),
                 "open the device", error))
    return FALSE;

#define CALL(name) \
  gpu->name = (PFN_vk##name) gpu->instance->GetDeviceProcAddr (gpu->device, "vk" #name);
  VC_DEVICE_CALLS (CALL)
#undef CALL

  gpu->GetDeviceQueue (gpu->device, gpu->family, 0, &gpu->queue);
  gpu->patience_us = basic->deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ? SOFTWARE_PATIENCE_US : PATIENCE_US;
  gpu->programs = vc_programs_new (gpu, path);
  gpu->work = vc_queue_new ();
  gpu->sheets = vc_sheets_new (gpu, error);

  return gpu->sheets != NULL;
}

VcDevice *
vc_gpu_open (const char  *id,
             const char  *cache,
             GError     **error)
{
  g_autoptr(GArray) found = NULL;
  g_autoptr(VcInstance) instance = vc_instance_new (error);

  if (instance == NULL || (found = find_devices (instance, error)) == NULL)
    return NULL;

  for (guint i = 0; i < found->len; i++)
    {
      const Found *candidate = &g_array_index (found, Found, i);
      g_autoptr(VcDevice) device = NULL;

      if (strcmp (candidate->id, id) != 0)
        continue;

      device = (VcDevice *) g_new0 (VcGpu, 1);
      device->class = &gpu_class;
      device->info = describe (candidate);
      ((VcGpu *) device)->instance = g_steal_pointer (&instance);

      if (!open_found ((VcGpu *) device, candidate, cache, error))
        return NULL;

      return g_steal_pointer (&device);
    }

  g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE, "there is no device “%s” here", id);
  return NULL;
}
