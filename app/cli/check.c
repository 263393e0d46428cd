/* check.c: vignette check: whether the library is whole */

#define G_LOG_DOMAIN "vig-check"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

typedef struct
{
  VigLibrary *library;
  GPtrArray  *problems;
  GError     *error;
} Work;

static void
check_library (gpointer data)
{
  Work *work = data;

  work->problems = vig_library_check (work->library, &work->error);
}

static VigExit
print_problems (VigLine   *line,
                GPtrArray *problems)
{
  json_t *list = json_array ();

  for (guint i = 0; i < problems->len; i++)
    if (line->json)
      json_array_append_new (list, vig_line_text (problems->pdata[i]));
    else
      vig_line_print (line, "%s\n", (const char *) problems->pdata[i]);

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:b, s:O}", "ok", problems->len == 0,
                                          "problems", list));
  else if (problems->len == 0)
    vig_line_print (line, _("The library is whole.\n"));
  json_decref (list);

  return problems->len == 0 ? VIG_EXIT_DONE : VIG_EXIT_FAILED;
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  Work work = { NULL, };
  VigProfile *profile;
  g_autoptr(VigLibrary) library = NULL;
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GError) error = NULL;

  if (arguments[0] != NULL)
    return vig_line_tell_usage (line, _("It takes no arguments"));

  profile = vig_line_get_profile (line);
  if (profile == NULL)
    return VIG_EXIT_FAILED;

  library = vig_library_open (profile, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED))  /* so damaged that nobody else may open it */
    {
      problems = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (problems, g_strdup (error->message));
      return print_problems (line, problems);
    }
  if (library == NULL)
    return vig_line_tell_error (line, NULL, error);

  work.library = library;
  vig_line_run_work (line, check_library, &work);
  problems = work.problems;
  error = work.error;
  if (problems == NULL)
    return vig_line_tell_error (line, "check", error);

  return print_problems (line, problems);
}

const VigCommand vig_command_check = {
  .name = "check",
  .arguments = "",
  .summary = N_("Looks whether the library is whole"),
  .run = run,
};
