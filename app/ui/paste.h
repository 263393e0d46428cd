/* paste.h: pictures that come from another program, by paste or by drop */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The files that lie in @clipboard; if there are only pixels, a file in @folder that is made of them. */
void   vig_paste_async         (GdkClipboard        *clipboard,
                                const char          *folder,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);
/* @texture as a file in @folder, named after what it shows. */
void   vig_paste_texture_async (GdkTexture          *texture,
                                const char          *folder,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);
/* (transfer full): paths; NULL with G_IO_ERROR_NOT_FOUND if there is no picture. @made: (out): they are only ours */
char **vig_paste_finish        (GAsyncResult        *result,
                                gboolean            *made,
                                GError             **error);

G_END_DECLS
