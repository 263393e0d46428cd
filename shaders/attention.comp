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
 * No matrix of scores lies in memory: keys are gone through in chunks. The greatest score so far is taken
 * out before exp; when a greater one comes, what was added up before is made smaller to match [Milakov &
 * Gimelshein 2018; Dao et al. 2022].
 *
 * Few tokens: a workgroup has one of one head. Its invocations have a key each, CHUNK at a time, and find
 * their scores; then 4 columns of v each, and the keys of every so many parts of PART, and add up. Sums of
 * parts are added in their order: what a token's result is depends on nothing else.
 *
 * Many tokens: a workgroup has QUERIES neighbouring ones of one head and goes through the keys GROUP at a
 * time: an invocation first has a key and finds its score with every token; then it has 4 columns of v and
 * some of the tokens, and adds up key by key, then chunk by chunk.
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

#include "sees.glsl"

const bool FOURS = HEAD_WIDTH % 4 == 0;
const uint VECTORS = (HEAD_WIDTH + 3) / 4;  /* of a head; GROUP is no fewer */
const float LEAST = -3e38;

/* So many share a head's columns among them: parts of a chunk, or tokens. */
const uint TEAMS = GROUP / VECTORS >= 16 ? 16 : GROUP / VECTORS >= 8 ? 8 : GROUP / VECTORS >= 4 ? 4
                 : GROUP / VECTORS >= 2 ? 2 : 1;
const uint PARTS = VC_ATTENTION_CHUNK / VC_ATTENTION_PART;

const uint EACH = QUERIES > TEAMS ? QUERIES / TEAMS : 1;        /* tokens of an invocation */
const uint SEGMENTS = GROUP / QUERIES;                          /* of a token's scores */
const uint STRIDE = GROUP + 1;                                  /* other banks for other tokens */
const uint QUERY_VECTORS = QUERIES * VECTORS;
const uint SHARES = QUERIES > 1 ? QUERIES * STRIDE : GROUP;
const uint KEPT = QUERIES > 1 ? 1 : TEAMS * VECTORS;

shared vec4 query[QUERY_VECTORS];
shared float share[SHARES];     /* scores, then what each key counts */
shared float highest[GROUP];    /* many tokens: of each segment */
shared float tops[QUERIES];     /* many tokens */
shared float fades[QUERIES];
shared vec4 kept[KEPT];         /* few tokens: sums of parts */
shared float totals[TEAMS];

/* Vector @n of the head that begins at element @at; zeros past its end. */
vec4
load_query (uint at, uint n)
{
  vec4 four = vec4 (0);

  for (uint i = 0; i < min (HEAD_WIDTH - 4 * n, 4); i++)
    four[i] = q[at + 4 * n + i];

  return four;
}

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

/* Whether token t of sequence c sees place j. */
bool
sees (uint c, uint t, uint j)
{
  return j < visible (t) && (load_sight (c, t, j) >> j % 32 & 1) != 0;
}

void
write_result (uint at, uint column, vec4 result)
{
  for (uint i = 0; i < 4; i++)
    if (4 * column + i < HEAD_WIDTH)
      y[at + 4 * column + i] = result[i];
}

/* The sum of what part @part of the chunk from @begin to @end counts goes to total, its values to sums. */
void
add_part (uint memory, uint begin, uint end, uint part, uint column, out vec4 sums_, out float total_)
{
  const uint from = part * VC_ATTENTION_PART;
  const uint to = min (from + VC_ATTENTION_PART, end - begin);
  precise vec4 sums = vec4 (0);
  precise float total = 0;

  for (uint i = from; i < to; i++)
    {
      sums = fma (vec4 (share[i]), load_value ((memory * push.capacity + begin + i) * HEAD_WIDTH, column), sums);
      total += share[i];
    }

  sums_ = sums;
  total_ = total;
}

void
few_tokens ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint row = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint memory = row / push.tokens;  /* c, h */
  const uint t = row % push.tokens;
  const uint column = lane % VECTORS;
  const uint team = lane / VECTORS;  /* those at TEAMS and above have nothing to add up */
  precise vec4 sums = vec4 (0);
  precise float total = 0;
  precise float top = LEAST;

  if (memory >= push.count * push.heads)
    return;  /* the whole workgroup leaves together */

  for (uint i = lane; i < VECTORS; i += GROUP)
    query[i] = load_query (row * HEAD_WIDTH, i);
  barrier ();

  const uint c = memory / push.heads;
  const uint end = visible (t);

  for (uint begin = 0; begin < end; begin += GROUP)
    {
      const uint j = begin + lane;
      const uint key = (memory * push.capacity + min (j, end - 1)) * HEAD_WIDTH;
      const uint chunk_end = min (begin + GROUP, end);
      precise float score = 0;

      for (uint i = 0; i < VECTORS; i++)
        {
          const vec4 four = load_key (key, i);

          score = fma (query[i].x, four.x, score);
          score = fma (query[i].y, four.y, score);
          score = fma (query[i].z, four.z, score);
          score = fma (query[i].w, four.w, score);
        }
      score = sees (c, t, j) ? score * push.scale : LEAST;
      share[lane] = score;
      barrier ();

      for (uint lanes = GROUP / 2; lanes > 0; lanes /= 2)
        {
          if (lane < lanes)
            share[lane] = max (share[lane], share[lane + lanes]);
          barrier ();
        }

      const float greatest = max (top, share[0]);
      precise const float fade = exp (top - greatest);

      sums *= fade;
      total *= fade;
      top = greatest;
      barrier ();

      share[lane] = score > LEAST ? exp (score - top) : 0;
      barrier ();

      /* As many parts at a time as there are teams; the first team adds them up. */
      for (uint part = 0; part < PARTS && begin + part * VC_ATTENTION_PART < end; part += TEAMS)
        {
          if (team < TEAMS)
            {
              vec4 part_sums;
              float part_total;

              add_part (memory, begin, chunk_end, part + team, column, part_sums, part_total);
              kept[team * VECTORS + column] = part_sums;
              if (column == 0)
                totals[team] = part_total;
            }
          barrier ();
          if (lane < VECTORS)
            for (uint i = 0; i < TEAMS; i++)
              {
                sums += kept[i * VECTORS + lane];
                total += totals[i];
              }
          barrier ();
        }
    }

  if (lane < VECTORS)
    write_result (((c * push.tokens + t) * push.heads + memory % push.heads) * HEAD_WIDTH, lane, sums / total);
}

void
many_tokens ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint blocks = (push.tokens + QUERIES - 1) / QUERIES;
  const uint memory = group / blocks;  /* c, h */
  const uint first = group % blocks * QUERIES;
  const uint last = min (first + QUERIES, push.tokens) - 1;
  const uint column = lane % VECTORS;
  const uint own = lane / VECTORS * EACH;  /* the first of its tokens; at QUERIES and above it has none */
  precise vec4 sums[EACH];
  precise float total[EACH];

  if (memory >= push.count * push.heads)
    return;  /* the whole workgroup leaves together */

  /* Past the last token there is the last again, and not written. */
  for (uint i = lane; i < QUERY_VECTORS; i += GROUP)
    query[i] = load_query ((memory * push.tokens + min (first + i / VECTORS, last)) * HEAD_WIDTH, i % VECTORS);
  if (lane < QUERIES)
    tops[lane] = LEAST;
  for (uint n = 0; n < EACH; n++)
    {
      sums[n] = vec4 (0);
      total[n] = 0;
    }
  barrier ();

  const uint c = memory / push.heads;
  const uint end = visible (last);

  for (uint begin = 0; begin < end; begin += GROUP)
    {
      const uint j = begin + lane;
      const uint keys = min (GROUP, end - begin);
      const uint key = (memory * push.capacity + min (j, push.keys - 1)) * HEAD_WIDTH;
      precise float score[QUERIES];

      for (uint n = 0; n < QUERIES; n++)
        score[n] = 0;
      for (uint i = 0; i < VECTORS; i++)
        {
          const vec4 four = load_key (key, i);

          for (uint n = 0; n < QUERIES; n++)
            {
              const vec4 asked = query[n * VECTORS + i];

              score[n] = fma (asked.x, four.x, score[n]);
              score[n] = fma (asked.y, four.y, score[n]);
              score[n] = fma (asked.z, four.z, score[n]);
              score[n] = fma (asked.w, four.w, score[n]);
            }
        }
      for (uint n = 0; n < QUERIES; n++)
        {
          score[n] = sees (c, min (first + n, last), j) ? score[n] * push.scale : LEAST;
          share[n * STRIDE + lane] = score[n];
        }
      barrier ();

      {
        const uint n = lane / SEGMENTS;
        const uint from = lane % SEGMENTS * QUERIES;
        float high = LEAST;

        for (uint i = 0; i < QUERIES; i++)
          high = max (high, share[n * STRIDE + from + i]);
        highest[lane] = high;
      }
      barrier ();

      if (lane < QUERIES)
        {
          float greatest = tops[lane];

          for (uint i = 0; i < SEGMENTS; i++)
            greatest = max (greatest, highest[lane * SEGMENTS + i]);
          fades[lane] = exp (tops[lane] - greatest);
          tops[lane] = greatest;
        }
      barrier ();

      for (uint n = 0; n < QUERIES; n++)
        share[n * STRIDE + lane] = score[n] > LEAST ? exp (score[n] - tops[n]) : 0;
      barrier ();

      if (own < QUERIES)
        {
          precise vec4 part[EACH];
          precise float counted[EACH];

          for (uint n = 0; n < EACH; n++)
            {
              part[n] = vec4 (0);
              counted[n] = 0;
            }
          for (uint i = 0; i < keys; i++)
            {
              const vec4 four = load_value ((memory * push.capacity + begin + i) * HEAD_WIDTH, column);

              for (uint n = 0; n < EACH; n++)
                {
                  const float counts = share[(own + n) * STRIDE + i];

                  part[n] = fma (vec4 (counts), four, part[n]);
                  counted[n] += counts;
                }
            }
          for (uint n = 0; n < EACH; n++)
            {
              sums[n] *= fades[own + n];
              sums[n] += part[n];
              total[n] *= fades[own + n];
              total[n] += counted[n];
            }
        }
      barrier ();
    }

  for (uint n = 0; n < EACH; n++)
    if (own + n < QUERIES && first + own + n < push.tokens)
      write_result (((c * push.tokens + first + own + n) * push.heads + memory % push.heads) * HEAD_WIDTH, column,
                    sums[n] / total[n]);
}

void
main ()
{
  if (QUERIES == 1)
    few_tokens ();
  else
    many_tokens ();
}
