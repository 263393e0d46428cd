/* attention.c: every token gathers from those that it may see */

#include <math.h>

#include "ops/ops.h"

#include "interface/attention.h"

/* Invocations for many tokens, and keys of a chunk: twice as many where a head is that wide. */
#define MANY_GROUP 64

#define TILES_GROUP 8

/* The greatest power of two up to @n, and no more than @most. */
static uint32_t
round_down (uint32_t n,
            uint32_t most)
{
  uint32_t power = 1;

  while (2 * power <= MIN (n, most))
    power *= 2;

  return power;
}

/* Invocations for one token: no more than a chunk has keys, and no more than need be where there is but one chunk.
 * By the places that there are, so that each token is found by the same commands. */
static uint32_t
choose_chunk (uint32_t capacity,
              uint32_t head_width)
{
  uint32_t group = head_width <= 256 ? 64 : 128;

  while (group < VC_ATTENTION_CHUNK && group < capacity)
    group *= 2;

  return group;
}

/* Neighbouring tokens that share what is read of k and v: up to 4 for each of those that share a head's columns. */
static uint32_t
choose_queries (uint32_t group,
                uint32_t head_width)
{
  return MIN (16, 4 * round_down (group / ((head_width + 3) / 4), 16));
}

/* How the same is launched in tiles, where heads are whole vectors. */
static VcTiles
describe_tiles (const struct vc_attention_push *push,
                gboolean                        causal,
                gboolean                        sighted)
{
  const gboolean few = push->tokens <= VC_FEW_ROWS;
  const uint32_t rows = push->count * push->heads * push->tokens;
  const uint32_t groups = (rows + TILES_GROUP - 1) / TILES_GROUP;

  if (push->head_width % 4 != 0 || push->head_width > VC_ATTENTION_WIDEST)
    return (VcTiles) { 0 };

  return (VcTiles) {
    .kind = few ? VC_TILES_ATTENTION_FEW : VC_TILES_ATTENTION_MANY,
    .texels = 1 << 0 | 1 << 1 | 1 << 2,
    .constants = {
      [VC_ATTENTION_GROUP] = TILES_GROUP,
      [VC_ATTENTION_HEAD_WIDTH] = push->head_width,
      [VC_ATTENTION_CAUSAL] = causal,
      [VC_ATTENTION_SIGHTED] = sighted,
      [VC_ATTENTION_KEYS] = few ? VC_ATTENTION_CHUNK : MANY_GROUP,
      [VC_ATTENTION_PARTS] = few ? VC_ATTENTION_PART : MANY_GROUP,
    },
    .groups = VC_ROW_GROUPS (groups),
  };
}

void
vc_op_attention (VcRecorder     *rec,
                 const VcTensor *q,
                 const VcTensor *k,
                 const VcTensor *v,
                 uint32_t        keys,
                 gboolean        causal,
                 const VcSight  *sight,
                 const VcTensor *y)
{
  const uint32_t count = q->size[0];
  const uint32_t heads = q->size[1];
  const uint32_t tokens = q->size[2];
  const uint32_t head_width = q->size[3];
  const uint32_t capacity = k->size[2];
  const gboolean few = tokens <= VC_FEW_ROWS;
  const uint32_t group = few ? choose_chunk (capacity, head_width) : head_width <= 256 ? MANY_GROUP : 2 * MANY_GROUP;
  const uint32_t queries = few ? 1 : choose_queries (group, head_width);
  const uint32_t groups = count * heads * ((tokens + queries - 1) / queries);
  const struct vc_attention_push push = {
    count, heads, tokens, head_width, capacity, keys, 1 / sqrtf (head_width),
    sight != NULL ? vc_tensor_width (sight->bits) : 0,
    sight != NULL ? sight->first : 0,
    sight != NULL ? sight->along : 0,
    sight != NULL ? sight->across : 0,
  };

  g_assert (q->dtype == VC_F32 && k->dtype == VC_F32 && y->dtype == VC_F32);
  g_assert (head_width >= 1 && head_width <= 512);
  g_assert (k->size[0] == count && k->size[1] == heads && k->size[3] == head_width);
  g_assert (vc_tensor_same_shape (k, v));
  g_assert (keys >= 1 && keys <= capacity && (!causal || tokens <= keys));
  g_assert (vc_tensor_is_matrix (y, count * tokens, heads * head_width));
  g_assert (!vc_tensor_overlaps (q, y) && !vc_tensor_overlaps (k, y) && !vc_tensor_overlaps (v, y));

  if (sight != NULL)
    {
      g_assert (sight->bits->dtype == VC_U32 && (uint64_t) push.sight_words * 32 >= keys);
      g_assert (sight->first + (count - 1) * sight->across + (tokens - 1) * sight->along <
                vc_tensor_rows (sight->bits));
    }

  vc_recorder_dispatch (rec, &(VcDispatch) {
    .op = VC_OP_ATTENTION,
    .reads = { q, k, v, sight != NULL ? sight->bits : q },
    .writes = { y },
    .constants = {
      [VC_ATTENTION_GROUP] = group,
      [VC_ATTENTION_HEAD_WIDTH] = head_width,
      [VC_ATTENTION_QUERIES] = queries,
      [VC_ATTENTION_CAUSAL] = causal,
      [VC_ATTENTION_SIGHTED] = sight != NULL,
    },
    .push = VC_BYTES (push),
    .groups = VC_ROW_GROUPS (groups),
    .tiles = describe_tiles (&push, causal, sight != NULL),
  });
}
