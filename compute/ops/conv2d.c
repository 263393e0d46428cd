/* conv2d.c: a picture through a bank of square filters */

#include "ops/ops.h"

#include "interface/conv2d.h"

#define TILES_GROUP 8

/* How the same is launched in tiles, where what it reads side by side comes in whole vectors. */
static VcTiles
describe_tiles (const struct vc_conv2d_push *push,
                uint32_t                     after,
                gboolean                     biased)
{
  const gboolean lines = push->before == 0 && after == 0 && push->width * push->inputs % 4 == 0 &&
                         push->stride * push->inputs % 4 == 0 && push->side * push->inputs % 4 == 0;
  const uint32_t outputs = push->outputs <= 4 ? 4 : 8;
  const uint32_t tile = TILES_GROUP * VC_CONV2D_PIXELS;
  const uint32_t tiles = (push->pixels + tile - 1) / tile;

  if (!lines && push->inputs % 4 != 0)
    return (VcTiles) { 0 };

  return (VcTiles) {
    .kind = VC_TILES_CONV2D,
    .texels = 1 << 0 | 1 << 1,
    .constants = { [VC_CONV2D_GROUP] = TILES_GROUP, [VC_CONV2D_BIAS] = biased,
                   [VC_CONV2D_LINES] = lines, [VC_CONV2D_OUTPUTS] = outputs },
    .groups = { MIN (tiles, 32768), (tiles + 32767) / 32768, (push->outputs + outputs - 1) / outputs },
  };
}

void
vc_op_conv2d (VcRecorder     *rec,
              const VcTensor *x,
              const VcTensor *weight,
              const VcTensor *bias,
              uint32_t        stride,
              uint32_t        before,
              uint32_t        after,
              const VcTensor *y)
{
  const struct vc_conv2d_push push = {
    .pixels = vc_tensor_rows (y),
    .height = x->size[1],
    .width = x->size[2],
    .inputs = x->size[3],
    .out_height = y->size[1],
    .out_width = y->size[2],
    .outputs = y->size[3],
    .side = weight->size[1],
    .stride = stride,
    .before = before,
  };
  /* Wide tiles read less, narrow ones leave fewer invocations idle. */
  const gboolean narrow = push.outputs <= 32 || push.pixels <= 256;
  const uint32_t span = narrow ? 8 : 16;
  const uint32_t tile = span * VC_CONV2D_EACH;
  const uint32_t tiles = (push.pixels + tile - 1) / tile;

  g_assert (stride > 0 && push.side > 0 && weight->size[2] == push.side);
  g_assert (push.side <= push.height + before + after && push.side <= push.width + before + after);
  g_assert (push.out_height == (push.height + before + after - push.side) / stride + 1);
  g_assert (push.out_width == (push.width + before + after - push.side) / stride + 1);
  g_assert (x->size[0] == y->size[0]);
  g_assert (weight->size[0] == push.outputs && weight->size[3] == push.inputs);
  g_assert (x->dtype == VC_F32 && y->dtype == VC_F32 && weight->dtype != VC_U32);
  g_assert (bias == NULL || vc_tensor_is_vector (bias, push.outputs));
  g_assert (!vc_tensor_overlaps (x, y));
  /* The shader counts elements in 32 bits. */
  g_assert (vc_tensor_elements (x) <= G_MAXUINT32 && vc_tensor_elements (y) <= G_MAXUINT32);

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_CONV2D,
    .store = weight->dtype,
    .reads = { x, weight, bias != NULL ? bias : x },
    .writes = { y },
    .constants = { [VC_CONV2D_GROUP] = span * span, [VC_CONV2D_SPAN] = span,
                   [VC_CONV2D_BIAS] = bias != NULL },
    .push = VC_BYTES (push),
    .groups = { MIN (tiles, 32768), (tiles + 32767) / 32768, (push.outputs + tile - 1) / tile },
    .tiles = describe_tiles (&push, after, bias != NULL),
  });
}
