/* Read by compute/ops/layernorm.c, by the host kernel and by layernorm.comp: scalars only. */
#ifndef VC_INTERFACE_LAYERNORM_H
#define VC_INTERFACE_LAYERNORM_H

#include "interface.h"

#define VC_LAYERNORM_GROUP 0  /* constant_id: invocations per row, a power of two */

struct vc_layernorm_push
{
  uint  rows;
  uint  width;    /* elements in one row */
  float epsilon;  /* added to the variance; greater than 0 */
};

#endif
