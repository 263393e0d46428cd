/* gate.c: one half of each row opens the other */

#include "ref.h"

void
ref_gate (VcActivation  activation,
          const float  *x,
          float        *y,
          uint32_t      rows,
          uint32_t      width)
{
  for (uint32_t row = 0; row < rows; row++)
    for (uint32_t i = 0; i < width; i++)
      {
        float opening;

        ref_activate (activation, x + 2 * row * width + i, &opening, 1);
        *y++ = opening * x[2 * row * width + width + i];
      }
}
