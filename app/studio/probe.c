/* probe.c: a tag learned from pictures that have it */

#define G_LOG_DOMAIN "vig-probe"

#include "config.h"

#include <math.h>
#include <string.h>

#include "studio/probe.h"

/* Of examples whose squared distance from the middle is 1 on average: weak enough to part a handful from some hundred,
 * strong enough that it is not by chance. */
#define PENALTY 0.03

#define ROUNDS  12
#define SETTLED 1e-3

/* How many pictures have the tag for one that has it not, before anything is seen. */
#define ODDS (1 / 9.0)

void
vig_probe_free (VigProbe *probe)
{
  if (probe == NULL)
    return;

  g_free (probe->weights);
  g_free (probe);
}

/* Solves a x = y for x in place of y; (n, n) and (n), both are used up. Gauss, the largest pivot first. */
static void
solve (double *a,
       double *y,
       guint   n)
{
  for (guint k = 0; k < n; k++)
    {
      guint best = k;

      for (guint i = k + 1; i < n; i++)
        if (fabs (a[(gsize) i * n + k]) > fabs (a[(gsize) best * n + k]))
          best = i;
      for (guint j = k; best != k && j < n; j++)
        {
          const double kept = a[(gsize) k * n + j];

          a[(gsize) k * n + j] = a[(gsize) best * n + j];
          a[(gsize) best * n + j] = kept;
        }
      if (best != k)
        {
          const double kept = y[k];

          y[k] = y[best];
          y[best] = kept;
        }
      if (a[(gsize) k * n + k] == 0)
        a[(gsize) k * n + k] = 1e-12;

      for (guint i = k + 1; i < n; i++)
        {
          const double factor = a[(gsize) i * n + k] / a[(gsize) k * n + k];
          double *to = a + (gsize) i * n;
          const double *from = a + (gsize) k * n;

          if (factor == 0)
            continue;
          for (guint j = k; j < n; j++)
            to[j] -= factor * from[j];
          y[i] -= factor * y[k];
        }
    }

  for (guint k = n; k > 0; k--)
    {
      double sum = y[k - 1];

      for (guint j = k; j < n; j++)
        sum -= a[(gsize) (k - 1) * n + j] * y[j];
      y[k - 1] = sum / a[(gsize) (k - 1) * n + k - 1];
    }
}

/* What the rows have in common is no sign of anything: around the middle of those that are not examples of it, of length 1
 * on average. Returns the factor. */
static double
centre (const float *rows,
        guint        first,
        guint        n,
        guint        width,
        float       *middle,
        float       *centred)
{
  g_autofree double *sums = g_new0 (double, width);
  double squares = 0;
  double factor;

  for (guint i = first; i < n; i++)
    for (guint k = 0; k < width; k++)
      sums[k] += rows[(gsize) i * width + k];
  for (guint k = 0; k < width; k++)
    middle[k] = (float) (sums[k] / (n - first));

  for (gsize i = 0; i < (gsize) n * width; i++)
    {
      centred[i] = rows[i] - middle[i % width];
      squares += (double) centred[i] * centred[i];
    }
  factor = squares > 0 ? 1 / sqrt (squares / n) : 1;
  for (gsize i = 0; i < (gsize) n * width; i++)
    centred[i] *= (float) factor;

  return factor;
}

static double *
make_gram (const float *rows,
           guint        n,
           guint        width)
{
  double *gram = g_new (double, (gsize) n * n);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j <= i; j++)
      {
        const float *a = rows + (gsize) i * width;
        const float *b = rows + (gsize) j * width;
        float sums[8] = { 0 };
        double sum = 0;
        guint k = 0;

        for (; k + 8 <= width; k += 8)
          for (guint l = 0; l < 8; l++)
            sums[l] += a[k + l] * b[k + l];
        for (; k < width; k++)
          sum += a[k] * b[k];
        for (guint l = 0; l < 8; l++)
          sum += sums[l];
        gram[(gsize) i * n + j] = gram[(gsize) j * n + i] = sum;
      }

  return gram;
}

VigProbe *
vig_probe_learn (const float *rows,
                 guint        n_with,
                 guint        n_without,
                 guint        n_others,
                 guint        width)
{
  const guint n = n_with + n_without + n_others;
  const guint against = n_without + n_others;

  if (n_with < VIG_PROBE_LEAST_WITH || against < VIG_PROBE_LEAST_WITHOUT)
    return NULL;

  g_autofree float *middle = g_new (float, width);
  g_autofree float *centred = g_new (float, (gsize) n * width);
  const double factor = centre (rows, n_with, n, width, middle, centred);
  g_autofree double *gram = make_gram (centred, n, width);
  g_autofree double *left = g_new (double, (gsize) (n + 1) * (n + 1));
  g_autofree double *solution = g_new0 (double, n + 1);  /* of the examples' shares, then the bias */
  g_autofree double *given = g_new0 (double, n + 1);
  VigProbe *probe = g_new0 (VigProbe, 1);

  double change = 1;

  for (guint round = 0; round < ROUNDS && change > SETTLED; round++)
    {
      change = 0;
      for (guint i = 0; i < n; i++)
        {
          /* What somebody said counts whole; all others together as much as those with the tag. */
          const double weight = i < n_with + n_without ? 1 : (double) n_with / MAX (n_others, n_with);
          double f = solution[n];
          double *row = left + (gsize) i * (n + 1);

          for (guint j = 0; j < n; j++)
            f += gram[(gsize) i * n + j] * solution[j];

          const double p = 1 / (1 + exp (-f));
          const double q = weight * MAX (p * (1 - p), 1e-3);

          memcpy (row, gram + (gsize) i * n, n * sizeof (double));
          row[i] += PENALTY / q;
          row[n] = 1;
          given[i] = f + weight * ((i < n_with) - p) / q;
        }
      for (guint j = 0; j < n; j++)
        left[(gsize) n * (n + 1) + j] = 1;
      left[(gsize) n * (n + 1) + n] = 0;
      given[n] = 0;

      solve (left, given, n + 1);
      for (guint i = 0; i <= n; i++)
        change = MAX (change, fabs (given[i] - solution[i]));
      memcpy (solution, given, (n + 1) * sizeof (double));
    }

  probe->width = width;
  probe->weights = g_new0 (float, width);
  for (guint k = 0; k < width; k++)
    {
      double sum = 0;

      for (guint i = 0; i < n; i++)
        sum += solution[i] * centred[(gsize) i * width + k];
      probe->weights[k] = (float) (sum * factor);
    }
  probe->bias = solution[n] + log (ODDS);
  for (guint k = 0; k < width; k++)
    probe->bias -= (double) probe->weights[k] * middle[k];

  return probe;
}

double
vig_probe_rate (const VigProbe *probe,
                const float    *row)
{
  double f = probe->bias;

  for (guint k = 0; k < probe->width; k++)
    f += (double) probe->weights[k] * row[k];

  return 1 / (1 + exp (-f));
}
