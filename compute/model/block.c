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

/* Three projections of one input as one. */
static VcLinear
load_fused (VcLoader           *loader,
            const VcBlockNames *names,
            uint32_t            width)
{
  const char *parts[] = { names->query, names->key, names->value };
  g_auto(GStrv) weights = g_new0 (char *, G_N_ELEMENTS (parts) + 1);
  g_auto(GStrv) biases = g_new0 (char *, G_N_ELEMENTS (parts) + 1);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      weights[i] = g_strconcat (parts[i], ".weight", NULL);
      biases[i] = g_strconcat (parts[i], ".bias", NULL);
    }

  return (VcLinear) {
    .weight = vc_loader_stack (loader, (const char * const *) weights, width, width),
    .bias = vc_loader_stack_vector (loader, (const char * const *) biases, width),
  };
}

VcBlock
vc_block_load (VcLoader           *loader,
               const VcBlockNames *names,
               const VcTower      *tower)
{
  return (VcBlock) {
    .ln1 = vc_norm_load (loader, names->ln1, tower->width),
    .qkv = load_fused (loader, names, tower->width),
    .proj = vc_linear_load (loader, names->proj, tower->width, tower->width),
    .ln2 = vc_norm_load (loader, names->ln2, tower->width),
    .up = vc_linear_load (loader, names->up, tower->hidden, tower->width),
    .down = vc_linear_load (loader, names->down, tower->width, tower->hidden),
  };
}

VcScratch
vc_scratch_take (VcArena       *arena,
                 const VcTower *tower,
                 uint32_t       count,
                 uint32_t       tokens)
{
  const uint32_t rows = count * tokens;
  const uint32_t head = tower->width / tower->heads;

  return (VcScratch) {
    .tokens = tokens,
    .x = vc_arena_take (arena, VC_F32, rows, tower->width),
    .h = vc_arena_take (arena, VC_F32, rows, tower->width),
    .qkv = vc_arena_take (arena, VC_F32, rows, 3 * tower->width),
    .q = vc_arena_take4 (arena, VC_F32, count, tower->heads, tokens, head),
    .mix = vc_arena_take (arena, VC_F32, rows, tower->width),
    .sum = vc_arena_take (arena, VC_F32, rows, tower->width),
    .wide = vc_arena_take (arena, VC_F32, rows, tower->hidden),
    .bent = vc_arena_take (arena, VC_F32, rows, tower->hidden),
  };
}

gsize
vc_scratch_room (const VcTower *tower,
                 uint32_t       count,
                 uint32_t       tokens)
{
  const gsize rows = (gsize) count * tokens;

  return 5 * vc_arena_room (VC_F32, rows * tower->width) +
         vc_arena_room (VC_F32, rows * 3 * tower->width) +
         2 * vc_arena_room (VC_F32, rows * tower->hidden);
}

void
vc_block_forward (VcRecorder      *rec,
                  const VcBlock   *b,
                  const VcTower   *tower,
                  const VcScratch *s,
                  const VcMemory  *memory,
                  uint32_t         at)
{
  vc_op_layernorm (rec, &s->x, &b->ln1.gain, &b->ln1.bias, &s->h, tower->epsilon);
  vc_op_linear    (rec, &s->h, &b->qkv.weight, &b->qkv.bias, &s->qkv);
  vc_op_remember  (rec, &s->qkv, at, &s->q, &memory->k, &memory->v);
  vc_op_attention (rec, &s->q, &memory->k, &memory->v, at + s->tokens, tower->causal, NULL, &s->mix);
  vc_op_linear    (rec, &s->mix, &b->proj.weight, &b->proj.bias, &s->h);
  vc_op_add       (rec, &s->x, &s->h, &s->sum);

  vc_op_layernorm (rec, &s->sum, &b->ln2.gain, &b->ln2.bias, &s->h, tower->epsilon);
  vc_op_linear    (rec, &s->h, &b->up.weight, &b->up.bias, &s->wide);
  vc_op_activate  (rec, tower->activation, &s->wide, &s->bent);
  vc_op_linear    (rec, &s->bent, &b->down.weight, &b->down.bias, &s->h);
  vc_op_add       (rec, &s->sum, &s->h, &s->x);
}
