/* upright.c: decoded pixels, turned as they were meant, as sRGB over white */

#define G_LOG_DOMAIN "vig-upright"

#include "config.h"

#include "decoder/upright.h"

#include <lcms2.h>
#include <string.h>

/* From the picture's own colours to sRGB; NULL if it has none of its own, or they are not of three or one channel. */
static cmsHTRANSFORM
make_transform (GdkPixbuf *pixbuf,
                gboolean  *gray)
{
  const char *encoded = gdk_pixbuf_get_option (pixbuf, "icc-profile");
  gsize size = 0;
  g_autofree guchar *bytes = encoded != NULL ? g_base64_decode (encoded, &size) : NULL;
  cmsHPROFILE own = bytes != NULL ? cmsOpenProfileFromMem (bytes, size) : NULL;
  cmsHTRANSFORM transform = NULL;

  if (own == NULL)
    return NULL;

  const cmsColorSpaceSignature space = cmsGetColorSpace (own);
  *gray = space == cmsSigGrayData;
  if (space == cmsSigRgbData || *gray)
    {
      cmsHPROFILE srgb = cmsCreate_sRGBProfile ();

      transform = cmsCreateTransform (own, *gray ? TYPE_GRAY_8 : TYPE_RGB_8, srgb, TYPE_RGB_8,
                                      INTENT_PERCEPTUAL, cmsFLAGS_NOCACHE);
      cmsCloseProfile (srgb);
    }
  cmsCloseProfile (own);

  return transform;
}

/* One row of @pixbuf as sRGB over white. @row, @spare: (width, 3) */
static void
convert_row (const guint8  *from,
             guint          width,
             guint          channels,
             cmsHTRANSFORM  transform,
             gboolean       gray,
             guint8        *spare,
             guint8        *row)
{
  guint8 *plain = transform != NULL ? spare : row;

  for (guint x = 0; x < width; x++)
    {
      if (gray && transform != NULL)
        plain[x] = from[x * channels];
      else
        memcpy (plain + x * 3, from + x * channels, 3);
    }
  if (transform != NULL)
    cmsDoTransform (transform, spare, row, width);

  for (guint x = 0; x < width && channels == 4; x++)
    {
      const guint alpha = from[x * 4 + 3];

      for (guint c = 0; c < 3; c++)
        row[x * 3 + c] = (row[x * 3 + c] * alpha + 255 * (255 - alpha) + 127) / 255;
    }
}

/* Where the pixel (x, y) of the file goes in the upright picture. EXIF 2.3, tag 0x0112: 1 upright, 2 mirrored, 3 turned by
 * half, 4 both, 5 transposed, 6 to be turned clockwise, 7 transposed along the other diagonal, 8 counter-clockwise. */
typedef struct
{
  gssize start;   /* of (0, 0), in pixels */
  gssize across;  /* added for each step of x */
  gssize down;    /* and of y */
} Turn;

static Turn
make_turn (guint orientation,
           guint width,
           guint height)
{
  const gssize w = width, h = height;
  const Turn turns[] = {
    { 0, 1, w },
    { w - 1, -1, w },
    { w * h - 1, -1, -w },
    { w * (h - 1), 1, -w },
    { 0, h, 1 },
    { h - 1, h, -1 },
    { w * h - 1, -h, -1 },
    { h * (w - 1), -h, 1 },
  };

  return turns[orientation - 1];
}

void
vig_upright (GdkPixbuf *pixbuf,
             guint      orientation,
             guint8    *rgb)
{
  const guint width = gdk_pixbuf_get_width (pixbuf);
  const guint height = gdk_pixbuf_get_height (pixbuf);
  const guint channels = gdk_pixbuf_get_n_channels (pixbuf);
  const gsize stride = gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *from = gdk_pixbuf_read_pixels (pixbuf);
  const Turn turn = make_turn (orientation, width, height);
  gboolean gray = FALSE;
  cmsHTRANSFORM transform = make_transform (pixbuf, &gray);
  g_autofree guint8 *spare = g_malloc ((gsize) width * 3);
  g_autofree guint8 *row = g_malloc ((gsize) width * 3);

  for (guint y = 0; y < height; y++)
    {
      guint8 *to = rgb + (turn.start + turn.down * (gssize) y) * 3;

      if (turn.across == 1)
        convert_row (from + y * stride, width, channels, transform, gray, spare, to);
      else
        {
          convert_row (from + y * stride, width, channels, transform, gray, spare, row);
          for (guint x = 0; x < width; x++)
            memcpy (to + turn.across * (gssize) x * 3, row + x * 3, 3);
        }
    }
  if (transform != NULL)
    cmsDeleteTransform (transform);
}
