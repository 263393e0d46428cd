/* pixels.c: any image file as upright sRGB bytes, by the reader of pictures */

#define G_LOG_DOMAIN "vig-pixels"

#include "config.h"

#include "library/pixels.h"

#include "library/decoder.h"
#include "library/files.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

void
vig_pixels_free (VigPixels *pixels)
{
  if (pixels == NULL)
    return;

  g_free (pixels->rgb);
  g_free (pixels);
}

gboolean
vig_pixels_look (const char    *path,
                 VigExtent     *extent,
                 VigSaid      **said,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_return_val_if_fail (path != NULL && extent != NULL, FALSE);

  VigDecodeReply reply;
  g_autofree guint8 *words = NULL;

  if (!vig_decoder_ask (path, VIG_DECODE_LOOK, 0, &reply, &words, cancellable, error))
    return FALSE;

  if (said != NULL)
    *said = vig_said_parse ((const char *) words, reply.said);
  *extent = (VigExtent) { .width = reply.width, .height = reply.height, .taken = reply.taken };

  return TRUE;
}

static VigPixels *
load (const char    *path,
      VigDecodeWhat  what,
      guint          side,
      GCancellable  *cancellable,
      GError       **error)
{
  VigDecodeReply reply;
  guint8 *rgb;

  if (!vig_decoder_ask (path, what, side, &reply, &rgb, cancellable, error))
    return NULL;

  VigPixels *pixels = g_new (VigPixels, 1);
  *pixels = (VigPixels) { .rgb = rgb, .width = reply.width, .height = reply.height };

  return pixels;
}

VigPixels *
vig_pixels_load (const char    *path,
                 guint          side,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_return_val_if_fail (path != NULL, NULL);

  return load (path, VIG_DECODE_LOAD, side, cancellable, error);
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

  pixels = load (path, VIG_DECODE_FIT, side, cancellable, error);
  if (pixels != NULL)
    keep_thumbnail (pixels, kept);

  return pixels;
}
