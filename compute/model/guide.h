/* guide.h: which token comes next: guidance, temperature, top-k, top-p, and the seeded random stream */
#pragma once

#include "model/dalle.h"

G_BEGIN_DECLS

/* What a random number is for: each use has its own stream. */
typedef enum
{
  VC_STREAM_PICTURE,
  VC_STREAM_WORDS,
} VcStream;

/**
 * vc_philox:
 *
 * Philox4x32-10 [Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"]: four
 * words that depend on counter and key alone, so that token 200 of seed 7 can be drawn without the 199
 * before it.
 */
void     vc_philox        (const uint32_t    counter[4],
                           const uint32_t    key[2],
                           uint32_t          words[4]);

/* Uniform in [0, 1), 53 bits. */
double   vc_guide_uniform (uint64_t          seed,
                           VcStream          stream,
                           uint64_t          index);

/* cond = uncond + guidance * (cond - uncond), each of @vocab logits */
void     vc_guide_blend   (float            *cond,
                           const float      *uncond,
                           uint32_t          vocab,
                           float             guidance);

/**
 * vc_guide_draw:
 * @logits: (vocab)
 * @sampling: its guidance is not looked at
 * @u: in [0, 1)
 *
 * The token at @u of the distribution softmax (logits / temperature), after all but the top_k likeliest
 * tokens and then all but the likeliest that together reach top_p are left out. Tokens as likely as the
 * last one kept are kept too, so that nothing depends on an order among equals. top_k of 1 is the
 * argmax. A logit that is not a number is never drawn.
 *
 * Takes O(vocab), and O(k log k) for top_p. Any thread.
 */
uint32_t vc_guide_draw    (const float      *logits,
                           uint32_t          vocab,
                           const VcSampling *sampling,
                           double            u);

G_END_DECLS
