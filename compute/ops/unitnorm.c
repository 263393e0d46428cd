/* unitnorm.c: every row at length 1 */

#include "ops/ops.h"

#include "interface/unitnorm.h"

void
vc_op_unitnorm (VcRecorder     *rec,
                const VcTensor *x,
                const VcTensor *y)
{
  const uint32_t rows = vc_tensor_rows (x);
  const uint32_t width = vc_tensor_width (x);
  const struct vc_unitnorm_push push = { rows, width };

  g_assert (x->dtype == VC_F32);
  g_assert (vc_tensor_same_shape (x, y) && !vc_tensor_overlaps (x, y));

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_UNITNORM,
    .reads = { x },
    .writes = { y },
    .constants = { [VC_UNITNORM_GROUP] = vc_op_group (width) },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (rows),
  });
}
