/* preprocess.c: any picture as the square of pixels that a model looks at
 *
 * The arithmetic is Pillow's (Image.resize() with BICUBIC on 8-bit pictures): weights in fixed point,
 * across first and then down, with bytes in between. Sums of integers come out the same in any order,
 * so that a row of the picture can be scaled across, added to those rows of the square that it is
 * part of, and forgotten.
 */

#include "model/preprocess.h"

#include <math.h>

/* Bits after the point in a weight: with 8 for a byte and 2 for what lobes add, 32 in all [Pillow]. */
#define PRECISION 22

/* Values that are multiplied at once. Rows and weights are padded with zeros to a multiple of it. */
#define LANES 8

typedef int32_t Lanes __attribute__ ((vector_size (LANES * sizeof (int32_t)),
                                      aligned (sizeof (int32_t)), may_alias));

/* The vectors are cut to what the processor has, chosen when the program runs. */
#if defined __x86_64__ && defined __GLIBC__ && !defined __clang__
#define FOR_EACH_PROCESSOR __attribute__ ((target_clones ("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/* Along one side of the picture: what each place of the square is made of. */
typedef struct
{
  uint32_t *firsts;   /* owned; (side) the first of the picture's places that count */
  uint32_t *counts;   /* owned; (side) how many do */
  int32_t  *weights;  /* owned; (side, stride) */
  uint32_t  stride;   /* a multiple of LANES */
} Axis;

static void
clear_axis (Axis *axis)
{
  g_free (axis->firsts);
  g_free (axis->counts);
  g_free (axis->weights);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Axis, clear_axis)

/* Cubic convolution with a = -1/2 [Keys 1981]. */
static double
weigh (double distance)
{
  const double x = fabs (distance);

  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2)
    return (((x - 5) * x + 8) * x - 4) * -0.5;
  return 0;
}

/* The picture's @length becomes @scaled places, of which the square has @side from @skip on. */
static void
plan_axis (Axis     *axis,
           uint32_t  length,
           uint64_t  scaled,
           uint64_t  skip,
           uint32_t  side)
{
  const double scale = (double) length / scaled;
  const double spread = MAX (scale, 1);  /* wider when shrinking: that is the antialiasing */
  const double narrow = 1 / spread;
  const double reach = 2 * spread;
  const gsize most = MIN ((gsize) ceil (reach) * 2 + 1, length);
  g_autofree double *shares = g_new (double, most);

  axis->stride = (most + LANES - 1) / LANES * LANES;
  axis->firsts = g_new (uint32_t, side);
  axis->counts = g_new (uint32_t, side);
  axis->weights = g_new0 (int32_t, (gsize) side * axis->stride);

  for (uint32_t i = 0; i < side; i++)
    {
      const double centre = (skip + i + 0.5) * scale;
      const uint32_t first = MAX (centre - reach + 0.5, 0);
      const uint32_t end = MIN (centre + reach + 0.5, length);
      int32_t *weights = axis->weights + (gsize) i * axis->stride;
      double sum = 0;

      g_assert (first < end && end - first <= most);

      for (uint32_t k = 0; k < end - first; k++)
        sum += shares[k] = weigh ((k + first - centre + 0.5) * narrow);
      for (uint32_t k = 0; k < end - first; k++)
        weights[k] = round (shares[k] / sum * (1 << PRECISION));

      axis->firsts[i] = first;
      axis->counts[i] = end - first;
    }
}

static inline uint8_t
to_byte (int32_t sum)
{
  return CLAMP (sum >> PRECISION, 0, 255);
}

/* One row: @planes are its three colours apart, @plane values each, from the place @first on; @row is
 * (side, 3). Values past the end of a plane are read, and multiplied by zero. Bytes are kept as wide as
 * the weights: compilers do badly at widening them here. */
FOR_EACH_PROCESSOR static void
scale_across (const Axis    *axis,
              const int32_t *planes,
              gsize          plane,
              uint32_t       first,
              uint32_t       side,
              int32_t       *row)
{
  for (uint32_t i = 0; i < side; i++)
    {
      const int32_t *values = planes + (axis->firsts[i] - first);
      const int32_t *weights = axis->weights + (gsize) i * axis->stride;
      Lanes red = { 0 };
      Lanes green = { 0 };
      Lanes blue = { 0 };
      int32_t sums[3] = { 1 << (PRECISION - 1), 1 << (PRECISION - 1), 1 << (PRECISION - 1) };

      for (uint32_t k = 0; k < axis->counts[i]; k += LANES)
        {
          const Lanes weight = *(const Lanes *) (weights + k);

          red += weight * *(const Lanes *) (values + k);
          green += weight * *(const Lanes *) (values + plane + k);
          blue += weight * *(const Lanes *) (values + 2 * plane + k);
        }

      for (guint lane = 0; lane < LANES; lane++)
        {
          sums[0] += red[lane];
          sums[1] += green[lane];
          sums[2] += blue[lane];
        }
      for (guint c = 0; c < 3; c++)
        row[3 * (gsize) i + c] = to_byte (sums[c]);
    }
}

/* @n is a multiple of LANES. */
FOR_EACH_PROCESSOR static void
add_row (const int32_t *row,
         int32_t        weight,
         int32_t       *sums,
         gsize          n)
{
  for (gsize i = 0; i < n; i += LANES)
    *(Lanes *) (sums + i) += weight * *(const Lanes *) (row + i);
}

static void
split_colours (const uint8_t *rgb,
               int32_t       *planes,
               gsize          plane,
               uint32_t       n)
{
  for (uint32_t i = 0; i < n; i++)
    {
      planes[i] = rgb[3 * (gsize) i];
      planes[plane + i] = rgb[3 * (gsize) i + 1];
      planes[2 * plane + i] = rgb[3 * (gsize) i + 2];
    }
}

/* Half of @margin, rounded to the even of its neighbours. */
static uint64_t
halve_to_even (uint64_t margin)
{
  return margin / 2 + (margin & margin / 2 & 1);
}

static void
plan_side (Axis     *axis,
           uint32_t  length,
           uint32_t  shortest,
           uint32_t  side)
{
  const uint64_t scaled = (uint64_t) side * length / shortest;

  plan_axis (axis, length, scaled, halve_to_even (scaled - side), side);
}

void
vc_preprocess_square (const uint8_t *rgb,
                      uint32_t       width,
                      uint32_t       height,
                      gsize          stride,
                      uint32_t       side,
                      uint8_t       *square)
{
  g_auto(Axis) across = { 0 };
  g_auto(Axis) down = { 0 };
  const gsize n = 3 * (gsize) side;
  const gsize padded = (n + LANES - 1) / LANES * LANES;

  g_assert (width > 0 && height > 0 && side > 0 && side <= 16384);
  g_assert (stride / 3 >= width);

  plan_side (&across, width, MIN (width, height), side);
  plan_side (&down, height, MIN (width, height), side);

  const uint32_t left = across.firsts[0];
  const uint32_t columns = across.firsts[side - 1] + across.counts[side - 1] - left;
  const uint32_t bottom = down.firsts[side - 1] + down.counts[side - 1];
  const gsize plane = (gsize) columns + LANES;
  g_autofree int32_t *planes = g_new0 (int32_t, 3 * plane);
  g_autofree int32_t *row = g_new0 (int32_t, padded);
  g_autofree int32_t *sums = g_new (int32_t, side * padded);
  uint32_t begun = 0;  /* rows of the square before this one are written */

  for (gsize i = 0; i < side * padded; i++)
    sums[i] = 1 << (PRECISION - 1);

  for (uint32_t y = down.firsts[0]; y < bottom; y++)
    {
      split_colours (rgb + y * stride + 3 * (gsize) left, planes, plane, columns);
      scale_across (&across, planes, plane, left, side, row);

      for (uint32_t i = begun; i < side && down.firsts[i] <= y; i++)
        add_row (row, down.weights[(gsize) i * down.stride + y - down.firsts[i]],
                 sums + i * padded, padded);

      for (; begun < side && down.firsts[begun] + down.counts[begun] == y + 1; begun++)
        for (gsize k = 0; k < n; k++)
          square[begun * n + k] = to_byte (sums[begun * padded + k]);
    }

  g_assert (begun == side);
}

void
vc_preprocess (const uint8_t *rgb,
               uint32_t       width,
               uint32_t       height,
               gsize          stride,
               uint32_t       side,
               const float    mean[3],
               const float    deviation[3],
               float         *pixels)
{
  const gsize n = 3 * (gsize) side * side;
  g_autofree uint8_t *square = g_malloc (n);

  vc_preprocess_square (rgb, width, height, stride, side, square);

  for (gsize i = 0; i < n; i++)
    pixels[i] = (square[i] / 255.0f - mean[i % 3]) / deviation[i % 3];
}
