/* jobs.c: drawing jobs, written down before they start */

#define G_LOG_DOMAIN "vig-jobs"

#include "config.h"

#include "library/library-private.h"
#include "library/recipe.h"

#include <glib/gi18n.h>

static void
free_sketch (gpointer data)
{
  VigSketch *sketch = data;

  g_free (sketch->tokens);
  g_clear_object (&sketch->picture);
  g_free (sketch);
}

void
vig_job_record_free (VigJobRecord *record)
{
  if (record == NULL)
    return;

  vig_recipe_free (record->recipe);
  g_clear_pointer (&record->sketches, g_ptr_array_unref);
  g_free (record);
}

static GError *
make_over_error (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, _("This drawing has ended already."));
}

gint64
vig_library_begin_job (VigLibrary       *self,
                       const VigRecipe  *recipe,
                       GError          **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), 0);
  g_return_val_if_fail (recipe != NULL && recipe->prompt != NULL && recipe->count > 0, 0);

  g_autofree char *json = vig_recipe_to_json (recipe);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  const guint n_sketches = MAX (recipe->count, recipe->best_of);
  GError *lease_error = NULL;

  vig_transaction_run (t,
                       "INSERT INTO jobs (time, state, recipe, place) "
                       "VALUES (?, 0, ?, (SELECT coalesce (max (place), 0) + 1 FROM jobs WHERE state = 0))", "ls",
                       g_get_real_time () / G_USEC_PER_SEC, json);
  const gint64 job = vig_transaction_get_id (t);
  for (guint i = 0; i < n_sketches; i++)
    vig_transaction_run (t, "INSERT INTO sketches (job, idx) VALUES (?, ?)", "li", job, (int) i);

  /* Before anybody can see the job, so that nobody takes it for an interrupted one. */
  if (!vig_transaction_failed (t) && !vig_leases_take (self->leases, job, &lease_error))
    vig_transaction_fail (t, lease_error);
  if (vig_transaction_commit (t, error))
    return job;

  vig_leases_give (self->leases, job);
  return 0;
}

gboolean
vig_library_save_recipe (VigLibrary       *self,
                         gint64            job,
                         const VigRecipe  *recipe,
                         GError          **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (recipe != NULL && recipe->prompt != NULL, FALSE);

  g_autofree char *json = vig_recipe_to_json (recipe);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  vig_transaction_run (t, "UPDATE jobs SET recipe = ? WHERE id = ? AND state = 0", "sl", json, job);
  if (!vig_transaction_failed (t) && vig_transaction_get_changes (t) == 0)
    vig_transaction_fail (t, make_over_error ());

  return vig_transaction_commit (t, error);
}

gboolean
vig_library_order_jobs (VigLibrary    *self,
                        const gint64  *jobs,
                        guint          n_jobs,
                        GError       **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (jobs != NULL || n_jobs == 0, FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  for (guint i = 0; i < n_jobs; i++)
    vig_transaction_run (t, "UPDATE jobs SET place = ? WHERE id = ?", "il", (int) i + 1, jobs[i]);

  return vig_transaction_commit (t, error);
}

/* Little endian on the disk, as everything that may be carried to another computer. */
static guint32 *
swap_tokens (const guint32 *tokens,
             guint          n_tokens)
{
  guint32 *swapped = g_new (guint32, n_tokens + 1);

  for (guint i = 0; i < n_tokens; i++)
    swapped[i] = GUINT32_TO_LE (tokens[i]);

  return swapped;
}

gboolean
vig_library_save_tokens (VigLibrary     *self,
                         gint64          job,
                         guint           index,
                         const guint32  *tokens,
                         guint           n_tokens,
                         GError        **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (tokens != NULL || n_tokens == 0, FALSE);

  g_autofree guint32 *swapped = swap_tokens (tokens, n_tokens);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE_SOON);

  vig_transaction_run (t, "UPDATE sketches SET tokens = ? WHERE job = ? AND idx = ?", "bli",
                       (gconstpointer) swapped, (gsize) n_tokens * sizeof (guint32), job, (int) index);
  if (!vig_transaction_failed (t) && vig_transaction_get_changes (t) == 0)
    vig_transaction_fail (t, make_over_error ());

  return vig_transaction_commit (t, error);
}

/* What came forward stays in the lists; what did not goes into the fold. */
static void
fold_rest (VigTransaction *t,
           gint64          job,
           GPtrArray      *chosen)
{
  vig_transaction_run (t, "UPDATE pictures SET rest = 1 WHERE id IN (SELECT picture FROM made WHERE job = ?)",
                       "l", job);
  for (guint i = 0; chosen != NULL && i < chosen->len; i++)
    vig_transaction_run (t, "UPDATE pictures SET rest = 0 WHERE id = ?", "l",
                         vig_picture_get_id (chosen->pdata[i]));
}

/* A job that left nothing behind is forgotten, its prompt too. */
static void
end_as (VigTransaction *t,
        gint64          job,
        int             state)
{
  vig_transaction_run (t, "UPDATE jobs SET state = ? WHERE id = ? AND state = 0", "il", state, job);
  if (!vig_transaction_failed (t) && vig_transaction_get_changes (t) == 0)
    vig_transaction_fail (t, make_over_error ());
  vig_transaction_run (t, "DELETE FROM sketches WHERE job = ?", "l", job);
  vig_transaction_run (t, "DELETE FROM jobs WHERE id = ? AND NOT EXISTS (SELECT 1 FROM made WHERE job = jobs.id)",
                       "l", job);
  vig_transaction_count_change (t);
}

gboolean
vig_library_end_job (VigLibrary  *self,
                     gint64       job,
                     GPtrArray   *chosen,
                     GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  fold_rest (t, job, chosen);
  end_as (t, job, VIG_JOB_STATE_ENDED);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_leases_give (self->leases, job);
  vig_library_touch (self);

  return TRUE;
}

gboolean
vig_library_stop_job (VigLibrary  *self,
                      gint64       job,
                      GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  end_as (t, job, VIG_JOB_STATE_STOPPED);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_leases_give (self->leases, job);
  vig_library_touch (self);

  return TRUE;
}

void
vig_library_release_job (VigLibrary *self,
                         gint64      job)
{
  g_return_if_fail (VIG_IS_LIBRARY (self));

  vig_leases_give (self->leases, job);
}

/* Tokens that are no tokens can only come from a damaged or foreign library: the picture begins anew. */
static guint32 *
load_tokens (VigRows *rows,
             int      column,
             guint    limit,
             guint   *n_tokens)
{
  gsize size;
  const void *bytes = vig_rows_get_blob (rows, column, &size);

  *n_tokens = size % sizeof (guint32) == 0 && size / sizeof (guint32) <= limit ? size / sizeof (guint32) : 0;

  guint32 *tokens = g_new0 (guint32, *n_tokens + 1);
  if (*n_tokens > 0)
    memcpy (tokens, bytes, *n_tokens * sizeof (guint32));
  for (guint i = 0; i < *n_tokens; i++)
    tokens[i] = GUINT32_FROM_LE (tokens[i]);

  return tokens;
}

/* NULL without an error in the transaction if there is no such job that waits to be ended. */
static VigJobRecord *
load_record (VigLibrary     *self,
             VigTransaction *t,
             gint64          job)
{
  g_autoptr(VigJobRecord) record = g_new0 (VigJobRecord, 1);
  GError *recipe_error = NULL;

  record->id = job;
  record->sketches = g_ptr_array_new_with_free_func (free_sketch);
  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t, "SELECT recipe, time FROM jobs WHERE id = ? AND state = 0", "l", job);

    if (!vig_rows_next (rows))
      return NULL;
    record->recipe = vig_recipe_from_json (vig_rows_get_text (rows, 0), &recipe_error);
    record->time = vig_rows_get_int (rows, 1);
  }
  if (record->recipe == NULL)
    {
      vig_transaction_fail (t, recipe_error);
      return NULL;
    }

  g_autoptr(VigRows) rows =
    vig_transaction_query (t, "SELECT idx, tokens, picture FROM sketches WHERE job = ? ORDER BY idx", "l", job);

  while (vig_rows_next (rows))
    {
      VigSketch *sketch = g_new0 (VigSketch, 1);

      sketch->index = vig_rows_get_int (rows, 0);
      sketch->tokens = load_tokens (rows, 1, record->recipe->tokens, &sketch->n_tokens);
      if (vig_rows_has (rows, 2))
        sketch->picture = vig_library_load_picture (self, t, vig_rows_get_int (rows, 2));
      g_ptr_array_add (record->sketches, sketch);
    }
  if (vig_transaction_failed (t))
    return NULL;

  return g_steal_pointer (&record);
}

static GArray *
list_begun (VigLibrary  *self,
            GError     **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM jobs WHERE state = 0 ORDER BY place, id", "");

    while (vig_rows_next (rows))
      {
        const gint64 id = vig_rows_get_int (rows, 0);

        g_array_append_val (ids, id);
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&ids);
}

GPtrArray *
vig_library_list_interrupted (VigLibrary  *self,
                              GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_job_record_free);
  g_autoptr(GArray) ids = list_begun (self, error);

  if (ids == NULL)
    return NULL;

  for (guint i = 0; i < ids->len; i++)
    {
      const gint64 id = g_array_index (ids, gint64, i);

      if (!vig_leases_is_free (self->leases, id))
        continue;

      g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);
      VigJobRecord *record = load_record (self, t, id);

      if (record != NULL)
        g_ptr_array_add (records, record);
      if (!vig_transaction_commit (t, error))
        return NULL;
    }

  return g_steal_pointer (&records);
}

VigJobRecord *
vig_library_claim_job (VigLibrary  *self,
                       gint64       job,
                       GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  if (!vig_leases_take (self->leases, job, error))
    return NULL;

  if (vig_library_recover_job (self, job, error))
    {
      g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_READ);
      g_autoptr(VigJobRecord) record = load_record (self, t, job);

      if (record == NULL && !vig_transaction_failed (t))
        vig_transaction_fail (t, make_over_error ());
      if (vig_transaction_commit (t, error))
        return g_steal_pointer (&record);
    }

  vig_leases_give (self->leases, job);
  return NULL;
}
