/* activate.c: the activations, by their definitions */

#include "ref.h"

#include <math.h>

void
ref_activate (VcActivation  activation,
              const float  *x,
              float        *y,
              size_t        n)
{
  for (size_t i = 0; i < n; i++)
    {
      const double v = x[i];

      switch (activation)
        {
        case VC_GELU:
          y[i] = v * erfc (-v / sqrt (2)) / 2;
          break;
        case VC_QUICK_GELU:
          y[i] = v / (1 + exp (-1.702 * v));
          break;
        case VC_SILU:
          y[i] = v / (1 + exp (-v));
          break;
        case VC_RELU:
          y[i] = fmax (v, 0);
          break;
        case VC_TANH_GELU:
          y[i] = v / 2 * (1 + tanh (sqrt (2 / G_PI) * (v + 0.044715 * v * v * v)));
          break;
        }
    }
}
