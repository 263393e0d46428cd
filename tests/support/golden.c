/* golden.c: numbers recorded from the original programs, and how near ours must come */

#include "golden.h"

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>
#include <png.h>

#include "convert/import.h"

#include "npy.h"

uint8_t *
test_png (const char *path,
          uint32_t   *width,
          uint32_t   *height)
{
  g_autofree char *file = test_data (path);
  png_image image = { .version = PNG_IMAGE_VERSION };
  uint8_t *rgb;

  if (!png_image_begin_read_from_file (&image, file))
    g_error ("%s: %s", file, image.message);

  image.format = PNG_FORMAT_RGB;
  rgb = g_malloc (PNG_IMAGE_SIZE (image));
  if (!png_image_finish_read (&image, NULL, rgb, 0, NULL))
    g_error ("%s: %s", file, image.message);

  *width = image.width;
  *height = image.height;

  return rgb;
}

char *
test_recording (const char *name)
{
  const char *shared = g_getenv ("VIGNETTE_SHARED");
  g_autofree char *beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", NULL);
  char *path = g_build_filename (shared != NULL ? shared : beside, "goldens", name, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("the recordings are not here (goldens in VIGNETTE_SHARED)");
      g_clear_pointer (&path, g_free);
    }

  return path;
}

static char *
make_folder (void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("vignette-golden-XXXXXX", &error);

  g_assert_no_error (error);

  return folder;
}

void
test_forget (char *folder)
{
  g_autoptr(GDir) dir = folder == NULL ? NULL : g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_remove (path);
    }
  if (folder != NULL)
    g_rmdir (folder);
  g_free (folder);
}

char *
test_import (const char * const *files)
{
  char *published = make_folder ();
  char *folder = make_folder ();
  g_autoptr(GError) error = NULL;
  g_autoptr(VcImport) import = NULL;

  for (guint i = 0; files[i] != NULL; i++)
    {
      g_auto(GStrv) names = g_strsplit (files[i], " as ", 2);
      g_autofree char *from = g_str_has_prefix (names[0], "data/") ? test_data (names[0] + strlen ("data/"))
                                                                   : test_recording (names[0]);
      g_autofree char *base = g_path_get_basename (names[1] != NULL ? names[1] : names[0]);
      g_autofree char *to = g_build_filename (published, base, NULL);
      g_autofree char *contents = NULL;
      gsize size;

      if (from == NULL)
        {
          test_forget (published);
          test_forget (folder);
          return NULL;
        }
      g_assert_true (g_file_get_contents (from, &contents, &size, &error));
      g_assert_true (g_file_set_contents (to, contents, size, &error));
    }

  import = vc_import_open (published, &error);
  g_assert_no_error (error);
  g_assert_true (vc_import_write (import, folder, NULL, NULL, &error));
  g_assert_no_error (error);
  test_forget (published);

  return folder;
}

float *
test_channels_last (const float *values,
                    uint32_t     count,
                    uint32_t     channels,
                    uint32_t     side)
{
  const gsize area = (gsize) side * side;
  float *turned = g_new (float, count * area * channels);

  for (uint32_t picture = 0; picture < count; picture++)
    for (uint32_t channel = 0; channel < channels; channel++)
      for (gsize i = 0; i < area; i++)
        turned[(picture * area + i) * channels + channel] =
          values[(picture * (gsize) channels + channel) * area + i];

  return turned;
}

double
test_furthest (const float *got,
               const float *want,
               gsize        n)
{
  double furthest = 0;

  for (gsize i = 0; i < n; i++)
    {
      const double distance = fabs ((double) got[i] - want[i]);

      if (!(distance <= furthest))
        furthest = isnan (distance) ? INFINITY : distance;
    }

  return furthest;
}

void
test_check_near (const char  *what,
                 const float *got,
                 const float *want,
                 gsize        n,
                 double       bound)
{
  const double far = test_furthest (got, want, n);

  g_test_message ("%s: off by %.3g", what, far);
  g_assert_cmpfloat (far, <=, bound);
}

double
test_cosine (const float *got,
             const float *want,
             gsize        n)
{
  double dot = 0;
  double got_square = 0;
  double want_square = 0;

  for (gsize i = 0; i < n; i++)
    {
      dot += (double) got[i] * want[i];
      got_square += (double) got[i] * got[i];
      want_square += (double) want[i] * want[i];
    }

  return dot / sqrt (got_square * want_square);
}

uint32_t
test_argmax (const float *values,
             uint32_t     n)
{
  uint32_t largest = 0;

  for (uint32_t i = 1; i < n; i++)
    if (values[i] > values[largest])
      largest = i;

  return largest;
}
