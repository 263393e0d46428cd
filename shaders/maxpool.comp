/* maxpool.comp
 *
 *   y[l][w][c] = the greatest of x[2 l][2 w][c], x[2 l][2 w + 1][c], x[2 l + 1][2 w][c], x[2 l + 1][2 w + 1][c]
 *
 *   x  2 lines, 2 width, channels  f32  read
 *   y  lines, width, channels      f32  write
 *
 * Lines are those of all pictures, one after another. One invocation per element of y.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/maxpool.h"

layout (local_size_x = VC_MAXPOOL_GROUP) in;

layout (push_constant) uniform Push { vc_maxpool_push push; };

layout (set = 0, binding = 0) readonly  buffer X { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Y { float y[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint i = group * VC_MAXPOOL_GROUP + gl_LocalInvocationID.x;

  if (i >= push.lines * push.width * push.channels)
    return;

  const uint pixel = i / push.channels;
  const uint line = 2 * push.width * push.channels;  /* elements of one of x */
  const uint at = pixel / push.width * 2 * line + pixel % push.width * 2 * push.channels + i % push.channels;

  y[i] = max (max (x[at], x[at + push.channels]), max (x[at + line], x[at + line + push.channels]));
}
