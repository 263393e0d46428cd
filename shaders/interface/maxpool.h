/* Read by compute/ops/maxpool.c, by the host kernel and by maxpool.comp: scalars only. */
#ifndef VC_INTERFACE_MAXPOOL_H
#define VC_INTERFACE_MAXPOOL_H

#include "interface.h"

#define VC_MAXPOOL_GROUP 128  /* invocations in a workgroup, an element of y each */

struct vc_maxpool_push
{
  uint lines;     /* of y: count * height */
  uint width;     /* of y */
  uint channels;
};

#endif
