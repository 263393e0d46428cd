/* test-pixels.c: upright sRGB out of whatever a file holds, or one sentence */

#include "library/metadata.h"
#include "library/pixels.h"
#include "profile.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <lcms2.h>
#include <math.h>
#include <sys/stat.h>

#define WIDTH 60
#define HEIGHT 40

/* The upright picture: red, green, blue and white corners, so that every way to turn it looks different. */
static void
get_colour (guint   x,
            guint   y,
            guint   width,
            guint   height,
            guint8 *rgb)
{
  static const guint8 corners[2][2][3] = { { { 220, 20, 20 }, { 20, 200, 20 } }, { { 20, 20, 220 }, { 240, 240, 240 } } };

  memcpy (rgb, corners[y >= height / 2][x >= width / 2], 3);
}

/* Where a pixel of the file as EXIF's numbers store it comes from in the upright picture, written out one by one:
 * @x and @y in, upright out; @width and @height of the upright picture. */
static void
find_upright (guint  orientation,
              guint  x,
              guint  y,
              guint  width,
              guint  height,
              guint *ux,
              guint *uy)
{
  switch (orientation)
    {
    case 1: *ux = x;              *uy = y;               break;
    case 2: *ux = width - 1 - x;  *uy = y;               break;
    case 3: *ux = width - 1 - x;  *uy = height - 1 - y;  break;
    case 4: *ux = x;              *uy = height - 1 - y;  break;
    case 5: *ux = y;              *uy = x;               break;
    case 6: *ux = width - 1 - y;  *uy = x;               break;
    case 7: *ux = width - 1 - y;  *uy = height - 1 - x;  break;
    case 8: *ux = y;              *uy = height - 1 - x;  break;
    default: g_assert_not_reached ();
    }
}

static char *
write_turned (const char *folder,
              const char *type,
              guint       orientation)
{
  const gboolean lies = orientation > 4;
  const guint width = lies ? HEIGHT : WIDTH, height = lies ? WIDTH : HEIGHT;
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autofree char *name = g_strdup_printf ("%u.%s", orientation, type);
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr(GError) error = NULL;

  for (guint y = 0; y < height; y++)
    {
      for (guint x = 0; x < width; x++)
        {
          guint ux, uy;

          find_upright (orientation, x, y, WIDTH, HEIGHT, &ux, &uy);
          get_colour (ux, uy, WIDTH, HEIGHT,
                      gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + x * 3);
        }
    }
  gdk_pixbuf_save (pixbuf, path, type, &error, NULL);
  g_assert_no_error (error);

  g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
  g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();
  gexiv2_metadata_open_path (metadata, path, &error);
  g_assert_no_error (error);
  gexiv2_metadata_try_set_orientation (metadata, orientation, &error);
  gexiv2_metadata_save_file (metadata, path, &error);
  g_assert_no_error (error);

  return path;
}

static void
assert_upright (const VigPixels *pixels,
                guint            tolerance)
{
  for (guint y = 0; y < pixels->height; y++)
    {
      for (guint x = 0; x < pixels->width; x++)
        {
          guint8 want[3];

          /* JPEG washes over the borders between the colours. */
          if (ABS ((int) x - (int) pixels->width / 2) < 9 || ABS ((int) y - (int) pixels->height / 2) < 9)
            continue;
          get_colour (x, y, pixels->width, pixels->height, want);
          for (guint c = 0; c < 3; c++)
            g_assert_cmpint (ABS (pixels->rgb[((gsize) y * pixels->width + x) * 3 + c] - want[c]), <=, (int) tolerance);
        }
    }
}

static void
test_orientations (gconstpointer data)
{
  const char *type = data;
  g_autofree char *folder = test_make_folder ();
  VigExtent extent;

  for (guint i = 1; i <= 8; i++)
    {
      g_autofree char *path = write_turned (folder, type, i);
      g_autoptr(GError) error = NULL;
      g_autoptr(VigPixels) pixels = vig_pixels_load (path, 0, NULL, &error);

      g_test_message ("orientation %u", i);
      g_assert_no_error (error);
      g_assert_cmpuint (pixels->width, ==, WIDTH);
      g_assert_cmpuint (pixels->height, ==, HEIGHT);
      assert_upright (pixels, g_str_equal (type, "png") || g_str_equal (type, "tiff") ? 0 : 40);
      g_assert_true (vig_pixels_look (path, &extent, NULL, NULL, &error));
      g_assert_cmpuint (extent.width, ==, WIDTH);
      g_assert_cmpuint (extent.height, ==, HEIGHT);
    }
}

static void
assert_refused (const char *path,
                const char *word)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (vig_pixels_load (path, 0, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_cut_off (gconstpointer data)
{
  const char *type = data;
  g_autofree char *folder = test_make_folder ();
  g_autofree char *name = g_strconcat ("whole.", type, NULL);
  g_autofree char *whole = test_write_picture (folder, name, 300, 200, 5);
  g_autofree char *bytes = NULL;
  gsize size;
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPixels) pixels = vig_pixels_load (whole, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (pixels->width, ==, 300);
  g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
  for (guint percent = 5; percent < 100; percent += 15)
    {
      g_autofree char *cut = test_write_file (folder, name, bytes, size * percent / 100);

      assert_refused (cut, "“");
    }
}

/* A JPEG without its very last marker has all of its rows. */
static void
test_no_end_marker (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *whole = test_write_picture (folder, "a.jpg", 300, 200, 5);
  g_autofree char *bytes = NULL;
  gsize size;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
  g_assert_cmphex ((guint8) bytes[size - 1], ==, 0xD9);
  g_autofree char *almost = test_write_file (folder, "b.jpg", bytes, size - 2);
  g_autoptr(VigPixels) pixels = vig_pixels_load (almost, 0, NULL, &error);
  if (pixels == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);

  /* And what some cameras add behind it does no harm. */
  g_autofree char *longer = g_malloc0 (size + 5000);
  memcpy (longer, bytes, size);
  g_autofree char *trailed = test_write_file (folder, "c.jpg", longer, size + 5000);
  g_clear_error (&error);
  g_autoptr(VigPixels) more = vig_pixels_load (trailed, 0, NULL, &error);
  g_assert_no_error (error);
}

static void
put_be32 (guint8  *to,
          guint32  value)
{
  value = GUINT32_TO_BE (value);
  memcpy (to, &value, 4);
}

static guint32
crc (const guint8 *bytes,
     gsize         size)
{
  guint32 c = 0xffffffff;

  for (gsize i = 0; i < size; i++)
    {
      c ^= bytes[i];
      for (guint k = 0; k < 8; k++)
        c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
    }

  return ~c;
}

/* A few bytes that ask for gigabytes. */
static void
test_bombs (void)
{
  g_autofree char *folder = test_make_folder ();
  guint8 png[64] = { 137, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R',
                     [36] = 19, 'I', 'D', 'A', 'T' };
  guint8 jpeg[] = { 0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0xEA, 0x60, 0xEA, 0x60, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0,
                    0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0 };
  guint8 bmp[64] = { 'B', 'M', [10] = 54, [14] = 40, [18] = 0xFF, 0xFF, [22] = 0xFF, 0xFF, [26] = 1, [28] = 24 };
  VigExtent extent;

  put_be32 (png + 16, 100000);
  put_be32 (png + 20, 100000);
  png[24] = 8;
  png[25] = 2;
  put_be32 (png + 29, crc (png + 12, 17));

  const struct { const char *name; const guint8 *bytes; gsize size; } cases[] = {
    { "bomb.png", png, sizeof png }, { "bomb.jpg", jpeg, sizeof jpeg }, { "bomb.bmp", bmp, sizeof bmp },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = test_write_file (folder, cases[i].name, cases[i].bytes, cases[i].size);
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", cases[i].name);
      assert_refused (path, "which is more than can be read");
      g_assert_false (vig_pixels_look (path, &extent, NULL, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
}

static void
test_bad_files (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *empty = test_write_file (folder, "empty.jpg", "", 0);
  g_autofree char *text = test_write_file (folder, "text.jpg", "I am no picture at all, whatever my name says.", 46);
  g_autofree char *pipe = g_build_filename (folder, "pipe.jpg", NULL);
  g_autofree char *gone = g_build_filename (folder, "gone.jpg", NULL);
  g_autofree char *subfolder = g_build_filename (folder, "folder.jpg", NULL);
  g_autoptr(GError) error = NULL;

  assert_refused (empty, "is empty");
  assert_refused (text, "not a picture");
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_refused (pipe, "not a file");
  g_assert_cmpint (g_mkdir (subfolder, 0700), ==, 0);
  assert_refused (subfolder, "not a file");
  g_assert_null (vig_pixels_load (gone, 0, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* What it is counts, not what it is called. */
  g_autofree char *png = test_write_picture (folder, "real.png", 30, 20, 1);
  g_autofree char *misnamed = g_build_filename (folder, "misnamed.jpg", NULL);
  g_assert_cmpint (g_rename (png, misnamed), ==, 0);
  g_autoptr(VigPixels) pixels = vig_pixels_load (misnamed, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels->width, ==, 30);

  g_autoptr(GCancellable) cancelled = g_cancellable_new ();
  g_cancellable_cancel (cancelled);
  g_assert_null (vig_pixels_load (misnamed, 0, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A file with a random byte changed is a picture or a sentence, and nothing else. */
static void
test_damaged (void)
{
  static const char * const names[] = { "a.jpg", "a.png", "a.tiff", "a.bmp", "a.webp" };
  g_autofree char *folder = test_make_folder ();

  for (guint n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autofree char *whole = test_write_picture (folder, names[n], 40, 30, n);
      g_autofree char *bytes = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (whole, &bytes, &size, NULL));
      for (guint i = 0; i < 60; i++)
        {
          const gsize at = g_test_rand_int_range (0, i < 30 ? MIN (size, 200) : size);
          const char before = bytes[at];
          g_autoptr(GError) error = NULL;

          bytes[at] ^= 1 << g_test_rand_int_range (0, 8);
          g_autofree char *path = test_write_file (folder, names[n], bytes, size);
          bytes[at] = before;
          g_autoptr(VigPixels) pixels = vig_pixels_load (path, 0, NULL, &error);
          g_assert_true ((pixels == NULL) == (error != NULL));
        }
    }
}

static void
test_transparent (void)
{
  static const guint8 cases[][8] = {
    /* r g b a → r g b */
    { 10, 20, 30, 255, 10, 20, 30 }, { 10, 20, 30, 0, 255, 255, 255 }, { 0, 0, 0, 128, 127, 127, 127 },
    { 255, 0, 100, 51, 255, 204, 224 },
  };
  g_autofree char *folder = test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "a.png", NULL);
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, G_N_ELEMENTS (cases), 1);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    memcpy (gdk_pixbuf_get_pixels (pixbuf) + i * 4, cases[i], 4);
  gdk_pixbuf_save (pixbuf, path, "png", &error, NULL);
  g_assert_no_error (error);

  g_autoptr(VigPixels) pixels = vig_pixels_load (path, 0, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpmem (pixels->rgb + i * 3, 3, cases[i] + 4, 3);
}

/* A wide colour space, as phones and cameras write: what it means is kept, not its numbers. */
static void
test_profile (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *path = g_build_filename (folder, "wide.tiff", NULL);
  const cmsCIExyY white = { 0.3127, 0.3290, 1 };
  const cmsCIExyYTRIPLE adobe = { { 0.64, 0.33, 1 }, { 0.21, 0.71, 1 }, { 0.15, 0.06, 1 } };
  cmsToneCurve *gamma = cmsBuildGamma (NULL, 2.19921875);
  cmsHPROFILE wide = cmsCreateRGBProfile (&white, &adobe, (cmsToneCurve *[]) { gamma, gamma, gamma });
  cmsUInt32Number size = 0;
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 4, 1);
  const guint8 colours[12] = { 100, 150, 200, 200, 100, 50, 128, 128, 128, 0, 0, 0 };
  g_autoptr(GError) error = NULL;

  cmsSaveProfileToMem (wide, NULL, &size);
  g_autofree guint8 *bytes = g_malloc (size);
  cmsSaveProfileToMem (wide, bytes, &size);
  g_autofree char *encoded = g_base64_encode (bytes, size);
  memcpy (gdk_pixbuf_get_pixels (pixbuf), colours, 12);
  gdk_pixbuf_save (pixbuf, path, "tiff", &error, "icc-profile", encoded, NULL);
  g_assert_no_error (error);

  g_autoptr(VigPixels) pixels = vig_pixels_load (path, 0, NULL, &error);
  g_assert_no_error (error);

  /* Worked out with the matrices that follow from both spaces' primaries, and with both curves. */
  const int want[12] = { 66, 151, 203, 227, 100, 42, 129, 129, 129, 0, 0, 0 };
  for (guint i = 0; i < 12; i++)
    {
      g_test_message ("%u: %d", i, pixels->rgb[i]);
      g_assert_cmpint (ABS (pixels->rgb[i] - want[i]), <=, 1);
    }
  cmsFreeToneCurve (gamma);
  cmsCloseProfile (wide);
}

static double
cosine (const VigPixels *a,
        const VigPixels *b)
{
  double ab = 0, aa = 0, bb = 0;

  /* The reduced one has a pixel for each block of the other. */
  for (guint y = 0; y < b->height; y++)
    {
      for (guint x = 0; x < b->width * 3; x++)
        {
          const guint step = a->width / b->width;
          const double q = b->rgb[(gsize) y * b->width * 3 + x];
          double p = 0;

          for (guint j = 0; j < step * step; j++)
            p += a->rgb[(((gsize) y * step + j / step) * a->width + x / 3 * step + j % step) * 3 + x % 3];
          p /= step * step;
          ab += p * q;
          aa += p * p;
          bb += q * q;
        }
    }

  return ab / sqrt (aa * bb);
}

static void
test_reduced (void)
{
  static const struct { guint side, width, height; } cases[] = {
    { 0, 1600, 1200 }, { 1000, 1600, 1200 }, { 600, 1600, 1200 }, { 300, 800, 600 }, { 299, 800, 600 },
    { 150, 400, 300 }, { 75, 200, 150 }, { 10, 200, 150 }, { 1, 200, 150 },
  };
  g_autofree char *folder = test_make_folder ();
  g_autofree char *path = test_write_picture (folder, "a.jpg", 1600, 1200, 3);
  g_autofree char *png = test_write_picture (folder, "a.png", 1600, 1200, 3);
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPixels) full = vig_pixels_load (path, 0, NULL, &error);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(VigPixels) pixels = vig_pixels_load (path, cases[i].side, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (pixels->width, ==, cases[i].width);
      g_assert_cmpuint (pixels->height, ==, cases[i].height);
      g_assert_cmpuint (MIN (pixels->width, pixels->height), >=, MIN (2 * cases[i].side, 1200));
      g_assert_cmpfloat (cosine (full, pixels), >=, 0.99);
    }

  /* One that does not divide evenly, and other kinds, which are always whole. */
  g_autofree char *odd = test_write_picture (folder, "odd.jpg", 1001, 777, 3);
  g_autoptr(VigPixels) pixels = vig_pixels_load (odd, 49, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (pixels->width, ==, 126);
  g_assert_cmpuint (pixels->height, ==, 98);
  g_autoptr(VigPixels) whole = vig_pixels_load (png, 50, NULL, &error);
  g_assert_cmpuint (whole->width, ==, 1600);
}

static void
test_thumbnail (void)
{
  static const char hash[] = "00ff34567890abcdef00ff34567890abcdef00ff34567890abcdef00ff345678";
  g_autofree char *folder = test_make_folder ();
  g_autofree char *cache = g_build_filename (folder, "cache", NULL);
  g_autofree char *path = test_write_picture (folder, "a.jpg", 1000, 500, 3);
  g_autofree char *kept = g_strdup_printf ("%s/thumbnails/00/%s-256.jpg", cache, hash + 2);
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPixels) first = vig_pixels_load_thumbnail (path, hash, cache, 256, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (first->width, ==, 256);
  g_assert_cmpuint (first->height, ==, 128);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));

  /* Once made, the picture itself is no longer needed: its disk may be away. */
  g_autofree char *away = g_strconcat (path, ".away", NULL);
  g_assert_cmpint (g_rename (path, away), ==, 0);
  g_autoptr(VigPixels) second = vig_pixels_load_thumbnail (path, hash, cache, 256, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (second->width, ==, 256);

  /* A damaged one is made again. */
  g_assert_cmpint (g_rename (away, path), ==, 0);
  g_assert_true (g_file_set_contents (kept, "half", 4, NULL));
  g_autoptr(VigPixels) third = vig_pixels_load_thumbnail (path, hash, cache, 256, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (third->width, ==, 256);
  g_autoptr(VigPixels) fourth = vig_pixels_load (kept, 0, NULL, &error);
  g_assert_no_error (error);

  /* Never larger than the picture; and shown even where nothing can be kept. */
  g_autofree char *small = test_write_picture (folder, "small.png", 20, 30, 3);
  g_autoptr(VigPixels) same = vig_pixels_load_thumbnail (small, "aaaaaaaaaa", "/proc/nowhere", 256, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (same->width, ==, 20);
  g_autofree char *thin = test_write_picture (folder, "thin.png", 2000, 1, 3);
  g_autoptr(VigPixels) line = vig_pixels_load_thumbnail (thin, "bbbbbbbbbb", cache, 256, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (line->width, ==, 256);
  g_assert_cmpuint (line->height, ==, 1);
}

/* What a photo says in words comes from the reader; what comes from it is not trusted either. */
static void
test_said (void)
{
  static const char bytes[] = "da/b\0f\377\376\0fwinter\0tlost\0p\0kprompt\0ta cat\0kprompt\0tanother\0kodd\0t\300\0?\0\0fcut off";
  g_autofree char *folder = test_make_folder ();
  g_autofree char *path = test_write_picture (folder, "a.jpg", 32, 24, 1);
  const char *deep[] = { "animals/fox", NULL }, *flat[] = { "fox", "snow", NULL };
  g_autoptr(VigSaid) said = NULL;
  g_autoptr(GError) error = NULL;
  VigExtent extent;

  {
    g_autoptr(GMutexLocker) locker = vig_metadata_lock ();
    g_autoptr(GExiv2Metadata) metadata = gexiv2_metadata_new ();

    g_assert_true (gexiv2_metadata_open_path (metadata, path, &error));
    gexiv2_metadata_try_set_tag_multiple (metadata, "Xmp.digiKam.TagsList", deep, &error);
    gexiv2_metadata_try_set_tag_multiple (metadata, "Xmp.dc.subject", flat, &error);
    gexiv2_metadata_try_set_tag_string (metadata, "Exif.Photo.UserComment", "in the hills", &error);
    g_assert_true (gexiv2_metadata_save_file (metadata, path, &error));
    g_assert_no_error (error);
  }
  g_assert_true (vig_pixels_look (path, &extent, &said, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (said->deep->len, ==, 1);
  g_assert_cmpstr (said->deep->pdata[0], ==, "animals/fox");
  g_assert_cmpuint (said->flat->len, ==, 2);
  g_assert_cmpstr (said->comment, ==, "in the hills");
  g_assert_null (said->texts);

  g_autoptr(VigSaid) odd = vig_said_parse (bytes, sizeof bytes - 1);
  g_assert_cmpuint (odd->deep->len, ==, 1);
  g_assert_cmpuint (odd->flat->len, ==, 1);
  g_assert_cmpstr (odd->flat->pdata[0], ==, "winter");
  g_assert_cmpuint (g_hash_table_size (odd->texts), ==, 1);
  g_assert_cmpstr (g_hash_table_lookup (odd->texts, "prompt"), ==, "a cat");
}

int
main (int    argc,
      char **argv)
{
  static const char * const types[] = { "jpeg", "png", "tiff", "webp" };
  static const char * const cut[] = { "jpg", "png", "tiff", "bmp", "webp" };

  test_init_library (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *name = g_strconcat ("/pixels/orientations/", types[i], NULL);

      g_test_add_data_func (name, types[i], test_orientations);
    }
  for (guint i = 0; i < G_N_ELEMENTS (cut); i++)
    {
      g_autofree char *name = g_strconcat ("/pixels/cut-off/", cut[i], NULL);

      g_test_add_data_func (name, cut[i], test_cut_off);
    }
  g_test_add_func ("/pixels/no-end-marker", test_no_end_marker);
  g_test_add_func ("/pixels/bombs", test_bombs);
  g_test_add_func ("/pixels/bad-files", test_bad_files);
  g_test_add_func ("/pixels/damaged", test_damaged);
  g_test_add_func ("/pixels/transparent", test_transparent);
  g_test_add_func ("/pixels/profile", test_profile);
  g_test_add_func ("/pixels/reduced", test_reduced);
  g_test_add_func ("/pixels/thumbnail", test_thumbnail);
  g_test_add_func ("/pixels/said", test_said);

  return g_test_run ();
}
