/* linear.comp
 *
 *   y[r][o] = sum over i of x[r][i] * weight[o][i]  + bias[o]
 *
 *   x       rows, in   f32    read
 *   weight  out, in    STORE  read
 *   bias    out        f32    read; without it x is bound here
 *   y       rows, out  f32    write
 *
 * Few rows (up to 16): a workgroup has OUTS outputs of every row. Its invocations go along the weights
 * side by side, each reading a weight once for all rows, and add up their sums pairwise. The order of a
 * sum does not depend on ROWS: that is what "precise" and fma() are for.
 *
 * Many rows: a workgroup has a tile of 64 rows and 64 outputs, an invocation 4 by 4 of them, 16 apart.
 * 16 columns of x and weight at a time are brought to shared memory, turned, so that neighbours read
 * neighbours.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "store.glsl"
#include "interface/linear.h"

layout (constant_id = VC_LINEAR_GROUP) const uint GROUP = 64;
layout (constant_id = VC_LINEAR_ROWS) const uint ROWS = 1;
layout (constant_id = VC_LINEAR_BIASED) const uint BIASED = 0;
layout (constant_id = VC_LINEAR_EVEN) const uint EVEN = 0;
layout (constant_id = VC_LINEAR_SCRATCH) const uint SCRATCH = 256;
layout (local_size_x_id = VC_LINEAR_GROUP) in;

layout (push_constant) uniform Push { vc_linear_push push; };

layout (set = 0, binding = 0) readonly  buffer X      { float x[]; };
layout (set = 0, binding = 1) readonly  buffer Weight { STORE weight[]; };
layout (set = 0, binding = 2) readonly  buffer Bias   { float bias[]; };
layout (set = 0, binding = 3) writeonly buffer Y      { float y[]; };

const uint OUTS = VC_LINEAR_OUTS;
const uint TILE = VC_LINEAR_TILE;
const uint DEPTH = VC_LINEAR_DEPTH;
const uint STRIDE = VC_LINEAR_STRIDE;
const uint HELD = ROWS > 0 ? ROWS : 1;  /* an array has at least one element */
const uint SUMS = HELD * OUTS;

shared float scratch[SCRATCH];

float
biased (float sum, uint o)
{
  return BIASED != 0 ? sum + bias[o] : sum;
}

/* Elements k and k + 1 of a row of weights; 0 for one past the row's end. */
vec2
two_weights (uint o, uint k)
{
  const uint at = o * push.in_width + k;

  if (EVEN != 0)
    return LOAD2 (weight, at);

  return vec2 (LOAD (weight, at), k + 1 < push.in_width ? LOAD (weight, at + 1) : 0);
}

vec2
two_values (uint r, uint k)
{
  const uint at = r * push.in_width + k;

  return vec2 (x[at], EVEN != 0 || k + 1 < push.in_width ? x[at + 1] : 0);
}

void
few_rows ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint first = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * OUTS;
  precise float sums[SUMS];

  if (first >= push.out_width)
    return;  /* the whole workgroup leaves together */

  for (uint i = 0; i < SUMS; i++)
    sums[i] = 0;

  /* What is past the last output or row is computed as if it were the last, and not written. */
  for (uint k = 2 * lane; k < push.in_width; k += 2 * GROUP)
    {
      vec2 w[OUTS];

      for (uint o = 0; o < OUTS; o++)
        w[o] = two_weights (min (first + o, push.out_width - 1), k);
      for (uint r = 0; r < HELD; r++)
        {
          const vec2 v = two_values (min (r, push.rows - 1), k);

          for (uint o = 0; o < OUTS; o++)
            sums[r * OUTS + o] = fma (v.y, w[o].y, fma (v.x, w[o].x, sums[r * OUTS + o]));
        }
    }

  for (uint i = 0; i < SUMS; i++)
    scratch[lane * SUMS + i] = sums[i];
  barrier ();
  for (uint lanes = GROUP / 2; lanes > 0; lanes /= 2)
    {
      for (uint i = lane; i < lanes * SUMS; i += GROUP)
        scratch[i] += scratch[i + lanes * SUMS];
      barrier ();
    }

  for (uint i = lane; i < SUMS; i += GROUP)
    {
      const uint r = i / OUTS;
      const uint o = first + i % OUTS;

      if (r < push.rows && o < push.out_width)
        y[r * push.out_width + o] = biased (scratch[i], o);
    }
}

void
many_rows ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint first_out = gl_WorkGroupID.x * TILE;
  const uint first_row = gl_WorkGroupID.y * TILE;
  const uint across = lane % 16;
  const uint down = lane / 16;
  float sums[16];

  for (uint i = 0; i < 16; i++)
    sums[i] = 0;

  for (uint begin = 0; begin < push.in_width; begin += DEPTH)
    {
      for (uint i = lane; i < TILE * DEPTH; i += GROUP)
        {
          const uint k = i % DEPTH;
          const uint line = i / DEPTH;
          const bool inside = begin + k < push.in_width;
          const uint r = first_row + line;
          const uint o = first_out + line;

          scratch[k * STRIDE + line] =
            inside && r < push.rows ? x[r * push.in_width + begin + k] : 0;
          scratch[(DEPTH + k) * STRIDE + line] =
            inside && o < push.out_width ? LOAD (weight, o * push.in_width + begin + k) : 0;
        }
      barrier ();

      for (uint k = 0; k < DEPTH; k++)
        {
          float v[4];
          float w[4];

          for (uint i = 0; i < 4; i++)
            {
              v[i] = scratch[k * STRIDE + down + 16 * i];
              w[i] = scratch[(DEPTH + k) * STRIDE + across + 16 * i];
            }
          for (uint i = 0; i < 16; i++)
            sums[i] = fma (v[i / 4], w[i % 4], sums[i]);
        }
      barrier ();
    }

  for (uint i = 0; i < 16; i++)
    {
      const uint r = first_row + down + 16 * (i / 4);
      const uint o = first_out + across + 16 * (i % 4);

      if (r < push.rows && o < push.out_width)
        y[r * push.out_width + o] = biased (sums[i], o);
    }
}

void
main ()
{
  if (ROWS > 0)
    few_rows ();
  else
    many_rows ();
}
