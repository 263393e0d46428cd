/* Read by compute/ops/assemble.c, by the host kernel and by assemble.comp: scalars only. */
#ifndef VC_INTERFACE_ASSEMBLE_H
#define VC_INTERFACE_ASSEMBLE_H

#include "interface.h"

#define VC_ASSEMBLE_GROUP 256  /* invocations in a workgroup, an element of y each */

struct vc_assemble_push
{
  uint count;   /* pictures */
  uint tokens;  /* of a picture: its patches and one */
  uint width;   /* elements in one row */
};

#endif
