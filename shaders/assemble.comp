/* assemble.comp
 *
 *   y[c][t][i] = (t == 0 ? class_token[i] : patches[c][t - 1][i]) + positions[t][i]
 *
 *   patches      count, tokens - 1, width  f32    read
 *   class_token  width                     f32    read
 *   positions    tokens, width             STORE  read
 *   y            count, tokens, width      f32    write
 *
 * One invocation per element of y.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "store.glsl"
#include "interface/assemble.h"

layout (local_size_x = VC_ASSEMBLE_GROUP) in;

layout (push_constant) uniform Push { vc_assemble_push push; };

layout (set = 0, binding = 0) readonly  buffer Patches   { float patches[]; };
layout (set = 0, binding = 1) readonly  buffer Class     { float class_token[]; };
layout (set = 0, binding = 2) readonly  buffer Positions { STORE positions[]; };
layout (set = 0, binding = 3) writeonly buffer Y         { float y[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint index = group * VC_ASSEMBLE_GROUP + gl_LocalInvocationID.x;
  const uint i = index % push.width;
  const uint t = index / push.width % push.tokens;
  const uint c = index / push.width / push.tokens;

  if (c >= push.count)
    return;

  const float place = LOAD (positions, t * push.width + i);

  if (t == 0)
    y[index] = class_token[i] + place;
  else
    y[index] = patches[(c * (push.tokens - 1) + t - 1) * push.width + i] + place;
}
