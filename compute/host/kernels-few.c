/* kernels-few.c: a few rows times a matrix of weights, which is read from memory once */

#include "host/vectors.h"

/* Rows and outputs of a tile: their sums fit the registers and hide the latency of adding. Each dot
 * product has one vector of sums whatever its tile, so that its value does not depend on the tile. */
#define TILE_ROWS (LANES == 16 ? 4 : 2)
#define TILE_OUTS VC_KERNEL_OUTS

/* Of more rows than a tile's, so much is multiplied before the next tile of rows has its turn: it stays in
 * the nearest cache with the weights that belong to it. */
#define FEW_DEPTH 512

/* f16 weights that several tiles need are first made floats where that takes more than an instruction or two. */
#define WIDENS (LANES < 16)

/* A line of the cache. */
#define LINE 64

G_STATIC_ASSERT (FEW_DEPTH % LANES == 0);

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
  /* While a panel is multiplied, the next comes: with a step of each tile a share of what all tiles read by it. */
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

void
VC_KERNEL (products) (const float *x,
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
