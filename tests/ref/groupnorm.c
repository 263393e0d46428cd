/* groupnorm.c: mean 0 and variance 1 over each picture's group of channels */

#include "ref.h"

#include <math.h>

void
ref_groupnorm (const float *x,
               const float *gain,
               const float *bias,
               float       *y,
               uint32_t     count,
               uint32_t     pixels,
               uint32_t     channels,
               uint32_t     groups,
               double       epsilon,
               int          silu)
{
  const uint32_t width = channels / groups;

  for (uint32_t picture = 0; picture < count; picture++, x += pixels * channels, y += pixels * channels)
    for (uint32_t group = 0; group < groups; group++)
      {
        double mean = 0;
        double variance = 0;

        for (uint32_t pixel = 0; pixel < pixels; pixel++)
          for (uint32_t c = group * width; c < (group + 1) * width; c++)
            mean += x[pixel * channels + c] / ((double) pixels * width);
        for (uint32_t pixel = 0; pixel < pixels; pixel++)
          for (uint32_t c = group * width; c < (group + 1) * width; c++)
            variance += pow (x[pixel * channels + c] - mean, 2) / ((double) pixels * width);

        for (uint32_t pixel = 0; pixel < pixels; pixel++)
          for (uint32_t c = group * width; c < (group + 1) * width; c++)
            {
              const double value = (x[pixel * channels + c] - mean) / sqrt (variance + epsilon) * gain[c]
                                   + bias[c];

              y[pixel * channels + c] = silu ? value / (1 + exp (-value)) : value;
            }
      }
}
