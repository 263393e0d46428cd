/* bpe.c: neighbouring symbols that are merged into one, by rank */

#include "model/bpe.h"

#include <stdlib.h>

typedef struct
{
  uint64_t pair;    /* left id, right id */
  uint32_t rank;
  uint32_t result;  /* id */
} Merge;

struct _VcBpe
{
  gboolean  at_once;
  uint32_t  n_added;
  GArray   *merges;  /* owned; sorted by pair once it is sealed */
};

VcBpe *
vc_bpe_new (gboolean at_once)
{
  VcBpe *bpe = g_new0 (VcBpe, 1);

  bpe->at_once = at_once;
  bpe->merges = g_array_new (FALSE, FALSE, sizeof (Merge));

  return bpe;
}

void
vc_bpe_free (VcBpe *bpe)
{
  if (bpe == NULL)
    return;

  g_array_unref (bpe->merges);
  g_free (bpe);
}

static uint64_t
get_pair (uint32_t left,
          uint32_t right)
{
  return (uint64_t) left << 32 | right;
}

void
vc_bpe_add (VcBpe    *bpe,
            uint32_t  left,
            uint32_t  right,
            uint32_t  result)
{
  const Merge merge = { get_pair (left, right), bpe->n_added++, result };

  g_array_append_val (bpe->merges, merge);
}

uint32_t
vc_bpe_count (VcBpe *bpe)
{
  return bpe->n_added;
}

static int
compare_merges (const void *a,
                const void *b)
{
  const Merge *first = a;
  const Merge *second = b;

  if (first->pair != second->pair)
    return first->pair < second->pair ? -1 : 1;

  return (first->rank > second->rank) - (first->rank < second->rank);
}

/* Sorted, and of a pair that is there twice the later alone: Python's dict keeps that. */
void
vc_bpe_seal (VcBpe *bpe)
{
  Merge *merges = (Merge *) bpe->merges->data;
  guint kept = 0;

  g_array_sort (bpe->merges, compare_merges);

  for (guint i = 0; i < bpe->merges->len; i++)
    {
      if (kept > 0 && merges[kept - 1].pair == merges[i].pair)
        kept--;
      merges[kept++] = merges[i];
    }
  g_array_set_size (bpe->merges, kept);
}

/* A word's symbols as a list; a symbol that was merged into the one before it has the id GONE. */
typedef struct
{
  uint32_t id;
  guint    before;  /* NOWHERE at the ends */
  guint    after;
} Symbol;

#define GONE G_MAXUINT32
#define NOWHERE G_MAXUINT

/* A merge that may be done: it still may if both symbols are as they were. */
typedef struct
{
  const Merge *merge;
  guint        at;  /* the left symbol */
} Chance;

/* The lowest rank, and of one rank the leftmost. */
static gboolean
comes_before (const Chance *a,
              const Chance *b)
{
  return a->merge->rank != b->merge->rank ? a->merge->rank < b->merge->rank : a->at < b->at;
}

/* A heap: each chance comes before the two at twice its place. */
static void
push_chance (GArray *heap,
             Chance  chance)
{
  Chance *chances;
  guint at = heap->len;

  g_array_append_val (heap, chance);
  chances = (Chance *) heap->data;

  for (; at > 0 && comes_before (&chance, &chances[(at - 1) / 2]); at = (at - 1) / 2)
    chances[at] = chances[(at - 1) / 2];
  chances[at] = chance;
}

static Chance
pop_chance (GArray *heap)
{
  Chance *chances = (Chance *) heap->data;
  const Chance first = chances[0];
  const Chance last = chances[heap->len - 1];
  const guint n = heap->len - 1;
  guint at = 0;

  for (guint next = 1; next < n; next = 2 * at + 1)
    {
      if (next + 1 < n && comes_before (&chances[next + 1], &chances[next]))
        next++;
      if (!comes_before (&chances[next], &last))
        break;
      chances[at] = chances[next];
      at = next;
    }
  chances[at] = last;
  g_array_set_size (heap, n);

  return first;
}

static int
compare_pair (const void *pair,
              const void *merge)
{
  const uint64_t a = *(const uint64_t *) pair;
  const uint64_t b = ((const Merge *) merge)->pair;

  return (a > b) - (a < b);
}

/* The merge of the symbol at @at with the one after it, or NULL. */
static const Merge *
find_merge (const VcBpe  *bpe,
            const Symbol *symbols,
            guint         at)
{
  uint64_t pair;

  if (at == NOWHERE || symbols[at].id == GONE || symbols[at].after == NOWHERE)
    return NULL;

  pair = get_pair (symbols[at].id, symbols[symbols[at].after].id);

  return bsearch (&pair, bpe->merges->data, bpe->merges->len, sizeof (Merge), compare_pair);
}

static void
consider (const VcBpe  *bpe,
          GArray       *heap,
          const Symbol *symbols,
          guint         at)
{
  const Merge *merge = find_merge (bpe, symbols, at);

  if (merge != NULL)
    push_chance (heap, (Chance) { merge, at });
}

/* The symbols of a word as a list with the merges that may be done. */
static Symbol *
begin_word (const VcBpe    *bpe,
            const uint32_t *ids,
            gsize           n,
            GArray         *heap)
{
  Symbol *symbols = g_new (Symbol, n);

  for (gsize i = 0; i < n; i++)
    symbols[i] = (Symbol) {
      .id = ids[i],
      .before = i > 0 ? i - 1 : NOWHERE,
      .after = i + 1 < n ? i + 1 : NOWHERE,
    };
  for (gsize i = 0; i + 1 < n; i++)
    consider (bpe, heap, symbols, i);

  return symbols;
}

static void
merge_at (Symbol      *symbols,
          guint        at,
          const Merge *merge)
{
  const guint right = symbols[at].after;

  symbols[at].id = merge->result;
  symbols[at].after = symbols[right].after;
  symbols[right].id = GONE;
  if (symbols[at].after != NOWHERE)
    symbols[symbols[at].after].before = at;
}

void
vc_bpe_merge (VcBpe          *bpe,
              const uint32_t *ids,
              gsize           n,
              GArray         *result)
{
  g_autoptr(GArray) heap = g_array_new (FALSE, FALSE, sizeof (Chance));
  g_autoptr(GArray) changed = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree Symbol *symbols = begin_word (bpe, ids, n, heap);

  while (heap->len > 0)
    {
      const Merge *merge = ((Chance *) heap->data)->merge;

      /* At once: all occurrences of this pair, from the left, before any pair that comes of them. What comes
       * of them is a longer symbol, and so never this pair again. */
      g_array_set_size (changed, 0);
      while (heap->len > 0 && ((Chance *) heap->data)->merge == merge &&
             (bpe->at_once || changed->len == 0))
        {
          const guint at = pop_chance (heap).at;

          if (find_merge (bpe, symbols, at) != merge)
            continue;

          merge_at (symbols, at, merge);
          g_array_append_val (changed, at);
        }

      for (guint i = 0; i < changed->len; i++)
        {
          const guint at = g_array_index (changed, guint, i);

          consider (bpe, heap, symbols, symbols[at].before);
          consider (bpe, heap, symbols, at);
        }
    }

  for (guint at = 0; at != NOWHERE; at = symbols[at].after)
    g_array_append_val (result, symbols[at].id);
}
