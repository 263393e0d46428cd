/* lexicon.c: which words of a prompt a drawing model has never seen, and which language it reads */

#include "model/lexicon.h"

#include "model/config.h"
#include "model/text.h"
#include "model/tokenizer-private.h"
#include "tensor/file.h"

/* Bytes that words.txt may have. */
#define MOST_WORDS (8u << 20)
/* A word of fewer characters may well be spelt by one symbol each. */
#define LEAST_SPELT 3

struct _VcLexicon
{
  VcTokenizer *tokenizer;  /* owned */
  GHashTable  *words;      /* owned: set of words, cleaned; NULL: there is no list */
  char        *language;   /* owned */
};

void
vc_lexicon_free (VcLexicon *lexicon)
{
  if (lexicon == NULL)
    return;

  vc_tokenizer_free (lexicon->tokenizer);
  g_clear_pointer (&lexicon->words, g_hash_table_unref);
  g_free (lexicon->language);
  g_free (lexicon);
}

static gboolean
read_words (VcLexicon   *lexicon,
            const char  *directory,
            GError     **error)
{
  g_autofree char *path = g_build_filename (directory, "words.txt", NULL);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  gsize size = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  text = vc_file_read (path, MOST_WORDS, &size, error);
  if (text == NULL)
    return FALSE;
  if (!g_utf8_validate (text, size, NULL))
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL, "“words.txt” is no text");
      return FALSE;
    }

  text[size] = '\0';  /* vc_file_read() has left room for it */
  lines = g_strsplit (text, "\n", -1);
  lexicon->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *word = vc_text_clean (lines[i]);

      if (*word == '\0')
        g_free (word);
      else
        g_hash_table_add (lexicon->words, word);
    }

  return TRUE;
}

VcLexicon *
vc_lexicon_load (const char  *directory,
                 GError     **error)
{
  g_autoptr(VcLexicon) lexicon = g_new0 (VcLexicon, 1);
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr(VcJson) json = NULL;
  VcDalleConfig config;

  if (!vc_dalle_config_load (&config, directory, error))
    return NULL;

  json = vc_json_load (path, VC_JSON_CONFIG, error);
  if (json == NULL)
    return NULL;
  lexicon->language = g_strdup (vc_json_string_or (json, "language", config.spelling == VC_YTTM_BPE ? "ru" : "en"));
  if (!vc_json_finish (json, error))
    return NULL;

  lexicon->tokenizer = vc_tokenizer_load_spelling (directory, config.spelling, error);
  if (lexicon->tokenizer == NULL || !read_words (lexicon, directory, error))
    return NULL;

  return g_steal_pointer (&lexicon);
}

const char *
vc_lexicon_get_language (VcLexicon *lexicon)
{
  return lexicon->language;
}

static gboolean
is_in_word (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c) || c == 0x200c || c == 0x200d;
}

/* An emoji or another sign that stands for something. */
static gboolean
is_sign (gunichar c)
{
  return g_unichar_type (c) == G_UNICODE_OTHER_SYMBOL;
}

static gboolean
is_apostrophe (gunichar c)
{
  return c == '\'' || c == 0x2019;
}

/* The next word or sign at or behind *@at, which is moved behind it; NULL: there is none. */
static const char *
next_word (const char **at)
{
  const char *p = *at;
  gunichar before = ' ';

  while (*p != '\0')
    {
      const char *word = p;
      const gunichar first = g_utf8_get_char (p);
      const gboolean follows = is_apostrophe (before);
      gboolean letters = FALSE;

      before = first;
      if (is_sign (first))
        {
          *at = g_utf8_next_char (p);
          return word;
        }
      if (!g_unichar_isalnum (first))
        {
          p = g_utf8_next_char (p);
          continue;
        }
      for (; is_in_word (g_utf8_get_char (p)); p = g_utf8_next_char (p))
        letters = letters || g_unichar_isalpha (g_utf8_get_char (p));
      before = 'x';
      if (letters && !follows)
        {
          *at = p;
          return word;
        }
    }

  return NULL;
}

static gboolean
is_spelt_out (VcLexicon  *lexicon,
              const char *word)
{
  uint32_t n_ids = 0;
  g_autofree uint32_t *ids = vc_tokenizer_encode (lexicon->tokenizer, word, &n_ids);

  if (lexicon->tokenizer->spelling != VC_CLIP_BPE)
    for (uint32_t i = 0; i < n_ids; i++)
      if (ids[i] == lexicon->tokenizer->unknown)
        return TRUE;

  return n_ids == 0 || (n_ids >= LEAST_SPELT && n_ids >= g_utf8_strlen (word, -1));
}

VcSpan *
vc_lexicon_find_unknown (VcLexicon  *lexicon,
                         const char *text,
                         guint      *n)
{
  g_autoptr(GArray) spans = g_array_new (FALSE, FALSE, sizeof (VcSpan));
  const char *at = text;
  const char *word;

  g_assert (g_utf8_validate (text, -1, NULL));

  while ((word = next_word (&at)) != NULL)
    {
      const VcSpan span = { word - text, at - text };
      g_autofree char *raw = g_strndup (word, at - word);
      g_autofree char *clean = vc_text_clean (raw);

      if (lexicon->words != NULL ? !g_hash_table_contains (lexicon->words, clean) : is_spelt_out (lexicon, clean))
        g_array_append_val (spans, span);
    }

  *n = spans->len;

  return *n > 0 ? (VcSpan *) g_array_free (g_steal_pointer (&spans), FALSE) : NULL;
}
