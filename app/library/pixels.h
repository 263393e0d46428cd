/* pixels.h: any image file as upright sRGB bytes
 *
 * The one way to them: files are decoded by a process of its own (decoder.h), never by this one.
 */
#pragma once

#include "library/said.h"

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
 * Turned by EXIF, converted to sRGB by its profile, then to RGB; of a camera's raw photo the preview inside. Any thread;
 * blocks. A file that is no picture, is damaged, cut off, larger than 512 megapixels or than the memory it may take, or
 * takes too long gives G_IO_ERROR_INVALID_DATA with one sentence.
 */
VigPixels *vig_pixels_load (const char   *path,
                            guint         side,
                            GCancellable *cancellable,
                            GError      **error);
void       vig_pixels_free (VigPixels    *pixels);

typedef struct
{
  guint  width;   /* upright */
  guint  height;
  gint64 taken;   /* Unix seconds; 0 if the picture does not say */
} VigExtent;

/* By its header alone, where the format has one that says so. The same errors. @said: (out) (optional): what it says in words */
gboolean   vig_pixels_look           (const char   *path,
                                      VigExtent    *extent,
                                      VigSaid     **said,
                                      GCancellable *cancellable,
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
