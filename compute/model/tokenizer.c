/* tokenizer.c: text ↔ ids by merges of bytes, as CLIP does it */

#include "model/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "model/text.h"
#include "tensor/file.h"
#include "tensor/json.h"

#define WORD_END "</w>"

/* A symbol is a few bytes long; one of a whole file would be no symbol. */
#define MAX_SYMBOL 1024

typedef struct
{
  uint64_t pair;    /* left id, right id */
  uint32_t rank;
  uint32_t result;  /* id */
} Merge;

struct _VcTokenizer
{
  GPtrArray  *symbols;        /* owned: id → what vocab.json calls it */
  Merge      *merges;         /* owned, sorted by pair */
  guint       n_merges;
  uint32_t    bytes[256];     /* ids of single bytes */
  uint32_t    ends[256];      /* of those at the end of a word */
  uint32_t    start;
  uint32_t    end;
  const char *specials[3];    /* borrowed: how start and end are spelled, and NULL */
};

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
  GArray      *merges;  /* of Merge */
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
static void
read_vocabulary (VcTokenizer *tokenizer,
                 VcJson      *json,
                 const char  *path)
{
  g_ptr_array_set_size (tokenizer->symbols, vc_json_count (json, path));
  vc_json_each (json, path, count_symbol, tokenizer);
}

static uint64_t
get_pair (uint32_t left,
          uint32_t right)
{
  return (uint64_t) left << 32 | right;
}

/* @left and @right, which a faulty file may have in any form. */
static void
add_merge (Loading    *loading,
           const char *left,
           const char *right)
{
  g_autofree char *both = g_strconcat (left, right, NULL);
  Merge merge = { .rank = loading->merges->len };
  uint32_t ids[2];

  if (*left == '\0' || *right == '\0' ||
      !vc_json_look_up (loading->json, loading->path, left, &ids[0]) ||
      !vc_json_look_up (loading->json, loading->path, right, &ids[1]) ||
      !vc_json_look_up (loading->json, loading->path, both, &merge.result))
    {
      g_autofree char *a = vc_error_quote (left);
      g_autofree char *b = vc_error_quote (right);

      if (loading->error == NULL)
        g_set_error (&loading->error, VC_ERROR, VC_ERROR_BAD_MODEL,
                     "%s: merge %u of %s and %s is not of the vocabulary's symbols",
                     loading->what, merge.rank + 1, a, b);
      return;
    }

  merge.pair = get_pair (ids[0], ids[1]);
  g_array_append_val (loading->merges, merge);
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

static int
compare_merges (const void *a,
                const void *b)
{
  const Merge *first = a;
  const Merge *second = b;

  if (first->pair != second->pair)
    return first->pair < second->pair ? -1 : 1;

  return (first->rank > second->rank) - (first->rank < second->rank);
}

/* Sorted, and of a pair that is there twice the later alone: Python's dict keeps that. */
static void
keep_merges (VcTokenizer *tokenizer,
             GArray      *merges)
{
  g_array_sort (merges, compare_merges);

  tokenizer->merges = g_new (Merge, MAX (merges->len, 1));
  for (guint i = 0; i < merges->len; i++)
    {
      const Merge *merge = &g_array_index (merges, Merge, i);

      if (tokenizer->n_merges > 0 &&
          tokenizer->merges[tokenizer->n_merges - 1].pair == merge->pair)
        tokenizer->n_merges--;
      tokenizer->merges[tokenizer->n_merges++] = *merge;
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
                GArray       *merges,
                GError      **error)
{
  g_autofree char *vocabulary_path = g_build_filename (directory, "vocab.json", NULL);
  g_autofree char *merges_path = g_build_filename (directory, "merges.txt", NULL);
  g_autoptr(VcJson) json = vc_json_load (vocabulary_path, VC_JSON_VOCABULARY, error);
  Loading loading = { tokenizer, json, NULL, merges, "“merges.txt”", NULL };
  g_autofree char *text = NULL;
  gsize size;

  if (json == NULL)
    return FALSE;

  read_vocabulary (tokenizer, json, NULL);
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
               GArray       *merges,
               GError      **error)
{
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_VOCABULARY, error);
  Loading loading = { tokenizer, json, "model.vocab", merges, "“tokenizer.json”", NULL };

  if (json == NULL)
    return FALSE;

  read_vocabulary (tokenizer, json, loading.path);
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

VcTokenizer *
vc_tokenizer_load (const char  *directory,
                   GError     **error)
{
  g_autoptr(VcTokenizer) tokenizer = g_new0 (VcTokenizer, 1);
  g_autoptr(GArray) merges = g_array_new (FALSE, FALSE, sizeof (Merge));
  g_autofree char *vocabulary = g_build_filename (directory, "vocab.json", NULL);
  g_autofree char *single = g_build_filename (directory, "tokenizer.json", NULL);
  const gboolean one_file = !g_file_test (vocabulary, G_FILE_TEST_EXISTS) &&
                            g_file_test (single, G_FILE_TEST_EXISTS);

  tokenizer->symbols = g_ptr_array_new_with_free_func (g_free);

  if (one_file ? !load_one_file (tokenizer, single, merges, error)
               : !load_two_files (tokenizer, directory, merges, error))
    return NULL;

  keep_merges (tokenizer, merges);

  return g_steal_pointer (&tokenizer);
}

void
vc_tokenizer_free (VcTokenizer *tokenizer)
{
  if (tokenizer == NULL)
    return;

  g_ptr_array_unref (tokenizer->symbols);
  g_free (tokenizer->merges);
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

/* ---- a word's merges ---- */

/* A word's symbols as a list; a symbol that was merged into the one before it has the id GONE. */
typedef struct
{
  uint32_t id;
  guint    before;  /* NOWHERE at the ends */
  guint    after;
} Symbol;

#define GONE G_MAXUINT32
#define NOWHERE G_MAXUINT

/* A merge that may be done: it still may if both symbols are as they were. */
typedef struct
{
  const Merge *merge;
  guint        at;  /* the left symbol */
} Chance;

/* The lowest rank, and of one rank the leftmost. */
static gboolean
comes_before (const Chance *a,
              const Chance *b)
{
  return a->merge->rank != b->merge->rank ? a->merge->rank < b->merge->rank : a->at < b->at;
}

/* A heap: each chance comes before the two at twice its place. */
static void
push_chance (GArray *heap,
             Chance  chance)
{
  Chance *chances;
  guint at = heap->len;

  g_array_append_val (heap, chance);
  chances = (Chance *) heap->data;

  for (; at > 0 && comes_before (&chance, &chances[(at - 1) / 2]); at = (at - 1) / 2)
    chances[at] = chances[(at - 1) / 2];
  chances[at] = chance;
}

static Chance
pop_chance (GArray *heap)
{
  Chance *chances = (Chance *) heap->data;
  const Chance first = chances[0];
  const Chance last = chances[heap->len - 1];
  const guint n = heap->len - 1;
  guint at = 0;

  for (guint next = 1; next < n; next = 2 * at + 1)
    {
      if (next + 1 < n && comes_before (&chances[next + 1], &chances[next]))
        next++;
      if (!comes_before (&chances[next], &last))
        break;
      chances[at] = chances[next];
      at = next;
    }
  chances[at] = last;
  g_array_set_size (heap, n);

  return first;
}

static int
compare_pair (const void *pair,
              const void *merge)
{
  const uint64_t a = *(const uint64_t *) pair;
  const uint64_t b = ((const Merge *) merge)->pair;

  return (a > b) - (a < b);
}

/* The merge of the symbol at @at with the one after it, or NULL. */
static const Merge *
find_merge (VcTokenizer  *tokenizer,
            const Symbol *symbols,
            guint         at)
{
  uint64_t pair;

  if (at == NOWHERE || symbols[at].id == GONE || symbols[at].after == NOWHERE)
    return NULL;

  pair = get_pair (symbols[at].id, symbols[symbols[at].after].id);

  return bsearch (&pair, tokenizer->merges, tokenizer->n_merges, sizeof (Merge), compare_pair);
}

static void
consider (VcTokenizer  *tokenizer,
          GArray       *heap,
          const Symbol *symbols,
          guint         at)
{
  const Merge *merge = find_merge (tokenizer, symbols, at);

  if (merge != NULL)
    push_chance (heap, (Chance) { merge, at });
}

/* Appends the ids of a word of @size bytes. */
static void
encode_word (VcTokenizer   *tokenizer,
             const uint8_t *bytes,
             gsize          size,
             GArray        *ids)
{
  g_autofree Symbol *symbols = g_new (Symbol, size);
  g_autoptr(GArray) heap = g_array_new (FALSE, FALSE, sizeof (Chance));
  g_autoptr(GArray) changed = g_array_new (FALSE, FALSE, sizeof (guint));

  for (gsize i = 0; i < size; i++)
    symbols[i] = (Symbol) {
      .id = i + 1 < size ? tokenizer->bytes[bytes[i]] : tokenizer->ends[bytes[i]],
      .before = i > 0 ? i - 1 : NOWHERE,
      .after = i + 1 < size ? i + 1 : NOWHERE,
    };

  for (gsize i = 0; i + 1 < size; i++)
    consider (tokenizer, heap, symbols, i);

  while (heap->len > 0)
    {
      const Merge *merge = ((Chance *) heap->data)->merge;

      /* All occurrences of this pair, from the left, before any pair that comes of them: what comes of
       * them is a longer symbol, and so never this pair again. */
      g_array_set_size (changed, 0);
      while (heap->len > 0 && ((Chance *) heap->data)->merge == merge)
        {
          const guint at = pop_chance (heap).at;
          const guint right = symbols[at].after;

          if (find_merge (tokenizer, symbols, at) != merge)
            continue;

          symbols[at].id = merge->result;
          symbols[at].after = symbols[right].after;
          symbols[right].id = GONE;
          if (symbols[at].after != NOWHERE)
            symbols[symbols[at].after].before = at;
          g_array_append_val (changed, at);
        }

      for (guint i = 0; i < changed->len; i++)
        {
          const guint at = g_array_index (changed, guint, i);

          consider (tokenizer, heap, symbols, symbols[at].before);
          consider (tokenizer, heap, symbols, at);
        }
    }

  for (guint at = 0; at != NOWHERE; at = symbols[at].after)
    g_array_append_val (ids, symbols[at].id);
}

uint32_t *
vc_tokenizer_encode (VcTokenizer *tokenizer,
                     const char  *text,
                     uint32_t    *n)
{
  g_autofree char *clean = vc_text_clean (text);
  g_autoptr(GArray) ids = g_array_new (TRUE, FALSE, sizeof (uint32_t));
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
