/* attention.comp
 *
 *   y[c][t][h] = sum over j of softmax over j (scale * q[c][h][t] · k[c][h][j]) * v[c][h][j]
 *
 *   q  count, heads, tokens, head width    f32  read
 *   k  count, heads, capacity, head width  f32  read, places below keys
 *   v  as k
 *   y  count, tokens, heads, head width    f32  write
 *
 * A workgroup has QUERIES neighbouring tokens of one head and goes through the keys GROUP at a time: an
 * invocation first has a key and finds its score with every token, then has columns of v and adds up.
 * The greatest score so far is taken out before exp; when a greater one comes, what was added up before
 * is made smaller to match [Milakov & Gimelshein 2018]. No matrix of scores lies in memory.
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
layout (local_size_x_id = VC_ATTENTION_GROUP) in;

layout (push_constant) uniform Push { vc_attention_push push; };

layout (set = 0, binding = 0) readonly  buffer Q { float q[]; };
layout (set = 0, binding = 1) readonly  buffer K { float k[]; };
layout (set = 0, binding = 2) readonly  buffer V { float v[]; };
layout (set = 0, binding = 3) writeonly buffer Y { float y[]; };

const uint QUERY_ELEMENTS = QUERIES * HEAD_WIDTH;
const uint SHARES = QUERIES * GROUP;
const uint COLUMNS = (HEAD_WIDTH + GROUP - 1) / GROUP;  /* of v, for one invocation */
const uint SUMS = QUERIES * COLUMNS;
const float LEAST = -3e38;

shared float query[QUERY_ELEMENTS];
shared float share[SHARES];  /* scores, then what each key counts */

/* Places that token t sees. */
uint
visible (uint t)
{
  return CAUSAL != 0 ? push.keys - push.tokens + t + 1 : push.keys;
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
  precise float sums[SUMS];
  precise float top[QUERIES];
  precise float total[QUERIES];

  if (memory >= push.count * push.heads)
    return;  /* the whole workgroup leaves together */

  /* Past the last token there is the last again, and not written. */
  for (uint i = lane; i < QUERY_ELEMENTS; i += GROUP)
    {
      const uint t = min (first + i / HEAD_WIDTH, last);

      query[i] = q[(memory * push.tokens + t) * HEAD_WIDTH + i % HEAD_WIDTH];
    }
  for (uint n = 0; n < QUERIES; n++)
    {
      top[n] = LEAST;
      total[n] = 0;
    }
  for (uint i = 0; i < SUMS; i++)
    sums[i] = 0;
  barrier ();

  const uint end = visible (last);

  for (uint begin = 0; begin < end; begin += GROUP)
    {
      const uint j = begin + lane;
      const uint keys = min (GROUP, end - begin);
      const uint key = (memory * push.capacity + min (j, push.keys - 1)) * HEAD_WIDTH;
      precise float score[QUERIES];

      for (uint n = 0; n < QUERIES; n++)
        score[n] = 0;
      for (uint i = 0; i < HEAD_WIDTH; i++)
        {
          const float element = k[key + i];

          for (uint n = 0; n < QUERIES; n++)
            score[n] = fma (query[n * HEAD_WIDTH + i], element, score[n]);
        }
      for (uint n = 0; n < QUERIES; n++)
        {
          score[n] = j < visible (min (first + n, last)) ? score[n] * push.scale : LEAST;
          share[n * GROUP + lane] = score[n];
        }
      barrier ();

      /* Every invocation finds the same maximum. */
      float weaker[QUERIES];
      for (uint n = 0; n < QUERIES; n++)
        {
          float greatest = top[n];

          for (uint i = 0; i < keys; i++)
            greatest = max (greatest, share[n * GROUP + i]);
          weaker[n] = exp (top[n] - greatest);
          top[n] = greatest;
        }
      barrier ();

      for (uint n = 0; n < QUERIES; n++)
        share[n * GROUP + lane] = score[n] > LEAST ? exp (score[n] - top[n]) : 0;
      barrier ();

      for (uint n = 0; n < QUERIES; n++)
        {
          total[n] *= weaker[n];
          for (uint column = 0; column < COLUMNS; column++)
            sums[n * COLUMNS + column] *= weaker[n];
        }
      for (uint i = 0; i < keys; i++)
        {
          const uint value = (memory * push.capacity + begin + i) * HEAD_WIDTH;

          for (uint column = 0; column < COLUMNS; column++)
            {
              const float element = v[value + min (column * GROUP + lane, HEAD_WIDTH - 1)];

              for (uint n = 0; n < QUERIES; n++)
                sums[n * COLUMNS + column] = fma (share[n * GROUP + i], element, sums[n * COLUMNS + column]);
            }
          for (uint n = 0; n < QUERIES; n++)
            total[n] += share[n * GROUP + i];
        }
      barrier ();
    }

  const uint c = memory / push.heads;
  const uint h = memory % push.heads;

  for (uint n = 0; n < QUERIES; n++)
    for (uint column = 0; column < COLUMNS; column++)
      {
        const uint t = first + n;
        const uint i = column * GROUP + lane;

        if (t < push.tokens && i < HEAD_WIDTH)
          y[((c * push.tokens + t) * push.heads + h) * HEAD_WIDTH + i] = sums[n * COLUMNS + column] / total[n];
      }
}
