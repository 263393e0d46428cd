/* upsample.c: each pixel becomes two by two */

#include "ref.h"

void
ref_upsample (const float *x,
              float       *y,
              uint32_t     count,
              uint32_t     height,
              uint32_t     width,
              uint32_t     channels)
{
  for (uint32_t picture = 0; picture < count; picture++)
    for (uint32_t row = 0; row < 2 * height; row++)
      for (uint32_t column = 0; column < 2 * width; column++)
        for (uint32_t c = 0; c < channels; c++)
          *y++ = x[((picture * height + row / 2) * width + column / 2) * channels + c];
}
