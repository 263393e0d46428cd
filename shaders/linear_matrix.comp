/* linear_matrix.comp: linear.comp's many rows by matrices that a subgroup holds together
 *
 * The same buffers and push constants; weights are f16, in is a multiple of 4, and the caller is content
 * with coarse products: x is rounded to f16, sums are f32 [SPV_KHR_cooperative_matrix].
 *
 * A workgroup of four subgroups has a tile of 64 rows and 64 outputs, a subgroup 32 by 32 of them. 32
 * columns of x and weight at a time are brought to shared memory as halves.
 */
#version 450
#pragma use_vulkan_memory_model
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#include "interface/linear.h"
#include "interface/activate.h"
#include "activation.glsl"

layout (constant_id = VC_LINEAR_GROUP) const uint GROUP = 128;
layout (constant_id = VC_LINEAR_BIASED) const uint BIASED = 0;
layout (constant_id = VC_LINEAR_THEN) const uint THEN = VC_LINEAR_NOTHING;
layout (constant_id = VC_LINEAR_MATRIX_ROWS) const uint ROWS = 16;
layout (constant_id = VC_LINEAR_MATRIX_OUTS) const uint OUTS = 16;
layout (constant_id = VC_LINEAR_MATRIX_DEPTH) const uint DEPTH = 16;
layout (local_size_x_id = VC_LINEAR_GROUP) in;

layout (push_constant) uniform Push { vc_linear_push push; };

layout (set = 0, binding = 0) readonly  buffer X      { vec4 x[]; };
layout (set = 0, binding = 1) readonly  buffer Weight { uvec2 weight[]; };
layout (set = 0, binding = 2) readonly  buffer Bias   { float bias[]; };
layout (set = 0, binding = 3) writeonly buffer Y      { float y[]; };

const uint TILE = VC_LINEAR_TILE;
const uint HALF = TILE / 2;    /* of a subgroup */
const uint STEP = VC_LINEAR_MATRIX_STEP;
const uint STRIDE = STEP + 8;  /* halves from line to line: whole vectors of 16 bytes, in other banks */
const uint DOWN = HALF / ROWS;
const uint ACROSS = HALF / OUTS;
const float MOST = 65504;      /* of a half */

shared f16vec4 left[TILE * STRIDE / 4];
shared f16vec4 right[TILE * STRIDE / 4];
shared float result[TILE * TILE];

/* Columns @k to @k + 3 of row @r of x; zeros outside. */
f16vec4
load_x (uint r, uint k)
{
  if (r >= push.rows || k >= push.in_width)
    return f16vec4 (0);

  return f16vec4 (clamp (x[(r * push.in_width + k) / 4], -MOST, MOST));
}

f16vec4
load_weights (uint o, uint k)
{
  if (o >= push.outs || k >= push.in_width)
    return f16vec4 (0);

  const uvec2 halves = weight[(o * push.in_width + k) / 4];

  return f16vec4 (unpackHalf2x16 (halves.x), unpackHalf2x16 (halves.y));
}

/* Finishes output @o of all: bias, and what follows. */
float
finish (uint o, float sum)
{
  const float v = BIASED != 0 ? sum + bias[o] : sum;

  return THEN == VC_LINEAR_NOTHING ? v : activate (THEN - VC_LINEAR_ACTIVATED, v);
}

void
main ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint first_out = gl_WorkGroupID.x * TILE;
  const uint first_row = gl_WorkGroupID.y * TILE;
  const uint down = gl_SubgroupID / 2 * HALF;
  const uint across = gl_SubgroupID % 2 * HALF;
  coopmat<float, gl_ScopeSubgroup, ROWS, OUTS, gl_MatrixUseAccumulator> sums[DOWN * ACROSS];

  for (uint i = 0; i < DOWN * ACROSS; i++)
    sums[i] = coopmat<float, gl_ScopeSubgroup, ROWS, OUTS, gl_MatrixUseAccumulator> (0);

  for (uint begin = 0; begin < push.in_width; begin += STEP)
    {
      for (uint i = lane; i < TILE * STEP / 4; i += GROUP)
        {
          const uint k = i % (STEP / 4);
          const uint line = i / (STEP / 4);

          left[line * STRIDE / 4 + k] = load_x (first_row + line, begin + 4 * k);
          right[line * STRIDE / 4 + k] = load_weights (first_out + line, begin + 4 * k);
        }
      barrier ();

      for (uint k = 0; k < STEP; k += DEPTH)
        for (uint i = 0; i < DOWN; i++)
          {
            coopmat<float16_t, gl_ScopeSubgroup, ROWS, DEPTH, gl_MatrixUseA> a;

            coopMatLoad (a, left, ((down + i * ROWS) * STRIDE + k) / 4, STRIDE / 4, gl_CooperativeMatrixLayoutRowMajor);
            for (uint n = 0; n < ACROSS; n++)
              {
                coopmat<float16_t, gl_ScopeSubgroup, DEPTH, OUTS, gl_MatrixUseB> b;

                coopMatLoad (b, right, ((across + n * OUTS) * STRIDE + k) / 4, STRIDE / 4,
                             gl_CooperativeMatrixLayoutColumnMajor);
                sums[i * ACROSS + n] = coopMatMulAdd (a, b, sums[i * ACROSS + n]);
              }
          }
      barrier ();
    }

  for (uint i = 0; i < DOWN; i++)
    for (uint n = 0; n < ACROSS; n++)
      coopMatStore (sums[i * ACROSS + n], result, (down + i * ROWS) * TILE + across + n * OUTS, TILE,
                    gl_CooperativeMatrixLayoutRowMajor);
  barrier ();

  for (uint i = lane; i < TILE * TILE; i += GROUP)
    {
      const uint r = first_row + i / TILE;
      const uint o = first_out + i % TILE;

      if (r < push.rows && o < push.outs)
        y[r * push.out_width + push.first_out + o] = finish (push.first_out + o, result[i]);
    }
}
