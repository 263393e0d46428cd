/* index.c: vignette index: adds folders to the library and brings it up to date */

#define G_LOG_DOMAIN "vig-index"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

/* The folders of @arguments that are there; the others are told and counted. */
static char **
find_folders (VigLine *line,
              char   **arguments,
              guint   *failed)
{
  g_autoptr(GStrvBuilder) folders = g_strv_builder_new ();

  for (guint i = 0; arguments[i] != NULL; i++)
    {
      if (g_file_test (arguments[i], G_FILE_TEST_IS_DIR))
        {
          g_autofree char *absolute = g_canonicalize_filename (arguments[i], NULL);

          g_strv_builder_add (folders, absolute);
          continue;
        }

      vig_line_tell (line, arguments[i], "%s",
                     g_file_test (arguments[i], G_FILE_TEST_EXISTS) ? _("It is not a folder")
                                                                    : _("There is no such folder"));
      (*failed)++;
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

      vig_line_print (line, "%s: %s\n", shown, failure->reason);
    }

  vig_line_print (line, _("%u added, %u updated, %u moved, %u unchanged, %u missing, "
                          "%u unreadable\n"),
                  scan->added, scan->updated, scan->moved, scan->unchanged, scan->missing,
                  scan->failed->len);
}

static json_t *
describe (VigLine       *line,
          const VigScan *scan)
{
  json_t *failed = json_array ();

  for (guint i = 0; i < scan->failed->len; i++)
    {
      const VigFailure *failure = scan->failed->pdata[i];

      json_array_append_new (failed, json_pack ("{s:o, s:o}", "path", vig_line_text (failure->path),
                                                "reason", vig_line_text (failure->reason)));
    }

  return json_pack ("{s:i, s:i, s:i, s:i, s:i, s:o, s:f}", "added", (int) scan->added,
                    "updated", (int) scan->updated, "moved", (int) scan->moved,
                    "unchanged", (int) scan->unchanged, "missing", (int) scan->missing,
                    "failed", failed, "seconds", vig_line_get_seconds (line));
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  const guint n = g_strv_length (arguments);
  g_auto(GStrv) folders = NULL;
  g_autoptr(VigJob) job = NULL;
  const VigScan *scan;
  guint failed = 0;
  VigExit status;

  if (n == 0)
    return vig_line_tell_usage (line, _("It takes at least one folder"));

  folders = find_folders (line, arguments, &failed);
  if (failed == n)
    return VIG_EXIT_FAILED;

  job = vig_index_job_new ((const char * const *) folders);
  status = vig_line_run_job (line, job);
  if (status != VIG_EXIT_DONE)
    return status;

  scan = vig_index_job_get_scan (VIG_INDEX_JOB (job));
  if (line->json)
    vig_line_print_json (line, describe (line, scan));
  else
    print_scan (line, scan);

  return vig_line_count_failed (failed, n);
}

const VigCommand vig_command_index = {
  .name = "index",
  .arguments = N_("DIR…"),
  .summary = N_("Adds folders to the library and brings it up to date"),
  .run = run,
};
