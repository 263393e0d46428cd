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

/* One term: up to a space that is not between quotation marks, which are left out. *@quoted: whether there were any.
 * Returns NULL at the end. */
static char *
next_term (const char **at,
           gboolean    *quoted)
{
  GString *term;
  gboolean inside = FALSE;

  while (g_unichar_isspace (g_utf8_get_char (*at)))
    *at = g_utf8_next_char (*at);
  if (**at == '\0')
    return NULL;

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

  return g_string_free (term, FALSE);
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

static gboolean
take_date (VigFilter  *filter,
           const char *key,
           const char *value)
{
  gint64 from, to;

  if (!parse_date (value, &from, &to))
    return FALSE;

  /* “After 2024” begins with 2024: who wants to leave it out says 2025. */
  if (strcmp (key, "before") != 0)
    filter->after = MAX (filter->after, from);
  if (strcmp (key, "after") != 0)
    filter->before = MIN (filter->before, strcmp (key, "before") == 0 ? from : to);

  return TRUE;
}

/* Whether KEY:VALUE is one of the terms above, and makes sense. */
static gboolean
take_key (VigTyped   *typed,
          const char *key,
          const char *value,
          gboolean    minus)
{
  VigFilter *filter = typed->filter;

  if (*value == '\0')
    return FALSE;
  if (strcmp (key, "tag") == 0)
    vig_filter_add (minus ? &filter->not_tags : &filter->tags, value);
  else if (strcmp (key, "like") == 0)
    vig_filter_add (minus ? &typed->unlike : &typed->like, value);
  else if (minus)
    return FALSE;
  else if (strcmp (key, "folder") == 0)
    vig_filter_add (&filter->folders, value);
  else if (strcmp (key, "after") == 0 || strcmp (key, "before") == 0 || strcmp (key, "date") == 0)
    return take_date (filter, key, value);
  else if (strcmp (key, "kind") == 0 && strcmp (value, "photo") == 0)
    filter->kind = VIG_PICTURE_PHOTO;
  else if (strcmp (key, "kind") == 0 && strcmp (value, "made") == 0)
    filter->kind = VIG_PICTURE_MADE;
  else if (strcmp (key, "is") == 0 && (strcmp (value, "favourite") == 0 || strcmp (value, "favorite") == 0))
    filter->favourite = TRUE;
  else
    return FALSE;

  return TRUE;
}

VigTyped *
vig_typed_parse (const char *text)
{
  VigTyped *typed = g_new0 (VigTyped, 1);
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autoptr(GString) words = g_string_new (NULL);
  const char *at = valid;
  char *next;
  gboolean quoted;

  typed->filter = vig_filter_new ();
  while ((next = next_term (&at, &quoted)) != NULL)
    {
      g_autofree char *term = next;
      const gboolean minus = term[0] == '-' && term[1] != '\0' && !g_unichar_isspace (g_utf8_get_char (term + 1));
      const char *bare = term + minus;
      const char *colon = strchr (bare, ':');
      g_autofree char *key = colon != NULL ? g_ascii_strdown (bare, colon - bare) : NULL;

      if (key != NULL && take_key (typed, key, colon + 1, minus))
        continue;
      if (minus)
        vig_filter_add (&typed->minus, bare);
      else if (*term != '\0')
        g_string_append_printf (words, quoted ? "%s\"%s\"" : "%s%s", words->len > 0 ? " " : "", term);
    }
  typed->text = g_strdup (words->str);

  return typed;
}
