/* keep-handle.h: how many rows of a picture are kept, by a handle to drag */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_KEEP_HANDLE (vig_keep_handle_get_type ())

G_DECLARE_FINAL_TYPE (VigKeepHandle, vig_keep_handle, VIG, KEEP_HANDLE, GtkWidget)

/* Property: "keep" (uint). Arrow keys, Page Up and Down, Home and End move it as well. */

/* @texture: (nullable): of it the square in the middle counts */
void  vig_keep_handle_set_texture (VigKeepHandle *self,
                                   GdkTexture    *texture);
/* @rows: of tokens in a whole picture, at least 2. As much of the picture is kept as before. */
void  vig_keep_handle_set_rows    (VigKeepHandle *self,
                                   guint          rows);
guint vig_keep_handle_get_rows    (VigKeepHandle *self);
/* From 1 to all but one. */
void  vig_keep_handle_set_keep    (VigKeepHandle *self,
                                   guint          keep);
guint vig_keep_handle_get_keep    (VigKeepHandle *self);

G_END_DECLS
