/* background.h: what the scores of all pictures say about one of them
 *
 * A score by itself means nothing: what is close for one question is far for another (0.91 may be the best there is, and
 * 0.93 junk). So the library is its own background. Most of its n pictures have nothing to do with a question, and
 * their scores lie around the median m like a normal distribution, of deviation s; s is taken of those below m, where
 * no good ones are:
 *
 *   s² = 2 / n · Σ (m - xᵢ)²  over xᵢ < m
 *
 * Of n such the largest lies at m + s · √(2 ln n), but for terms that vanish (Leadbetter, Lindgren, Rootzén: Extremes,
 * 1983, theorem 1.5.3). What is above that is there by no chance. And where something is very close indeed, what is not
 * even half as far from m is not meant:
 *
 *   cut = max (m + s · clamp (√(2 ln n), 2, 4),  m + (max xᵢ - m) / 2)
 *
 * Where no score reaches the first term nothing is close, which is an answer too. Below 2 deviations a handful of
 * pictures would all be close, beyond 4 a library of millions would have nothing; clear questions reach 6 and more.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  float median;     /* NaN of nothing */
  float deviation;  /* not 0 */
  float cut;        /* of what is close; infinite where all scores are the same */
} VigBackground;

VigBackground vig_background_measure (const float *scores,
                                      gsize        n);

G_END_DECLS
