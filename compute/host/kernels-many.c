/* kernels-many.c: many rows times a matrix of weights, which are laid out first */

#include "host/vectors.h"

/* Many rows: a tile of rows by two vectors of outputs, whose sums fill the registers. */
#define BLOCK_ROWS 240  /* rows that are copied at a time: a multiple of both tiles' */
#define BLOCK_DEPTH 256 /* and how much of each */
#define ROW_STRIDE (BLOCK_DEPTH + 16)  /* between copied rows: they do not fall on one place of the cache */
#define WIDE_OUTS (2 * LANES)
#if LANES == 16
#define WIDE_ROWS 12
#else
#define WIDE_ROWS 6
#endif

G_STATIC_ASSERT (BLOCK_ROWS % WIDE_ROWS == 0 && BLOCK_DEPTH % LANES == 0);
G_STATIC_ASSERT (BLOCK_ROWS * ROW_STRIDE + 32 * BLOCK_DEPTH <= VC_KERNEL_SCRATCH);

#if LANES == 16
#define FIRST_HALVES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define LAST_HALVES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LANES == 8
#define FIRST_HALVES 0, 8, 1, 9, 2, 10, 3, 11
#define LAST_HALVES 4, 12, 5, 13, 6, 14, 7, 15
#else
#define FIRST_HALVES 0, 4, 1, 5
#define LAST_HALVES 2, 6, 3, 7
#endif

/* A square of numbers, turned: mixing its halves like cards as often as LANES is two to a power. */
INLINE void
turn (Vector *square)
{
  Vector mixed[LANES];

#pragma GCC unroll 4
  for (guint times = 1; times < LANES; times *= 2)
    {
#pragma GCC unroll 8
      for (guint i = 0; i < LANES / 2; i++)
        {
          mixed[2 * i] = __builtin_shufflevector (square[i], square[i + LANES / 2], FIRST_HALVES);
          mixed[2 * i + 1] = __builtin_shufflevector (square[i], square[i + LANES / 2], LAST_HALVES);
        }
#pragma GCC unroll 16
      for (guint i = 0; i < LANES; i++)
        square[i] = mixed[i];
    }
}

/* Weights @k to @k + @depth of outputs @o to @o + WIDE_OUTS, as (depth, WIDE_OUTS); zeros past the last. */
INLINE void
pack_weights (float       *packed,
              const void  *weight,
              VcDtype      dtype,
              gboolean     turned,
              uint32_t     in,
              uint32_t     out,
              uint32_t     k,
              uint32_t     depth,
              uint32_t     o)
{
  const uint32_t outs = MIN (WIDE_OUTS, out - o);

  if (turned && outs == WIDE_OUTS)
    {
      for (uint32_t i = 0; i < depth; i++)
        for (uint32_t n = 0; n < WIDE_OUTS; n += LANES)
          store (packed + i * WIDE_OUTS + n, load_weights (weight, dtype, (gsize) (k + i) * out + o + n));
      return;
    }

  for (uint32_t n = 0; n < WIDE_OUTS; n += LANES)
    {
      uint32_t i = 0;

      for (; !turned && n + LANES <= outs && i + LANES <= depth; i += LANES)
        {
          Vector square[LANES];

#pragma GCC unroll 16
          for (guint line = 0; line < LANES; line++)
            square[line] = load_weights (weight, dtype, (gsize) (o + n + line) * in + k + i);
          turn (square);
#pragma GCC unroll 16
          for (guint line = 0; line < LANES; line++)
            store (packed + (i + line) * WIDE_OUTS + n, square[line]);
        }

      for (; i < depth; i++)
        for (uint32_t lane = n; lane < n + LANES; lane++)
          packed[i * WIDE_OUTS + lane] =
            lane >= outs ? 0 : get_weight (weight, dtype, turned ? (gsize) (k + i) * out + o + lane
                                                                 : (gsize) (o + lane) * in + k + i);
    }
}

#ifdef __AVX512BF16__

/* bf16 numbers, two at a time in the place of a float: the words of a product of coarse numbers are pairs. */

INLINE __m512i
load_coarse (const void *from,
             VcDtype     dtype,
             gsize       i)
{
  return (__m512i) _mm512_cvtne2ps_pbh ((__m512) load_weights (from, dtype, i + LANES),
                                        (__m512) load_weights (from, dtype, i));
}

/* @n numbers as pairs, to an even number of whole vectors; zeros past the last. */
INLINE void
copy_coarse (float       *pairs,
             const float *x,
             uint32_t     n)
{
  for (uint32_t i = 0; i < n; i += 2 * LANES)
    if (i + 2 * LANES <= n)
      store (pairs + i / 2, (Vector) load_coarse (x, VC_F32, i));
    else
      {
        float rest[2 * LANES] = { 0 };

        memcpy (rest, x + i, (n - i) * sizeof *x);
        store (pairs + i / 2, (Vector) load_coarse (rest, VC_F32, 0));
      }
}

/* pack_weights() of @depth numbers as pairs. */
INLINE void
pack_coarse (float       *packed,
             const void  *weight,
             VcDtype      dtype,
             uint32_t     in,
             uint32_t     out,
             uint32_t     k,
             uint32_t     depth,
             uint32_t     o)
{
  for (uint32_t n = 0; n < WIDE_OUTS; n += LANES)
    for (uint32_t i = 0; i < depth; i += 2 * LANES)
      {
        Vector square[LANES];

        for (guint line = 0; line < LANES; line++)
          if (o + n + line >= out)
            square[line] = splat (0);
          else if (i + 2 * LANES <= depth)
            square[line] = (Vector) load_coarse (weight, dtype, (gsize) (o + n + line) * in + k + i);
          else
            {
              float rest[2 * LANES] = { 0 };

              for (uint32_t d = 0; i + d < depth; d++)
                rest[d] = get_weight (weight, dtype, (gsize) (o + n + line) * in + k + i + d);
              square[line] = (Vector) load_coarse (rest, VC_F32, 0);
            }
        turn (square);
#pragma GCC unroll 16
        for (guint line = 0; line < LANES; line++)
          store (packed + (i / 2 + line) * WIDE_OUTS + n, square[line]);
      }
}

#endif

/* @sum and the product of a word at @x with @weights: of numbers, or of pairs where they are @coarse. */
INLINE Vector
add_product (Vector         sum,
             const float   *x,
             Vector         weights,
             const gboolean coarse)
{
#ifdef __AVX512BF16__
  if (coarse)
    {
      int32_t pair;

      memcpy (&pair, x, sizeof pair);
      return (Vector) _mm512_dpbf16_ps ((__m512) sum, (__m512bh) _mm512_set1_epi32 (pair), (__m512bh) weights);
    }
#endif

  return sum + splat (*x) * weights;
}

/* Adds @depth products to a tile of @y, or begins it with @bias. Every element is one chain of sums. */
INLINE void
multiply_wide (const float *x,
               const float *packed,
               const float *bias,
               float       *y,
               gsize        stride,
               uint32_t     depth,
               uint32_t     rows,
               uint32_t     outs,
               gboolean     begins,
               const gboolean coarse)
{
  float edge[WIDE_ROWS][WIDE_OUTS];
  Vector sums[WIDE_ROWS][2];
  const gboolean whole = rows >= WIDE_ROWS && outs == WIDE_OUTS;

  if (!whole)
    {
      memset (edge, 0, sizeof edge);
      for (uint32_t r = 0; r < MIN (rows, WIDE_ROWS); r++)
        if (!begins)
          memcpy (edge[r], y + r * stride, outs * sizeof *y);
        else if (bias != NULL)
          memcpy (edge[r], bias, outs * sizeof *y);
    }

#pragma GCC unroll 16
  for (guint r = 0; r < WIDE_ROWS; r++)
    {
      const float *from = !whole ? edge[r] : begins ? bias : y + r * stride;

      sums[r][0] = from != NULL ? load (from) : splat (0);
      sums[r][1] = from != NULL ? load (from + LANES) : splat (0);
    }

  for (uint32_t k = 0; k < depth; k++)
    {
      const Vector first = load (packed + k * WIDE_OUTS);
      const Vector second = load (packed + k * WIDE_OUTS + LANES);

#pragma GCC unroll 16
      for (guint r = 0; r < WIDE_ROWS; r++)
        {
          sums[r][0] = add_product (sums[r][0], x + r * ROW_STRIDE + k, first, coarse);
          sums[r][1] = add_product (sums[r][1], x + r * ROW_STRIDE + k, second, coarse);
        }
    }

#pragma GCC unroll 16
  for (guint r = 0; r < WIDE_ROWS; r++)
    {
      float *to = whole ? y + r * stride : edge[r];

      store (to, sums[r][0]);
      store (to + LANES, sums[r][1]);
    }

  if (!whole)
    for (uint32_t r = 0; r < MIN (rows, WIDE_ROWS); r++)
      memcpy (y + r * stride, edge[r], outs * sizeof *y);
}

INLINE void
multiply_block (const float   *x,
                gsize          x_stride,
                const void    *weight,
                VcDtype        dtype,
                gboolean       turned,
                const float   *bias,
                float         *y,
                gsize          y_stride,
                uint32_t       rows,
                uint32_t       in,
                uint32_t       out,
                float         *scratch,
                const gboolean coarse)
{
  float *copied = scratch;
  float *packed = scratch + BLOCK_ROWS * ROW_STRIDE;
  const uint32_t most = coarse ? 2 * BLOCK_DEPTH : BLOCK_DEPTH;

  for (uint32_t k = 0; k < in; k += most)
    {
      const uint32_t depth = MIN (most, in - k);
      /* coarse: whole vectors of pairs */
      const uint32_t words = coarse ? (depth + 2 * LANES - 1) / (2 * LANES) * LANES : depth;

      for (uint32_t r = 0; r < rows; r++)
#ifdef __AVX512BF16__
        if (coarse)
          copy_coarse (copied + r * ROW_STRIDE, x + r * x_stride + k, depth);
        else
#endif
          memcpy (copied + r * ROW_STRIDE, x + r * x_stride + k, depth * sizeof *x);

      for (uint32_t o = 0; o < out; o += WIDE_OUTS)
        {
#ifdef __AVX512BF16__
          if (coarse)
            pack_coarse (packed, weight, dtype, in, out, k, depth, o);
          else
#endif
            pack_weights (packed, weight, dtype, turned, in, out, k, depth, o);
          for (uint32_t r = 0; r < rows; r += WIDE_ROWS)
            multiply_wide (copied + r * ROW_STRIDE, packed, bias != NULL ? bias + o : NULL,
                           y + r * y_stride + o, y_stride, words, rows - r, MIN (WIDE_OUTS, out - o), k == 0,
                           coarse);
        }
    }
}

/* Each type of weights, and whether products are coarse, is a loop of its own for the compiler. */
INLINE void
multiply_blocks (const float   *x,
                 gsize          x_stride,
                 const void    *weight,
                 VcDtype        dtype,
                 gboolean       turned,
                 const float   *bias,
                 float         *y,
                 gsize          y_stride,
                 uint32_t       rows,
                 uint32_t       in,
                 uint32_t       out,
                 float         *scratch,
                 const gboolean coarse)
{
  for (uint32_t r = 0; r < rows; r += BLOCK_ROWS)
    {
      const float *from = x + r * x_stride;
      float *to = y + r * y_stride;
      const uint32_t block = MIN (BLOCK_ROWS, rows - r);

      if (dtype == VC_F16)
        multiply_block (from, x_stride, weight, VC_F16, turned, bias, to, y_stride, block, in, out, scratch, coarse);
      else
        multiply_block (from, x_stride, weight, VC_F32, turned, bias, to, y_stride, block, in, out, scratch, coarse);
    }
}

void
VC_KERNEL (multiply) (const float *x,
                      gsize        x_stride,
                      const void  *weight,
                      VcDtype      dtype,
                      gboolean     turned,
                      const float *bias,
                      float       *y,
                      gsize        y_stride,
                      uint32_t     rows,
                      uint32_t     in,
                      uint32_t     out,
                      float       *scratch)
{
  multiply_blocks (x, x_stride, weight, dtype, turned, bias, y, y_stride, rows, in, out, scratch, FALSE);
}

#ifdef __AVX512BF16__

void
VC_KERNEL (multiply_coarse) (const float *x,
                             gsize        x_stride,
                             const void  *weight,
                             VcDtype      dtype,
                             gboolean     turned,
                             const float *bias,
                             float       *y,
                             gsize        y_stride,
                             uint32_t     rows,
                             uint32_t     in,
                             uint32_t     out,
                             float       *scratch)
{
  g_assert (!turned);

  multiply_blocks (x, x_stride, weight, dtype, FALSE, bias, y, y_stride, rows, in, out, scratch, TRUE);
}

#endif
