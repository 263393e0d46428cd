/* gpt.h: a language model over words, then picture tokens, one at a time
 *
 * The words come first in one sequence (minDALL-E, ruDALL-E), or a listener reads them and what it says is
 * looked at by every token (DALL·E mini): the configuration tells.
 */
#pragma once

#include "model/listener.h"

G_BEGIN_DECLS

/* minDALL-E's second stage [kakaobrain/minDALL-E, stage2/transformer.py] and what its relatives add. */
typedef struct
{
  VcDevice    *device;        /* borrowed */
  VcGptConfig  config;
  VcArena     *arena;         /* owned: all tensors below */
  VcListener   listener;      /* without layers where the words come first */
  VcTensor     word_table;    /* (text vocab, width), where they do */
  VcTensor     word_places;   /* (words, width) */
  VcTensor     token_table;   /* (image vocab, width) */
  VcTensor     token_places;  /* (tokens, width) */
  VcBlock     *blocks;        /* owned; tower.layers of them */
  VcNorm       token_first;   /* of the tokens' embeddings; its gain without a buffer where there is none */
  VcNorm       last;
  VcNorm       head_norm;     /* where the heads are normed */
  VcLinear     word_head;     /* (text vocab, width), where the words come first */
  VcLinear     token_head;    /* (image vocab, width) */
  VcArena     *sights;        /* owned: the bits below; NULL where every layer sees all */
  VcTensor     sight[VC_N_VIEWS];  /* (places, words of bits) of those views that a layer has */
} VcGpt;

/* Two languages in one sequence: words first, then tokens. */
typedef enum
{
  VC_WORDS,
  VC_TOKENS,
} VcTongue;

/* What it has read so far, in a few sequences at once. Thread: the device's maker's. */
typedef struct _VcReading VcReading;

/**
 * vc_gpt_load:
 *
 * Errors: %VC_ERROR_BAD_MODEL, %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 */
VcGpt     *vc_gpt_load        (VcDevice           *device,
                               VcWeights          *weights,
                               const VcGptConfig  *config,
                               GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void       vc_gpt_free        (VcGpt              *gpt);

/* Ids of a tongue are below it. */
uint32_t   vc_gpt_get_vocab   (const VcGpt        *gpt,
                               VcTongue            tongue);

/* Bytes of the matrices that one more token is multiplied with, its head's among them. */
gsize      vc_gpt_get_step_bytes (const VcGpt     *gpt);

/**
 * vc_reading_new:
 * @prompts: different texts
 * @copies:  sequences of each; prompts * copies is at most %VC_FEW_ROWS
 *
 * Room for @prompts * @copies sequences of all words and tokens, those of one prompt side by side.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY.
 */
VcReading *vc_reading_new     (const VcGpt        *gpt,
                               uint32_t            prompts,
                               uint32_t            copies,
                               GError            **error) G_GNUC_WARN_UNUSED_RESULT;
/* Bytes of the device that it takes, and beginning it. */
gsize      vc_reading_get_room (const VcGptConfig *config,
                                uint32_t           prompts,
                                uint32_t           copies);
void       vc_reading_free    (VcReading          *reading);

/**
 * vc_reading_begin:
 * @ids:    (prompts, count)  words: asserted to be in the vocabulary
 * @count:  1 to all words; all of them where a listener reads them
 * @next:   which tongue's logits are wanted: with a listener only tokens'
 * @logits: (prompts, vocab)  of what follows
 *
 * Reads the prompts, at once, from the first place. What was read before is forgotten.
 *
 * Errors: %VC_ERROR_DEVICE_LOST, %VC_ERROR_OUT_OF_MEMORY.
 */
gboolean   vc_reading_begin   (VcReading          *reading,
                               const uint32_t     *ids,
                               uint32_t            count,
                               VcTongue            next,
                               float              *logits,
                               GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_reading_go_on:
 * @tongue: of the ids; words are followed by tokens only when all words are there
 * @ids:    (prompts * copies)  one for each sequence
 * @next:   which tongue's logits are wanted
 * @logits: (prompts * copies, vocab)  of what follows; %NULL when nobody asks
 *
 * Each sequence is computed by the same steps whatever the others are and however many there are.
 *
 * Errors: as vc_reading_begin().
 */
gboolean   vc_reading_go_on   (VcReading          *reading,
                               VcTongue            tongue,
                               const uint32_t     *ids,
                               VcTongue            next,
                               float              *logits,
                               GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Places read so far: words and tokens; with a listener the start and tokens. */
uint32_t   vc_reading_get_at  (VcReading          *reading);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcGpt, vc_gpt_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcReading, vc_reading_free)

G_END_DECLS
