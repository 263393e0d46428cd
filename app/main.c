/* main.c: a command, or else the window */

#define G_LOG_DOMAIN "vig-main"

#include "config.h"

#include <locale.h>
#include <string.h>

#include <glib/gi18n.h>
#include <gtk/gtk.h>

#include "application.h"
#include "cli/commands.h"

static gboolean
has_display (void)
{
  return (g_getenv ("DISPLAY") != NULL || g_getenv ("WAYLAND_DISPLAY") != NULL) &&
         gtk_init_check ();
}

/* Where there is nothing to show a window on, the program shows what it can do otherwise. */
static VigExit
run_without_display (VigLine *line)
{
  if (line->arguments[0] != NULL)
    {
      vig_line_tell (line, NULL, "%s", _("there is no display to open a window on; “vignette tag” "
                                         "tags files without one"));
      return VIG_EXIT_FAILED;
    }

  vig_line_tell (line, NULL, "%s", _("there is no display to open a window on; drawing a sample "
                                     "instead"));

  return vig_generate_sample (line);
}

int
main (int    argc,
      char **argv)
{
  g_auto(VigLine) line = { NULL, };
  VigProfile *profile;
  VigExit status;
  /* As the bus starts it: https://developer.gnome.org/documentation/tutorials/application-id.html */
  const gboolean service = argc == 2 && strcmp (argv[1], "--gapplication-service") == 0;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (service)
    argv[1] = NULL;
  if (!vig_line_parse (&line, argv, &status))
    return vig_line_finish (&line, status);
  if (line.command == &vig_command_bench && has_display ())
    vig_bench_window = vig_window_measure;
  if (line.command != NULL)
    return vig_line_finish (&line, line.command->run (&line, line.arguments));
  if (!has_display ())
    return vig_line_finish (&line, run_without_display (&line));

  profile = vig_line_get_profile (&line);
  if (profile == NULL)
    return VIG_EXIT_FAILED;

  if (service)
    return vig_application_serve (profile, line.device, (const char * const *) line.models);

  return vig_application_run (profile, line.device, (const char * const *) line.models,
                              line.arguments);
}
