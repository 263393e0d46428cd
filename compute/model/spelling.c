/* spelling.c: prompts as ids in the ways of min-dalle, minDALL-E and ruDALL-E */

#include "model/tokenizer-private.h"

#include <string.h>

#include "model/emoji.h"
#include "model/text.h"
#include "tensor/file.h"

#define WORD_END "</w>"

/* What min-dalle puts before each word: Ġ, GPT-2's character for a space */
#define BART_MARK 0x120

/* A character that the vocabulary lacks: merged with nothing. */
#define NO_SYMBOL (G_MAXUINT32 - 1)

/* ---- characters ---- */

static void
add_character (VcTokenizer *tokenizer,
               gunichar     c,
               gboolean     ends,
               uint32_t     id)
{
  g_hash_table_insert (tokenizer->characters, GUINT_TO_POINTER (2 * c + ends), GUINT_TO_POINTER (id + 1));
}

static uint32_t
find_character (VcTokenizer *tokenizer,
                gunichar     c,
                gboolean     ends)
{
  const gpointer found = g_hash_table_lookup (tokenizer->characters, GUINT_TO_POINTER (2 * c + ends));

  return found != NULL ? GPOINTER_TO_UINT (found) - 1 : NO_SYMBOL;
}

/* Every symbol that is one character, and with CHAR_BPE one at the end of a word. */
static void
note_character (VcTokenizer *tokenizer,
                const char  *symbol,
                uint32_t     id)
{
  const char *rest = *symbol == '\0' ? symbol : g_utf8_next_char (symbol);

  if (*symbol != '\0' && *rest == '\0')
    add_character (tokenizer, g_utf8_get_char (symbol), FALSE, id);
  else if (tokenizer->spelling == VC_CHAR_BPE && *symbol != '\0' && strcmp (rest, WORD_END) == 0)
    add_character (tokenizer, g_utf8_get_char (symbol), TRUE, id);
}

/* ---- vocab.json and merges.txt ---- */

typedef struct
{
  VcTokenizer *tokenizer;
  VcJson      *json;
  GTree       *others;    /* symbols that merges alone know: name → id */
  uint32_t     next;
} Loading;

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  return strcmp (a, b);
}

/* The id of what a merge names. min-dalle merges also what its vocabulary does not have, and looks only
 * afterwards: such symbols have ids above the vocabulary's. */
static uint32_t
get_symbol (Loading    *loading,
            const char *name)
{
  gpointer found;
  uint32_t id;

  if (vc_json_look_up (loading->json, NULL, name, &id))
    return id;

  if (g_tree_lookup_extended (loading->others, name, NULL, &found))
    return GPOINTER_TO_UINT (found);

  id = loading->next++;
  g_tree_insert (loading->others, g_strdup (name), GUINT_TO_POINTER (id));
  note_character (loading->tokenizer, name, id);

  return id;
}

/* One line is two symbols; the first line is a remark. */
static gboolean
read_merges (Loading    *loading,
             char       *text,
             GError    **error)
{
  const gboolean is_bart = loading->tokenizer->spelling == VC_BART_BPE;
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  const guint n_lines = g_strv_length (lines);

  /* of BART's file min-dalle leaves out the first line and what follows the last line's end */
  for (guint i = is_bart || g_str_has_prefix (lines[0], "#version") ? 1 : 0;
       i < n_lines - (is_bart ? 1 : 0); i++)
    {
      g_auto(GStrv) sides = NULL;
      g_autofree char *both = NULL;
      uint32_t ids[3];

      g_strchomp (lines[i]);
      if (*lines[i] == '\0')
        continue;

      sides = g_strsplit (lines[i], " ", 3);
      if (g_strv_length (sides) != 2 || *sides[0] == '\0' || *sides[1] == '\0')
        {
          g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "“merges.txt”: line %u is not two symbols", i + 1);
          return FALSE;
        }

      both = g_strconcat (sides[0], sides[1], NULL);
      ids[0] = get_symbol (loading, sides[0]);
      ids[1] = get_symbol (loading, sides[1]);
      ids[2] = get_symbol (loading, both);
      vc_bpe_add (loading->tokenizer->bpe, ids[0], ids[1], ids[2]);
    }

  return TRUE;
}

static gboolean
find_special (VcTokenizer  *tokenizer,
              VcJson       *json,
              const char   *name,
              uint32_t     *id,
              GError      **error)
{
  if (vc_json_look_up (json, NULL, name, id))
    return TRUE;

  g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "“vocab.json”: “%s” is missing", name);

  return FALSE;
}

static gboolean
load_vocabulary (VcTokenizer  *tokenizer,
                 const char   *directory,
                 GError      **error)
{
  const gboolean is_bart = tokenizer->spelling == VC_BART_BPE;
  g_autofree char *vocabulary = g_build_filename (directory, "vocab.json", NULL);
  g_autofree char *merges = g_build_filename (directory, "merges.txt", NULL);
  g_autoptr(VcJson) json = vc_json_load (vocabulary, VC_JSON_VOCABULARY, error);
  g_autoptr(GTree) others = g_tree_new_full (compare_names, NULL, g_free, NULL);
  Loading loading = { tokenizer, json, others, 0 };
  g_autofree char *text = NULL;
  gsize size;

  if (json == NULL)
    return FALSE;

  vc_tokenizer_read_vocabulary (tokenizer, json, NULL);
  if (!vc_json_finish (json, error) ||
      !find_special (tokenizer, json, is_bart ? "<unk>" : "[UNK]", &tokenizer->unknown, error))
    return FALSE;
  if (is_bart && (!find_special (tokenizer, json, "<s>", &tokenizer->start, error) ||
                  !find_special (tokenizer, json, "</s>", &tokenizer->end, error)))
    return FALSE;
  if (!is_bart)
    tokenizer->start = tokenizer->end = tokenizer->symbols->len;  /* it has neither */

  for (guint id = 0; id < tokenizer->symbols->len; id++)
    note_character (tokenizer, g_ptr_array_index (tokenizer->symbols, id), id);

  text = vc_file_read (merges, VC_JSON_VOCABULARY, &size, error);
  if (text == NULL)
    return FALSE;
  if (!g_utf8_validate (text, size, NULL))
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL, "“merges.txt” is not UTF-8");
      return FALSE;
    }

  loading.next = tokenizer->symbols->len;

  return read_merges (&loading, text, error);
}

/* ---- bpe.model ---- */

/* Whole numbers from a text, one after another. */
typedef struct
{
  const char *at;
  gboolean    failed;
} Numbers;

static uint32_t
read_number (Numbers *numbers,
             uint32_t most)
{
  guint64 value = 0;
  char *end;

  while (g_ascii_isspace (*numbers->at))
    numbers->at++;
  if (!g_ascii_isdigit (*numbers->at))
    {
      numbers->failed = TRUE;
      return 0;
    }

  value = g_ascii_strtoull (numbers->at, &end, 10);
  numbers->at = end;
  if (value > most)
    {
      numbers->failed = TRUE;
      return 0;
    }

  return value;
}

/* A symbol that is what two others are, one after another. */
static gboolean
name_symbol (GPtrArray *symbols,
             uint32_t   left,
             uint32_t   right,
             uint32_t   result)
{
  const char *a = g_ptr_array_index (symbols, left);
  const char *b = g_ptr_array_index (symbols, right);

  if (a == NULL || b == NULL || g_ptr_array_index (symbols, result) != NULL || strlen (a) + strlen (b) > 1024)
    return FALSE;

  symbols->pdata[result] = g_strconcat (a, b, NULL);

  return TRUE;
}

/* How many characters and rules; the characters, each with its id; the rules, two ids that become a third;
 * the ids of what is unknown, padding, start and end, or -1 [VKCOM/YouTokenToMe, cpp/utils.cpp]. */
static gboolean
load_model (VcTokenizer  *tokenizer,
            const char   *directory,
            GError      **error)
{
  g_autofree char *path = g_build_filename (directory, "bpe.model", NULL);
  gsize size;
  g_autofree char *text = vc_file_read (path, VC_JSON_VOCABULARY, &size, error);
  Numbers numbers = { text, FALSE };
  uint32_t n_characters;
  uint32_t n_rules;
  uint32_t specials[4];

  if (text == NULL)
    return FALSE;

  n_characters = read_number (&numbers, 1000000);
  n_rules = read_number (&numbers, 1000000);
  g_ptr_array_set_size (tokenizer->symbols, n_characters + n_rules + G_N_ELEMENTS (specials));

  for (uint32_t i = 0; i < n_characters && !numbers.failed; i++)
    {
      const gunichar c = read_number (&numbers, 0x10ffff);
      const uint32_t id = read_number (&numbers, tokenizer->symbols->len - 1);
      char name[7] = { 0 };

      if (numbers.failed || !g_unichar_validate (c) || g_ptr_array_index (tokenizer->symbols, id) != NULL)
        {
          numbers.failed = TRUE;
          break;
        }
      g_unichar_to_utf8 (c, name);
      tokenizer->symbols->pdata[id] = g_strdup (name);
      add_character (tokenizer, c, FALSE, id);
    }
  for (uint32_t i = 0; i < n_rules && !numbers.failed; i++)
    {
      uint32_t ids[3];

      for (guint k = 0; k < G_N_ELEMENTS (ids); k++)
        ids[k] = read_number (&numbers, tokenizer->symbols->len - 1);
      numbers.failed |= !name_symbol (tokenizer->symbols, ids[0], ids[1], ids[2]);
      vc_bpe_add (tokenizer->bpe, ids[0], ids[1], ids[2]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (specials) && !numbers.failed; i++)
    {
      specials[i] = read_number (&numbers, tokenizer->symbols->len - 1);
      if (g_ptr_array_index (tokenizer->symbols, specials[i]) == NULL)
        tokenizer->symbols->pdata[specials[i]] = g_strdup ("");
    }

  if (numbers.failed || find_character (tokenizer, VC_WORD_MARK, FALSE) == NO_SYMBOL)
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                           "“bpe.model” is not a vocabulary of YouTokenToMe, or it is damaged");
      return FALSE;
    }

  tokenizer->unknown = specials[0];
  tokenizer->start = specials[2];
  tokenizer->end = specials[3];
  for (guint id = 0; id < tokenizer->symbols->len; id++)
    if (g_ptr_array_index (tokenizer->symbols, id) == NULL)
      tokenizer->symbols->pdata[id] = g_strdup ("");

  return TRUE;
}

gboolean
vc_spelling_load (VcTokenizer  *tokenizer,
                  const char   *directory,
                  GError      **error)
{
  tokenizer->characters = g_hash_table_new (NULL, NULL);

  return tokenizer->spelling == VC_YTTM_BPE ? load_model (tokenizer, directory, error)
                                            : load_vocabulary (tokenizer, directory, error);
}

/* ---- a prompt ---- */

/* Merges the symbols of a word, which are then forgotten. What the vocabulary lacks is its unknown symbol. */
static void
end_word (VcTokenizer *tokenizer,
          GArray      *symbols,
          GArray      *ids)
{
  const guint first = ids->len;

  if (symbols->len > 0)
    vc_bpe_merge (tokenizer->bpe, (const uint32_t *) symbols->data, symbols->len, ids);
  for (guint i = first; i < ids->len; i++)
    if (g_array_index (ids, uint32_t, i) >= tokenizer->symbols->len)
      g_array_index (ids, uint32_t, i) = tokenizer->unknown;
  g_array_set_size (symbols, 0);
}

static void
add_symbol (VcTokenizer *tokenizer,
            GArray      *symbols,
            gunichar     c,
            gboolean     ends)
{
  const uint32_t id = find_character (tokenizer, c, ends);

  g_array_append_val (symbols, id);
}

static void
encode_bart (VcTokenizer *tokenizer,
             const char  *text,
             GArray      *symbols,
             GArray      *ids)
{
  g_autofree char *named = vc_emoji_name (text);
  g_autofree char *lowered = vc_text_lower (named);
  g_auto(GStrv) words = NULL;
  char *to = lowered;

  for (const char *from = lowered; *from != '\0'; from++)
    if ((guchar) *from < 0x80)
      *to++ = *from;
  *to = '\0';

  words = g_strsplit (lowered, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        continue;
      add_symbol (tokenizer, symbols, BART_MARK, FALSE);
      for (const char *c = words[i]; *c != '\0'; c++)
        add_symbol (tokenizer, symbols, *c, FALSE);
      end_word (tokenizer, symbols, ids);
    }
}

/* Unicode's White_Space. */
static gboolean
is_space (gunichar c)
{
  return g_unichar_isspace (c) || c == 0x0b || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

/* Characters that BERT takes for words of their own [huggingface/tokenizers, normalizers/bert.rs]. */
static gboolean
is_chinese (gunichar c)
{
  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x20000 && c <= 0x2a6df) ||
         (c >= 0x2a700 && c <= 0x2b73f) || (c >= 0x2b740 && c <= 0x2b81f) ||
         (c >= 0x2b920 && c <= 0x2ceaf) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f);
}

/* … and that it leaves out. */
static gboolean
is_no_text (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
      return c != '\t' && c != '\n' && c != '\r';
    default:
      return c == 0xfffd;
    }
}

/* ASCII's punctuation and symbols, and Unicode's punctuation. */
static gboolean
is_punctuation (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
      return TRUE;
    default:
      return c < 0x80 && g_ascii_ispunct (c);
    }
}

/* Whether it is a word of its own. */
static gboolean
is_apart (gunichar c)
{
  return is_chinese (c) || is_punctuation (c);
}

/* Symbols with one at the end of a word that says so. */
static void
encode_characters (VcTokenizer *tokenizer,
                   GArray      *word,
                   GArray      *symbols,
                   GArray      *ids)
{
  for (guint i = 0; i < word->len; i++)
    add_symbol (tokenizer, symbols, g_array_index (word, gunichar, i), i + 1 == word->len);
  end_word (tokenizer, symbols, ids);
  g_array_set_size (word, 0);
}

static void
encode_char (VcTokenizer *tokenizer,
             const char  *text,
             GArray      *symbols,
             GArray      *ids)
{
  g_autoptr(GArray) word = g_array_new (FALSE, FALSE, sizeof (gunichar));

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);
      /* each for itself, as Rust's to_lowercase() has it: only İ becomes two */
      const gunichar small = c == 0x130 ? 'i' : g_unichar_tolower (c);
      const gunichar dot = 0x307;

      if (is_no_text (c))
        continue;
      if (is_space (c) || is_apart (c))
        encode_characters (tokenizer, word, symbols, ids);
      if (is_space (c))
        continue;

      g_array_append_val (word, small);
      if (c == 0x130)
        g_array_append_val (word, dot);
      if (is_apart (c))
        encode_characters (tokenizer, word, symbols, ids);
    }
  encode_characters (tokenizer, word, symbols, ids);
}

static gboolean
divides (gunichar c)
{
  return (c >= 9 && c <= 13) || c == ' ' || c == VC_WORD_MARK;
}

/* @text without the white space at its ends, as Python's str.strip() has it. */
static void
strip (char *text)
{
  char *begin = text;
  char *end = text + strlen (text);

  while (*begin != '\0' && (is_space (g_utf8_get_char (begin)) || (*begin >= 0x1c && *begin <= 0x1f)))
    begin = g_utf8_next_char (begin);
  while (end > begin)
    {
      char *last = g_utf8_prev_char (end);

      if (!is_space (g_utf8_get_char (last)) && !(*last >= 0x1c && *last <= 0x1f))
        break;
      end = last;
    }
  memmove (text, begin, end - begin);
  text[end - begin] = '\0';
}

/* What is unknown side by side is unknown once. */
static void
encode_yttm (VcTokenizer *tokenizer,
             const char  *text,
             GArray      *symbols,
             GArray      *ids)
{
  g_autofree char *lowered = vc_text_lower (text);

  strip (lowered);
  for (const char *at = lowered; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      if (divides (c))
        {
          end_word (tokenizer, symbols, ids);
          continue;
        }

      if (symbols->len == 0)
        add_symbol (tokenizer, symbols, VC_WORD_MARK, FALSE);
      if (find_character (tokenizer, c, FALSE) != NO_SYMBOL ||
          g_array_index (symbols, uint32_t, symbols->len - 1) != NO_SYMBOL)
        add_symbol (tokenizer, symbols, c, FALSE);
    }
  end_word (tokenizer, symbols, ids);
}

void
vc_spelling_encode (VcTokenizer *tokenizer,
                    const char  *text,
                    GArray      *ids)
{
  g_autofree char *valid = vc_text_make_valid (text, strnlen (text, VC_TEXT_MAX));
  g_autoptr(GArray) symbols = g_array_new (FALSE, FALSE, sizeof (uint32_t));

  switch (tokenizer->spelling)
    {
    case VC_BART_BPE:
      encode_bart (tokenizer, valid, symbols, ids);
      break;
    case VC_CHAR_BPE:
      encode_char (tokenizer, valid, symbols, ids);
      break;
    case VC_YTTM_BPE:
      encode_yttm (tokenizer, valid, symbols, ids);
      break;
    case VC_CLIP_BPE:
    default:
      g_assert_not_reached ();
    }
}
