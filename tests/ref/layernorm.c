/* layernorm.c: mean 0 and variance 1 over each row */

#include "ref.h"

#include <math.h>

void
ref_layernorm (const float *x,
               const float *gain,
               const float *bias,
               float       *y,
               uint32_t     rows,
               uint32_t     width,
               double       epsilon)
{
  for (uint32_t row = 0; row < rows; row++, x += width, y += width)
    {
      double mean = 0;
      double variance = 0;

      for (uint32_t i = 0; i < width; i++)
        mean += x[i] / (double) width;
      for (uint32_t i = 0; i < width; i++)
        variance += (x[i] - mean) * (x[i] - mean) / width;
      for (uint32_t i = 0; i < width; i++)
        y[i] = (x[i] - mean) / sqrt (variance + epsilon) * gain[i] + bias[i];
    }
}
