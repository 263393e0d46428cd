/* instance.h: the Vulkan loader, and under test the validation layer */
#pragma once

#include "gpu/vk.h"

G_BEGIN_DECLS

typedef struct
{
  VkInstance               handle;
  VkDebugUtilsMessengerEXT messenger;  /* null unless validated */
#define CALL(name) PFN_vk##name name;
  VC_INSTANCE_CALLS (CALL)
#undef CALL
} VcInstance;

/**
 * vc_instance_new:
 *
 * Opens the Vulkan loader, which is looked for when the program runs: a computer without one lacks
 * nothing but a GPU.
 *
 * If the environment has VIGNETTE_VALIDATE=1, as the tests have, the Khronos validation layer watches
 * with its synchronization checks, and each of its errors and warnings is a g_critical(); so is its
 * absence.
 *
 * Errors: %VC_ERROR_NO_DEVICE, %VC_ERROR_OUT_OF_MEMORY.
 */
VcInstance *vc_instance_new  (GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_instance_free (VcInstance  *instance);

gboolean    vc_instance_has_extension (const VcInstance *instance,
                                       VkPhysicalDevice  device,
                                       const char       *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcInstance, vc_instance_free)

G_END_DECLS
