/* attention_tiles.comp: attention.comp for devices that gain nothing by sharing what they read
 *
 * The same buffers and push constants; q, k and v are read in vectors, as texels with -DTEXELS: heads have
 * to be a multiple of 4 wide, and WIDEST at most. Each sum is made of the same in the same order as
 * there. An invocation has a token of a head and goes through its keys by itself. Their scores lie in shared
 * memory, where nobody reads what another wrote: in each row of vectors an invocation has one.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "unroll.glsl"
#include "interface/attention.h"

layout (constant_id = VC_ATTENTION_GROUP) const uint GROUP = 8;
layout (constant_id = VC_ATTENTION_HEAD_WIDTH) const uint HEAD_WIDTH = 64;
layout (constant_id = VC_ATTENTION_CAUSAL) const uint CAUSAL = 0;
layout (constant_id = VC_ATTENTION_SIGHTED) const uint SIGHTED = 0;
layout (constant_id = VC_ATTENTION_KEYS) const uint KEYS = VC_ATTENTION_CHUNK;
layout (constant_id = VC_ATTENTION_PARTS) const uint PART = VC_ATTENTION_PART;
layout (local_size_x_id = VC_ATTENTION_GROUP) in;

layout (set = 1, binding = 0) uniform Push { vc_attention_push push; };  /* each token has others */

FOURS (0, q);
FOURS (1, k);
FOURS (2, v);
layout (set = 0, binding = 3) readonly  buffer Sight { uint sight[]; };
layout (set = 0, binding = 4) writeonly buffer Y     { float y[]; };

#include "sees.glsl"

const uint VECTORS = HEAD_WIDTH / 4;
const uint MOST = VC_ATTENTION_WIDEST / 4;
const float LEAST = -3e38;

const uint SCORES = KEYS / 4 * GROUP;

shared vec4 scratch[SCORES];  /* 4 keys a vector */

/* A vector that a head does not have costs nothing: these are constants. */
#define EACH_VECTOR(M) \
  M (0) M (1) \
  if (VECTORS > 2) \
    { M (2) M (3) } \
  if (VECTORS > 4) \
    { M (4) M (5) M (6) M (7) } \
  if (VECTORS > 8) \
    { M (8) M (9) M (10) M (11) } \
  if (VECTORS > 12) \
    { M (12) M (13) M (14) M (15) }

/* Vector @n of key or value @j of head @memory. Past the last there is the last again. */
uint
place (uint memory, uint j, uint n)
{
  return (memory * push.capacity + min (j, push.keys - 1)) * VECTORS + min (n, VECTORS - 1);
}

/* Of the keys from @j on, those that are seen keep their score. */
vec4
hide (vec4 scores, uint j, uint end, uint bits)
{
  const uvec4 at = uvec4 (j, j + 1, j + 2, j + 3);
  const bvec4 seen = lessThan (at, uvec4 (end));

  if (SIGHTED == 0)
    return mix (vec4 (LEAST), scores, seen);

  const uvec4 bit = uvec4 (bits) >> (at % 32) & 1;

  return mix (vec4 (LEAST), scores, bvec4 (uvec4 (seen) & bit));
}

float
greatest_of (vec4 four)
{
  return max (max (four.x, four.y), max (four.z, four.w));
}

/* What keys with these scores count. */
vec4
weigh (vec4 scores, float top)
{
  return mix (vec4 (0), exp (scores - top), greaterThan (scores, vec4 (LEAST)));
}

/* What the query vector @asked and its like of a key add to a score. */
#define SCORE(sum, asked, key) \
  sum = fma (asked.x, key.x, sum); \
  sum = fma (asked.y, key.y, sum); \
  sum = fma (asked.z, key.z, sum); \
  sum = fma (asked.w, key.w, sum);

void
write_result (uint at, vec4 result)
{
  y[at] = result.x;
  y[at + 1] = result.y;
  y[at + 2] = result.z;
  y[at + 3] = result.w;
}

void
main ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint row = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * GROUP + lane;
  const uint memory = row / push.tokens;  /* c, h */
  const uint c = memory / push.heads;
  const uint t = row % push.tokens;
  const uint end = visible (t);
  precise vec4 sums[MOST];
  precise vec4 part[MOST];
  precise float total = 0;
  precise float top = LEAST;

  if (memory >= push.count * push.heads)
    return;

#define CLEAR(n) sums[n] = vec4 (0);
  EACH_VECTOR (CLEAR)

  for (uint begin = 0; begin < end; begin += KEYS)
    {
      const uint keys = min (KEYS, end - begin);
      float greatest = top;

      for (uint i = 0; i < keys; i += 8)
        {
          const uint bits = load_sight (c, t, begin + i);
          precise float score[8];

#define BEGIN(r) score[r] = 0;
          EACH8 (BEGIN)
          for (uint n = 0; n < VECTORS; n++)
            {
              const vec4 asked = FETCH (q, row * VECTORS + n);

#define KEY(r) \
              { \
                const vec4 key = FETCH (k, place (memory, begin + i + r, n)); \
\
                SCORE (score[r], asked, key) \
              }
              EACH8 (KEY)
            }

          precise const vec4 low = vec4 (score[0], score[1], score[2], score[3]) * push.scale;
          precise const vec4 high = vec4 (score[4], score[5], score[6], score[7]) * push.scale;
          const vec4 near = hide (low, begin + i, end, bits);
          const vec4 far = hide (high, begin + i + 4, end, bits);

          greatest = max (greatest, max (greatest_of (near), greatest_of (far)));
          scratch[i / 4 * GROUP + lane] = near;
          scratch[(i / 4 + 1) * GROUP + lane] = far;
        }

      precise const float fade = exp (top - greatest);

      top = greatest;
      total *= fade;
#define FADE(n) sums[n] *= fade;
      EACH_VECTOR (FADE)

      for (uint i = 0; i < keys; i += PART)
        {
          precise float counted = 0;

#define CLEAR_PART(n) part[n] = vec4 (0);
          EACH_VECTOR (CLEAR_PART)
          for (uint j = i; j < min (i + PART, keys); j += 4)
            {
              precise const vec4 counts = weigh (scratch[j / 4 * GROUP + lane], top);

              counted += counts.x;
              counted += counts.y;
              counted += counts.z;
              counted += counts.w;
#define VALUE(n) part[n] = fma (vec4 (counts[r]), FETCH (v, place (memory, begin + j + r, n)), part[n]);
              for (uint r = 0; r < 4; r++)
                { EACH_VECTOR (VALUE) }
            }

          total += counted;
#define ADD_PART(n) sums[n] += part[n];
          EACH_VECTOR (ADD_PART)
        }
    }

  const uint at = ((c * push.tokens + t) * push.heads + memory % push.heads) * HEAD_WIDTH;

#define WRITE(n) \
  if (n < VECTORS) \
    write_result (at + 4 * n, sums[n] / total);
  EACH_VECTOR (WRITE)
}
