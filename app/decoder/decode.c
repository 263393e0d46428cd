/* decode.c: the bytes of any image file become pixels
 *
 * By GdkPixbuf, which reads what the system has a loader for: JPEG, PNG, TIFF, GIF, WebP, HEIC, AVIF, JPEG XL and more.
 * libvips 8.14 was measured beside GdkPixbuf 2.42 on 12 megapixels, in milliseconds: JPEG to a quarter 43 and 32, PNG 195
 * and 198, WebP 243 and 142, TIFF 28 and 118, HEIC 666 and 626, AVIF 237 and 198; memory within a third of each other.
 * It is not the faster one where it counts, brings a hundred libraries along, and is not in Flatpak's GNOME runtime.
 */

#define G_LOG_DOMAIN "vig-decode"

#include "config.h"

#include "decoder/decode.h"

#include "decoder/cut.h"
#include "decoder/exif.h"
#include "decoder/words.h"

#include <string.h>

/* What the loader tells while it is fed. */
typedef struct
{
  guint    side;        /* as wanted; 0 for all pixels */
  gboolean only_size;   /* then it stops */
  guint    width;       /* as in the file; 0 while it is not known */
  guint    height;
  guint    rows;        /* drawn so far, of the size that is decoded to */
  gboolean too_large;
  char    *format;      /* owned; NULL while it is not known */
} Decoding;

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

  decoding->width = MAX (width, 0);
  decoding->height = MAX (height, 0);
  decoding->too_large = (guint64) decoding->width * decoding->height > VIG_DECODE_MOST_PIXELS;
  g_free (decoding->format);
  decoding->format = format != NULL ? gdk_pixbuf_format_get_name (format) : g_strdup ("");

  if (decoding->too_large || decoding->only_size)
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

/* The loader has done with what it was to do. */
static gboolean
is_enough (const Decoding *decoding)
{
  return decoding->width > 0 && (decoding->too_large || decoding->only_size);
}

static guint
judge (const GError *problem)
{
  if (g_error_matches (problem, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_UNKNOWN_TYPE))
    return VIG_DECODE_NO_PICTURE;
  if (g_error_matches (problem, GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_INSUFFICIENT_MEMORY))
    return VIG_DECODE_NO_MEMORY;

  return VIG_DECODE_DAMAGED;
}

/* Feeds all of it, and closes the loader. Returns a fault. */
static guint
feed (GdkPixbufLoader *loader,
      Decoding        *decoding,
      const guint8    *bytes,
      gsize            size)
{
  enum { STEP = 1 << 16 };
  g_autoptr(GError) problem = NULL;
  gboolean fed = TRUE;

  for (gsize at = 0; fed && at < size && !is_enough (decoding); at += STEP)
    fed = gdk_pixbuf_loader_write (loader, bytes + at, MIN (STEP, size - at), &problem);

  const guint rows = decoding->rows;  /* closing makes up the rest */
  /* A loader must be closed even when it has failed; what it then says is not the reason. */
  gdk_pixbuf_loader_close (loader, fed && !is_enough (decoding) ? &problem : NULL);
  if (g_strcmp0 (decoding->format, "jpeg") == 0)
    decoding->rows = rows;

  if (decoding->too_large)
    return VIG_DECODE_TOO_LARGE;
  if (problem != NULL && !is_enough (decoding))
    return judge (problem);

  return VIG_DECODE_FINE;
}

/* Drawings of vectors and icons are no photos, and their loader reads other files too. */
static gboolean
is_scalable (GdkPixbufLoader *loader)
{
  GdkPixbufFormat *format = gdk_pixbuf_loader_get_format (loader);

  return format != NULL && gdk_pixbuf_format_is_scalable (format);
}

/* GdkPixbuf tells the orientation of JPEG and TIFF; of the others' EXIF it knows nothing. HEIC and AVIF come turned. */
static gboolean
is_to_be_turned (const char *format)
{
  return strcmp (format, "jpeg") == 0 || strcmp (format, "tiff") == 0 || strcmp (format, "png") == 0 ||
         strcmp (format, "webp") == 0;
}

static void
tell_size (VigDecodeReply *reply,
           const Decoding *decoding,
           guint           orientation)
{
  reply->width = orientation > 4 ? decoding->height : decoding->width;
  reply->height = orientation > 4 ? decoding->width : decoding->height;
}

/* The bytes that are to be decoded: of a raw photo those of a picture within. */
static GBytes *
find_picture (const guint8           *bytes,
              gsize                   size,
              const VigDecodeRequest *request,
              VigDecodeReply         *reply)
{
  if (!request->raw)
    return g_bytes_new_static (bytes, size);

  GBytes *preview = vig_exif_load_preview (bytes, size, request->what == VIG_DECODE_LOOK ? 0 : request->side);
  if (preview == NULL)
    reply->fault = VIG_DECODE_NO_PREVIEW;

  return preview;
}

void
vig_decode_look (const guint8           *bytes,
                 gsize                   size,
                 const VigDecodeRequest *request,
                 VigDecodeReply         *reply,
                 GByteArray             *said)
{
  g_autoptr(GBytes) picture = find_picture (bytes, size, request, reply);
  guint orientation;

  if (picture == NULL)
    return;

  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  Decoding decoding = { .only_size = TRUE };
  gsize n;
  const guint8 *data = g_bytes_get_data (picture, &n);

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_cb), &decoding);
  reply->fault = feed (loader, &decoding, data, n);
  if (is_scalable (loader))
    reply->fault = VIG_DECODE_NO_PICTURE;
  else if (reply->fault == VIG_DECODE_FINE && (decoding.width == 0 || decoding.height == 0))
    reply->fault = VIG_DECODE_DAMAGED;

  vig_exif_read (bytes, size, &orientation, &reply->taken, said);
  vig_words_add_png (said, bytes, size);
  tell_size (reply, &decoding,
             request->raw || (decoding.format != NULL && is_to_be_turned (decoding.format)) ? orientation : 1);
  g_free (decoding.format);
}

static guint
find_orientation (GdkPixbuf    *pixbuf,
                  const char   *format,
                  const guint8 *bytes,
                  gsize         size,
                  gboolean      raw)
{
  const char *option = gdk_pixbuf_get_option (pixbuf, "orientation");
  guint orientation = 1;
  gint64 taken;

  if (raw || (option == NULL && is_to_be_turned (format) && strcmp (format, "jpeg") != 0 && strcmp (format, "tiff") != 0))
    vig_exif_read (bytes, size, &orientation, &taken, NULL);
  else if (option != NULL)
    orientation = g_ascii_strtoull (option, NULL, 10);

  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

GdkPixbuf *
vig_decode_load (const guint8           *bytes,
                 gsize                   size,
                 const VigDecodeRequest *request,
                 VigDecodeReply         *reply,
                 guint                  *orientation)
{
  g_autoptr(GBytes) picture = find_picture (bytes, size, request, reply);

  if (picture == NULL)
    return NULL;

  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  Decoding decoding = { .side = request->side };
  gsize n;
  const guint8 *data = g_bytes_get_data (picture, &n);

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_cb), &decoding);
  g_signal_connect (loader, "area-updated", G_CALLBACK (area_cb), &decoding);
  reply->fault = feed (loader, &decoding, data, n);

  g_autofree char *format = decoding.format;
  GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);

  tell_size (reply, &decoding, 1);
  if (is_scalable (loader))
    reply->fault = VIG_DECODE_NO_PICTURE;
  if (reply->fault != VIG_DECODE_FINE)
    return NULL;
  if (pixbuf == NULL || vig_is_cut_off (data, n, format != NULL ? format : "", decoding.rows,
                                        gdk_pixbuf_get_height (pixbuf)))
    {
      reply->fault = VIG_DECODE_CUT_OFF;
      return NULL;
    }

  *orientation = find_orientation (pixbuf, format != NULL ? format : "", bytes, size, request->raw);
  tell_size (reply, &decoding, *orientation);

  return g_object_ref (pixbuf);
}
