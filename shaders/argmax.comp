/* argmax.comp
 *
 *   ids[r] = the i of the greatest x[r][i], the lowest of equals
 *
 *   x    rows, width  f32  read
 *   ids  rows         u32  write
 *
 * One workgroup per row: each invocation looks at every GROUP-th element. A row of nothing but what is
 * no number has 0.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "interface/argmax.h"

layout (constant_id = VC_ARGMAX_GROUP) const uint GROUP = 64;
layout (local_size_x_id = VC_ARGMAX_GROUP) in;

const uint NONE = 0xffffffffu;

layout (push_constant) uniform Push { vc_argmax_push push; };

layout (set = 0, binding = 0) readonly  buffer X   { float x[]; };
layout (set = 0, binding = 1) writeonly buffer Ids { uint ids[]; };

shared float tops[GROUP];
shared uint places[GROUP];

void
main ()
{
  const uint row = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint lane = gl_LocalInvocationID.x;

  if (row >= push.rows)
    return;  /* the whole workgroup leaves together */

  float top = 0;
  uint place = NONE;

  for (uint i = lane; i < push.width; i += GROUP)
    {
      const float value = x[row * push.width + i];

      if (place == NONE ? value == value : value > top)
        {
          top = value;
          place = i;
        }
    }
  tops[lane] = top;
  places[lane] = place;
  barrier ();

  for (uint lanes = GROUP / 2; lanes > 0; lanes /= 2)
    {
      if (lane < lanes)
        {
          const uint other = places[lane + lanes];
          const uint own = places[lane];

          if (other != NONE &&
              (own == NONE || tops[lane + lanes] > tops[lane] ||
               (tops[lane + lanes] == tops[lane] && other < own)))
            {
              tops[lane] = tops[lane + lanes];
              places[lane] = other;
            }
        }
      barrier ();
    }

  if (lane == 0)
    ids[row] = places[0] == NONE ? 0 : places[0];
}
