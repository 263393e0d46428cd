/* activate.comp
 *
 *   y[i] = f (x[i])
 *
 *   x  count  f32  read
 *   y  count  f32  write
 *
 * One invocation per element.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "activation.glsl"

layout (constant_id = VC_ACTIVATE_KIND) const uint KIND = 0;
layout (local_size_x = VC_ACTIVATE_GROUP) in;

layout (push_constant) uniform Push { vc_activate_push push; };

layout (set = 0, binding = 0) readonly  buffer X { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Y { float y[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint i = group * VC_ACTIVATE_GROUP + gl_LocalInvocationID.x;

  if (i >= push.count)
    return;

  y[i] = activate (KIND, x[i]);
}
