/* search.c: words and a vector → ranked pictures
 *
 * By meaning: the dot product of every picture's row with the wanted one, all of them, so nothing is overlooked.
 * What is “close” differs from question to question, so the scores themselves say it: most pictures have nothing to
 * do with the question, and lie around the median m with a deviation s (taken below m, where no good ones
 * are). Of n such, the best reaches m + s * sqrt (2 ln n) by chance. What is above that, and at least half as far
 * above m as the best, is close. So is, in whatever company, what is all but the same picture.
 *
 * By words: every word must be in the prompt, the tags or the file's name. These are close too: somebody wrote them.
 *
 * Both in one list: the close ones first, by how many deviations they are above m, words counting as four more.
 */

#define G_LOG_DOMAIN "vig-search"

#include "config.h"

#include "library/dot.h"
#include "library/vectors.h"
#include "library/walk.h"

#include <math.h>
#include <stdlib.h>

/* Deviations that a match by words is worth: as rare as the rarest chance that the cut takes into account. */
#define WORDS_WORTH 4

/* Two rows with that product are of the same picture, or of copies of it: of different photos of one thing CLIPs give
 * about 0.9, of words and pictures less than half. */
#define ALL_BUT_THE_SAME 0.98f

/* More words than that are not typed. */
#define MOST_WORDS 64

typedef struct
{
  gint64   id;
  float    meaning;  /* NaN without a row */
  float    words;    /* 0 to 1; NaN where the words are not found */
  float    value;    /* to rank by */
  gboolean near;     /* by meaning */
  gboolean close;    /* by either */
} Candidate;

/* Of the scores of all pictures. */
typedef struct
{
  float median;
  float deviation;
  float cut;
} Background;

void
vig_result_free (VigResult *result)
{
  if (result == NULL)
    return;

  g_clear_object (&result->picture);
  g_free (result->why);
  g_free (result);
}

void
vig_results_free (VigResults *results)
{
  if (results == NULL)
    return;

  g_clear_pointer (&results->results, g_ptr_array_unref);
  g_free (results);
}

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

/* Names are kept without what says that they are pictures: “jpg” would be in all of them. */
static void
cut_extension (char *word)
{
  if (vig_name_says_picture (word))
    *strrchr (word, '.') = '\0';
}

/* What was typed as a question for FTS5: each word in quotes, so that nothing in it is syntax; the last may still be
 * unfinished. NULL if there is no word in it. */
static char *
make_match (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_auto(GStrv) words = g_strsplit_set (valid, " \t\r\n\f\v", -1);
  g_autoptr(GString) match = g_string_new (NULL);
  guint n_words = 0;

  for (guint i = 0; words[i] != NULL && n_words < MOST_WORDS; i++)
    {
      cut_extension (words[i]);
      if (!says_something (words[i]))
        continue;

      g_auto(GStrv) parts = g_strsplit (words[i], "\"", -1);
      g_autofree char *quoted = g_strjoinv ("\"\"", parts);

      g_string_append_printf (match, "%s\"%s\"", n_words > 0 ? " " : "", quoted);
      n_words++;
    }
  if (n_words == 0)
    return NULL;

  g_string_append_c (match, '*');

  return g_strdup (match->str);
}

/* picture → how good a match, greater than 0 and less than 1, as a float in a pointer's place. */
static GHashTable *
find_words (VigTransaction *t,
            const char     *text)
{
  GHashTable *hits = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autofree char *match = make_match (text);

  if (match == NULL)
    return hits;

  /* A tag was chosen with care; a prompt and a name say less. */
  g_autoptr(VigRows) rows =
    vig_transaction_query (t, "SELECT rowid, bm25 (words, 1.0, 2.0, 1.0) FROM words WHERE words MATCH ?", "s", match);

  while (vig_rows_next (rows))
    {
      const gint64 id = vig_rows_get_int (rows, 0);
      const double weight = -vig_rows_get_double (rows, 1);  /* bm25() is less for better */
      const float score = weight > 0 ? weight / (1 + weight) : 0;

      g_hash_table_insert (hits, g_memdup2 (&id, sizeof id), g_memdup2 (&score, sizeof score));
    }

  return hits;
}

static int
compare_floats (gconstpointer a,
                gconstpointer b)
{
  const float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* @scores are put in order. */
static Background
measure (float *scores,
         gsize  n)
{
  Background b = { NAN, 0, INFINITY };
  double squares = 0;

  if (n == 0)
    return b;

  qsort (scores, n, sizeof *scores, compare_floats);
  b.median = scores[n / 2];
  for (gsize i = 0; i < n / 2; i++)
    squares += ((double) b.median - scores[i]) * ((double) b.median - scores[i]);
  b.deviation = n >= 2 ? sqrt (squares / (n / 2)) : 0;

  /* Of scores that are all the same none is closer than another. */
  if (b.deviation > 1e-6f)
    {
      const float chance = CLAMP (sqrtf (2 * logf (n)), 2, WORDS_WORTH);

      b.cut = MAX (b.median + chance * b.deviation, b.median + (scores[n - 1] - b.median) / 2);
    }

  return b;
}

/* What is more like the unwanted than most pictures are loses by as much. */
static void
take_away (float       *scores,
           const float *unwanted,
           gsize        n)
{
  g_autofree float *sorted = g_memdup2 (unwanted, n * sizeof (float));

  qsort (sorted, n, sizeof *sorted, compare_floats);
  for (gsize i = 0; i < n; i++)
    scores[i] -= MAX (0, unwanted[i] - sorted[n / 2]);
}

/* (n) of the matrix's rows */
static float *
score_rows (const VigMatrix *matrix,
            const VigQuery  *query)
{
  float *scores = g_new (float, matrix->n);

  vig_dot_rows (matrix->rows, matrix->n, matrix->width, query->vector, scores);
  if (query->minus != NULL)
    {
      g_autofree float *unwanted = g_new (float, matrix->n);

      vig_dot_rows (matrix->rows, matrix->n, matrix->width, query->minus, unwanted);
      take_away (scores, unwanted, matrix->n);
    }

  return scores;
}

/* Better before worse; the newer of equals first. */
static int
compare_candidates (gconstpointer a,
                    gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->close != y->close)
    return x->close ? -1 : 1;
  if (x->value != y->value)
    return x->value > y->value ? -1 : 1;

  return (x->id < y->id) - (x->id > y->id);
}

/* A heap of the best seen so far, the worst of them on top, so that one look tells whether another is better. */
static void
sink (Candidate *heap,
      gsize      n,
      gsize      i)
{
  for (;;)
    {
      gsize worst = i;

      for (gsize child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
        {
          if (compare_candidates (&heap[child], &heap[worst]) > 0)
            worst = child;
        }
      if (worst == i)
        return;

      const Candidate other = heap[i];
      heap[i] = heap[worst];
      heap[worst] = other;
      i = worst;
    }
}

/* Leaves the best @top of them, in order. */
static void
keep_best (GArray *candidates,
           guint   top)
{
  Candidate *all = (Candidate *) (gpointer) candidates->data;

  if (top > 0 && top < candidates->len)
    {
      for (gsize i = top; i-- > 0;)
        sink (all, top, i);
      for (gsize i = top; i < candidates->len; i++)
        {
          if (compare_candidates (&all[i], &all[0]) < 0)
            {
              all[0] = all[i];
              sink (all, top, 0);
            }
        }
      g_array_set_size (candidates, top);
    }
  g_array_sort (candidates, compare_candidates);
}

/* Everything that is listed and can be compared, by meaning or by words. */
static GArray *
collect (VigLibrary      *self,
         VigTransaction  *t,
         const VigQuery  *query,
         GHashTable      *hits,
         double          *indexed)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  const gboolean by_meaning = query->model_hash != NULL && query->vector != NULL;
  gsize n_listed, n_of_kind = 0, n_rows = 0;

  vig_vectors_lock (self->vectors);

  const VigListed *listed = vig_vectors_get_listed (self->vectors, t, &n_listed);
  const VigMatrix *matrix = query->model_hash != NULL
                            ? vig_vectors_get_matrix (self->vectors, t, query->model_hash, query->width) : NULL;
  g_autofree float *scores = matrix != NULL && by_meaning ? score_rows (matrix, query) : NULL;

  for (gsize i = 0; i < n_listed; i++)
    {
      const float *words = g_hash_table_lookup (hits, &listed[i].id);
      Candidate c = { .id = listed[i].id, .meaning = NAN, .words = words != NULL ? *words : NAN };

      if (query->kind >= 0 && listed[i].kind != query->kind)
        continue;

      n_of_kind++;
      if (matrix != NULL)
        {
          const gsize place = GPOINTER_TO_SIZE (g_hash_table_lookup (matrix->places, &listed[i].content));

          n_rows += place > 0;
          if (place > 0 && scores != NULL)
            c.meaning = scores[place - 1];
        }
      if (!isnan (c.meaning) || words != NULL)
        g_array_append_val (candidates, c);
    }

  vig_vectors_unlock (self->vectors);
  *indexed = n_of_kind > 0 ? (double) n_rows / n_of_kind : 1;

  return candidates;
}

/* Returns how many are close. */
static guint
judge (GArray *candidates)
{
  g_autofree float *scores = g_new (float, candidates->len + 1);
  gsize n = 0;
  guint n_close = 0;

  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *c = &g_array_index (candidates, Candidate, i);

      if (!isnan (c->meaning))
        scores[n++] = c->meaning;
    }

  const Background b = measure (scores, n);
  for (guint i = 0; i < candidates->len; i++)
    {
      Candidate *c = &g_array_index (candidates, Candidate, i);
      const gboolean has_words = !isnan (c->words);
      const gboolean has_meaning = !isnan (c->meaning);

      c->value = has_meaning ? (c->meaning - b.median) / MAX (b.deviation, 1e-6f) : 0;
      if (has_words)
        c->value += WORDS_WORTH + c->words;
      c->near = has_meaning && c->meaning >= MIN (b.cut, ALL_BUT_THE_SAME);
      c->close = has_words || c->near;
      n_close += c->close;
    }

  return n_close;
}

static VigResult *
make_result (VigPicture      *picture,
             const Candidate *c)
{
  VigResult *result = g_new0 (VigResult, 1);

  result->picture = picture;
  /* Rows kept as f16 are of unit length but for their rounding. */
  result->score = isnan (c->meaning) ? c->words : CLAMP (c->meaning, -1, 1);
  result->why = g_strdup (isnan (c->words) ? "meaning" : c->near ? "meaning and words" : "words");

  return result;
}

VigResults *
vig_library_search (VigLibrary      *self,
                    const VigQuery  *query,
                    GCancellable    *cancellable,
                    GError         **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);
  g_return_val_if_fail (query->vector == NULL || (query->width > 0 && query->model_hash != NULL), NULL);

  g_autoptr(VigResults) results = g_new0 (VigResults, 1);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
  g_autoptr(GHashTable) hits = find_words (t, query->text);
  g_autoptr(GArray) candidates = collect (self, t, query, hits, &results->indexed);
  const guint n_close = judge (candidates);

  keep_best (candidates, query->top);
  results->close = MIN (n_close, candidates->len);
  results->results = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_result_free);
  for (guint i = 0; i < candidates->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      const Candidate *c = &g_array_index (candidates, Candidate, i);
      VigPicture *picture = vig_library_load_picture (self, t, c->id);

      if (picture != NULL)
        g_ptr_array_add (results->results, make_result (picture, c));
    }
  if (!vig_transaction_commit (t, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&results);
}
