/* tokenizer-private.h: a tokenizer's insides, which the spellings share */
#pragma once

#include "model/bpe.h"
#include "model/tokenizer.h"
#include "tensor/json.h"

G_BEGIN_DECLS

/* What YouTokenToMe puts before each word: ▁ */
#define VC_WORD_MARK 0x2581

struct _VcTokenizer
{
  VcSpelling  spelling;
  GPtrArray  *symbols;        /* owned: id → what the vocabulary calls it */
  VcBpe      *bpe;            /* owned */
  uint32_t    start;
  uint32_t    end;

  /* CLIP's */
  uint32_t    bytes[256];     /* ids of single bytes */
  uint32_t    ends[256];      /* of those at the end of a word */
  const char *specials[3];    /* borrowed: how start and end are spelled, and NULL */

  /* the others' */
  GHashTable *characters;     /* owned: twice a character, and one more at the end of a word → id + 1 */
  uint32_t    unknown;
};

/* As many ids as symbols, each once: then all from 0 on are there. */
void     vc_tokenizer_read_vocabulary (VcTokenizer *tokenizer,
                                       VcJson      *json,
                                       const char  *path);

/* Vocabulary and merges of every spelling but CLIP's. */
gboolean vc_spelling_load             (VcTokenizer *tokenizer,
                                       const char  *directory,
                                       GError     **error);
void     vc_spelling_encode           (VcTokenizer *tokenizer,
                                       const char  *text,
                                       GArray      *ids);

G_END_DECLS
