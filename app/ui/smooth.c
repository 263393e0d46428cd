/* smooth.c: small pictures enlarged softly, so that 64 pixels do not look like bathroom tiles */

#include "config.h"

#include "ui/smooth.h"

/* Catmull-Rom weights of the four neighbours at @t between the second and the third. */
static void
set_weights (float  t,
             float *weights)
{
  weights[0] = 0.5f * (-t + 2 * t * t - t * t * t);
  weights[1] = 0.5f * (2 - 5 * t * t + 3 * t * t * t);
  weights[2] = 0.5f * (t + 4 * t * t - 3 * t * t * t);
  weights[3] = 0.5f * (-t * t + t * t * t);
}

/* Where the neighbours of output pixel @i lie, and what each weighs: pixel centres, edges repeated. */
static void
set_taps (guint  i,
          guint  times,
          guint  size,
          guint *taps,
          float *weights)
{
  const float at = (i + 0.5f) / times - 0.5f;
  const int first = (int) (at + 1) - 2;  /* floor (at) - 1, for at >= -1 */

  set_weights (at - (first + 1), weights);
  for (int k = 0; k < 4; k++)
    taps[k] = (guint) CLAMP (first + k, 0, (int) size - 1);
}

guint8 *
vig_smooth_enlarge (const guint8 *rgb,
                    guint         width,
                    guint         height,
                    guint         times)
{
  const gsize wide = (gsize) width * times;
  const gsize high = (gsize) height * times;
  g_autofree float *across = g_new (float, wide * height * 3);
  guint8 *out = g_new (guint8, wide * high * 3);
  g_autofree guint (*columns)[4] = g_malloc_n (wide, sizeof *columns);
  g_autofree float (*shares)[4] = g_malloc_n (wide, sizeof *shares);
  guint rows[4];
  float weights[4];

  for (guint x = 0; x < wide; x++)
    set_taps (x, times, width, columns[x], shares[x]);

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < wide; x++)
      for (guint c = 0; c < 3; c++)
        {
          float sum = 0;

          for (guint k = 0; k < 4; k++)
            sum += shares[x][k] * rgb[((gsize) y * width + columns[x][k]) * 3 + c];
          across[(y * wide + x) * 3 + c] = sum;
        }

  for (guint y = 0; y < high; y++)
    {
      set_taps (y, times, height, rows, weights);
      for (gsize i = 0; i < wide * 3; i++)
        {
          float sum = 0.5f;

          for (guint k = 0; k < 4; k++)
            sum += weights[k] * across[rows[k] * wide * 3 + i];
          out[y * wide * 3 + i] = (guint8) CLAMP (sum, 0, 255);
        }
    }

  return out;
}
