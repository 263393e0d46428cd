/* attention.c: every token gathers from those that it may see */

#include "ref.h"

#include <math.h>
#include <stdlib.h>

void
ref_attention (const float *q,
               const float *k,
               const float *v,
               float       *y,
               uint32_t     count,
               uint32_t     heads,
               uint32_t     tokens,
               uint32_t     head_width,
               uint32_t     capacity,
               uint32_t     keys,
               int          causal,
               const uint8_t *seen)
{
  double *share = calloc (keys, sizeof *share);

  for (uint32_t c = 0; c < count; c++)
    for (uint32_t t = 0; t < tokens; t++)
      for (uint32_t h = 0; h < heads; h++)
        {
          const size_t memory = (size_t) c * heads + h;
          const float *query = q + (memory * tokens + t) * head_width;
          const uint32_t end = causal ? keys - tokens + t + 1 : keys;
          const uint8_t *row = seen != NULL ? seen + ((size_t) c * tokens + t) * keys : NULL;
          double top = -INFINITY;
          double total = 0;

          for (uint32_t j = 0; j < end; j++)
            {
              share[j] = 0;
              for (uint32_t i = 0; i < head_width; i++)
                share[j] += (double) query[i] * k[(memory * capacity + j) * head_width + i];
              share[j] /= sqrt (head_width);
              if (row != NULL && !row[j])
                share[j] = -INFINITY;
              top = fmax (top, share[j]);
            }
          for (uint32_t j = 0; j < end; j++)
            {
              share[j] = exp (share[j] - top);
              total += share[j];
            }
          for (uint32_t i = 0; i < head_width; i++)
            {
              double sum = 0;

              for (uint32_t j = 0; j < end; j++)
                sum += share[j] / total * v[(memory * capacity + j) * head_width + i];
              *y++ = sum;
            }
        }

  free (share);
}
