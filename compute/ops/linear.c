/* linear.c: every row times a matrix of weights */

#include "ops/ops.h"

#include "interface/linear.h"

#define FEW_GROUP 32
#define MANY_GROUP 256

/* Invocations that have tiles side by side: no more than the narrowest processor takes at once. */
#define TILES_GROUP 8

/* Sums that an invocation holds are part of its code: one pipeline for 1, 2, 4, 8, 16 rows each. */
static uint32_t
round_rows (uint32_t rows)
{
  uint32_t held = 1;

  while (held < rows)
    held *= 2;

  return held;
}

/* How coarse products of @rows are launched by a device that multiplies @matrix at once. */
static VcLaunch
describe_matrix (const VcMatrix *matrix,
                 uint32_t        rows,
                 uint32_t        outs,
                 gboolean        biased,
                 uint32_t        then)
{
  return (VcLaunch) {
    .constants = { [VC_LINEAR_GROUP] = VC_LINEAR_MATRIX_PARTS * matrix->lanes, [VC_LINEAR_BIASED] = biased,
                   [VC_LINEAR_THEN] = then, [VC_LINEAR_MATRIX_ROWS] = matrix->rows,
                   [VC_LINEAR_MATRIX_OUTS] = matrix->outs, [VC_LINEAR_MATRIX_DEPTH] = matrix->depth },
    .groups = { (outs + VC_LINEAR_TILE - 1) / VC_LINEAR_TILE, (rows + VC_LINEAR_TILE - 1) / VC_LINEAR_TILE, 1 },
  };
}

/* Outputs @first to @first + @outs of all. */
static void
record_slice (VcRecorder     *rec,
              const VcTensor *x,
              const VcTensor *weight,
              const VcTensor *bias,
              uint32_t        then,
              uint32_t        first,
              const VcTensor *y)
{
  const uint32_t rows = vc_tensor_rows (x);
  const uint32_t in = vc_tensor_width (x);
  const uint32_t outs = vc_tensor_rows (weight);
  const uint32_t held = round_rows (rows);
  const uint32_t few_groups = (outs + VC_LINEAR_OUTS - 1) / VC_LINEAR_OUTS;
  const VcMatrix matrix = vc_recorder_matrix (rec);
  const gboolean coarse = rows > VC_FEW_ROWS && weight->coarse && weight->dtype == VC_F16 && matrix.lanes > 0;
  const uint32_t spans = (outs + VC_LINEAR_SPAN - 1) / VC_LINEAR_SPAN;
  const struct vc_linear_push push = { rows, in, vc_tensor_width (y), first, outs };
  VcDispatch dispatch = {
    .op = VC_OP_LINEAR,
    .store = weight->dtype,
    .reads = { x, weight, bias != NULL ? bias : x },
    .writes = { y },
    .constants = { [VC_LINEAR_BIASED] = bias != NULL, [VC_LINEAR_FOURS] = in % 4 == 0,
                   [VC_LINEAR_THEN] = then },
    .push = VC_BYTES (push),
  };

  if (rows <= VC_FEW_ROWS)
    {
      dispatch.constants[VC_LINEAR_GROUP] = FEW_GROUP;
      dispatch.constants[VC_LINEAR_ROWS] = held;
      dispatch.constants[VC_LINEAR_SCRATCH] = FEW_GROUP * held;
      dispatch.groups[0] = MIN (few_groups, 32768);
      dispatch.groups[1] = (few_groups + 32767) / 32768;
    }
  else
    {
      dispatch.constants[VC_LINEAR_COARSE] = weight->coarse;
      dispatch.constants[VC_LINEAR_GROUP] = MANY_GROUP;
      dispatch.constants[VC_LINEAR_ROWS] = 0;
      dispatch.constants[VC_LINEAR_SCRATCH] = 2 * VC_LINEAR_DEPTH * VC_LINEAR_STRIDE;
      dispatch.groups[0] = (outs + VC_LINEAR_TILE - 1) / VC_LINEAR_TILE;
      dispatch.groups[1] = (rows + VC_LINEAR_TILE - 1) / VC_LINEAR_TILE;
    }

  if (in % 4 == 0)
    {
      dispatch.tiles = (VcTiles) {
        .kind = rows == 1 ? VC_TILES_LINEAR_ONE
                          : rows <= VC_FEW_ROWS ? VC_TILES_LINEAR_FEW
                          : coarse ? VC_TILES_LINEAR_COARSE : VC_TILES_LINEAR_MANY,
        .texels = 1 << 0 | 1 << 1,
        .constants = { [VC_LINEAR_BIASED] = bias != NULL, [VC_LINEAR_SCRATCH] = 1,
                       [VC_LINEAR_THEN] = then },
        .groups = VC_ROW_GROUPS (spans),
      };
      if (coarse)
        dispatch.matrix = describe_matrix (&matrix, rows, outs, bias != NULL, then);
      if (rows <= VC_FEW_ROWS)
        {
          dispatch.tiles.constants[VC_LINEAR_GROUP] = FEW_GROUP;
          dispatch.tiles.constants[VC_LINEAR_ROWS] = held;
          dispatch.tiles.constants[VC_LINEAR_SCRATCH] = 2 * FEW_GROUP * held;
        }
      else
        {
          dispatch.tiles.constants[VC_LINEAR_GROUP] = TILES_GROUP;
          dispatch.tiles.groups[0] = (spans + TILES_GROUP - 1) / TILES_GROUP;
          dispatch.tiles.groups[1] = (rows + VC_LINEAR_SPAN - 1) / VC_LINEAR_SPAN;
        }
    }

  vc_recorder_dispatch (rec, &dispatch);
}

static void
record_linear (VcRecorder     *rec,
               const VcTensor *x,
               const VcTensor *weight,
               const VcTensor *bias,
               uint32_t        then,
               const VcTensor *y)
{
  const uint32_t out = vc_tensor_rows (weight);
  const uint32_t each = vc_op_slice (rec, weight);

  g_assert (x->dtype == VC_F32 && y->dtype == VC_F32 && weight->dtype != VC_U32);
  g_assert (vc_tensor_width (weight) == vc_tensor_width (x));
  g_assert (vc_tensor_is_matrix (y, vc_tensor_rows (x), out));
  g_assert (bias == NULL || vc_tensor_is_vector (bias, out));
  g_assert (!vc_tensor_overlaps (x, y));

  if (each == out)
    {
      record_slice (rec, x, weight, bias, then, 0, y);
      return;
    }

  for (uint32_t first = 0; first < out; first += each)
    {
      const VcTensor slice = vc_tensor_slice (weight, first, MIN (each, out - first));

      record_slice (rec, x, &slice, bias, then, first, y);
    }
}

void
vc_op_linear (VcRecorder     *rec,
              const VcTensor *x,
              const VcTensor *weight,
              const VcTensor *bias,
              const VcTensor *y)
{
  record_linear (rec, x, weight, bias, VC_LINEAR_NOTHING, y);
}

void
vc_op_linear_then (VcRecorder     *rec,
                   const VcTensor *x,
                   const VcTensor *weight,
                   const VcTensor *bias,
                   VcActivation    activation,
                   const VcTensor *y)
{
  record_linear (rec, x, weight, bias, VC_LINEAR_ACTIVATED + activation, y);
}
