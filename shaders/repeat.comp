/* repeat.comp
 *
 *   y[r * times + n][i] = x[r][i]
 *
 *   x  rows, width         f32  read
 *   y  rows, times, width  f32  write
 *
 * One invocation per element of y.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/repeat.h"

layout (local_size_x = VC_REPEAT_GROUP) in;

layout (push_constant) uniform Push { vc_repeat_push push; };

layout (set = 0, binding = 0) readonly  buffer X { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Y { float y[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint index = group * VC_REPEAT_GROUP + gl_LocalInvocationID.x;
  const uint row = index / push.width / push.times;

  if (row < push.rows)
    y[index] = x[row * push.width + index % push.width];
}
