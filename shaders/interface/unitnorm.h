/* Read by compute/ops/unitnorm.c, by the host kernel and by unitnorm.comp: scalars only. */
#ifndef VC_INTERFACE_UNITNORM_H
#define VC_INTERFACE_UNITNORM_H

#include "interface.h"

#define VC_UNITNORM_GROUP 0  /* constant_id: invocations per row, a power of two */

struct vc_unitnorm_push
{
  uint rows;
  uint width;  /* elements in one row */
};

#endif
