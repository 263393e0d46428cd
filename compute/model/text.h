/* text.h: what a person typed, cleaned and cut into words as CLIP was taught to see them */
#pragma once

#include "error.h"

G_BEGIN_DECLS

/* Bytes of a text that are looked at. CLIP reads 77 tokens; this is room for some ten thousand. */
#define VC_TEXT_MAX 65536

/**
 * vc_text_clean:
 * @text: UTF-8; bytes that are not become U+FFFD. What is beyond %VC_TEXT_MAX bytes is not looked at.
 *
 * What openai/CLIP does before it looks for words (clip/simple_tokenizer.py): ftfy's repairs, character
 * references resolved twice, white space of any kind and length made one space, none at the ends, small
 * letters.
 *
 * Of ftfy 6.3 it has references (line by line, until there is nothing more to resolve, unless the text
 * has a "<"), C1 controls read as Windows-1252, Latin ligatures and full and half width taken apart,
 * quotes straightened, terminal escapes and control characters removed, and NFC. It does not have the
 * repair of text that was decoded by the wrong table ("schÃ¶n").
 *
 * Small letters are those of Unicode's SpecialCasing without a locale, as Python's str.lower() has them:
 * Σ at the end of a word is ς, İ is i and a dot above.
 *
 * Thread: any. Returns: (transfer full): UTF-8, valid whatever @text was
 */
char    *vc_text_clean     (const char         *text) G_GNUC_WARN_UNUSED_RESULT;

/**
 * vc_text_next_word:
 * @at:       where to go on in a text of vc_text_clean(); moved behind the word
 * @specials: words that are not taken apart, in small letters; ends with %NULL
 * @size:     (out): the word's bytes
 *
 * The next word: one of @specials, the end of a contraction ('s 't 're 've 'm 'll 'd), letters, a single
 * number, or characters that are none of these and no space.
 *
 * Returns: the word's first byte, or %NULL when there is none left
 */
const char *vc_text_next_word (const char         **at,
                               const char * const  *specials,
                               gsize               *size);

/* Small letters as vc_text_clean() has them, and nothing else changed; UTF-8, valid whatever @text was. */
char    *vc_text_lower     (const char         *text) G_GNUC_WARN_UNUSED_RESULT;

/* UTF-8 in which every part that is not becomes one U+FFFD, as Python's errors="replace" does it: a part
 * is a sequence cut short, or one byte. */
char    *vc_text_make_valid (const char        *bytes,
                             gsize              size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
