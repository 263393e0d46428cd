/* vocabulary-files.c: the files that vocabularies are kept in */

#define G_LOG_DOMAIN "vig-vocabulary"

#include "config.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "library/files.h"
#include "studio/studio.h"

/* Of a file of words: every word of a language has room in it. */
#define VOCABULARY_MAX (8 << 20)

#define ENDING ".txt"

static char *
dup_included (void)
{
  return g_build_filename (vig_profile_get_data (), "vocabularies", "everyday" ENDING, NULL);
}

char *
vig_vocabulary_read (const char  *path,
                     GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *text = NULL;
  gsize size;

  text = vig_file_read (path, VOCABULARY_MAX, &size, error);
  if (text == NULL)
    return NULL;
  if (strlen (text) != size)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is not a text."), shown);
      return NULL;
    }

  /* Editors of other systems mark UTF-8 at the beginning. */
  return g_utf8_make_valid (g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text, -1);
}

/* The lines that say something. */
static char **
read_lines (const char  *path,
            GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *text = vig_vocabulary_read (path, error);
  g_auto(GStrv) lines = NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  if (text == NULL)
    return NULL;

  /* Other systems end lines otherwise. */
  lines = g_strsplit_set (text, "\n\r", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line;

      lines[i][strcspn (lines[i], "#")] = '\0';
      line = g_strstrip (lines[i]);
      if (*line != '\0' && *line != '=' && g_hash_table_add (seen, (char *) line))
        g_strv_builder_add (builder, line);
    }

  if (g_hash_table_size (seen) == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("There are no words in “%s”."), shown);
      return NULL;
    }

  return g_strv_builder_end (builder);
}

char **
vig_vocabulary_load (const char *path,
                     GError    **error)
{
  g_autofree char *included = dup_included ();

  return read_lines (path != NULL ? path : included, error);
}

static void
add_names (const char *folder,
           GPtrArray  *paths)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  /* A folder that is not there has none. */
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (*name != '.' && g_str_has_suffix (name, ENDING))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
}

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
vig_vocabulary_list (VigProfile *profile)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *included = dup_included ();
  g_autofree char *own = vig_vocabulary_dup_folder (profile);

  add_names (own, paths);
  g_ptr_array_sort (paths, compare_paths);
  if (g_file_test (included, G_FILE_TEST_IS_REGULAR))
    g_ptr_array_insert (paths, 0, g_steal_pointer (&included));

  return paths;
}

char *
vig_vocabulary_dup_folder (VigProfile *profile)
{
  g_autofree char *beside = g_path_get_dirname (vig_profile_get_database (profile));

  return g_build_filename (beside, "vocabularies", NULL);
}

char *
vig_vocabulary_find (VigProfile *profile,
                     const char *name)
{
  g_autoptr(GPtrArray) paths = vig_vocabulary_list (profile);

  for (guint i = 0; strchr (name, '/') == NULL && i < paths->len; i++)
    {
      g_autofree char *base = g_path_get_basename (paths->pdata[i]);

      if (strlen (base) == strlen (name) + strlen (ENDING) && g_str_has_prefix (base, name) &&
          !g_file_test (name, G_FILE_TEST_EXISTS))
        return g_strdup (paths->pdata[i]);
    }

  return g_strdup (name);
}

/* ---- Changing them ---- */

gboolean
vig_vocabulary_is_included (const char *path)
{
  g_autofree char *included = dup_included ();

  return strcmp (path, included) == 0;
}

char *
vig_vocabulary_dup_name (const char *path)
{
  g_autofree char *base = g_filename_display_basename (path);

  if (g_str_has_suffix (base, ENDING))
    base[strlen (base) - strlen (ENDING)] = '\0';

  return g_steal_pointer (&base);
}

/* What a person called it, as the name of a file: nothing that leads out of the folder or hides it. */
static char *
dup_path (VigProfile  *profile,
          const char  *name,
          GError     **error)
{
  g_autofree char *folder = vig_vocabulary_dup_folder (profile);
  g_autofree char *clean = g_strstrip (g_strdelimit (g_strdup (name), "/\n\r\t", ' '));
  g_autofree char *file = NULL;
  const char *bare = clean;

  while (*bare == '.')
    bare++;
  if (*bare == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME, _("A list of words needs a name."));
      return NULL;
    }
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_autofree char *shown = g_filename_display_name (folder);

      g_propagate_error (error, vig_file_make_error (errno, shown));
      return NULL;
    }

  file = g_strconcat (bare, ENDING, NULL);

  return g_build_filename (folder, file, NULL);
}

static gboolean
check_free (const char  *path,
            GError     **error)
{
  g_autofree char *name = vig_vocabulary_dup_name (path);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("There is a list “%s” already."), name);
  return FALSE;
}

gboolean
vig_vocabulary_write (const char  *path,
                      const char  *text,
                      GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_return_val_if_fail (!vig_vocabulary_is_included (path), FALSE);

  return vig_file_write (path, text, strlen (text), shown, error);
}

char *
vig_vocabulary_make (VigProfile  *profile,
                     const char  *name,
                     const char  *text,
                     GError     **error)
{
  g_autofree char *path = dup_path (profile, name, error);

  if (path == NULL || !check_free (path, error) || !vig_vocabulary_write (path, text, error))
    return NULL;

  return g_steal_pointer (&path);
}

char *
vig_vocabulary_rename (VigProfile  *profile,
                       const char  *path,
                       const char  *name,
                       GError     **error)
{
  g_autofree char *to = dup_path (profile, name, error);
  g_autofree char *shown = g_filename_display_name (path);
  gboolean exists = FALSE;

  g_return_val_if_fail (!vig_vocabulary_is_included (path), NULL);

  if (to == NULL)
    return NULL;
  if (strcmp (to, path) == 0)
    return g_steal_pointer (&to);
  if (!vig_file_place (path, to, &exists, shown, error))
    {
      if (exists)
        check_free (to, error);
      return NULL;
    }

  return g_steal_pointer (&to);
}

gboolean
vig_vocabulary_remove (const char  *path,
                       GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_return_val_if_fail (!vig_vocabulary_is_included (path), FALSE);

  if (g_unlink (path) == 0)
    return TRUE;

  g_propagate_error (error, vig_file_make_error (errno, shown));
  return FALSE;
}
