/* search.c: words, vectors and filters → ranked pictures
 *
 * By meaning: the dot product of every picture's row with the wanted one, all of them, so nothing is overlooked. Where
 * several are wanted each score is measured against its own background first (background.h), since words and pictures
 * lie at different distances from pictures, and the means are compared. What is more like the unwanted than most
 * pictures are loses by as much. What is close is told by the background of the whole library, whatever the filters.
 * So is, in whatever company, what is all but the same picture.
 *
 * By words: every word must be in the prompt, the tags or the file's name. These are close too: somebody wrote them.
 *
 * Both in one list: the close ones first, by how many deviations they are above the median, words counting as four more, and
 * at least as much.
 */

#define G_LOG_DOMAIN "vig-search"

#include "config.h"

#include "library/background.h"
#include "library/dot.h"
#include "library/vectors.h"
#include "library/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Deviations that a match by words is worth: as rare as the rarest chance that the cut takes into account. */
#define WORDS_WORTH 4

/* Two rows with that product are of the same picture, or of copies of it: of different photos of one thing CLIPs give
 * about 0.9, of words and pictures less than half. */
#define ALL_BUT_THE_SAME 0.98f

typedef struct
{
  gint64   id;
  gint64   time;
  float    meaning;  /* cosine, of several the mean; NaN without a row */
  float    words;    /* 0 to 1; NaN where the words are not found */
  float    value;    /* to rank by */
  gboolean near;     /* by meaning */
  gboolean close;    /* by either */
  gboolean by_date;  /* the same of all */
} Candidate;

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
  g_clear_pointer (&results->found, g_array_unref);
  g_free (results);
}

/* ---- By meaning ---- */

/* Of each row of a matrix. */
typedef struct
{
  float *cosines;  /* (n) owned; of several vectors the mean */
  float *values;   /* (n) owned; in deviations, without what is not wanted */
} Scores;

static void
clear_scores (Scores *scores)
{
  g_free (scores->cosines);
  g_free (scores->values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scores, clear_scores)

/* Which rows of the matrix belong to pictures that are listed, others' scores being no background. */
static float *
collect_listed (const float     *scores,
                const guint32   *places,
                gsize            n_listed,
                gsize           *n)
{
  float *some = g_new (float, n_listed + 1);

  *n = 0;
  for (gsize i = 0; i < n_listed; i++)
    {
      if (places[i] > 0)
        some[(*n)++] = scores[places[i] - 1];
    }

  return some;
}

static void
add_deviations (float           *values,
                const float     *scores,
                const VigMatrix *matrix,
                const guint32   *places,
                gsize            n_listed,
                float            weight,
                float            least)
{
  gsize n;
  g_autofree float *some = collect_listed (scores, places, n_listed, &n);
  const VigBackground b = vig_background_measure (some, n);

  /* Where all are as far none is nearer. */
  for (gsize i = 0; i < matrix->n && isfinite (b.cut); i++)
    values[i] += weight * MAX (least, (scores[i] - b.median) / b.deviation);
}

static void
score_rows (Scores          *scores,
            const VigMatrix *matrix,
            const VigQuery  *query,
            const guint32   *places,
            gsize            n_listed)
{
  const guint n_vectors = query->vector != NULL ? MAX (query->n_vectors, 1) : 0;
  const guint n_minus = query->minus != NULL ? MAX (query->n_minus, 1) : 0;
  g_autofree float *some = g_new (float, matrix->n);

  scores->cosines = g_new0 (float, matrix->n);
  scores->values = g_new0 (float, matrix->n);
  for (guint v = 0; v < n_vectors + n_minus; v++)
    {
      const gboolean wanted = v < n_vectors;
      const float *vector = wanted ? query->vector + (gsize) v * query->width
                                   : query->minus + (gsize) (v - n_vectors) * query->width;

      vig_dot_rows (matrix->rows, matrix->n, matrix->width, vector, some);
      for (gsize i = 0; i < matrix->n && wanted; i++)
        scores->cosines[i] += some[i] / n_vectors;
      add_deviations (scores->values, some, matrix, places, n_listed, wanted ? 1.0f / n_vectors : -1,
                      wanted ? -INFINITY : 0);
    }
}

/* ---- Filters ---- */

/* (n) what the filters let through, beside kinds, which are looked at anyway; NULL: everything. */
static guint8 *
pass (VigLibrary       *self,
      VigTransaction   *t,
      const VigQuery   *query,
      const VigListing *listing)
{
  guint8 *passed = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (query->filters); i++)
    {
      g_autoptr(VigFilter) filter = vig_filter_copy (query->filters[i]);

      filter->kind = -1;
      if (vig_filter_equal (filter, NULL))
        continue;
      if (passed == NULL)
        {
          passed = g_new (guint8, listing->n + 1);
          memset (passed, TRUE, listing->n);
        }
      vig_filter_pass (filter, self, t, listing, passed);
    }

  return passed;
}

static gboolean
is_of_kind (const VigQuery *query,
            int             kind)
{
  if (query->kind >= 0 && kind != query->kind)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (query->filters); i++)
    {
      if (query->filters[i] != NULL && query->filters[i]->kind >= 0 && query->filters[i]->kind != kind)
        return FALSE;
    }

  return TRUE;
}

/* ---- All of it ---- */

static gboolean
asks_nothing (const VigQuery *query)
{
  return query->vector == NULL && query->minus == NULL && (query->text == NULL || *query->text == '\0');
}

/* The first are wanted, the rest of its kind is there too: close is what is not like the unwanted. */
static void
judge (Candidate           *c,
       const VigQuery      *query,
       const VigBackground *b)
{
  const gboolean has_words = !isnan (c->words);
  const gboolean has_meaning = !isnan (c->meaning);

  if (query->vector != NULL)
    c->near = has_meaning && (c->value >= b->cut || (query->n_vectors <= 1 && c->meaning >= ALL_BUT_THE_SAME));
  else
    c->near = has_meaning && c->value > -1;
  /* Somebody's word counts, however little the picture looks like it. */
  if (has_words)
    c->value = MAX (c->value, 0) + WORDS_WORTH + c->words;
  c->close = has_words || c->near || asks_nothing (query);
}

/* How well each listed picture answers. Returns a new array; *@indexed: the fraction that has a row. */
static GArray *
collect (VigLibrary      *self,
         VigTransaction  *t,
         const VigQuery  *query,
         double          *indexed)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr(GArray) hits = vig_words_find (t, query->text);
  const gboolean by_meaning = query->model_hash != NULL && (query->vector != NULL || query->minus != NULL);
  const gboolean all = asks_nothing (query) && (query->filters[0] != NULL || query->filters[1] != NULL);
  guint at_hit = 0;
  gsize n_of_kind = 0, n_rows = 0, n = 0;
  g_auto(Scores) scores = { NULL, NULL };
  VigBackground b = { NAN, 1, INFINITY };

  vig_vectors_lock (self->vectors);

  const VigListing *listing = vig_vectors_get_listing (self->vectors, t);
  const VigListed *listed = listing->pictures;
  const VigMatrix *matrix = query->model_hash != NULL
                            ? vig_vectors_get_matrix (self->vectors, t, query->model_hash, query->width) : NULL;
  g_autofree guint32 *places = g_new0 (guint32, listing->n + 1);
  g_autofree guint8 *passed = pass (self, t, query, listing);

  if (matrix != NULL)
    memcpy (places, matrix->places, listing->n * sizeof *places);
  for (gsize i = 0; i < listing->n; i++)
    {
      if (is_of_kind (query, listed[i].kind))
        {
          n_of_kind++;
          n_rows += places[i] > 0;
        }
      else
        places[i] = 0;
    }
  if (matrix != NULL && by_meaning)
    {
      score_rows (&scores, matrix, query, places, listing->n);

      g_autofree float *some = collect_listed (scores.values, places, listing->n, &n);
      b = vig_background_measure (some, n);
    }

  for (gsize i = 0; i < listing->n; i++)
    {
      Candidate c = { .id = listed[i].id, .time = listed[i].time, .meaning = NAN, .words = NAN,
                      .by_date = query->by_date };

      while (at_hit < hits->len && g_array_index (hits, VigWordHit, at_hit).id < c.id)
        at_hit++;
      if (at_hit < hits->len && g_array_index (hits, VigWordHit, at_hit).id == c.id)
        c.words = g_array_index (hits, VigWordHit, at_hit).score;
      if (!is_of_kind (query, listed[i].kind) || (passed != NULL && !passed[i]))
        continue;

      if (places[i] > 0 && scores.values != NULL)
        {
          c.meaning = scores.cosines[places[i] - 1];
          c.value = scores.values[places[i] - 1];
        }
      judge (&c, query, &b);
      if (!isnan (c.meaning) || !isnan (c.words) || all)
        g_array_append_val (candidates, c);
    }

  vig_vectors_unlock (self->vectors);
  *indexed = n_of_kind > 0 ? (double) n_rows / n_of_kind : 1;

  return candidates;
}

/* Better before worse; the newer of equals first. */
static int
compare_candidates (gconstpointer a,
                    gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->close != y->close)
    return x->close ? -1 : 1;
  if (x->by_date && x->time != y->time)
    return x->time > y->time ? -1 : 1;
  if (x->value != y->value)
    return x->value > y->value ? -1 : 1;
  if (x->time != y->time)
    return x->time > y->time ? -1 : 1;

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

/* Puts the best @top of them in front, in order; what is behind them stays as it falls. */
static void
put_first (Candidate *all,
           gsize      n,
           gsize      top)
{
  if (top < n)
    {
      for (gsize i = top; i-- > 0;)
        sink (all, top, i);
      for (gsize i = top; i < n && top > 0; i++)
        {
          if (compare_candidates (&all[i], &all[0]) < 0)
            {
              const Candidate other = all[0];
              all[0] = all[i];
              all[i] = other;
              sink (all, top, 0);
            }
        }
    }
  if (MIN (top, n) > 1)
    qsort (all, MIN (top, n), sizeof *all, compare_candidates);
}

static VigResult *
make_result (VigPicture      *picture,
             const Candidate *c)
{
  VigResult *result = g_new0 (VigResult, 1);
  const char *why = isnan (c->words) ? "meaning" : c->near ? "meaning and words" : "words";

  if (isnan (c->words) && isnan (c->meaning))
    why = "filter";
  result->picture = picture;
  /* Rows kept as f16 are of unit length but for their rounding. */
  result->score = !isnan (c->meaning) ? CLAMP (c->meaning, -1, 1) : !isnan (c->words) ? c->words : 1;
  result->why = g_strdup (why);

  return result;
}

static void
load (VigLibrary     *self,
      VigTransaction *t,
      VigResults     *results,
      guint           count,
      GCancellable   *cancellable)
{
  GArray *found = results->found;
  /* What was loaded is no longer here. */
  const guint n = count - MIN (count, results->results->len);
  const guint part = MIN (n, found->len);

  put_first ((Candidate *) (gpointer) found->data, found->len, part);
  for (guint i = 0; i < part && !g_cancellable_is_cancelled (cancellable); i++)
    {
      const Candidate *c = &g_array_index (found, Candidate, i);
      VigPicture *picture = vig_library_load_picture (self, t, c->id);

      if (picture != NULL)
        {
          g_ptr_array_add (results->results, make_result (picture, c));
          results->close += c->close;
        }
    }
  g_array_remove_range (found, 0, part);
}

gboolean
vig_library_load_results (VigLibrary    *self,
                          VigResults    *results,
                          guint          count,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (results != NULL && results->found != NULL, FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  load (self, t, results, count, cancellable);

  return vig_transaction_commit (t, error) && !g_cancellable_set_error_if_cancelled (cancellable, error);
}

VigResults *
vig_library_search (VigLibrary      *self,
                    const VigQuery  *query,
                    GCancellable    *cancellable,
                    GError         **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (query != NULL, NULL);
  g_return_val_if_fail ((query->vector == NULL && query->minus == NULL) ||
                        (query->width > 0 && query->model_hash != NULL), NULL);

  g_autoptr(VigResults) results = g_new0 (VigResults, 1);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  results->results = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_result_free);
  results->found = collect (self, t, query, &results->indexed);
  results->total = results->found->len;
  for (guint i = 0; i < results->found->len; i++)
    results->total_close += g_array_index (results->found, Candidate, i).close;
  load (self, t, results, query->top > 0 ? query->top : results->total, cancellable);
  if (!vig_transaction_commit (t, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&results);
}
