/* picture.h: one picture of the library, a photo or one that was made
 *
 * One object an id, as long as somebody holds it. Any thread may read. What a getter lends stays good as long as
 * the picture is held; when it is told otherwise by the library, "changed" is emitted on the main context.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VIG_TYPE_PICTURE (vig_picture_get_type ())

G_DECLARE_FINAL_TYPE (VigPicture, vig_picture, VIG, PICTURE, GObject)

typedef enum
{
  VIG_PICTURE_PHOTO,  /* a file of the user's: read-only to us */
  VIG_PICTURE_MADE,   /* drawn by us */
} VigPictureKind;

gint64              vig_picture_get_id       (VigPicture *self);
VigPictureKind      vig_picture_get_kind     (VigPicture *self);
const char         *vig_picture_get_path     (VigPicture *self);  /* absolute, in the file system's bytes */
char               *vig_picture_dup_name     (VigPicture *self);  /* the file's name as UTF-8 to show */
const char         *vig_picture_get_hash     (VigPicture *self);  /* SHA-256 of the file's bytes */
guint               vig_picture_get_width    (VigPicture *self);  /* pixels, upright */
guint               vig_picture_get_height   (VigPicture *self);
gint64              vig_picture_get_time     (VigPicture *self);  /* Unix seconds: taken, or made */
gboolean            vig_picture_get_missing  (VigPicture *self);
gboolean            vig_picture_get_favourite (VigPicture *self);
gint64              vig_picture_get_trashed  (VigPicture *self);  /* Unix seconds: since when it is in the trash; 0: it is not */
const char         *vig_picture_get_prompt   (VigPicture *self);  /* NULL for photos */
guint64             vig_picture_get_seed     (VigPicture *self);
double              vig_picture_get_score    (VigPicture *self);  /* CLIP score of a made picture; NaN where nothing judged it */
const char         *vig_picture_get_recipe   (VigPicture *self);  /* JSON, NULL for photos */
const char * const *vig_picture_get_tags     (VigPicture *self);  /* accepted tags, sorted */

G_END_DECLS
