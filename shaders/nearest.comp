/* nearest.comp
 *
 *   ids[r] = the code c of the least sum over i of (x[r][i] - table[c][i])², the lowest of equals
 *
 *   x      rows, width    f32    read
 *   table  codes, width   STORE  read
 *   ids    rows           u32    write
 *
 * One workgroup for TILE rows: each invocation measures every GROUP-th code, and a number of the table
 * is read once for all of them. Differences are squared as they are: |x|² - 2 x·c + |c|² would lose the
 * small margins between codes. Rows that hold what is not a number get code 0.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "store.glsl"
#include "interface/nearest.h"

layout (constant_id = VC_NEAREST_GROUP) const uint GROUP = 64;
layout (local_size_x_id = VC_NEAREST_GROUP) in;

const uint TILE = VC_NEAREST_TILE;
const uint NONE = 0xffffffffu;

layout (push_constant) uniform Push { vc_nearest_push push; };

layout (set = 0, binding = 0) readonly  buffer X     { float x[]; };
layout (set = 0, binding = 1) readonly  buffer Table { STORE table[]; };
layout (set = 0, binding = 2) writeonly buffer Ids   { uint ids[]; };

shared float distances[GROUP];
shared uint codes[GROUP];

void
main ()
{
  const uint first = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * TILE;
  const uint lane = gl_LocalInvocationID.x;

  if (first >= push.rows)
    return;  /* the whole workgroup leaves together */

  /* Past the last row it is measured again: that is cheaper than asking each time. */
  uint base[TILE];
  float least[TILE];
  uint best[TILE];
  for (uint r = 0; r < TILE; r++)
    {
      base[r] = min (first + r, push.rows - 1) * push.width;
      least[r] = uintBitsToFloat (0x7f800000u);
      best[r] = NONE;
    }

  for (uint code = lane; code < push.codes; code += GROUP)
    {
      float sum[TILE];

      for (uint r = 0; r < TILE; r++)
        sum[r] = 0;
      for (uint i = 0; i < push.width; i++)
        {
          const float c = LOAD (table, code * push.width + i);

          for (uint r = 0; r < TILE; r++)
            {
              const float difference = x[base[r] + i] - c;

              sum[r] = fma (difference, difference, sum[r]);
            }
        }
      for (uint r = 0; r < TILE; r++)
        if (sum[r] < least[r])
          {
            least[r] = sum[r];
            best[r] = code;
          }
    }

  for (uint r = 0; r < TILE; r++)
    {
      barrier ();
      distances[lane] = least[r];
      codes[lane] = best[r];
      barrier ();
      for (uint half_group = GROUP / 2; half_group > 0; half_group /= 2)
        {
          if (lane < half_group)
            {
              const float other = distances[lane + half_group];
              const uint code = codes[lane + half_group];

              if (other < distances[lane] || (other == distances[lane] && code < codes[lane]))
                {
                  distances[lane] = other;
                  codes[lane] = code;
                }
            }
          barrier ();
        }

      if (lane == 0 && first + r < push.rows)
        ids[first + r] = codes[0] == NONE ? 0 : codes[0];
    }
}
