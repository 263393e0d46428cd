/* models.c: vignette models: which models there are, and how others join them or go */

#define G_LOG_DOMAIN "vig-models"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"
#include "studio/catalogue.h"
#include "studio/model-job.h"
#include "studio/model-store.h"

static char *new_name;

static const GOptionEntry options[] = {
  { "name", 0, 0, G_OPTION_ARG_FILENAME, &new_name, N_("add: what the model shall be called"), N_("NAME") },
  { NULL },
};

typedef struct
{
  VigProfile *profile;
  GPtrArray  *models;  /* of VigModelFiles */
  GPtrArray  *hashes;  /* of strings; NULL where the weights cannot be read */
} Work;

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
  static const char *const kinds[] = {
    [VIG_MODEL_CLIP] = "clip", [VIG_MODEL_DALLE] = "dalle", [VIG_MODEL_CODEC] = "codec",
  };

  return kinds[files->kind];
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

/* @models with their hashes, as the document or as lines; takes neither. */
static void
tell_models (VigLine   *line,
             GPtrArray *models,
             GPtrArray *hashes)
{
  g_autoptr(json_t) list = json_array ();

  for (guint i = 0; i < models->len; i++)
    if (line->json)
      json_array_append_new (list, describe (models->pdata[i], hashes->pdata[i]));
    else
      print_model (line, models->pdata[i], hashes->pdata[i]);

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "models", list));
}

static VigExit
run_list (VigLine *line)
{
  g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) models = NULL;
  Work work = { .profile = vig_line_get_profile (line), .hashes = hashes };

  if (work.profile == NULL)
    return VIG_EXIT_FAILED;

  vig_line_run_work (line, list_models, &work);
  models = work.models;
  tell_models (line, models, hashes);

  return VIG_EXIT_DONE;
}

/* ---- add ---- */

static VigExit
run_job (VigLine *line,
         VigJob  *job,
         const char *what)
{
  const VigExit status = vig_line_follow_job (line, job);
  g_autoptr(GPtrArray) models = g_ptr_array_new ();
  g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  const VigModelFiles *files;

  if (status == VIG_EXIT_FAILED && vig_job_get_error (job) != NULL)
    return vig_line_tell_error (line, what, vig_job_get_error (job));
  if (status != VIG_EXIT_DONE)
    return status;

  files = vig_model_job_get_files (VIG_MODEL_JOB (job));
  g_ptr_array_add (models, (gpointer) files);
  g_ptr_array_add (hashes, vig_model_files_hash (files, NULL, &error));
  if (error != NULL)
    return vig_line_tell_error (line, what, error);
  tell_models (line, models, hashes);

  return VIG_EXIT_DONE;
}

static VigExit
run_add (VigLine    *line,
         const char *path)
{
  g_autoptr(VigJob) job = vig_model_job_new_add (path, new_name);

  return run_job (line, job, path);
}

/* ---- download ---- */

static VigExit
list_offers (VigLine *line)
{
  g_autoptr(json_t) list = json_array ();
  guint n;
  const VigOffer *offers = vig_catalogue_get (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *page = vig_offer_dup_page (&offers[i]);
      g_autofree char *bytes = g_format_size (offers[i].bytes);
      const char *kind = offers[i].kind == VIG_MODEL_CLIP ? "clip" : "dalle";

      if (line->json)
        json_array_append_new (list, json_pack ("{s:s, s:s, s:I, s:s, s:n, s:s}", "name", offers[i].name, "kind", kind,
                                                "bytes", (json_int_t) offers[i].bytes, "licence", offers[i].licence,
                                                "sha256", "source", page));
      else
        vig_line_print (line, "%-32s  %-5s  %10s  %-4s  %s\n", offers[i].name, kind, bytes, offers[i].licence, page);
    }

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "models", list));

  return VIG_EXIT_DONE;
}

static VigExit
run_download (VigLine    *line,
              const char *name)
{
  g_autoptr(VigJob) job = NULL;
  VigExit status;

  if (name == NULL)
    return list_offers (line);

  job = vig_model_job_new_download (name);
  status = run_job (line, job, name);
  if (status == VIG_EXIT_INTERRUPTED)
    vig_line_tell (line, name, _("interrupted; what has come is kept, and the next time goes on"));

  return status;
}

/* ---- remove ---- */

static VigExit
run_remove (VigLine    *line,
            const char *name)
{
  g_autoptr(GError) error = NULL;
  VigProfile *profile = vig_line_get_profile (line);

  if (profile == NULL)
    return VIG_EXIT_FAILED;
  if (!vig_model_store_remove (profile, name, &error))
    return vig_line_tell_error (line, name, error);

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:[s]}", "removed", name));

  return VIG_EXIT_DONE;
}

/* ---- verify ---- */

typedef struct
{
  GPtrArray *models;    /* of VigModelFiles */
  GPtrArray *problems;  /* owned: of GPtrArray of sentences */
} Verification;

static void
verify_models (gpointer data)
{
  Verification *verification = data;

  for (guint i = 0; i < verification->models->len; i++)
    g_ptr_array_add (verification->problems,
                     vig_model_store_verify (verification->models->pdata[i], NULL, NULL));  /* cannot be cancelled */
}

static json_t *
describe_verified (const VigModelFiles *files,
                   GPtrArray           *problems)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *hash = vig_model_files_hash (files, NULL, &error);
  json_t *model = describe (files, hash);
  json_t *list = json_array ();

  for (guint i = 0; i < problems->len; i++)
    json_array_append_new (list, vig_line_text (problems->pdata[i]));
  json_object_set_new (model, "ok", json_boolean (problems->len == 0));
  json_object_set_new (model, "problems", list);

  return model;
}

static VigExit
run_verify (VigLine    *line,
            const char *name)
{
  VigProfile *profile = vig_line_get_profile (line);
  g_autoptr(GPtrArray) models = NULL;
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  Verification verification = { .problems = all };
  g_autoptr(GError) error = NULL;
  g_autoptr(json_t) list = json_array ();
  guint failed = 0;

  if (profile == NULL)
    return VIG_EXIT_FAILED;

  models = name == NULL ? vig_model_files_list (profile)
                        : vig_model_files_find (profile, (const char *[]) { name, NULL }, &error);
  if (models == NULL)
    return vig_line_tell_error (line, name, error);

  verification.models = models;
  vig_line_run_work (line, verify_models, &verification);

  for (guint i = 0; i < models->len; i++)
    {
      const VigModelFiles *files = models->pdata[i];
      GPtrArray *problems = all->pdata[i];

      failed += problems->len > 0;
      for (guint k = 0; k < problems->len; k++)
        vig_line_tell (line, files->name, "%s", (char *) problems->pdata[k]);
      if (line->json)
        json_array_append_new (list, describe_verified (files, problems));
      else if (problems->len == 0)
        vig_line_print (line, _("%-20s  %-5s  is whole\n"), files->name, name_kind (files));
    }

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "models", list));

  return vig_line_count_failed (failed, models->len);
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  const guint n = g_strv_length (arguments);
  const char *word = n == 0 ? "list" : arguments[0];

  if (g_str_equal (word, "list") && n <= 1)
    return run_list (line);
  if (g_str_equal (word, "add") && n == 2)
    return run_add (line, arguments[1]);
  if (g_str_equal (word, "download") && n <= 2)
    return run_download (line, arguments[1]);
  if (g_str_equal (word, "remove") && n == 2)
    return run_remove (line, arguments[1]);
  if (g_str_equal (word, "verify") && n <= 2)
    return run_verify (line, arguments[1]);

  return vig_line_tell_usage (line, _("It takes “list”, “add PATH”, “download [NAME]”, “remove NAME” or “verify [NAME]”"));
}

const VigCommand vig_command_models = {
  .name = "models",
  .arguments = N_("[list|add PATH|download [NAME]|remove NAME|verify [NAME]]"),
  .summary = N_("Lists models; adds, downloads, removes and verifies the user's own"),
  .options = options,
  .run = run,
};
