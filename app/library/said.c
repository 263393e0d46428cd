/* said.c: what a picture's file says in words, as the reader of pictures hands it over */

#define G_LOG_DOMAIN "vig-said"

#include "config.h"

#include "library/said.h"

#include "decoder/protocol.h"

#include <string.h>

static void
add (VigSaid    *said,
     char        what,
     const char *text)
{
  switch (what)
    {
    case VIG_SAID_DEEP:
      g_ptr_array_add (said->deep, g_strdup (text));
      break;
    case VIG_SAID_FLAT:
      g_ptr_array_add (said->flat, g_strdup (text));
      break;
    case VIG_SAID_COMMENT:
      g_free (said->comment);
      said->comment = g_strdup (text);
      break;
    case VIG_SAID_PNG:
      if (said->texts == NULL)
        said->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      break;
    default:
      break;
    }
}

VigSaid *
vig_said_parse (const char *bytes,
                gsize       size)
{
  VigSaid *said = g_new0 (VigSaid, 1);
  const char *end = bytes + size;
  const char *key = NULL;

  said->deep = g_ptr_array_new_with_free_func (g_free);
  said->flat = g_ptr_array_new_with_free_func (g_free);
  for (const char *at = bytes; at < end;)
    {
      const char *nul = memchr (at, '\0', end - at);

      if (nul == NULL)
        break;  /* the rest has no end */
      if (nul > at && g_utf8_validate (at + 1, nul - at - 1, NULL))
        {
          if (*at == VIG_SAID_KEY)
            key = at + 1;
          else if (*at != VIG_SAID_TEXT)
            add (said, *at, at + 1);
          else if (key != NULL && said->texts != NULL && !g_hash_table_contains (said->texts, key))
            g_hash_table_insert (said->texts, g_strdup (key), g_strdup (at + 1));
        }
      at = nul + 1;
    }

  return said;
}

void
vig_said_free (VigSaid *said)
{
  if (said == NULL)
    return;

  g_ptr_array_unref (said->deep);
  g_ptr_array_unref (said->flat);
  g_free (said->comment);
  g_clear_pointer (&said->texts, g_hash_table_unref);
  g_free (said);
}
