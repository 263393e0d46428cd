/* linear.comp
 *
 *   y[r][o] = f (sum over i of x[r][i] * weight[o][i]  + bias[o])
 *
 *   x       rows, in   f32    read
 *   weight  outs, in   STORE  read: of all outputs, or of some that lie side by side
 *   bias    out        f32    read; without it x is bound here
 *   y       rows, out  f32    write
 *
 * where f is an activation, or nothing.
 *
 * Few rows (up to 16): a workgroup has 4 outputs of every row. Its invocations go along the weights side
 * by side, each reading a weight once for all rows, and add up their sums pairwise. The order of a sum
 * does not depend on ROWS: that is what "precise" and fma() are for.
 *
 * Many rows: a workgroup has a tile of 64 rows and 64 outputs, an invocation 4 by 4 of them. 16 columns
 * of x and weight at a time are brought to shared memory, turned, so that an invocation reads what it
 * needs as two vectors.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "store.glsl"
#include "interface/linear.h"
#include "interface/activate.h"
#include "activation.glsl"

layout (constant_id = VC_LINEAR_GROUP) const uint GROUP = 32;
layout (constant_id = VC_LINEAR_ROWS) const uint ROWS = 1;
layout (constant_id = VC_LINEAR_BIASED) const uint BIASED = 0;
layout (constant_id = VC_LINEAR_FOURS) const uint FOURS = 0;
layout (constant_id = VC_LINEAR_THEN) const uint THEN = VC_LINEAR_NOTHING;
layout (constant_id = VC_LINEAR_SCRATCH) const uint SCRATCH = 32;
layout (local_size_x_id = VC_LINEAR_GROUP) in;

layout (push_constant) uniform Push { vc_linear_push push; };

/* x and weight by elements and, where rows are whole vectors, by vectors. */
layout (set = 0, binding = 0) readonly  buffer X       { float x[]; };
layout (set = 0, binding = 0) readonly  buffer X4      { vec4 x4[]; };
layout (set = 0, binding = 1) readonly  buffer Weight  { STORE weight[]; };
layout (set = 0, binding = 1) readonly  buffer Weight4 { STORE4 weight4[]; };
layout (set = 0, binding = 2) readonly  buffer Bias    { float bias[]; };
layout (set = 0, binding = 3) writeonly buffer Y       { float y[]; };

const uint HELD = ROWS > 0 ? ROWS : 1;  /* an array has at least one element */
const uint TILE = VC_LINEAR_TILE;
const uint DEPTH = VC_LINEAR_DEPTH;
const uint STRIDE = VC_LINEAR_STRIDE;

shared vec4 scratch[SCRATCH];

/* Elements @k to @k + 3 of row @r of x; zeros past its end. */
vec4
load_x (uint r, uint k)
{
  const uint at = r * push.in_width + k;
  vec4 four = vec4 (0);

  if (FOURS != 0)
    return x4[at / 4];

  for (uint i = 0; i < min (push.in_width - k, 4); i++)
    four[i] = x[at + i];

  return four;
}

/* The same of the weights of output @o. */
vec4
load_weights (uint o, uint k)
{
  const uint at = o * push.in_width + k;
  vec4 four = vec4 (0);

  if (FOURS != 0)
    return LOAD4 (weight4, at);

  for (uint i = 0; i < min (push.in_width - k, 4); i++)
    four[i] = LOAD (weight, at + i);

  return four;
}

/* Finishes output @o of all: bias, and what follows. */
float
finish (uint o, float sum)
{
  const float v = BIASED != 0 ? sum + bias[o] : sum;

  return THEN == VC_LINEAR_NOTHING ? v : activate (THEN - VC_LINEAR_ACTIVATED, v);
}

/* Writes outputs @o to @o + 3 of row @r, as far as there are such. */
void
write_four (uint r, uint o, vec4 sums)
{
  for (uint i = 0; i < 4; i++)
    if (r < push.rows && o + i < push.outs)
      {
        const uint at = push.first_out + o + i;

        y[r * push.out_width + at] = finish (at, sums[i]);
      }
}

void
few_rows ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint first = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * 4;
  const uint last = push.outs - 1;
  precise vec4 sums[HELD];  /* 4 outputs of each row */

  if (first > last)
    return;  /* the whole workgroup leaves together */

  for (uint r = 0; r < HELD; r++)
    sums[r] = vec4 (0);

  /* What is past the last output or row is computed as if it were the last, and not written. */
  for (uint k = 4 * lane; k < push.in_width; k += 4 * GROUP)
    {
      const mat4 w = transpose (mat4 (load_weights (first, k),
                                      load_weights (min (first + 1, last), k),
                                      load_weights (min (first + 2, last), k),
                                      load_weights (min (first + 3, last), k)));

      for (uint r = 0; r < HELD; r++)
        {
          const vec4 v = load_x (min (r, push.rows - 1), k);

          for (uint i = 0; i < 4; i++)
            sums[r] = fma (vec4 (v[i]), w[i], sums[r]);
        }
    }

  for (uint r = 0; r < HELD; r++)
    scratch[lane * HELD + r] = sums[r];
  barrier ();
  for (uint lanes = GROUP / 2; lanes > 0; lanes /= 2)
    {
      for (uint i = lane; i < lanes * HELD; i += GROUP)
        scratch[i] += scratch[i + lanes * HELD];
      barrier ();
    }

  for (uint r = lane; r < HELD; r += GROUP)
    write_four (r, first, scratch[r]);
}

void
many_rows ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint first_out = gl_WorkGroupID.x * TILE;
  const uint first_row = gl_WorkGroupID.y * TILE;
  const uint across = lane % 16;
  const uint down = lane / 16;
  precise vec4 sums[4];  /* 4 outputs of each of 4 rows */

  for (uint i = 0; i < 4; i++)
    sums[i] = vec4 (0);

  for (uint begin = 0; begin < push.in_width; begin += DEPTH)
    {
      for (uint i = lane; i < TILE * DEPTH / 4; i += GROUP)
        {
          const uint k = i % (DEPTH / 4) * 4;
          const uint line = i / (DEPTH / 4);
          const bool inside = begin + k < push.in_width;
          const uint r = first_row + line;
          const uint o = first_out + line;
          const vec4 v = inside && r < push.rows ? load_x (r, begin + k) : vec4 (0);
          const vec4 w = inside && o < push.outs ? load_weights (o, begin + k) : vec4 (0);

          for (uint n = 0; n < 4; n++)
            {
              scratch[(k + n) * STRIDE + line / 4][line % 4] = v[n];
              scratch[(DEPTH + k + n) * STRIDE + line / 4][line % 4] = w[n];
            }
        }
      barrier ();

      for (uint k = 0; k < DEPTH; k++)
        {
          const vec4 v = scratch[k * STRIDE + down];
          const vec4 w = scratch[(DEPTH + k) * STRIDE + across];

          for (uint i = 0; i < 4; i++)
            sums[i] = fma (vec4 (v[i]), w, sums[i]);
        }
      barrier ();
    }

  for (uint i = 0; i < 4; i++)
    write_four (first_row + down * 4 + i, first_out + across * 4, sums[i]);
}

void
main ()
{
  if (ROWS > 0)
    few_rows ();
  else
    many_rows ();
}
