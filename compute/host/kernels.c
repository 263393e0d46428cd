/* kernels.c: the inner loops of the processor, compiled once for each instruction set
 *
 * VC_ISA is the instruction set's name and comes from meson.build with the compiler's options. Vectors
 * are GCC's, as wide as the registers that these options promise; the compiler makes a product and a
 * sum into one instruction where there is one.
 */

#include "host/kernels.h"

#include <math.h>
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
 * product has one vector of sums whatever its tile, so that its value does not depend on the tile.
 *
 * Here and below, arrays of vectors have constant sizes, not those of a parameter, be it known: only so
 * does the compiler keep them in registers. */
#define TILE_ROWS (LANES == 16 ? 4 : 2)
#define TILE_OUTS VC_KERNEL_OUTS

/* Of more rows than a tile's, so much is multiplied before the next tile of rows has its turn: it stays in
 * the nearest cache with the weights that belong to it. */
#define FEW_DEPTH 512

/* f16 weights that several tiles need are first made floats where that takes more than an instruction or two. */
#define WIDENS (LANES < 16)

/* A line of the cache. */
#define LINE 64

/* Bytes that memory is asked for before they are needed, at least: what it brings a thread while one line comes. */
#define AHEAD 4096

G_STATIC_ASSERT (FEW_DEPTH % LANES == 0);

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

/* Memory that is read one line after the other: so it comes fastest, and what is at @next is on its way while
 * something else is worked on. Weights that follow each other do, though six rows of them are used at once. */
typedef struct
{
  const uint8_t *next;
  gsize          step;   /* bytes that are called for at a time, at most a line */
} Ahead;

/* Adds the products of @depth numbers, a multiple of LANES, to @sums: (rows, TILE_OUTS) vectors, which begin as
 * zero where @begins. For each vector of weights @calls steps of what comes next are called for. */
INLINE void
add_tile (const float *x,
          gsize        x_stride,
          const void  *weight,
          gsize        w_stride,
          VcDtype      dtype,
          Vector      *into,
          gboolean     begins,
          uint32_t     depth,
          Ahead       *ahead,
          const guint  calls,
          const guint  rows,
          const guint  outs)
{
  Vector sums[TILE_ROWS][TILE_OUTS];
  const uint8_t *next = ahead->next;

#pragma GCC unroll 8
  for (guint r = 0; r < rows; r++)
#pragma GCC unroll 8
    for (guint o = 0; o < outs; o++)
      sums[r][o] = begins ? splat (0) : into[r * TILE_OUTS + o];

  for (uint32_t i = 0; i < depth; i += LANES)
    {
      Vector v[TILE_ROWS];

#pragma GCC unroll 8
      for (guint r = 0; r < rows; r++)
        v[r] = load (x + r * x_stride + i);
#pragma GCC unroll 8
      for (guint o = 0; o < outs; o++)
        {
          const Vector w = load_weights (weight, dtype, o * w_stride + i);

#pragma GCC unroll 8
          for (guint r = 0; r < rows; r++)
            sums[r][o] += v[r] * w;
        }
#pragma GCC unroll 8
      for (guint n = 0; n < calls; n++, next += ahead->step)
        __builtin_prefetch (next, 0, 2);
    }

#pragma GCC unroll 8
  for (guint r = 0; r < rows; r++)
#pragma GCC unroll 8
    for (guint o = 0; o < outs; o++)
      into[r * TILE_OUTS + o] = sums[r][o];
  ahead->next = next;
}

/* Tiles that so many rows make. */
INLINE uint32_t
count_tiles (uint32_t rows)
{
  return rows / TILE_ROWS + rows % TILE_ROWS / 2 + rows % 2;
}

INLINE void
add_rows (const float *x,
          gsize        x_stride,
          const void  *weight,
          gsize        w_stride,
          VcDtype      dtype,
          Vector      *sums,
          gboolean     begins,
          uint32_t     depth,
          Ahead       *ahead,
          const guint  calls,
          uint32_t     rows,
          const guint  outs)
{
  uint32_t r = 0;

#define ADD(n) add_tile (x + r * x_stride, x_stride, weight, w_stride, dtype, sums + r * TILE_OUTS, begins, \
                         depth, ahead, calls, n, outs)
  for (; r + TILE_ROWS <= rows; r += TILE_ROWS)
    ADD (TILE_ROWS);
  for (; r + 2 <= rows; r += 2)
    ADD (2);
  for (; r < rows; r++)
    ADD (1);
#undef ADD
}

/* Halves as floats, (outs, FEW_DEPTH). */
INLINE void
widen_panel (float          *wide,
             const uint16_t *weight,
             gsize           w_stride,
             uint32_t        depth,
             const guint     outs)
{
  for (guint o = 0; o < outs; o++)
    for (uint32_t i = 0; i < depth; i += LANES)
      store (wide + o * FEW_DEPTH + i, load_halves (weight + o * w_stride + i));
}

/* At most VC_FEW_ROWS @rows and @outs outputs. */
INLINE void
multiply_panel (const float *x,
                gsize        x_stride,
                const void  *weight,
                VcDtype      dtype,
                const float *bias,
                float       *y,
                gsize        stride,
                uint32_t     rows,
                uint32_t     in,
                const guint  outs)
{
  const gsize size = dtype == VC_F16 ? sizeof (uint16_t) : sizeof (float);
  const uint32_t whole = in / LANES * LANES;
  Vector sums[VC_FEW_ROWS * TILE_OUTS];
  /* While a panel is multiplied, the next comes: as much of it for a step of a tile as all tiles share of this one's. */
  const guint bytes = outs * LANES * size;
  const guint all = (bytes + LINE - 1) / LINE;
  const guint some = (bytes / 2 + LINE - 1) / LINE;
  Ahead ahead = { .next = (const uint8_t *) weight + MAX (outs * in * size, AHEAD) };

  if (whole == 0)
    memset (sums, 0, sizeof sums);
  else if (rows <= TILE_ROWS)
    {
      ahead.step = bytes / all / count_tiles (rows);
      add_rows (x, x_stride, weight, in, dtype, sums, TRUE, whole, &ahead, all, rows, outs);
    }
  else
    for (uint32_t k = 0; k < whole; k += FEW_DEPTH)
      {
        const uint32_t depth = MIN (FEW_DEPTH, whole - k);

        ahead.step = bytes / some / count_tiles (rows);
        if (dtype == VC_F16 && WIDENS)
          {
            float wide[TILE_OUTS * FEW_DEPTH];

            widen_panel (wide, (const uint16_t *) weight + k, in, depth, outs);
            add_rows (x + k, x_stride, wide, FEW_DEPTH, VC_F32, sums, k == 0, depth, &ahead, some, rows, outs);
          }
        else
          add_rows (x + k, x_stride, (const uint8_t *) weight + k * size, in, dtype, sums, k == 0, depth, &ahead,
                    some, rows, outs);
      }

  for (guint r = 0; r < rows; r++)
    for (guint o = 0; o < outs; o++)
      {
        float sum = sum_lanes (sums[r * TILE_OUTS + o]);

        for (uint32_t k = whole; k < in; k++)
          sum += x[r * x_stride + k] * get_weight (weight, dtype, (gsize) o * in + k);

        y[r * stride + o] = bias != NULL ? sum + bias[o] : sum;
      }
}

INLINE void
multiply_few (const float *x,
              gsize        x_stride,
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

#define MULTIPLY(n) multiply_panel (x, x_stride, w + o * size, dtype, bias != NULL ? bias + o : NULL, y + o, \
                                    stride, rows, in, n)
  for (; o + TILE_OUTS <= out; o += TILE_OUTS)
    MULTIPLY (TILE_OUTS);
  for (; o + 3 <= out; o += 3)
    MULTIPLY (3);
  for (; o < out; o++)
    MULTIPLY (1);
#undef MULTIPLY
}

static void
products (const float *x,
          gsize        x_stride,
          const void  *weight,
          VcDtype      dtype,
          const float *bias,
          float       *y,
          gsize        y_stride,
          uint32_t     rows,
          uint32_t     in,
          uint32_t     out)
{
  for (uint32_t r = 0; r < rows; r += VC_FEW_ROWS)
    {
      const float *from = x + r * x_stride;
      float *to = y + r * y_stride;
      const uint32_t few = MIN (VC_FEW_ROWS, rows - r);

      if (dtype == VC_F16)
        multiply_few (from, x_stride, weight, VC_F16, bias, to, y_stride, few, in, out);
      else
        multiply_few (from, x_stride, weight, VC_F32, bias, to, y_stride, few, in, out);
    }
}

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

/* Adds @depth products to a tile of @y, or begins it with @bias. Every element is one chain of sums. */
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

static void
multiply (const float *x,
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
  for (uint32_t r = 0; r < rows; r += BLOCK_ROWS)
    {
      const float *from = x + r * x_stride;
      float *to = y + r * y_stride;
      const uint32_t block = MIN (BLOCK_ROWS, rows - r);

      if (dtype == VC_F16)
        multiply_block (from, x_stride, weight, VC_F16, turned, bias, to, y_stride, block, in, out, scratch, FALSE);
      else
        multiply_block (from, x_stride, weight, VC_F32, turned, bias, to, y_stride, block, in, out, scratch, FALSE);
    }
}

#ifdef __AVX512BF16__

static void
multiply_coarse (const float *x,
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

  for (uint32_t r = 0; r < rows; r += BLOCK_ROWS)
    {
      const float *from = x + r * x_stride;
      float *to = y + r * y_stride;
      const uint32_t block = MIN (BLOCK_ROWS, rows - r);

      if (dtype == VC_F16)
        multiply_block (from, x_stride, weight, VC_F16, FALSE, bias, to, y_stride, block, in, out, scratch, TRUE);
      else
        multiply_block (from, x_stride, weight, VC_F32, FALSE, bias, to, y_stride, block, in, out, scratch, TRUE);
    }
}

#endif

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

static void
normalise (const float *restrict x,
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

static void
softmax (float    *scores,
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

/* Six pixels of a line as six of Winograd's, @into apart: a row of Bᵀ each. */
INLINE void
spread_line (const Vector *pixels,
             Vector       *spread,
             const guint   into)
{
  const Vector a = pixels[4] - 4 * pixels[2];
  const Vector b = pixels[3] - 4 * pixels[1];
  const Vector c = pixels[4] - pixels[2];
  const Vector d = 2 * (pixels[3] - pixels[1]);

  spread[0] = 4 * pixels[0] - 5 * pixels[2] + pixels[4];
  spread[into] = a + b;
  spread[2 * into] = a - b;
  spread[3 * into] = c + d;
  spread[4 * into] = c - d;
  spread[5 * into] = 4 * pixels[1] - 5 * pixels[3] + pixels[5];
}

/* Three weights of a line, @step apart, as six of Winograd's, @into apart: a row of G each. */
INLINE void
spread_three (const Vector *weights,
              const guint   step,
              Vector       *spread,
              const guint   into)
{
  const Vector a = (weights[0] + weights[2 * step]) * (-1 / 6.f);
  const Vector b = weights[step] * (1 / 6.f);
  const Vector c = weights[0] * (1 / 24.f) + weights[2 * step] * (1 / 6.f);
  const Vector d = weights[step] * (1 / 12.f);

  spread[0] = weights[0] * 0.25f;
  spread[into] = a - b;
  spread[2 * into] = a + b;
  spread[3 * into] = c + d;
  spread[4 * into] = c - d;
  spread[5 * into] = weights[2 * step];
}

/* Six products of a line as the four pixels they make, @into apart: a row of Aᵀ each. */
INLINE void
gather_line (const Vector *products,
             Vector       *pixels,
             const guint   into)
{
  const Vector a = products[1] + products[2];
  const Vector b = products[1] - products[2];
  const Vector c = products[3] + products[4];
  const Vector d = products[3] - products[4];

  pixels[0] = products[0] + a + c;
  pixels[into] = b + 2 * d;
  pixels[2 * into] = a + 4 * c;
  pixels[3 * into] = b + 8 * d + products[5];
}

/* Where the vector after the one at @c begins: the last ends where the channels do, and may overlap. */
INLINE uint32_t
next_vector (uint32_t c,
             uint32_t channels)
{
  return c + LANES < channels ? MIN (c + LANES, channels - LANES) : channels;
}

static void
spread_pixels (const float *const  pixels[36],
               float              *into,
               gsize               stride,
               uint32_t            channels)
{
  for (uint32_t c = 0; c < channels; c = next_vector (c, channels))
    {
      Vector tile[36];

#pragma GCC unroll 6
      for (guint i = 0; i < 6; i++)
        {
          Vector line[6];

#pragma GCC unroll 6
          for (guint k = 0; k < 6; k++)
            line[k] = load (pixels[6 * k + i] + c);
          spread_line (line, tile + i, 6);
        }
#pragma GCC unroll 6
      for (guint i = 0; i < 6; i++)
        {
          Vector line[6];

          spread_line (tile + 6 * i, line, 1);
#pragma GCC unroll 6
          for (guint k = 0; k < 6; k++)
            store (into + (6 * i + k) * stride + c, line[k]);
        }
    }
}

static void
spread_weights (const float *weights,
                float       *into,
                gsize        stride,
                uint32_t     channels)
{
  for (uint32_t c = 0; c < channels; c = next_vector (c, channels))
    {
      Vector taps[9];
      Vector half[18];
      Vector tile[36];

      for (guint i = 0; i < 9; i++)
        taps[i] = load (weights + (gsize) i * channels + c);
      for (guint i = 0; i < 3; i++)
        spread_three (taps + i, 3, half + i, 3);
      for (guint i = 0; i < 6; i++)
        spread_three (half + 3 * i, 1, tile + 6 * i, 1);
      for (guint i = 0; i < 36; i++)
        store (into + i * stride + c, tile[i]);
    }
}

static void
gather_pixels (const float  *from,
               gsize         stride,
               const float  *bias,
               float *const  pixels[16],
               uint32_t      channels)
{
  for (uint32_t c = 0; c < channels; c = next_vector (c, channels))
    {
      const Vector start = bias != NULL ? load (bias + c) : splat (0);
      Vector half[24];

#pragma GCC unroll 6
      for (guint i = 0; i < 6; i++)
        {
          Vector line[6];

#pragma GCC unroll 6
          for (guint k = 0; k < 6; k++)
            line[k] = load (from + (6 * k + i) * stride + c);
          gather_line (line, half + i, 6);
        }
#pragma GCC unroll 4
      for (guint i = 0; i < 4; i++)
        {
          Vector line[4];

          gather_line (half + 6 * i, line, 1);
#pragma GCC unroll 4
          for (guint k = 0; k < 4; k++)
            if (pixels[4 * i + k] != NULL)
              store (pixels[4 * i + k] + c, line[k] + start);
        }
    }
}

INLINE void
measure (const float *x,
         const float *code,
         float       *distances,
         uint32_t     width,
         const guint  rows)
{
  Vector sums[4];
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
  .multiply = multiply,
#ifdef __AVX512BF16__
  .multiply_coarse = multiply_coarse,
#endif
  .normalise = normalise,
  .blend = blend,
  .softmax = softmax,
  .activate = activate,
  .sum_channels = sum_channels,
  .normalise_channels = normalise_channels,
  .spread_pixels = spread_pixels,
  .spread_weights = spread_weights,
  .gather_pixels = gather_pixels,
  .nearest = nearest,
};
