/* device.c: lists the devices, opens one, says why it was chosen */

#include "device.h"

#include <string.h>

#include "device-private.h"
#include "selftest.h"
#include "tune.h"

/* Owned; guarded by the lock. */
static char *cache;
static GMutex cache_lock;

void
vc_device_set_cache (const char *directory)
{
  g_mutex_lock (&cache_lock);
  g_free (cache);
  cache = g_strdup (directory);
  g_mutex_unlock (&cache_lock);
}

static char *
dup_cache (void)
{
  char *directory;

  g_mutex_lock (&cache_lock);
  directory = g_strdup (cache);
  g_mutex_unlock (&cache_lock);

  return directory;
}

/* A GPU by its id, with each kind of work in the way that is the fastest there. */
static VcDevice *
open_tuned (const char  *id,
            GError     **error)
{
  g_autofree char *directory = dup_cache ();
  VcDevice *device = vc_gpu_open (id, directory, error);

  if (device != NULL && directory != NULL)
    vc_tune (device, directory);

  return device;
}

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

static gboolean
is_software (const VcDeviceInfo *info)
{
  return strcmp (info->type, "software") == 0;
}

/* Ids of those that passed while this program runs. Guarded by the lock. */
static GHashTable *passed;

static gboolean
has_passed (const char *id)
{
  gboolean found;

  g_mutex_lock (&cache_lock);
  found = passed != NULL && g_hash_table_contains (passed, id);
  g_mutex_unlock (&cache_lock);

  return found;
}

static void
note_passed (const char *id)
{
  g_mutex_lock (&cache_lock);
  if (passed == NULL)
    passed = g_hash_table_new (g_str_hash, g_str_equal);
  if (!g_hash_table_contains (passed, id))
    g_hash_table_add (passed, g_strdup (id));
  g_mutex_unlock (&cache_lock);
}

/* By its id; it has passed its self-test: now, or, if @once, some time before. */
static VcDevice *
open_tested (const char  *id,
             gboolean     tuned,
             gboolean     once,
             GError     **error)
{
  g_autoptr(VcDevice) device = tuned ? open_tuned (id, error) : vc_gpu_open (id, NULL, error);

  if (device == NULL || (!(once && has_passed (id)) && !vc_selftest (device, error)))
    return NULL;

  note_passed (id);
  device->info.ok = TRUE;

  return g_steal_pointer (&device);
}

static void
add_host (GPtrArray *list)
{
  VcDeviceInfo *info = g_new0 (VcDeviceInfo, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_host_open (&error);

  g_ptr_array_add (list, info);

  if (device == NULL)
    {
      *info = (VcDeviceInfo) { .id = g_strdup ("host"), .name = g_strdup ("Processor"),
                               .kind = g_strdup ("host"), .type = g_strdup ("cpu"),
                               .driver = g_strdup (""), .reason = g_strdup (error->message) };
      return;
    }

  info->ok = vc_selftest (device, &error);
  info->id = g_strdup (device->info.id);
  info->name = g_strdup (device->info.name);
  info->kind = g_strdup (device->info.kind);
  info->type = g_strdup (device->info.type);
  info->driver = g_strdup (device->info.driver);
  info->memory = device->info.memory;
  info->reason = info->ok ? NULL : g_strdup (error->message);
}

static void
test_gpu (VcDeviceInfo *info)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = open_tested (info->id, FALSE, FALSE, &error);

  info->ok = device != NULL;
  if (device == NULL)
    info->reason = g_strdup (error->message);
}

/* Why @info, which works, is not @chosen. */
static const char *
excuse (const VcDeviceInfo *info,
        const VcDeviceInfo *chosen)
{
  if (is_software (info))
    return "software Vulkan is never chosen by itself";
  if (strcmp (info->kind, "host") == 0)
    return "there is a real GPU";

  return strcmp (info->type, chosen->type) == 0 ? "another GPU of its kind comes first"
                                                : "there is a GPU of a faster kind";
}

void
vc_device_choose (GPtrArray *list)
{
  VcDeviceInfo *chosen = g_ptr_array_index (list, 0);
  guint n_broken = 0;

  for (guint i = 1; i < list->len; i++)
    {
      VcDeviceInfo *info = g_ptr_array_index (list, i);

      if (!info->ok && !is_software (info))
        n_broken++;
      if (info->ok && !is_software (info) && strcmp (chosen->kind, "host") == 0)
        chosen = info;
    }

  chosen->is_default = TRUE;
  for (guint i = 0; i < list->len; i++)
    {
      VcDeviceInfo *info = g_ptr_array_index (list, i);

      if (info->reason != NULL)
        continue;

      if (info != chosen)
        info->reason = g_strdup (excuse (info, chosen));
      else if (strcmp (info->kind, "gpu") == 0)
        info->reason = g_strdup ("the best real GPU that passed its self-test");
      else if (n_broken > 0)
        info->reason = g_strdup ("no real GPU passed its self-test");
      else
        info->reason = g_strdup ("there is no real GPU here");
    }
}

GPtrArray *
vc_device_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) vc_device_info_free);
  g_autoptr(GPtrArray) gpus = vc_gpu_list ();

  add_host (list);
  for (guint i = 0; i < gpus->len; i++)
    test_gpu (g_ptr_array_index (gpus, i));
  g_ptr_array_extend_and_steal (list, g_steal_pointer (&gpus));
  vc_device_choose (list);

  return list;
}

static VcDevice *
open_auto (GError **error)
{
  g_autoptr(GPtrArray) gpus = vc_gpu_list ();

  for (guint i = 0; i < gpus->len; i++)
    {
      const VcDeviceInfo *info = g_ptr_array_index (gpus, i);
      /* Why one is passed over is what vc_device_list() tells. */
      VcDevice *device = is_software (info) ? NULL : open_tested (info->id, TRUE, FALSE, NULL);

      if (device != NULL)
        return device;
    }

  return vc_host_open (error);
}

static VcDevice *
open_gpu (GError **error)
{
  g_autoptr(GPtrArray) gpus = vc_gpu_list ();

  for (guint i = 0; i < gpus->len; i++)
    {
      VcDevice *device;

      g_clear_error (error);
      device = open_tested (((VcDeviceInfo *) g_ptr_array_index (gpus, i))->id, TRUE, FALSE, error);
      if (device != NULL)
        return device;
    }

  if (gpus->len == 0)
    g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE, "there is no Vulkan device here");

  return NULL;
}

static VcDevice *
open_choice (const char  *choice,
             GError     **error)
{
  if (strcmp (choice, "auto") == 0)
    return open_auto (error);
  if (strcmp (choice, "gpu") == 0)
    return open_gpu (error);
  if (strcmp (choice, "host") == 0)
    return vc_host_open (error);
  if (g_str_has_prefix (choice, "gpu-"))
    return open_tested (choice, TRUE, TRUE, error);

  g_set_error (error, VC_ERROR, VC_ERROR_NO_DEVICE, "there is no device “%s” here", choice);
  return NULL;
}

/* Of tests alone. */
static VcMeet meet_opened;
static gpointer meet_data;

void
vc_device_meet (VcMeet   meet,
                gpointer data)
{
  meet_opened = meet;
  meet_data = data;
}

VcDevice *
vc_device_open (const char  *choice,
                GError     **error)
{
  VcDevice *device;

  g_return_val_if_fail (choice != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  device = open_choice (choice, error);
  if (device != NULL && meet_opened != NULL)
    meet_opened (device, meet_data);

  return device;
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

void
vc_device_set_waiting (VcDevice *device,
                       VcStep    waiting,
                       gpointer  data)
{
  device->waiting = waiting;
  device->waiting_data = data;
}

guint64
vc_device_get_free (VcDevice *device)
{
  return device->class->get_free (device);
}

gboolean
vc_device_has_room (VcDevice    *device,
                    guint64      need,
                    const char  *what,
                    GError     **error)
{
  const guint64 free = vc_device_get_free (device);

  if (need <= free)
    return TRUE;

  g_set_error (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY, "%s needs %.0f MB, and %.0f MB are free",
               what, MAX (1, need / 1e6), free / 1e6);
  return FALSE;
}
