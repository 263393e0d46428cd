/* drawn.c: what a drawing job has drawn, as answers: copies, JSON, lines */

#define G_LOG_DOMAIN "vig-drawn"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "cli/drawn.h"
#include "library/files.h"

/* Of a file that a model drew: sides of 8192 in colour, and then some. */
#define PICTURE_MAX (256u << 20)

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
                    const char         *prompt,
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
      if (prompt != NULL)
        json_object_set_new (picture, "prompt", vig_line_text (prompt));
      json_array_append_new (pictures, picture);
    }
}

json_t *
vig_drawn_describe (VigLine         *line,
                    const GPtrArray *jobs,
                    const GPtrArray *paths)
{
  json_t *document = json_pack ("{s:n, s:n, s:[]}", "model", "prompt", "pictures");
  const char *model = NULL;

  for (guint i = 0; i < jobs->len; i++)
    {
      VigGenerateJob *drawing = jobs->pdata[i];
      const char *prompt = vig_generate_job_get_prompt (drawing);

      if (i == 0)
        model = vig_generate_job_get_model (drawing);
      else if (g_strcmp0 (model, vig_generate_job_get_model (drawing)) != 0)
        model = NULL;

      if (jobs->len == 1)
        json_object_set_new (document, "prompt", vig_line_text (prompt));
      vig_drawn_add_json (drawing, paths != NULL ? paths->pdata[i] : NULL, jobs->len == 1 ? NULL : prompt,
                          json_object_get (document, "pictures"));
    }
  json_object_set_new (document, "model", vig_line_text (model));
  json_object_set_new (document, "seconds", json_real (vig_line_get_seconds (line)));

  return document;
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

/* Where a file called @output is really written: a link leads to it. NULL: it leads nowhere. */
static char *
follow_links (const char *output)
{
  enum { LINKS_MAX = 40 };  /* as the kernel has it [path_resolution(7)] */
  char *path = g_canonicalize_filename (output, NULL);

  for (guint i = 0; i < LINKS_MAX; i++)
    {
      g_autofree char *target = g_file_read_link (path, NULL);
      g_autofree char *folder = g_path_get_dirname (path);

      if (target == NULL)  /* no link */
        return path;

      g_free (path);
      path = g_canonicalize_filename (target, folder);
    }
  g_free (path);

  return NULL;
}

/* Takes @path, which may be NULL. */
static gboolean
check_file (char       *path,
            const char *shown,
            GError    **error)
{
  g_autofree char *file = path;
  GStatBuf status;

  if (file == NULL || g_lstat (file, &status) != 0)
    {
      const int code = file == NULL ? ELOOP : errno;

      if (code == ENOENT)
        return TRUE;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _("“%s” cannot be written: %s."),
                   shown, g_strerror (code));
      return FALSE;
    }

  if (!S_ISREG (status.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                   _("“%s” is not a file: a picture cannot be put there."), shown);
      return FALSE;
    }

  if (g_access (file, W_OK) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   _("“%s” cannot be written: it is read-only."), shown);
      return FALSE;
    }

  return TRUE;
}

/* A file in @folder of a name that nobody has: a picture is written to it, then moved. */
static char *
make_temporary (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, ".vignette-XXXXXX", NULL);
  const int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0666);

  if (fd < 0)
    return NULL;

  close (fd);

  return g_steal_pointer (&path);
}

/* Only writing tells whether a folder can be written: a file system has reasons of its own. */
static gboolean
check_folder (const char *folder,
              const char *shown,
              GError    **error)
{
  g_autofree char *probe = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("There is no folder for “%s”: make it first"), shown);
      return FALSE;
    }

  probe = make_temporary (folder);
  if (probe == NULL)
    {
      g_propagate_error (error, vig_file_make_error (errno == ENOENT ? EACCES : errno, shown));
      return FALSE;
    }
  g_unlink (probe);

  return TRUE;
}

gboolean
vig_drawn_check (const char *output,
                 guint       count,
                 GError    **error)
{
  g_autofree char *shown = g_filename_display_name (output);
  g_autofree char *file = NULL;
  g_autofree char *folder = NULL;

  if (*output == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("--output is a file or a folder"));
      return FALSE;
    }

  if (is_folder (output, count))
    {
      if (g_mkdir_with_parents (output, 0755) != 0)
        {
          const int code = errno;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                       _("The folder “%s” cannot be made: %s"), shown, g_strerror (code));
          return FALSE;
        }

      return check_folder (output, shown, error);
    }

  file = follow_links (output);
  folder = g_path_get_dirname (file != NULL ? file : output);

  return check_folder (folder, shown, error) && check_file (g_steal_pointer (&file), shown, error);
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

/* By a temporary file that is renamed: a copy is whole or not there. What a link leads to is
 * written, as a shell does it. */
static gboolean
copy_file (const char *from,
           const char *to,
           GError    **error)
{
  g_autofree char *shown = g_filename_display_name (to);
  g_autofree char *file = follow_links (to);
  g_autofree char *folder = g_path_get_dirname (file != NULL ? file : to);
  g_autofree char *temporary = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  bytes = vig_file_read (from, PICTURE_MAX, &size, error);
  if (bytes == NULL || !check_file (g_strdup (file), shown, error))  /* it took a while to draw */
    return FALSE;

  temporary = make_temporary (folder);
  if (temporary == NULL)
    {
      g_propagate_error (error, vig_file_make_error (errno, shown));
      return FALSE;
    }
  if (!vig_file_write (temporary, bytes, size, shown, error))
    return FALSE;

  if (g_rename (temporary, file) != 0)
    {
      g_propagate_error (error, vig_file_make_error (errno, shown));
      g_unlink (temporary);
      return FALSE;
    }

  return TRUE;
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
