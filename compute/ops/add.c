/* add.c: the sum of two tensors of one shape, or of one and a share of the other */

#include "ops/ops.h"

#include "interface/add.h"

void
vc_op_add_share (VcRecorder     *rec,
                 const VcTensor *a,
                 float           scale,
                 const VcTensor *b,
                 const VcTensor *y)
{
  const gsize count = vc_tensor_elements (y);
  const uint32_t groups = (count + VC_ADD_GROUP - 1) / VC_ADD_GROUP;
  const struct vc_add_push push = { count, scale };

  g_assert (y->dtype == VC_F32 && count <= UINT32_MAX);
  g_assert (vc_tensor_same_shape (a, y) && !vc_tensor_overlaps (a, y));
  g_assert (vc_tensor_same_shape (b, y) && !vc_tensor_overlaps (b, y));

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_ADD,
    .reads = { a, b },
    .writes = { y },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}

void
vc_op_add (VcRecorder     *rec,
           const VcTensor *a,
           const VcTensor *b,
           const VcTensor *y)
{
  vc_op_add_share (rec, a, 1, b, y);
}
