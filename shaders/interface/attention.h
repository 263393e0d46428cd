/* Read by compute/ops/attention.c, by the host kernel and by attention.comp: scalars only. */
#ifndef VC_INTERFACE_ATTENTION_H
#define VC_INTERFACE_ATTENTION_H

#include "interface.h"

#define VC_ATTENTION_GROUP      0  /* constant_id: invocations in a workgroup, a power of two */
#define VC_ATTENTION_HEAD_WIDTH 1  /* constant_id */
#define VC_ATTENTION_QUERIES    2  /* constant_id: many tokens: those of one workgroup; few: 1 */
#define VC_ATTENTION_CAUSAL     3  /* constant_id: 1 where a token sees the places up to its own only */
#define VC_ATTENTION_SIGHTED    4  /* constant_id: 1 where bits say which of them */
#define VC_ATTENTION_KEYS       5  /* attention_tiles: constant_id: keys of a chunk; a multiple of 8 */
#define VC_ATTENTION_PARTS      6  /* attention_tiles: constant_id: keys of a part */

#define VC_ATTENTION_CHUNK 256  /* few tokens: keys between two looks at the greatest score so far … */
#define VC_ATTENTION_PART  16   /* … of which so many are added up, and then their sums */

#define VC_ATTENTION_WIDEST 64  /* attention_tiles: the widest head that it takes */

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
