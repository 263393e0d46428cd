/* unitnorm.comp
 *
 *   y[r][i] = x[r][i] / sqrt (sum over i of x[r][i]²); zeros stay zeros
 *
 *   x  rows, width  f32  read
 *   y  rows, width  f32  write
 *
 * One workgroup per row. The row is divided by its greatest element first, so that no square is too
 * large or too small for a float.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/unitnorm.h"

layout (constant_id = VC_UNITNORM_GROUP) const uint GROUP = 64;
layout (local_size_x_id = VC_UNITNORM_GROUP) in;

#include "group.glsl"

layout (push_constant) uniform Push { vc_unitnorm_push push; };

layout (set = 0, binding = 0) readonly  buffer X { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Y { float y[]; };

void
main ()
{
  const uint row = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint lane = gl_LocalInvocationID.x;

  if (row >= push.rows)
    return;  /* the whole workgroup leaves together */

  const uint base = row * push.width;

  float greatest = 0;
  for (uint i = lane; i < push.width; i += GROUP)
    greatest = max (greatest, abs (x[base + i]));
  greatest = group_max (greatest);

  const float divisor = greatest > 0 ? greatest : 1;

  float squares = 0;
  for (uint i = lane; i < push.width; i += GROUP)
    squares += x[base + i] / divisor * (x[base + i] / divisor);
  squares = group_sum (squares);

  const float scale = squares > 0 ? inversesqrt (squares) : 0;

  for (uint i = lane; i < push.width; i += GROUP)
    y[base + i] = x[base + i] / divisor * scale;
}
