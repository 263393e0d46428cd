/* unitnorm.c: every row at length 1 */

#include "ref.h"

#include <math.h>

void
ref_unitnorm (const float *x,
              float       *y,
              uint32_t     rows,
              uint32_t     width)
{
  for (uint32_t row = 0; row < rows; row++, x += width, y += width)
    {
      double squares = 0;

      for (uint32_t i = 0; i < width; i++)
        squares += (double) x[i] * x[i];
      for (uint32_t i = 0; i < width; i++)
        y[i] = squares > 0 ? x[i] / sqrt (squares) : 0;
    }
}
