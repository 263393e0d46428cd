/* start-picture.h: the picture that a drawing starts from, and how much of it is kept */
#pragma once

#include "ui/keep-handle.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_START_PICTURE (vig_start_picture_get_type ())

G_DECLARE_FINAL_TYPE (VigStartPicture, vig_start_picture, VIG, START_PICTURE, GtkWidget)

void           vig_start_picture_set_textures (VigStartPicture *self,
                                               VigTextures     *textures);
/* @path: (nullable): none */
void           vig_start_picture_set_path     (VigStartPicture *self,
                                               const char      *path);
const char    *vig_start_picture_get_path     (VigStartPicture *self);
/* @rows: of tokens in a whole picture; 0: this model cannot start from a picture */
void           vig_start_picture_set_rows     (VigStartPicture *self,
                                               guint            rows);
/* How many of them are kept; 0 without a picture. */
guint          vig_start_picture_get_keep     (VigStartPicture *self);
VigKeepHandle *vig_start_picture_get_handle   (VigStartPicture *self);

G_END_DECLS
