/* textures.h: pictures ready to be drawn, not too many of them at once */
#pragma once

#include <gtk/gtk.h>

#include "library/picture.h"

G_BEGIN_DECLS

#define VIG_TYPE_TEXTURES (vig_textures_get_type ())

G_DECLARE_FINAL_TYPE (VigTextures, vig_textures, VIG, TEXTURES, GObject)

/* @cache: folder of the thumbnail files.  @limit: bytes kept */
VigTextures *vig_textures_new         (const char           *cache,
                                       gsize                 limit);
/* Borrowed; NULL if it is not at hand. */
GdkTexture  *vig_textures_lookup      (VigTextures          *self,
                                       VigPicture           *picture,
                                       guint                 side);
/* Decoded off the main thread, newest wish first; one that is cancelled before its turn costs nothing. */
void         vig_textures_load_async  (VigTextures          *self,
                                       VigPicture           *picture,
                                       guint                 side,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
/* The same for a file that the library does not know: decoded anew each time. */
void         vig_textures_open_async  (VigTextures          *self,
                                       const char           *path,
                                       guint                 side,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
GdkTexture  *vig_textures_load_finish (VigTextures          *self,
                                       GAsyncResult         *result,
                                       GError              **error);
/* @rgb: (height, width, 3), copied; small ones are enlarged softly. Any thread. */
GdkTexture  *vig_textures_make        (const guint8         *rgb,
                                       guint                 width,
                                       guint                 height);

G_END_DECLS
