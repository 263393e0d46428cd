/* Read by compute/ops/conv2d.c, by the host kernel and by conv2d.comp: scalars only. */
#ifndef VC_INTERFACE_CONV2D_H
#define VC_INTERFACE_CONV2D_H

#include "interface.h"

#define VC_CONV2D_GROUP 0  /* constant_id: invocations, SPAN * SPAN */
#define VC_CONV2D_SPAN  1  /* constant_id: invocations along a side of the tile: 8 or 16 */
#define VC_CONV2D_BIAS  2  /* constant_id: 1 if there is a bias */
#define VC_CONV2D_LINES   3  /* conv2d_tiles: constant_id: 1 where a filter's line lies in one piece in x */
#define VC_CONV2D_OUTPUTS 4  /* conv2d_tiles: constant_id: outputs of one invocation: 4 or 8 */

#define VC_CONV2D_EACH  4  /* pixels, and outputs, of one invocation: a tile's side is SPAN * EACH */

#define VC_CONV2D_PIXELS 8  /* conv2d_tiles: pixels of one invocation */

struct vc_conv2d_push
{
  uint pixels;      /* count * out_height * out_width */
  uint height;
  uint width;
  uint inputs;      /* channels of x */
  uint out_height;
  uint out_width;
  uint outputs;     /* channels of y */
  uint side;        /* of the kernel */
  uint stride;
  uint before;      /* zeros above and at the left */
};

#endif
