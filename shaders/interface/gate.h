/* Read by compute/ops/gate.c, by the host kernel and by gate.comp: scalars only. */
#ifndef VC_INTERFACE_GATE_H
#define VC_INTERFACE_GATE_H

#include "interface.h"

#define VC_GATE_GROUP 256  /* invocations in a workgroup, an element of y each */
#define VC_GATE_KIND 0     /* constant_id: a VcActivation */

struct vc_gate_push
{
  uint rows;
  uint width;  /* of y: half of that of x */
};

#endif
