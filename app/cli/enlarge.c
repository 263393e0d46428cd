/* enlarge.c: vignette enlarge: larger copies of pictures */

#define G_LOG_DOMAIN "vig-enlarge"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

static char *times;

static const GOptionEntry options[] = {
  { "times", 't', 0, G_OPTION_ARG_FILENAME, &times, N_("How many times as long each side gets: 2 (if left out) or 4"), "2|4" },
  { NULL }
};

static VigExit
answer (VigLine       *line,
        VigEnlargeJob *job)
{
  GPtrArray *copies = vig_enlarge_job_get_copies (job);
  json_t *pictures = json_array ();
  guint failed = 0;

  for (guint i = 0; i < copies->len; i++)
    {
      const VigEnlarged *copy = copies->pdata[i];
      const char *path = copy->picture != NULL ? vig_picture_get_path (copy->picture) : NULL;

      if (line->json)
        json_array_append_new (pictures, json_pack ("{s:o, s:o, s:o, s:o, s:o}",
                                                    "input", vig_line_text (copy->path),
                                                    "path", vig_line_text (path),
                                                    "width", path != NULL ? json_integer (vig_picture_get_width (copy->picture))
                                                                          : json_null (),
                                                    "height", path != NULL ? json_integer (vig_picture_get_height (copy->picture))
                                                                           : json_null (),
                                                    "error", vig_line_text (copy->error)));
      else if (path != NULL)
        {
          g_autofree char *shown = vig_line_show (path);

          vig_line_print (line, "%s\n", shown);
        }
      if (copy->error != NULL)
        vig_line_tell (line, copy->path, "%s", copy->error);
      failed += copy->error != NULL;
    }

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "pictures", pictures));
  json_decref (pictures);

  return vig_line_count_failed (failed, copies->len);
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  g_autoptr(VigJob) job = NULL;
  VigExit status;

  if (arguments[0] == NULL)
    return vig_line_tell_usage (line, _("It takes at least one picture"));
  if (times != NULL && !g_str_equal (times, "2") && !g_str_equal (times, "4"))
    return vig_line_tell_usage (line, _("--times is 2 or 4"));

  job = vig_enlarge_job_new ((const char * const *) arguments, g_strcmp0 (times, "4") == 0 ? 4 : 2);
  status = vig_line_run_job (line, job);

  return status == VIG_EXIT_DONE ? answer (line, VIG_ENLARGE_JOB (job)) : status;
}

const VigCommand vig_command_enlarge = {
  .name = "enlarge",
  .arguments = N_("FILE…"),
  .summary = N_("Makes larger copies of pictures"),
  .options = options,
  .run = run,
};
