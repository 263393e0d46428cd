/* Read by compute/ops/add.c, by the host kernel and by add.comp: scalars only. */
#ifndef VC_INTERFACE_ADD_H
#define VC_INTERFACE_ADD_H

#include "interface.h"

#define VC_ADD_GROUP 256  /* invocations in a workgroup, an element each */

struct vc_add_push
{
  uint  count;  /* elements */
  float scale;  /* of the second */
};

#endif
