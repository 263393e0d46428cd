/* attention.c: every token gathers from those that it may see, on the processor */

#include <math.h>
#include <string.h>

#include "host/host.h"
#include "host/kernels.h"
#include "interface/attention.h"

/* Floats of a line of the cache, and so many of keys or values as are called for before anything else is done. */
#define LINE 16
#define CALLED 1024u

/* Tokens whose scores a thread has at a time, where they are many. */
#define BLOCK_TOKENS 64

typedef struct
{
  const float                    *q;
  const float                    *k;
  const float                    *v;
  const uint32_t                 *sight;  /* may be NULL */
  float                          *y;
  gboolean                        causal;
  const struct vc_attention_push *push;
} Work;

/* Places that token @t sees. */
static uint32_t
count_visible (const Work *work,
               uint32_t    t)
{
  return work->causal ? work->push->keys - work->push->tokens + t + 1 : work->push->keys;
}

/* Of the first @keys scores of token @t of picture @memory / heads, takes out those it does not see. */
static void
hide (const Work *work,
      gsize       memory,
      uint32_t    t,
      float      *scores,
      uint32_t    keys)
{
  const struct vc_attention_push *push = work->push;
  const uint32_t *row;

  if (work->sight == NULL)
    return;

  row = work->sight + (push->sight_first + memory / push->heads * push->sight_across +
                       t * push->sight_along) * push->sight_words;
  for (uint32_t j = 0; j < keys; j++)
    if ((row[j / 32] >> j % 32 & 1) == 0)
      scores[j] = -INFINITY;
}

/* Where head @memory % heads of token @t of picture @memory / heads lies in y. */
static float *
locate_result (const Work *work,
               gsize       memory,
               uint32_t    t)
{
  const struct vc_attention_push *push = work->push;
  const gsize row = memory / push->heads * push->tokens + t;

  return work->y + (row * push->heads + memory % push->heads) * push->head_width;
}

/* Has the beginning of what is read next on its way: the rest is called for while it is read. */
static void
call_for (const float *values,
          gsize        n)
{
  for (gsize i = 0; i < MIN (n, CALLED); i += LINE)
    __builtin_prefetch (values + i, 0, 2);
}

/* A token at a time, by the same steps however many there are. */
static void
attend_tokens (guint    first,
               guint    end,
               gpointer data)
{
  const Work *work = data;
  const struct vc_attention_push *push = work->push;
  const VcKernels *kernels = vc_kernels ();
  float *scores = vc_host_thread_scratch (push->keys * sizeof *scores);

  for (guint i = first; i < end; i++)
    {
      const gsize memory = i / push->tokens;
      const uint32_t t = i % push->tokens;
      const uint32_t keys = count_visible (work, t);
      const gsize start = memory * push->capacity * push->head_width;

      if (t == 0)
        call_for (work->v + start, (gsize) keys * push->head_width);
      kernels->products (work->q + (gsize) i * push->head_width, push->head_width, work->k + start, VC_F32,
                         NULL, scores, keys, 1, push->head_width, keys);
      hide (work, memory, t, scores, keys);
      kernels->softmax (scores, push->scale, keys);
      if (t + 1 == push->tokens && i + 1 < end)
        call_for (work->k + start + push->capacity * push->head_width, (gsize) keys * push->head_width);
      kernels->blend (scores, work->v + start, locate_result (work, memory, t), keys, push->head_width);
    }
}

/* A block of tokens at a time, by two products of matrices. */
static void
attend_blocks (guint    first,
               guint    end,
               gpointer data)
{
  const Work *work = data;
  const struct vc_attention_push *push = work->push;
  const VcKernels *kernels = vc_kernels ();
  const guint blocks = (push->tokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
  const uint32_t width = push->head_width;
  const gsize n_scores = (gsize) BLOCK_TOKENS * push->keys;
  float *scores = vc_host_thread_scratch ((n_scores + VC_KERNEL_SCRATCH) * sizeof *scores);
  float *scratch = scores + n_scores;

  for (guint i = first; i < end; i++)
    {
      const gsize memory = i / blocks;
      const uint32_t t = i % blocks * BLOCK_TOKENS;
      const uint32_t tokens = MIN (BLOCK_TOKENS, push->tokens - t);
      const uint32_t keys = count_visible (work, t + tokens - 1);
      const gsize start = memory * push->capacity * width;

      kernels->multiply (work->q + (memory * push->tokens + t) * width, width,
                         work->k + start, VC_F32, FALSE, NULL, scores, keys,
                         tokens, width, keys, scratch);

      for (uint32_t n = 0; n < tokens; n++)
        {
          const uint32_t seen = count_visible (work, t + n);

          hide (work, memory, t + n, scores + (gsize) n * keys, seen);
          kernels->softmax (scores + (gsize) n * keys, push->scale, seen);
          memset (scores + (gsize) n * keys + seen, 0, (keys - seen) * sizeof *scores);
        }

      kernels->multiply (scores, keys, work->v + start, VC_F32, TRUE, NULL,
                         locate_result (work, memory, t), push->heads * width,
                         tokens, keys, width, scratch);
    }
}

void
vc_host_attention (VcHost       *host,
                   const VcCall *call)
{
  const struct vc_attention_push *push = call->push;
  const guint memories = push->count * push->heads;
  Work work = { call->reads[0], call->reads[1], call->reads[2],
                call->constants[VC_ATTENTION_SIGHTED] ? call->reads[3] : NULL, call->writes[0],
                call->constants[VC_ATTENTION_CAUSAL] != 0, push };

  if (push->tokens <= VC_FEW_ROWS)
    {
      /* An eighth of a step for a product: they are made eight at a time. */
      vc_host_parallel (host, memories * push->tokens,
                        vc_host_grain ((gsize) push->keys * push->head_width / 4),
                        attend_tokens, &work);
    }
  else
    {
      const guint blocks = (push->tokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;

      vc_host_parallel (host, memories * blocks, 1, attend_blocks, &work);
    }
}
