/* golden.c: numbers recorded from the original programs, and how near ours must come */

#include "golden.h"

#include <math.h>

#include <png.h>

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
