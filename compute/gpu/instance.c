/* instance.c: the Vulkan loader, and under test the validation layer */

#define G_LOG_DOMAIN "vc-gpu"

#include "gpu/instance.h"

#include <dlfcn.h>
#include <string.h>

#define VALIDATION_LAYER "VK_LAYER_KHRONOS_validation"

/* The loader stays open as long as the program runs: drivers leave threads and handlers behind. */
static PFN_vkGetInstanceProcAddr
find_loader (void)
{
  static gsize once;
  static PFN_vkGetInstanceProcAddr found;

  if (g_once_init_enter (&once))
    {
      void *library = dlopen ("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);

      if (library == NULL)
        library = dlopen ("libvulkan.so", RTLD_NOW | RTLD_LOCAL);
      if (library != NULL)
        found = (PFN_vkGetInstanceProcAddr) dlsym (library, "vkGetInstanceProcAddr");

      g_once_init_leave (&once, 1);
    }

  return found;
}

static VKAPI_ATTR VkBool32 VKAPI_CALL
message_cb (VkDebugUtilsMessageSeverityFlagBitsEXT      severity,
            VkDebugUtilsMessageTypeFlagsEXT             types,
            const VkDebugUtilsMessengerCallbackDataEXT *data,
            void                                       *user_data)
{
  g_critical ("Vulkan validation: %s", data->pMessage);

  return VK_FALSE;
}

/* Not GENERAL: the loader speaks there, of drivers for hardware that is not in this computer. */
static const VkDebugUtilsMessengerCreateInfoEXT messenger_info = {
  .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
  .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                     VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
  .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                 VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
  .pfnUserCallback = message_cb,
};

static gboolean
has_validation_layer (PFN_vkGetInstanceProcAddr get)
{
  PFN_vkEnumerateInstanceLayerProperties enumerate =
    (PFN_vkEnumerateInstanceLayerProperties) get (NULL, "vkEnumerateInstanceLayerProperties");
  g_autofree VkLayerProperties *layers = NULL;
  uint32_t n_layers = 0;

  if (enumerate (&n_layers, NULL) != VK_SUCCESS)
    return FALSE;

  layers = g_new0 (VkLayerProperties, MAX (n_layers, 1));
  if (enumerate (&n_layers, layers) < 0)
    return FALSE;

  for (uint32_t i = 0; i < n_layers; i++)
    if (strcmp (layers[i].layerName, VALIDATION_LAYER) == 0)
      return TRUE;

  return FALSE;
}

VcInstance *
vc_instance_new (GError **error)
{
  static const VkValidationFeatureEnableEXT checks[] = {
    VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT,
  };
  const VkValidationFeaturesEXT features = {
    .sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
    .pNext = &messenger_info,
    .enabledValidationFeatureCount = G_N_ELEMENTS (checks),
    .pEnabledValidationFeatures = checks,
  };
  /* 1.1 is all that is needed; the properties that later versions report are only read. */
  const VkApplicationInfo application = {
    .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
    .pApplicationName = "Vignette",
    .apiVersion = VK_API_VERSION_1_3,
  };
  const gboolean validate = g_strcmp0 (g_getenv ("VIGNETTE_VALIDATE"), "1") == 0;
  const VkInstanceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
    .pNext = validate ? &features : NULL,
    .pApplicationInfo = &application,
    .enabledLayerCount = validate ? 1 : 0,
    .ppEnabledLayerNames = (const char *[]) { VALIDATION_LAYER },
    .enabledExtensionCount = validate ? 1 : 0,
    .ppEnabledExtensionNames = (const char *[]) { VK_EXT_DEBUG_UTILS_EXTENSION_NAME },
  };
  const PFN_vkGetInstanceProcAddr get = find_loader ();
  g_autoptr(VcInstance) instance = g_new0 (VcInstance, 1);

  /* A loader of Vulkan 1.0 lacks the second function. */
  if (get == NULL || get (NULL, "vkEnumerateInstanceVersion") == NULL)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE, "this computer has no Vulkan loader");
      return NULL;
    }

  if (validate && !has_validation_layer (get))
    {
      g_critical ("VIGNETTE_VALIDATE is set, but “" VALIDATION_LAYER "” is not installed");
      g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE, "the Vulkan validation layer is missing");
      return NULL;
    }

  if (!vc_vk_ok (((PFN_vkCreateInstance) get (NULL, "vkCreateInstance")) (&info, NULL,
                                                                         &instance->handle),
                 "start Vulkan", error))
    return NULL;

#define CALL(name) instance->name = (PFN_vk##name) get (instance->handle, "vk" #name);
  VC_INSTANCE_CALLS (CALL)
#undef CALL

  if (validate)
    {
      PFN_vkCreateDebugUtilsMessengerEXT create =
        (PFN_vkCreateDebugUtilsMessengerEXT) get (instance->handle, "vkCreateDebugUtilsMessengerEXT");

      if (!vc_vk_ok (create (instance->handle, &messenger_info, NULL, &instance->messenger),
                     "report mistakes", error))
        return NULL;
    }

  return g_steal_pointer (&instance);
}

void
vc_instance_free (VcInstance *instance)
{
  if (instance == NULL)
    return;

  if (instance->messenger != VK_NULL_HANDLE)
    {
      PFN_vkDestroyDebugUtilsMessengerEXT destroy =
        (PFN_vkDestroyDebugUtilsMessengerEXT) find_loader () (instance->handle,
                                                              "vkDestroyDebugUtilsMessengerEXT");

      destroy (instance->handle, instance->messenger, NULL);
    }
  if (instance->handle != NULL)
    instance->DestroyInstance (instance->handle, NULL);
  g_free (instance);
}

gboolean
vc_instance_has_extension (const VcInstance *instance,
                           VkPhysicalDevice  device,
                           const char       *name)
{
  uint32_t n = 0;
  g_autofree VkExtensionProperties *list = NULL;

  if (instance->EnumerateDeviceExtensionProperties (device, NULL, &n, NULL) != VK_SUCCESS)
    return FALSE;

  list = g_new0 (VkExtensionProperties, n + 1);
  if (instance->EnumerateDeviceExtensionProperties (device, NULL, &n, list) != VK_SUCCESS)
    return FALSE;

  for (uint32_t i = 0; i < n; i++)
    if (strcmp (list[i].extensionName, name) == 0)
      return TRUE;

  return FALSE;
}
