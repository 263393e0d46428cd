/* vocabulary.c: words to choose tags from, as files have them */

#define G_LOG_DOMAIN "vig-vocabulary"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "library/files.h"
#include "studio/studio.h"
#include "studio/vocabulary.h"

/* Of a file of words: every word of a language has room in it. */
#define VOCABULARY_MAX (8 << 20)

#define ENDING ".txt"

static void
word_free (gpointer data)
{
  VigWord *word = data;

  g_free (word->tag);
  g_free (word->label);
  g_strfreev (word->names);
  g_free (word);
}

static const char *
get_leaf (const char *tag)
{
  const char *slash = strrchr (tag, '/');

  return slash != NULL ? slash + 1 : tag;
}

/* NULL if the line says nothing. */
static VigWord *
parse_line (const char *line)
{
  g_auto(GStrv) sides = g_strsplit (line, "=", 2);
  g_auto(GStrv) others = g_strsplit (sides[0] != NULL && sides[1] != NULL ? sides[1] : "", ",", -1);
  g_autofree char *tag = sides[0] != NULL ? vig_tag_normalise (sides[0]) : NULL;
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  VigWord *word = NULL;

  if (tag == NULL)
    return NULL;

  g_strv_builder_add (names, get_leaf (tag));
  for (guint i = 0; others[i] != NULL; i++)
    {
      g_autofree char *other = vig_tag_normalise (others[i]);

      if (other != NULL && strcmp (other, get_leaf (tag)) != 0)
        g_strv_builder_add (names, other);
    }

  word = g_new0 (VigWord, 1);
  word->tag = g_steal_pointer (&tag);
  word->names = g_strv_builder_end (names);

  return word;
}

/* One part more of the tag than @label has; the whole if there is no more. */
static char *
lengthen (const VigWord *word)
{
  const char *at = word->tag + strlen (word->tag) - strlen (word->label);

  if (at > word->tag)
    at--;
  while (at > word->tag && at[-1] != '/')
    at--;

  return g_strdup (at);
}

/* Each label is made longer until no other is the same. */
static void
choose_labels (GPtrArray *words)
{
  gboolean changed = TRUE;

  for (guint i = 0; i < words->len; i++)
    {
      VigWord *word = words->pdata[i];

      word->label = g_strdup (get_leaf (word->tag));
    }

  while (changed)
    {
      g_autoptr(GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      changed = FALSE;
      for (guint i = 0; i < words->len; i++)
        {
          const char *label = ((VigWord *) words->pdata[i])->label;
          const guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, label));

          g_hash_table_insert (counts, g_strdup (label), GUINT_TO_POINTER (count + 1));
        }
      for (guint i = 0; i < words->len; i++)
        {
          VigWord *word = words->pdata[i];

          if (GPOINTER_TO_UINT (g_hash_table_lookup (counts, word->label)) > 1 && strcmp (word->label, word->tag) != 0)
            {
              char *label = lengthen (word);

              g_free (word->label);
              word->label = label;
              changed = TRUE;
            }
        }
    }
}

GPtrArray *
vig_vocabulary_parse (const char * const *lines)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (word_free);
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      VigWord *word = parse_line (lines[i]);

      if (word != NULL && g_hash_table_add (seen, word->tag))
        g_ptr_array_add (words, word);
      else if (word != NULL)
        word_free (word);
    }
  choose_labels (words);

  return words;
}

/* ---- Files ---- */

/* The lines that say something. */
static char **
read_lines (const char  *path,
            GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  const char *start;
  gsize size;

  text = vig_file_read (path, VOCABULARY_MAX, &size, error);
  if (text == NULL)
    return NULL;
  if (strlen (text) != size)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is not a text."), shown);
      return NULL;
    }

  /* Editors of other systems mark UTF-8 at the beginning, and end lines otherwise. */
  start = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
  valid = g_utf8_make_valid (start, -1);
  lines = g_strsplit_set (valid, "\n\r", -1);
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
  g_autofree char *included = g_build_filename (vig_profile_get_data (), "vocabularies", "everyday" ENDING, NULL);

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
  g_autofree char *included = g_build_filename (vig_profile_get_data (), "vocabularies", "everyday" ENDING, NULL);
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
