/* complete.c: vignette complete: ends a prompt begun */

#define G_LOG_DOMAIN "vig-complete"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "cli/commands.h"

#define COUNT_MAX 1000

static int count = 1;
static char *seed_text;

static const GOptionEntry options[] = {
  { "count", 'n', 0, G_OPTION_ARG_INT, &count, N_("How many endings (1)"), N_("N") },
  { "seed", 0, 0, G_OPTION_ARG_FILENAME, &seed_text, N_("The seed of the first one"), N_("S") },
  { NULL }
};

static VigExit
run (VigLine *line,
     char   **arguments)
{
  g_autoptr(VigJob) job = NULL;
  guint64 seed = g_random_int ();
  const char *const *texts;
  VigExit status;
  json_t *completions;

  if (g_strv_length (arguments) != 1)
    return vig_line_tell_usage (line, _("It takes one text, in quotes"));
  if (arguments[0][strspn (arguments[0], " \t\r\n")] == '\0')
    return vig_line_tell_usage (line, _("There are no words in the text"));
  if (count < 1 || count > COUNT_MAX)
    return vig_line_tell_usage (line, _("--count is a number from 1 to %d"), COUNT_MAX);
  if (seed_text != NULL && !g_ascii_string_to_unsigned (seed_text, 10, 0, G_MAXUINT64, &seed, NULL))
    return vig_line_tell_usage (line, _("--seed is a whole number, 0 or more"));

  job = vig_complete_job_new (arguments[0], count, seed);
  status = vig_line_run_job (line, job);
  if (status != VIG_EXIT_DONE)
    return status;

  texts = vig_complete_job_get_texts (VIG_COMPLETE_JOB (job));
  completions = json_array ();
  for (guint i = 0; texts[i] != NULL; i++)
    if (line->json)
      json_array_append_new (completions, vig_line_text (texts[i]));
    else
      vig_line_print (line, "%s\n", texts[i]);

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "completions", completions));
  json_decref (completions);

  return VIG_EXIT_DONE;
}

const VigCommand vig_command_complete = {
  .name = "complete",
  .arguments = N_("TEXT"),
  .summary = N_("Ends a prompt begun"),
  .options = options,
  .run = run,
};
