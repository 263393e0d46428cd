/* backup.c: vignette backup and restore: what the user made and typed, in one file and back */

#define G_LOG_DOMAIN "vig-backup"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

typedef struct
{
  VigLibrary *library;
  const char *path;
  char       *before;  /* owned; of restore */
  GError     *error;   /* owned */
} Work;

static void
back_up (gpointer data)
{
  Work *work = data;

  vig_library_back_up (work->library, work->path, &work->error);
}

static void
restore (gpointer data)
{
  Work *work = data;

  vig_library_restore (work->library, work->path, &work->before, &work->error);
}

static VigExit
run (VigLine *line,
     char   **arguments,
     void   (*action) (gpointer data),
     const char *done)
{
  Work work = { NULL, };
  g_autoptr(GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *path = NULL;

  if (arguments[0] == NULL || arguments[1] != NULL || *arguments[0] == '\0')
    return vig_line_tell_usage (line, _("It takes one file"));

  work.library = vig_line_get_library (line);
  if (work.library == NULL)
    return VIG_EXIT_FAILED;

  path = g_canonicalize_filename (arguments[0], NULL);
  work.path = path;
  vig_line_run_work (line, action, &work);
  error = work.error;
  before = work.before;
  if (error != NULL)
    return vig_line_tell_error (line, arguments[0], error);

  if (line->json)
    {
      vig_line_print_json (line, json_pack ("{s:b, s:[]}", "ok", TRUE, "problems"));
      return VIG_EXIT_DONE;
    }
  if (!line->quiet)
    vig_line_print (line, "%s\n", done);
  if (before != NULL && !line->quiet)
    {
      g_autofree char *shown = vig_line_show (before);

      vig_line_print (line, _("What was there before is kept in “%s”.\n"), shown);
    }

  return VIG_EXIT_DONE;
}

static VigExit
run_backup (VigLine *line,
            char   **arguments)
{
  return run (line, arguments, back_up, _("The library is saved; pictures are files of their own and are not in it."));
}

static VigExit
run_restore (VigLine *line,
             char   **arguments)
{
  return run (line, arguments, restore, _("The library is as it was."));
}

const VigCommand vig_command_backup = {
  .name = "backup",
  .arguments = "FILE",
  .summary = N_("Saves everything the library knows in one file"),
  .run = run_backup,
};

const VigCommand vig_command_restore = {
  .name = "restore",
  .arguments = "FILE",
  .summary = N_("Makes the library what it was when FILE was saved"),
  .run = run_restore,
};
