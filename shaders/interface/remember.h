/* Read by compute/ops/remember.c, by the host kernel and by remember.comp: scalars only. */
#ifndef VC_INTERFACE_REMEMBER_H
#define VC_INTERFACE_REMEMBER_H

#include "interface.h"

#define VC_REMEMBER_GROUP 256  /* invocations in a workgroup, an element of qkv each */

struct vc_remember_push
{
  uint rows;        /* count * tokens */
  uint tokens;
  uint heads;
  uint head_width;
  uint capacity;    /* places that k and v have */
  uint at;          /* the first token's place */
  uint first;       /* part: 0 query, 1 key, 2 value */
  uint parts;       /* side by side, from the first on */
};

#endif
