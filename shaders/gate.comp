/* gate.comp
 *
 *   y[r][i] = f (x[r][0][i]) * x[r][1][i]
 *
 *   x  rows, 2, width  f32  read
 *   y  rows, width     f32  write
 *
 * One invocation per element of y.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"
#include "interface/gate.h"

layout (constant_id = VC_GATE_KIND) const uint KIND = 0;
layout (local_size_x = VC_GATE_GROUP) in;

layout (push_constant) uniform Push { vc_gate_push push; };

layout (set = 0, binding = 0) readonly  buffer X { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Y { float y[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint i = group * VC_GATE_GROUP + gl_LocalInvocationID.x;

  if (i >= push.rows * push.width)
    return;

  const uint at = i / push.width * 2 * push.width + i % push.width;

  y[i] = activate (KIND, x[at]) * x[at + push.width];
}
