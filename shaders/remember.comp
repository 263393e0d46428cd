/* remember.comp
 *
 *   q[c][h][t][i]      = qkv[c][t][0][h][i]
 *   k[c][h][at + t][i] = qkv[c][t][1][h][i]
 *   v[c][h][at + t][i] = qkv[c][t][2][h][i]
 *
 *   qkv  count, tokens, parts, heads, head width  f32  read
 *   q    count, heads, tokens, head width       f32  write
 *   k    count, heads, capacity, head width     f32  write, the other places kept
 *   v    as k
 *
 * Parts are all three, the first or the last two. One invocation per element of qkv.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/remember.h"

layout (local_size_x = VC_REMEMBER_GROUP) in;

layout (set = 1, binding = 0) uniform Push { vc_remember_push push; };  /* each token has others */

layout (set = 0, binding = 0) readonly  buffer Qkv { float qkv[]; };
layout (set = 0, binding = 1) writeonly buffer Q   { float q[]; };
layout (set = 0, binding = 2) writeonly buffer K   { float k[]; };
layout (set = 0, binding = 3) writeonly buffer V   { float v[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint index = group * VC_REMEMBER_GROUP + gl_LocalInvocationID.x;

  const uint i = index % push.head_width;
  const uint line = index / push.head_width;  /* a head's row in q, k or v */
  const uint head = line % push.heads;
  const uint part = push.first + line / push.heads % push.parts;
  const uint row = line / push.heads / push.parts;
  const uint token = row % push.tokens;

  if (row >= push.rows)
    return;

  const uint memory = row / push.tokens * push.heads + head;
  const uint place = (memory * push.capacity + push.at + token) * push.head_width + i;

  if (part == 0)
    q[(memory * push.tokens + token) * push.head_width + i] = qkv[index];
  else if (part == 1)
    k[place] = qkv[index];
  else
    v[place] = qkv[index];
}
