/* index.c: vignette index: adds folders to the library and brings it up to date */

#define G_LOG_DOMAIN "vig-index"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

/* The folders of @arguments that are there; the others are told and added to @failed. */
static char **
find_folders (VigLine *line,
              char   **arguments,
              json_t  *failed)
{
  g_autoptr(GStrvBuilder) folders = g_strv_builder_new ();

  for (guint i = 0; arguments[i] != NULL; i++)
    {
      const char *reason;

      if (g_file_test (arguments[i], G_FILE_TEST_IS_DIR))
        {
          g_autofree char *absolute = g_canonicalize_filename (arguments[i], NULL);

          g_strv_builder_add (folders, absolute);
          continue;
        }

      reason = g_file_test (arguments[i], G_FILE_TEST_EXISTS) ? _("It is not a folder")
                                                              : _("There is no such folder");
      vig_line_tell (line, arguments[i], "%s", reason);
      json_array_append_new (failed, json_pack ("{s:o, s:o}", "path", vig_line_text (arguments[i]),
                                                "reason", vig_line_text (reason)));
    }

  return g_strv_builder_end (folders);
}

static void
print_scan (VigLine       *line,
            const VigScan *scan)
{
  for (guint i = 0; i < scan->failed->len; i++)
    {
      const VigFailure *failure = scan->failed->pdata[i];
      g_autofree char *shown = vig_line_show (failure->path);

      g_autofree char *reason = vig_line_show (failure->reason);

      vig_line_print (line, "%s: %s\n", shown, reason);
    }

  vig_line_print (line, _("%u added, %u updated, %u moved, %u unchanged, %u missing, "
                          "%u unreadable\n"),
                  scan->added, scan->updated, scan->moved, scan->unchanged, scan->missing,
                  scan->failed->len);
}

static json_t *
describe (VigLine       *line,
          const VigScan *scan,
          json_t        *failed)
{
  for (guint i = 0; i < (scan->failed != NULL ? scan->failed->len : 0); i++)
    {
      const VigFailure *failure = scan->failed->pdata[i];

      json_array_append_new (failed, json_pack ("{s:o, s:o}", "path", vig_line_text (failure->path),
                                                "reason", vig_line_text (failure->reason)));
    }

  return json_pack ("{s:i, s:i, s:i, s:i, s:i, s:o, s:f}", "added", (int) scan->added,
                    "updated", (int) scan->updated, "moved", (int) scan->moved,
                    "unchanged", (int) scan->unchanged, "missing", (int) scan->missing,
                    "failed", json_incref (failed), "seconds", vig_line_get_seconds (line));
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  const guint n = g_strv_length (arguments);
  guint n_wrong;
  g_auto(GStrv) folders = NULL;
  g_autoptr(VigJob) job = NULL;
  const VigScan *scan;
  g_autoptr(json_t) failed = json_array ();
  VigExit status;

  if (n == 0)
    return vig_line_tell_usage (line, _("It takes at least one folder"));

  folders = find_folders (line, arguments, failed);
  n_wrong = json_array_size (failed);
  if (n_wrong == n)
    {
      const VigScan nothing = { 0 };

      if (line->json)
        vig_line_print_json (line, describe (line, &nothing, failed));
      return VIG_EXIT_FAILED;
    }

  job = vig_index_job_new ((const char * const *) folders);
  status = vig_line_run_job (line, job);
  if (status == VIG_EXIT_INTERRUPTED)
    vig_line_tell (line, "index", _("interrupted; what was done is kept, and the next time goes on"));
  if (status != VIG_EXIT_DONE)
    return status;
  if (!vig_index_job_has_looked (VIG_INDEX_JOB (job)))
    vig_line_tell (line, "index", _("there is no CLIP model: the pictures are found by words only"));

  scan = vig_index_job_get_scan (VIG_INDEX_JOB (job));
  if (line->json)
    vig_line_print_json (line, describe (line, scan, failed));
  else
    print_scan (line, scan);
  vig_line_back_up (line);

  return vig_line_count_failed (n_wrong, n);
}

const VigCommand vig_command_index = {
  .name = "index",
  .arguments = N_("DIR…"),
  .summary = N_("Adds folders to the library and brings it up to date"),
  .run = run,
};
