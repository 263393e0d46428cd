/* listener.c: a tower that reads a prompt in both directions before anything is drawn */

#include "model/listener.h"

#include <string.h>

#include "model/view.h"

void
vc_listener_load (VcListener         *listener,
                  VcLoader           *loader,
                  const VcBlockNames *names,
                  const VcGptConfig  *config)
{
  const uint32_t width = config->listener.width;

  listener->tower = config->listener;
  listener->words = config->words;

  vc_loader_prefix (loader, NULL);
  listener->table = vc_loader_matrix (loader, "tok_emb_txt.weight", config->text_vocab, width);
  listener->places = vc_loader_matrix (loader, "pos_emb_txt.weight", config->words, width);
  if (config->greeted)
    listener->first = vc_norm_load (loader, "ln_emb_txt", width);
  listener->last = vc_norm_load (loader, "encoder.ln_f", width);

  listener->blocks = g_new0 (VcBlock, listener->tower.layers);
  for (uint32_t layer = 0; layer < listener->tower.layers; layer++)
    {
      vc_loader_prefix (loader, "encoder.blocks.%u.", layer);
      listener->blocks[layer] = vc_block_load (loader, names, &listener->tower);
    }
}

void
vc_listener_clear (VcListener *listener)
{
  g_clear_pointer (&listener->blocks, g_free);
}

gsize
vc_listener_room (const VcListener *listener,
                  uint32_t          prompts)
{
  const VcTower *tower = &listener->tower;
  const gsize rows = (gsize) prompts * listener->words;

  return vc_scratch_room (tower, prompts, listener->words) +
         vc_memory_room (tower, prompts, listener->words) + vc_arena_room (VC_U32, rows) +
         vc_arena_room (VC_F32, rows * tower->width) + vc_arena_room (VC_F32, rows * 2 * tower->width);
}

VcHearing
vc_listener_take (const VcListener *listener,
                  VcArena          *arena,
                  uint32_t          prompts)
{
  const VcTower *tower = &listener->tower;
  const uint32_t rows = prompts * listener->words;

  return (VcHearing) {
    .scratch = vc_scratch_take (arena, tower, prompts, listener->words),
    .memory = vc_memory_take (arena, tower, prompts, listener->words),
    .words = vc_arena_take (arena, VC_U32, 1, rows),
    .states = vc_arena_take (arena, VC_F32, rows, tower->width),
    .both = vc_arena_take (arena, VC_F32, rows, 2 * tower->width),
  };
}

void
vc_listener_fill (const VcListener *listener,
                  const uint32_t   *ids,
                  uint32_t          prompts,
                  uint32_t          pad,
                  uint32_t         *bits)
{
  const uint32_t width = vc_view_words (listener->words);

  memset (bits, 0, (gsize) prompts * width * sizeof *bits);
  for (uint32_t prompt = 0; prompt < prompts; prompt++)
    for (uint32_t i = 0; i < listener->words; i++)
      if (ids[prompt * listener->words + i] != pad)
        bits[prompt * width + i / 32] |= 1u << i % 32;

  /* softmax needs one at least: a prompt without a word listens to its first place */
  for (uint32_t prompt = 0; prompt < prompts; prompt++)
    bits[prompt * width] |= 1;
}

void
vc_listener_record (VcRecorder       *rec,
                    const VcListener *listener,
                    const VcHearing  *hearing,
                    const VcSight    *sight)
{
  const VcTower *tower = &listener->tower;
  const VcScratch *s = &hearing->scratch;
  const gboolean greeted = listener->first.gain.buffer != NULL;

  vc_op_embed (rec, &hearing->words, &listener->table, &listener->places, 0, listener->words,
               greeted ? &s->h : &s->x);
  if (greeted)
    vc_op_layernorm (rec, &s->h, &listener->first.gain, &listener->first.bias, &s->x, tower->epsilon);
  for (uint32_t layer = 0; layer < tower->layers; layer++)
    vc_block_forward (rec, &listener->blocks[layer], tower, s, &hearing->memory, 0, sight, NULL);
  vc_op_layernorm (rec, &s->x, &listener->last.gain, &listener->last.bias, &hearing->states,
                   tower->epsilon);
}
