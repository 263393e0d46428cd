/* models.c: vignette models: which models there are */

#define G_LOG_DOMAIN "vig-models"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"
#include "studio/model-files.h"

typedef struct
{
  VigProfile *profile;
  GPtrArray  *models;  /* of VigModelFiles */
  GPtrArray  *hashes;  /* of strings; NULL where the weights cannot be read */
} Work;

/* The words of the command that a later version has. */
static const char *const unknown[] = { "add", "download", "remove", "verify", NULL };

static void
list_models (gpointer data)
{
  Work *work = data;

  work->models = vig_model_files_list (work->profile);
  for (guint i = 0; i < work->models->len; i++)
    {
      g_autoptr(GError) error = NULL;
      char *hash = vig_model_files_hash (work->models->pdata[i], NULL, &error);

      if (hash == NULL)
        g_debug ("%s", error->message);
      g_ptr_array_add (work->hashes, hash);
    }
}

static const char *
name_kind (const VigModelFiles *files)
{
  return files->kind == VIG_MODEL_CLIP ? "clip" : "dalle";
}

static json_t *
describe (const VigModelFiles *files,
          const char          *hash)
{
  g_autofree char *licence = vig_model_files_dup_licence (files);
  g_autofree char *source = vig_model_files_dup_source (files);

  return json_pack ("{s:o, s:s, s:I, s:o, s:o, s:o}", "name", vig_line_text (files->name),
                    "kind", name_kind (files),
                    "bytes", (json_int_t) vig_model_files_measure (files),
                    "licence", vig_line_text (licence), "sha256", vig_line_text (hash),
                    "source", vig_line_text (source));
}

static void
print_model (VigLine             *line,
             const VigModelFiles *files,
             const char          *hash)
{
  g_autofree char *bytes = g_format_size (vig_model_files_measure (files));
  g_autofree char *shown = vig_line_show (files->directory);

  vig_line_print (line, "%-20s  %-5s  %10s  %s\n", files->name, name_kind (files), bytes, shown);
  if (hash == NULL)
    vig_line_print (line, _("  its weights cannot be read\n"));
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) models = NULL;
  Work work = { .hashes = hashes };
  json_t *list;

  if (arguments[0] != NULL && g_strv_contains (unknown, arguments[0]))
    return vig_line_tell_usage (line, _("This version cannot “%s” models; it lists them"),
                                arguments[0]);
  if (arguments[0] != NULL && (!g_str_equal (arguments[0], "list") || arguments[1] != NULL))
    return vig_line_tell_usage (line, _("It takes “list” or nothing"));

  work.profile = vig_line_get_profile (line);
  if (work.profile == NULL)
    return VIG_EXIT_FAILED;

  vig_line_run_work (line, list_models, &work);
  models = work.models;

  list = json_array ();
  for (guint i = 0; i < models->len; i++)
    if (line->json)
      json_array_append_new (list, describe (models->pdata[i], hashes->pdata[i]));
    else
      print_model (line, models->pdata[i], hashes->pdata[i]);

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "models", list));
  json_decref (list);

  return VIG_EXIT_DONE;
}

const VigCommand vig_command_models = {
  .name = "models",
  .arguments = N_("[list]"),
  .summary = N_("Lists the models there are"),
  .run = run,
};
