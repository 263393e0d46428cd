/* embed.comp
 *
 *   y[r][i] = table[ids[r]][i] + positions[first + r mod cycle][i]
 *
 *   ids        rows           u32    read
 *   table      vocab, width   STORE  read: all rows, or those from begin to end
 *   positions  places, width  STORE  read; without them table is bound here
 *   y          rows, width    f32    write
 *
 * One invocation per element of y. Rows of y whose ids are elsewhere are left as they are.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "store.glsl"
#include "interface/embed.h"

layout (constant_id = VC_EMBED_PLACED) const uint PLACED = 0;
layout (local_size_x = VC_EMBED_GROUP) in;

layout (set = 1, binding = 0) uniform Push { vc_embed_push push; };  /* each token has others */

layout (set = 0, binding = 0) readonly  buffer Ids       { uint ids[]; };
layout (set = 0, binding = 1) readonly  buffer Table     { STORE table[]; };
layout (set = 0, binding = 2) readonly  buffer Positions { STORE positions[]; };
layout (set = 0, binding = 3) writeonly buffer Y         { float y[]; };

void
main ()
{
  const uint group = gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
  const uint index = group * VC_EMBED_GROUP + gl_LocalInvocationID.x;
  const uint row = index / push.width;
  const uint i = index % push.width;

  if (row >= push.rows)
    return;

  const uint id = ids[row];

  if (id < push.begin || id >= push.end)
    return;  /* in another part of the table */

  float value = LOAD (table, (id - push.begin) * push.width + i);

  if (PLACED != 0)
    value += LOAD (positions, (push.first + row % push.cycle) * push.width + i);

  y[index] = value;
}
