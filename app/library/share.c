/* share.c: a copy of a picture for others: its pixels, and nothing that tells words, place, time or camera */

#define G_LOG_DOMAIN "vig-share"

#include "config.h"

#include "library/files.h"
#include "library/library-private.h"
#include "library/metadata.h"
#include "library/pixels.h"
#include "library/png-file.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* Of a drawing it says that it is one, and by which model, but neither words nor seed. */
static GBytes *
encode_png (VigLibrary       *self,
            VigPicture       *picture,
            const VigPixels  *pixels,
            GError          **error)
{
  g_autofree char *xmp = NULL;
  VigPngText text = { "XML:com.adobe.xmp", NULL };

  if (vig_picture_get_kind (picture) == VIG_PICTURE_MADE)
    {
      g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
      g_autofree char *hash = NULL;

      {
        g_autoptr(VigRows) rows =
          vig_transaction_query (t, "SELECT recipe ->> 'model_hash' FROM made WHERE picture = ?", "l",
                                 vig_picture_get_id (picture));

        hash = vig_rows_next (rows) ? g_strdup (vig_rows_get_text (rows, 0)) : NULL;
      }
      if (!vig_transaction_commit (t, error) || (xmp = vig_metadata_describe_shared (hash, error)) == NULL)
        return NULL;
      text.text = xmp;
    }

  return vig_png_encode (pixels->rgb, pixels->width, pixels->height, &text, xmp != NULL, error);
}

static GBytes *
encode_jpeg (const VigPixels  *pixels,
             GError          **error)
{
  g_autoptr(GdkPixbuf) pixbuf =
    gdk_pixbuf_new_from_data (pixels->rgb, GDK_COLORSPACE_RGB, FALSE, 8, pixels->width, pixels->height,
                              pixels->width * 3, NULL, NULL);
  char *bytes = NULL;
  gsize size = 0;

  if (!gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &size, "jpeg", error, "quality", "95", NULL))
    return NULL;

  return g_bytes_new_take (bytes, size);
}

static gboolean
is_jpeg (const char *path)
{
  g_autofree char *low = g_ascii_strdown (path, -1);

  return g_str_has_suffix (low, ".jpg") || g_str_has_suffix (low, ".jpeg");
}

gboolean
vig_library_share (VigLibrary    *self,
                   VigPicture    *picture,
                   const char    *path,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (VIG_IS_PICTURE (picture) && path != NULL, FALSE);

  /* A drawing has to say that it is one, which our JPEG files cannot. */
  const gboolean jpeg = is_jpeg (path) && vig_picture_get_kind (picture) == VIG_PICTURE_PHOTO;
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr(VigPixels) pixels = vig_pixels_load (vig_picture_get_path (picture), 0, cancellable, error);
  g_autoptr(GBytes) bytes = NULL;
  gsize size;

  if (pixels == NULL)
    return FALSE;
  bytes = jpeg ? encode_jpeg (pixels, error) : encode_png (self, picture, pixels, error);
  if (bytes == NULL)
    return FALSE;

  const void *data = g_bytes_get_data (bytes, &size);

  return vig_file_write (path, data, size, shown, error);
}
