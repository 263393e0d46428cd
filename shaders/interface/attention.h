/* Read by compute/ops/attention.c, by the host kernel and by attention.comp: scalars only. */
#ifndef VC_INTERFACE_ATTENTION_H
#define VC_INTERFACE_ATTENTION_H

#include "interface.h"

#define VC_ATTENTION_GROUP      0  /* constant_id: invocations in a workgroup, a key each: a power of two */
#define VC_ATTENTION_HEAD_WIDTH 1  /* constant_id */
#define VC_ATTENTION_QUERIES    2  /* constant_id: tokens of one workgroup */
#define VC_ATTENTION_CAUSAL     3  /* constant_id: 1 where a token sees the places up to its own only */
#define VC_ATTENTION_SIGHTED    4  /* constant_id: 1 where bits say which of them */

struct vc_attention_push
{
  uint  count;
  uint  heads;
  uint  tokens;
  uint  head_width;
  uint  capacity;  /* places that k and v have */
  uint  keys;      /* places that are filled */
  float scale;     /* 1 / sqrt (head width) */
  uint  sight_words;   /* of a row of bits */
  uint  sight_first;   /* the row of the first token of the first sequence */
  uint  sight_along;   /* rows from token to token */
  uint  sight_across;  /* rows from sequence to sequence */
};

#endif
