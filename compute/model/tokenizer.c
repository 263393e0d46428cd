/* tokenizer.c: text ↔ ids by merges of bytes, as CLIP does it */

#include "model/tokenizer-private.h"

#include <string.h>

#include "model/text.h"
#include "tensor/file.h"
#include "tensor/json.h"

#define WORD_END "</w>"

/* A symbol is a few bytes long; one of a whole file would be no symbol. */
#define MAX_SYMBOL 1024

/* ---- bytes as characters ---- */

/* GPT-2's table: a byte that is printed in Latin-1 is its own character, the others follow from U+0100
 * on [openai/gpt-2, encoder.py]. */
static gboolean
is_printed (guint byte)
{
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte != 0xad);
}

static gunichar
get_character (guint byte)
{
  guint before = 0;

  if (is_printed (byte))
    return byte;

  for (guint i = 0; i < byte; i++)
    before += !is_printed (i);

  return 0x100 + before;
}

/* -1 for a character that is no byte's */
static int
get_byte (gunichar c)
{
  for (guint byte = 0; byte < 256; byte++)
    if (get_character (byte) == c)
      return byte;

  return -1;
}

/* ---- the files ---- */

typedef struct
{
  VcTokenizer *tokenizer;
  VcJson      *json;    /* has the vocabulary */
  const char  *path;    /* and there */
  const char  *what;    /* the file of the merges, as messages call it */
  GError      *error;
} Loading;

static void
count_symbol (VcJson     *json,
              const char *key,
              gpointer    data)
{
  VcTokenizer *tokenizer = data;
  const guint n = tokenizer->symbols->len;
  const uint32_t id = vc_json_u32 (json, NULL, 0, n - 1);

  if (strlen (key) > MAX_SYMBOL)
    vc_json_fault (json, NULL, "is longer than %d bytes", MAX_SYMBOL);
  else if (g_ptr_array_index (tokenizer->symbols, id) != NULL)
    vc_json_fault (json, NULL, "has the id %u, which another has too", id);
  else
    tokenizer->symbols->pdata[id] = g_strdup (key);
}

/* As many ids as symbols, each once: then all from 0 on are there. */
void
vc_tokenizer_read_vocabulary (VcTokenizer *tokenizer,
                              VcJson      *json,
                              const char  *path)
{
  g_ptr_array_set_size (tokenizer->symbols, vc_json_count (json, path));
  vc_json_each (json, path, count_symbol, tokenizer);
}

/* @left and @right, which a faulty file may have in any form. */
static void
add_merge (Loading    *loading,
           const char *left,
           const char *right)
{
  g_autofree char *both = g_strconcat (left, right, NULL);
  uint32_t ids[2];
  uint32_t result;

  if (*left == '\0' || *right == '\0' ||
      !vc_json_look_up (loading->json, loading->path, left, &ids[0]) ||
      !vc_json_look_up (loading->json, loading->path, right, &ids[1]) ||
      !vc_json_look_up (loading->json, loading->path, both, &result))
    {
      g_autofree char *a = vc_error_quote (left);
      g_autofree char *b = vc_error_quote (right);

      if (loading->error == NULL)
        g_set_error (&loading->error, VC_ERROR, VC_ERROR_BAD_MODEL,
                     "%s: merge %u of %s and %s is not of the vocabulary's symbols",
                     loading->what, vc_bpe_count (loading->tokenizer->bpe) + 1, a, b);
      return;
    }

  vc_bpe_add (loading->tokenizer->bpe, ids[0], ids[1], result);
}

/* A line is two symbols with one space between them; the first may be a remark. */
static void
read_merge_lines (Loading *loading,
                  char    *text,
                  gsize    size)
{
  for (char *line = text, *next; line < text + size && loading->error == NULL; line = next)
    {
      char *end = memchr (line, '\n', text + size - line);
      char *space;

      next = end == NULL ? text + size : end + 1;
      end = end == NULL ? text + size : end;
      if (end > line && end[-1] == '\r')
        end--;
      *end = '\0';  /* vc_file_read() has left room for the last one */

      if (line == end || (line == text && g_str_has_prefix (line, "#version")))
        continue;

      space = strchr (line, ' ');
      if (space != NULL)
        *space = '\0';
      add_merge (loading, line, space == NULL ? "" : space + 1);
    }
}

static void
read_merge_member (VcJson     *json,
                   const char *key,
                   gpointer    data)
{
  Loading *loading = data;

  /* Newer files have ["a", "b"] for "a b". */
  if (vc_json_count (json, NULL) > 0)
    {
      if (vc_json_count (json, NULL) != 2)
        vc_json_fault (json, NULL, "is not two symbols");
      else
        add_merge (loading, vc_json_string (json, "0"), vc_json_string (json, "1"));
    }
  else
    {
      g_auto(GStrv) sides = g_strsplit (vc_json_string (json, NULL), " ", 2);

      if (g_strv_length (sides) < 2)
        vc_json_fault (json, NULL, "is not two symbols");
      else
        add_merge (loading, sides[0], sides[1]);
    }
}

static gboolean
find_known_symbols (VcTokenizer  *tokenizer,
                    VcJson       *json,
                    const char   *path,
                    const char   *what,
                    GError      **error)
{
  static const char * const spellings[][2] = {
    { "<|startoftext|>", "<|endoftext|>" },
    { "<start_of_text>", "<end_of_text>" },
  };

  for (guint byte = 0; byte < 256; byte++)
    {
      char symbol[6 + sizeof WORD_END];
      const gsize size = g_unichar_to_utf8 (get_character (byte), symbol);
      gboolean found;

      symbol[size] = '\0';
      found = vc_json_look_up (json, path, symbol, &tokenizer->bytes[byte]);
      strcpy (symbol + size, WORD_END);
      found &= vc_json_look_up (json, path, symbol, &tokenizer->ends[byte]);

      if (!found)
        {
          g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                       "%s: not a vocabulary of bytes: “%s” is missing", what, symbol);
          return FALSE;
        }
    }

  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    if (vc_json_look_up (json, path, spellings[i][0], &tokenizer->start) &&
        vc_json_look_up (json, path, spellings[i][1], &tokenizer->end))
      {
        tokenizer->specials[0] = spellings[i][0];
        tokenizer->specials[1] = spellings[i][1];
        return TRUE;
      }

  g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s: “%s” or “%s” is missing", what,
               spellings[0][0], spellings[0][1]);

  return FALSE;
}

static gboolean
load_two_files (VcTokenizer  *tokenizer,
                const char   *directory,
                GError      **error)
{
  g_autofree char *vocabulary_path = g_build_filename (directory, "vocab.json", NULL);
  g_autofree char *merges_path = g_build_filename (directory, "merges.txt", NULL);
  g_autoptr(VcJson) json = vc_json_load (vocabulary_path, VC_JSON_VOCABULARY, error);
  Loading loading = { tokenizer, json, NULL, "“merges.txt”", NULL };
  g_autofree char *text = NULL;
  gsize size;

  if (json == NULL)
    return FALSE;

  vc_tokenizer_read_vocabulary (tokenizer, json, NULL);
  if (!vc_json_finish (json, error) ||
      !find_known_symbols (tokenizer, json, NULL, "“vocab.json”", error))
    return FALSE;

  text = vc_file_read (merges_path, VC_JSON_VOCABULARY, &size, error);
  if (text == NULL)
    return FALSE;

  read_merge_lines (&loading, text, size);
  if (loading.error != NULL)
    {
      g_propagate_error (error, loading.error);
      return FALSE;
    }

  return TRUE;
}

static gboolean
load_one_file (VcTokenizer  *tokenizer,
               const char   *path,
               GError      **error)
{
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_VOCABULARY, error);
  Loading loading = { tokenizer, json, "model.vocab", "“tokenizer.json”", NULL };

  if (json == NULL)
    return FALSE;

  vc_tokenizer_read_vocabulary (tokenizer, json, loading.path);
  if (!vc_json_finish (json, error) ||
      !find_known_symbols (tokenizer, json, loading.path, loading.what, error))
    return FALSE;

  vc_json_each (json, "model.merges", read_merge_member, &loading);
  if (loading.error != NULL)
    {
      g_propagate_error (error, loading.error);
      return FALSE;
    }

  return vc_json_finish (json, error);
}

static gboolean
load_clip (VcTokenizer  *tokenizer,
           const char   *directory,
           GError      **error)
{
  g_autofree char *vocabulary = g_build_filename (directory, "vocab.json", NULL);
  g_autofree char *single = g_build_filename (directory, "tokenizer.json", NULL);
  const gboolean one_file = !g_file_test (vocabulary, G_FILE_TEST_EXISTS) &&
                            g_file_test (single, G_FILE_TEST_EXISTS);

  return one_file ? load_one_file (tokenizer, single, error)
                  : load_two_files (tokenizer, directory, error);
}

VcTokenizer *
vc_tokenizer_load_spelling (const char  *directory,
                            VcSpelling   spelling,
                            GError     **error)
{
  g_autoptr(VcTokenizer) tokenizer = g_new0 (VcTokenizer, 1);

  tokenizer->spelling = spelling;
  tokenizer->symbols = g_ptr_array_new_with_free_func (g_free);
  tokenizer->bpe = vc_bpe_new (spelling == VC_CLIP_BPE);

  if (spelling == VC_CLIP_BPE ? !load_clip (tokenizer, directory, error)
                              : !vc_spelling_load (tokenizer, directory, error))
    return NULL;

  vc_bpe_seal (tokenizer->bpe);

  return g_steal_pointer (&tokenizer);
}

VcTokenizer *
vc_tokenizer_load (const char  *directory,
                   GError     **error)
{
  return vc_tokenizer_load_spelling (directory, VC_CLIP_BPE, error);
}

void
vc_tokenizer_free (VcTokenizer *tokenizer)
{
  if (tokenizer == NULL)
    return;

  g_ptr_array_unref (tokenizer->symbols);
  g_clear_pointer (&tokenizer->characters, g_hash_table_unref);
  vc_bpe_free (tokenizer->bpe);
  g_free (tokenizer);
}

uint32_t
vc_tokenizer_get_size (VcTokenizer *tokenizer)
{
  return tokenizer->symbols->len;
}

uint32_t
vc_tokenizer_get_start (VcTokenizer *tokenizer)
{
  return tokenizer->start;
}

uint32_t
vc_tokenizer_get_end (VcTokenizer *tokenizer)
{
  return tokenizer->end;
}

/* ---- encoding ---- */

/* Appends the ids of a word of @size bytes. */
static void
encode_word (VcTokenizer   *tokenizer,
             const uint8_t *bytes,
             gsize          size,
             GArray        *ids)
{
  g_autofree uint32_t *symbols = g_new (uint32_t, size);

  for (gsize i = 0; i < size; i++)
    symbols[i] = i + 1 < size ? tokenizer->bytes[bytes[i]] : tokenizer->ends[bytes[i]];
  vc_bpe_merge (tokenizer->bpe, symbols, size, ids);
}

static void
encode_clip (VcTokenizer *tokenizer,
             const char  *text,
             GArray      *ids)
{
  g_autofree char *clean = vc_text_clean (text);
  const char *at = clean;
  const char *word;
  gsize size;

  while ((word = vc_text_next_word (&at, tokenizer->specials, &size)) != NULL)
    {
      const char * const *specials = tokenizer->specials;

      if (size == strlen (specials[0]) && memcmp (word, specials[0], size) == 0)
        g_array_append_val (ids, tokenizer->start);
      else if (size == strlen (specials[1]) && memcmp (word, specials[1], size) == 0)
        g_array_append_val (ids, tokenizer->end);
      else
        encode_word (tokenizer, (const uint8_t *) word, size, ids);
    }
}

uint32_t *
vc_tokenizer_encode (VcTokenizer *tokenizer,
                     const char  *text,
                     uint32_t    *n)
{
  g_autoptr(GArray) ids = g_array_new (TRUE, FALSE, sizeof (uint32_t));

  if (tokenizer->spelling == VC_CLIP_BPE)
    encode_clip (tokenizer, text, ids);
  else
    vc_spelling_encode (tokenizer, text, ids);

  *n = ids->len;

  return (uint32_t *) g_array_free (g_steal_pointer (&ids), FALSE);
}

char *
vc_tokenizer_decode (VcTokenizer    *tokenizer,
                     const uint32_t *ids,
                     uint32_t        n)
{
  g_autoptr(GString) bytes = g_string_new (NULL);

  for (uint32_t i = 0; i < n; i++)
    {
      const char *symbol;

      g_assert (ids[i] < tokenizer->symbols->len);

      if (ids[i] == tokenizer->start || ids[i] == tokenizer->end)
        continue;

      for (symbol = g_ptr_array_index (tokenizer->symbols, ids[i]); *symbol != '\0'; )
        if (strcmp (symbol, WORD_END) == 0)
          {
            g_string_append_c (bytes, ' ');
            break;
          }
        else if (tokenizer->spelling != VC_CLIP_BPE)
          {
            const char *next = g_utf8_next_char (symbol);

            /* YouTokenToMe marks where words begin */
            if (g_utf8_get_char (symbol) != VC_WORD_MARK)
              g_string_append_len (bytes, symbol, next - symbol);
            else if (bytes->len > 0)
              g_string_append_c (bytes, ' ');
            symbol = next;
          }
        else
          {
            const int byte = get_byte (g_utf8_get_char (symbol));

            if (byte >= 0)
              g_string_append_c (bytes, byte);
            symbol = g_utf8_next_char (symbol);
          }
    }

  if (bytes->len > 0 && bytes->str[bytes->len - 1] == ' ')
    g_string_truncate (bytes, bytes->len - 1);

  return vc_text_make_valid (bytes->str, bytes->len);
}
