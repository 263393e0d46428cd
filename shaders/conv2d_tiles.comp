/* conv2d_tiles.comp: conv2d.comp for devices that gain nothing by sharing what they read
 *
 * The same buffers and push constants, and the same products in the same order; x and weight are read in
 * vectors, as texels with -DTEXELS.
 *
 * A filter is gone through in runs, which lie side by side in x: the channels of one of its pixels, or,
 * where nothing is added around pictures, a whole line of them. An invocation has 8 pixels and up to 8
 * outputs; a workgroup has 8 times as many pixels, side by side.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "store.glsl"
#include "texels.glsl"
#include "unroll.glsl"
#include "interface/conv2d.h"

layout (constant_id = VC_CONV2D_GROUP) const uint GROUP = 8;
layout (constant_id = VC_CONV2D_BIAS) const uint BIAS = 1;
layout (constant_id = VC_CONV2D_LINES) const uint LINES = 0;
layout (constant_id = VC_CONV2D_OUTPUTS) const uint OUTPUTS = 8;
layout (local_size_x_id = VC_CONV2D_GROUP) in;

layout (push_constant) uniform Push { vc_conv2d_push push; };

FOURS (0, x);
STORE_FOURS (1, w);
layout (set = 0, binding = 2) readonly  buffer Bias { float bias[]; };
layout (set = 0, binding = 3) writeonly buffer Y    { float y[]; };

/* Vector @k of the filters of outputs @o to @o + 3, turned. Past the last output there is the last again. */
mat4
load_weights (uint o, uint length, uint k)
{
  const uint last = push.outputs - 1;

  return transpose (mat4 (FETCH_STORE (w, min (o, last) * length + k),
                          FETCH_STORE (w, min (o + 1, last) * length + k),
                          FETCH_STORE (w, min (o + 2, last) * length + k),
                          FETCH_STORE (w, min (o + 3, last) * length + k)));
}

/* Where the filter of pixel @p begins in its picture; outside of it if there is no such pixel. */
ivec2
find_corner (uint p)
{
  const uint place = p % (push.out_height * push.out_width);
  const ivec2 at = ivec2 (place % push.out_width, place / push.out_width);

  return p < push.pixels ? at * int (push.stride) - int (push.before) : ivec2 (-0x40000000);
}

/* The vector of x that a run begins with. */
uint
find_run (uint p, ivec2 at)
{
  const uint picture = p / (push.out_height * push.out_width);

  return ((picture * push.height + uint (at.y)) * push.width + uint (at.x)) * push.inputs / 4;
}

void
write_four (uint p, uint o, vec4 sums)
{
  const uint at = p * push.outputs + o;

  if (p >= push.pixels || o >= push.outputs)
    return;

  const uint n = min (push.outputs - o, 4);

  y[at] = sums.x + (BIAS != 0 ? bias[o] : 0.0);
  if (n > 1)
    y[at + 1] = sums.y + (BIAS != 0 ? bias[o + 1] : 0.0);
  if (n > 2)
    y[at + 2] = sums.z + (BIAS != 0 ? bias[o + 2] : 0.0);
  if (n > 3)
    y[at + 3] = sums.w + (BIAS != 0 ? bias[o + 3] : 0.0);
}

void
main ()
{
  const uint first = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * 8 * GROUP +
                     gl_LocalInvocationID.x;
  const uint output_ = gl_WorkGroupID.z * OUTPUTS;
  const uint across = LINES != 0 ? 1 : push.side;
  const uint run = (LINES != 0 ? push.side : 1) * push.inputs / 4;  /* vectors */
  const uint length = push.side * across * run;                     /* of a filter */
  ivec2 corner[8];
  uint place[8];
  bool inside[8];
  precise vec4 low[8];   /* outputs 0 to 3 of each pixel */
  precise vec4 high[8];  /* outputs 4 to 7 */

#define BEGIN(r) \
  corner[r] = find_corner (first + r * GROUP); \
  low[r] = high[r] = vec4 (0);
  EACH8 (BEGIN)

  for (uint cell = 0; cell < push.side * across; cell++)
    {
      const ivec2 shift = ivec2 (cell % across, cell / across);

#define PLACE(r) \
      { \
        const ivec2 at = corner[r] + shift; \
\
        inside[r] = at.x >= 0 && at.y >= 0 && at.x < int (push.width) && at.y < int (push.height); \
        place[r] = inside[r] ? find_run (first + r * GROUP, at) : 0; \
      }
      EACH8 (PLACE)

      for (uint k = 0; k < run; k++)
        {
          const mat4 m = load_weights (output_, length, cell * run + k);
          const mat4 m_high = OUTPUTS > 4 ? load_weights (output_ + 4, length, cell * run + k) : mat4 (0);

#define MULTIPLY(r) \
          { \
            const vec4 v = inside[r] ? FETCH (x, place[r] + k) : vec4 (0); \
\
            low[r] = fma (vec4 (v.x), m[0], low[r]); \
            low[r] = fma (vec4 (v.y), m[1], low[r]); \
            low[r] = fma (vec4 (v.z), m[2], low[r]); \
            low[r] = fma (vec4 (v.w), m[3], low[r]); \
            if (OUTPUTS > 4) \
              { \
                high[r] = fma (vec4 (v.x), m_high[0], high[r]); \
                high[r] = fma (vec4 (v.y), m_high[1], high[r]); \
                high[r] = fma (vec4 (v.z), m_high[2], high[r]); \
                high[r] = fma (vec4 (v.w), m_high[3], high[r]); \
              } \
          }
          EACH8 (MULTIPLY)
        }
    }

#define WRITE(r) \
  write_four (first + r * GROUP, output_, low[r]); \
  if (OUTPUTS > 4) \
    write_four (first + r * GROUP, output_ + 4, high[r]);
  EACH8 (WRITE)
}
