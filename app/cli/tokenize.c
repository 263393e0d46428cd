/* tokenize.c: vignette tokenize: texts as the numbers that a model reads */

#define G_LOG_DOMAIN "vig-tokenize"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

typedef struct
{
  VigStudio  *studio;
  const char *model;      /* may be NULL */
  char      **texts;
  GPtrArray  *ids;        /* of GArray of guint32, a text each */
  GError     *error;
} Work;

static void
tokenize_all (gpointer data)
{
  Work *work = data;

  for (guint i = 0; work->texts[i] != NULL; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (work->texts[i], -1);
      guint n_ids;
      g_autofree guint32 *ids = vig_studio_tokenize (work->studio, work->model, valid, &n_ids,
                                                     &work->error);
      GArray *kept;

      if (ids == NULL)
        return;

      kept = g_array_new (FALSE, FALSE, sizeof *ids);
      g_array_append_vals (kept, ids, n_ids);
      g_ptr_array_add (work->ids, kept);
    }
}

static void
print_ids (VigLine      *line,
           const GArray *ids)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? " " : "", g_array_index (ids, guint32, i));
  vig_line_print (line, "%s\n", text->str);
}

static json_t *
describe (const GArray *ids)
{
  json_t *list = json_array ();

  for (guint i = 0; i < ids->len; i++)
    json_array_append_new (list, json_integer (g_array_index (ids, guint32, i)));

  return list;
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  Work work = { .texts = arguments, .ids = ids };
  json_t *list;

  if (arguments[0] == NULL)
    return vig_line_tell_usage (line, _("It takes at least one text"));
  if (line->models != NULL && line->models[1] != NULL)
    return vig_line_tell_usage (line, _("It takes one --model"));

  work.studio = vig_line_get_studio (line);
  if (work.studio == NULL)
    return VIG_EXIT_FAILED;
  work.model = line->models != NULL ? line->models[0] : NULL;

  vig_line_run_work (line, tokenize_all, &work);
  if (work.error != NULL)
    {
      g_autoptr(GError) error = work.error;

      return vig_line_tell_error (line, "tokenize", error);
    }

  list = json_array ();
  for (guint i = 0; i < ids->len; i++)
    if (line->json)
      json_array_append_new (list, describe (ids->pdata[i]));
    else
      print_ids (line, ids->pdata[i]);

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "ids", list));
  json_decref (list);

  return VIG_EXIT_DONE;
}

const VigCommand vig_command_tokenize = {
  .name = "tokenize",
  .arguments = N_("TEXT…"),
  .summary = N_("Gives texts as the numbers that a model reads"),
  .run = run,
};
