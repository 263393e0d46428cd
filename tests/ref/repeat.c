/* repeat.c: every row several times */

#include "ref.h"

void
ref_repeat (const float *x,
            float       *y,
            uint32_t     rows,
            uint32_t     width,
            uint32_t     times)
{
  for (uint32_t row = 0; row < rows; row++)
    for (uint32_t n = 0; n < times; n++)
      for (uint32_t i = 0; i < width; i++)
        *y++ = x[(size_t) row * width + i];
}
