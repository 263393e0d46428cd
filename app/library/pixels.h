/* pixels.h: any image file as upright sRGB bytes: the only decoder */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint8 *rgb;     /* owned; (height, width, 3), transparent parts over white, no padding */
  guint   width;
  guint   height;
} VigPixels;

/**
 * vig_pixels_load:
 * @path: the file
 * @side: 0 for all pixels; otherwise the short side need not be larger than twice this
 *
 * Turned by EXIF, converted to sRGB by its profile, then to RGB. Any thread. A file that is no picture, is
 * damaged, cut off, or would be larger than 512 megapixels gives G_IO_ERROR_INVALID_DATA with one sentence.
 */
VigPixels *vig_pixels_load (const char   *path,
                            guint         side,
                            GCancellable *cancellable,
                            GError      **error);
void       vig_pixels_free (VigPixels    *pixels);

/* By its header alone: pixels as they lie in the file, not turned. The same errors. */
gboolean   vig_pixels_read_size      (const char   *path,
                                      guint        *width,
                                      guint        *height,
                                      GError      **error);

/* Scaled down to fit (side, side), kept as a file in the cache under @hash. */
VigPixels *vig_pixels_load_thumbnail (const char   *path,
                                      const char   *hash,
                                      const char   *cache,
                                      guint         side,
                                      GCancellable *cancellable,
                                      GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigPixels, vig_pixels_free)

G_END_DECLS
