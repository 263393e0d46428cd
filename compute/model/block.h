/* block.h: one transformer block, the only one in the house */
#pragma once

#include "model/cache.h"
#include "tensor/weights.h"

G_BEGIN_DECLS

/* gain, bias: (width) f32 */
typedef struct
{
  VcTensor gain;
  VcTensor bias;
} VcNorm;

/* weight: (out, in)   bias: (out) f32 */
typedef struct
{
  VcTensor weight;
  VcTensor bias;
} VcLinear;

/* [Vaswani et al. 2017], the norms before what they norm [GPT-2] */
typedef struct
{
  VcNorm   ln1;
  VcLinear qkv;     /* query, key, value: (3 * width, width) */
  VcLinear proj;
  VcNorm   ln2;
  VcLinear up;      /* (hidden, width) */
  VcLinear down;    /* (width, hidden) */
} VcBlock;

/* What a model's file calls the parts, each without ".weight" and ".bias". */
typedef struct
{
  const char *ln1;
  const char *query;
  const char *key;
  const char *value;
  const char *proj;
  const char *ln2;
  const char *up;
  const char *down;
} VcBlockNames;

/* Activations of count sequences of tokens each: rows = count * tokens. All f32. */
typedef struct
{
  uint32_t tokens;
  VcTensor x;       /* (rows, width)  in, and out again */
  VcTensor h;       /* (rows, width) */
  VcTensor qkv;     /* (rows, 3 * width) */
  VcTensor q;       /* (count, heads, tokens, head width) */
  VcTensor mix;     /* (rows, width) */
  VcTensor sum;     /* (rows, width) */
  VcTensor wide;    /* (rows, hidden) */
  VcTensor bent;    /* (rows, hidden) */
} VcScratch;

/* The parts of a block, under the loader's prefix. */
VcNorm    vc_norm_load     (VcLoader            *loader,
                            const char          *name,
                            uint32_t             width);
VcLinear  vc_linear_load   (VcLoader            *loader,
                            const char          *name,
                            uint32_t             out,
                            uint32_t             in);
VcBlock   vc_block_load    (VcLoader            *loader,
                            const VcBlockNames  *names,
                            const VcTower       *tower);

VcScratch vc_scratch_take  (VcArena             *arena,
                            const VcTower       *tower,
                            uint32_t             count,
                            uint32_t             tokens);
gsize     vc_scratch_room  (const VcTower       *tower,
                            uint32_t             count,
                            uint32_t             tokens);

/**
 * vc_block_forward:
 * @scratch: x is what comes in and what goes out
 * @memory:  the keys and values of the tokens before @at are read, those of these tokens added
 * @at:      the place of the first token; 0 without tokens before
 */
void      vc_block_forward (VcRecorder          *rec,
                            const VcBlock       *block,
                            const VcTower       *tower,
                            const VcScratch     *scratch,
                            const VcMemory      *memory,
                            uint32_t             at);

G_END_DECLS
