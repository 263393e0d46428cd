/* test-kept.c: compiled shaders are kept for one device and one driver, and damage is seen */

#include <glib/gstdio.h>
#include <string.h>

#include "gpu/kept.h"

typedef struct
{
  char                       *directory;  /* owned */
  char                       *path;       /* owned */
  VkPhysicalDeviceProperties  device;
  uint8_t                     data[500];
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data)
{
  VkPipelineCacheHeaderVersionOne head = {
    sizeof head, VK_PIPELINE_CACHE_HEADER_VERSION_ONE, 0x1234, 0x5678, { 1, 2, 3 },
  };
  g_autoptr(GError) error = NULL;

  f->directory = g_dir_make_tmp ("vignette-test-XXXXXX", &error);
  g_assert_no_error (error);
  f->path = g_build_filename (f->directory, "gpu.pipelines", NULL);
  f->device = (VkPhysicalDeviceProperties) { .vendorID = 0x1234, .deviceID = 0x5678,
                                             .driverVersion = 7, .pipelineCacheUUID = { 1, 2, 3 } };
  for (guint i = 0; i < sizeof f->data; i++)
    f->data[i] = i * 7;
  memcpy (f->data, &head, sizeof head);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data)
{
  g_remove (f->path);
  g_rmdir (f->directory);
  g_free (f->path);
  g_free (f->directory);
}

static void
test_round (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr(GBytes) got = NULL;
  gsize size;

  g_assert_null (vc_kept_read (f->path, &f->device));
  g_assert_true (vc_kept_write (f->path, &f->device, f->data, sizeof f->data));
  got = vc_kept_read (f->path, &f->device);
  g_assert_nonnull (got);
  g_assert_cmpmem (g_bytes_get_data (got, &size), g_bytes_get_size (got), f->data, sizeof f->data);
}

/* Each byte of the file, changed; and the file cut short anywhere, or longer than it was. */
static void
test_damage (Fixture       *f,
             gconstpointer  data)
{
  g_autofree char *whole = NULL;
  gsize size;

  g_assert_true (vc_kept_write (f->path, &f->device, f->data, sizeof f->data));
  g_assert_true (g_file_get_contents (f->path, &whole, &size, NULL));

  for (gsize i = 0; i < size; i += 3)
    {
      whole[i] ^= 0x10;
      g_assert_true (g_file_set_contents_full (f->path, whole, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      g_assert_null (vc_kept_read (f->path, &f->device));
      whole[i] ^= 0x10;

      g_assert_true (g_file_set_contents_full (f->path, whole, i, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      g_assert_null (vc_kept_read (f->path, &f->device));
    }
  whole = g_realloc (whole, size + 1);
  whole[size] = 0;
  g_assert_true (g_file_set_contents (f->path, whole, size + 1, NULL));
  g_assert_null (vc_kept_read (f->path, &f->device));
}

static void
test_others (Fixture       *f,
             gconstpointer  data)
{
  VkPhysicalDeviceProperties other = f->device;
  g_autofree char *nowhere = g_build_filename (f->path, "below a file", NULL);

  g_assert_true (vc_kept_write (f->path, &f->device, f->data, sizeof f->data));
  other.driverVersion++;
  g_assert_null (vc_kept_read (f->path, &other));
  other = f->device;
  other.pipelineCacheUUID[15]++;
  g_assert_null (vc_kept_read (f->path, &other));
  other = f->device;
  other.deviceID++;
  g_assert_null (vc_kept_read (f->path, &other));

  /* What no driver would give is not written. */
  g_assert_false (vc_kept_write (f->path, &other, f->data, sizeof f->data));
  g_assert_false (vc_kept_write (f->path, &f->device, f->data, 10));
  g_assert_false (vc_kept_write (nowhere, &f->device, f->data, sizeof f->data));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/kept/round", Fixture, NULL, set_up, test_round, tear_down);
  g_test_add ("/kept/damage", Fixture, NULL, set_up, test_damage, tear_down);
  g_test_add ("/kept/others", Fixture, NULL, set_up, test_others, tear_down);

  return g_test_run ();
}
