/* vectors.h: what the inner loops of the processor are written with, as wide as the instruction set that they are for
 *
 * Vectors are GCC's, as wide as the registers that the compiler's options promise; the compiler makes a product and
 * a sum into one instruction where there is one. Arrays of vectors have constant sizes, not those of a parameter, be
 * it known: only so does the compiler keep them in registers.
 */
#pragma once

#include "host/kernels.h"

#include <string.h>

#include "tensor/half.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#if defined __AVX512F__
#define LANES 16
#elif defined __AVX__
#define LANES 8
#else
#define LANES 4
#endif

typedef float   Vector __attribute__ ((vector_size (LANES * sizeof (float))));
typedef int32_t Lanes  __attribute__ ((vector_size (LANES * sizeof (float))));
typedef uint16_t Halves __attribute__ ((vector_size (LANES * sizeof (uint16_t))));

#define INLINE static inline __attribute__ ((always_inline))

INLINE Vector
load (const float *from)
{
  Vector v;

  memcpy (&v, from, sizeof v);
  return v;
}

INLINE void
store (float  *to,
       Vector  v)
{
  memcpy (to, &v, sizeof v);
}

INLINE Vector
splat (float value)
{
  return value - (Vector) { 0 };
}

/* As vc_half_to_float(), all lanes at once. */
INLINE Vector
load_halves (const uint16_t *from)
{
#if defined __AVX512F__
  return (Vector) _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) from));
#elif defined __F16C__
  return (Vector) _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) from));
#else
  Halves halves;
  memcpy (&halves, from, sizeof halves);

  const Lanes bits = __builtin_convertvector (halves, Lanes);
  const Lanes sign = (bits & 0x8000) << 16;
  const Lanes rest = (bits & 0x7fff) << 13;
  const Lanes huge = rest >= 0x7c00 << 13;
  const Lanes size = (Lanes) ((Vector) rest * 0x1p112f);

  return (Vector) (sign | (huge & (rest | 0x7f800000)) | (~huge & size));
#endif
}

INLINE float
sum_lanes (Vector v)
{
#if LANES == 16
  v += __builtin_shufflevector (v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v += __builtin_shufflevector (v, v, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3);
  v += __builtin_shufflevector (v, v, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1);
#elif LANES == 8
  v += __builtin_shufflevector (v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  v += __builtin_shufflevector (v, v, 2, 3, 0, 1, 2, 3, 0, 1);
#else
  v += __builtin_shufflevector (v, v, 2, 3, 0, 1);
#endif

  return v[0] + v[1];
}

/* Bytes that memory is asked for before they are needed, at least: what it brings a thread while one line comes. */
#define AHEAD 4096

INLINE Vector
load_weights (const void *weight,
              VcDtype     dtype,
              gsize       i)
{
  return dtype == VC_F16 ? load_halves ((const uint16_t *) weight + i)
                         : load ((const float *) weight + i);
}

INLINE float
get_weight (const void *weight,
            VcDtype     dtype,
            gsize       i)
{
  return dtype == VC_F16 ? vc_half_to_float (((const uint16_t *) weight)[i])
                         : ((const float *) weight)[i];
}

/* @name as the function that the table of VC_ISA has by it: files are compiled once for each instruction set. */
#define VC_KERNEL_GLUE(name, isa) vc_kernel_##name##_##isa
#define VC_KERNEL_GLUED(name, isa) VC_KERNEL_GLUE (name, isa)
#define VC_KERNEL(name) VC_KERNEL_GLUED (name, VC_ISA)

/* Each is defined in one of kernels-*.c as the table describes it. */
#define DECLARE(name) extern __typeof__ (*((VcKernels *) NULL)->name) VC_KERNEL (name)
DECLARE (products);
DECLARE (multiply);
DECLARE (multiply_coarse);
DECLARE (normalise);
DECLARE (blend);
DECLARE (softmax);
DECLARE (activate);
DECLARE (sum_channels);
DECLARE (normalise_channels);
DECLARE (spread_pixels);
DECLARE (spread_weights);
DECLARE (gather_pixels);
DECLARE (nearest);
#undef DECLARE
