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
 * carried with what rounding took from it [Kahan 1965]: half a million elements lie in one group.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/groupnorm.h"

layout (constant_id = VC_GROUPNORM_GROUP) const uint GROUP = 64;
layout (constant_id = VC_GROUPNORM_SILU) const uint SILU = 0;
layout (local_size_x_id = VC_GROUPNORM_GROUP) in;

#include "group.glsl"

layout (push_constant) uniform Push { vc_groupnorm_push push; };

layout (set = 0, binding = 0) readonly  buffer X    { float x[]; };
layout (set = 0, binding = 1) readonly  buffer Gain { float gain[]; };
layout (set = 0, binding = 2) readonly  buffer Bias { float bias[]; };
layout (set = 0, binding = 3) writeonly buffer Y    { float y[]; };

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

  precise float sum = 0;
  precise float lost = 0;
  for (uint i = lane; i < n; i += GROUP)
    {
      const float value = x[base + i / width * push.channels + i % width] - first;
      precise const float mended = value - lost;
      precise const float next = sum + mended;

      lost = (next - sum) - mended;
      sum = next;
    }
  const float mean = first + group_sum (sum) / n;

  precise float squares = 0;
  lost = 0;
  for (uint i = lane; i < n; i += GROUP)
    {
      const float value = x[base + i / width * push.channels + i % width] - mean;
      precise const float mended = value * value - lost;
      precise const float next = squares + mended;

      lost = (next - squares) - mended;
      squares = next;
    }
  const float scale = inversesqrt (group_sum (squares) / n + push.epsilon);

  for (uint i = lane; i < n; i += GROUP)
    {
      const uint at = i / width * push.channels + i % width;
      const float value = (x[base + at] - mean) * scale * gain[channel + i % width]
                          + bias[channel + i % width];

      y[base + at] = SILU != 0 ? value / (1 + exp (-value)) : value;
    }
}
