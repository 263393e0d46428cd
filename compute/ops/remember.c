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
  const VcTensor *any = q != NULL ? q : k;
  const uint32_t count = any->size[0];
  const uint32_t heads = any->size[1];
  const uint32_t head_width = any->size[3];
  const uint32_t tokens = q != NULL ? q->size[2] : vc_tensor_rows (qkv) / count;
  const uint32_t capacity = k != NULL ? k->size[2] : tokens;
  const uint32_t first = q != NULL ? 0 : 1;
  const uint32_t parts = (q != NULL ? 1 : 0) + (k != NULL ? 2 : 0);
  const gsize elements = vc_tensor_elements (qkv);
  const uint32_t groups = (elements + VC_REMEMBER_GROUP - 1) / VC_REMEMBER_GROUP;
  const struct vc_remember_push push = {
    count * tokens, tokens, heads, head_width, capacity, at, first, parts
  };

  g_assert (qkv->dtype == VC_F32 && any->dtype == VC_F32 && (k == NULL) == (v == NULL));
  g_assert (vc_tensor_is_matrix (qkv, count * tokens, parts * heads * head_width));
  g_assert (at + tokens <= capacity);
  if (k != NULL)
    {
      g_assert (k->dtype == VC_F32 && vc_tensor_same_shape (k, v));
      g_assert (k->size[0] == count && k->size[1] == heads && k->size[3] == head_width);
      g_assert (!vc_tensor_overlaps (qkv, k) && !vc_tensor_overlaps (qkv, v));
    }
  g_assert (elements <= UINT32_MAX - VC_REMEMBER_GROUP);
  g_assert (q == NULL || !vc_tensor_overlaps (qkv, q));

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_REMEMBER,
    .reads = { qkv },
    /* what is not written is bound all the same */
    .writes = { any, k != NULL ? k : q, v != NULL ? v : q },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}
