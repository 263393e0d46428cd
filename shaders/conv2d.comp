/* conv2d.comp
 *
 *   y[p][o] = bias[o] + sum over v, u, i of x[row * stride + v - before][column * stride + u - before][i]
 *                                           * weight[o][v][u][i]
 *
 *   x       count, height, width, inputs            f32    read
 *   weight  outputs, side, side, inputs             STORE  read
 *   bias    outputs                                 f32    read; something else's place without BIAS
 *   y       count, out height, out width, outputs   f32    write
 *
 * A product of two matrices, (pixels, taps) by (taps, outputs) with taps = side² inputs, where the first
 * is never written down. One workgroup per tile of TILE pixels by TILE outputs: it carries DEPTH taps of
 * each into shared memory, then every invocation multiplies EACH pixels by EACH outputs of them, spaced
 * SPAN apart so that neighbours read neighbours.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "store.glsl"
#include "interface/conv2d.h"

layout (constant_id = VC_CONV2D_SPAN) const uint SPAN = 8;
layout (constant_id = VC_CONV2D_BIAS) const uint BIAS = 1;
layout (local_size_x_id = VC_CONV2D_GROUP) in;

const uint EACH = VC_CONV2D_EACH;
const uint DEPTH = 16;
const uint TILE = SPAN * EACH;
const uint ROWS = SPAN * SPAN / DEPTH;  /* of a tile that the workgroup carries at once */
const uint LOADS = TILE / ROWS;

layout (push_constant) uniform Push { vc_conv2d_push push; };

layout (set = 0, binding = 0) readonly  buffer X    { float x[]; };
layout (set = 0, binding = 1) readonly  buffer W    { STORE w[]; };
layout (set = 0, binding = 2) readonly  buffer Bias { float bias[]; };
layout (set = 0, binding = 3) writeonly buffer Y    { float y[]; };

/* One more than a tile's side, so that a column of taps lies in as many banks. */
shared float pixel_taps[DEPTH * (TILE + 1)];
shared float output_taps[DEPTH * (TILE + 1)];

void
main ()
{
  const uint first_pixel = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * TILE;
  const uint first_output = gl_WorkGroupID.z * TILE;

  if (first_pixel >= push.pixels)
    return;  /* the whole workgroup leaves together */

  const uint lane = gl_LocalInvocationID.x;
  const uint taps = push.side * push.side * push.inputs;

  /* What this invocation carries: tap `tap` of rows `row`, row + ROWS, row + 2 ROWS, … of either tile. */
  const uint tap = lane % DEPTH;
  const uint row = lane / DEPTH;
  uint picture[LOADS];
  ivec2 corner[LOADS];
  for (uint l = 0; l < LOADS; l++)
    {
      const uint pixel = first_pixel + row + l * ROWS;
      const uint area = push.out_height * push.out_width;
      const uint place = pixel % area;

      picture[l] = pixel / area * push.height;
      corner[l] = ivec2 (place % push.out_width, place / push.out_width) * int (push.stride)
                  - int (push.before);
      if (pixel >= push.pixels)
        corner[l].y = -0x40000000;  /* all of it lies outside the picture */
    }

  /* What this invocation computes: pixels `down`, down + SPAN, …, outputs `across`, across + SPAN, … */
  const uint across = lane % SPAN;
  const uint down = lane / SPAN;
  precise float sum[EACH][EACH];
  for (uint i = 0; i < EACH; i++)
    for (uint j = 0; j < EACH; j++)
      sum[i][j] = 0;

  for (uint start = 0; start < taps; start += DEPTH)
    {
      const uint k = start + tap;
      const uint input_ = k % push.inputs;
      const uint cell = k / push.inputs;
      const ivec2 shift = ivec2 (cell % push.side, cell / push.side);

      for (uint l = 0; l < LOADS; l++)
        {
          const ivec2 at = corner[l] + shift;
          const uint output_ = first_output + row + l * ROWS;
          float value = 0;
          float weight = 0;

          if (k < taps && at.x >= 0 && at.y >= 0 && at.x < int (push.width) && at.y < int (push.height))
            value = x[((picture[l] + uint (at.y)) * push.width + uint (at.x)) * push.inputs + input_];
          if (k < taps && output_ < push.outputs)
            weight = LOAD (w, output_ * taps + k);

          pixel_taps[tap * (TILE + 1) + row + l * ROWS] = value;
          output_taps[tap * (TILE + 1) + row + l * ROWS] = weight;
        }
      barrier ();

      for (uint d = 0; d < DEPTH; d++)
        {
          float a[EACH];
          float b[EACH];

          for (uint i = 0; i < EACH; i++)
            {
              a[i] = pixel_taps[d * (TILE + 1) + down + i * SPAN];
              b[i] = output_taps[d * (TILE + 1) + across + i * SPAN];
            }
          for (uint i = 0; i < EACH; i++)
            for (uint j = 0; j < EACH; j++)
              sum[i][j] = fma (a[i], b[j], sum[i][j]);
        }
      barrier ();
    }

  for (uint i = 0; i < EACH; i++)
    for (uint j = 0; j < EACH; j++)
      {
        const uint pixel = first_pixel + down + i * SPAN;
        const uint output_ = first_output + across + j * SPAN;

        if (pixel < push.pixels && output_ < push.outputs)
          y[pixel * push.outputs + output_] = sum[i][j] + (BIAS != 0 ? bias[output_] : 0.0);
      }
}
