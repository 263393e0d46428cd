/* pixels.c: any image file as upright sRGB bytes: the only decoder */

#define G_LOG_DOMAIN "vig-pixels"

#include "config.h"

#include "library/pixels.h"

#include "library/cut.h"
#include "library/files.h"
#include "library/metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <lcms2.h>
#include <sys/stat.h>
#include <unistd.h>

/* A header is quickly written; the memory it asks for is not quickly found. */
#define MOST_PIXELS (512ull << 20)

/* What the decoder tells while it is fed. */
typedef struct
{
  guint    side;       /* as wanted; 0 for all pixels */
  guint    width;      /* as in the file */
  guint    height;
  guint    rows;       /* drawn so far, of the size that is decoded to */
  gboolean too_large;
  char    *format;     /* owned; NULL while it is not known */
} Decoding;

void
vig_pixels_free (VigPixels *pixels)
{
  if (pixels == NULL)
    return;

  g_free (pixels->rgb);
  g_free (pixels);
}

static void
set_too_large (const char  *shown,
               guint        width,
               guint        height,
               GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("“%s” says that it is %u × %u pixels large, which is more than can be read."), shown, width, height);
}

static gboolean
is_too_large (guint64 width,
              guint64 height)
{
  return width * height > MOST_PIXELS;
}

gboolean
vig_pixels_read_size (const char  *path,
                      guint       *width,
                      guint       *height,
                      GError     **error)
{
  g_autofree char *shown = g_filename_display_basename (path);
  GStatBuf info;
  int w, h;

  if (g_stat (path, &info) != 0)
    {
      const int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _("“%s” cannot be read: %s."), shown,
                   g_strerror (code));
      return FALSE;
    }
  if (info.st_size == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is empty."), shown);
      return FALSE;
    }

  GdkPixbufFormat *format = S_ISREG (info.st_mode) ? gdk_pixbuf_get_file_info (path, &w, &h) : NULL;
  if (format == NULL || w <= 0 || h <= 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("“%s” is not a picture, is damaged, or is of a kind that this computer cannot read."), shown);
      return FALSE;
    }
  if (is_too_large (w, h))
    {
      set_too_large (shown, w, h, error);
      return FALSE;
    }

  *width = w;
  *height = h;

  return TRUE;
}

/* JPEG alone can be decoded smaller, by halves: the largest that leaves the short side at twice @side or more. */
static guint
choose_divisor (guint width,
                guint height,
                guint side)
{
  const guint shorter = MIN (width, height);
  guint divisor = 1;

  while (side > 0 && divisor < 8 && (shorter + divisor * 2 - 1) / (divisor * 2) >= 2 * side)
    divisor *= 2;

  return divisor;
}

static void
size_cb (GdkPixbufLoader *loader,
         int              width,
         int              height,
         gpointer         data)
{
  Decoding *decoding = data;
  GdkPixbufFormat *format = gdk_pixbuf_loader_get_format (loader);

  decoding->width = width;
  decoding->height = height;
  decoding->format = format != NULL ? gdk_pixbuf_format_get_name (format) : g_strdup ("");
  decoding->too_large = is_too_large (width, height);

  if (decoding->too_large)
    gdk_pixbuf_loader_set_size (loader, 0, 0);  /* it stops here */
  else if (strcmp (decoding->format, "jpeg") == 0)
    {
      const int divisor = choose_divisor (width, height, decoding->side);

      /* Exactly what libjpeg will make of it, so that nothing scales it again. */
      if (divisor > 1)
        gdk_pixbuf_loader_set_size (loader, (width + divisor - 1) / divisor, (height + divisor - 1) / divisor);
    }
}

static void
area_cb (GdkPixbufLoader *loader,
         int              x,
         int              y,
         int              width,
         int              height,
         gpointer         data)
{
  Decoding *decoding = data;

  decoding->rows = MAX (decoding->rows, (guint) (y + height));
}

static gboolean
feed (GdkPixbufLoader  *loader,
      int               fd,
      const char       *shown,
      GCancellable     *cancellable,
      GError          **error)
{
  enum { STEP = 1 << 16 };
  g_autofree guint8 *bytes = g_malloc (STEP);

  for (;;)
    {
      const ssize_t n = read (fd, bytes, STEP);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (n == 0)
        return TRUE;
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          const int code = errno;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _("“%s” cannot be read: %s."), shown,
                       g_strerror (code));
          return FALSE;
        }
      if (!gdk_pixbuf_loader_write (loader, bytes, n, error))
        return FALSE;
    }
}

/* One sentence for what GdkPixbuf says in many. Takes @problem. */
static void
propagate_problem (GError     **error,
                   GError      *problem,
                   const char  *shown)
{
  if (problem->domain == G_IO_ERROR)
    {
      g_propagate_error (error, problem);
      return;
    }

  if (g_error_matches (problem, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("“%s” is not a picture, or of a kind that this computer cannot read."), shown);
  else if (g_error_matches (problem, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is too large for the memory of this computer."),
                 shown);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is damaged."), shown);
  g_error_free (problem);
}

static GdkPixbuf *
decode (int            fd,
        const char    *shown,
        Decoding      *decoding,
        GCancellable  *cancellable,
        GError       **error)
{
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  GError *problem = NULL;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_cb), decoding);
  g_signal_connect (loader, "area-updated", G_CALLBACK (area_cb), decoding);

  const gboolean fed = feed (loader, fd, shown, cancellable, &problem);
  const guint rows = decoding->rows;  /* closing makes up the rest */
  /* A loader must be closed even when it has failed; what it then says is not the reason. */
  gdk_pixbuf_loader_close (loader, fed ? &problem : NULL);

  GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (decoding->too_large)
    {
      g_clear_error (&problem);
      set_too_large (shown, decoding->width, decoding->height, error);
      return NULL;
    }
  if (problem != NULL)
    {
      propagate_problem (error, problem, shown);
      return NULL;
    }

  const guint drawn = g_strcmp0 (decoding->format, "jpeg") == 0 ? rows : decoding->rows;
  if (pixbuf == NULL || vig_file_is_cut_off (fd, decoding->format, drawn, gdk_pixbuf_get_height (pixbuf)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is damaged: its end is missing."), shown);
      return NULL;
    }

  return g_object_ref (pixbuf);
}

/* GdkPixbuf tells the orientation of JPEG and TIFF; of the others' EXIF it knows nothing. HEIC and AVIF come turned. */
static guint
find_orientation (GdkPixbuf  *pixbuf,
                  const char *format,
                  const char *path)
{
  const char *option = gdk_pixbuf_get_option (pixbuf, "orientation");
  guint orientation = 1;
  gint64 taken;

  if (option != NULL)
    orientation = g_ascii_strtoull (option, NULL, 10);
  else if (strcmp (format, "png") == 0 || strcmp (format, "webp") == 0)
    vig_metadata_read (path, &orientation, &taken);

  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

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

static VigPixels *
make_upright (GdkPixbuf *pixbuf,
              guint      orientation)
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
  VigPixels *pixels = g_new0 (VigPixels, 1);

  pixels->width = orientation > 4 ? height : width;
  pixels->height = orientation > 4 ? width : height;
  pixels->rgb = g_malloc ((gsize) width * height * 3);

  for (guint y = 0; y < height; y++)
    {
      guint8 *to = pixels->rgb + (turn.start + turn.down * (gssize) y) * 3;

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

  return pixels;
}

VigPixels *
vig_pixels_load (const char    *path,
                 guint          side,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  g_autofree char *shown = g_filename_display_basename (path);
  Decoding decoding = { .side = side };
  struct stat info = { 0 };
  VigPixels *pixels = NULL;

  /* Not to be held up by a pipe that is called a picture. */
  const int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      const int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _("“%s” cannot be read: %s."), shown,
                   g_strerror (code));
      if (fd >= 0)
        close (fd);
      return NULL;
    }

  if (!S_ISREG (info.st_mode))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is not a file."), shown);
  else if (info.st_size == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is empty."), shown);
  else
    {
      g_autoptr(GdkPixbuf) pixbuf = decode (fd, shown, &decoding, cancellable, error);

      if (pixbuf != NULL)
        pixels = make_upright (pixbuf, find_orientation (pixbuf, decoding.format, path));
    }
  g_free (decoding.format);
  close (fd);

  return pixels;
}

static VigPixels *
scale_to_fit (VigPixels *pixels,
              guint      side)
{
  const guint longer = MAX (pixels->width, pixels->height);

  if (longer <= side)
    return pixels;

  const guint width = MAX (1, ((guint64) pixels->width * side + longer / 2) / longer);
  const guint height = MAX (1, ((guint64) pixels->height * side + longer / 2) / longer);
  g_autoptr(GdkPixbuf) large =
    gdk_pixbuf_new_from_data (pixels->rgb, GDK_COLORSPACE_RGB, FALSE, 8, pixels->width, pixels->height,
                              pixels->width * 3, NULL, NULL);
  g_autoptr(GdkPixbuf) small = gdk_pixbuf_scale_simple (large, width, height, GDK_INTERP_BILINEAR);
  VigPixels *scaled = make_upright (small, 1);

  vig_pixels_free (pixels);

  return scaled;
}

/* In a place of its own, so that nobody ever reads half of one. That it could not be kept is no reason not to show it. */
static void
keep_thumbnail (VigPixels  *pixels,
                const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GdkPixbuf) pixbuf =
    gdk_pixbuf_new_from_data (pixels->rgb, GDK_COLORSPACE_RGB, FALSE, 8, pixels->width, pixels->height,
                              pixels->width * 3, NULL, NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      !gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &size, "jpeg", NULL, "quality", "90", NULL))
    return;

  g_autofree char *part = g_strdup_printf ("%s.%08x.part", path, g_random_int ());
  if (vig_file_write (part, bytes, size, path, NULL) && g_rename (part, path) != 0)
    g_unlink (part);
}

VigPixels *
vig_pixels_load_thumbnail (const char    *path,
                           const char    *hash,
                           const char    *cache,
                           guint          side,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_return_val_if_fail (path != NULL && cache != NULL && side > 0, NULL);
  g_return_val_if_fail (hash != NULL && strlen (hash) >= 8 && strspn (hash, "0123456789abcdef") == strlen (hash), NULL);

  g_autofree char *name = g_strdup_printf ("%s-%u.jpg", hash + 2, side);
  g_autofree char *kept = g_strdup_printf ("%s/thumbnails/%.2s/%s", cache, hash, name);

  /* Absent or damaged: then it is made again. */
  VigPixels *pixels = vig_pixels_load (kept, 0, cancellable, NULL);
  if (pixels != NULL && MAX (pixels->width, pixels->height) <= side)
    return pixels;
  vig_pixels_free (pixels);

  pixels = vig_pixels_load (path, side, cancellable, error);
  if (pixels == NULL)
    return NULL;

  pixels = scale_to_fit (pixels, side);
  keep_thumbnail (pixels, kept);

  return pixels;
}
