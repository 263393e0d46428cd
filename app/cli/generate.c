/* generate.c: vignette generate: draws pictures of a prompt */

#define G_LOG_DOMAIN "vig-generate"

#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "cli/commands.h"
#include "cli/drawn.h"

/* Every reader of JSON can hold a whole number as large as this: seeds are shown as such. */
#define SEED_MAX ((G_GUINT64_CONSTANT (1) << 53) - 1)
#define PICTURES_MAX 10000

static struct
{
  int     count;
  int     best_of;
  char   *seed;
  double  temperature;
  int     top_k;
  double  top_p;
  double  guidance;
  char   *start;
  int     keep;
  char   *output;
} asked = { .count = 1, .temperature = NAN, .top_k = -1, .top_p = NAN, .guidance = NAN };

static const GOptionEntry options[] = {
  { "count", 'n', 0, G_OPTION_ARG_INT, &asked.count, N_("How many pictures (1)"), N_("N") },
  { "best-of", 0, 0, G_OPTION_ARG_INT, &asked.best_of,
    N_("Draw M pictures and keep the best of them"), N_("M") },
  { "seed", 0, 0, G_OPTION_ARG_FILENAME, &asked.seed,
    N_("The seed of the first picture; the next ones follow it"), N_("S") },
  { "temperature", 0, 0, G_OPTION_ARG_DOUBLE, &asked.temperature,
    N_("Bolder above 1, safer below"), N_("T") },
  { "top-k", 0, 0, G_OPTION_ARG_INT, &asked.top_k,
    N_("Choose among the K likeliest tokens; 0: all"), N_("K") },
  { "top-p", 0, 0, G_OPTION_ARG_DOUBLE, &asked.top_p,
    N_("Choose among the likeliest tokens that together reach P"), N_("P") },
  { "guidance", 0, 0, G_OPTION_ARG_DOUBLE, &asked.guidance,
    N_("How strictly to follow the prompt; 1: not more than it says"), N_("G") },
  { "start", 0, 0, G_OPTION_ARG_FILENAME, &asked.start,
    N_("Start from the top of this picture"), N_("IMAGE") },
  { "keep", 0, 0, G_OPTION_ARG_INT, &asked.keep,
    N_("How many rows of tokens to keep of it, from the top"), N_("ROWS") },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &asked.output,
    N_("Copy the picture to this file, or several to this folder"), N_("FILE|DIR") },
  { NULL }
};

/* What is wrong with the numbers, in one sentence; NULL: nothing. */
static const char *
find_fault (void)
{
  if (asked.count < 1 || asked.count > PICTURES_MAX)
    return _("--count is a number from 1 to 10000");
  if (asked.best_of != 0 && (asked.best_of < asked.count || asked.best_of > PICTURES_MAX))
    return _("--best-of is a number from --count to 10000");
  if (!isnan (asked.temperature) && !(asked.temperature > 0 && asked.temperature <= 100))
    return _("--temperature is a number above 0, up to 100");
  if (asked.top_k < -1)
    return _("--top-k is 0 or a number of tokens");
  if (!isnan (asked.top_p) && !(asked.top_p > 0 && asked.top_p <= 1))
    return _("--top-p is a number above 0, up to 1");
  if (!isnan (asked.guidance) && !(asked.guidance >= 0 && asked.guidance <= 100))
    return _("--guidance is a number from 0 to 100");
  if ((asked.start != NULL) != (asked.keep != 0))
    return _("--start and --keep go together");
  if (asked.start != NULL && asked.keep < 1)
    return _("--keep is a number of rows, at least 1");

  return NULL;
}

/* The job is over: where its pictures are is told. */
static VigExit
answer (VigLine *line,
        VigJob  *job)
{
  VigGenerateJob *drawing = VIG_GENERATE_JOB (job);
  g_auto(GStrv) paths = NULL;
  g_autoptr(GError) error = NULL;
  json_t *document;
  json_t *pictures;

  if (asked.output != NULL)
    {
      paths = vig_drawn_copy (drawing, asked.output, asked.count, &error);
      if (paths == NULL)
        return vig_line_tell_error (line, asked.output, error);
    }

  if (!line->json)
    {
      vig_drawn_print (line, drawing, (const char * const *) paths);
      return VIG_EXIT_DONE;
    }

  pictures = json_array ();
  vig_drawn_add_json (drawing, (const char * const *) paths, pictures);
  document = json_object ();
  json_object_set_new (document, "model", vig_line_text (vig_generate_job_get_model (drawing)));
  json_object_set_new (document, "prompt", vig_line_text (vig_generate_job_get_prompt (drawing)));
  json_object_set_new (document, "pictures", pictures);
  json_object_set_new (document, "seconds", json_real (vig_line_get_seconds (line)));
  vig_line_print_json (line, document);

  return VIG_EXIT_DONE;
}

static VigExit
draw (VigLine    *line,
      const char *prompt,
      guint64     seed)
{
  const VigWish wish = {
    .prompt = prompt,
    .count = asked.count,
    .best_of = asked.best_of,
    .seed = seed,
    .temperature = asked.temperature,
    .top_k = asked.top_k,
    .top_p = asked.top_p,
    .guidance = asked.guidance,
    .start = asked.start,
    .keep = asked.keep,
  };
  g_autoptr(VigJob) job = vig_generate_job_new (&wish);
  VigExit status;

  vig_generate_job_set_preview (VIG_GENERATE_JOB (job), FALSE);
  status = vig_line_run_job (line, job);
  if (status == VIG_EXIT_INTERRUPTED)
    vig_line_tell (line, "generate", _("interrupted; “vignette resume” goes on with it"));
  if (status != VIG_EXIT_DONE)
    return status;

  return answer (line, job);
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  const char *fault = find_fault ();
  guint64 seed = g_random_int ();
  g_autoptr(GError) error = NULL;

  if (g_strv_length (arguments) != 1)
    return vig_line_tell_usage (line, _("It takes one prompt, in quotes"));
  if (fault != NULL)
    return vig_line_tell_usage (line, "%s", fault);
  if (asked.seed != NULL && !g_ascii_string_to_unsigned (asked.seed, 10, 0, SEED_MAX, &seed, NULL))
    return vig_line_tell_usage (line, _("--seed is a whole number from 0 to %" G_GUINT64_FORMAT),
                                SEED_MAX);
  if (asked.output != NULL && !vig_drawn_check (asked.output, asked.count, &error))
    return vig_line_tell_error (line, asked.output, error);

  return draw (line, arguments[0], seed);
}

VigExit
vig_generate_sample (VigLine *line)
{
  return draw (line, "a red apple on a table", g_random_int ());
}

const VigCommand vig_command_generate = {
  .name = "generate",
  .arguments = N_("PROMPT"),
  .summary = N_("Draws pictures of a prompt, best first"),
  .options = options,
  .run = run,
};
