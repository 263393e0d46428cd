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

/* weight: (out, in)   bias: (out) f32; without a buffer where there is none */
typedef struct
{
  VcTensor weight;
  VcTensor bias;
} VcLinear;

/* [Vaswani et al. 2017], the norms before what they norm [GPT-2]. Which of its parts a block has, its
 * tower says: the norms after, what is crossed, and the gate with its norm are not in all. */
typedef struct
{
  VcNorm   ln1;
  VcLinear qkv;         /* query, key, value: (3 * width, width) */
  VcLinear proj;
  VcNorm   after_mix;

  VcNorm   cross_norm;
  VcLinear ask;         /* query: (width, width) */
  VcLinear hear;        /* key, value of what the other tower says: (2 * width, width) */
  VcLinear cross_proj;
  VcNorm   after_cross;

  VcNorm   ln2;
  VcLinear up;          /* (hidden, width); gated: gate, then up: (2 * hidden, width) */
  VcNorm   opened;      /* of what the gate let through */
  VcLinear down;        /* (width, hidden) */
  VcNorm   after_mlp;
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

  const char *after_mix;
  const char *cross_norm;
  const char *cross_query;
  const char *cross_key;
  const char *cross_value;
  const char *cross_proj;
  const char *after_cross;
  const char *gate;
  const char *opened;
  const char *after_mlp;
} VcBlockNames;

/* What another tower said about each prompt, as a block looks at it. */
typedef struct
{
  VcMemory memory;    /* (prompts, heads, words, head width) */
  VcSight  sight;     /* a row of bits a prompt: which words count */
} VcHeard;

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
  VcTensor heard;   /* (rows, width), where the tower is crossed */
  VcTensor wide;    /* (rows, hidden), twice as wide where it is gated */
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
/* Several matrices of one input, one under another. @bare: they have no biases. */
VcLinear  vc_linear_load_stack (VcLoader        *loader,
                            const char * const *names,
                            uint32_t             out,
                            uint32_t             in,
                            gboolean             bare);
/* Whether its products may be coarse: see VcTensor. */
void      vc_block_set_coarse (VcBlock          *block,
                            gboolean             coarse);
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
 * @sight:   (nullable): which places are seen of those that the tower lets a token see
 * @heard:   what is looked at where the tower is crossed, else %NULL; sequences of one prompt are side by side
 */
void      vc_block_forward (VcRecorder          *rec,
                            const VcBlock       *block,
                            const VcTower       *tower,
                            const VcScratch     *scratch,
                            const VcMemory      *memory,
                            uint32_t             at,
                            const VcSight       *sight,
                            const VcHeard       *heard);

/**
 * vc_block_hear:
 * @states: (prompts * words, width)  what the other tower says
 * @both:   (prompts * words, 2 * width)  filled on the way
 * @memory: (prompts, heads, words, head width)  filled
 *
 * The keys and values of a crossed block: the same for everything that is drawn after one prompt.
 */
void      vc_block_hear    (VcRecorder          *rec,
                            const VcBlock       *block,
                            const VcTensor      *states,
                            const VcTensor      *both,
                            const VcMemory      *memory);

/* The first @rows rows of a tensor, each @width wide, whatever it was made for. */
VcTensor  vc_scratch_narrow (const VcTensor     *tensor,
                            uint32_t             rows,
                            uint32_t             width);
void      vc_linear_apply  (VcRecorder          *rec,
                            const VcTensor      *x,
                            const VcLinear      *linear,
                            const VcTensor      *y);

G_END_DECLS
