/* torgb.c: three channels as the bytes of a pixel */

#include "ops/ops.h"

#include "interface/torgb.h"

#define GROUP 256u

void
vc_op_torgb (VcRecorder     *rec,
             const VcTensor *x,
             float           scale,
             float           shift,
             const VcTensor *y)
{
  const uint32_t pixels = vc_tensor_rows (x);
  const struct vc_torgb_push push = { pixels, scale, shift };

  g_assert (x->dtype == VC_F32 && vc_tensor_width (x) == 3);
  g_assert (y->dtype == VC_U32 && vc_tensor_elements (y) == pixels && !vc_tensor_overlaps (x, y));
  /* The shader counts elements in 32 bits. */
  g_assert (vc_tensor_elements (x) <= G_MAXUINT32 - 3 * GROUP);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_TORGB,
    .reads = { x },
    .writes = { y },
    .constants = { [VC_TORGB_GROUP] = GROUP },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS ((pixels + GROUP - 1) / GROUP),
  });
}
