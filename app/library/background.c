/* background.c: what the scores of all pictures say about one of them */

#define G_LOG_DOMAIN "vig-background"

#include "config.h"

#include "library/background.h"

#include <math.h>

/* Deviations below which nothing is a deviation. */
#define LEAST 1e-6f

/* Hoare's selection: the @k-th smallest. @x is put into another order. */
static float
select_kth (float *x,
            gsize  n,
            gsize  k)
{
  gsize low = 0, high = n - 1;

  while (low < high)
    {
      const float pivot = x[low + (high - low) / 2];
      gsize i = low, j = high;

      for (;;)
        {
          while (x[i] < pivot)
            i++;
          while (x[j] > pivot)
            j--;
          if (i >= j)
            break;

          const float other = x[i];
          x[i++] = x[j];
          x[j--] = other;
        }
      /* Of two that met on the pivot itself, j is the end of the smaller ones. */
      if (k <= j)
        high = j;
      else
        low = j + 1;
    }

  return x[k];
}

VigBackground
vig_background_measure (const float *scores,
                        gsize        n)
{
  VigBackground b = { NAN, LEAST, INFINITY };
  double squares = 0;
  float most = -INFINITY;

  if (n == 0)
    return b;

  g_autofree float *spare = g_memdup2 (scores, n * sizeof *scores);
  b.median = select_kth (spare, n, n / 2);
  for (gsize i = 0; i < n; i++)
    {
      if (scores[i] < b.median)
        squares += ((double) b.median - scores[i]) * ((double) b.median - scores[i]);
      most = MAX (most, scores[i]);
    }

  /* Of scores that are all the same none is closer than another. */
  const float deviation = n >= 2 ? sqrt (squares / (n / 2)) : 0;
  if (deviation > LEAST)
    {
      const float chance = CLAMP (sqrtf (2 * logf (n)), 2, 4);

      b.deviation = deviation;
      b.cut = MAX (b.median + chance * deviation, b.median + (most - b.median) / 2);
    }

  return b;
}
