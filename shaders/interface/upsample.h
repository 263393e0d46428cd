/* Read by compute/ops/upsample.c, by the host kernel and by upsample.comp: scalars only. */
#ifndef VC_INTERFACE_UPSAMPLE_H
#define VC_INTERFACE_UPSAMPLE_H

#include "interface.h"

#define VC_UPSAMPLE_GROUP 0  /* constant_id: elements of y that a workgroup writes */

struct vc_upsample_push
{
  uint lines;     /* of x: count * height */
  uint width;     /* of x */
  uint channels;
};

#endif
