/* error.c: the error domain of compute */

#include "error.h"

#include <string.h>

G_DEFINE_QUARK (vc-error-quark, vc_error)

#define MAX_QUOTE 80

char *
vc_error_quote (const char *text)
{
  g_autoptr(GString) quote = g_string_new ("“");
  g_autofree char *valid = g_utf8_make_valid (text, strnlen (text, 4 * MAX_QUOTE + 4));
  guint n = 0;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      if (n++ == MAX_QUOTE)
        {
          g_string_append (quote, "…");
          break;
        }
      /* Control characters could end the line or steer a terminal; others could turn it round. */
      g_string_append_unichar (quote, g_unichar_isprint (c) ? c : 0xfffd);
    }

  g_string_append (quote, "”");

  return g_string_free (g_steal_pointer (&quote), FALSE);
}
