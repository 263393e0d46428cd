/* prompts.c: several prompts typed as one */

#define G_LOG_DOMAIN "vig-prompts"

#include "config.h"

#include "studio/prompts.h"

#include <glib/gi18n.h>
#include <string.h>

/* Sets in one line: more are too many prompts whatever they hold. */
#define SETS_MAX 32

/* The brace that closes the one at @open, and whether a comma divides what is between them; NULL if there is none. */
static const char *
find_close (const char *open,
            gboolean   *divided)
{
  guint depth = 0;

  *divided = FALSE;
  for (const char *p = open; *p != '\0'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '{')
        depth++;
      else if (*p == '}' && --depth == 0)
        return p;
      else if (*p == ',' && depth == 1)
        *divided = TRUE;
    }

  return NULL;
}

/* The first set of choices from @text on. */
static const char *
find_set (const char  *text,
          const char **close)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      gboolean divided;

      if (*p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '{' && (*close = find_close (p, &divided)) != NULL && divided)
        return p;
    }

  return NULL;
}

/* What a prompt without sets says: signs without their backslash, single spaces. */
static char *
tidy (const char *text)
{
  GString *prompt = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\\' && p[1] != '\0' && strchr ("{},", p[1]) != NULL)
        p++;
      if (!g_ascii_isspace (*p))
        g_string_append_c (prompt, *p);
      else if (prompt->len > 0 && prompt->str[prompt->len - 1] != ' ')
        g_string_append_c (prompt, ' ');
    }
  g_strchomp (prompt->str);

  return g_string_free (prompt, FALSE);
}

/* FALSE: there are too many. */
static gboolean
expand (GPtrArray  *prompts,
        const char *text,
        guint       sets)
{
  const char *close = NULL;
  const char *open = find_set (text, &close);

  if (sets > SETS_MAX)
    return FALSE;

  if (open == NULL)
    {
      char *prompt = tidy (text);

      if (*prompt == '\0' || g_ptr_array_find_with_equal_func (prompts, prompt, g_str_equal, NULL))
        g_free (prompt);
      else
        g_ptr_array_add (prompts, prompt);

      return prompts->len <= VIG_PROMPTS_MAX;
    }

  const char *choice = open + 1;
  guint depth = 0;

  for (const char *p = choice; p <= close; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '{')
        depth++;
      else if (*p == '}' && p < close)
        depth--;
      else if (p == close || (*p == ',' && depth == 0))
        {
          g_autofree char *one = g_strdup_printf ("%.*s%.*s%s", (int) (open - text), text, (int) (p - choice), choice,
                                                  close + 1);

          if (!expand (prompts, one, sets + 1))
            return FALSE;
          choice = p + 1;
        }
    }

  return TRUE;
}

char **
vig_prompts_expand (const char  *text,
                    GError     **error)
{
  g_autoptr(GPtrArray) prompts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_auto(GStrv) lines = g_strsplit_set (valid, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!expand (prompts, lines[i], 0))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     _("These are more than %u prompts; leave some of the choices out."), VIG_PROMPTS_MAX);
        return NULL;
      }
  g_ptr_array_add (prompts, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&prompts), FALSE);
}
