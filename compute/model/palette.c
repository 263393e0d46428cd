/* palette.c: which colour a picture token is, roughly, learned from pictures that were painted */

#include "model/palette.h"

#include <math.h>
#include <string.h>

#include "model/decoder.h"
#include "tensor/half.h"

/* Added to each diagonal element, for a sample: what is hardly known stays near grey. */
#define RIDGE 1e-3

struct _VcPalette
{
  uint32_t  grid;
  uint32_t  side;
  uint32_t  width;    /* of a code, and one more that is always 1 */
  float    *vectors;  /* owned; (codes, width), about as long as the last element */
  double   *squares;  /* owned; (width, width): sums over the samples */
  double   *products; /* owned; (width, 3) */
  double   *factors;  /* owned; (width, 3): the function; all 0 before the first sample */
  guint64   samples;
};

static void
widen (const VcTensor *codebook,
       const uint8_t  *bytes,
       float          *values)
{
  const gsize n = vc_tensor_elements (codebook);

  if (codebook->dtype == VC_F32)
    memcpy (values, bytes, n * sizeof *values);
  else
    for (gsize i = 0; i < n; i++)
      values[i] = vc_half_to_float (((const uint16_t *) bytes)[i]);
}

VcPalette *
vc_palette_new (const VcVqgan  *vqgan,
                GError        **error)
{
  const uint32_t codes = vqgan->config.codes;
  const uint32_t width = vqgan->config.width;
  g_autofree uint8_t *bytes = g_malloc (vc_tensor_bytes (&vqgan->codebook));
  g_autofree float *values = g_new (float, (gsize) codes * width);
  VcPalette *palette;
  double sum = 0;

  if (!vc_tensor_download (&vqgan->codebook, bytes, error))
    return NULL;
  widen (&vqgan->codebook, bytes, values);

  palette = g_new0 (VcPalette, 1);
  palette->grid = vc_vqgan_config_grid (&vqgan->config);
  palette->side = vqgan->config.side;
  palette->width = width + 1;
  palette->vectors = g_new (float, (gsize) codes * palette->width);
  palette->squares = g_new0 (double, (gsize) palette->width * palette->width);
  palette->products = g_new0 (double, (gsize) palette->width * 3);
  palette->factors = g_new0 (double, (gsize) palette->width * 3);

  for (gsize i = 0; i < (gsize) codes * width; i++)
    sum += (double) values[i] * values[i];
  const float scale = sum > 0 ? (float) sqrt (codes / sum) : 1;

  for (uint32_t code = 0; code < codes; code++)
    {
      float *vector = palette->vectors + (gsize) code * palette->width;

      for (uint32_t i = 0; i < width; i++)
        vector[i] = values[(gsize) code * width + i] * scale;
      vector[width] = 1;
    }

  return palette;
}

void
vc_palette_free (VcPalette *palette)
{
  if (palette == NULL)
    return;

  g_free (palette->vectors);
  g_free (palette->squares);
  g_free (palette->products);
  g_free (palette->factors);
  g_free (palette);
}

/* The mean of a token's square, each colour from -1 to 1. */
static void
find_mean (const VcPalette *palette,
           const uint8_t   *rgb,
           uint32_t         row,
           uint32_t         column,
           double          *mean)
{
  const uint32_t extent = palette->side / palette->grid;

  mean[0] = mean[1] = mean[2] = 0;
  for (uint32_t y = row * extent; y < (row + 1) * extent; y++)
    for (uint32_t x = column * extent; x < (column + 1) * extent; x++)
      for (guint c = 0; c < 3; c++)
        mean[c] += rgb[((gsize) y * palette->side + x) * 3 + c];
  for (guint c = 0; c < 3; c++)
    mean[c] = mean[c] / (127.5 * extent * extent) - 1;
}

/* factors = (squares + ridge)^-1 products, by Cholesky's factors [Golub & Van Loan, 4.2]. */
static void
solve (VcPalette *palette)
{
  const uint32_t n = palette->width;
  g_autofree double *lower = g_memdup2 (palette->squares, (gsize) n * n * sizeof (double));

  for (uint32_t i = 0; i < n; i++)
    lower[(gsize) i * n + i] += RIDGE * palette->samples;
  for (uint32_t j = 0; j < n; j++)
    for (uint32_t i = j; i < n; i++)
      {
        double sum = lower[(gsize) i * n + j];

        for (uint32_t k = 0; k < j; k++)
          sum -= lower[(gsize) i * n + k] * lower[(gsize) j * n + k];
        lower[(gsize) i * n + j] = i == j ? sqrt (sum) : sum / lower[(gsize) j * n + j];
      }

  for (guint c = 0; c < 3; c++)
    {
      for (uint32_t i = 0; i < n; i++)
        {
          double sum = palette->products[i * 3 + c];

          for (uint32_t k = 0; k < i; k++)
            sum -= lower[(gsize) i * n + k] * palette->factors[k * 3 + c];
          palette->factors[i * 3 + c] = sum / lower[(gsize) i * n + i];
        }
      for (uint32_t i = n; i-- > 0;)
        {
          double sum = palette->factors[i * 3 + c];

          for (uint32_t k = i + 1; k < n; k++)
            sum -= lower[(gsize) k * n + i] * palette->factors[k * 3 + c];
          palette->factors[i * 3 + c] = sum / lower[(gsize) i * n + i];
        }
    }
}

void
vc_palette_learn (VcPalette      *palette,
                  const uint32_t *tokens,
                  uint32_t        rows,
                  const uint8_t  *rgb)
{
  const uint32_t n = palette->width;

  for (uint32_t at = 0; at < rows * palette->grid; at++)
    {
      const float *vector = palette->vectors + (gsize) tokens[at] * n;
      double mean[3];

      find_mean (palette, rgb, at / palette->grid, at % palette->grid, mean);
      for (uint32_t i = 0; i < n; i++)
        {
          for (uint32_t k = 0; k <= i; k++)
            palette->squares[(gsize) i * n + k] += (double) vector[i] * vector[k];
          for (guint c = 0; c < 3; c++)
            palette->products[i * 3 + c] += vector[i] * mean[c];
        }
    }
  palette->samples += (guint64) rows * palette->grid;
  if (palette->samples > 0)
    solve (palette);
}

gboolean
vc_palette_paint (const VcPalette *palette,
                  const uint32_t  *tokens,
                  uint32_t         first,
                  uint32_t         rows,
                  uint8_t         *rgb)
{
  const uint32_t extent = palette->side / palette->grid;

  g_assert (first + rows <= palette->grid);

  if (palette->samples == 0)
    return FALSE;

  for (uint32_t at = first * palette->grid; at < (first + rows) * palette->grid; at++)
    {
      const float *vector = palette->vectors + (gsize) tokens[at] * palette->width;
      uint8_t colour[3];

      for (guint c = 0; c < 3; c++)
        {
          double value = 0;

          for (uint32_t i = 0; i < palette->width; i++)
            value += vector[i] * palette->factors[i * 3 + c];
          colour[c] = (uint8_t) CLAMP (lround ((value + 1) * 127.5), 0, 255);
        }
      for (uint32_t y = at / palette->grid * extent; y < (at / palette->grid + 1) * extent; y++)
        for (uint32_t x = at % palette->grid * extent; x < (at % palette->grid + 1) * extent; x++)
          memcpy (rgb + ((gsize) y * palette->side + x) * 3, colour, 3);
    }

  return TRUE;
}
