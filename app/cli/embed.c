/* embed.c: vignette embed: texts and pictures as unit vectors */

#define G_LOG_DOMAIN "vig-embed"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

static char **texts;

static const GOptionEntry options[] = {
  { "text", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &texts, N_("A text; may be given several times"),
    N_("TEXT") },
  { NULL }
};

static json_t *
describe (const VigEmbedded *row,
          guint              width)
{
  json_t *vector = row->vector == NULL ? json_null () : json_array ();

  for (guint i = 0; row->vector != NULL && i < width; i++)
    json_array_append_new (vector, json_real (row->vector[i]));

  return json_pack ("{s:s, s:o, s:o, s:o}", "kind", row->is_text ? "text" : "image",
                    "input", vig_line_text (row->input), "vector", vector,
                    "error", vig_line_text (row->error));
}

/* One line: the numbers, then what they are of. */
static void
print_row (VigLine           *line,
           const VigEmbedded *row,
           guint              width)
{
  g_autofree char *shown = row->is_text ? g_strdup (row->input) : vig_line_show (row->input);
  g_autoptr(GString) numbers = g_string_new (NULL);

  for (guint i = 0; i < width; i++)
    g_string_append_printf (numbers, "%.6f ", row->vector[i]);
  vig_line_print (line, "%s %s\n", numbers->str, shown);
}

static VigExit
answer (VigLine     *line,
        VigEmbedJob *job)
{
  GPtrArray *rows = vig_embed_job_get_rows (job);
  const guint width = vig_embed_job_get_width (job);
  json_t *list = json_array ();
  guint failed = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const VigEmbedded *row = rows->pdata[i];

      if (line->json)
        json_array_append_new (list, describe (row, width));
      else if (row->vector != NULL)
        print_row (line, row, width);
      if (row->error != NULL)
        vig_line_tell (line, row->input, "%s", row->error);
      failed += row->error != NULL;
    }

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:o, s:i, s:O}",
                                          "model", vig_line_text (vig_embed_job_get_model (job)),
                                          "width", (int) width, "rows", list));
  json_decref (list);

  return vig_line_count_failed (failed, rows->len);
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  g_autoptr(VigJob) job = NULL;
  VigExit status;

  if (arguments[0] == NULL && texts == NULL)
    return vig_line_tell_usage (line, _("It takes a --text or a picture"));

  job = vig_embed_job_new ((const char * const *) texts, (const char * const *) arguments);
  status = vig_line_run_job (line, job);

  return status == VIG_EXIT_DONE ? answer (line, VIG_EMBED_JOB (job)) : status;
}

const VigCommand vig_command_embed = {
  .name = "embed",
  .arguments = N_("[FILE…]"),
  .summary = N_("Gives texts and pictures as unit vectors"),
  .options = options,
  .run = run,
};
