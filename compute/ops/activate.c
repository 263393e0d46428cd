/* activate.c: a function of every element */

#include "ops/ops.h"

#include "interface/activate.h"

void
vc_op_activate (VcRecorder     *rec,
                VcActivation    activation,
                const VcTensor *x,
                const VcTensor *y)
{
  const gsize count = vc_tensor_elements (x);
  const uint32_t groups = (count + VC_ACTIVATE_GROUP - 1) / VC_ACTIVATE_GROUP;
  const struct vc_activate_push push = { count };

  g_assert (x->dtype == VC_F32 && count <= UINT32_MAX);
  g_assert (vc_tensor_same_shape (x, y) && !vc_tensor_overlaps (x, y));

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_ACTIVATE,
    .reads = { x },
    .writes = { y },
    .constants = { [VC_ACTIVATE_KIND] = activation },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}
