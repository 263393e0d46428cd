/* device.c: lists the devices, opens one, says why it was chosen */

#include "device.h"

#include "device-private.h"

static void
clear_info (VcDeviceInfo *info)
{
  g_free (info->id);
  g_free (info->name);
  g_free (info->kind);
  g_free (info->type);
  g_free (info->driver);
  g_free (info->reason);
}

void
vc_device_info_free (VcDeviceInfo *info)
{
  if (info == NULL)
    return;

  clear_info (info);
  g_free (info);
}

/* Only the processor so far. */
GPtrArray *
vc_device_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) vc_device_info_free);
  g_autoptr(VcDevice) device = vc_host_open (NULL);
  VcDeviceInfo *info = g_new0 (VcDeviceInfo, 1);

  *info = (VcDeviceInfo) {
    .id = g_strdup (device->info.id),
    .name = g_strdup (device->info.name),
    .kind = g_strdup (device->info.kind),
    .type = g_strdup (device->info.type),
    .driver = g_strdup (device->info.driver),
    .memory = device->info.memory,
    .ok = TRUE,
    .is_default = TRUE,
  };
  g_ptr_array_add (list, info);

  return list;
}

VcDevice *
vc_device_open (const char  *choice,
                GError     **error)
{
  return vc_host_open (error);
}

void
vc_device_free (VcDevice *device)
{
  if (device == NULL)
    return;

  clear_info (&device->info);
  device->class->free (device);
}

const VcDeviceInfo *
vc_device_get_info (VcDevice *device)
{
  return &device->info;
}
