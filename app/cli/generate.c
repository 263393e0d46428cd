/* generate.c: vignette generate: draws pictures of a prompt */

#define G_LOG_DOMAIN "vig-generate"

#include "config.h"

#include <float.h>
#include <math.h>

#include <glib/gi18n.h>

#include "cli/commands.h"
#include "cli/drawn.h"

/* Every reader of JSON can hold a whole number as large as this: seeds are shown as such. */
#define SEED_MAX ((G_GUINT64_CONSTANT (1) << 53) - 1)
#define SEED_MAX_TEXT "9007199254740991"
#define PICTURES_MAX 10000
/* What is smaller does the same: only the likeliest token is left. */
#define TEMPERATURE_MIN 0.001
#define TOP_P_MIN 0.000001
/* What nobody has said: no number that a user can say, NaN among them, is it. */
#define UNSAID (-DBL_MAX)

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
} asked = {
  .count = 1, .best_of = INT_MIN, .temperature = UNSAID, .top_k = INT_MIN, .top_p = UNSAID,
  .guidance = UNSAID, .keep = INT_MIN,
};

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

/* How many are drawn. */
static guint
get_best_of (void)
{
  return MAX (asked.count, asked.best_of);
}

/* What is wrong with the numbers, in one sentence; NULL: nothing. */
static const char *
find_fault (void)
{
  if (asked.count < 1 || asked.count > PICTURES_MAX)
    return _("--count is a number from 1 to 10000");
  if (asked.best_of != INT_MIN && (asked.best_of < asked.count || asked.best_of > PICTURES_MAX))
    return _("--best-of is a number from --count to 10000");
  if (asked.temperature != UNSAID &&
      !(asked.temperature >= TEMPERATURE_MIN && asked.temperature <= 100))
    return _("--temperature is a number from 0.001 to 100");
  if (asked.top_k != INT_MIN && asked.top_k < 0)
    return _("--top-k is 0 or a number of tokens");
  if (asked.top_p != UNSAID && !(asked.top_p >= TOP_P_MIN && asked.top_p <= 1))
    return _("--top-p is a number from 0.000001 to 1");
  if (asked.guidance != UNSAID && !(asked.guidance >= 0 && asked.guidance <= 100))
    return _("--guidance is a number from 0 to 100");
  if (asked.keep != INT_MIN && asked.keep < 1)
    return _("--keep is a number of rows, at least 1");
  if ((asked.start != NULL) != (asked.keep != INT_MIN))
    return _("--start and --keep go together");

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
  vig_drawn_add_json (drawing, (const char * const *) paths, NULL, pictures);
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
    .best_of = get_best_of (),
    .seed = seed,
    .temperature = asked.temperature == UNSAID ? NAN : asked.temperature,
    .top_k = asked.top_k == INT_MIN ? -1 : asked.top_k,
    .top_p = asked.top_p == UNSAID ? NAN : asked.top_p,
    .guidance = asked.guidance == UNSAID ? NAN : asked.guidance,
    .start = asked.start,
    .keep = asked.start == NULL ? 0 : asked.keep,
  };
  g_autoptr(VigJob) job = vig_generate_job_new (&wish);
  VigExit status;

  vig_generate_job_set_preview (VIG_GENERATE_JOB (job), FALSE);
  status = vig_line_run_job (line, job);
  if (status == VIG_EXIT_INTERRUPTED && asked.output != NULL)
    vig_line_tell (line, "generate", _("interrupted; “vignette resume” goes on with it, in the "
                                       "library: it copies nothing to --output"));
  else if (status == VIG_EXIT_INTERRUPTED)
    vig_line_tell (line, "generate", _("interrupted; “vignette resume” goes on with it"));
  if (status != VIG_EXIT_DONE)
    return status;

  status = answer (line, job);
  vig_line_back_up (line);

  return status;
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
    return vig_line_tell_usage (line, _("--seed is a whole number from 0 to %s"), SEED_MAX_TEXT);
  if (seed + get_best_of () - 1 > SEED_MAX)
    {
      g_autofree char *last = g_strdup_printf ("%" G_GUINT64_FORMAT, seed + get_best_of () - 1);

      return vig_line_tell_usage (line, _("--seed is too large: the last picture has the seed %s"),
                                  last);
    }
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
