/* hit.h: a picture that a search found, with how sure it is and why */
#pragma once

#include "library/picture.h"

G_BEGIN_DECLS

#define VIG_TYPE_HIT (vig_hit_get_type ())

G_DECLARE_FINAL_TYPE (VigHit, vig_hit, VIG, HIT, GObject)

VigHit     *vig_hit_new         (VigPicture *picture,
                                 double      score,
                                 const char *why,
                                 gboolean    close);
VigPicture *vig_hit_get_picture (VigHit     *self);
double      vig_hit_get_score   (VigHit     *self);
const char *vig_hit_get_why     (VigHit     *self);
gboolean    vig_hit_get_close   (VigHit     *self);

/* What the lists of the window hold is a picture or a hit. Borrowed. */
VigPicture *vig_hit_peel        (gpointer    item);

G_END_DECLS
