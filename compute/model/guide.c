/* guide.c: which token comes next */

#include "model/guide.h"

#include <math.h>
#include <stdlib.h>

/* Multipliers and Weyl constants of Philox4x32 [Salmon et al. 2011, table 2 and section 3.3]. */
#define MULTIPLY_0 0xd2511f53u
#define MULTIPLY_1 0xcd9e8d57u
#define WEYL_0 0x9e3779b9u
#define WEYL_1 0xbb67ae85u

/* Times four: of so many columns the largest are looked for first, or of as many as tokens are kept. */
#define LEAST_COLUMNS 64u

void
vc_philox (const uint32_t counter[4],
           const uint32_t key[2],
           uint32_t       words[4])
{
  uint32_t c[4] = { counter[0], counter[1], counter[2], counter[3] };
  uint32_t k[2] = { key[0], key[1] };

  for (guint round = 0; round < 10; round++)
    {
      const uint64_t even = (uint64_t) MULTIPLY_0 * c[0];
      const uint64_t odd = (uint64_t) MULTIPLY_1 * c[2];

      c[0] = (uint32_t) (odd >> 32) ^ c[1] ^ k[0];
      c[1] = (uint32_t) odd;
      c[2] = (uint32_t) (even >> 32) ^ c[3] ^ k[1];
      c[3] = (uint32_t) even;

      k[0] += WEYL_0;
      k[1] += WEYL_1;
    }

  for (guint i = 0; i < 4; i++)
    words[i] = c[i];
}

double
vc_guide_uniform (uint64_t seed,
                  VcStream stream,
                  uint64_t index)
{
  const uint32_t counter[4] = { (uint32_t) index, (uint32_t) (index >> 32), stream, 0 };
  const uint32_t key[2] = { (uint32_t) seed, (uint32_t) (seed >> 32) };
  uint32_t words[4];

  vc_philox (counter, key, words);

  return ((uint64_t) (words[0] >> 5) * 67108864 + (words[1] >> 6)) / 9007199254740992.0;
}

void
vc_guide_blend (float       *cond,
                const float *uncond,
                uint32_t     vocab,
                float        guidance)
{
  for (uint32_t i = 0; i < vocab; i++)
    cond[i] = uncond[i] + guidance * (cond[i] - uncond[i]);
}

/* The @k-th largest of @n values, which are left in another order [Hoare 1961, FIND]. */
static float
select_largest (float    *values,
                uint32_t  n,
                uint32_t  k)
{
  int64_t first = 0;
  int64_t last = (int64_t) n - 1;
  const int64_t wanted = (int64_t) k - 1;

  while (first < last)
    {
      const float pivot = values[first + (last - first) / 2];
      int64_t i = first;
      int64_t j = last;

      while (i <= j)
        {
          while (values[i] > pivot)
            i++;
          while (values[j] < pivot)
            j--;
          if (i <= j)
            {
              const float value = values[i];

              values[i++] = values[j];
              values[j--] = value;
            }
        }

      if (wanted <= j)
        last = j;
      else if (wanted >= i)
        first = i;
      else
        break;
    }

  return values[wanted];
}

/* The largest of every @columns-th of @n values; -INFINITY where none of them is a number. */
static void
find_maxima (const float *values,
             uint32_t     n,
             float       *maxima,
             uint32_t     columns)
{
  for (uint32_t c = 0; c < columns; c++)
    maxima[c] = -INFINITY;

  for (uint32_t i = 0; i < n; i += columns)
    for (uint32_t c = 0; c < MIN (columns, n - i); c++)
      maxima[c] = values[i + c] > maxima[c] ? values[i + c] : maxima[c];
}

/* The @k-th largest of @values, of which @columns, at least @k, have @maxima. As many as @k are no less than the @k-th
 * largest of these, so that nothing below it is looked at. Both @maxima and @scratch, (n), are written over. */
static float
find_floor (const float *values,
            uint32_t     n,
            uint32_t     k,
            float       *maxima,
            uint32_t     columns,
            float       *scratch)
{
  const float bound = select_largest (maxima, columns, k);
  uint32_t n_left = 0;

  for (uint32_t i = 0; i < n; i++)
    if (values[i] >= bound)
      scratch[n_left++] = values[i];

  return n_left < k ? bound : select_largest (scratch, n_left, k);
}

static int
compare_descending (const void *a,
                    const void *b)
{
  const float left = *(const float *) a;
  const float right = *(const float *) b;

  return (left < right) - (left > right);
}

/* The logit of the last token kept when the likeliest of those at least @floor reach @top_p. */
static float
find_nucleus (const float *logits,
              float       *scratch,
              uint32_t     vocab,
              float        largest,
              float        floor,
              float        temperature,
              float        top_p)
{
  uint32_t n = 0;
  double sum = 0;
  double reached = 0;

  for (uint32_t i = 0; i < vocab; i++)
    if (logits[i] >= floor)
      {
        scratch[n++] = logits[i];
        sum += exp (((double) logits[i] - largest) / temperature);
      }

  qsort (scratch, n, sizeof *scratch, compare_descending);

  for (uint32_t i = 0; i < n; i++)
    {
      reached += exp (((double) scratch[i] - largest) / temperature);
      if (reached >= top_p * sum)
        return scratch[i];
    }

  return floor;
}

uint32_t
vc_guide_draw (const float      *logits,
               uint32_t          vocab,
               const VcSampling *sampling,
               double            u)
{
  const uint32_t columns = MIN (vocab, MAX (sampling->top_k, LEAST_COLUMNS) * 4ull);
  g_autofree float *scratch = g_new (float, vocab);
  g_autofree float *maxima = g_new (float, columns);
  float largest = -INFINITY;
  float floor = -INFINITY;
  double sum = 0;
  double reached = 0;
  uint32_t drawn = 0;

  g_assert (sampling->temperature > 0 && u >= 0 && u < 1);

  find_maxima (logits, vocab, maxima, columns);
  for (uint32_t c = 0; c < columns; c++)
    largest = MAX (largest, maxima[c]);

  if (sampling->top_k > 0 && sampling->top_k < vocab)
    floor = find_floor (logits, vocab, sampling->top_k, maxima, columns, scratch);
  if (sampling->top_p < 1)
    floor = find_nucleus (logits, scratch, vocab, largest, floor, sampling->temperature,
                          sampling->top_p);

  for (uint32_t i = 0; i < vocab; i++)
    if (logits[i] >= floor)
      sum += exp (((double) logits[i] - largest) / sampling->temperature);

  for (uint32_t i = 0; i < vocab; i++)
    if (logits[i] >= floor)
      {
        const double weight = exp (((double) logits[i] - largest) / sampling->temperature);

        reached += weight;
        if (weight > 0)
          drawn = i;
        if (reached > u * sum)
          break;
      }

  return drawn;
}
