/* kernels-nearest.c: which of many rows is nearest */

#include "host/vectors.h"

INLINE void
measure (const float *x,
         const float *code,
         float       *distances,
         uint32_t     width,
         const guint  rows)
{
  Vector sums[4];
  uint32_t i = 0;

#pragma GCC unroll 8
  for (guint r = 0; r < rows; r++)
    sums[r] = splat (0);

  for (; i + LANES <= width; i += LANES)
    {
      const Vector c = load (code + i);

#pragma GCC unroll 8
      for (guint r = 0; r < rows; r++)
        {
          const Vector difference = load (x + (gsize) r * width + i) - c;

          sums[r] += difference * difference;
        }
    }

  for (guint r = 0; r < rows; r++)
    {
      distances[r] = sum_lanes (sums[r]);
      for (uint32_t k = i; k < width; k++)
        {
          const float difference = x[(gsize) r * width + k] - code[k];

          distances[r] += difference * difference;
        }
    }
}

void
VC_KERNEL (nearest) (const float *x,
                     const float *table,
                     uint32_t    *ids,
                     uint32_t     rows,
                     uint32_t     codes,
                     uint32_t     width)
{
  float least[VC_NEAREST_ROWS];
  float distances[VC_NEAREST_ROWS];

  for (uint32_t code = 0; code < codes; code++, table += width)
    {
      uint32_t r = 0;

      for (; r + 4 <= rows; r += 4)
        measure (x + (gsize) r * width, table, distances + r, width, 4);
      for (; r < rows; r++)
        measure (x + (gsize) r * width, table, distances + r, width, 1);

      for (r = 0; r < rows; r++)
        if (code == 0 || distances[r] < least[r])
          {
            least[r] = distances[r];
            ids[r] = code;
          }
    }
}
