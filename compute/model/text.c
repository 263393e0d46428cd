/* text.c: what a person typed, cleaned and cut into words as CLIP was taught to see them
 *
 * The rules are those of openai/CLIP's clip/simple_tokenizer.py, ftfy 6.3 and Python's html.unescape();
 * a Text below is an array of code points. */

#include "model/text.h"

#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "entities.h"

/* References within references are resolved a layer at a time; this many code points in all are looked at
 * for it, which is far more than a person's text needs and far less than a text made to be slow. */
#define MAX_WORK (32u << 20)

#define REPLACEMENT 0xfffd

typedef GArray Text;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Text, g_array_unref)

#define AT(text, i) g_array_index (text, UChar32, i)

static Text *
text_new (gsize room)
{
  return g_array_sized_new (FALSE, FALSE, sizeof (UChar32), room);
}

static void
append (Text    *text,
        UChar32  c)
{
  g_array_append_val (text, c);
}

static void
append_utf8 (Text       *text,
             const char *bytes,
             gsize       size)
{
  /* ICU takes the longest beginning of a sequence for one fault, as Python does. */
  for (gsize i = 0; i < size; )
    {
      UChar32 c;

      U8_NEXT (bytes, i, size, c);
      append (text, c < 0 ? REPLACEMENT : c);
    }
}

static char *
get_utf8 (const Text *text)
{
  g_autoptr(GString) bytes = g_string_sized_new (text->len + 1);

  for (guint i = 0; i < text->len; i++)
    g_string_append_unichar (bytes, AT (text, i));

  return g_string_free (g_steal_pointer (&bytes), FALSE);
}

char *
vc_text_make_valid (const char *bytes,
                    gsize       size)
{
  g_autoptr(Text) text = text_new (size);

  append_utf8 (text, bytes, size);

  return get_utf8 (text);
}

static gboolean
equal (const Text *a,
       const Text *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (UChar32)) == 0);
}

/* ---- ICU, which speaks UTF-16 ---- */

typedef int32_t (*Change) (const UChar *from,
                           int32_t      length,
                           UChar       *to,
                           int32_t      room,
                           UErrorCode  *status);

static int32_t
compose (const UChar *from,
         int32_t      length,
         UChar       *to,
         int32_t      room,
         UErrorCode  *status)
{
  return unorm2_normalize (unorm2_getNFCInstance (status), from, length, to, room, status);
}

static int32_t
compose_compatible (const UChar *from,
                    int32_t      length,
                    UChar       *to,
                    int32_t      room,
                    UErrorCode  *status)
{
  return unorm2_normalize (unorm2_getNFKCInstance (status), from, length, to, room, status);
}

static int32_t
lower (const UChar *from,
       int32_t      length,
       UChar       *to,
       int32_t      room,
       UErrorCode  *status)
{
  return u_strToLower (to, room, from, length, "", status);
}

/* @text as @change has it. No code point in @text is a surrogate, and no change makes more of one than
 * the 18 that Unicode has at most. */
static Text *
change (const Text *text,
        Change      call)
{
  const gsize room = 18 * (gsize) text->len + 1;
  g_autofree UChar *from = g_new (UChar, 2 * (gsize) text->len + 1);
  g_autofree UChar *to = g_new (UChar, room);
  g_autoptr(Text) result = text_new (text->len);
  UErrorCode status = U_ZERO_ERROR;
  int32_t length = 0;

  for (guint i = 0; i < text->len; i++)
    U16_APPEND_UNSAFE (from, length, AT (text, i));

  length = call (from, length, to, room, &status);
  g_assert (U_SUCCESS (status));

  for (int32_t i = 0; i < length; )
    {
      UChar32 c;

      U16_NEXT (to, i, length, c);
      append (result, c);
    }

  return g_steal_pointer (&result);
}

/* ---- character references ---- */

static int
compare_names (const void *key,
               const void *entity)
{
  return strcmp (key, ((const VcEntity *) entity)->name);
}

static const char *
find_entity (const char *name)
{
  const VcEntity *found = bsearch (name, vc_entities, G_N_ELEMENTS (vc_entities),
                                   sizeof *vc_entities, compare_names);

  return found == NULL ? NULL : found->text;
}

static const char *
find_capital_entity (const char *name)
{
  const VcEntity *found = bsearch (name, vc_capital_entities, G_N_ELEMENTS (vc_capital_entities),
                                   sizeof *vc_capital_entities, compare_names);

  return found == NULL ? NULL : found->text;
}

/* What Windows-1252 has in the place of the C1 controls; 0 where it has nothing. */
static UChar32
get_windows_1252 (UChar32 c)
{
  static const uint16_t table[] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
  };

  return c >= 0x80 && c < 0xa0 && table[c - 0x80] != 0 ? table[c - 0x80] : c;
}

static gboolean
is_noncharacter (UChar32 c)
{
  return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* A number's character; -1 for one that is to vanish [WHATWG HTML, 13.2.5.80]. */
static UChar32
resolve_number (guint32 number)
{
  const UChar32 c = number;

  if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
    return REPLACEMENT;
  if (c >= 0x80 && c < 0xa0)
    return get_windows_1252 (c);
  if (c < 0x20 ? c != '\t' && c != '\n' && c != '\f' && c != '\r' : c == 0x7f || is_noncharacter (c))
    return -1;

  return c;
}

/* The number after "&#", with the semicolon if it has one: code points read, 0 if there is no number. */
static guint
read_number (const Text *text,
             guint       at,
             UChar32    *c)
{
  const gboolean hexadecimal = at < text->len && (AT (text, at) | 0x20) == 'x';
  const guint first = at + hexadecimal;
  guint end = first;
  guint32 number = 0;

  for (; end < text->len && AT (text, end) < 0x80; end++)
    {
      const int digit = hexadecimal ? g_ascii_xdigit_value (AT (text, end))
                                    : g_ascii_digit_value (AT (text, end));

      if (digit < 0)
        break;
      number = MIN (number * (hexadecimal ? 16 : 10) + digit, 0x110000);
    }

  if (end == first)
    return 0;

  *c = resolve_number (number);

  return end - at + (end < text->len && AT (text, end) == ';');
}

/* Python's html.unescape(): a name may lack its semicolon, and may be the beginning of a longer one. */
static Text *
unescape (const Text *text)
{
  g_autoptr(Text) result = text_new (text->len);

  for (guint i = 0; i < text->len; )
    {
      char name[VC_ENTITY_MAX + 2];
      const char *found = NULL;
      guint n = 0;
      UChar32 c;

      if (AT (text, i) != '&')
        {
          append (result, AT (text, i++));
          continue;
        }

      if (i + 1 < text->len && AT (text, i + 1) == '#' && (n = read_number (text, i + 2, &c)) > 0)
        {
          if (c >= 0)
            append (result, c);
          i += 2 + n;
          continue;
        }

      /* No name is longer than the table's longest, and all are letters and digits. */
      while (n < VC_ENTITY_MAX && i + 1 + n < text->len &&
             AT (text, i + 1 + n) < 0x80 && g_ascii_isalnum (AT (text, i + 1 + n)))
        {
          name[n] = AT (text, i + 1 + n);
          n++;
        }
      if (n < VC_ENTITY_MAX && i + 1 + n < text->len && AT (text, i + 1 + n) == ';')
        name[n++] = ';';

      for (; n >= 2 && found == NULL; n--)
        {
          name[n] = '\0';
          found = find_entity (name);
          if (found != NULL)
            break;
        }

      if (found == NULL)
        {
          append (result, AT (text, i++));
          continue;
        }

      append_utf8 (result, found, strlen (found));
      i += 1 + n;
    }

  return g_steal_pointer (&result);
}

/* ftfy's: a reference needs its semicolon; some names are known in capitals too. */
static Text *
unescape_strictly (const Text *text)
{
  enum { MOST = 24 };
  g_autoptr(Text) result = text_new (text->len);

  for (guint i = 0; i < text->len; )
    {
      const gboolean numbered = i + 1 < text->len && AT (text, i + 1) == '#';
      const guint first = i + 1 + numbered;
      char name[MOST + 2];
      const char *found = NULL;
      guint n = 0;
      UChar32 c = ';';

      if (AT (text, i) == '&')
        while (n < MOST && first + n < text->len &&
               AT (text, first + n) < 0x80 && g_ascii_isalnum (AT (text, first + n)))
          {
            name[n] = AT (text, first + n);
            n++;
          }

      if (n == 0 || first + n == text->len || AT (text, first + n) != ';')
        {
          append (result, AT (text, i++));
          continue;
        }
      name[n++] = ';';
      name[n] = '\0';

      if (numbered)
        {
          /* One that leaves or makes a semicolon stays as it is. */
          if (read_number (text, first, &c) != n || c == ';')
            {
              append (result, AT (text, i++));
              continue;
            }
          if (c >= 0)
            append (result, c);
        }
      else
        {
          found = find_entity (name);
          if (found == NULL)
            found = find_capital_entity (name);
          if (found == NULL)
            {
              append (result, AT (text, i++));
              continue;
            }
          append_utf8 (result, found, strlen (found));
        }
      i = first + n;
    }

  return g_steal_pointer (&result);
}

/* ---- ftfy's repairs ---- */

/* Latin letters that are one character for the printer's sake or an old table's. */
static const struct
{
  UChar32     c;
  const char *letters;
} ligatures[] = {
  { 0x0132, "IJ" }, { 0x0133, "ij" }, { 0x0149, "'n" }, { 0x01f1, "DZ" }, { 0x01f2, "Dz" },
  { 0x01f3, "dz" }, { 0x01c4, "DŽ" }, { 0x01c5, "Dž" }, { 0x01c6, "dž" }, { 0x01c7, "LJ" },
  { 0x01c8, "Lj" }, { 0x01c9, "lj" }, { 0x01ca, "NJ" }, { 0x01cb, "Nj" }, { 0x01cc, "nj" },
  { 0xfb00, "ff" }, { 0xfb01, "fi" }, { 0xfb02, "fl" }, { 0xfb03, "ffi" }, { 0xfb04, "ffl" },
  { 0xfb05, "ſt" }, { 0xfb06, "st" },
};

/* One character repaired; what comes of it needs no further repair here. */
static void
append_repaired (Text    *text,
                 UChar32  c)
{
  c = get_windows_1252 (c);

  if (c == 0x02bc || (c >= 0x2018 && c <= 0x201b))
    append (text, '\'');
  else if (c >= 0x201c && c <= 0x201f)
    append (text, '"');
  else if (c == 0x3000)
    append (text, ' ');
  else if (c == '\r' || c == 0x2028 || c == 0x2029)
    append (text, '\n');
  else if (c > 0xff00 && c < 0xfff0)
    {
      g_autoptr(Text) one = text_new (1);
      g_autoptr(Text) usual = NULL;

      append (one, c);
      usual = change (one, compose_compatible);
      g_array_append_vals (text, usual->data, usual->len);
    }
  else
    {
      for (guint i = 0; i < G_N_ELEMENTS (ligatures); i++)
        if (ligatures[i].c == c)
          {
            append_utf8 (text, ligatures[i].letters, strlen (ligatures[i].letters));
            return;
          }
      append (text, c);
    }
}

/* Code points of the terminal's escape at @at: ESC [ numbers and semicolons, a letter; or 0. */
static guint
measure_escape (const Text *text,
                guint       at)
{
  guint end = at + 2;

  if (end >= text->len || AT (text, at) != 0x1b || AT (text, at + 1) != '[')
    return 0;

  while (end < text->len && (AT (text, end) == ';' ||
                             u_charType (AT (text, end)) == U_DECIMAL_DIGIT_NUMBER))
    end++;

  return end < text->len && AT (text, end) < 0x80 && g_ascii_isalpha (AT (text, end)) ? end + 1 - at : 0;
}

static gboolean
is_unwanted_control (UChar32 c)
{
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r') || c == 0x7f ||
         (c >= 0x206a && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffc);
}

static Text *
repair (const Text *text)
{
  g_autoptr(Text) repaired = text_new (text->len);
  g_autoptr(Text) shown = text_new (text->len);

  for (guint i = 0; i < text->len; i++)
    append_repaired (repaired, AT (text, i));

  for (guint i = 0; i < repaired->len; )
    {
      const guint n = measure_escape (repaired, i);

      if (n == 0 && !is_unwanted_control (AT (repaired, i)))
        append (shown, AT (repaired, i));
      i += MAX (n, 1);
    }

  return change (shown, compose);
}

/* One line, repaired until it stays as it is. */
static Text *
repair_fully (const Text *line,
              gboolean    references,
              gsize      *work)
{
  g_autoptr(Text) text = g_array_copy ((Text *) line);

  for (;;)
    {
      g_autoptr(Text) resolved = references ? unescape_strictly (text) : g_array_ref (text);
      g_autoptr(Text) next = repair (resolved);
      const gboolean done = equal (next, text) || *work < text->len;

      *work -= MIN (*work, text->len);
      g_array_unref (text);
      text = g_steal_pointer (&next);
      if (done)
        return g_steal_pointer (&text);
    }
}

/* Line by line: once a line has a "<", references are taken to be meant from there on. */
static Text *
repair_lines (const Text *text)
{
  g_autoptr(Text) result = text_new (text->len);
  gboolean references = TRUE;
  gsize work = MAX_WORK;

  for (guint first = 0, end; first < text->len; first = end)
    {
      g_autoptr(Text) line = text_new (0);
      g_autoptr(Text) repaired = NULL;

      end = first;
      do
        references &= AT (text, end) != '<';
      while (AT (text, end++) != '\n' && end < text->len);

      g_array_append_vals (line, &AT (text, first), end - first);
      repaired = repair_fully (line, references, &work);
      g_array_append_vals (result, repaired->data, repaired->len);
    }

  return g_steal_pointer (&result);
}

static Text *
collapse_spaces (const Text *text)
{
  g_autoptr(Text) result = text_new (text->len);
  gboolean gap = FALSE;

  for (guint i = 0; i < text->len; i++)
    {
      const gboolean space = u_isUWhiteSpace (AT (text, i));

      if (!space && gap && result->len > 0)
        append (result, ' ');
      if (!space)
        append (result, AT (text, i));
      gap = space;
    }

  return g_steal_pointer (&result);
}

/* At most VC_TEXT_MAX bytes of @text, whole characters. */
static Text *
read_text (const char *text)
{
  gsize size = strnlen (text, VC_TEXT_MAX + 1);
  Text *typed;

  /* Not in the midst of a character. */
  if (size > VC_TEXT_MAX)
    for (size = VC_TEXT_MAX; size > VC_TEXT_MAX - 4 && U8_IS_TRAIL (text[size]); )
      size--;

  typed = text_new (size);
  append_utf8 (typed, text, size);

  return typed;
}

char *
vc_text_lower (const char *text)
{
  g_autoptr(Text) typed = read_text (text);
  g_autoptr(Text) lowered = change (typed, lower);

  return get_utf8 (lowered);
}

char *
vc_text_clean (const char *text)
{
  g_autoptr(Text) typed = NULL;
  g_autoptr(Text) repaired = NULL;
  g_autoptr(Text) once = NULL;
  g_autoptr(Text) twice = NULL;
  g_autoptr(Text) spaced = NULL;
  g_autoptr(Text) lowered = NULL;

  typed = read_text (text);
  repaired = repair_lines (typed);
  once = unescape (repaired);
  twice = unescape (once);
  spaced = collapse_spaces (twice);
  lowered = change (spaced, lower);

  return get_utf8 (lowered);
}

/* ---- words ---- */

typedef enum { NONE, SPACE, LETTER, NUMBER, OTHER } Class;

/* The class of the character at @at, and how many bytes it has. */
static Class
classify (const char *at,
          gsize      *size)
{
  const UChar32 c = g_utf8_get_char (at);
  const uint32_t type = U_GET_GC_MASK (c);

  *size = g_utf8_next_char (at) - at;

  if (c == 0)
    return NONE;
  if (type & U_GC_L_MASK)
    return LETTER;
  if (type & U_GC_N_MASK)
    return NUMBER;
  /* Matched without regard to case, U+0345, a mark whose capital is the letter Ι, is in no class of
   * CLIP's expression: neither a letter nor another one. */
  if (u_isUWhiteSpace (c) || c == 0x0345)
    return SPACE;

  return OTHER;
}

/* Bytes of @at that are @word, whatever the case: after cleaning only ſ is left to be another s. */
static gsize
match (const char *at,
       const char *word)
{
  const char *begin = at;

  for (; *word != '\0'; word++)
    if (*word == 's' && g_str_has_prefix (at, "ſ"))
      at += strlen ("ſ");
    else if (*at == *word)
      at++;
    else
      return 0;

  return at - begin;
}

const char *
vc_text_next_word (const char         **at,
                   const char * const  *specials,
                   gsize               *size)
{
  static const char * const ends[] = { "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", NULL };
  const char * const * const lists[] = { specials, ends };
  const char *word = *at;
  gsize n;
  Class class;

  while ((class = classify (word, &n)) == SPACE)
    word += n;

  if (class == NONE)
    {
      *at = word;
      return NULL;
    }

  *size = 0;
  for (guint i = 0; i < G_N_ELEMENTS (lists) && *size == 0; i++)
    for (guint k = 0; lists[i][k] != NULL && *size == 0; k++)
      *size = match (word, lists[i][k]);

  if (*size == 0)
    do
      *size += n;
    while (class != NUMBER && classify (word + *size, &n) == class);

  *at = word + *size;

  return word;
}
