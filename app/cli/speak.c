/* speak.c: what a command line says: answers, errors, JSON */

#define G_LOG_DOMAIN "vig-speak"

#include "config.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>

#include "cli/line-private.h"

void
vig_line_erase_bar (VigLine *self)
{
  if (!self->bar)
    return;

  fputs ("\r\033[K", stderr);
  self->bar = FALSE;
}

/* Valid UTF-8 in which nothing commands a terminal: a file may be called anything. */
static char *
escape (const char *text,
        const char *kept)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *escaped = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iscntrl (c) || (c < 128 && strchr (kept, c) != NULL))
        g_string_append_unichar (escaped, c);
      else if (c == '\n')
        g_string_append (escaped, "\\n");
      else
        g_string_append_printf (escaped, "\\x%02x", c);
    }

  return g_string_free (escaped, FALSE);
}

/* Whether the sentence has the name in quotes already. */
static gboolean
names (const char *why,
       const char *what)
{
  g_autofree char *shown = g_filename_display_name (what);
  g_autofree char *quoted = g_strdup_printf ("“%s”", shown);

  return strstr (why, quoted) != NULL;
}

static void
tell (VigLine    *self,
      const char *what,
      const char *why)
{
  g_autofree char *shown = what == NULL ? NULL : *what == '\0' ? g_strdup ("“”") : escape (what, "");
  g_autofree char *line = what == NULL || names (why, what)
                          ? g_strdup_printf ("vignette: %s", why)
                          : g_strdup_printf ("vignette: %s: %s", shown, why);
  g_autofree char *valid = escape (line, "\r\n");

  vig_line_erase_bar (self);
  g_strdelimit (valid, "\r\n", ' ');
  g_strchomp (valid);
  if (g_str_has_suffix (valid, ".") && !g_str_has_suffix (valid, ".."))  /* as the window has it */
    valid[strlen (valid) - 1] = '\0';
  fprintf (stderr, "%s\n", valid);
}

void
vig_line_tell (VigLine    *self,
               const char *what,
               const char *format,
               ...)
{
  g_autofree char *why = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  tell (self, what, why);
}

VigExit
vig_line_tell_error (VigLine      *self,
                     const char   *what,
                     const GError *error)
{
  tell (self, what, error->message);

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT) ? VIG_EXIT_USAGE
                                                                          : VIG_EXIT_FAILED;
}

VigExit
vig_line_tell_usage (VigLine    *self,
                     const char *format,
                     ...)
{
  const char *name = self->command == NULL ? NULL : self->command->name;
  g_autofree char *why = NULL;
  g_autofree char *whole = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  whole = name == NULL ? g_strdup_printf (_("%s; see “vignette --help”"), why)
                       : g_strdup_printf (_("%s; see “vignette %s --help”"), why, name);
  tell (self, name, whole);

  return VIG_EXIT_USAGE;
}

void
vig_line_print (VigLine    *self,
                const char *format,
                ...)
{
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  vig_line_erase_bar (self);
  valid = escape (text, "\n\t");
  fputs (valid, stdout);
}

void
vig_line_print_json (VigLine *self,
                     json_t  *document)
{
  vig_line_erase_bar (self);
  json_dumpf (document, stdout, JSON_REAL_PRECISION (9));
  putchar ('\n');
  json_decref (document);
}

json_t *
vig_line_text (const char *text)
{
  g_autofree char *valid = NULL;

  if (text == NULL)
    return json_null ();

  valid = g_utf8_make_valid (text, -1);

  return json_string (valid);
}

char *
vig_line_show (const char *path)
{
  return escape (path, "");
}

VigExit
vig_line_count_failed (guint failed,
                       guint n)
{
  if (failed == 0)
    return VIG_EXIT_DONE;

  return failed == n ? VIG_EXIT_FAILED : VIG_EXIT_SOME;
}

double
vig_line_get_seconds (VigLine *self)
{
  return (double) (g_get_monotonic_time () - self->begun_us) / G_USEC_PER_SEC;
}
