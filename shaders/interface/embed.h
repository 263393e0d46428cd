/* Read by compute/ops/embed.c, by the host kernel and by embed.comp: scalars only. */
#ifndef VC_INTERFACE_EMBED_H
#define VC_INTERFACE_EMBED_H

#include "interface.h"

#define VC_EMBED_GROUP 256  /* invocations in a workgroup, an element of y each */
#define VC_EMBED_PLACED 0   /* constant_id: 1 with positions, 0 without */

struct vc_embed_push
{
  uint rows;
  uint width;  /* elements in one row */
  uint first;  /* place of the first row */
  uint cycle;  /* rows after which places begin again */
  uint begin;  /* of all ids, the one that this part of the table begins with */
  uint end;    /* and the one that it ends before */
};

#endif
