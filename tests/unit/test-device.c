/* test-device.c: which devices there are, which is taken, and that the tests watch Vulkan at all */

#include <glib/gstdio.h>
#include <string.h>

#include "device.h"
#include "device-private.h"
#include "selftest.h"
#include "tune.h"

static void
test_list (void)
{
  g_autoptr(GPtrArray) list = vc_device_list ();
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_defaults = 0;

  g_assert_cmpuint (list->len, >=, 1);
  g_assert_cmpstr (((VcDeviceInfo *) g_ptr_array_index (list, 0))->id, ==, "host");

  for (guint i = 0; i < list->len; i++)
    {
      const VcDeviceInfo *info = g_ptr_array_index (list, i);
      g_autoptr(GError) error = NULL;
      g_autoptr(VcDevice) device = NULL;

      g_test_message ("%s: %s, %s, %s, %.1f GB, %s: %s", info->id, info->name, info->type, info->driver,
                      info->memory / 1e9, info->ok ? "works" : "does not work", info->reason);
      g_assert_true (g_hash_table_add (ids, info->id));
      g_assert_nonnull (info->reason);
      g_assert_nonnull (info->driver);
      g_assert_cmpuint (info->memory, >, 0);
      if (strcmp (info->type, "software") == 0)
        {
          g_assert_true (info->ok);
          g_assert_false (info->is_default);
          g_assert_cmpstr (info->reason, ==, "software Vulkan is never chosen by itself");
        }
      n_defaults += info->is_default;

      /* A real GPU may be too old; a driver in software may not. */
      if (!info->ok)
        {
          g_assert_cmpstr (info->kind, ==, "gpu");
          g_assert_false (info->is_default);
          continue;
        }

      device = vc_device_open (info->id, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (vc_device_get_info (device)->id, ==, info->id);
      g_assert_cmpstr (vc_device_get_info (device)->name, ==, info->name);
      g_assert_true (vc_device_get_info (device)->ok || i == 0);
    }
  g_assert_cmpuint (n_defaults, ==, 1);
}

/* Computers as they may be: besides the processor, devices of these types; a capital failed its self-test. */
static const struct
{
  const char *devices;  /* discrete, integrated, virtual, software */
  guint       chosen;
  const char *reasons[4];
} computers[] = {
  { "", 0, { "there is no real GPU here" } },
  { "s", 0, { "there is no real GPU here", "software Vulkan is never chosen by itself" } },
  { "d", 1, { "there is a real GPU", "the best real GPU that passed its self-test" } },
  { "di", 1, { "there is a real GPU", "the best real GPU that passed its self-test", "there is a GPU of a faster kind" } },
  { "dds", 1, { "there is a real GPU", "the best real GPU that passed its self-test",
                "another GPU of its kind comes first", "software Vulkan is never chosen by itself" } },
  { "Di", 2, { "there is a real GPU", "black", "the best real GPU that passed its self-test" } },
  { "DIs", 0, { "no real GPU passed its self-test", "black", "black", "software Vulkan is never chosen by itself" } },
  { "vS", 1, { "there is a real GPU", "the best real GPU that passed its self-test", "black" } },
  { "S", 0, { "there is no real GPU here", "black" } },
};

static void
test_choice (void)
{
  static const char *const types[] = { "discrete", "integrated", "virtual", "software" };
  static const char letters[] = "divs";

  for (guint i = 0; i < G_N_ELEMENTS (computers); i++)
    {
      g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) vc_device_info_free);

      for (guint k = 0; k <= strlen (computers[i].devices); k++)
        {
          VcDeviceInfo *info = g_new0 (VcDeviceInfo, 1);
          const char letter = k > 0 ? computers[i].devices[k - 1] : 'h';

          info->ok = g_ascii_islower (letter);
          info->reason = info->ok ? NULL : g_strdup ("black");
          info->kind = g_strdup (k > 0 ? "gpu" : "host");
          info->type = g_strdup (k > 0 ? types[strchr (letters, g_ascii_tolower (letter)) - letters] : "cpu");
          g_ptr_array_add (list, info);
        }

      vc_device_choose (list);
      for (guint k = 0; k < list->len; k++)
        {
          const VcDeviceInfo *info = g_ptr_array_index (list, k);

          g_assert_cmpint (info->is_default, ==, k == computers[i].chosen);
          g_assert_cmpstr (info->reason, ==, computers[i].reasons[k]);
        }
    }
}

static void
test_auto (void)
{
  g_autoptr(GPtrArray) list = vc_device_list ();
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("auto", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (vc_device_get_info (device)->type, !=, "software");
  for (guint i = 0; i < list->len; i++)
    {
      const VcDeviceInfo *info = g_ptr_array_index (list, i);

      if (info->is_default)
        g_assert_cmpstr (vc_device_get_info (device)->id, ==, info->id);
    }
}

/* The Vulkan device that "gpu" takes; NULL if none works. */
static const VcDeviceInfo *
find_gpu (GPtrArray *list)
{
  for (guint i = 1; i < list->len; i++)
    {
      const VcDeviceInfo *info = g_ptr_array_index (list, i);

      if (info->ok)
        return info;
    }

  return NULL;
}

static void
test_gpu (void)
{
  g_autoptr(GPtrArray) list = vc_device_list ();
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = NULL;

  if (find_gpu (list) == NULL)
    {
      g_test_skip ("no Vulkan device here that works");
      return;
    }

  device = vc_device_open ("gpu", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vc_device_get_info (device)->kind, ==, "gpu");
  g_assert_cmpstr (vc_device_get_info (device)->id, ==, find_gpu (list)->id);
}

static void
test_unknown (void)
{
  static const char *const choices[] = { "", "cpu", "gpu-", "gpu-00", "HOST", "the other one" };

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(VcDevice) device = vc_device_open (choices[i], &error);
      g_autofree char *message = g_strdup_printf ("there is no device “%s” here", choices[i]);

      g_assert_null (device);
      g_assert_error (error, VC_ERROR, VC_ERROR_NO_DEVICE);
      g_assert_cmpstr (error->message, ==, message);
    }
}

static const VcDeviceClass *sound;  /* what the devices below are but for one function */

static gboolean
download_wrong (VcBuffer  *buffer,
                gsize      offset,
                void      *data,
                gsize      size,
                GError   **error)
{
  if (!sound->download (buffer, offset, data, size, error))
    return FALSE;

  /* The last element of every answer: nothing but the very number tells. */
  ((float *) data)[size / sizeof (float) - 1] += 0.25f;

  return TRUE;
}

/* What a driver gives whose shaders do nothing. */
static gboolean
download_black (VcBuffer  *buffer,
                gsize      offset,
                void      *data,
                gsize      size,
                GError   **error)
{
  memset (data, 0, size);

  return TRUE;
}

static gboolean
submit_lost (VcDevice          *device,
             const VcRecorded  *dispatches,
             guint              count,
             GError           **error)
{
  g_set_error (error, VC_ERROR, VC_ERROR_DEVICE_LOST, "the device sleeps");
  return FALSE;
}

/* A device that computes wrongly, or not at all, does not pass. */
static void
test_selftest (void)
{
  VcDeviceClass broken;
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);

  g_assert_no_error (error);
  g_assert_true (vc_selftest (device, &error));
  sound = device->class;

  broken = *sound;
  broken.download = download_wrong;
  device->class = &broken;
  g_assert_false (vc_selftest (device, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_NO_DEVICE);
  g_assert_true (g_str_has_prefix (error->message, "its self-test of layernorm gives "));
  g_clear_error (&error);

  broken = *sound;
  broken.download = download_black;
  g_assert_false (vc_selftest (device, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_NO_DEVICE);
  g_assert_true (g_str_has_prefix (error->message, "its self-test of layernorm gives 0 where "));
  g_clear_error (&error);

  broken = *sound;
  broken.submit = submit_lost;
  g_assert_false (vc_selftest (device, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_DEVICE_LOST);
  g_assert_cmpstr (error->message, ==, "the device sleeps");

  device->class = sound;
}

/* Computes wrongly in tiles. */
static gboolean
submit_crooked_tiles (VcDevice          *device,
                      const VcRecorded  *dispatches,
                      guint              count,
                      GError           **error)
{
  const VcRecorded *last = &dispatches[count - 1];
  const float wrong = 1;

  if (!sound->submit (device, dispatches, count, error))
    return FALSE;

  return device->last_way != VC_WAY_TILES ||
         device->class->upload (last->tensors[last->n_reads].buffer,
                                last->tensors[last->n_reads].offset, &wrong, sizeof wrong, error);
}

static void
remove_file (char *path)
{
  g_remove (path);
  g_free (path);
}

/* The fastest way is found, kept, and taken from where it was kept; never one that computes wrongly. */
static void
test_tune (void)
{
  g_autoptr(GPtrArray) list = vc_device_list ();
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = NULL;
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *directory = g_dir_make_tmp ("vignette-test-XXXXXX", &error);
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  VcWays found[VC_N_TILES][VC_N_STORES];
  VcDeviceClass crooked;

  g_assert_no_error (error);
  if (find_gpu (list) == NULL)
    {
      g_test_skip ("no Vulkan device here that works");
      return;
    }

  vc_device_set_cache (directory);
  device = vc_device_open ("gpu", &error);
  vc_device_set_cache (NULL);
  g_assert_no_error (error);
  memcpy (found, device->ways, sizeof found);

  name = g_strconcat (vc_device_get_info (device)->id, ".ways", NULL);
  path = g_build_filename (directory, name, NULL);
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &error));

  /* What is kept is believed … */
  g_key_file_set_string (file, "linear few f16", "fastest", "tiles");
  g_key_file_set_string (file, "linear few f16", "without-texels", "plain");
  g_assert_true (g_key_file_save_to_file (file, path, &error));
  vc_tune (device, directory);
  g_assert_cmpint (device->ways[VC_TILES_LINEAR_FEW][1].any, ==, VC_WAY_TILES);
  g_assert_cmpint (device->ways[VC_TILES_LINEAR_FEW][1].untexelled, ==, VC_WAY_PLAIN);
  g_assert_cmpint (device->ways[VC_TILES_LINEAR_MANY][0].any, ==, found[VC_TILES_LINEAR_MANY][0].any);

  /* … unless it is nonsense, or was found with another driver: then it is measured again. */
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = NULL;

      if (i == 0)
        g_key_file_set_string (file, "linear one f32", "fastest", "best");
      else if (i == 1)
        g_key_file_set_string (file, "device", "driver", "another");
      g_assert_true (g_key_file_save_to_file (file, path, &error));
      if (i == 2)
        g_assert_true (g_file_set_contents (path, "[device\0\xff", 10, &error));

      vc_tune (device, directory);
      g_assert_true (g_file_get_contents (path, &text, NULL, &error));
      g_assert_nonnull (strstr (text, vc_device_get_info (device)->driver));
      g_assert_null (strstr (text, "best"));
    }

  sound = device->class;
  crooked = *sound;
  crooked.submit = submit_crooked_tiles;
  device->class = &crooked;
  vc_tune (device, NULL);
  for (guint i = 0; i < VC_N_TILES; i++)
    for (guint k = 0; k < VC_N_STORES; k++)
      {
        g_assert_cmpint (device->ways[i][k].any, !=, VC_WAY_TILES);
        g_assert_cmpint (device->ways[i][k].untexelled, ==, VC_WAY_PLAIN);
      }
  device->class = sound;

  remove_file (g_steal_pointer (&path));
  g_rmdir (directory);
}

/* Runs the test again in a process whose environment has @name set to @value. */
static void
run_with (const char *name,
          const char *value)
{
  g_autofree char *before = g_strdup (g_getenv (name));

  g_setenv (name, value, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  if (before != NULL)
    g_setenv (name, before, TRUE);
  else
    g_unsetenv (name);
}

static void
test_no_driver (void)
{
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = NULL;

  if (!g_test_subprocess ())
    {
      g_autofree char *before = g_strdup (g_getenv ("VK_ICD_FILENAMES"));

      /* Older loaders read the second name. */
      g_setenv ("VK_ICD_FILENAMES", "/nonexistent.json", TRUE);
      run_with ("VK_DRIVER_FILES", "/nonexistent.json");
      if (before != NULL)
        g_setenv ("VK_ICD_FILENAMES", before, TRUE);
      else
        g_unsetenv ("VK_ICD_FILENAMES");
      g_test_trap_assert_passed ();
      return;
    }

  list = vc_device_list ();
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (((VcDeviceInfo *) g_ptr_array_index (list, 0))->reason, ==,
                   "there is no real GPU here");

  device = vc_device_open ("gpu", &error);
  g_assert_null (device);
  g_assert_error (error, VC_ERROR, VC_ERROR_NO_DEVICE);
  g_assert_cmpstr (error->message, ==, "there is no Vulkan device here");
  g_clear_error (&error);

  device = vc_device_open ("auto", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (vc_device_get_info (device)->id, ==, "host");
}

/* The layer is asked for and missing: the tests must not pass unwatched. */
static void
test_no_layer (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr(GPtrArray) list = vc_device_list ();

      return;
    }

  if (g_strcmp0 (g_getenv ("VIGNETTE_VALIDATE"), "1") != 0)
    {
      g_test_skip ("VIGNETTE_VALIDATE is not set");
      return;
    }

  run_with ("VK_LAYER_PATH", "/nonexistent");
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*VK_LAYER_KHRONOS_validation*is not installed*");
}

/* A mistake made on purpose, so that a layer that sees nothing is noticed: a buffer outlives its
 * device. */
static void
test_layer_watches (void)
{
  g_autoptr(GPtrArray) list = NULL;

  if (g_test_subprocess ())
    {
      VcDevice *device = vc_device_open ("gpu", NULL);
      VcBuffer *leaked = device->class->allocate (device, 256, NULL);

      g_assert_nonnull (leaked);
      vc_device_free (device);
      return;
    }

  list = vc_device_list ();
  if (g_strcmp0 (g_getenv ("VIGNETTE_VALIDATE"), "1") != 0 || find_gpu (list) == NULL)
    {
      g_test_skip (find_gpu (list) == NULL ? "no Vulkan device here that works"
                                           : "VIGNETTE_VALIDATE is not set");
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*Vulkan validation: *");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/device/list", test_list);
  g_test_add_func ("/device/choice", test_choice);
  g_test_add_func ("/device/auto", test_auto);
  g_test_add_func ("/device/gpu", test_gpu);
  g_test_add_func ("/device/unknown", test_unknown);
  g_test_add_func ("/device/selftest", test_selftest);
  g_test_add_func ("/device/tune", test_tune);
  g_test_add_func ("/device/no-driver", test_no_driver);
  g_test_add_func ("/device/no-layer", test_no_layer);
  g_test_add_func ("/device/layer-watches", test_layer_watches);

  return g_test_run ();
}
