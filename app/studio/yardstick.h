/* yardstick.h: what a CLIP makes of pictures and words that have nothing to do with the question
 *
 * CLIP is trained so that exp (scale · cosine) of a picture v and a text t is as much as a constant of v times how much
 * likelier t is of this picture than of any [van den Oord et al. 2018, 2.3; Radford et al. 2021, 2.3]. With captions b of
 * things in general that constant is known, and
 *
 *   x (v, t) = scale · v·t − ln mean over b of exp (scale · v·b)
 *
 * is evidence. Some texts are near to every picture, though: of the x of a text over pictures in general, the mean m and
 * the deviation s are known as well, and z = (x − m) / s tells how far above the usual it is. How much a z is worth
 * depends on the CLIP: what is on these pictures is known, too, and of all pairs of them and their labels
 *
 *   ln (p / (1 − p)) = slope · z + offset + ln odds
 *
 * is fitted by logistic regression, once a model, with the odds that a pair is right. Among n labels about
 *
 *   odds (n) = 4 / (n + 8)
 *
 * are right beforehand: of a few that somebody names every third, of a thousand everyday words some four. A CLIP that
 * cannot tell gets a slope near 0, and is sure of nothing.
 */
#pragma once

#include <vc.h>

#include "studio/workshop.h"

G_BEGIN_DECLS

typedef struct
{
  guint   width;
  double  scale;
  guint   n_pictures;
  float  *pictures;     /* owned; (n_pictures, width) */
  double *weights;      /* owned; (n_pictures): as vig_yardstick_weigh() has them */
  guint   n_captions;
  float  *captions;     /* owned; (n_captions, width) */
  double  slope;
  double  offset;
} VigYardstick;

void           vig_yardstick_free    (VigYardstick       *background);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigYardstick, vig_yardstick_free)

/* Of a new model it takes some seconds, then it is kept in the library. */
VigYardstick *vig_yardstick_new     (VigWorkshop         *workshop,
                                       VcClip              *clip,
                                       GCancellable        *cancellable,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* ln mean over b of exp (scale · row·b) of a picture's row */
double         vig_yardstick_weigh   (const VigYardstick *background,
                                       const float         *row);
/* m and s of a text's row. */
void           vig_yardstick_measure (const VigYardstick *background,
                                       const float         *text,
                                       double              *mean,
                                       double              *deviation);

/* The two constants of the logistic that fits best: @z: (n), @right: (n). */
void           vig_yardstick_fit     (const double        *z,
                                       const gboolean      *right,
                                       guint                n,
                                       double              *slope,
                                       double              *offset);

G_END_DECLS
