/* test-preprocess.c: pictures as squares, against Pillow's
 *
 * tests/data/preprocess holds pictures and what openai/CLIP's transform makes of them with Pillow 9.4, at
 * a side of 32. For pictures with transparency that is what it makes of their colours with the alpha
 * dropped; laying them over white is the business of whoever reads files, and is tested there.
 */

#include "model/preprocess.h"

#include <math.h>
#include <png.h>
#include <string.h>

#include "npy.h"

#define SIDE 32

/* openai/CLIP, clip.py. */
static const float mean[3] = { 0.48145466f, 0.4578275f, 0.40821073f };
static const float deviation[3] = { 0.26862954f, 0.26130258f, 0.27577711f };

typedef struct
{
  const char *name;
  const char *golden;
  const char *sha256;  /* of the RGB bytes that Pillow reads */
} Case;

static const Case cases[] = {
  { "rgb_1x1", "openai",  /* nothing but the one pixel */
    "8d915865b259f83dd264e031391b2f77a825ec183dda0f14d50a06ff09ea2731" },
  { "rgb_32x33", "openai",  /* not scaled; a margin of 1: half is rounded to 0 */
    "ea03fa7ee3c9f696e8321610accc1388809ed778e8816a0f2269ac2c42a0b6d5" },
  { "rgb_37x512", "openai",  /* tall, and hardly shrunk */
    "3f31e02e875a0d0ab5fed2c6dc26b4eda4777e99f5dea4c997f34fc8be85e761" },
  { "rgb_225x224", "openai",  /* the long side comes out as the short one */
    "e1612ea0a039d7baa7ade026b69c4efaad778d59941b59b3f364d90991f059be" },
  { "rgb_640x480", "openai",  /* shrunk by 15 */
    "a9ec0221b18a4339b5a0191d89065ef0767cfc85d09ec973f4e446e77b4f5a04" },
  { "rgb_3000x17", "openai",  /* enlarged; a margin of 5615: half is rounded to 2808 */
    "c2f2e2f9e9ef7520f6557fa44d552a6d2891dcddbad563a4897a9392d66655b8" },
  { "grey_63x200", "openai",
    "87acd087c96303100f943bf8d5247a02ad8cfd835afac0198cea7c03658f5098" },
  { "pal_90x131", "rgbfirst",
    "5a2d9b76f3bab283a9411154082caa2838ee2f4d9eabaab44084addc0dfeec58" },
  { "la_50x33", "rgbfirst",
    "0b1e7877f55fde64ee28ac0f275ff8647c8cc9ee742020c8378f59b99c910a69" },
  { "rgba_101x77", "rgbfirst",
    "0ecd04e7411033205a97cecc1666b0d4bb9c7302a407ded6d230de98ac857c0d" },
};

/* The colours of a PNG file as they are stored, its alpha dropped. */
static uint8_t *
read_png (const char *name,
          uint32_t   *width,
          uint32_t   *height)
{
  g_autofree char *path = test_data (name);
  g_autofree uint8_t *rgba = NULL;
  uint8_t *rgb;
  png_image image = { .version = PNG_IMAGE_VERSION };

  if (!png_image_begin_read_from_file (&image, path))
    g_error ("%s: %s", path, image.message);

  image.format = PNG_FORMAT_RGBA;
  rgba = g_malloc (PNG_IMAGE_SIZE (image));
  if (!png_image_finish_read (&image, NULL, rgba, 0, NULL))
    g_error ("%s: %s", path, image.message);

  rgb = g_malloc (3 * (gsize) image.width * image.height);
  for (gsize i = 0; i < (gsize) image.width * image.height; i++)
    memcpy (rgb + 3 * i, rgba + 4 * i, 3);

  *width = image.width;
  *height = image.height;

  return rgb;
}

static void
test_golden (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *picture = g_strdup_printf ("preprocess/%s.png", c->name);
  g_autofree char *golden = g_strdup_printf ("preprocess/%s.%s_%d.npy", c->name, c->golden, SIDE);
  g_autofree char *sha256 = NULL;
  g_autofree float *want = NULL;
  g_autofree float *got = g_new (float, 3 * SIDE * SIDE);
  g_autofree uint8_t *rgb = NULL;
  uint32_t width;
  uint32_t height;
  uint32_t shape[4];
  double worst = 0;

  rgb = read_png (picture, &width, &height);
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, rgb, 3 * (gsize) width * height);
  g_assert_cmpstr (sha256, ==, c->sha256);

  want = test_npy_f32 (golden, NULL, shape);
  g_assert_cmpuint (shape[1], ==, 3);
  g_assert_cmpuint (shape[2], ==, SIDE);
  g_assert_cmpuint (shape[3], ==, SIDE);

  vc_preprocess (rgb, width, height, 3 * (gsize) width, SIDE, mean, deviation, got);

  for (guint i = 0; i < SIDE * SIDE; i++)
    for (guint colour = 0; colour < 3; colour++)
      worst = MAX (worst, fabs ((double) got[3 * i + colour] - want[colour * SIDE * SIDE + i]));

  g_test_message ("%s: off by %g", c->name, worst);
  /* One grey level would be 0.0142. */
  g_assert_cmpfloat (worst, <=, 2e-6);
}

/* Rows that lie apart: the bytes between them do not matter. */
static void
test_stride (void)
{
  const uint32_t width = 53;
  const uint32_t height = 41;
  const gsize stride = 3 * width + 7;
  g_autofree uint8_t *close = g_malloc (3 * width * height);
  g_autofree uint8_t *apart = g_malloc (stride * height);
  uint8_t want[3 * 16 * 16];
  uint8_t got[3 * 16 * 16];

  memset (apart, 0xee, stride * height);
  for (uint32_t i = 0; i < 3 * width * height; i++)
    close[i] = i * 2654435761u >> 24;
  for (uint32_t y = 0; y < height; y++)
    memcpy (apart + y * stride, close + y * 3 * width, 3 * width);

  vc_preprocess_square (close, width, height, 3 * width, 16, want);
  vc_preprocess_square (apart, width, height, stride, 16, got);

  g_assert_cmpmem (got, sizeof got, want, sizeof want);
}

typedef struct
{
  const char *name;
  uint32_t    width, height, side;
} Shape;

/* One colour stays that colour, whatever the shape: weights add up to one, and nothing beyond the picture counts. */
static const Shape shapes[] = {
  { "one pixel",             1,     1, 224 },
  { "one line",         100000,     1,  32 },  /* 3.2 million places long before it is cut */
  { "one column",            1, 65535,   1 },
  { "to one pixel",        300,   200,   1 },
  { "large",              6000,   400,  64 },
  { "hardly enlarged",     223,   223, 224 },
  { "hardly shrunk",       225,   300, 224 },
};

static void
test_one_colour (gconstpointer data)
{
  const Shape *s = data;
  const gsize n = 3 * (gsize) s->width * s->height;
  g_autofree uint8_t *rgb = g_malloc (n);
  g_autofree uint8_t *square = g_malloc (3 * s->side * s->side);

  for (gsize i = 0; i < n; i++)
    rgb[i] = (uint8_t[]) { 255, 1, 128 }[i % 3];

  vc_preprocess_square (rgb, s->width, s->height, 3 * (gsize) s->width, s->side, square);

  for (uint32_t i = 0; i < 3 * s->side * s->side; i++)
    g_assert_cmpuint (square[i], ==, ((uint8_t[]) { 255, 1, 128 })[i % 3]);
}

/* A picture of its square's size is cut, and its bytes stay as they are. */
static void
test_unscaled (void)
{
  uint8_t rgb[5 * 8 * 3];
  uint8_t square[5 * 5 * 3];

  for (guint i = 0; i < sizeof rgb; i++)
    rgb[i] = i * 37;

  vc_preprocess_square (rgb, 8, 5, 8 * 3, 5, square);

  /* A margin of 3: half of it is rounded to 2. */
  for (guint y = 0; y < 5; y++)
    g_assert_cmpmem (square + y * 5 * 3, 5 * 3, rgb + (y * 8 + 2) * 3, 5 * 3);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/unit/preprocess/golden/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_golden);
    }
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/unit/preprocess/one-colour/%s", shapes[i].name);

      g_test_add_data_func (path, &shapes[i], test_one_colour);
    }
  g_test_add_func ("/unit/preprocess/stride", test_stride);
  g_test_add_func ("/unit/preprocess/unscaled", test_unscaled);

  return g_test_run ();
}
