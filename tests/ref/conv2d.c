/* conv2d.c: a picture through a bank of square filters */

#include "ref.h"

void
ref_conv2d (const float *x,
            const float *weight,
            const float *bias,
            float       *y,
            uint32_t     count,
            uint32_t     height,
            uint32_t     width,
            uint32_t     inputs,
            uint32_t     outputs,
            uint32_t     side,
            uint32_t     stride,
            uint32_t     before,
            uint32_t     after)
{
  const uint32_t out_height = (height + before + after - side) / stride + 1;
  const uint32_t out_width = (width + before + after - side) / stride + 1;

  for (uint32_t picture = 0; picture < count; picture++)
    for (uint32_t row = 0; row < out_height; row++)
      for (uint32_t column = 0; column < out_width; column++)
        for (uint32_t o = 0; o < outputs; o++)
          {
            double sum = bias != 0 ? bias[o] : 0;

            for (uint32_t v = 0; v < side; v++)
              for (uint32_t u = 0; u < side; u++)
                {
                  const int64_t line = (int64_t) row * stride + v - before;
                  const int64_t place = (int64_t) column * stride + u - before;

                  if (line < 0 || line >= height || place < 0 || place >= width)
                    continue;

                  for (uint32_t i = 0; i < inputs; i++)
                    sum += (double) x[((picture * height + line) * width + place) * inputs + i] *
                           weight[((uint64_t) (o * side + v) * side + u) * inputs + i];
                }

            *y++ = sum;
          }
}
