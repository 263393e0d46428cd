/* remember.c: takes a fused projection apart, its keys and values into the memory */

#include "ops/ops.h"

#include "interface/remember.h"

void
vc_op_remember (VcRecorder     *rec,
                const VcTensor *qkv,
                uint32_t        at,
                const VcTensor *q,
                const VcTensor *k,
                const VcTensor *v)
{
  const uint32_t count = q->size[0];
  const uint32_t heads = q->size[1];
  const uint32_t tokens = q->size[2];
  const uint32_t head_width = q->size[3];
  const uint32_t capacity = k->size[2];
  const gsize elements = vc_tensor_elements (qkv);
  const uint32_t groups = (elements + VC_REMEMBER_GROUP - 1) / VC_REMEMBER_GROUP;
  const struct vc_remember_push push = { count * tokens, tokens, heads, head_width, capacity, at };

  g_assert (qkv->dtype == VC_F32 && q->dtype == VC_F32 && k->dtype == VC_F32);
  g_assert (vc_tensor_is_matrix (qkv, count * tokens, 3 * heads * head_width));
  g_assert (k->size[0] == count && k->size[1] == heads && k->size[3] == head_width);
  g_assert (vc_tensor_same_shape (k, v));
  g_assert (at + tokens <= capacity);
  g_assert (elements <= UINT32_MAX - VC_REMEMBER_GROUP);
  g_assert (!vc_tensor_overlaps (qkv, q) && !vc_tensor_overlaps (qkv, k) && !vc_tensor_overlaps (qkv, v));

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_REMEMBER,
    .reads = { qkv },
    .writes = { q, k, v },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}
