/* Read by compute/ops/linear.c, by the host kernel and by linear.comp: scalars only. */
#ifndef VC_INTERFACE_LINEAR_H
#define VC_INTERFACE_LINEAR_H

#include "interface.h"

#define VC_LINEAR_GROUP   0  /* constant_id: invocations in a workgroup: 32 for few rows, 256 for many */
#define VC_LINEAR_ROWS    1  /* constant_id: few rows: at least push.rows; many: 0 */
#define VC_LINEAR_BIASED  2  /* constant_id: 1 with a bias, 0 without */
#define VC_LINEAR_FOURS   3  /* constant_id: 1 where in is a multiple of 4: it is read in vectors */
#define VC_LINEAR_SCRATCH 4  /* constant_id: vectors of 4 floats that a workgroup shares */
#define VC_LINEAR_COARSE  7  /* constant_id: 1 where the caller is content with coarse products; shaders do not look */

#define VC_LINEAR_THEN    5  /* constant_id: what follows the bias: */
#define VC_LINEAR_NOTHING   0
#define VC_LINEAR_ACTIVATED 1  /* plus a VcActivation: see activate.h */

#define VC_LINEAR_OUTS   4   /* few rows: outputs of one workgroup, a vector of them */
#define VC_LINEAR_TILE   64  /* many rows: rows and outputs of one workgroup */
#define VC_LINEAR_DEPTH  16  /* many rows: how much of in is shared at a time */
#define VC_LINEAR_STRIDE 17  /* vectors between depths in shared memory: other banks for neighbours */

#define VC_LINEAR_SPAN   8   /* linear_tiles: rows, and outputs, of one invocation; few rows: outputs of a workgroup */

/* linear_matrix: constant_ids: sizes of the matrices that a subgroup multiplies: rows by depth, depth by outputs */
#define VC_LINEAR_MATRIX_ROWS  1
#define VC_LINEAR_MATRIX_OUTS  3
#define VC_LINEAR_MATRIX_DEPTH 4
#define VC_LINEAR_MATRIX_PARTS 4   /* subgroups of a workgroup */
#define VC_LINEAR_MATRIX_STEP  32  /* how much of in is shared at a time */

struct vc_linear_push
{
  uint rows;
  uint in_width;
  uint out_width;  /* elements in a row of y */
  uint first_out;  /* the place in it of the first output of these weights */
  uint outs;       /* outputs of these weights */
};

#endif
