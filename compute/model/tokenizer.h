/* tokenizer.h: text ↔ ids by merges of bytes [Sennrich et al. 2016], as CLIP does it */
#pragma once

#include <stdint.h>

#include "model/config.h"

G_BEGIN_DECLS

typedef struct _VcTokenizer VcTokenizer;

/**
 * vc_tokenizer_load:
 * @directory: has vocab.json and merges.txt, or tokenizer.json, in Hugging Face's form
 *
 * A vocabulary of n symbols has the ids 0 to n - 1. It holds the 256 bytes, each also as the end of a
 * word ("a</w>"), both halves and the result of every merge, and the start and the end of a text
 * ("<|startoftext|>", "<|endoftext|>" or "<start_of_text>", "<end_of_text>").
 *
 * Thread: its maker's. Takes some 60 ms for CLIP's 49,408 symbols.
 *
 * Errors: %VC_ERROR_BAD_MODEL says which file and what is wrong.
 */
VcTokenizer *vc_tokenizer_load      (const char   *directory,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * vc_tokenizer_load_spelling:
 * @directory: vocab.json and merges.txt, or bpe.model for %VC_YTTM_BPE
 *
 * The same for other vocabularies than CLIP's, each read and spelt as its model's own program does it:
 *
 * %VC_BART_BPE: min-dalle's text_tokenizer.py. Emoji become their names, only ASCII is kept, words are
 * divided by spaces alone. %VC_CHAR_BPE: minDALL-E's CharBPETokenizer of Hugging Face: BERT's cleaning and
 * words, characters instead of bytes. %VC_YTTM_BPE: YouTokenToMe, as ruDALL-E asks it. What such a
 * vocabulary lacks is its unknown symbol.
 */
VcTokenizer *vc_tokenizer_load_spelling (const char *directory,
                                     VcSpelling    spelling,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;
void         vc_tokenizer_free      (VcTokenizer  *tokenizer);

uint32_t     vc_tokenizer_get_size  (VcTokenizer  *tokenizer);  /* ids are below it */
uint32_t     vc_tokenizer_get_start (VcTokenizer  *tokenizer);
uint32_t     vc_tokenizer_get_end   (VcTokenizer  *tokenizer);

/**
 * vc_tokenizer_encode:
 * @text: anything; cleaned by vc_text_clean(), which looks at %VC_TEXT_MAX bytes
 * @n:    (out): how many
 *
 * The ids of @text, without start and end and not cut. A text that spells the start or the end gets
 * their ids, as in openai/CLIP. The time is n log n of the longest word; the longest text takes some 20 ms.
 *
 * Returns: (transfer full): free with g_free(); not %NULL when @n is 0
 */
uint32_t    *vc_tokenizer_encode    (VcTokenizer  *tokenizer,
                                     const char   *text,
                                     uint32_t     *n) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_tokenizer_decode:
 * @ids: (n)  each below vc_tokenizer_get_size()
 *
 * The text that @ids spell: words with one space between them; start and end are left out. Bytes that
 * are no UTF-8 become U+FFFD.
 *
 * Returns: (transfer full): UTF-8
 */
char        *vc_tokenizer_decode    (VcTokenizer    *tokenizer,
                                     const uint32_t *ids,
                                     uint32_t        n) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcTokenizer, vc_tokenizer_free)

G_END_DECLS
