/* maxpool.c: two by two pixels become one */

#include "ref.h"

#include <math.h>

void
ref_maxpool (const float *x,
             float       *y,
             uint32_t     count,
             uint32_t     height,
             uint32_t     width,
             uint32_t     channels)
{
  for (uint32_t line = 0; line < count * height; line++)
    for (uint32_t column = 0; column < width; column++)
      for (uint32_t c = 0; c < channels; c++, y++)
        {
          *y = -INFINITY;
          for (uint32_t i = 0; i < 4; i++)
            *y = fmaxf (*y, x[((2 * line + i / 2) * 2 * width + 2 * column + i % 2) * channels + c]);
        }
}
