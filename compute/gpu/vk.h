/* vk.h: Vulkan as this room speaks it: functions by table, results as errors */
#pragma once

#include "error.h"

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan_core.h>

G_BEGIN_DECLS

/* What headers before 1.3.255 do not know [Vulkan specification, VK_KHR_cooperative_matrix]. */
#ifndef VK_KHR_cooperative_matrix
#define VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME "VK_KHR_cooperative_matrix"
#define VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR ((VkStructureType) 1000506000)
#define VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR ((VkStructureType) 1000506001)
#define VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_PROPERTIES_KHR ((VkStructureType) 1000506002)

typedef enum
{
  VK_COMPONENT_TYPE_FLOAT16_KHR = 0,
  VK_COMPONENT_TYPE_FLOAT32_KHR = 1,
} VkComponentTypeKHR;

typedef enum
{
  VK_SCOPE_SUBGROUP_KHR = 3,
} VkScopeKHR;

typedef struct VkCooperativeMatrixPropertiesKHR
{
  VkStructureType    sType;
  void              *pNext;
  uint32_t           MSize;
  uint32_t           NSize;
  uint32_t           KSize;
  VkComponentTypeKHR AType;
  VkComponentTypeKHR BType;
  VkComponentTypeKHR CType;
  VkComponentTypeKHR ResultType;
  VkBool32           saturatingAccumulation;
  VkScopeKHR         scope;
} VkCooperativeMatrixPropertiesKHR;

typedef struct VkPhysicalDeviceCooperativeMatrixFeaturesKHR
{
  VkStructureType  sType;
  void            *pNext;
  VkBool32         cooperativeMatrix;
  VkBool32         cooperativeMatrixRobustBufferAccess;
} VkPhysicalDeviceCooperativeMatrixFeaturesKHR;

typedef struct VkPhysicalDeviceCooperativeMatrixPropertiesKHR
{
  VkStructureType     sType;
  void               *pNext;
  VkShaderStageFlags  cooperativeMatrixSupportedStages;
} VkPhysicalDeviceCooperativeMatrixPropertiesKHR;

typedef VkResult (VKAPI_PTR *PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR) (
  VkPhysicalDevice                  physicalDevice,
  uint32_t                         *pPropertyCount,
  VkCooperativeMatrixPropertiesKHR *pProperties);
#endif

/* The functions of an instance and of a device that are called: fields of VcInstance and of VcGpu. */
#define VC_INSTANCE_CALLS(CALL) \
  CALL (CreateDevice) \
  CALL (DestroyInstance) \
  CALL (EnumerateDeviceExtensionProperties) \
  CALL (EnumeratePhysicalDevices) \
  CALL (GetDeviceProcAddr) \
  CALL (GetPhysicalDeviceCooperativeMatrixPropertiesKHR) \
  CALL (GetPhysicalDeviceFeatures2) \
  CALL (GetPhysicalDeviceMemoryProperties) \
  CALL (GetPhysicalDeviceMemoryProperties2) \
  CALL (GetPhysicalDeviceProperties) \
  CALL (GetPhysicalDeviceProperties2) \
  CALL (GetPhysicalDeviceQueueFamilyProperties)

#define VC_DEVICE_CALLS(CALL) \
  CALL (AllocateCommandBuffers) \
  CALL (AllocateDescriptorSets) \
  CALL (AllocateMemory) \
  CALL (BeginCommandBuffer) \
  CALL (BindBufferMemory) \
  CALL (CmdBindDescriptorSets) \
  CALL (CmdBindPipeline) \
  CALL (CmdCopyBuffer) \
  CALL (CmdDispatch) \
  CALL (CmdPipelineBarrier) \
  CALL (CmdPushConstants) \
  CALL (CreateBuffer) \
  CALL (CreateBufferView) \
  CALL (CreateCommandPool) \
  CALL (CreateComputePipelines) \
  CALL (CreateDescriptorPool) \
  CALL (CreateDescriptorSetLayout) \
  CALL (CreateFence) \
  CALL (CreatePipelineCache) \
  CALL (CreatePipelineLayout) \
  CALL (CreateShaderModule) \
  CALL (DestroyBuffer) \
  CALL (DestroyBufferView) \
  CALL (DestroyCommandPool) \
  CALL (DestroyDescriptorPool) \
  CALL (DestroyDescriptorSetLayout) \
  CALL (DestroyDevice) \
  CALL (DestroyFence) \
  CALL (DestroyPipeline) \
  CALL (DestroyPipelineCache) \
  CALL (DestroyPipelineLayout) \
  CALL (DestroyShaderModule) \
  CALL (DeviceWaitIdle) \
  CALL (EndCommandBuffer) \
  CALL (FreeMemory) \
  CALL (GetBufferMemoryRequirements) \
  CALL (GetDeviceQueue) \
  CALL (GetPipelineCacheData) \
  CALL (MapMemory) \
  CALL (QueueSubmit) \
  CALL (ResetCommandPool) \
  CALL (ResetDescriptorPool) \
  CALL (ResetFences) \
  CALL (UpdateDescriptorSets) \
  CALL (WaitForFences)

/* Whether @result is a success; if not, @error says what the driver could not do: “@what”, a verb
 * and its object. */
static inline gboolean
vc_vk_ok (VkResult     result,
          const char  *what,
          GError     **error)
{
  switch ((int) result)
    {
    case VK_SUCCESS:
      return TRUE;

    case VK_ERROR_OUT_OF_HOST_MEMORY:
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
    case VK_ERROR_OUT_OF_POOL_MEMORY:
    case VK_ERROR_FRAGMENTED_POOL:
    case VK_ERROR_MEMORY_MAP_FAILED:
    case VK_ERROR_TOO_MANY_OBJECTS:
      g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY,
                   "the GPU has no memory left to %s", what);
      return FALSE;

    case VK_ERROR_INITIALIZATION_FAILED:
    case VK_ERROR_INCOMPATIBLE_DRIVER:
    case VK_ERROR_LAYER_NOT_PRESENT:
    case VK_ERROR_EXTENSION_NOT_PRESENT:
    case VK_ERROR_FEATURE_NOT_PRESENT:
      g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE,
                   "the GPU's driver is not able to %s", what);
      return FALSE;

    case VK_ERROR_DEVICE_LOST:
      g_set_error (error, VC_ERROR, VC_ERROR_DEVICE_LOST,
                   "the GPU stopped answering when it was to %s", what);
      return FALSE;

    default:
      g_set_error (error, VC_ERROR, VC_ERROR_DEVICE_LOST,
                   "the GPU's driver failed to %s (result %d)", what, (int) result);
      return FALSE;
    }
}

G_END_DECLS
