/* tag.c: vignette tag: what is in these pictures */

#define G_LOG_DOMAIN "vig-tag"

#include "config.h"

#include <glib/gi18n.h>

#include "cli/commands.h"

#define DEFAULT_TOP 5

static char *labels_text;
static char *vocabulary;
static int top = -1;
static gboolean write_tags;

static const GOptionEntry options[] = {
  { "labels", 0, 0, G_OPTION_ARG_FILENAME, &labels_text,
    N_("Choose among these words, with commas between them"), N_("A,B,…") },
  { "vocabulary", 0, 0, G_OPTION_ARG_FILENAME, &vocabulary,
    N_("Choose among the words of this file, one a line, or of the profile's vocabulary of that name"), N_("FILE") },
  { "top", 0, 0, G_OPTION_ARG_INT, &top, N_("How many words for a picture (5)"), N_("N") },
  { "write", 0, 0, G_OPTION_ARG_NONE, &write_tags,
    N_("Keep them, in the library and in a file NAME.EXT.xmp: all with --top, else the sure ones"),
    NULL },
  { NULL }
};

/* The words of --labels, without those that are empty or stand twice: “Red” and “red” are one, as it stands first. */
static char **
split_labels (void)
{
  g_autofree char *valid = g_utf8_make_valid (labels_text, -1);
  g_auto(GStrv) parts = g_strsplit (valid, ",", -1);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_strstrip (parts[i]);
      if (*parts[i] != '\0' && g_hash_table_add (seen, g_utf8_casefold (parts[i], -1)))
        g_strv_builder_add (words, parts[i]);
    }

  return g_strv_builder_end (words);
}

/* Whether --write keeps the word at @index: all of as many as were asked for; otherwise the sure
 * ones, and of words that somebody chose at least the likeliest. */
static gboolean
is_kept (const VigTagged *tagged,
         guint            index)
{
  const VigLabel *label = tagged->labels->pdata[index];
  const gboolean chosen = labels_text != NULL || vocabulary != NULL;

  return write_tags && (top > 0 || label->score >= label->threshold || (index == 0 && chosen));
}

/* Keeps the tags of a picture, with how probable each was; the reason if that fails. */
static gboolean
keep_tags (VigLine         *line,
           VigTagJob       *job,
           const VigTagged *tagged,
           GError         **error)
{
  VigLibrary *library = vig_line_get_library (line);
  g_autoptr(GArray) kept = g_array_new (FALSE, FALSE, sizeof (VigTagEdit));
  g_autoptr(VigPicture) picture = NULL;

  for (guint i = 0; i < tagged->labels->len; i++)
    {
      const VigLabel *label = tagged->labels->pdata[i];
      const VigTagEdit edit = { NULL, label->tag, label->score };

      if (is_kept (tagged, i))
        g_array_append_val (kept, edit);
    }
  if (kept->len == 0)
    return TRUE;

  picture = vig_library_add_file (library, tagged->path, error);
  if (picture == NULL)
    return FALSE;
  for (guint i = 0; i < kept->len; i++)
    g_array_index (kept, VigTagEdit, i).picture = picture;

  return vig_library_change_tags (library, VIG_TAG_ACCEPT, (const VigTagEdit *) (gconstpointer) kept->data, kept->len,
                                  vig_tag_job_get_model_hash (job), NULL, error) &&
         vig_library_write_sidecar (library, picture, error);
}

static json_t *
describe (const VigTagged *tagged,
          const char      *reason)
{
  json_t *tags = json_array ();

  for (guint i = 0; tagged->labels != NULL && i < tagged->labels->len; i++)
    {
      const VigLabel *label = tagged->labels->pdata[i];

      json_array_append_new (tags, json_pack ("{s:o, s:f}", "label", vig_line_text (label->label),
                                              "score", label->score));
    }

  return json_pack ("{s:o, s:o, s:o}", "path", vig_line_text (tagged->path), "tags", tags,
                    "error", vig_line_text (reason));
}

static void
print_tags (VigLine         *line,
            const VigTagged *tagged)
{
  g_autofree char *shown = vig_line_show (tagged->path);

  vig_line_print (line, "%s\n", shown);
  for (guint i = 0; i < tagged->labels->len; i++)
    {
      const VigLabel *label = tagged->labels->pdata[i];

      vig_line_print (line, "  %5.1f %%  %s%s\n", 100 * label->score, label->label,
                      is_kept (tagged, i) ? _("  (kept)") : "");
    }
  if (tagged->n_there == 0)
    vig_line_print (line, "  %s\n", _("Probably none of these."));
}

static VigExit
answer (VigLine   *line,
        VigTagJob *job)
{
  GPtrArray *results = vig_tag_job_get_results (job);
  json_t *files = json_array ();
  guint failed = 0;

  for (guint i = 0; i < results->len; i++)
    {
      const VigTagged *tagged = results->pdata[i];
      g_autoptr(GError) error = NULL;
      const char *reason = tagged->error;

      if (tagged->labels != NULL && write_tags && !keep_tags (line, job, tagged, &error))
        reason = error->message;

      if (line->json)
        json_array_append_new (files, describe (tagged, reason));
      else if (tagged->labels != NULL)
        print_tags (line, tagged);
      if (reason != NULL)
        vig_line_tell (line, tagged->path, "%s", reason);
      failed += reason != NULL;
    }

  if (line->json)
    vig_line_print_json (line, json_pack ("{s:O}", "files", files));
  json_decref (files);

  return vig_line_count_failed (failed, results->len);
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  g_auto(GStrv) words = NULL;
  g_autoptr(VigJob) job = NULL;
  g_autoptr(GError) error = NULL;
  VigExit status;

  if (arguments[0] == NULL)
    return vig_line_tell_usage (line, _("It takes at least one picture"));
  if (top != -1 && top < 1)
    return vig_line_tell_usage (line, _("--top is a number of words, at least 1"));
  if (labels_text != NULL && vocabulary != NULL)
    return vig_line_tell_usage (line, _("--labels and --vocabulary exclude each other"));

  if (labels_text != NULL)
    {
      words = split_labels ();
      if (words[0] == NULL)
        return vig_line_tell_usage (line,
                                    _("--labels is a list of words, with commas between them"));
    }
  else if (vocabulary != NULL)
    {
      VigLibrary *library = vig_line_get_library (line);
      g_autofree char *found = NULL;

      if (library == NULL)
        return VIG_EXIT_FAILED;
      found = vig_vocabulary_find (vig_library_get_profile (library), vocabulary);

      words = vig_vocabulary_load (found, &error);
      if (words == NULL)
        return vig_line_tell_error (line, vocabulary, error);
    }

  job = vig_tag_job_new ((const char * const *) arguments, (const char * const *) words,
                         top > 0 ? top : DEFAULT_TOP);
  status = vig_line_run_job (line, job);

  return status == VIG_EXIT_DONE ? answer (line, VIG_TAG_JOB (job)) : status;
}

const VigCommand vig_command_tag = {
  .name = "tag",
  .arguments = N_("FILE…"),
  .summary = N_("Says what is in pictures"),
  .options = options,
  .run = run,
};
