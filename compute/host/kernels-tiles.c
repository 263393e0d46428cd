/* kernels-tiles.c: the transforms of a convolution by fewer products */

#include "host/vectors.h"

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

void
VC_KERNEL (spread_pixels) (const float *const  pixels[36],
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

void
VC_KERNEL (spread_weights) (const float *weights,
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

void
VC_KERNEL (gather_pixels) (const float  *from,
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
