/* emoji.c: the names of emoji */

#include "model/emoji.h"

#include <string.h>

/* Sorted by bytes. */
static const struct
{
  const char *sequence;
  const char *name;
} emoji[] = {
#include "emoji-table.h"
};

/* Entries @first to @end - 1 begin with the same @depth bytes. */
typedef struct
{
  guint first;
  guint end;
  gsize depth;
} Range;

/* The first entry from @range->first on that is not before @size bytes at @at, or, with @after, is after all
 * that begin with them. */
static guint
find_border (const Range *range,
             const char  *at,
             gsize        size,
             gboolean     after)
{
  guint first = range->first;
  guint end = range->end;

  while (first < end)
    {
      const guint middle = first + (end - first) / 2;
      const int order = strncmp (emoji[middle].sequence + range->depth, at, size);

      if (order < 0 || (after && order == 0))
        first = middle + 1;
      else
        end = middle;
    }

  return first;
}

/* Of @range, what goes on with the character at @at, of @size bytes. FALSE if nothing does. */
static gboolean
narrow (Range      *range,
        const char *at,
        gsize       size)
{
  const Range narrower = { find_border (range, at, size, FALSE), find_border (range, at, size, TRUE),
                           range->depth + size };

  if (narrower.first == narrower.end)
    return FALSE;

  *range = narrower;

  return TRUE;
}

/* The name of the emoji at @at, whose bytes are @size; or NULL. */
static const char *
find_name (const char *at,
           gsize      *size)
{
  Range range = { 0, G_N_ELEMENTS (emoji), 0 };

  while (at[range.depth] != '\0' &&
         narrow (&range, at + range.depth, g_utf8_skip[(guchar) at[range.depth]]))
    continue;

  *size = range.depth;

  return range.depth > 0 && emoji[range.first].sequence[range.depth] == '\0' ? emoji[range.first].name : NULL;
}

char *
vc_emoji_name (const char *text)
{
  GString *named = g_string_new (NULL);

  for (const char *at = text; *at != '\0';)
    {
      const gunichar c = g_utf8_get_char (at);
      gsize size;
      const char *name = find_name (at, &size);

      if (name != NULL)
        g_string_append (named, name);
      else if (c != 0xfe0e && c != 0xfe0f)
        g_string_append_unichar (named, c);
      at = name != NULL ? at + size : g_utf8_next_char (at);
    }

  return g_string_free (named, FALSE);
}
