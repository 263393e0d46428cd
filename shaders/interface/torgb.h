/* Read by compute/ops/torgb.c, by the host kernel and by torgb.comp: scalars only. */
#ifndef VC_INTERFACE_TORGB_H
#define VC_INTERFACE_TORGB_H

#include "interface.h"

#define VC_TORGB_GROUP 0  /* constant_id: pixels that a workgroup writes */

struct vc_torgb_push
{
  uint  pixels;
  float scale;
  float shift;
};

#endif
