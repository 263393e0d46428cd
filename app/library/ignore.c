/* ignore.c: what the user wants left out of folders, by patterns of their own */

#define G_LOG_DOMAIN "vig-ignore"

#include "config.h"

#include "library/ignore.h"

#include "library/files.h"

#include <string.h>

#define LARGEST (1 << 20)

struct _VigIgnore
{
  GPtrArray *names;  /* of GPatternSpec */
  GPtrArray *paths;  /* of GPatternSpec */
};

static char *
build_path (VigProfile *profile)
{
  g_autofree char *folder = g_path_get_dirname (vig_profile_get_database (profile));

  return g_build_filename (folder, "ignore.txt", NULL);
}

/* As letters of one size; what is no UTF-8 stays out of reach. */
static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return g_utf8_casefold (valid, -1);
}

VigIgnore *
vig_ignore_parse (const char *text)
{
  VigIgnore *self = g_new0 (VigIgnore, 1);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);

  self->names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  self->paths = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      g_autofree char *folded = fold (line);
      gsize length = strlen (folded);

      if (*line == '\0' || *line == '#')
        continue;
      /* “folder/” is the folder. */
      if (length > 1 && folded[length - 1] == '/')
        folded[--length] = '\0';
      g_ptr_array_add (strchr (folded, '/') != NULL ? self->paths : self->names, g_pattern_spec_new (folded));
    }

  return self;
}

VigIgnore *
vig_ignore_load (VigProfile *profile)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = vig_ignore_read (profile, &error);

  if (text == NULL)
    g_warning ("%s", error->message);

  return vig_ignore_parse (text != NULL ? text : "");
}

static gboolean
matches_any (GPtrArray  *patterns,
             const char *text)
{
  for (guint i = 0; i < patterns->len; i++)
    {
      if (g_pattern_spec_match_string (patterns->pdata[i], text))
        return TRUE;
    }

  return FALSE;
}

gboolean
vig_ignore_matches (const VigIgnore *self,
                    const char      *path,
                    const char      *name)
{
  g_autofree char *folded_name = self->names->len > 0 ? fold (name) : NULL;
  g_autofree char *folded_path = self->paths->len > 0 ? fold (path) : NULL;

  return (folded_name != NULL && matches_any (self->names, folded_name)) ||
         (folded_path != NULL && matches_any (self->paths, folded_path));
}

void
vig_ignore_free (VigIgnore *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->paths);
  g_free (self);
}

char *
vig_ignore_read (VigProfile  *profile,
                 GError     **error)
{
  g_autofree char *path = build_path (profile);
  gsize size;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_strdup ("");

  g_autofree char *text = vig_file_read (path, LARGEST, &size, error);

  return text != NULL ? g_utf8_make_valid (text, size) : NULL;
}

gboolean
vig_ignore_write (VigProfile  *profile,
                  const char  *text,
                  GError     **error)
{
  g_autofree char *path = build_path (profile);

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
