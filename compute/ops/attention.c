/* attention.c: every token gathers from those that it may see */

#include <math.h>

#include "ops/ops.h"

#include "interface/attention.h"

/* Neighbouring tokens that share what is read of k and v: as many as registers and shared memory hold. */
static uint32_t
choose_queries (uint32_t tokens,
                uint32_t head_width)
{
  const uint32_t most = head_width <= 128 ? 8 : 4;
  uint32_t queries = 1;

  while (queries < most && queries < tokens)
    queries *= 2;

  return queries;
}

void
vc_op_attention (VcRecorder     *rec,
                 const VcTensor *q,
                 const VcTensor *k,
                 const VcTensor *v,
                 uint32_t        keys,
                 gboolean        causal,
                 const VcSight  *sight,
                 const VcTensor *y)
{
  const uint32_t count = q->size[0];
  const uint32_t heads = q->size[1];
  const uint32_t tokens = q->size[2];
  const uint32_t head_width = q->size[3];
  const uint32_t capacity = k->size[2];
  const uint32_t queries = choose_queries (tokens, head_width);
  const uint32_t groups = count * heads * ((tokens + queries - 1) / queries);
  const struct vc_attention_push push = {
    count, heads, tokens, head_width, capacity, keys, 1 / sqrtf (head_width),
    sight != NULL ? vc_tensor_width (sight->bits) : 0,
    sight != NULL ? sight->first : 0,
    sight != NULL ? sight->along : 0,
    sight != NULL ? sight->across : 0,
  };

  g_assert (q->dtype == VC_F32 && k->dtype == VC_F32 && y->dtype == VC_F32);
  g_assert (head_width >= 1 && head_width <= 512);
  g_assert (k->size[0] == count && k->size[1] == heads && k->size[3] == head_width);
  g_assert (vc_tensor_same_shape (k, v));
  g_assert (keys >= 1 && keys <= capacity && (!causal || tokens <= keys));
  g_assert (vc_tensor_is_matrix (y, count * tokens, heads * head_width));
  g_assert (!vc_tensor_overlaps (q, y) && !vc_tensor_overlaps (k, y) && !vc_tensor_overlaps (v, y));

  if (sight != NULL)
    {
      g_assert (sight->bits->dtype == VC_U32 && (uint64_t) push.sight_words * 32 >= keys);
      g_assert (sight->first + (count - 1) * sight->across + (tokens - 1) * sight->along <
                vc_tensor_rows (sight->bits));
    }

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_ATTENTION,
    .reads = { q, k, v, sight != NULL ? sight->bits : q },
    .writes = { y },
    .constants = {
      [VC_ATTENTION_GROUP] = head_width <= 256 ? 64 : 128,
      [VC_ATTENTION_HEAD_WIDTH] = head_width,
      [VC_ATTENTION_QUERIES] = queries,
      [VC_ATTENTION_CAUSAL] = causal,
      [VC_ATTENTION_SIGHTED] = sight != NULL,
    },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}
