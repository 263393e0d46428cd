/* line.c: reads a command line, and opens what it needs */

#define G_LOG_DOMAIN "vig-line"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>

#include "cli/commands.h"
#include "cli/line-private.h"
#include "studio/model-files.h"

static const VigCommand *const commands[] = {
  &vig_command_generate,
  &vig_command_resume,
  &vig_command_complete,
  &vig_command_enlarge,
  &vig_command_tag,
  &vig_command_index,
  &vig_command_search,
  &vig_command_embed,
  &vig_command_tokenize,
  &vig_command_models,
  &vig_command_devices,
  &vig_command_bench,
  &vig_command_check,
  &vig_command_backup,
  &vig_command_restore,
  &vig_command_export,
  &vig_command_import,
};

/* ---- Reading ---- */

static gboolean show_help;
static gboolean show_version;
static char **rest;

/* @line receives what everybody understands. */
static GOptionContext *
make_context (VigLine          *self,
              const VigCommand *command)
{
  const GOptionEntry common[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &self->directory,
      N_("Keep the library, models and pictures in DIR"), N_("DIR") },
    { "device", 0, 0, G_OPTION_ARG_FILENAME, &self->device,
      N_("What computes: auto, host, gpu, or an id of “vignette devices”"), N_("DEVICE") },
    { "model", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->models,
      N_("The model to use; one of each kind may be given"), N_("NAME|DIR") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_("Answer with one JSON document"), NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, N_("Show no progress"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &show_help, N_("Show this help"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &show_version, N_("Show the version"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL },
    { NULL }
  };
  g_autofree char *usage = command == NULL ? g_strdup (_("[FILE…]"))
                                           : g_strdup_printf ("%s %s", command->name,
                                                              _(command->arguments));
  GOptionContext *context = g_option_context_new (usage);

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  if (command != NULL && command->options != NULL)
    g_option_context_add_main_entries (context, command->options, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);

  return context;
}

static gboolean
takes_value (const GOptionEntry *options,
             const char         *name)
{
  for (const GOptionEntry *entry = options; entry != NULL && entry->long_name != NULL; entry++)
    if (g_str_equal (entry->long_name, name))
      return entry->arg != G_OPTION_ARG_NONE;

  return FALSE;
}

/* The same of “-n”, which is no long option's name. */
static gboolean
any_short_takes_value (char name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    for (const GOptionEntry *entry = commands[i]->options;
         entry != NULL && entry->long_name != NULL; entry++)
      if (entry->short_name == name && entry->arg != G_OPTION_ARG_NONE)
        return TRUE;

  return FALSE;
}

static gboolean
any_takes_value (const char *name)
{
  if (g_str_equal (name, "profile") || g_str_equal (name, "device") || g_str_equal (name, "model"))
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (takes_value (commands[i]->options, name))
      return TRUE;

  return FALSE;
}

/* Where the first word stands after @argv[0] that is no option and no option's value; 0: nowhere. */
static guint
find_word (char **argv)
{
  for (guint i = 1; argv[i] != NULL && !g_str_equal (argv[i], "--"); i++)
    {
      gboolean takes;

      if (argv[i][0] != '-' || argv[i][1] == '\0')
        return i;

      takes = argv[i][1] == '-' ? any_takes_value (argv[i] + 2)
                                : argv[i][2] == '\0' && any_short_takes_value (argv[i][1]);
      if (takes && argv[i + 1] != NULL)
        i++;
    }

  return 0;
}

/* That word, if it is a command. */
static const VigCommand *
find_command (char **argv)
{
  const guint at = find_word (argv);

  for (guint k = 0; at > 0 && k < G_N_ELEMENTS (commands); k++)
    if (g_str_equal (argv[at], commands[k]->name))
      return commands[k];

  return NULL;
}

static void
print_help (VigLine        *self,
            GOptionContext *context)
{
  g_autoptr(GString) about = g_string_new (NULL);
  g_autofree char *help = NULL;

  if (self->command != NULL)
    {
      g_option_context_set_summary (context, _(self->command->summary));
      if (self->command->details != NULL)
        g_option_context_set_description (context, _(self->command->details));
    }
  else
    {
      g_string_append (about, _("Draws pictures from words, tags pictures and finds them again.\n"
                                "Without a command it opens its window, with the FILEs to tag."
                                "\n\n"));
      g_string_append (about, _("Commands:"));
      for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
        g_string_append_printf (about, "\n  %-10s  %s", commands[i]->name, _(commands[i]->summary));
      g_string_append (about, _("\n\n“vignette COMMAND --help” says more."));
      g_option_context_set_summary (context, about->str);
    }

  help = g_option_context_get_help (context, TRUE, NULL);
  vig_line_print (self, "%s", help);
}

/* An option of the kind that is or is not, with a value nevertheless: GOption passes over it. */
static const char *
find_valued_flag (const VigCommand *command,
                  char            **argv)
{
  for (guint i = 1; argv[i] != NULL && !g_str_equal (argv[i], "--"); i++)
    {
      const char *equals = strchr (argv[i], '=');
      g_autofree char *name = NULL;
      gboolean known;

      if (!g_str_has_prefix (argv[i], "--"))
        continue;
      if (equals == NULL)
        {
          if (any_takes_value (argv[i] + 2) && argv[i + 1] != NULL)
            i++;
          continue;
        }

      name = g_strndup (argv[i] + 2, equals - argv[i] - 2);
      known = g_str_equal (name, "json") || g_str_equal (name, "quiet") ||
              g_str_equal (name, "help") || g_str_equal (name, "version");
      for (const GOptionEntry *entry = command != NULL ? command->options : NULL;
           entry != NULL && entry->long_name != NULL; entry++)
        known |= entry->arg == G_OPTION_ARG_NONE && g_str_equal (entry->long_name, name);
      if (known)
        return argv[i];
    }

  return NULL;
}

/* Words that are neither a command nor a file are mistakes, not pictures to open. */
static gboolean
check_files (VigLine *self,
             VigExit *status)
{
  for (guint i = 0; self->arguments[i] != NULL; i++)
    {
      const char *word = self->arguments[i];

      if (g_file_test (word, G_FILE_TEST_EXISTS))
        continue;

      *status = vig_line_tell_usage (self, _("“%s” is neither a command nor a file"), word);
      return FALSE;
    }

  return TRUE;
}

gboolean
vig_line_parse (VigLine *self,
                char   **argv,
                VigExit *status)
{
  g_autoptr(GOptionContext) context = NULL;
  g_auto(GStrv) words = g_strdupv (argv);
  guint help;
  g_autoptr(GError) error = NULL;

  self->begun_us = g_get_monotonic_time ();
  vig_line_exit_on_signals ();
  /* “vignette help tag” is “vignette --help tag”. */
  help = argv[0] == NULL ? 0 : find_word (argv);
  if (help > 0 && !g_str_equal (argv[help], "help"))
    help = 0;
  self->command = argv[0] == NULL ? NULL : find_command (argv + help);
  context = make_context (self, self->command);

  *status = VIG_EXIT_DONE;
  if (!g_option_context_parse_strv (context, &words, &error))
    {
      *status = vig_line_tell_usage (self, "%s", error->message);
      return FALSE;
    }
  if (find_valued_flag (self->command, argv) != NULL)
    {
      *status = vig_line_tell_usage (self, _("“%s”: this option takes no value"),
                                     find_valued_flag (self->command, argv));
      return FALSE;
    }
  if (self->directory != NULL && *self->directory == '\0')
    {
      *status = vig_line_tell_usage (self, _("--profile is a folder"));
      return FALSE;
    }
  if (show_help || help > 0)
    {
      print_help (self, context);
      return FALSE;
    }
  if (show_version)
    {
      vig_line_print (self, "Vignette %s\n", APP_VERSION);
      return FALSE;
    }

  /* The first of the rest is the command itself. */
  self->arguments = rest == NULL ? g_new0 (char *, 1)
                                 : g_strdupv (rest + (self->command != NULL ? 1 : 0));
  g_clear_pointer (&rest, g_strfreev);
  if (self->device == NULL)
    self->device = g_strdup ("auto");

  return self->command != NULL || check_files (self, status);
}

VigExit
vig_line_finish (VigLine *self,
                 VigExit  status)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;

  vig_line_tell (self, _("standard output"), "%s", g_strerror (errno));

  return status == VIG_EXIT_DONE ? VIG_EXIT_FAILED : status;
}

void
vig_line_clear (VigLine *self)
{
  vig_line_erase_bar (self);
  if (self->studio != NULL && !self->interrupted)
    vig_studio_close (self->studio);
  g_clear_object (&self->studio);
  g_clear_object (&self->library);
  g_clear_object (&self->profile);
  g_clear_pointer (&self->directory, g_free);
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->models, g_strfreev);
  g_clear_pointer (&self->arguments, g_strfreev);
}

/* ---- Opening ---- */

VigProfile *
vig_line_get_profile (VigLine *self)
{
  g_autoptr(GError) error = NULL;

  if (self->profile == NULL)
    {
      self->profile = vig_profile_new (self->directory, &error);
      if (self->profile == NULL)
        vig_line_tell_error (self, self->directory != NULL ? self->directory : _("profile"), error);
    }

  return self->profile;
}

VigLibrary *
vig_line_get_library (VigLine *self)
{
  g_autoptr(GError) error = NULL;

  if (self->library == NULL && vig_line_get_profile (self) != NULL)
    {
      self->library = vig_library_open (self->profile, &error);
      if (self->library == NULL)
        vig_line_tell_error (self, _("library"), error);
    }

  return self->library;
}

VigStudio *
vig_line_get_studio (VigLine *self)
{
  if (self->studio == NULL && vig_line_get_library (self) != NULL)
    self->studio = vig_studio_new (self->library, self->device,
                                   (const char * const *) self->models);

  return self->studio;
}
