/* linear.c: every row times a matrix of weights */

#include "ref.h"

void
ref_linear (const float *x,
            const float *weight,
            const float *bias,
            float       *y,
            uint32_t     rows,
            uint32_t     in,
            uint32_t     out)
{
  for (uint32_t row = 0; row < rows; row++)
    for (uint32_t o = 0; o < out; o++)
      {
        double sum = bias != NULL ? bias[o] : 0;

        for (uint32_t i = 0; i < in; i++)
          sum += (double) x[(size_t) row * in + i] * weight[(size_t) o * in + i];
        *y++ = sum;
      }
}
