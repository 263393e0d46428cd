/* prefetch.h: pictures that no model has looked at yet, decoded ahead of it by as many threads as there are processors */
#pragma once

#include "library/library.h"
#include "vc.h"

G_BEGIN_DECLS

typedef struct _VigPrefetch VigPrefetch;

typedef struct
{
  VigPicture *picture;  /* owned */
  float      *pixels;   /* owned; (side, side, 3) as vc_clip_prepare() makes them; NULL if it could not be read */
  char       *reason;   /* owned; why not */
  gboolean    damaged;  /* it will not be readable next time either */
} VigDecoded;

/* Begins with the newest picture of @library that has no row of @clip. @clip is borrowed. */
VigPrefetch *vig_prefetch_new  (VigLibrary   *library,
                                VcClip       *clip);
/* How many pictures are kept ready at most. */
guint        vig_prefetch_get_room (VigPrefetch *self);
/**
 * vig_prefetch_take:
 * @wait: microseconds that it waits at most
 * @over: (out): there will be no more
 *
 * Returns: (transfer full): the next that is ready, or NULL: @error, @over, or none yet
 */
VigDecoded  *vig_prefetch_take (VigPrefetch  *self,
                                guint64       wait,
                                gboolean     *over,
                                GError      **error);
/* Gives up what is being decoded. */
void         vig_prefetch_free (VigPrefetch  *self);
void         vig_decoded_free  (VigDecoded   *decoded);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigPrefetch, vig_prefetch_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigDecoded, vig_decoded_free)

G_END_DECLS
