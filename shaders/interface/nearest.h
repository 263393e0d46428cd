/* Read by compute/ops/nearest.c, by the host kernel and by nearest.comp: scalars only. */
#ifndef VC_INTERFACE_NEAREST_H
#define VC_INTERFACE_NEAREST_H

#include "interface.h"

#define VC_NEAREST_GROUP 0  /* constant_id: invocations that share a table, a power of two */

#define VC_NEAREST_TILE  4  /* rows of a workgroup */

struct vc_nearest_push
{
  uint rows;
  uint codes;
  uint width;
};

#endif
