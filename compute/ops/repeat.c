/* repeat.c: every row several times */

#include "ops/ops.h"

#include "interface/repeat.h"

void
vc_op_repeat (VcRecorder     *rec,
              const VcTensor *x,
              uint32_t        times,
              const VcTensor *y)
{
  const uint32_t rows = vc_tensor_rows (x);
  const uint32_t width = vc_tensor_width (x);
  const gsize count = vc_tensor_elements (y);
  const uint32_t groups = (count + VC_REPEAT_GROUP - 1) / VC_REPEAT_GROUP;
  const struct vc_repeat_push push = { rows, width, times };

  g_assert (x->dtype == VC_F32 && y->dtype == VC_F32);
  g_assert (times >= 1 && vc_tensor_is_matrix (y, rows * times, width));
  g_assert (count <= UINT32_MAX - VC_REPEAT_GROUP);
  g_assert (!vc_tensor_overlaps (x, y));

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_REPEAT,
    .reads = { x },
    .writes = { y },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}
