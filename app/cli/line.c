/* line.c: reads a command line, opens what it needs, runs its jobs, and speaks */

#define G_LOG_DOMAIN "vig-line"

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "cli/commands.h"
#include "cli/line.h"
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

/* ---- Speaking ---- */

static void
erase_bar (VigLine *self)
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

  erase_bar (self);
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

  erase_bar (self);
  valid = escape (text, "\n\t");
  fputs (valid, stdout);
}

void
vig_line_print_json (VigLine *self,
                     json_t  *document)
{
  erase_bar (self);
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

/* ---- Signals ---- */

static const int signal_numbers[] = { SIGINT, SIGTERM, SIGHUP };

/* Where nothing has begun, or all is done, there is nothing to leave tidy. */
static void
exit_now (int number)
{
  _exit (VIG_EXIT_INTERRUPTED);
}

/* What a parent ignores, as nohup does, stays ignored. */
static gboolean
is_ignored (int number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void
exit_on_signals (void)
{
  const struct sigaction action = { .sa_handler = exit_now };

  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    if (!is_ignored (signal_numbers[i]))
      sigaction (signal_numbers[i], &action, NULL);
}

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
  exit_on_signals ();
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
  erase_bar (self);
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

/* ---- Running ---- */

typedef struct
{
  VigLine   *line;
  GMainLoop *loop;  /* owned */
  guint      n_jobs;
  guint      n_over;
  void     (*work) (gpointer data);
  gpointer   data;
  guint      signals[G_N_ELEMENTS (signal_numbers)];  /* sources; 0: ignored */
} Run;

static gboolean
signal_cb (gpointer data)
{
  Run *run = data;

  run->line->interrupted = TRUE;
  g_main_loop_quit (run->loop);

  return G_SOURCE_CONTINUE;
}

/* A bar on a terminal, rewritten in place; nothing where there is none. */
static void
draw_bar (const Run *run,
          VigJob    *job)
{
  VigLine *self = run->line;
  const double own = vig_job_get_fraction (job);
  const double fraction = own < 0 ? own : (run->n_over + own) / run->n_jobs;
  const char *status = vig_job_get_status (job);
  struct winsize size = { .ws_col = 0 };
  const guint width = 24;
  g_autoptr(GString) bar = g_string_new ("\r\033[K");
  guint columns;

  if (self->quiet || !isatty (STDERR_FILENO))
    return;

  columns = ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
  if (fraction >= 0)
    {
      const guint full = (guint) (fraction * width);

      for (guint i = 0; i < width; i++)
        g_string_append (bar, i < full ? "█" : "░");
      g_string_append_printf (bar, " %3.0f %%  ", fraction * 100);
    }

  if (status != NULL && columns > width + 12)
    {
      const glong room = columns - width - 10;
      g_autofree char *cut = g_utf8_strlen (status, -1) > room ? g_utf8_substring (status, 0, room)
                                                               : g_strdup (status);

      g_string_append (bar, cut);
    }

  fputs (bar->str, stderr);
  fflush (stderr);
  self->bar = TRUE;
}

static void
job_notify_cb (VigJob     *job,
               GParamSpec *pspec,
               Run        *run)
{
  if (g_str_equal (pspec->name, "notice") && !run->line->quiet)
    vig_line_tell (run->line, run->line->command != NULL ? run->line->command->name : NULL, "%s",
                   vig_job_get_notice (job));
  if (!vig_job_is_over (job))
    draw_bar (run, job);
  else if (g_str_equal (pspec->name, "state") && ++run->n_over == run->n_jobs)
    g_main_loop_quit (run->loop);
}

static void
start_run (Run     *run,
           VigLine *line)
{
  run->line = line;
  run->loop = g_main_loop_new (NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    if (!is_ignored (signal_numbers[i]))
      run->signals[i] = g_unix_signal_add (signal_numbers[i], signal_cb, run);
}

/* From here on a second signal ends the program at once. */
static void
end_run (Run *run)
{
  for (guint i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    if (run->signals[i] != 0)
      g_source_remove (run->signals[i]);
  exit_on_signals ();
  g_main_loop_unref (run->loop);
  erase_bar (run->line);
}

VigExit
vig_line_follow_jobs (VigLine   *self,
                      GPtrArray *jobs)
{
  VigStudio *studio = vig_line_get_studio (self);
  g_autofree gulong *ids = g_new (gulong, jobs->len);
  Run run = { .n_jobs = jobs->len };
  guint failed = 0;

  if (studio == NULL)
    return VIG_EXIT_FAILED;

  start_run (&run, self);
  for (guint i = 0; i < jobs->len; i++)
    {
      ids[i] = g_signal_connect (jobs->pdata[i], "notify", G_CALLBACK (job_notify_cb), &run);
      vig_studio_submit (studio, jobs->pdata[i]);
    }
  g_main_loop_run (run.loop);
  for (guint i = 0; i < jobs->len; i++)
    {
      g_signal_handler_disconnect (jobs->pdata[i], ids[i]);
      failed += vig_job_get_state (jobs->pdata[i]) != VIG_JOB_DONE;
    }
  end_run (&run);

  if (self->interrupted)
    {
      vig_studio_close (studio);
      return VIG_EXIT_INTERRUPTED;
    }

  return vig_line_count_failed (failed, jobs->len);
}

VigExit
vig_line_follow_job (VigLine *self,
                     VigJob  *job)
{
  g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (jobs, g_object_ref (job));

  return vig_line_follow_jobs (self, jobs);
}

VigExit
vig_line_run_job (VigLine *self,
                  VigJob  *job)
{
  const VigExit status = vig_line_follow_job (self, job);

  if (status != VIG_EXIT_FAILED || vig_job_get_error (job) == NULL)
    return status;

  return vig_line_tell_error (self, self->command != NULL ? self->command->name : NULL,
                              vig_job_get_error (job));
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (data);

  return G_SOURCE_REMOVE;
}

static gpointer
run_work (gpointer data)
{
  Run *run = data;

  run->work (run->data);
  g_idle_add (quit_cb, run->loop);

  return NULL;
}

void
vig_line_run_work (VigLine *self,
                   void   (*work) (gpointer data),
                   gpointer data)
{
  Run run = { .work = work, .data = data };
  GThread *thread;

  start_run (&run, self);
  thread = g_thread_new ("work", run_work, &run);
  g_main_loop_run (run.loop);

  if (self->interrupted)
    {
      erase_bar (self);
      fflush (NULL);
      _exit (VIG_EXIT_INTERRUPTED);
    }

  g_thread_join (thread);
  end_run (&run);
}

static void
back_up (gpointer data)
{
  VigLine *self = data;
  g_autoptr(GError) error = NULL;

  /* What was asked for is done: this is told, and changes nothing about that. */
  if (!vig_library_back_up_daily (self->library, &error))
    vig_line_tell_error (self, "backup", error);
}

void
vig_line_back_up (VigLine *self)
{
  if (self->library != NULL)
    vig_line_run_work (self, back_up, self);
}
