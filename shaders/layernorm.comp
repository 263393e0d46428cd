/* layernorm.comp
 *
 *   y[r][i] = (x[r][i] - mean) / sqrt (variance + epsilon) * gain[i] + bias[i]
 *
 *   x     rows, width   f32  read
 *   gain  width         f32  read
 *   bias  width         f32  read
 *   y     rows, width   f32  write
 *
 * One workgroup per row. The row is read twice before it is written, mean first, so that the variance
 * is never the difference of two large sums.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/layernorm.h"

layout (constant_id = VC_LAYERNORM_GROUP) const uint GROUP = 64;
layout (local_size_x_id = VC_LAYERNORM_GROUP) in;

#include "group.glsl"

layout (push_constant) uniform Push { vc_layernorm_push push; };

layout (set = 0, binding = 0) readonly  buffer X    { float x[]; };
layout (set = 0, binding = 1) readonly  buffer Gain { float gain[]; };
layout (set = 0, binding = 2) readonly  buffer Bias { float bias[]; };
layout (set = 0, binding = 3) writeonly buffer Y    { float y[]; };

void
main ()
{
  const uint row = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint lane = gl_LocalInvocationID.x;

  if (row >= push.rows)
    return;  /* the whole workgroup leaves together */

  const uint base = row * push.width;

  float sum = 0;
  for (uint i = lane; i < push.width; i += GROUP)
    sum += x[base + i];
  const float mean = group_sum (sum) / push.width;

  float squares = 0;
  for (uint i = lane; i < push.width; i += GROUP)
    squares += (x[base + i] - mean) * (x[base + i] - mean);
  const float scale = inversesqrt (group_sum (squares) / push.width + push.epsilon);

  for (uint i = lane; i < push.width; i += GROUP)
    y[base + i] = (x[base + i] - mean) * scale * gain[i] + bias[i];
}
