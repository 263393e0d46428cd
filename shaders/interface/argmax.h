/* Read by compute/ops/argmax.c, by the host kernel and by argmax.comp: scalars only. */
#ifndef VC_INTERFACE_ARGMAX_H
#define VC_INTERFACE_ARGMAX_H

#include "interface.h"

#define VC_ARGMAX_GROUP 0  /* constant_id: invocations per row, a power of two */

struct vc_argmax_push
{
  uint rows;
  uint width;
};

#endif
