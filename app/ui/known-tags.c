/* known-tags.c: the tags that somebody may mean who begins to type one */

#define G_LOG_DOMAIN "vig-known-tags"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "library/tags.h"
#include "studio/vocabulary.h"
#include "ui/choices.h"
#include "ui/errand.h"
#include "ui/known-tags.h"

static void
known_free (gpointer data)
{
  VigKnownTag *known = data;

  g_free (known->tag);
  g_free (known->folded);
  g_free (known);
}

static VigKnownTag *
known_new (const char *tag,
           const char *names,
           guint       pictures)
{
  VigKnownTag *known = g_new (VigKnownTag, 1);
  g_autofree char *all = g_strconcat (tag, "/", names, NULL);

  *known = (VigKnownTag) { g_strdup (tag), g_utf8_casefold (all, -1), pictures };

  return known;
}

static int
compare_counts (gconstpointer a,
                gconstpointer b)
{
  const VigTagCount *x = *(const VigTagCount *const *) a;
  const VigTagCount *y = *(const VigTagCount *const *) b;

  return x->last > y->last ? -1 : x->last < y->last;
}

/* @data: the lines */
static gpointer
list (gpointer       object,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  const char *nothing[] = { NULL };
  g_autoptr(GPtrArray) counts = vig_library_count_tags (object, error);
  g_autoptr(GPtrArray) words = vig_vocabulary_parse (data != NULL ? data : nothing);
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *known = NULL;

  if (counts == NULL)
    return NULL;

  known = g_ptr_array_new_with_free_func (known_free);
  g_ptr_array_sort (counts, compare_counts);
  for (guint i = 0; i < counts->len; i++)
    {
      const VigTagCount *count = g_ptr_array_index (counts, i);

      if (count->pictures == 0)
        continue;

      g_ptr_array_add (known, known_new (count->tag, "", count->pictures));
      g_hash_table_add (seen, count->tag);
    }

  for (guint i = 0; i < words->len; i++)
    {
      const VigWord *word = g_ptr_array_index (words, i);
      g_autofree char *names = g_strjoinv ("/", word->names);

      if (!g_hash_table_contains (seen, word->tag))
        g_ptr_array_add (known, known_new (word->tag, names, 0));
    }

  return known;
}

void
vig_known_tags_async (VigLibrary          *library,
                      const char * const  *lines,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  vig_errand_async (library, list, g_strdupv ((char **) lines), (GDestroyNotify) g_strfreev,
                    (GDestroyNotify) g_ptr_array_unref, cancellable, callback, user_data);
}

GPtrArray *
vig_known_tags_finish (GAsyncResult  *result,
                       GError       **error)
{
  return vig_errand_finish (result, error);
}

/* Whether a word in @text begins with @start; both are folded. */
static gboolean
has_word (const char *text,
          const char *start)
{
  for (const char *at = strstr (text, start); at != NULL; at = strstr (at + 1, start))
    if (at == text || strchr ("/ -,", at[-1]) != NULL)
      return TRUE;

  return FALSE;
}

GPtrArray *
vig_known_tags_match (GPtrArray  *known,
                      const char *typed,
                      guint       most)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  GPtrArray *choices = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_choice_free);

  for (guint i = 0; known != NULL && i < known->len && choices->len < most; i++)
    {
      const VigKnownTag *tag = g_ptr_array_index (known, i);
      g_autofree char *note = NULL;

      if (!has_word (tag->folded, folded) || g_str_equal (tag->tag, typed))
        continue;

      if (tag->pictures > 0)
        note = g_strdup_printf (ngettext ("%u picture", "%u pictures", tag->pictures), tag->pictures);
      g_ptr_array_add (choices, vig_choice_new (tag->tag, tag->tag, note));
    }

  return choices;
}
