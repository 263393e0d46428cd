/* torgb.c: three channels as the bytes of a pixel */

#include "ref.h"

#include <math.h>

void
ref_torgb (const float *x,
           uint32_t    *y,
           uint32_t     pixels,
           double       scale,
           double       shift)
{
  for (uint32_t pixel = 0; pixel < pixels; pixel++)
    {
      y[pixel] = isfinite (x[3 * pixel]) && isfinite (x[3 * pixel + 1]) && isfinite (x[3 * pixel + 2])
                 ? 0xff000000 : 0;
      for (uint32_t c = 0; c < 3; c++)
        {
          const double value = x[3 * pixel + c] * scale + shift;

          y[pixel] |= (uint32_t) rint (255 * fmin (fmax (value, 0), 1)) << 8 * c;
        }
    }
}
