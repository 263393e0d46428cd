/* assemble.c: a class token before each picture's patches, and places added to all */

#include "ops/ops.h"

#include "interface/assemble.h"

void
vc_op_assemble (VcRecorder     *rec,
                const VcTensor *patches,
                const VcTensor *class_token,
                const VcTensor *positions,
                const VcTensor *y)
{
  const uint32_t width = vc_tensor_width (y);
  const uint32_t tokens = vc_tensor_rows (positions);
  const uint32_t count = vc_tensor_rows (y) / tokens;
  const gsize elements = vc_tensor_elements (y);
  const uint32_t groups = (elements + VC_ASSEMBLE_GROUP - 1) / VC_ASSEMBLE_GROUP;
  const struct vc_assemble_push push = { count, tokens, width };

  g_assert (patches->dtype == VC_F32 && y->dtype == VC_F32 && positions->dtype != VC_U32);
  g_assert (tokens >= 2 && vc_tensor_width (positions) == width);
  g_assert (vc_tensor_is_matrix (y, count * tokens, width));
  g_assert (vc_tensor_is_matrix (patches, count * (tokens - 1), width));
  g_assert (vc_tensor_is_vector (class_token, width));
  g_assert (elements <= UINT32_MAX - VC_ASSEMBLE_GROUP);
  g_assert (!vc_tensor_overlaps (patches, y));

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_ASSEMBLE,
    .store = positions->dtype,
    .reads = { patches, class_token, positions },
    .writes = { y },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
  });
}
