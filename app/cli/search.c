/* search.c: vignette search: finds pictures by meaning and by words */

#define G_LOG_DOMAIN "vig-search"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "cli/commands.h"

static char **unwanted;
static char **like;
static gboolean by_date;
static int top = 20;
static char *kind_text;

static const GOptionEntry options[] = {
  { "not", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &unwanted, N_("What the pictures should not show (repeatable)"),
    N_("TEXT") },
  { "like", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &like, N_("What else they should resemble (repeatable)"),
    N_("IMAGE") },
  { "by-date", 0, 0, G_OPTION_ARG_NONE, &by_date, N_("Newest first, among the close ones and among the others"), NULL },
  { "top", 0, 0, G_OPTION_ARG_INT, &top, N_("How many pictures at most (20); 0: all"), N_("N") },
  { "kind", 0, 0, G_OPTION_ARG_FILENAME, &kind_text, N_("Only photos, or only made ones"),
    N_("photo|made") },
  { NULL }
};

static const char *
name_kind (VigPicture *picture)
{
  return vig_picture_get_kind (picture) == VIG_PICTURE_MADE ? "made" : "photo";
}

static json_t *
describe (VigLine          *line,
          const VigResults *found)
{
  json_t *results = json_array ();

  for (guint i = 0; i < found->results->len; i++)
    {
      const VigResult *result = found->results->pdata[i];
      const char *path = vig_picture_get_path (result->picture);

      json_array_append_new (results, json_pack ("{s:o, s:s, s:f, s:o}",
                                                 "path", vig_line_text (path),
                                                 "kind", name_kind (result->picture),
                                                 "score", result->score,
                                                 "why", vig_line_text (result->why)));
    }

  return json_pack ("{s:o, s:i, s:f, s:f}", "results", results, "close", (int) found->close,
                    "indexed", found->indexed, "seconds", vig_line_get_seconds (line));
}

static void
print_results (VigLine          *line,
               const VigResults *found)
{
  if (found->results->len == 0)
    vig_line_print (line, _("Nothing was found.\n"));

  for (guint i = 0; i < found->results->len; i++)
    {
      const VigResult *result = found->results->pdata[i];
      g_autofree char *shown = vig_line_show (vig_picture_get_path (result->picture));

      if (i == found->close)
        vig_line_print (line, "%s", i == 0 ? _("Nothing is close. Less certain:\n")
                                           : _("Less certain:\n"));
      vig_line_print (line, "%6.3f  %-5s  %s\n", result->score, name_kind (result->picture), shown);
    }

  if (found->indexed < 1)
    vig_line_print (line, _("%.0f %% of the pictures have been looked at so far; "
                            "“vignette index” goes on.\n"), 100 * found->indexed);
}

static VigExit
run (VigLine *line,
     char   **arguments)
{
  g_autoptr(GStrvBuilder) images = g_strv_builder_new ();
  g_auto(GStrv) all_images = NULL;
  g_autoptr(VigFilter) filter = vig_filter_new ();
  g_autoptr(VigJob) job = NULL;
  gboolean is_image;
  int kind = -1;
  VigExit status;

  if (g_strv_length (arguments) != 1)
    return vig_line_tell_usage (line, _("It takes one text, in quotes, or one picture"));
  if (arguments[0][strspn (arguments[0], " \t\r\n")] == '\0')
    return vig_line_tell_usage (line, _("There are no words in the text"));
  if (top < 0)
    return vig_line_tell_usage (line, _("--top is a number of pictures, or 0"));
  if (g_strcmp0 (kind_text, "photo") == 0)
    kind = VIG_PICTURE_PHOTO;
  else if (g_strcmp0 (kind_text, "made") == 0)
    kind = VIG_PICTURE_MADE;
  else if (kind_text != NULL)
    return vig_line_tell_usage (line, _("--kind is photo or made"));

  is_image = g_file_test (arguments[0], G_FILE_TEST_IS_REGULAR);
  for (guint i = 0; like != NULL && like[i] != NULL; i++)
    g_strv_builder_add (images, like[i]);
  if (is_image)
    g_strv_builder_add (images, arguments[0]);
  all_images = g_strv_builder_end (images);
  filter->kind = kind;
  job = vig_search_job_new_for (&(VigSought) {
    .typed = is_image ? NULL : arguments[0],
    .like = (const char * const *) all_images,
    .minus = (const char * const *) unwanted,
    .filter = filter,
    .top = top,
    .by_date = by_date,
  });
  if (!vig_search_job_asks (VIG_SEARCH_JOB (job)))
    return vig_line_tell_usage (line, _("There are no words in the text"));
  status = vig_line_run_job (line, job);
  if (status != VIG_EXIT_DONE)
    return status;

  if (vig_search_job_get_remark (VIG_SEARCH_JOB (job)) != NULL)
    vig_line_tell (line, "search", "%s", vig_search_job_get_remark (VIG_SEARCH_JOB (job)));
  if (line->json)
    vig_line_print_json (line, describe (line, vig_search_job_get_results (VIG_SEARCH_JOB (job))));
  else
    print_results (line, vig_search_job_get_results (VIG_SEARCH_JOB (job)));

  return VIG_EXIT_DONE;
}

const VigCommand vig_command_search = {
  .name = "search",
  .arguments = N_("TEXT|IMAGE"),
  .summary = N_("Finds pictures by meaning and by words"),
  .options = options,
  .run = run,
};
