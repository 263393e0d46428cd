/* Read by compute/ops/groupnorm.c, by the host kernel and by groupnorm.comp: scalars only. */
#ifndef VC_INTERFACE_GROUPNORM_H
#define VC_INTERFACE_GROUPNORM_H

#include "interface.h"

#define VC_GROUPNORM_GROUP 0  /* constant_id: invocations per group of channels, a power of two */
#define VC_GROUPNORM_SILU  1  /* constant_id: 1 if x σ(x) follows */
#define VC_GROUPNORM_FOURS 2  /* constant_id: 1 where groups are whole vectors of channels */

struct vc_groupnorm_push
{
  uint  count;
  uint  pixels;    /* of one picture */
  uint  channels;
  uint  groups;
  float epsilon;   /* added to the variance; greater than 0 */
};

#endif
