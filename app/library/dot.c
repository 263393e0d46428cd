/* dot.c: many rows of half floats against one of floats */

#include "config.h"

#include "library/dot.h"

#include <string.h>

#if defined (__x86_64__) || defined (__i386__)
#include <immintrin.h>
#define HAVE_X86 1
#endif

/* Below this many numbers, starting a thread costs more than it saves. */
#define NUMBERS_PER_THREAD (1 << 21)

guint16
vig_half_from_float (float value)
{
  guint32 bits;

  memcpy (&bits, &value, 4);

  const guint32 sign = bits >> 16 & 0x8000;
  const guint32 magnitude = bits & 0x7fffffff;

  if (magnitude > 0x7f800000)
    return sign | 0x7e00;  /* not a number */
  if (magnitude >= 0x477ff000)
    return sign | 0x7c00;  /* rounds to infinity */
  if (magnitude < 0x38800000)
    {
      /* Subnormal: a whole number of 2^-24. Adding 0.5 lines its bits up, and rounds them as any addition does. */
      float shifted;
      guint32 lined;

      memcpy (&shifted, &magnitude, 4);
      shifted += 0.5f;
      memcpy (&lined, &shifted, 4);
      return sign | (lined - 0x3f000000);
    }

  return sign | ((magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13);
}

float
vig_half_to_float (guint16 half)
{
  const guint32 sign = (guint32) (half & 0x8000) << 16;
  const guint32 magnitude = half & 0x7fff;
  guint32 bits;
  float value;

  if (magnitude >= 0x7c00)
    bits = sign | 0x7f800000 | (magnitude & 0x3ff) << 13;
  else if (magnitude >= 0x400)
    bits = sign | ((magnitude << 13) + 0x38000000);
  else
    {
      const float small = magnitude * 0x1p-24f;

      memcpy (&bits, &small, 4);
      bits |= sign;
    }
  memcpy (&value, &bits, 4);

  return value;
}

static gboolean
is_usable_plain (void)
{
  return TRUE;
}

static void
dot_plain (const guint16 *rows,
           gsize          n,
           guint          width,
           const float   *vector,
           float         *scores)
{
  for (gsize i = 0; i < n; i++)
    {
      const guint16 *row = rows + i * width;
      float sum = 0;

      for (guint j = 0; j < width; j++)
        sum += vig_half_to_float (row[j]) * vector[j];
      scores[i] = sum;
    }
}

#ifdef HAVE_X86

/* Every processor with AVX2 has F16C as well, which not every compiler can ask for. */
static gboolean
is_usable_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}

/* Two sums a row, so that one multiplication need not wait for the other. */
__attribute__ ((target ("avx2,fma,f16c")))
static void
dot_avx2 (const guint16 *rows,
          gsize          n,
          guint          width,
          const float   *vector,
          float         *scores)
{
  for (gsize i = 0; i < n; i++)
    {
      const guint16 *row = rows + i * width;
      __m256 even = _mm256_setzero_ps ();
      __m256 odd = _mm256_setzero_ps ();
      float parts[8];
      float sum = 0;
      guint j = 0;

      for (; j + 16 <= width; j += 16)
        {
          const __m256 a = _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (row + j)));
          const __m256 b = _mm256_cvtph_ps (_mm_loadu_si128 ((const __m128i *) (row + j + 8)));

          even = _mm256_fmadd_ps (a, _mm256_loadu_ps (vector + j), even);
          odd = _mm256_fmadd_ps (b, _mm256_loadu_ps (vector + j + 8), odd);
        }
      _mm256_storeu_ps (parts, _mm256_add_ps (even, odd));
      for (guint k = 0; k < 8; k++)
        sum += parts[k];
      for (; j < width; j++)
        sum += _cvtsh_ss (row[j]) * vector[j];
      scores[i] = sum;
    }
}

static gboolean
is_usable_avx512 (void)
{
  return __builtin_cpu_supports ("avx512f") && is_usable_avx2 ();
}

__attribute__ ((target ("avx512f,fma,f16c")))
static void
dot_avx512 (const guint16 *rows,
            gsize          n,
            guint          width,
            const float   *vector,
            float         *scores)
{
  for (gsize i = 0; i < n; i++)
    {
      const guint16 *row = rows + i * width;
      __m512 even = _mm512_setzero_ps ();
      __m512 odd = _mm512_setzero_ps ();
      guint j = 0;

      for (; j + 32 <= width; j += 32)
        {
          const __m512 a = _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) (row + j)));
          const __m512 b = _mm512_cvtph_ps (_mm256_loadu_si256 ((const __m256i *) (row + j + 16)));

          even = _mm512_fmadd_ps (a, _mm512_loadu_ps (vector + j), even);
          odd = _mm512_fmadd_ps (b, _mm512_loadu_ps (vector + j + 16), odd);
        }

      float sum = _mm512_reduce_add_ps (_mm512_add_ps (even, odd));
      for (; j < width; j++)
        sum += _cvtsh_ss (row[j]) * vector[j];
      scores[i] = sum;
    }
}

#endif

/* The fastest first. */
static const VigDotKernel kernels[] = {
#ifdef HAVE_X86
  { "avx512", is_usable_avx512, dot_avx512 },
  { "avx2", is_usable_avx2, dot_avx2 },
#endif
  { "plain", is_usable_plain, dot_plain },
};

const VigDotKernel *
vig_dot_kernels (guint *n_kernels)
{
  *n_kernels = G_N_ELEMENTS (kernels);

  return kernels;
}

static const VigDotKernel *
choose_kernel (void)
{
  guint i = 0;

  while (!kernels[i].usable ())
    i++;

  return &kernels[i];
}

typedef struct
{
  const VigDotKernel *kernel;
  const guint16      *rows;
  gsize               n;
  guint               width;
  const float        *vector;
  float              *scores;
} Share;

static gpointer
run_share (gpointer data)
{
  const Share *share = data;

  share->kernel->run (share->rows, share->n, share->width, share->vector, share->scores);

  return NULL;
}

void
vig_dot_rows (const guint16 *rows,
              gsize          n,
              guint          width,
              const float   *vector,
              float         *scores)
{
  enum { MOST = 64 };
  const VigDotKernel *kernel = choose_kernel ();
  const guint n_shares = CLAMP (n * width / NUMBERS_PER_THREAD, 1, MIN (g_get_num_processors (), MOST));
  const gsize step = (n + n_shares - 1) / n_shares;
  GThread *threads[MOST] = { NULL };
  Share shares[MOST];

  for (guint i = 0; i < n_shares; i++)
    {
      const gsize from = MIN (i * step, n);

      shares[i] = (Share) { kernel, rows + from * width, MIN (step, n - from), width, vector, scores + from };
    }
  for (guint i = 1; i < n_shares; i++)
    threads[i] = g_thread_new ("vig-dot", run_share, &shares[i]);
  run_share (&shares[0]);
  for (guint i = 1; i < n_shares; i++)
    g_thread_join (threads[i]);
}
