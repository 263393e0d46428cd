/* maxpool.c: two by two pixels become one, by the greatest of each channel */

#include "ops/ops.h"

#include "interface/maxpool.h"

void
vc_op_maxpool (VcRecorder     *rec,
               const VcTensor *x,
               const VcTensor *y)
{
  const struct vc_maxpool_push push = { y->size[0] * y->size[1], y->size[2], y->size[3] };
  const uint32_t groups = (vc_tensor_elements (y) + VC_MAXPOOL_GROUP - 1) / VC_MAXPOOL_GROUP;

  g_assert (x->dtype == VC_F32 && y->dtype == VC_F32 && !vc_tensor_overlaps (x, y));
  g_assert (x->size[0] == y->size[0] && x->size[1] == 2 * y->size[1]);
  g_assert (x->size[2] == 2 * y->size[2] && x->size[3] == y->size[3]);
  /* The shader counts elements in 32 bits. */
  g_assert (vc_tensor_elements (x) <= G_MAXUINT32 - VC_MAXPOOL_GROUP);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_MAXPOOL,
    .reads = { x },
    .writes = { y },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}
