/* argmax.c: where in each row its greatest element is */

#include "ops/ops.h"

#include "interface/argmax.h"

void
vc_op_argmax (VcRecorder     *rec,
              const VcTensor *x,
              const VcTensor *ids)
{
  const struct vc_argmax_push push = { vc_tensor_rows (x), vc_tensor_width (x) };

  g_assert (x->dtype == VC_F32 && ids->dtype == VC_U32 && !vc_tensor_overlaps (x, ids));
  g_assert (vc_tensor_elements (ids) == push.rows);
  /* The shader counts elements in 32 bits. */
  g_assert (vc_tensor_elements (x) <= G_MAXUINT32 - 256);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_ARGMAX,
    .reads = { x },
    .writes = { ids },
    .constants = { [VC_ARGMAX_GROUP] = vc_op_group (push.width) },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (push.rows),
  });
}
