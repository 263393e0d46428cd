/* remember.c: takes a fused projection apart */

#include "ref.h"

void
ref_remember (const float *qkv,
              float       *q,
              float       *k,
              float       *v,
              uint32_t     count,
              uint32_t     heads,
              uint32_t     tokens,
              uint32_t     head_width,
              uint32_t     capacity,
              uint32_t     at)
{
  for (uint32_t c = 0; c < count; c++)
    for (uint32_t t = 0; t < tokens; t++)
      for (uint32_t part = q != NULL ? 0 : 1; part < (k != NULL ? 3 : 1); part++)
        for (uint32_t h = 0; h < heads; h++)
          for (uint32_t i = 0; i < head_width; i++)
            {
              const size_t memory = (size_t) c * heads + h;

              if (part == 0)
                q[(memory * tokens + t) * head_width + i] = *qkv++;
              else
                (part == 1 ? k : v)[(memory * capacity + at + t) * head_width + i] = *qkv++;
            }
}
