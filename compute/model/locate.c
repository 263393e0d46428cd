/* locate.c: which parts of a picture make CLIP see something in it */

#include "model/clip-private.h"

#include <string.h>

/* A finer map would take many more pictures, and say little more. */
#define MOST_CELLS 8

/* Pictures at once: as many as CLIP works on together. */
#define FEW 8

uint32_t
vc_clip_get_cells (VcClip *clip)
{
  return MIN (vc_clip_get_grid (clip), MOST_CELLS);
}

/* Where cell @i begins, in pixels; at the edge of a patch. */
static uint32_t
find_edge (VcClip   *clip,
           uint32_t  i)
{
  const uint32_t grid = vc_clip_get_grid (clip);
  const uint32_t cells = vc_clip_get_cells (clip);

  return (2 * i * grid + cells) / (2 * cells) * (vc_clip_get_side (clip) / grid);
}

static void
find_mean (const float *pixels,
           gsize        n,
           float        mean[3])
{
  double sums[3] = { 0 };

  for (gsize i = 0; i < n; i++)
    for (uint32_t c = 0; c < 3; c++)
      sums[c] += pixels[i * 3 + c];
  for (uint32_t c = 0; c < 3; c++)
    mean[c] = (float) (sums[c] / n);
}

/* The picture with cells (x, y) to (x + 1, y + 1) hidden. */
static void
hide (VcClip      *clip,
      const float *pixels,
      const float  mean[3],
      uint32_t     x,
      uint32_t     y,
      float       *hidden)
{
  const uint32_t side = vc_clip_get_side (clip);
  const uint32_t left = find_edge (clip, x);
  const uint32_t right = find_edge (clip, x + 2);

  memcpy (hidden, pixels, (gsize) side * side * 3 * sizeof (float));
  for (uint32_t row = find_edge (clip, y); row < find_edge (clip, y + 2); row++)
    for (uint32_t i = left; i < right; i++)
      memcpy (hidden + ((gsize) row * side + i) * 3, mean, 3 * sizeof (float));
}

static float
project (const float *row,
         const float *direction,
         uint32_t     width)
{
  double sum = 0;

  for (uint32_t i = 0; i < width; i++)
    sum += (double) row[i] * direction[i];

  return (float) sum;
}

gboolean
vc_clip_locate (VcClip       *clip,
                const float  *pixels,
                const float  *direction,
                float        *map,
                VcStep        step,
                gpointer      data,
                GError      **error)
{
  const uint32_t width = vc_clip_get_width (clip);
  const uint32_t cells = vc_clip_get_cells (clip);
  const uint32_t places = cells > 1 ? cells - 1 : 0;  /* of a window in a row */
  const gsize size = (gsize) vc_clip_get_side (clip) * vc_clip_get_side (clip) * 3;
  g_autofree float *hidden = g_new (float, FEW * size);
  g_autofree float *rows = g_new (float, FEW * width);
  g_autofree uint32_t *counts = g_new0 (uint32_t, cells * cells);
  float mean[3];
  float whole;

  find_mean (pixels, size / 3, mean);
  memset (map, 0, cells * cells * sizeof (float));
  if (!vc_clip_embed_images (clip, pixels, 1, rows, step, data, error))
    return FALSE;
  whole = project (rows, direction, width);

  for (uint32_t first = 0; first < places * places; first += FEW)
    {
      const uint32_t n = MIN (FEW, places * places - first);

      for (uint32_t i = 0; i < n; i++)
        hide (clip, pixels, mean, (first + i) % places, (first + i) / places, hidden + i * size);
      if (!vc_clip_embed_images (clip, hidden, n, rows, step, data, error))
        return FALSE;

      for (uint32_t i = 0; i < n; i++)
        {
          const float fall = whole - project (rows + i * width, direction, width);
          const uint32_t corner = (first + i) / places * cells + (first + i) % places;
          const uint32_t covered[] = { corner, corner + 1, corner + cells, corner + cells + 1 };

          for (uint32_t k = 0; k < G_N_ELEMENTS (covered); k++)
            {
              map[covered[k]] += fall;
              counts[covered[k]]++;
            }
        }
    }
  for (uint32_t i = 0; i < cells * cells; i++)
    map[i] /= MAX (counts[i], 1);

  return TRUE;
}
