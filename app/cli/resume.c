/* resume.c: vignette resume: goes on with pictures that were interrupted */

#define G_LOG_DOMAIN "vig-resume"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"
#include "cli/drawn.h"

/* Another process was faster: it has ended the drawing, or is at it. A library that is busy looks the
 * same, but then the drawing still waits for somebody. */
static gboolean
was_taken (VigLine *line,
           VigJob  *job,
           gint64   id)
{
  const GError *error = vig_job_get_error (job);
  g_autoptr(GPtrArray) left = NULL;

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    return FALSE;

  left = vig_library_list_interrupted (vig_line_get_library (line), NULL);
  for (guint i = 0; left != NULL && i < left->len; i++)
    if (((const VigJobRecord *) left->pdata[i])->id == id)
      return FALSE;

  return left != NULL;
}

/* A job that somebody else has taken is NULL in *@drawn, and no failure. */
static VigExit
resume_one (VigLine             *line,
            const VigJobRecord  *record,
            VigJob             **drawn)
{
  g_autoptr(VigJob) job = vig_generate_job_new_resume (record->id);
  VigGenerateJob *drawing = VIG_GENERATE_JOB (job);
  VigExit status;

  vig_generate_job_set_preview (drawing, FALSE);
  status = vig_line_follow_job (line, job);
  if (status == VIG_EXIT_INTERRUPTED)
    vig_line_tell (line, "resume", _("interrupted; “vignette resume” goes on with it"));
  if (status == VIG_EXIT_FAILED && was_taken (line, job, record->id))
    return VIG_EXIT_DONE;
  if (status == VIG_EXIT_FAILED && vig_job_get_error (job) != NULL)
    vig_line_tell_error (line, "resume", vig_job_get_error (job));
  if (status != VIG_EXIT_DONE)
    return status;

  if (!line->json)
    {
      vig_line_print (line, "%s\n", vig_generate_job_get_prompt (drawing));
      vig_drawn_print (line, drawing, NULL);
    }
  *drawn = g_steal_pointer (&job);

  return VIG_EXIT_DONE;
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  VigLibrary *library;
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  guint failed = 0;

  if (arguments[0] != NULL)
    return vig_line_tell_usage (line, _("It takes no arguments"));

  library = vig_line_get_library (line);
  if (library == NULL)
    return VIG_EXIT_FAILED;
  records = vig_library_list_interrupted (library, &error);
  if (records == NULL)
    return vig_line_tell_error (line, "resume", error);

  for (guint i = 0; i < records->len; i++)
    {
      VigJob *drawn = NULL;
      const VigExit status = resume_one (line, records->pdata[i], &drawn);

      if (status == VIG_EXIT_INTERRUPTED)
        return status;
      if (drawn != NULL)
        g_ptr_array_add (jobs, drawn);
      failed += status != VIG_EXIT_DONE;
    }

  if (line->json)
    vig_line_print_json (line, vig_drawn_describe (line, jobs, NULL));
  else if (jobs->len == 0 && failed == 0)
    vig_line_print (line, _("Nothing was interrupted.\n"));

  return vig_line_count_failed (failed, records->len);
}

const VigCommand vig_command_resume = {
  .name = "resume",
  .arguments = "",
  .summary = N_("Goes on with pictures that were interrupted"),
  .run = run,
};
