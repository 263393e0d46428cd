/* vectors.c: CLIP rows as f16 BLOBs, and all rows of a model as one matrix in memory */

#define G_LOG_DOMAIN "vig-vectors"

#include "config.h"

#include "library/vectors.h"

#include "library/dot.h"

#include <string.h>

/* A matrix, and how much of the table it has seen. */
typedef struct
{
  VigMatrix matrix;
  gint64   *contents;  /* (n) whose row it is */
  gsize     capacity;  /* rows */
  gint64    last_id;   /* of vectors */
  gint64    removals;  /* of changes: after another one the row ids say nothing */
  gint64    seen;      /* the listing that the places are of */
  gsize     placed;    /* rows that have been found their places */
} Cached;

struct _VigVectors
{
  GMutex      mutex;
  GHashTable *models;      /* hash → Cached */
  VigListing  listing;
  GArray     *pictures;    /* of VigListed: what the listing lends */
  GArray     *by_content;  /* of guint32: the same */
  gint64      seen;        /* changes.pictures when they were read; -1: never */
};

static void
free_cached (gpointer data)
{
  Cached *cached = data;

  g_free (cached->matrix.rows);
  g_free (cached->matrix.places);
  g_free (cached->contents);
  g_free (cached);
}

VigVectors *
vig_vectors_new (void)
{
  VigVectors *self = g_new0 (VigVectors, 1);

  g_mutex_init (&self->mutex);
  self->models = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_cached);
  self->pictures = g_array_new (FALSE, FALSE, sizeof (VigListed));
  self->by_content = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->seen = -1;

  return self;
}

void
vig_vectors_free (VigVectors *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->models);
  g_array_unref (self->pictures);
  g_array_unref (self->by_content);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static Cached *
find_cached (VigVectors *self,
             const char *model_hash,
             guint       width,
             gint64      removals)
{
  Cached *cached = g_hash_table_lookup (self->models, model_hash);

  if (cached != NULL && cached->matrix.width == width && cached->removals == removals)
    return cached;

  cached = g_new0 (Cached, 1);
  cached->matrix.width = width;
  cached->removals = removals;
  cached->seen = -1;
  g_hash_table_replace (self->models, g_strdup (model_hash), cached);

  return cached;
}

static void
add_row (Cached        *cached,
         gint64         content,
         const guint16 *row)
{
  VigMatrix *m = &cached->matrix;

  if (m->n == cached->capacity)
    {
      cached->capacity = MAX (256, cached->capacity * 2);
      m->rows = g_realloc_n (m->rows, cached->capacity, m->width * sizeof (guint16));
      cached->contents = g_realloc_n (cached->contents, cached->capacity, sizeof (gint64));
    }
  for (guint i = 0; i < m->width; i++)
    m->rows[m->n * m->width + i] = GUINT16_FROM_LE (row[i]);
  cached->contents[m->n++] = content;
}

void
vig_vectors_lock (VigVectors *self)
{
  g_mutex_lock (&self->mutex);
}

void
vig_vectors_unlock (VigVectors *self)
{
  g_mutex_unlock (&self->mutex);
}

/* ---- The listing ---- */

static int
compare_contents (gconstpointer a,
                  gconstpointer b,
                  gpointer      data)
{
  const VigListed *pictures = data;
  const guint32 i = *(const guint32 *) a, j = *(const guint32 *) b;
  const gint64 x = pictures[i].content, y = pictures[j].content;

  return x != y ? (x > y) - (x < y) : (i > j) - (i < j);
}

/* Contents come mostly in the order of their pictures: then there is nothing to sort. */
static void
order_by_content (VigVectors *self)
{
  const VigListed *pictures = (const VigListed *) (gconstpointer) self->pictures->data;
  gboolean ordered = TRUE;

  g_array_set_size (self->by_content, self->pictures->len);
  for (guint32 i = 0; i < self->pictures->len; i++)
    {
      g_array_index (self->by_content, guint32, i) = i;
      ordered &= i == 0 || pictures[i - 1].content <= pictures[i].content;
    }
  if (!ordered)
    g_array_sort_with_data (self->by_content, compare_contents, self->pictures->data);
}

const VigListing *
vig_vectors_get_listing (VigVectors     *self,
                         VigTransaction *t)
{
  const gint64 now = vig_transaction_query_int (t, "SELECT pictures FROM changes", "");

  if (now != self->seen)
    {
      g_autoptr(VigRows) rows =
        vig_transaction_query (t, "SELECT id, content, time, kind FROM pictures WHERE " VIG_LISTED
                                  " ORDER BY id", "");

      g_array_set_size (self->pictures, 0);
      while (vig_rows_next (rows))
        {
          const VigListed listed = { vig_rows_get_int (rows, 0), vig_rows_get_int (rows, 1), vig_rows_get_int (rows, 2),
                                     vig_rows_get_int (rows, 3) };

          g_array_append_val (self->pictures, listed);
        }
      order_by_content (self);
      self->seen = vig_transaction_failed (t) ? -1 : now;
    }
  self->listing = (VigListing) { self->pictures->len, (VigListed *) (gpointer) self->pictures->data,
                                 (guint32 *) (gpointer) self->by_content->data };

  return &self->listing;
}

gsize
vig_listing_find (const VigListing *listing,
                  gint64            id)
{
  gsize low = 0, high = listing->n;

  while (low < high)
    {
      const gsize middle = low + (high - low) / 2;

      if (listing->pictures[middle].id < id)
        low = middle + 1;
      else
        high = middle;
    }

  return low < listing->n && listing->pictures[low].id == id ? low : listing->n;
}

gsize
vig_listing_find_content (const VigListing *listing,
                          gint64            content)
{
  gsize low = 0, high = listing->n;

  while (low < high)
    {
      const gsize middle = low + (high - low) / 2;

      if (listing->pictures[listing->by_content[middle]].content < content)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* ---- The matrix ---- */

/* Which pictures the rows belong to: of those that came since, unless the listing is another. */
static void
place_rows (Cached           *cached,
            const VigListing *listing,
            gint64            seen)
{
  VigMatrix *m = &cached->matrix;

  if (cached->seen != seen || seen < 0)
    {
      m->places = g_realloc_n (m->places, listing->n + 1, sizeof *m->places);
      memset (m->places, 0, listing->n * sizeof *m->places);
      cached->seen = seen;
      cached->placed = 0;
    }
  for (; cached->placed < m->n; cached->placed++)
    {
      const gint64 content = cached->contents[cached->placed];

      for (gsize i = vig_listing_find_content (listing, content);
           i < listing->n && listing->pictures[listing->by_content[i]].content == content; i++)
        m->places[listing->by_content[i]] = cached->placed + 1;
    }
}

const VigMatrix *
vig_vectors_get_matrix (VigVectors     *self,
                        VigTransaction *t,
                        const char     *model_hash,
                        guint           width)
{
  const gint64 removals = vig_transaction_query_int (t, "SELECT removals FROM changes", "");
  const gint64 model = vig_transaction_query_int (t, "SELECT id FROM models WHERE hash = ?", "s", model_hash);
  const VigListing *listing = vig_vectors_get_listing (self, t);
  Cached *cached = find_cached (self, model_hash, width, removals);
  g_autoptr(VigRows) rows =
    vig_transaction_query (t,
                           "SELECT id, content, row FROM vectors "
                           "WHERE id > ? AND model = ? AND preprocessing = ? ORDER BY id", "lli",
                           cached->last_id, model, VIG_PREPROCESSING);

  while (vig_rows_next (rows))
    {
      gsize size;
      const void *row = vig_rows_get_blob (rows, 2, &size);

      cached->last_id = vig_rows_get_int (rows, 0);
      /* Rows of another width were not made by this model. */
      if (size == width * sizeof (guint16))
        add_row (cached, vig_rows_get_int (rows, 1), row);
    }

  place_rows (cached, listing, self->seen);

  return cached->matrix.n > 0 ? &cached->matrix : NULL;
}

void
vig_transaction_add_vector (VigTransaction *t,
                            gint64          content,
                            const char     *model_hash,
                            const float    *vector,
                            guint           width)
{
  g_autofree guint16 *row = g_new (guint16, width);

  for (guint i = 0; i < width; i++)
    row[i] = GUINT16_TO_LE (vig_half_from_float (vector[i]));

  vig_transaction_run (t, "INSERT INTO models (hash) VALUES (?) ON CONFLICT DO NOTHING", "s", model_hash);
  vig_transaction_run (t,
                       "INSERT INTO vectors (content, model, preprocessing, row) "
                       "SELECT ?, id, ?, ? FROM models WHERE hash = ? ON CONFLICT DO NOTHING", "libs",
                       content, VIG_PREPROCESSING, (gconstpointer) row, (gsize) width * sizeof (guint16), model_hash);
  vig_transaction_run (t, "UPDATE changes SET vectors = vectors + 1", "");
}

gboolean
vig_library_save_vectors (VigLibrary          *self,
                          const char          *model_hash,
                          VigPicture * const  *pictures,
                          const float         *vectors,
                          guint                n,
                          guint                width,
                          GError             **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (model_hash != NULL && width > 0, FALSE);

  /* What a power cut takes can be made again. */
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE_SOON);

  for (guint i = 0; i < n; i++)
    {
      /* By what was looked at, not by what lies at the path now. */
      const gint64 content = vig_transaction_add_content (t, vig_picture_get_hash (pictures[i]));

      vig_transaction_add_vector (t, content, model_hash, vectors + (gsize) i * width, width);
    }

  return vig_transaction_commit (t, error);
}

float *
vig_library_load_vector (VigLibrary  *self,
                         const char  *model_hash,
                         const char  *content_hash,
                         guint       *width,
                         GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (model_hash != NULL && content_hash != NULL && width != NULL, NULL);

  g_autofree float *vector = NULL;
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  *width = 0;
  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT row FROM vectors JOIN models ON models.id = model "
                             "JOIN contents ON contents.id = content "
                             "WHERE contents.hash = ? AND models.hash = ? AND preprocessing = ?", "ssi",
                             content_hash, model_hash, VIG_PREPROCESSING);

    if (vig_rows_next (rows))
      {
        gsize size;
        const guint16 *row = vig_rows_get_blob (rows, 0, &size);

        *width = size / sizeof (guint16);
        vector = g_new (float, *width + 1);
        for (guint i = 0; i < *width; i++)
          vector[i] = vig_half_to_float (GUINT16_FROM_LE (row[i]));
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&vector);
}

/* Of files with the same content the first stands for all: a vector is the content's. */
#define UNEMBEDDED \
  "FROM pictures AS p WHERE state = 0 AND trashed = 0 " \
  "AND NOT EXISTS (SELECT 1 FROM vectors AS v JOIN models ON models.id = v.model " \
  "WHERE v.content = p.content AND models.hash = ? AND v.preprocessing = ?) " \
  "AND NOT EXISTS (SELECT 1 FROM pictures AS q WHERE q.content = p.content AND q.state = 0 " \
  "AND q.trashed = 0 AND q.id < p.id)"

GPtrArray *
vig_library_list_unembedded (VigLibrary  *self,
                             const char  *model_hash,
                             gint64       before,
                             guint        limit,
                             GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (model_hash != NULL, NULL);

  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t, "SELECT id " UNEMBEDDED " AND p.id < ? ORDER BY p.id DESC LIMIT ?", "sill", model_hash,
                             VIG_PREPROCESSING, before, (gint64) limit);

    while (vig_rows_next (rows))
      {
        VigPicture *picture = vig_library_load_picture (self, t, vig_rows_get_int (rows, 0));

        if (picture != NULL)
          g_ptr_array_add (pictures, picture);
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&pictures);
}

gint64
vig_library_count_unembedded (VigLibrary  *self,
                              const char  *model_hash,
                              GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), -1);
  g_return_val_if_fail (model_hash != NULL, -1);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
  const gint64 count = vig_transaction_query_int (t, "SELECT count(*) " UNEMBEDDED, "si", model_hash,
                                                  VIG_PREPROCESSING);

  return vig_transaction_commit (t, error) ? count : -1;
}

GPtrArray *
vig_library_list_models (VigLibrary  *self,
                         GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT hash FROM models ORDER BY id", "");

    while (vig_rows_next (rows))
      g_ptr_array_add (hashes, g_strdup (vig_rows_get_text (rows, 0)));
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&hashes);
}

gint64
vig_library_count_embedded (VigLibrary  *self,
                            const char  *model_hash,
                            GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), -1);
  g_return_val_if_fail (model_hash != NULL, -1);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
  const gint64 count =
    vig_transaction_query_int (t,
                               "SELECT count(*) FROM pictures WHERE " VIG_LISTED " AND EXISTS "
                               "(SELECT 1 FROM vectors AS v WHERE v.content = pictures.content "
                               "AND v.model = (SELECT id FROM models WHERE hash = ?) AND v.preprocessing = ?)", "si",
                               model_hash, VIG_PREPROCESSING);

  return vig_transaction_commit (t, error) ? count : -1;
}
