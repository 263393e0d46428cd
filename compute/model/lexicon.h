/* lexicon.h: which words of a prompt a drawing model has never seen, and which language it reads */
#pragma once

#include "error.h"

G_BEGIN_DECLS

typedef struct _VcLexicon VcLexicon;

/* Bytes of a text: from @start on, up to @end. */
typedef struct
{
  gsize start;
  gsize end;
} VcSpan;

/**
 * vc_lexicon_load:
 * @directory: a drawing model's; of its files config.json, the vocabulary and, if there is one, words.txt are read
 *
 * words.txt has the words that the model was taught by, one a line. Without it the vocabulary is asked.
 *
 * Thread: any, one at a time. Takes no device, and some 60 ms for a vocabulary of 50,000 symbols.
 *
 * Errors: %VC_ERROR_BAD_MODEL says which file and what is wrong.
 */
VcLexicon  *vc_lexicon_load         (const char  *directory,
                                     GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void        vc_lexicon_free         (VcLexicon   *lexicon);

/* As BCP 47 has it: “en”; several are divided by spaces. By config.json's “language”, or by the kind of vocabulary: YouTokenToMe's
 * is ruDALL-E's, the others are English. Borrowed. */
const char *vc_lexicon_get_language (VcLexicon   *lexicon);

/**
 * vc_lexicon_find_unknown:
 * @text: UTF-8
 * @n:    (out): how many
 *
 * The words of @text that the model has never seen, in order: letters (with digits among them) and signs such as emoji; numbers
 * and what follows an apostrophe are never among them. By words.txt, those that it does not have. By the vocabulary, those
 * that it has no symbol for, or spells character by character, which it learned of no word that it met often.
 *
 * Returns: (transfer full): NULL when @n is 0
 */
VcSpan     *vc_lexicon_find_unknown (VcLexicon   *lexicon,
                                     const char  *text,
                                     guint       *n) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VcLexicon, vc_lexicon_free)

G_END_DECLS
