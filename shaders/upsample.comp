/* upsample.comp
 *
 *   y[l][w][c] = x[l / 2][w / 2][c]
 *
 *   x  lines, width, channels          f32  read
 *   y  2 lines, 2 width, channels      f32  write
 *
 * Lines are those of all pictures, one after another: each has whole pairs of them. One invocation per
 * element of y.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/upsample.h"

layout (local_size_x_id = VC_UPSAMPLE_GROUP) in;

layout (push_constant) uniform Push { vc_upsample_push push; };

layout (set = 0, binding = 0) readonly  buffer X { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Y { float y[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint i = group * gl_WorkGroupSize.x + gl_LocalInvocationID.x;

  if (i >= push.lines * push.width * push.channels * 4)
    return;

  const uint channel = i % push.channels;
  const uint pixel = i / push.channels;
  const uint line = pixel / (2 * push.width);
  const uint column = pixel % (2 * push.width);

  y[i] = x[(line / 2 * push.width + column / 2) * push.channels + channel];
}
