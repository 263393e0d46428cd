/* gate.c: one half of each row opens the other */

#include "ops/ops.h"

#include "interface/gate.h"

void
vc_op_gate (VcRecorder     *rec,
            VcActivation    activation,
            const VcTensor *x,
            const VcTensor *y)
{
  const struct vc_gate_push push = { vc_tensor_rows (y), vc_tensor_width (y) };
  const gsize count = vc_tensor_elements (y);
  const uint32_t groups = (count + VC_GATE_GROUP - 1) / VC_GATE_GROUP;

  g_assert (x->dtype == VC_F32 && y->dtype == VC_F32 && !vc_tensor_overlaps (x, y));
  g_assert (vc_tensor_is_matrix (x, push.rows, 2 * push.width));
  /* The shader counts elements in 32 bits. */
  g_assert (vc_tensor_elements (x) <= G_MAXUINT32 - VC_GATE_GROUP);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_GATE,
    .reads = { x },
    .writes = { y },
    .constants = { [VC_GATE_KIND] = activation },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}
