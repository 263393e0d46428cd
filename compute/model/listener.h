/* listener.h: a tower that reads a prompt in both directions before anything is drawn */
#pragma once

#include "model/block.h"

G_BEGIN_DECLS

/* The encoder of BART [Lewis et al. 2020], as DALL·E mini has it. */
typedef struct
{
  VcTower  tower;
  uint32_t words;     /* of a prompt, padding among them */
  VcTensor table;     /* (vocab, width) */
  VcTensor places;    /* (words, width) */
  VcNorm   first;     /* of the embeddings; its gain without a buffer where there is none */
  VcBlock *blocks;    /* owned */
  VcNorm   last;
} VcListener;

/* What reading @prompts prompts takes, from an arena that has vc_listener_room(). */
typedef struct
{
  VcScratch scratch;
  VcMemory  memory;
  VcTensor  words;    /* (prompts * words) u32 */
  VcTensor  states;   /* (prompts * words, width) */
  VcTensor  both;     /* (prompts * words, 2 * width): for vc_block_hear() */
} VcHearing;

void      vc_listener_load   (VcListener         *listener,
                              VcLoader           *loader,
                              const VcBlockNames *names,
                              const VcGptConfig  *config);
void      vc_listener_clear  (VcListener         *listener);

gsize     vc_listener_room   (const VcListener   *listener,
                              uint32_t            prompts);
VcHearing vc_listener_take   (const VcListener   *listener,
                              VcArena            *arena,
                              uint32_t            prompts);

/* Bits a prompt, as VcSight has them: which of its words are not @pad. */
void      vc_listener_fill   (const VcListener   *listener,
                              const uint32_t     *ids,
                              uint32_t            prompts,
                              uint32_t            pad,
                              uint32_t           *bits);

/* From hearing->words to hearing->states. @sight: whose bits vc_listener_fill() made */
void      vc_listener_record (VcRecorder         *rec,
                              const VcListener   *listener,
                              const VcHearing    *hearing,
                              const VcSight      *sight);

G_END_DECLS
