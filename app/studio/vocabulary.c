/* vocabulary.c: words to choose tags from, as files have them */

#define G_LOG_DOMAIN "vig-vocabulary"

#include "config.h"

#include <string.h>

#include "studio/vocabulary.h"

#include "library/library.h"

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
