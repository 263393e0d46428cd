/* add.comp
 *
 *   y[i] = a[i] + scale * b[i]
 *
 *   a  count  f32  read
 *   b  count  f32  read
 *   y  count  f32  write
 *
 * One invocation per element.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/add.h"

layout (local_size_x = VC_ADD_GROUP) in;

layout (push_constant) uniform Push { vc_add_push push; };

layout (set = 0, binding = 0) readonly  buffer A { float a[]; };
layout (set = 0, binding = 1) readonly  buffer B { float b[]; };
layout (set = 0, binding = 2) writeonly buffer Y { float y[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint i = group * VC_ADD_GROUP + gl_LocalInvocationID.x;

  if (i < push.count)
    y[i] = a[i] + push.scale * b[i];
}
