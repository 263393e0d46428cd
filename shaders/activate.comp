/* activate.comp
 *
 *   y[i] = f (x[i])
 *
 *   x  count  f32  read
 *   y  count  f32  write
 *
 * One invocation per element. e is raised to negative powers only, so that nothing overflows.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/activate.h"

layout (constant_id = VC_ACTIVATE_KIND) const uint KIND = 0;
layout (local_size_x = VC_ACTIVATE_GROUP) in;

layout (push_constant) uniform Push { vc_activate_push push; };

layout (set = 0, binding = 0) readonly  buffer X { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Y { float y[]; };

/* x Φ(x) by Φ(-|x|): see interface/activate.h. Below -14 Φ is less than a float can hold. */
float
gelu (float v)
{
  const float size = min (abs (v), 14.0);
  const float t = 1 / (1 + VC_PHI_P * size);
  const float sum = VC_PHI_1 + t * (VC_PHI_2 + t * (VC_PHI_3 + t * (VC_PHI_4 + t * (VC_PHI_5 + t * VC_PHI_6))));
  const float tail = t * sum * exp (-0.5 * size * size);

  return v < -14 ? 0 : v >= 0 ? v - v * tail : v * tail;
}

/* v σ(factor v) */
float
swish (float v, float factor)
{
  const float size = factor * abs (v);
  const float power = size > 87 ? 0 : exp (-size);

  return v * ((v >= 0 ? 1 : power) / (1 + power));
}

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint i = group * VC_ACTIVATE_GROUP + gl_LocalInvocationID.x;

  if (i >= push.count)
    return;

  const float v = x[i];

  y[i] = KIND == 0 ? gelu (v) : swish (v, KIND == 1 ? VC_QUICK_GELU_FACTOR : 1);
}
