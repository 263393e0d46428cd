/* groupnorm.c: mean 0 and variance 1 over each picture's group of channels */

#include "ops/ops.h"

#include "interface/groupnorm.h"

void
vc_op_groupnorm (VcRecorder     *rec,
                 const VcTensor *x,
                 const VcTensor *gain,
                 const VcTensor *bias,
                 uint32_t        groups,
                 float           epsilon,
                 gboolean        silu,
                 const VcTensor *y)
{
  const struct vc_groupnorm_push push = {
    .count = x->size[0],
    .pixels = x->size[1] * x->size[2],
    .channels = x->size[3],
    .groups = groups,
    .epsilon = epsilon,
  };
  const gsize n = (gsize) push.pixels * push.channels / MAX (groups, 1);

  g_assert (vc_tensor_same_shape (x, y) && x->dtype == VC_F32 && !vc_tensor_overlaps (x, y));
  g_assert (groups > 0 && push.channels % groups == 0);
  g_assert (vc_tensor_is_vector (gain, push.channels) && vc_tensor_is_vector (bias, push.channels));
  g_assert (epsilon > 0);
  /* The shader counts elements in 32 bits. */
  g_assert (vc_tensor_elements (x) <= G_MAXUINT32 - 256);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_GROUPNORM,
    .reads = { x, gain, bias },
    .writes = { y },
    .constants = { [VC_GROUPNORM_GROUP] = vc_op_group (n), [VC_GROUPNORM_SILU] = silu != FALSE,
                   [VC_GROUPNORM_FOURS] = push.channels / groups % 4 == 0 },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (push.count * groups),
  });
}
