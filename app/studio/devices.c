/* devices.c: what can compute here, for people to choose from */

#define G_LOG_DOMAIN "vig-devices"

#include "config.h"

#include "studio/devices.h"

void
vig_device_free (VigDevice *device)
{
  if (device == NULL)
    return;

  g_free (device->id);
  g_free (device->name);
  g_free (device->kind);
  g_free (device->type);
  g_free (device->driver);
  g_free (device->reason);
  g_free (device);
}

VigDevice *
vig_device_describe (const VcDeviceInfo *info)
{
  VigDevice *device = g_new0 (VigDevice, 1);

  device->id = g_strdup (info->id);
  device->name = g_strdup (info->name);
  device->kind = g_strdup (info->kind);
  device->type = g_strdup (info->type);
  device->driver = g_strdup (info->driver);
  device->reason = g_strdup (info->reason);
  device->memory = info->memory;
  device->ok = info->ok;
  device->is_default = info->is_default;

  return device;
}

GPtrArray *
vig_studio_list_devices (void)
{
  g_autoptr(GPtrArray) infos = vc_device_list ();
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_device_free);

  for (guint i = 0; i < infos->len; i++)
    g_ptr_array_add (devices, vig_device_describe (infos->pdata[i]));

  return devices;
}
