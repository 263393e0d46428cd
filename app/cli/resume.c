/* resume.c: vignette resume: goes on with pictures that were interrupted */

#define G_LOG_DOMAIN "vig-resume"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"
#include "cli/drawn.h"

static VigExit
resume_one (VigLine            *line,
            const VigJobRecord *record,
            json_t             *document)
{
  g_autoptr(VigJob) job = vig_generate_job_new_resume (record->id);
  VigGenerateJob *drawing = VIG_GENERATE_JOB (job);
  const VigExit status = vig_line_run_job (line, job);

  if (status == VIG_EXIT_INTERRUPTED)
    vig_line_tell (line, "resume", _("interrupted; “vignette resume” goes on with it"));
  if (status != VIG_EXIT_DONE)
    return status;

  if (line->json)
    {
      json_object_set_new (document, "model",
                           vig_line_text (vig_generate_job_get_model (drawing)));
      json_object_set_new (document, "prompt",
                           vig_line_text (vig_generate_job_get_prompt (drawing)));
      vig_drawn_add_json (drawing, NULL, json_object_get (document, "pictures"));
    }
  else
    {
      vig_line_print (line, "%s\n", vig_generate_job_get_prompt (drawing));
      vig_drawn_print (line, drawing, NULL);
    }

  return VIG_EXIT_DONE;
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  VigLibrary *library;
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) document = NULL;
  guint failed = 0;

  if (arguments[0] != NULL)
    return vig_line_tell_usage (line, _("It takes no arguments"));

  library = vig_line_get_library (line);
  if (library == NULL)
    return VIG_EXIT_FAILED;
  records = vig_library_list_interrupted (library, &error);
  if (records == NULL)
    return vig_line_tell_error (line, "resume", error);

  document = json_pack ("{s:n, s:n, s:[]}", "model", "prompt", "pictures");
  for (guint i = 0; i < records->len; i++)
    {
      const VigExit status = resume_one (line, records->pdata[i], document);

      if (status == VIG_EXIT_INTERRUPTED)
        return status;
      failed += status != VIG_EXIT_DONE;
    }

  if (line->json)
    {
      json_object_set_new (document, "seconds", json_real (vig_line_get_seconds (line)));
      vig_line_print_json (line, g_steal_pointer (&document));
    }
  else if (records->len == 0)
    vig_line_print (line, _("Nothing was interrupted.\n"));

  return vig_line_count_failed (failed, records->len);
}

const VigCommand vig_command_resume = {
  .name = "resume",
  .arguments = "",
  .summary = N_("Goes on with pictures that were interrupted"),
  .run = run,
};
