/* kept.c: a driver's compiled shaders in a file, believed only where nothing about it is amiss */

#define G_LOG_DOMAIN "vc-gpu"

#include "gpu/kept.h"

#include <string.h>

#include "gpu/shaders.h"

#define MAGIC "VcPipes1"
#define DIGEST 32

/* More is not read: all shaders of this program take a few megabytes. */
#define MOST ((gsize) 64 << 20)

/* Compared as bytes: without gaps. */
typedef struct
{
  char     magic[8];
  uint32_t vendor;
  uint32_t device;
  uint32_t driver;
  uint32_t api;
  uint8_t  uuid[VK_UUID_SIZE];
  char     shaders[64];
  uint8_t  digest[DIGEST];  /* SHA-256 of what follows */
} Head;

static Head
make_head (const VkPhysicalDeviceProperties *device,
           gconstpointer                     data,
           gsize                             size)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n_digest = DIGEST;
  Head head = { .magic = MAGIC, .vendor = device->vendorID, .device = device->deviceID,
                .driver = device->driverVersion, .api = device->apiVersion };

  G_STATIC_ASSERT (sizeof head == 136);

  memcpy (head.uuid, device->pipelineCacheUUID, sizeof head.uuid);
  memcpy (head.shaders, vc_shaders_digest, sizeof head.shaders);
  g_checksum_update (checksum, data, size);
  g_checksum_get_digest (checksum, head.digest, &n_digest);

  return head;
}

/* What Vulkan says a pipeline cache begins with. */
static gboolean
is_for (const VkPhysicalDeviceProperties *device,
        gconstpointer                     data,
        gsize                             size)
{
  VkPipelineCacheHeaderVersionOne head;

  if (size < sizeof head)
    return FALSE;

  memcpy (&head, data, sizeof head);

  return head.headerSize >= sizeof head && head.headerSize <= size &&
         head.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
         head.vendorID == device->vendorID && head.deviceID == device->deviceID &&
         memcmp (head.pipelineCacheUUID, device->pipelineCacheUUID, VK_UUID_SIZE) == 0;
}

GBytes *
vc_kept_read (const char                       *path,
              const VkPhysicalDeviceProperties *device)
{
  g_autoptr(GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autofree uint8_t *copy = NULL;
  gsize size;
  Head head;

  if (file == NULL || (size = g_mapped_file_get_length (file)) <= sizeof head || size > MOST)
    return NULL;

  /* What is looked at must be what is used, whoever writes to the file meanwhile. */
  copy = g_memdup2 (g_mapped_file_get_contents (file), size);
  size -= sizeof head;
  head = make_head (device, copy + sizeof head, size);
  if (memcmp (&head, copy, sizeof head) != 0 || !is_for (device, copy + sizeof head, size))
    return NULL;

  return g_bytes_new (copy + sizeof head, size);
}

gboolean
vc_kept_write (const char                       *path,
               const VkPhysicalDeviceProperties *device,
               gconstpointer                     data,
               gsize                             size)
{
  const Head head = make_head (device, data, size);
  g_autoptr(GError) error = NULL;
  g_autofree char *whole = NULL;

  if (size == 0 || size > MOST - sizeof head || !is_for (device, data, size))
    return FALSE;

  whole = g_malloc (sizeof head + size);
  memcpy (whole, &head, sizeof head);
  memcpy (whole + sizeof head, data, size);
  if (!g_file_set_contents (path, whole, sizeof head + size, &error))
    {
      g_debug ("%s", error->message);
      return FALSE;
    }

  return TRUE;
}
