/* upsample.c: each pixel becomes two by two */

#include "ops/ops.h"

#include "interface/upsample.h"

#define GROUP 256u

void
vc_op_upsample (VcRecorder     *rec,
                const VcTensor *x,
                const VcTensor *y)
{
  const struct vc_upsample_push push = { x->size[0] * x->size[1], x->size[2], x->size[3] };

  g_assert (x->dtype == VC_F32 && y->dtype == VC_F32 && !vc_tensor_overlaps (x, y));
  g_assert (y->size[0] == x->size[0] && y->size[1] == 2 * x->size[1]);
  g_assert (y->size[2] == 2 * x->size[2] && y->size[3] == x->size[3]);
  /* The shader counts elements in 32 bits. */
  g_assert (vc_tensor_elements (y) <= G_MAXUINT32 - GROUP);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_UPSAMPLE,
    .reads = { x },
    .writes = { y },
    .constants = { [VC_UPSAMPLE_GROUP] = GROUP },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS ((uint32_t) ((vc_tensor_elements (y) + GROUP - 1) / GROUP)),
  });
}
