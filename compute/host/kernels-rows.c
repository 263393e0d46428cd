/* kernels-rows.c: what is done to one row of numbers or to one pixel after another */

#include <math.h>

#include "host/vectors.h"
#include "interface/activate.h"

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

INLINE void
blend_columns (const float *shares,
               const float *rows,
               float       *y,
               uint32_t     n,
               uint32_t     width,
               const guint  vectors)
{
  Vector sums[4];

#pragma GCC unroll 8
  for (guint c = 0; c < vectors; c++)
    sums[c] = splat (0);

  for (uint32_t i = 0; i < n; i++)
#pragma GCC unroll 8
    for (guint c = 0; c < vectors; c++)
      {
        const float *from = rows + (gsize) i * width + c * LANES;

        __builtin_prefetch ((const uint8_t *) from + AHEAD, 0, 2);
        sums[c] += shares[i] * load (from);
      }

#pragma GCC unroll 8
  for (guint c = 0; c < vectors; c++)
    store (y + c * LANES, sums[c]);
}

void
VC_KERNEL (blend) (const float *shares,
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

INLINE float
sum_all (const float *x,
         float        centre,
         uint32_t     n,
         const guint  power)
{
  Vector sums = splat (0);
  float sum = 0;
  uint32_t i = 0;

  for (; i + LANES <= n; i += LANES)
    {
      const Vector away = load (x + i) - centre;

      sums += power == 2 ? away * away : away;
    }
  for (; i < n; i++)
    sum += power == 2 ? (x[i] - centre) * (x[i] - centre) : x[i] - centre;

  return sum + sum_lanes (sums);
}

void
VC_KERNEL (normalise) (const float *restrict x,
                       const float *restrict gain,
                       const float *restrict bias,
                       float *restrict       y,
                       uint32_t              n,
                       float                 epsilon)
{
  const float mean = sum_all (x, 0, n, 1) / n;
  const float scale = 1 / sqrtf (sum_all (x, mean, n, 2) / n + epsilon);

  for (uint32_t i = 0; i < n; i++)
    y[i] = (x[i] - mean) * scale * gain[i] + bias[i];
}

INLINE Vector
choose (Lanes  which,
        Vector yes,
        Vector no)
{
  return (Vector) ((which & (Lanes) yes) | (~which & (Lanes) no));
}

void
VC_KERNEL (softmax) (float    *scores,
                     float     scale,
                     uint32_t  n)
{
  float top = scores[0];
  Vector tops = splat (top);
  Vector sums = splat (0);
  float sum = 0;
  uint32_t i;

  for (i = 0; i + LANES <= n; i += LANES)
    {
      const Vector v = load (scores + i);

      tops = choose (v > tops, v, tops);
    }
  for (guint lane = 0; lane < LANES; lane++)
    top = MAX (top, tops[lane]);
  for (; i < n; i++)
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

/* x σ(±@size), with x's sign and e to a negative power only. */
INLINE Vector
share_of (Vector x,
          Vector size)
{
  const Vector power = exp_of (-size);
  const Vector share = choose (x >= 0, splat (1), power) / (1 + power);

  return x * share;
}

/* Past 12 the share is 0 or 1, and cubes would overflow. */
INLINE Vector
tanh_gelu (Vector x)
{
  const Vector size = size_of (x);
  const Vector capped = choose (size < 12.f, size, splat (12));

  return share_of (x, VC_TANH_GELU_FACTOR * capped * (1 + VC_TANH_GELU_CUBE * capped * capped));
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
      return share_of (x, size_of (x) * VC_QUICK_GELU_FACTOR);
    case VC_RELU:
      return choose (x > 0, x, splat (0));
    case VC_TANH_GELU:
      return tanh_gelu (x);
    case VC_SILU:
    default:
      return share_of (x, size_of (x));
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

void
VC_KERNEL (activate) (VcActivation  activation,
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
    case VC_RELU:
      apply_all (VC_RELU, x, y, n);
      break;
    case VC_TANH_GELU:
      apply_all (VC_TANH_GELU, x, y, n);
      break;
    default:
      g_assert_not_reached ();
    }
}

void
VC_KERNEL (sum_channels) (const float *restrict  x,
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

void
VC_KERNEL (normalise_channels) (const float *restrict  x,
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
