/* layernorm.c: one row in, the same row out with mean 0 and variance 1 */

#include "ops/ops.h"

#include "interface/layernorm.h"

void
vc_op_layernorm (VcRecorder     *rec,
                 const VcTensor *x,
                 const VcTensor *gain,
                 const VcTensor *bias,
                 const VcTensor *y,
                 float           epsilon)
{
  const uint32_t rows = vc_tensor_rows (x);
  const uint32_t width = vc_tensor_width (x);
  const struct vc_layernorm_push push = { rows, width, epsilon };

  g_assert (vc_tensor_same_shape (x, y) && !vc_tensor_overlaps (x, y));
  g_assert (vc_tensor_is_vector (gain, width) && vc_tensor_is_vector (bias, width));
  g_assert (epsilon > 0);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_LAYERNORM,
    .reads = { x, gain, bias },
    .writes = { y },
    .constants = { [VC_LAYERNORM_GROUP] = vc_op_group (width) },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (rows),
  });
}
