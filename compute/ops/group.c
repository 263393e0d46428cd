/* group.c: how many invocations share a row, how many rows a dispatch */

#include "ops/ops.h"

/* So many rows of any width end where a tensor may begin. */
#define SLICE (VC_TENSOR_ALIGN / 2)

uint32_t
vc_op_group (uint32_t width)
{
  uint32_t group = 32;

  while (group < 256 && group < width)
    group *= 2;

  return group;
}

uint32_t
vc_op_slice (VcRecorder     *rec,
             const VcTensor *weight)
{
  const gsize range = vc_recorder_range (rec);
  const gsize row = (gsize) vc_tensor_width (weight) * vc_dtype_size (weight->dtype);
  const uint32_t rows = vc_tensor_rows (weight);

  if (vc_tensor_bytes (weight) <= range || range / row < SLICE)
    return rows;

  return range / row / SLICE * SLICE;
}
