/* drawn.c: what a drawing job has drawn, as answers: copies, JSON, lines */

#define G_LOG_DOMAIN "vig-drawn"

#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli/drawn.h"

/* The tile of the chosen picture of that rank: they stand first, best first. */
static VigTile *
get_tile (VigGenerateJob *job,
          guint           rank)
{
  return g_list_model_get_item (vig_generate_job_get_tiles (job), rank);
}

void
vig_drawn_add_json (VigGenerateJob     *job,
                    const char * const *paths,
                    json_t             *pictures)
{
  GPtrArray *chosen = vig_generate_job_get_pictures (job);

  for (guint i = 0; i < chosen->len; i++)
    {
      g_autoptr(VigTile) tile = get_tile (job, i);
      const char *path = paths != NULL ? paths[i] : vig_picture_get_path (chosen->pdata[i]);
      const double score = vig_tile_get_score (tile);
      json_t *picture = json_object ();
      json_t *list = json_array ();
      guint n_tokens;
      const guint32 *tokens = vig_tile_get_tokens (tile, &n_tokens);

      for (guint k = 0; k < n_tokens; k++)
        json_array_append_new (list, json_integer (tokens[k]));

      json_object_set_new (picture, "path", vig_line_text (path));
      json_object_set_new (picture, "seed", json_integer ((json_int_t) vig_tile_get_seed (tile)));
      json_object_set_new (picture, "score", isnan (score) ? json_null () : json_real (score));
      json_object_set_new (picture, "tokens", list);
      json_array_append_new (pictures, picture);
    }
}

void
vig_drawn_print (VigLine            *line,
                 VigGenerateJob     *job,
                 const char * const *paths)
{
  GPtrArray *chosen = vig_generate_job_get_pictures (job);

  for (guint i = 0; i < chosen->len; i++)
    {
      g_autoptr(VigTile) tile = get_tile (job, i);
      const char *path = paths != NULL ? paths[i] : vig_picture_get_path (chosen->pdata[i]);
      const double score = vig_tile_get_score (tile);
      g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, vig_tile_get_seed (tile));
      g_autofree char *fit = isnan (score) ? g_strdup ("–") : g_strdup_printf ("%.2f", score);
      g_autofree char *shown = vig_line_show (path);

      /* Translators: these stand below each other: a seed, how well the picture fits, its file. */
      vig_line_print (line, _("seed %10s  fit %4s  %s\n"), seed, fit, shown);
    }
}

static gboolean
is_folder (const char *output,
           guint       count)
{
  return count > 1 || g_str_has_suffix (output, G_DIR_SEPARATOR_S) ||
         g_file_test (output, G_FILE_TEST_IS_DIR);
}

gboolean
vig_drawn_check (const char *output,
                 guint       count,
                 GError    **error)
{
  g_autofree char *shown = g_filename_display_name (output);
  g_autofree char *folder = is_folder (output, count) ? g_strdup (output)
                                                      : g_path_get_dirname (output);

  if (is_folder (output, count) && g_mkdir_with_parents (folder, 0755) != 0)
    {
      const int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   _("The folder “%s” cannot be made: %s"), shown, g_strerror (code));
      return FALSE;
    }

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("There is no folder for “%s”: make it first"), shown);
      return FALSE;
    }

  if (g_access (folder, W_OK) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   _("“%s” cannot be written: its folder is read-only"), shown);
      return FALSE;
    }

  return TRUE;
}

/* A name in @folder that is free: a file that the user did not name is not written over. */
static char *
choose_free_name (const char *folder,
                  const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');
  const char *ending = dot == NULL ? "" : path + strlen (path) - strlen (dot);
  char *name = g_build_filename (folder, base, NULL);

  if (dot != NULL)
    *dot = '\0';

  for (guint i = 2; g_file_test (name, G_FILE_TEST_EXISTS); i++)
    {
      g_autofree char *numbered = g_strdup_printf ("%s-%u%s", base, i, ending);

      g_free (name);
      name = g_build_filename (folder, numbered, NULL);
    }

  return name;
}

/* By a temporary file that is renamed: a copy is whole or not there. */
static gboolean
copy_file (const char *from,
           const char *to,
           GError    **error)
{
  g_autofree char *contents = NULL;
  gsize size;

  return g_file_get_contents (from, &contents, &size, error) &&
         g_file_set_contents_full (to, contents, size,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0644, error);
}

char **
vig_drawn_copy (VigGenerateJob *job,
                const char     *output,
                guint           count,
                GError        **error)
{
  GPtrArray *chosen = vig_generate_job_get_pictures (job);
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new ();

  for (guint i = 0; i < chosen->len; i++)
    {
      const char *from = vig_picture_get_path (chosen->pdata[i]);
      g_autofree char *to = is_folder (output, count) ? choose_free_name (output, from)
                                                      : g_strdup (output);
      g_autofree char *absolute = g_canonicalize_filename (to, NULL);

      if (!copy_file (from, absolute, error))
        return NULL;
      g_strv_builder_add (paths, absolute);
    }

  return g_strv_builder_end (paths);
}
