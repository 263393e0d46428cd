/* argmax.c: where in each row its greatest element is */

#include "ref.h"

void
ref_argmax (const float *x,
            uint32_t    *ids,
            uint32_t     rows,
            uint32_t     width)
{
  for (uint32_t row = 0; row < rows; row++)
    {
      ids[row] = 0;
      for (uint32_t i = 1; i < width; i++)
        if (x[row * width + i] > x[row * width + ids[row]])
          ids[row] = i;
    }
}
