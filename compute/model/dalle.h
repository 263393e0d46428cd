/* dalle.h: a language model over words and picture tokens, and the decoder that paints the tokens
 *
 * [Ramesh et al. 2021], in minDALL-E's layout (kakaobrain/minDALL-E): a GPT over text then image
 * tokens, and a VQGAN [Esser et al. 2021] between image tokens and pixels.
 */
#pragma once

#include "device.h"

G_BEGIN_DECLS

typedef struct _VcDalle VcDalle;

/**
 * VcSampling:
 * @temperature: divides the logits; greater than 0
 * @top_k: keeps the k likeliest tokens; 0 keeps all
 * @top_p: keeps the likeliest tokens that together reach p; 1 keeps all
 * @guidance: uncond + guidance * (cond - uncond); 1 asks nothing of the unconditional stream
 */
typedef struct
{
  float    temperature;
  uint32_t top_k;
  float    top_p;
  float    guidance;
} VcSampling;

/**
 * VcDalleFacts:
 * @rows, @columns: of tokens in a picture
 * @side: pixels of a picture's width and height
 * @reads: it can go on with a picture that is given: vc_dalle_read()
 * @completes: it has a language half: vc_dalle_complete()
 * @sampling: what its maker recommends
 */
typedef struct
{
  uint32_t   rows;
  uint32_t   columns;
  uint32_t   side;
  gboolean   reads;
  gboolean   completes;
  VcSampling sampling;
} VcDalleFacts;

/**
 * vc_dalle_look:
 * @directory: with config.json; nothing else of it is read
 *
 * What a model is like, without a device and without its weights. Any thread.
 *
 * Errors: %VC_ERROR_BAD_MODEL.
 */
gboolean    vc_dalle_look         (const char     *directory,
                                   VcDalleFacts   *facts,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_dalle_load:
 * @directory: config.json, stage1.safetensors, stage2.safetensors, vocab.json, merges.txt
 *
 * Errors: %VC_ERROR_BAD_MODEL says which file and what is wrong; %VC_ERROR_OUT_OF_MEMORY, before any is taken,
 * where the weights and drawing one picture need more than is free.
 */
VcDalle    *vc_dalle_load         (VcDevice       *device,
                                   const char     *directory,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_dalle_free         (VcDalle        *dalle);

uint32_t    vc_dalle_get_columns  (VcDalle        *dalle);  /* tokens in one row of a picture */
uint32_t    vc_dalle_get_rows     (VcDalle        *dalle);  /* rows of tokens */
uint32_t    vc_dalle_get_side     (VcDalle        *dalle);  /* pixels of a picture's width and height */
uint32_t    vc_dalle_get_vocab    (VcDalle        *dalle);  /* image tokens are below it */
/* SHA-256 over the SHA-256 of both weight files, in hex: which weights drew a picture. Borrowed. */
const char *vc_dalle_get_hash     (VcDalle        *dalle);
/* Bytes of weights that drawing a token reads, once for all pictures of a drawing: blocks and head. */
gsize       vc_dalle_get_step_bytes (VcDalle      *dalle);
/* What the model's maker recommends. */
VcSampling  vc_dalle_get_sampling (VcDalle        *dalle);

/* Text ids as the model reads them: cut to its context, without padding. */
uint32_t   *vc_dalle_tokenize     (VcDalle        *dalle,
                                   const char     *text,
                                   uint32_t       *n_ids) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_dalle_paint:
 * @tokens: (rows, columns)  ids below the vocabulary: asserted; those not yet drawn may be anything
 * @known:  how many of them are drawn; pixels that depend on later ones are not meaningful
 * @rgb:    (side, side, 3)  filled
 *
 * Tokens as a picture: one run of the decoder. Places not yet drawn continue the columns above them.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST.
 */
gboolean    vc_dalle_paint        (VcDalle        *dalle,
                                   const uint32_t *tokens,
                                   uint32_t        known,
                                   uint8_t        *rgb,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_dalle_learn_colours:
 *
 * One run of the decoder over random tokens, for vc_dalle_sketch(); what is painted later teaches more by itself.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST, %VC_ERROR_CANCELLED.
 */
gboolean    vc_dalle_learn_colours (VcDalle       *dalle,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * vc_dalle_sketch:
 * @tokens: (rows, columns)  of which those of the rows that are asked for are read, ids below the vocabulary
 * @first: row of tokens
 * @rows: how many, from there on
 * @rgb: (side, side, 3)  of which these rows are filled
 *
 * Tokens as squares of the colour that their codes usually have: no run of the decoder, but a millisecond at most.
 *
 * Returns: %FALSE: no colours have been learned yet, and nothing was filled. With no rows that is all that is told
 */
gboolean    vc_dalle_sketch       (VcDalle        *dalle,
                                   const uint32_t *tokens,
                                   uint32_t        first,
                                   uint32_t        rows,
                                   uint8_t        *rgb);

/**
 * vc_dalle_read:
 * @rgb: (height, width, 3)  any picture: scaled to cover the square, its centre cut out
 * @tokens: (rows, columns)  filled
 *
 * A picture as tokens: one run of the encoder.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST; %VC_ERROR_BAD_MODEL for a model without one.
 */
gboolean    vc_dalle_read         (VcDalle        *dalle,
                                   const uint8_t  *rgb,
                                   uint32_t        width,
                                   uint32_t        height,
                                   gsize           stride,
                                   uint32_t       *tokens,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_dalle_complete:
 * @text: a prompt begun
 * @seed: the same text and seed give the same ending
 *
 * Ends the prompt by the language half, at most to the model's context. A text without a word is given
 * back as it is.
 *
 * Errors: %VC_ERROR_OUT_OF_MEMORY, %VC_ERROR_DEVICE_LOST; %VC_ERROR_BAD_MODEL for a model that has no
 * language half (DALL·E mini).
 *
 * Returns: (transfer full): the whole prompt, beginning with @text as it was given
 */
char       *vc_dalle_complete     (VcDalle        *dalle,
                                   const char     *text,
                                   uint64_t        seed,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcDalle, vc_dalle_free)

G_END_DECLS
