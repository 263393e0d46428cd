/* kernels.c: the inner loops of the processor, compiled once for each instruction set
 *
 * VC_ISA is the instruction set's name and comes from meson.build with the compiler's options. Vectors
 * are GCC's, as wide as the registers that these options promise; the compiler makes a product and a
 * sum into one instruction where there is one.
 */

#include "host/kernels.h"

#include <string.h>

#include "interface/activate.h"
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
  float lane[LANES];

  store (lane, v);
  for (guint half = LANES / 2; half > 0; half /= 2)
    for (guint i = 0; i < half; i++)
      lane[i] += lane[i + half];

  return lane[0];
}

/* e^x for x up to 0, with a relative error below 3e-7; 0 below -87, where floats end.
 *
 * x = n ln 2 + r with |r| <= ln 2 / 2; e^r by its power series, whose rest after r^7 is below 6e-9; 2^n
 * by putting n where a float has its exponent. ln 2 is taken off in two parts, the first of which has
 * so few bits that n times it is exact. */
INLINE Vector
exp_of (Vector x)
{
  const float shift = 0x1.8p23f;  /* adding it leaves the nearest whole number in the last bits */
  const Vector whole = x * 1.44269504f + shift;
  const Vector n = whole - shift;
  const Vector r = x - n * 0.693359375f + n * 2.12194440e-4f;
  Vector power = 1.f / 720 + r * (1.f / 5040);

  power = 1.f / 120 + r * power;
  power = 1.f / 24 + r * power;
  power = 1.f / 6 + r * power;
  power = 0.5f + r * power;
  power = 1 + r * power;
  power = 1 + r * power;
  power *= (Vector) (((Lanes) whole + 127) << 23);

  return (Vector) ((Lanes) power & (x >= -87.f));
}

/* Rows and outputs of a tile: their sums fit the registers and hide the latency of adding. Each dot
 * product has one vector of sums whatever its tile, so that its value does not depend on the tile. */
#if LANES == 16
#define TILE_ROWS 4
#define TILE_OUTS 6
#else
#define TILE_ROWS 2
#define TILE_OUTS 4
#endif

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

INLINE void
multiply_tile (const float *x,
               const void  *weight,
               VcDtype      dtype,
               const float *bias,
               float       *y,
               gsize        stride,
               uint32_t     in,
               const guint  rows,
               const guint  outs)
{
  Vector sums[rows][outs];
  uint32_t i = 0;

#pragma GCC unroll 8
  for (guint r = 0; r < rows; r++)
#pragma GCC unroll 8
    for (guint o = 0; o < outs; o++)
      sums[r][o] = splat (0);

  for (; i + LANES <= in; i += LANES)
    {
      Vector v[rows];

#pragma GCC unroll 8
      for (guint r = 0; r < rows; r++)
        v[r] = load (x + (gsize) r * in + i);
#pragma GCC unroll 8
      for (guint o = 0; o < outs; o++)
        {
          const Vector w = load_weights (weight, dtype, (gsize) o * in + i);

#pragma GCC unroll 8
          for (guint r = 0; r < rows; r++)
            sums[r][o] += v[r] * w;
        }
    }

  for (guint r = 0; r < rows; r++)
    for (guint o = 0; o < outs; o++)
      {
        float sum = sum_lanes (sums[r][o]);

        for (uint32_t k = i; k < in; k++)
          sum += x[(gsize) r * in + k] * get_weight (weight, dtype, (gsize) o * in + k);

        y[r * stride + o] = bias != NULL ? sum + bias[o] : sum;
      }
}

/* A panel of @outs outputs, tile after tile of rows: from the second tile on it lies in the cache. */
INLINE void
multiply_panel (const float *x,
                const void  *weight,
                VcDtype      dtype,
                const float *bias,
                float       *y,
                gsize        stride,
                uint32_t     rows,
                uint32_t     in,
                const guint  outs)
{
  uint32_t r = 0;

  for (; r + TILE_ROWS <= rows; r += TILE_ROWS)
    multiply_tile (x + (gsize) r * in, weight, dtype, bias, y + r * stride, stride, in, TILE_ROWS, outs);
  for (; r < rows; r++)
    multiply_tile (x + (gsize) r * in, weight, dtype, bias, y + r * stride, stride, in, 1, outs);
}

INLINE void
multiply_few (const float *x,
              const void  *weight,
              VcDtype      dtype,
              const float *bias,
              float       *y,
              gsize        stride,
              uint32_t     rows,
              uint32_t     in,
              uint32_t     out)
{
  const uint8_t *w = weight;
  const gsize size = in * (dtype == VC_F16 ? sizeof (uint16_t) : sizeof (float));
  uint32_t o = 0;

  for (; o + TILE_OUTS <= out; o += TILE_OUTS)
    multiply_panel (x, w + o * size, dtype, bias != NULL ? bias + o : NULL, y + o, stride, rows, in, TILE_OUTS);
  for (; o < out; o++)
    multiply_panel (x, w + o * size, dtype, bias != NULL ? bias + o : NULL, y + o, stride, rows, in, 1);
}

static void
products (const float *x,
          const void  *weight,
          VcDtype      dtype,
          const float *bias,
          float       *y,
          gsize        stride,
          uint32_t     rows,
          uint32_t     in,
          uint32_t     out)
{
  if (dtype == VC_F16)
    multiply_few (x, weight, VC_F16, bias, y, stride, rows, in, out);
  else
    multiply_few (x, weight, VC_F32, bias, y, stride, rows, in, out);
}

INLINE void
blend_columns (const float *shares,
               const float *rows,
               float       *y,
               uint32_t     n,
               uint32_t     width,
               const guint  vectors)
{
  Vector sums[vectors];

#pragma GCC unroll 8
  for (guint c = 0; c < vectors; c++)
    sums[c] = splat (0);

  for (uint32_t i = 0; i < n; i++)
#pragma GCC unroll 8
    for (guint c = 0; c < vectors; c++)
      sums[c] += shares[i] * load (rows + (gsize) i * width + c * LANES);

#pragma GCC unroll 8
  for (guint c = 0; c < vectors; c++)
    store (y + c * LANES, sums[c]);
}

static void
blend (const float *shares,
       const float *rows,
       float       *y,
       uint32_t     n,
       uint32_t     width)
{
  uint32_t column = 0;

  for (; column + 4 * LANES <= width; column += 4 * LANES)
    blend_columns (shares, rows + column, y + column, n, width, 4);
  for (; column + LANES <= width; column += LANES)
    blend_columns (shares, rows + column, y + column, n, width, 1);
  for (; column < width; column++)
    {
      float sum = 0;

      for (uint32_t i = 0; i < n; i++)
        sum += shares[i] * rows[(gsize) i * width + column];
      y[column] = sum;
    }
}

static void
softmax (float    *scores,
         float     scale,
         uint32_t  n)
{
  float top = scores[0];
  Vector sums = splat (0);
  float sum = 0;
  uint32_t i;

  for (i = 1; i < n; i++)
    top = MAX (top, scores[i]);

  for (i = 0; i + LANES <= n; i += LANES)
    {
      const Vector power = exp_of ((load (scores + i) - top) * scale);

      sums += power;
      store (scores + i, power);
    }
  if (i < n)
    {
      float rest[LANES];

      for (uint32_t k = 0; k < LANES; k++)
        rest[k] = i + k < n ? (scores[i + k] - top) * scale : 0;
      store (rest, exp_of (load (rest)));
      for (uint32_t k = 0; i + k < n; k++)
        sum += scores[i + k] = rest[k];
    }

  sum += sum_lanes (sums);
  for (i = 0; i < n; i++)
    scores[i] /= sum;
}

INLINE Vector
choose (Lanes  which,
        Vector yes,
        Vector no)
{
  return (Vector) ((which & (Lanes) yes) | (~which & (Lanes) no));
}

INLINE Vector
size_of (Vector x)
{
  return (Vector) ((Lanes) x & 0x7fffffff);
}

/* x Φ(x) by Φ(-|x|), so that nothing is lost where Φ is small: see interface/activate.h. */
INLINE Vector
gelu (Vector x)
{
  const Vector size = size_of (x);
  const Vector t = 1 / (1 + VC_PHI_P * size);
  Vector tail = VC_PHI_5 + t * VC_PHI_6;

  tail = VC_PHI_4 + t * tail;
  tail = VC_PHI_3 + t * tail;
  tail = VC_PHI_2 + t * tail;
  tail = VC_PHI_1 + t * tail;
  tail *= t * exp_of (size * size * -0.5f);

  return choose (x >= 0, x - x * tail, x * tail);
}

/* x σ(factor x), with e to a negative power only. */
INLINE Vector
swish (Vector x,
       float  factor)
{
  const Vector power = exp_of (size_of (x) * -factor);
  const Vector share = choose (x >= 0, splat (1), power) / (1 + power);

  return x * share;
}

INLINE Vector
apply (VcActivation activation,
       Vector       x)
{
  switch (activation)
    {
    case VC_GELU:
      return gelu (x);
    case VC_QUICK_GELU:
      return swish (x, VC_QUICK_GELU_FACTOR);
    case VC_SILU:
    default:
      return swish (x, 1);
    }
}

INLINE void
apply_all (VcActivation  activation,
           const float  *x,
           float        *y,
           gsize         n)
{
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    store (y + i, apply (activation, load (x + i)));

  if (i < n)
    {
      float rest[LANES] = { 0 };

      memcpy (rest, x + i, (n - i) * sizeof *x);
      store (rest, apply (activation, load (rest)));
      memcpy (y + i, rest, (n - i) * sizeof *y);
    }
}

static void
activate (VcActivation  activation,
          const float  *x,
          float        *y,
          gsize         n)
{
  switch (activation)
    {
    case VC_GELU:
      apply_all (VC_GELU, x, y, n);
      break;
    case VC_QUICK_GELU:
      apply_all (VC_QUICK_GELU, x, y, n);
      break;
    case VC_SILU:
      apply_all (VC_SILU, x, y, n);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
sum_channels (const float *restrict  x,
              const double *restrict means,
              double *restrict       sums,
              uint32_t               pixels,
              uint32_t               channels)
{
  for (uint32_t pixel = 0; pixel < pixels; pixel++, x += channels)
    if (means == NULL)
      for (uint32_t c = 0; c < channels; c++)
        sums[c] += x[c];
    else
      for (uint32_t c = 0; c < channels; c++)
        sums[c] += (x[c] - means[c]) * (x[c] - means[c]);
}

static void
normalise_channels (const float *restrict  x,
                    const double *restrict means,
                    const double *restrict scales,
                    const float *restrict  gain,
                    const float *restrict  bias,
                    float *restrict        y,
                    uint32_t               pixels,
                    uint32_t               channels)
{
  for (uint32_t pixel = 0; pixel < pixels; pixel++, x += channels, y += channels)
    for (uint32_t c = 0; c < channels; c++)
      y[c] = (x[c] - (float) means[c]) * (float) scales[c] * gain[c] + bias[c];
}

INLINE void
measure (const float *x,
         const float *code,
         float       *distances,
         uint32_t     width,
         const guint  rows)
{
  Vector sums[rows];
  uint32_t i = 0;

#pragma GCC unroll 8
  for (guint r = 0; r < rows; r++)
    sums[r] = splat (0);

  for (; i + LANES <= width; i += LANES)
    {
      const Vector c = load (code + i);

#pragma GCC unroll 8
      for (guint r = 0; r < rows; r++)
        {
          const Vector difference = load (x + (gsize) r * width + i) - c;

          sums[r] += difference * difference;
        }
    }

  for (guint r = 0; r < rows; r++)
    {
      distances[r] = sum_lanes (sums[r]);
      for (uint32_t k = i; k < width; k++)
        {
          const float difference = x[(gsize) r * width + k] - code[k];

          distances[r] += difference * difference;
        }
    }
}

static void
nearest (const float *x,
         const float *table,
         uint32_t    *ids,
         uint32_t     rows,
         uint32_t     codes,
         uint32_t     width)
{
  float least[VC_NEAREST_ROWS];
  float distances[VC_NEAREST_ROWS];

  for (uint32_t code = 0; code < codes; code++, table += width)
    {
      uint32_t r = 0;

      for (; r + 4 <= rows; r += 4)
        measure (x + (gsize) r * width, table, distances + r, width, 4);
      for (; r < rows; r++)
        measure (x + (gsize) r * width, table, distances + r, width, 1);

      for (r = 0; r < rows; r++)
        if (code == 0 || distances[r] < least[r])
          {
            least[r] = distances[r];
            ids[r] = code;
          }
    }
}

#define GLUE(a, b) a##b
#define NAME(isa) GLUE (vc_kernels_, isa)
#define TEXT(isa) G_STRINGIFY (isa)

const VcKernels NAME (VC_ISA) = {
  .name = TEXT (VC_ISA),
  .products = products,
  .blend = blend,
  .softmax = softmax,
  .activate = activate,
  .sum_channels = sum_channels,
  .normalise_channels = normalise_channels,
  .nearest = nearest,
};
