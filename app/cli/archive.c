/* archive.c: vignette export and import: everything as files and JSON, and back */

#define G_LOG_DOMAIN "vig-archive"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

typedef struct
{
  VigLibrary *library;
  const char *folder;
  guint       n_pictures;
  GPtrArray  *failed;  /* owned; of VigFailure */
  GError     *error;   /* owned */
} Work;

static void
export (gpointer data)
{
  Work *work = data;

  vig_library_export (work->library, work->folder, &work->n_pictures, work->failed, &work->error);
}

static void
import (gpointer data)
{
  Work *work = data;

  vig_library_import (work->library, work->folder, &work->n_pictures, work->failed, &work->error);
}

static json_t *
describe (const Work *work)
{
  json_t *failed = json_array ();

  for (guint i = 0; i < work->failed->len; i++)
    {
      const VigFailure *failure = work->failed->pdata[i];

      json_array_append_new (failed, json_pack ("{s:o, s:o}", "path", vig_line_text (failure->path),
                                                "reason", vig_line_text (failure->reason)));
    }

  return json_pack ("{s:i, s:o}", "pictures", (int) work->n_pictures, "failed", failed);
}

static VigExit
run (VigLine *line,
     char   **arguments,
     void   (*action) (gpointer data))
{
  g_autoptr(GPtrArray) failed = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_failure_free);
  Work work = { .failed = failed };
  g_autofree char *folder = NULL;
  g_autoptr(GError) error = NULL;

  if (arguments[0] == NULL || arguments[1] != NULL || *arguments[0] == '\0')
    return vig_line_tell_usage (line, _("It takes one folder"));

  work.library = vig_line_get_library (line);
  if (work.library == NULL)
    return VIG_EXIT_FAILED;

  folder = g_canonicalize_filename (arguments[0], NULL);
  work.folder = folder;
  vig_line_run_work (line, action, &work);
  error = work.error;
  if (error != NULL)
    return vig_line_tell_error (line, arguments[0], error);

  if (line->json)
    vig_line_print_json (line, describe (&work));
  else
    {
      for (guint i = 0; i < failed->len; i++)
        {
          const VigFailure *failure = failed->pdata[i];

          vig_line_tell (line, failure->path, "%s", failure->reason);
        }
      if (!line->quiet)
        vig_line_print (line, ngettext ("%u drawing was copied.\n", "%u drawings were copied.\n", work.n_pictures),
                        work.n_pictures);
    }

  return failed->len > 0 ? VIG_EXIT_SOME : VIG_EXIT_DONE;
}

static VigExit
run_export (VigLine *line,
            char   **arguments)
{
  return run (line, arguments, export);
}

static VigExit
run_import (VigLine *line,
            char   **arguments)
{
  const VigExit status = run (line, arguments, import);

  if (status == VIG_EXIT_DONE || status == VIG_EXIT_SOME)
    vig_line_back_up (line);

  return status;
}

const VigCommand vig_command_export = {
  .name = "export",
  .arguments = N_("DIR"),
  .summary = N_("Writes everything into a folder, as files and JSON"),
  .run = run_export,
};

const VigCommand vig_command_import = {
  .name = "import",
  .arguments = N_("DIR"),
  .summary = N_("Adds what was exported"),
  .run = run_import,
};
