/* picture-private.h: what the library alone may do to a picture */
#pragma once

#include "library/picture.h"

G_BEGIN_DECLS

/* All that is known of a picture. Never changed once it belongs to one: another takes its place. */
typedef struct
{
  gint64           id;
  VigPictureKind   kind;
  char            *path;    /* owned */
  char            *hash;    /* owned */
  guint            width;
  guint            height;
  gint64           time;
  gboolean         missing;
  gboolean         favourite;
  gint64           trashed;
  char            *prompt;  /* owned; NULL for photos */
  guint64          seed;
  double           score;   /* NaN where nothing judged it */
  char            *recipe;  /* owned; NULL for photos */
  char           **tags;    /* owned */
} VigPictureFacts;

void vig_picture_facts_free (VigPictureFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigPictureFacts, vig_picture_facts_free)

/* The pictures alive, one object an id, so that a selection outlives a reload. Any thread. */
typedef struct _VigPicturePool VigPicturePool;

VigPicturePool *vig_picture_pool_new   (void);
void            vig_picture_pool_unref (VigPicturePool  *pool);
/* The object of @facts->id, told @facts; made if there is none. Takes @facts. */
VigPicture     *vig_picture_pool_get   (VigPicturePool  *pool,
                                        VigPictureFacts *facts) G_GNUC_WARN_UNUSED_RESULT;
/* The object of @id if it is alive. */
VigPicture     *vig_picture_pool_find  (VigPicturePool  *pool,
                                        gint64           id) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type gint64) the ids of those alive */
GArray         *vig_picture_pool_dup_ids (VigPicturePool *pool) G_GNUC_WARN_UNUSED_RESULT;
/* Of picture.c only: a picture takes its leave; @pool is unreffed. */
void            vig_picture_pool_leave (VigPicturePool  *pool,
                                        VigPicture      *picture,
                                        gint64           id);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigPicturePool, vig_picture_pool_unref)

/* Takes @facts, and a reference to @pool. */
VigPicture     *vig_picture_new        (VigPictureFacts *facts,
                                        VigPicturePool  *pool) G_GNUC_WARN_UNUSED_RESULT;
/* Takes @facts. What was lent before stays good as long as the picture lives. */
void            vig_picture_update     (VigPicture      *self,
                                        VigPictureFacts *facts);

G_END_DECLS
