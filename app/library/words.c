/* words.c: pictures whose prompt, tags or file name have the words that were typed */

#define G_LOG_DOMAIN "vig-words"

#include "config.h"

#include "library/words.h"

#include "library/walk.h"

#include <string.h>

/* More words than that are not typed. */
#define MOST_WORDS 64

/* Weighing takes longer than finding, and what that many have says little of each. */
#define MOST_WEIGHED 30000

/* Words of sentences, not of names: “a cat” is to find cat.png. English, German, French, Spanish. */
static const char * const little[] = {
  "a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with",
  "am", "auf", "aus", "das", "dem", "den", "der", "die", "ein", "eine", "einem", "einen", "einer", "im", "mit",
  "und", "von", "vor", "zu",
  "au", "aux", "avec", "dans", "de", "des", "du", "en", "et", "la", "le", "les", "sur", "un", "une",
  "con", "del", "el", "las", "los", "una", "y", NULL
};

static gboolean
says_something (const char *word)
{
  for (; *word != '\0'; word = g_utf8_next_char (word))
    {
      if (g_unichar_isalnum (g_utf8_get_char (word)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_little (const char *word)
{
  g_autofree char *folded = g_utf8_casefold (word, -1);

  return g_strv_contains (little, folded);
}

/* Names are kept without what says that they are pictures: “jpg” would be in all of them. */
static void
cut_extension (char *word)
{
  if (vig_name_says_picture (word))
    *strrchr (word, '.') = '\0';
}

/* The words, and what stands between quotation marks, as they are; what is for FTS5 in the same place. */
static void
split (const char *text,
       GPtrArray  *words,
       GArray     *phrases)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_auto(GStrv) parts = g_strsplit (valid, "\"", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      /* Every second part is between two marks, but for a last one that has only the first of them. */
      const gboolean phrase = i % 2 == 1 && parts[i + 1] != NULL;
      g_auto(GStrv) some = phrase ? NULL : g_strsplit_set (parts[i], " \t\r\n\f\v", -1);

      for (guint j = 0; phrase ? j < 1 : some[j] != NULL; j++)
        {
          char *word = g_strdup (phrase ? parts[i] : some[j]);

          cut_extension (word);
          if (says_something (word) && words->len < MOST_WORDS)
            {
              g_ptr_array_add (words, word);
              g_array_append_val (phrases, phrase);
            }
          else
            g_free (word);
        }
    }
}

/* What was typed as a question for FTS5: each word in quotes, so that nothing in it is syntax; the last may still be
 * unfinished. NULL if there is no word in it. */
static char *
make_match (const char *text)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) phrases = g_array_new (FALSE, FALSE, sizeof (gboolean));
  g_autoptr(GString) match = g_string_new (NULL);
  guint n_said = 0;

  split (text, words, phrases);
  for (guint i = 0; i < words->len; i++)
    n_said += g_array_index (phrases, gboolean, i) || !is_little (words->pdata[i]);
  if (words->len == 0)
    return NULL;

  for (guint i = 0; i < words->len; i++)
    {
      const gboolean phrase = g_array_index (phrases, gboolean, i);

      if (!phrase && n_said > 0 && is_little (words->pdata[i]))
        continue;

      g_string_append_printf (match, "%s\"%s\"", match->len > 0 ? " " : "", (char *) words->pdata[i]);
      if (!phrase && i == words->len - 1)
        g_string_append_c (match, '*');
    }

  return g_strdup (match->str);
}

/* All that have the words, none weighed. */
static GArray *
find_all (VigTransaction *t,
          const char     *match)
{
  GArray *hits = g_array_new (FALSE, FALSE, sizeof (VigWordHit));
  g_autoptr(VigRows) rows =
    vig_transaction_query (t, "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid", "s", match);

  while (vig_rows_next (rows))
    {
      const VigWordHit hit = { vig_rows_get_int (rows, 0), 0 };

      g_array_append_val (hits, hit);
    }

  return hits;
}

/* A tag was chosen with care; a prompt and a name say less. */
static void
weigh (VigTransaction *t,
       const char     *match,
       GArray         *hits)
{
  g_autoptr(VigRows) rows =
    vig_transaction_query (t, "SELECT rowid, bm25 (words, 1.0, 2.0, 1.0) FROM words WHERE words MATCH ? ORDER BY rowid",
                           "s", match);

  for (guint i = 0; i < hits->len && vig_rows_next (rows); i++)
    {
      VigWordHit *hit = &g_array_index (hits, VigWordHit, i);
      const double weight = -vig_rows_get_double (rows, 1);  /* bm25() is less for better */

      g_assert (hit->id == vig_rows_get_int (rows, 0));
      hit->score = weight > 0 ? weight / (1 + weight) : 0;
    }
}

GArray *
vig_words_find (VigTransaction *t,
                const char     *text)
{
  g_autofree char *match = make_match (text);

  if (match == NULL)
    return g_array_new (FALSE, FALSE, sizeof (VigWordHit));

  GArray *hits = find_all (t, match);
  if (hits->len <= MOST_WEIGHED)
    weigh (t, match, hits);

  return hits;
}
