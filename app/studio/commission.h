/* commission.h: what a drawing job is to draw, as it is written down */
#pragma once

#include "studio/generate-job-private.h"

G_BEGIN_DECLS

/* Writes the job down if it is new, or takes it up if it was interrupted; once. Any thread but the main one. */
gboolean vig_commission_take   (VigGenerateJob *job,
                                VigLibrary     *library,
                                GError        **error);
/* Any thread: 0 before it was taken. */
gint64   vig_commission_get_id (VigGenerateJob *job);
/* It did not come to its end: a user's stop forgets the unfinished, else it is to be resumed. */
void     vig_commission_leave  (VigGenerateJob *job,
                                VigLibrary     *library);

/* What a picture of ours was drawn by, as a job that waits: with the first @keep rows of its tokens. NULL: it is none of ours. */
VigRecipe *vig_commission_vary (VigPicture     *picture,
                                guint           keep);

/* The studio's thread, before the models are opened: the one that draws. */
VcDalle *vig_commission_choose (VigEasel       *e,
                                GError        **error);
/* The studio's thread, with the models open: what was asked becomes what decides the pictures, and is written down; or, when that
 * had been done before, whether it can be gone on with by these models. */
gboolean vig_commission_settle (VigEasel       *e,
                                GError        **error);

G_END_DECLS
