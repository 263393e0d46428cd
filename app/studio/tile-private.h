/* tile-private.h: what a drawing job tells of one of its pictures */
#pragma once

#include "studio/studio.h"

G_BEGIN_DECLS

/* All fields are owned by whoever has the struct. */
typedef struct
{
  GBytes     *bytes;     /* may be NULL */
  double      fraction;
  VigPicture *picture;   /* may be NULL */
  guint32    *tokens;    /* (n_tokens) all of them; NULL until it is finished */
  guint       n_tokens;
  double      score;
  gboolean    chosen;
} VigLook;

VigTile *vig_tile_new    (guint64        seed);
/* Main context: shows @look, copying what it keeps. */
void     vig_tile_update (VigTile       *self,
                          guint          side,
                          const VigLook *look);

G_END_DECLS
