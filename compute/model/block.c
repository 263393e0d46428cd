/* block.c: one transformer block, the only one in the house */

#include "model/block.h"

VcNorm
vc_norm_load (VcLoader   *loader,
              const char *name,
              uint32_t    width)
{
  g_autofree char *gain = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  return (VcNorm) {
    .gain = vc_loader_vector (loader, gain, width),
    .bias = vc_loader_vector (loader, bias, width),
  };
}

VcLinear
vc_linear_load (VcLoader   *loader,
                const char *name,
                uint32_t    out,
                uint32_t    in)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);

  return (VcLinear) {
    .weight = vc_loader_matrix (loader, weight, out, in),
    .bias = vc_loader_vector (loader, bias, out),
  };
}

VcLinear
vc_linear_load_stack (VcLoader           *loader,
                      const char * const *names,
                      uint32_t            out,
                      uint32_t            in,
                      gboolean            bare)
{
  const guint n = g_strv_length ((char **) names);
  g_auto(GStrv) weights = g_new0 (char *, n + 1);
  g_auto(GStrv) biases = g_new0 (char *, n + 1);
  VcLinear linear = { 0 };

  for (guint i = 0; i < n; i++)
    {
      weights[i] = g_strconcat (names[i], ".weight", NULL);
      biases[i] = g_strconcat (names[i], ".bias", NULL);
    }

  linear.weight = vc_loader_stack (loader, (const char * const *) weights, out, in);
  if (!bare)
    linear.bias = vc_loader_stack_vector (loader, (const char * const *) biases, out);

  return linear;
}

void
vc_linear_apply (VcRecorder     *rec,
                 const VcTensor *x,
                 const VcLinear *linear,
                 const VcTensor *y)
{
  vc_op_linear (rec, x, &linear->weight, linear->bias.buffer != NULL ? &linear->bias : NULL, y);
}

static void
apply_norm (VcRecorder     *rec,
            const VcTensor *x,
            const VcNorm   *norm,
            const VcTower  *tower,
            const VcTensor *y)
{
  vc_op_layernorm (rec, x, &norm->gain, &norm->bias, y, tower->epsilon);
}

static void
load_crossed (VcLoader           *loader,
              const VcBlockNames *names,
              const VcTower      *tower,
              VcBlock            *block)
{
  const uint32_t width = tower->width;

  block->cross_norm = vc_norm_load (loader, names->cross_norm, width);
  block->ask = vc_linear_load_stack (loader, VC_NAMES (names->cross_query), width, width, tower->bare);
  block->hear = vc_linear_load_stack (loader, VC_NAMES (names->cross_key, names->cross_value), width,
                                      width, tower->bare);
  block->cross_proj = vc_linear_load_stack (loader, VC_NAMES (names->cross_proj), width, width, tower->bare);
  if (tower->mix_normed)
    block->after_cross = vc_norm_load (loader, names->after_cross, width);
}

void
vc_block_set_coarse (VcBlock  *block,
                     gboolean  coarse)
{
  block->qkv.weight.coarse = block->proj.weight.coarse = coarse;
  block->up.weight.coarse = block->down.weight.coarse = coarse;
}

VcBlock
vc_block_load (VcLoader           *loader,
               const VcBlockNames *names,
               const VcTower      *tower)
{
  const uint32_t width = tower->width;
  const gboolean bare = tower->bare;
  VcBlock block = {
    .ln1 = vc_norm_load (loader, names->ln1, width),
    .qkv = vc_linear_load_stack (loader, VC_NAMES (names->query, names->key, names->value), width, width,
                                 bare),
    .proj = vc_linear_load_stack (loader, VC_NAMES (names->proj), width, width, bare),
    .ln2 = vc_norm_load (loader, names->ln2, width),
    .down = vc_linear_load_stack (loader, VC_NAMES (names->down), width, tower->hidden, bare),
  };

  if (tower->mix_normed)
    block.after_mix = vc_norm_load (loader, names->after_mix, width);
  if (tower->crossed)
    load_crossed (loader, names, tower, &block);
  if (tower->gated)
    {
      block.up = vc_linear_load_stack (loader, VC_NAMES (names->gate, names->up), tower->hidden, width, bare);
      block.opened = vc_norm_load (loader, names->opened, tower->hidden);
    }
  else
    {
      block.up = vc_linear_load_stack (loader, VC_NAMES (names->up), tower->hidden, width, bare);
    }
  if (tower->mlp_normed)
    block.after_mlp = vc_norm_load (loader, names->after_mlp, width);
  vc_block_set_coarse (&block, tower->coarse);

  return block;
}

VcScratch
vc_scratch_take (VcArena       *arena,
                 const VcTower *tower,
                 uint32_t       count,
                 uint32_t       tokens)
{
  const uint32_t rows = count * tokens;
  const uint32_t head = tower->width / tower->heads;
  VcScratch scratch = {
    .tokens = tokens,
    .x = vc_arena_take (arena, VC_F32, rows, tower->width),
    .h = vc_arena_take (arena, VC_F32, rows, tower->width),
    .qkv = vc_arena_take (arena, VC_F32, rows, 3 * tower->width),
    .q = vc_arena_take4 (arena, VC_F32, count, tower->heads, tokens, head),
    .mix = vc_arena_take (arena, VC_F32, rows, tower->width),
    .sum = vc_arena_take (arena, VC_F32, rows, tower->width),
    .wide = vc_arena_take (arena, VC_F32, rows, tower->hidden * (tower->gated ? 2 : 1)),
    .bent = vc_arena_take (arena, VC_F32, rows, tower->hidden),
  };

  if (tower->crossed)
    scratch.heard = vc_arena_take (arena, VC_F32, rows, tower->width);

  return scratch;
}

gsize
vc_scratch_room (const VcTower *tower,
                 uint32_t       count,
                 uint32_t       tokens)
{
  const gsize rows = (gsize) count * tokens;

  return (tower->crossed ? 6 : 5) * vc_arena_room (VC_F32, rows * tower->width) +
         vc_arena_room (VC_F32, rows * 3 * tower->width) +
         vc_arena_room (VC_F32, rows * tower->hidden * (tower->gated ? 2 : 1)) +
         vc_arena_room (VC_F32, rows * tower->hidden);
}

VcTensor
vc_scratch_narrow (const VcTensor *tensor,
                   uint32_t        rows,
                   uint32_t        width)
{
  VcTensor view = *tensor;

  g_assert ((gsize) rows * width <= vc_tensor_elements (tensor));

  view.size[0] = view.size[1] = 1;
  view.size[2] = rows;
  view.size[3] = width;

  return view;
}

/* @from with what has been gathered in s->mix: projected, normed where the tower does so, and added. */
static void
add_mix (VcRecorder      *rec,
         const VcTower   *tower,
         const VcScratch *s,
         const VcLinear  *proj,
         const VcNorm    *after,
         const VcTensor  *from,
         const VcTensor  *to)
{
  vc_linear_apply (rec, &s->mix, proj, &s->h);
  if (tower->mix_normed)
    apply_norm (rec, &s->h, after, tower, &s->mix);
  vc_op_add (rec, from, tower->mix_normed ? &s->mix : &s->h, to);
}

/* Sequences of one prompt are as the tokens of one to what it says, which all of them may see. */
static void
look (VcRecorder      *rec,
      const VcBlock   *b,
      const VcTower   *tower,
      const VcScratch *s,
      const VcHeard   *heard)
{
  const uint32_t rows = vc_tensor_rows (&s->x);
  const uint32_t prompts = heard->memory.k.size[0];
  VcTensor q = s->q;

  g_assert (rows % prompts == 0);
  q.size[0] = prompts;
  q.size[2] = rows / prompts;

  apply_norm      (rec, &s->sum, &b->cross_norm, tower, &s->h);
  vc_linear_apply (rec, &s->h, &b->ask, &s->mix);
  vc_op_remember  (rec, &s->mix, 0, &q, NULL, NULL);
  vc_op_attention (rec, &q, &heard->memory.k, &heard->memory.v, heard->memory.k.size[2], FALSE,
                   &heard->sight, &s->mix);
  add_mix         (rec, tower, s, &b->cross_proj, &b->after_cross, &s->sum, &s->heard);
}

void
vc_block_hear (VcRecorder     *rec,
               const VcBlock  *block,
               const VcTensor *states,
               const VcTensor *both,
               const VcMemory *memory)
{
  vc_linear_apply (rec, states, &block->hear, both);
  vc_op_remember  (rec, both, 0, NULL, &memory->k, &memory->v);
}

void
vc_block_forward (VcRecorder      *rec,
                  const VcBlock   *b,
                  const VcTower   *tower,
                  const VcScratch *s,
                  const VcMemory  *memory,
                  uint32_t         at,
                  const VcSight   *sight,
                  const VcHeard   *heard)
{
  const VcTensor *from = tower->crossed ? &s->heard : &s->sum;

  g_assert (tower->crossed == (heard != NULL));

  apply_norm      (rec, &s->x, &b->ln1, tower, &s->h);
  vc_linear_apply (rec, &s->h, &b->qkv, &s->qkv);
  vc_op_remember  (rec, &s->qkv, at, &s->q, &memory->k, &memory->v);
  vc_op_attention (rec, &s->q, &memory->k, &memory->v, at + s->tokens, tower->causal, sight, &s->mix);
  add_mix         (rec, tower, s, &b->proj, &b->after_mix, &s->x, &s->sum);

  if (tower->crossed)
    look (rec, b, tower, s, heard);

  apply_norm      (rec, from, &b->ln2, tower, &s->h);
  if (tower->gated)
    {
      const VcTensor opened = vc_scratch_narrow (&s->wide, vc_tensor_rows (&s->bent), tower->hidden);

      vc_linear_apply (rec, &s->h, &b->up, &s->wide);
      vc_op_gate      (rec, tower->activation, &s->wide, &s->bent);
      apply_norm      (rec, &s->bent, &b->opened, tower, &opened);
      vc_linear_apply (rec, &opened, &b->down, &s->h);
    }
  else
    {
      vc_op_linear_then (rec, &s->h, &b->up.weight, b->up.bias.buffer != NULL ? &b->up.bias : NULL,
                         tower->activation, &s->bent);
      vc_linear_apply (rec, &s->bent, &b->down, &s->h);
    }
  if (tower->mlp_normed)
    apply_norm (rec, &s->h, &b->after_mlp, tower, &s->mix);
  vc_op_add (rec, from, tower->mlp_normed ? &s->mix : &s->h, &s->x);
}
