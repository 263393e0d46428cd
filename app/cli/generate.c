/* generate.c: vignette generate: draws pictures of a prompt, or of several typed as one */

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

/* Those that are done: where their pictures are is told. */
static VigExit
answer (VigLine   *line,
        GPtrArray *jobs,
        guint      n_asked)
{
  g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr(GError) error = NULL;

  if (asked.output != NULL)
    for (guint i = 0; i < jobs->len; i++)
      {
        char **paths = vig_drawn_copy (jobs->pdata[i], asked.output, asked.count * n_asked, &error);

        if (paths == NULL)
          return vig_line_tell_error (line, asked.output, error);
        g_ptr_array_add (copies, paths);
      }

  if (line->json)
    vig_line_print_json (line, vig_drawn_describe (line, jobs, copies->len > 0 ? copies : NULL));
  else
    for (guint i = 0; i < jobs->len; i++)
      {
        if (n_asked > 1)
          vig_line_print (line, "%s\n", vig_generate_job_get_prompt (jobs->pdata[i]));
        vig_drawn_print (line, jobs->pdata[i], copies->len > 0 ? copies->pdata[i] : NULL);
      }

  return VIG_EXIT_DONE;
}

/* Tells why drawings have failed, and takes them out. */
static VigExit
tell_failed (VigLine   *line,
             GPtrArray *jobs)
{
  const guint n_asked = jobs->len;
  VigExit status = VIG_EXIT_DONE;

  for (guint i = 0; i < jobs->len;)
    {
      VigJob *job = jobs->pdata[i];
      const char *prompt = vig_generate_job_get_prompt (VIG_GENERATE_JOB (job));

      if (vig_job_get_state (job) == VIG_JOB_DONE)
        {
          i++;
          continue;
        }
      status = VIG_EXIT_FAILED;
      if (vig_job_get_error (job) != NULL)
        status = vig_line_tell_error (line, n_asked > 1 ? prompt : "generate", vig_job_get_error (job));
      g_ptr_array_remove_index (jobs, i);
    }

  return status;
}

/* Words that the model has never seen: the pictures will hardly show them, and the user may have others. */
static void
tell_unknown (VigLine   *line,
              GPtrArray *jobs)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) list = g_string_new (NULL);
  VigStudio *studio = vig_line_get_studio (line);

  if (line->quiet || line->json)
    return;

  for (guint i = 0; i < jobs->len; i++)
    {
      const char *prompt = vig_generate_job_get_prompt (jobs->pdata[i]);
      g_autoptr(VigReading) reading = vig_studio_read_prompt (studio, prompt, NULL);  /* the drawing will tell why not */

      for (guint k = 0; reading != NULL && k < reading->unknown->len; k++)
        {
          const VigSpan span = g_array_index (reading->unknown, VigSpan, k);
          g_autofree char *word = g_strndup (prompt + span.start, span.end - span.start);

          if (!g_ptr_array_find_with_equal_func (words, word, g_str_equal, NULL))
            g_ptr_array_add (words, g_steal_pointer (&word));
        }
    }
  if (words->len == 0)
    return;

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (list, i > 0 ? _(", “%s”") : _("“%s”"), (const char *) words->pdata[i]);
  vig_line_tell (line, "generate", ngettext ("the model has never seen the word %s.",
                                             "the model has never seen the words %s.", words->len), list->str);
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
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) jobs = vig_generate_jobs_new (&wish, &error);
  VigExit status, told;
  guint n_asked;

  if (jobs == NULL)
    return vig_line_tell_error (line, "generate", error);
  n_asked = jobs->len;
  if (asked.output != NULL && !vig_drawn_check (asked.output, asked.count * n_asked, &error))
    return vig_line_tell_error (line, asked.output, error);

  if (vig_line_get_studio (line) == NULL)
    return VIG_EXIT_FAILED;

  tell_unknown (line, jobs);
  for (guint i = 0; i < jobs->len; i++)
    vig_generate_job_set_preview (jobs->pdata[i], FALSE);
  status = vig_line_follow_jobs (line, jobs);
  if (status == VIG_EXIT_INTERRUPTED && asked.output != NULL)
    vig_line_tell (line, "generate", _("interrupted; “vignette resume” goes on with it, in the "
                                       "library: it copies nothing to --output"));
  else if (status == VIG_EXIT_INTERRUPTED)
    vig_line_tell (line, "generate", _("interrupted; “vignette resume” goes on with it"));
  if (status == VIG_EXIT_INTERRUPTED)
    return status;

  told = tell_failed (line, jobs);
  if (jobs->len == 0)
    return told;

  told = answer (line, jobs, n_asked);
  vig_line_back_up (line);

  return told != VIG_EXIT_DONE ? told : status;
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  const char *fault = find_fault ();
  guint64 seed = g_random_int ();

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

  return draw (line, arguments[0], seed);
}

VigExit
vig_generate_sample (VigLine *line)
{
  return draw (line, "a red apple", g_random_int ());
}

const VigCommand vig_command_generate = {
  .name = "generate",
  .arguments = N_("PROMPT"),
  .summary = N_("Draws pictures of a prompt, best first"),
  .details = N_("“a {red,blue} car” stands for two prompts, and so does a prompt a line: each is drawn by itself, from "
                "the same seed. “\\{”, “\\}” and “\\,” are the signs themselves."),
  .options = options,
  .run = run,
};
