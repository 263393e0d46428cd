/* matrix.c: whether a device multiplies matrices that a subgroup holds together, and of which sizes */

#include "gpu/matrix.h"

#include <string.h>

#include "gpu/shaders.h"
#include "interface/linear.h"

/* Vectors of halves, and sums, of a workgroup: see linear_matrix.comp. */
#define SHARED_BYTES (2 * 64 * 40 * 2 + 64 * 64 * 4)

static gboolean
has_shader (void)
{
  for (guint i = 0; i < vc_n_shaders; i++)
    if (strcmp (vc_shaders[i].name, "linear_matrix_f16") == 0)
      return TRUE;

  return FALSE;
}

/* What it can do; the extension's features can only be asked for where there is the extension. */
static gboolean
has_features (const VcInstance *instance,
              VkPhysicalDevice  device)
{
  VkPhysicalDeviceCooperativeMatrixFeaturesKHR matrix = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR,
  };
  VkPhysicalDeviceVulkan12Features arithmetic = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
    .pNext = &matrix,
  };
  VkPhysicalDeviceFeatures2 all = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
    .pNext = &arithmetic,
  };

  if (!vc_instance_has_extension (instance, device, VK_KHR_COOPERATIVE_MATRIX_EXTENSION_NAME))
    return FALSE;

  instance->GetPhysicalDeviceFeatures2 (device, &all);

  return matrix.cooperativeMatrix && arithmetic.shaderFloat16 && arithmetic.vulkanMemoryModel;
}

/* Invocations of a subgroup; 0 where compute shaders do not know beforehand, or cannot use matrices. */
static uint32_t
find_lanes (const VcInstance *instance,
            VkPhysicalDevice  device)
{
  VkPhysicalDeviceCooperativeMatrixPropertiesKHR matrix = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_PROPERTIES_KHR,
  };
  VkPhysicalDeviceVulkan13Properties sizes = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_PROPERTIES,
    .pNext = &matrix,
  };
  VkPhysicalDeviceProperties2 all = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    .pNext = &sizes,
  };

  instance->GetPhysicalDeviceProperties2 (device, &all);
  if (!(matrix.cooperativeMatrixSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) ||
      sizes.minSubgroupSize != sizes.maxSubgroupSize)
    return 0;

  return sizes.minSubgroupSize;
}

static gboolean
is_of_use (const VkCooperativeMatrixPropertiesKHR *found)
{
  const uint32_t side = VC_LINEAR_TILE / 2;

  return found->scope == VK_SCOPE_SUBGROUP_KHR && !found->saturatingAccumulation &&
         found->AType == VK_COMPONENT_TYPE_FLOAT16_KHR && found->BType == VK_COMPONENT_TYPE_FLOAT16_KHR &&
         found->CType == VK_COMPONENT_TYPE_FLOAT32_KHR && found->ResultType == VK_COMPONENT_TYPE_FLOAT32_KHR &&
         side % found->MSize == 0 && side % found->NSize == 0 &&
         found->KSize % 4 == 0 && VC_LINEAR_MATRIX_STEP % found->KSize == 0;
}

/* Multiplications of one product. */
static uint32_t
measure (const VcMatrix *matrix)
{
  return matrix->rows * matrix->outs * matrix->depth;
}

VcMatrix
vc_matrix_find (const VcInstance                 *instance,
                VkPhysicalDevice                  device,
                const VkPhysicalDeviceProperties *properties,
                VcMatrixFeatures                 *features)
{
  const PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR list = instance->GetPhysicalDeviceCooperativeMatrixPropertiesKHR;
  g_autofree VkCooperativeMatrixPropertiesKHR *all = NULL;
  VcMatrix best = { 0 };
  uint32_t lanes;
  uint32_t n = 0;

  if (!has_shader () || list == NULL || g_strcmp0 (g_getenv ("VIGNETTE_MATRIX"), "0") == 0 ||
      properties->apiVersion < VK_API_VERSION_1_3 ||
      properties->limits.maxComputeSharedMemorySize < SHARED_BYTES || !has_features (instance, device))
    return best;

  lanes = find_lanes (instance, device);
  if (lanes == 0 || lanes * VC_LINEAR_MATRIX_PARTS > VC_GPU_INVOCATIONS || list (device, &n, NULL) != VK_SUCCESS)
    return best;

  all = g_new0 (VkCooperativeMatrixPropertiesKHR, MAX (n, 1));
  for (uint32_t i = 0; i < n; i++)
    all[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR;
  if (list (device, &n, all) != VK_SUCCESS)
    return best;

  for (uint32_t i = 0; i < n; i++)
    {
      const VcMatrix found = { all[i].MSize, all[i].NSize, all[i].KSize, lanes };

      if (is_of_use (&all[i]) && measure (&found) > measure (&best))
        best = found;
    }

  *features = (VcMatrixFeatures) {
    .arithmetic = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
      .pNext = &features->matrix,
      .shaderFloat16 = VK_TRUE,
      .vulkanMemoryModel = VK_TRUE,
    },
    .matrix = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_KHR,
      .cooperativeMatrix = VK_TRUE,
    },
  };

  return best;
}
