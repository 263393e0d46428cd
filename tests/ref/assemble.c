/* assemble.c: a class token before each picture's patches, and places added to all */

#include "ref.h"

void
ref_assemble (const float *patches,
              const float *class_token,
              const float *positions,
              float       *y,
              uint32_t     count,
              uint32_t     n,
              uint32_t     width)
{
  for (uint32_t c = 0; c < count; c++)
    for (uint32_t t = 0; t < n + 1; t++)
      for (uint32_t i = 0; i < width; i++)
        *y++ = (t == 0 ? (double) class_token[i] : *patches++) + positions[(size_t) t * width + i];
}
