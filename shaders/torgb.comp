/* torgb.comp
 *
 *   y[p] = red | green << 8 | blue << 16 | 255 << 24, each round (255 clamp (x[p] scale + shift, 0, 1));
 *          0 << 24 where one of them is not finite
 *
 *   x  pixels, 3  f32  read
 *   y  pixels     u32  write
 *
 * One invocation per pixel. A half is rounded to the even of its neighbours, what is not a number to 0.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/torgb.h"

layout (local_size_x_id = VC_TORGB_GROUP) in;

layout (push_constant) uniform Push { vc_torgb_push push; };

layout (set = 0, binding = 0) readonly  buffer X { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Y { uint y[]; };

uint
to_byte (float value)
{
  const float within = value * push.scale + push.shift;

  return within > 0 ? uint (roundEven (255 * min (within, 1))) : 0;
}

/* By a comparison, which compilers may not take for granted as they may isnan(). */
bool
is_finite (float value)
{
  return abs (value) <= 3.4028234e38;
}

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint pixel = group * gl_WorkGroupSize.x + gl_LocalInvocationID.x;

  if (pixel >= push.pixels)
    return;

  const vec3 value = vec3 (x[3 * pixel], x[3 * pixel + 1], x[3 * pixel + 2]);
  const bool whole = is_finite (value.r) && is_finite (value.g) && is_finite (value.b);

  y[pixel] = to_byte (value.r) | to_byte (value.g) << 8 | to_byte (value.b) << 16 |
             (whole ? 0xff000000u : 0);
}
