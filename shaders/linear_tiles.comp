/* linear_tiles.comp: linear.comp for devices that gain nothing by sharing what they read
 *
 * The same buffers and push constants; x and weight are read in vectors, as texels with -DTEXELS: in has
 * to be a multiple of 4. Each sum is made of the same products in the same order as there.
 *
 * Few rows (up to 16): as there, with 8 outputs a workgroup.
 *
 * Many rows: an invocation has a tile of 8 rows and 8 outputs, and goes along them by itself.
 */
#version 450
#extension GL_GOOGLE_include_directive : require
#include "store.glsl"
#include "texels.glsl"
#include "unroll.glsl"
#include "interface/linear.h"
#include "interface/activate.h"
#include "activation.glsl"

layout (constant_id = VC_LINEAR_GROUP) const uint GROUP = 32;
layout (constant_id = VC_LINEAR_ROWS) const uint ROWS = 1;
layout (constant_id = VC_LINEAR_BIASED) const uint BIASED = 0;
layout (constant_id = VC_LINEAR_THEN) const uint THEN = VC_LINEAR_NOTHING;
layout (constant_id = VC_LINEAR_SCRATCH) const uint SCRATCH = 64;
layout (local_size_x_id = VC_LINEAR_GROUP) in;

layout (push_constant) uniform Push { vc_linear_push push; };

FOURS (0, x);
STORE_FOURS (1, weight);
layout (set = 0, binding = 2) readonly  buffer Bias { float bias[]; };
layout (set = 0, binding = 3) writeonly buffer Y    { float y[]; };

const uint HELD = ROWS > 0 ? ROWS : 1;

shared vec4 scratch[SCRATCH];

/* Rows of a matrix are so many vectors long. */
uint
length_of_rows ()
{
  return push.in_width / 4;
}

/* Vector @k of outputs @o to @o + 3, turned. Past the last output there is the last again. */
mat4
load_weights (uint o, uint k)
{
  const uint last = push.outs - 1;
  const uint length = length_of_rows ();

  return transpose (mat4 (FETCH_STORE (weight, min (o, last) * length + k),
                          FETCH_STORE (weight, min (o + 1, last) * length + k),
                          FETCH_STORE (weight, min (o + 2, last) * length + k),
                          FETCH_STORE (weight, min (o + 3, last) * length + k)));
}

/* Adds to row @r of the sums what vector @k of row @row of x gives. */
#define MULTIPLY(r, row) \
  { \
    const vec4 v = FETCH (x, min (row, push.rows - 1) * length_of_rows () + k); \
\
    low[r] = fma (vec4 (v.x), w[0], low[r]); \
    low[r] = fma (vec4 (v.y), w[1], low[r]); \
    low[r] = fma (vec4 (v.z), w[2], low[r]); \
    low[r] = fma (vec4 (v.w), w[3], low[r]); \
    high[r] = fma (vec4 (v.x), w_high[0], high[r]); \
    high[r] = fma (vec4 (v.y), w_high[1], high[r]); \
    high[r] = fma (vec4 (v.z), w_high[2], high[r]); \
    high[r] = fma (vec4 (v.w), w_high[3], high[r]); \
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
  const uint at = r * push.out_width + push.first_out + o;

  if (r >= push.rows || o >= push.outs)
    return;

  const uint n = min (push.outs - o, 4);

  y[at] = finish (push.first_out + o, sums.x);
  if (n > 1)
    y[at + 1] = finish (push.first_out + o + 1, sums.y);
  if (n > 2)
    y[at + 2] = finish (push.first_out + o + 2, sums.z);
  if (n > 3)
    y[at + 3] = finish (push.first_out + o + 3, sums.w);
}

#define CLEAR(r) low[r] = high[r] = vec4 (0);

/* A row that is not held costs nothing: these are constants. */
#define EACH_HELD(M) \
  M (0) \
  if (HELD > 1) \
    { M (1) } \
  if (HELD > 2) \
    { M (2) M (3) } \
  if (HELD > 4) \
    { M (4) M (5) M (6) M (7) } \
  if (HELD > 8) \
    { M (8) M (9) M (10) M (11) M (12) M (13) M (14) M (15) }

void
few_rows ()
{
  const uint lane = gl_LocalInvocationID.x;
  const uint first = (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * 8;
  precise vec4 low[16];   /* outputs 0 to 3 of each row */
  precise vec4 high[16];  /* outputs 4 to 7 */

  if (first >= push.outs)
    return;  /* the whole workgroup leaves together */

  EACH_HELD (CLEAR)
  for (uint k = lane; k < length_of_rows (); k += GROUP)
    {
      const mat4 w = load_weights (first, k);
      const mat4 w_high = load_weights (first + 4, k);

#define HELD_ROW(r) MULTIPLY (r, r)
      EACH_HELD (HELD_ROW)
    }

#define SHARE(r) \
  scratch[lane * 2 * HELD + 2 * r] = low[r]; \
  scratch[lane * 2 * HELD + 2 * r + 1] = high[r];
  EACH_HELD (SHARE)
  barrier ();
  for (uint lanes = GROUP / 2; lanes > 0; lanes /= 2)
    {
      for (uint i = lane; i < lanes * 2 * HELD; i += GROUP)
        scratch[i] += scratch[i + lanes * 2 * HELD];
      barrier ();
    }

  for (uint i = lane; i < 2 * HELD; i += GROUP)
    write_four (i / 2, first + i % 2 * 4, scratch[i]);
}

void
many_rows ()
{
  const uint first = gl_GlobalInvocationID.x * 8;
  const uint row = gl_WorkGroupID.y * 8;
  precise vec4 low[8];
  precise vec4 high[8];

  if (first >= push.outs)
    return;

  EACH8 (CLEAR)
  for (uint k = 0; k < length_of_rows (); k++)
    {
      const mat4 w = load_weights (first, k);
      const mat4 w_high = load_weights (first + 4, k);

#define TILE_ROW(r) MULTIPLY (r, row + r)
      EACH8 (TILE_ROW)
    }

#define WRITE(r) \
  write_four (row + r, first, low[r]); \
  write_four (row + r, first + 4, high[r]);
  EACH8 (WRITE)
}

void
main ()
{
  if (ROWS > 0)
    few_rows ();
  else
    many_rows ();
}
