/* half.c: half floats on the processor */

#include "tensor/half.h"

#include <string.h>

/* Written so that the compiler makes vectors of it; the processor's own best are chosen at run time. */
#if defined __x86_64__ && defined __GLIBC__
#define CLONES __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

/* A half has 5 bits of exponent with bias 15 and 10 of fraction, a float 8 with bias 127 and 23
 * [IEEE 754]. Moved up by 13 bits they lie in place, but for the bias: a product with 2^(127-15)
 * mends that, and makes denormals normal on its way. All ones in the exponent must stay all ones. */
CLONES void
vc_half_widen (const uint16_t *halves,
               float          *values,
               gsize           n)
{
  for (gsize i = 0; i < n; i++)
    {
      const uint32_t sign = (uint32_t) (halves[i] & 0x8000) << 16;
      const uint32_t rest = (uint32_t) (halves[i] & 0x7fff) << 13;
      uint32_t bits;
      float value;

      memcpy (&value, &rest, 4);
      value *= 0x1p112f;
      memcpy (&bits, &value, 4);
      bits |= sign | (rest >= 0x7c00u << 13 ? 0x7f800000 : 0);
      memcpy (&values[i], &bits, 4);
    }
}
