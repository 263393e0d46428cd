/* Read by compute/ops/repeat.c, by the host kernel and by repeat.comp: scalars only. */
#ifndef VC_INTERFACE_REPEAT_H
#define VC_INTERFACE_REPEAT_H

#include "interface.h"

#define VC_REPEAT_GROUP 256  /* invocations in a workgroup, an element of y each */

struct vc_repeat_push
{
  uint rows;   /* of x */
  uint width;  /* elements in one row */
  uint times;  /* that each row comes in y */
};

#endif
