/* half.c: float ↔ half on the processor */

#include "tensor/half.h"

#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

static inline float
float_of (uint32_t bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline uint32_t
bits_of (float value)
{
  uint32_t bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

/* Exponent and fraction are moved to a float's place, where they mean a number 2^112 too small: the
 * exponents' biases are 15 and 127. The product is exact, for subnormal halves too. */
float
vc_half_to_float (uint16_t half)
{
  const uint32_t sign = (uint32_t) (half & 0x8000) << 16;
  const uint32_t rest = (uint32_t) (half & 0x7fff) << 13;

  if (rest >= 0x7c00u << 13)
    return float_of (sign | 0x7f800000 | rest);

  return float_of (sign | bits_of (float_of (rest) * 0x1p112f));
}

uint16_t
vc_half_from_float (float value)
{
  const uint32_t bits = bits_of (value);
  const uint16_t sign = (bits >> 16) & 0x8000;
  const uint32_t rest = bits & 0x7fffffff;

  if (rest > 0x7f800000)
    return sign | 0x7e00;
  if (rest >= bits_of (65520))  /* halfway between the largest half and the next, were there one */
    return sign | 0x7c00;
  if (rest < bits_of (0x1p-14f))
    return sign | (bits_of (float_of (rest) + 0.5f) - bits_of (0.5f));  /* 0.5's last bit is 2^-24, as a subnormal half's */

  /* 13 bits of fraction go: round to nearest by adding half of them, less one where that would end a
   * tie on an odd number. The carry may run into the exponent, as it should. */
  return sign | ((rest - (112u << 23) + 0x0fff + ((rest >> 13) & 1)) >> 13);
}

#ifdef __x86_64__

/* Every processor with AVX2 has F16C as well. */
__attribute__ ((target ("avx2,f16c"))) static gsize
widen_eights (const uint16_t *halves,
              float          *floats,
              gsize           n)
{
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps (floats + i, _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (halves + i))));

  return i;
}

__attribute__ ((target ("avx2,f16c"))) static gsize
narrow_eights (const float *floats,
               uint16_t    *halves,
               gsize        n)
{
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128 ((__m128i *) (halves + i),
                      _mm256_cvtps_ph (_mm256_loadu_ps (floats + i), _MM_FROUND_TO_NEAREST_INT));

  return i;
}

#endif

void
vc_half_widen (const uint16_t *halves,
               float          *floats,
               gsize           n)
{
  gsize i = 0;

#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx2"))
    i = widen_eights (halves, floats, n);
#endif

  for (; i < n; i++)
    floats[i] = vc_half_to_float (halves[i]);
}

void
vc_half_narrow (const float *floats,
                uint16_t    *halves,
                gsize        n)
{
  gsize i = 0;

#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx2"))
    i = narrow_eights (floats, halves, n);
#endif

  for (; i < n; i++)
    halves[i] = vc_half_from_float (floats[i]);
}
