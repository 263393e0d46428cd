/* matrix.h: whether a device multiplies matrices that a subgroup holds together, and of which sizes */
#pragma once

#include "gpu/gpu.h"

G_BEGIN_DECLS

/* What a device is opened with to multiply so: in the order of the chain. */
typedef struct
{
  VkPhysicalDeviceVulkan12Features              arithmetic;
  VkPhysicalDeviceCooperativeMatrixFeaturesKHR  matrix;
} VcMatrixFeatures;

/**
 * vc_matrix_find:
 * @features: filled to be the head of VkDeviceCreateInfo's chain, where there are such matrices
 *
 * Looks for products of f16 added up in f32 by a subgroup, of sizes that linear_matrix.comp can take apart,
 * the largest. VIGNETTE_MATRIX=0 in the environment leaves them out, to measure what they gain.
 *
 * Returns: all 0 where there are none, or the program was built without their shader
 */
VcMatrix vc_matrix_find (const VcInstance                 *instance,
                         VkPhysicalDevice                  device,
                         const VkPhysicalDeviceProperties *properties,
                         VcMatrixFeatures                 *features);

G_END_DECLS
