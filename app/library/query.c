/* query.c: what somebody typed to find pictures */

#define G_LOG_DOMAIN "vig-query"

#include "config.h"

#include "library/query.h"

#include "library/picture.h"

#include <stdio.h>
#include <string.h>

void
vig_typed_free (VigTyped *typed)
{
  if (typed == NULL)
    return;

  g_free (typed->text);
  g_strfreev (typed->minus);
  g_strfreev (typed->like);
  g_strfreev (typed->unlike);
  vig_filter_free (typed->filter);
  g_free (typed);
}

static gboolean
is_quote (gunichar c)
{
  return c == '"' || c == 0x201C || c == 0x201D || c == 0x201E;
}

/* One term: up to a space that is not between quotation marks, which are left out. Returns FALSE at the end. */
static gboolean
next_term (const char **at,
           char       **text,
           gboolean    *quoted,
           gboolean    *open)
{
  GString *term;
  gboolean inside = FALSE;

  while (g_unichar_isspace (g_utf8_get_char (*at)))
    *at = g_utf8_next_char (*at);
  if (**at == '\0')
    return FALSE;

  term = g_string_new (NULL);
  *quoted = FALSE;
  for (; **at != '\0'; *at = g_utf8_next_char (*at))
    {
      const gunichar c = g_utf8_get_char (*at);

      if (is_quote (c))
        {
          inside = !inside;
          *quoted = TRUE;
        }
      else if (!inside && g_unichar_isspace (c))
        break;
      else
        g_string_append_unichar (term, c);
    }
  *open = **at == '\0';
  *text = g_string_free (term, FALSE);

  return TRUE;
}

/* “2024”, “2024-05”, “2024-05-17”: from when, and until when it is. */
static gboolean
parse_date (const char *text,
            gint64     *from,
            gint64     *to)
{
  int year = 0, month = 1, day = 1, used = 0;
  const int n = sscanf (text, "%4d-%2d-%2d", &year, &month, &day);

  if (n < 1 || year < 1 || month < 1 || month > 12 || day < 1 ||
      (sscanf (text, n == 1 ? "%*4d%n" : n == 2 ? "%*4d-%*2d%n" : "%*4d-%*2d-%*2d%n", &used), text[used] != '\0'))
    return FALSE;

  g_autoptr(GDateTime) begin = g_date_time_new_local (year, month, day, 0, 0, 0);
  if (begin == NULL)
    return FALSE;

  g_autoptr(GDateTime) end = n == 1   ? g_date_time_add_years (begin, 1)
                             : n == 2 ? g_date_time_add_months (begin, 1)
                                      : g_date_time_add_days (begin, 1);
  if (end == NULL)
    return FALSE;

  *from = g_date_time_to_unix (begin);
  *to = g_date_time_to_unix (end);

  return TRUE;
}

static void
take_date (VigFilter     *filter,
           const VigTerm *term)
{
  gint64 from = 0, to = 0;

  parse_date (term->value, &from, &to);
  /* “After 2024” begins with 2024: who wants to leave it out says 2025. */
  if (strcmp (term->key, "before") != 0)
    filter->after = MAX (filter->after, from);
  if (strcmp (term->key, "after") != 0)
    filter->before = MIN (filter->before, strcmp (term->key, "before") == 0 ? from : to);
}

/* Whether KEY:VALUE is one of the terms above, and makes sense; then *@kind is set. */
static gboolean
find_kind (const char  *key,
           const char  *value,
           gboolean     minus,
           VigTermKind *kind)
{
  static const struct { const char *key; VigTermKind kind; } kinds[] = {
    { "tag", VIG_TERM_TAG }, { "like", VIG_TERM_LIKE }, { "folder", VIG_TERM_FOLDER }, { "after", VIG_TERM_DATE },
    { "before", VIG_TERM_DATE }, { "date", VIG_TERM_DATE }, { "kind", VIG_TERM_KIND }, { "is", VIG_TERM_FAVOURITE },
  };
  gint64 from, to;
  guint i = 0;

  while (i < G_N_ELEMENTS (kinds) && strcmp (key, kinds[i].key) != 0)
    i++;
  if (i == G_N_ELEMENTS (kinds) || *value == '\0')
    return FALSE;

  *kind = kinds[i].kind;
  if (*kind == VIG_TERM_TAG || *kind == VIG_TERM_LIKE)
    return TRUE;
  if (minus)
    return FALSE;
  if (*kind == VIG_TERM_DATE)
    return parse_date (value, &from, &to);
  if (*kind == VIG_TERM_KIND)
    return strcmp (value, "photo") == 0 || strcmp (value, "made") == 0;
  if (*kind == VIG_TERM_FAVOURITE)
    return strcmp (value, "favourite") == 0 || strcmp (value, "favorite") == 0;

  return TRUE;
}

/* ---- Terms ---- */

void
vig_term_free (VigTerm *term)
{
  g_free (term->key);
  g_free (term->value);
  g_free (term);
}

GPtrArray *
vig_terms_parse (const char *text)
{
  GPtrArray *terms = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_term_free);
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  const char *at = valid;
  char *next;
  gboolean quoted, open;

  while (next_term (&at, &next, &quoted, &open))
    {
      g_autofree char *whole = next;
      const gboolean minus = whole[0] == '-' && whole[1] != '\0' && !g_unichar_isspace (g_utf8_get_char (whole + 1));
      const char *bare = whole + minus;
      const char *colon = strchr (bare, ':');
      g_autofree char *key = colon != NULL ? g_ascii_strdown (bare, colon - bare) : NULL;
      VigTermKind kind = VIG_TERM_WORD;
      VigTerm *term;

      if (*whole == '\0')
        continue;
      if (key != NULL && !find_kind (key, colon + 1, minus, &kind))
        kind = VIG_TERM_WORD;

      term = g_new (VigTerm, 1);
      *term = (VigTerm) {
        .kind = kind, .minus = minus, .quoted = quoted, .open = open,
        .key = kind != VIG_TERM_WORD ? g_steal_pointer (&key) : NULL,
        .value = g_strdup (kind != VIG_TERM_WORD ? colon + 1 : bare),
      };
      g_ptr_array_add (terms, term);
    }

  return terms;
}

char *
vig_term_dup_text (const VigTerm *term)
{
  gboolean spaces = FALSE;
  const char *quote;

  for (const char *at = term->value; *at != '\0'; at = g_utf8_next_char (at))
    {
      if (is_quote (g_utf8_get_char (at)))
        return NULL;
      spaces = spaces || g_unichar_isspace (g_utf8_get_char (at));
    }

  quote = spaces || (term->kind == VIG_TERM_WORD && term->quoted) ? "\"" : "";

  return g_strconcat (term->minus ? "-" : "", term->key != NULL ? term->key : "", term->key != NULL ? ":" : "", quote,
                      term->value, quote, NULL);
}

/* ---- All of them ---- */

static void
take_term (VigTyped      *typed,
           GString       *words,
           const VigTerm *term)
{
  VigFilter *filter = typed->filter;

  switch (term->kind)
    {
    case VIG_TERM_WORD:
      if (term->minus)
        vig_filter_add (&typed->minus, term->value);
      else
        g_string_append_printf (words, term->quoted ? "%s\"%s\"" : "%s%s", words->len > 0 ? " " : "", term->value);
      break;

    case VIG_TERM_LIKE:
      vig_filter_add (term->minus ? &typed->unlike : &typed->like, term->value);
      break;

    case VIG_TERM_TAG:
      vig_filter_add (term->minus ? &filter->not_tags : &filter->tags, term->value);
      break;

    case VIG_TERM_FOLDER:
      vig_filter_add (&filter->folders, term->value);
      break;

    case VIG_TERM_DATE:
      take_date (filter, term);
      break;

    case VIG_TERM_KIND:
      filter->kind = strcmp (term->value, "photo") == 0 ? VIG_PICTURE_PHOTO : VIG_PICTURE_MADE;
      break;

    case VIG_TERM_FAVOURITE:
      filter->favourite = TRUE;
      break;
    }
}

VigTyped *
vig_typed_parse (const char *text)
{
  VigTyped *typed = g_new0 (VigTyped, 1);
  g_autoptr(GPtrArray) terms = vig_terms_parse (text);
  g_autoptr(GString) words = g_string_new (NULL);

  typed->filter = vig_filter_new ();
  for (guint i = 0; i < terms->len; i++)
    take_term (typed, words, g_ptr_array_index (terms, i));
  typed->text = g_strdup (words->str);

  return typed;
}
