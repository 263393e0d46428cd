/* attention.comp
 *
 *   y[c][t][h] = sum over j of softmax over j (scale * q[c][h][t] · k[c][h][j]) * v[c][h][j]
 *
 *   q  count, heads, tokens, head width    f32  read
 *   k  count, heads, capacity, head width  f32  read, places below keys
 *   v  as k
 *   sight  rows, words                     u32  read: bit j of a row says whether place j is seen
 *   y  count, tokens, heads, head width    f32  write
 *
 * A workgroup has QUERIES neighbouring tokens of one head and goes through the keys GROUP at a time: an
 * invocation first has a key and finds its score with every token; then it has 4 columns of v, and every
 * PARTS-th of these keys, and adds up. The greatest score so far is taken out before exp; when a greater
 * one comes, what was added up before is made smaller to match [Milakov & Gimelshein 2018]. No matrix of
 * scores lies in memory.
 *
 * A token's steps are the same however many tokens there are: hence "precise" and fma().
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/attention.h"

layout (constant_id = VC_ATTENTION_GROUP) const uint GROUP = 64;
layout (constant_id = VC_ATTENTION_HEAD_WIDTH) const uint HEAD_WIDTH = 64;
layout (constant_id = VC_ATTENTION_QUERIES) const uint QUERIES = 1;
layout (constant_id = VC_ATTENTION_CAUSAL) const uint CAUSAL = 0;
layout (constant_id = VC_ATTENTION_SIGHTED) const uint SIGHTED = 0;
layout (local_size_x_id = VC_ATTENTION_GROUP) in;

layout (set = 1, binding = 0) uniform Push { vc_attention_push push; };  /* each token has others */

/* k and v by elements and, where heads are whole vectors, by vectors. */
layout (set = 0, binding = 0) readonly  buffer Q  { float q[]; };
layout (set = 0, binding = 1) readonly  buffer K  { float k[]; };
layout (set = 0, binding = 1) readonly  buffer K4 { vec4 k4[]; };
layout (set = 0, binding = 2) readonly  buffer V  { float v[]; };
layout (set = 0, binding = 2) readonly  buffer V4 { vec4 v4[]; };
layout (set = 0, binding = 3) readonly  buffer Sight { uint sight[]; };
layout (set = 0, binding = 4) writeonly buffer Y  { float y[]; };

const bool FOURS = HEAD_WIDTH % 4 == 0;
const uint VECTORS = (HEAD_WIDTH + 3) / 4;  /* of a head; GROUP is no fewer */
const uint PARTS = GROUP / VECTORS;
const uint QUERY_VECTORS = QUERIES * VECTORS;
const uint SHARES = QUERIES * GROUP;
const uint KEPT = PARTS > 1 ? SHARES : 1;
const float LEAST = -3e38;

shared vec4 query[QUERY_VECTORS];
shared float share[SHARES];  /* scores, then what each key counts: GROUP by QUERIES */
shared vec4 kept[KEPT];      /* sums of the parts at the end: GROUP by QUERIES */

/* Vector @n of the head that begins at element @at; zeros past its end. */
vec4
load_key (uint at, uint n)
{
  vec4 four = vec4 (0);

  if (FOURS)
    return k4[at / 4 + n];

  for (uint i = 0; i < min (HEAD_WIDTH - 4 * n, 4); i++)
    four[i] = k[at + 4 * n + i];

  return four;
}

vec4
load_value (uint at, uint n)
{
  vec4 four = vec4 (0);

  if (FOURS)
    return v4[at / 4 + n];

  for (uint i = 0; i < min (HEAD_WIDTH - 4 * n, 4); i++)
    four[i] = v[at + 4 * n + i];

  return four;
}

/* Places that token t sees. */
uint
visible (uint t)
{
  return CAUSAL != 0 ? push.keys - push.tokens + t + 1 : push.keys;
}

/* Whether token t of sequence c sees place j. */
bool
sees (uint c, uint t, uint j)
{
  if (j >= visible (t))
    return false;
  if (SIGHTED == 0)
    return true;

  const uint row = push.sight_first + c * push.sight_across + t * push.sight_along;

  return (sight[row * push.sight_words + j / 32] >> j % 32 & 1) != 0;
}

void
main ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint blocks = (push.tokens + QUERIES - 1) / QUERIES;
  const uint memory = group / blocks;  /* c, h */
  const uint first = group % blocks * QUERIES;
  const uint last = min (first + QUERIES, push.tokens) - 1;
  const uint column = lane % VECTORS;
  const uint part = lane / VECTORS;  /* those at PARTS and above have nothing to add up */
  precise vec4 sums[QUERIES];
  precise float top[QUERIES];
  precise float total[QUERIES];  /* of this invocation's keys */

  if (memory >= push.count * push.heads)
    return;  /* the whole workgroup leaves together */

  /* Past the last token there is the last again, and not written. */
  for (uint i = lane; i < QUERY_VECTORS; i += GROUP)
    {
      const uint t = min (first + i / VECTORS, last);
      const uint at = (memory * push.tokens + t) * HEAD_WIDTH;
      vec4 four = vec4 (0);

      for (uint n = 0; n < 4; n++)
        if (i % VECTORS * 4 + n < HEAD_WIDTH)
          four[n] = q[at + i % VECTORS * 4 + n];
      query[i] = four;
    }
  for (uint n = 0; n < QUERIES; n++)
    {
      sums[n] = vec4 (0);
      top[n] = LEAST;
      total[n] = 0;
    }
  barrier ();

  const uint end = visible (last);

  for (uint begin = 0; begin < end; begin += GROUP)
    {
      const uint j = begin + lane;
      const uint keys = min (GROUP, end - begin);
      const uint key = (memory * push.capacity + min (j, push.keys - 1)) * HEAD_WIDTH;
      precise vec4 products[QUERIES];
      precise float score[QUERIES];

      for (uint n = 0; n < QUERIES; n++)
        products[n] = vec4 (0);
      for (uint i = 0; i < VECTORS; i++)
        {
          const vec4 four = load_key (key, i);

          for (uint n = 0; n < QUERIES; n++)
            products[n] = fma (query[n * VECTORS + i], four, products[n]);
        }
      for (uint n = 0; n < QUERIES; n++)
        {
          const vec4 p = products[n];

          score[n] = sees (memory / push.heads, min (first + n, last), j) ? (p.x + p.y + (p.z + p.w)) * push.scale : LEAST;
          share[lane * QUERIES + n] = score[n];
        }
      barrier ();

      for (uint lanes = GROUP / 2; lanes > 0; lanes /= 2)
        {
          for (uint i = lane; i < lanes * QUERIES; i += GROUP)
            share[i] = max (share[i], share[i + lanes * QUERIES]);
          barrier ();
        }
      for (uint n = 0; n < QUERIES; n++)
        {
          const float greatest = max (top[n], share[n]);
          const float weaker = exp (top[n] - greatest);

          sums[n] *= weaker;
          total[n] *= weaker;
          top[n] = greatest;
        }
      barrier ();

      for (uint n = 0; n < QUERIES; n++)
        {
          const float power = score[n] > LEAST ? exp (score[n] - top[n]) : 0;

          share[lane * QUERIES + n] = power;
          total[n] += power;
        }
      barrier ();

      if (part < PARTS)
        for (uint i = part; i < keys; i += PARTS)
          {
            const vec4 four = load_value ((memory * push.capacity + begin + i) * HEAD_WIDTH, column);

            for (uint n = 0; n < QUERIES; n++)
              sums[n] = fma (vec4 (share[i * QUERIES + n]), four, sums[n]);
          }
      barrier ();
    }

  for (uint n = 0; n < QUERIES; n++)
    {
      share[lane * QUERIES + n] = total[n];
      if (PARTS > 1)
        kept[lane * QUERIES + n] = sums[n];
    }
  barrier ();
  for (uint lanes = GROUP / 2; lanes > 0; lanes /= 2)
    {
      for (uint i = lane; i < lanes * QUERIES; i += GROUP)
        share[i] += share[i + lanes * QUERIES];
      barrier ();
    }

  if (lane >= VECTORS)
    return;

  const uint c = memory / push.heads;
  const uint h = memory % push.heads;

  for (uint n = 0; n < QUERIES && first + n < push.tokens; n++)
    {
      const uint at = ((c * push.tokens + first + n) * push.heads + h) * HEAD_WIDTH;

      for (uint p = 1; p < PARTS; p++)
        sums[n] += kept[(p * VECTORS + lane) * QUERIES + n];
      for (uint i = 0; i < 4; i++)
        if (4 * lane + i < HEAD_WIDTH)
          y[at + 4 * lane + i] = sums[n][i] / share[n];
    }
}
