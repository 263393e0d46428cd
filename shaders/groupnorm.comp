/* groupnorm.comp
 *
 *   y[n][p][c] = f ((x[n][p][c] - mean) / sqrt (variance + epsilon) * gain[c] + bias[c])
 *
 *   x     count, pixels, channels  f32  read
 *   gain  channels                 f32  read
 *   bias  channels                 f32  read
 *   y     count, pixels, channels  f32  write
 *
 * where mean and variance are those of a picture's group of neighbouring channels, and f is x σ(x) with
 * SILU and nothing without. One workgroup per picture and group. It reads them twice before it writes,
 * mean first, so that the variance is never the difference of two large sums. The mean is summed as
 * differences to the first element: a mean far from 0 costs no digits then. Each invocation's sum is
 * carried with what rounding took from it [Kahan 1965]: half a million elements lie in one group. Where a
 * group is whole vectors of channels it is read and written by them.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/groupnorm.h"

layout (constant_id = VC_GROUPNORM_GROUP) const uint GROUP = 64;
layout (constant_id = VC_GROUPNORM_SILU) const uint SILU = 0;
layout (constant_id = VC_GROUPNORM_FOURS) const uint FOURS = 0;
layout (local_size_x_id = VC_GROUPNORM_GROUP) in;

#include "group.glsl"

layout (push_constant) uniform Push { vc_groupnorm_push push; };

/* By elements and, where groups are whole vectors, by vectors. */
layout (set = 0, binding = 0) readonly  buffer X     { float x[]; };
layout (set = 0, binding = 0) readonly  buffer X4    { vec4 x4[]; };
layout (set = 0, binding = 1) readonly  buffer Gain  { float gain[]; };
layout (set = 0, binding = 1) readonly  buffer Gain4 { vec4 gain4[]; };
layout (set = 0, binding = 2) readonly  buffer Bias  { float bias[]; };
layout (set = 0, binding = 2) readonly  buffer Bias4 { vec4 bias4[]; };
layout (set = 0, binding = 3) writeonly buffer Y     { float y[]; };
layout (set = 0, binding = 3) writeonly buffer Y4    { vec4 y4[]; };

const uint STEP = FOURS != 0 ? 4 : 1;
const vec4 USED = FOURS != 0 ? vec4 (1) : vec4 (1, 0, 0, 0);

/* The elements from @at on that are gone through at once; zeros after them. */
vec4
load (uint at)
{
  return FOURS != 0 ? x4[at / 4] : vec4 (x[at], 0, 0, 0);
}

/* @sum with @value added, and what was lost by it. */
void
add_up (inout vec4 sum, inout vec4 lost, vec4 value)
{
  precise const vec4 mended = value - lost;
  precise const vec4 next = sum + mended;
  precise const vec4 taken = next - sum;
  precise const vec4 left = taken - mended;

  lost = left;
  sum = next;
}

void
main ()
{
  const uint id = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint lane = gl_LocalInvocationID.x;

  if (id >= push.count * push.groups)
    return;  /* the whole workgroup leaves together */

  const uint width = push.channels / push.groups;
  const uint n = push.pixels * width;
  const uint channel = id % push.groups * width;
  const uint base = id / push.groups * push.pixels * push.channels + channel;
  const float first = x[base];

  const uint across = width / STEP;
  vec4 sum = vec4 (0);
  vec4 lost = vec4 (0);
  for (uint i = lane; i < n / STEP; i += GROUP)
    add_up (sum, lost, (load (base + i / across * push.channels + i % across * STEP) - first) * USED);
  const float mean = first + group_sum (sum.x + sum.y + (sum.z + sum.w)) / n;

  vec4 squares = vec4 (0);
  lost = vec4 (0);
  for (uint i = lane; i < n / STEP; i += GROUP)
    {
      const vec4 value = (load (base + i / across * push.channels + i % across * STEP) - mean) * USED;

      add_up (squares, lost, value * value);
    }
  const float variance = group_sum (squares.x + squares.y + (squares.z + squares.w)) / n;
  const float scale = inversesqrt (variance + push.epsilon);

  for (uint i = lane; i < n / STEP; i += GROUP)
    {
      const uint at = base + i / across * push.channels + i % across * STEP;
      const uint c = channel + i % across * STEP;
      const vec4 gains = FOURS != 0 ? gain4[c / 4] : vec4 (gain[c]);
      const vec4 biases = FOURS != 0 ? bias4[c / 4] : vec4 (bias[c]);
      const vec4 value = (load (at) - mean) * scale * gains + biases;
      const vec4 result = SILU != 0 ? value / (1 + exp (-value)) : value;

      if (FOURS != 0)
        y4[at / 4] = result;
      else
        y[at] = result.x;
    }
}
