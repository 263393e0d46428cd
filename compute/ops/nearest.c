/* nearest.c: rows become the numbers of the codes they are nearest to */

#include "ops/ops.h"

#include "interface/nearest.h"

void
vc_op_nearest (VcRecorder     *rec,
               const VcTensor *x,
               const VcTensor *table,
               const VcTensor *ids)
{
  const struct vc_nearest_push push = { vc_tensor_rows (x), vc_tensor_rows (table), vc_tensor_width (x) };
  const uint32_t tiles = (push.rows + VC_NEAREST_TILE - 1) / VC_NEAREST_TILE;

  g_assert (x->dtype == VC_F32 && table->dtype != VC_U32 && vc_tensor_width (table) == push.width);
  g_assert (ids->dtype == VC_U32 && vc_tensor_elements (ids) == push.rows);
  g_assert (!vc_tensor_overlaps (x, ids));
  /* The shader counts elements in 32 bits. */
  g_assert (vc_tensor_elements (x) <= G_MAXUINT32 && vc_tensor_elements (table) <= G_MAXUINT32);
  g_assert (push.codes <= G_MAXUINT32 - 256);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_NEAREST,
    .store = table->dtype,
    .reads = { x, table },
    .writes = { ids },
    .constants = { [VC_NEAREST_GROUP] = vc_op_group (push.codes) },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (tiles),
  });
}
