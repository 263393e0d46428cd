/* generate-job.c: a prompt becomes pictures, written down before, while and after they are drawn */

#define G_LOG_DOMAIN "vig-generate-job"

#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "library/pixels.h"
#include "studio/generate-job-private.h"

G_DEFINE_FINAL_TYPE (VigGenerateJob, vig_generate_job, VIG_TYPE_JOB)

/* ---- What the main context sees ---- */

static void
look_clear (VigLook *look)
{
  g_clear_pointer (&look->bytes, g_bytes_unref);
  g_clear_object (&look->picture);
  g_clear_pointer (&look->tokens, g_free);
}

static void
sketch_free (gpointer data)
{
  VigSketch *sketch = data;

  g_clear_object (&sketch->picture);
  g_free (sketch->tokens);
  g_free (sketch);
}

/* As many looks as pictures, empty: under the lock, or before there is anybody to see. */
static void
make_looks (VigGenerateJob *self,
            guint           n)
{
  if (self->looks != NULL)
    return;

  self->looks = g_new0 (VigLook, n);
  self->n_looks = n;
  for (guint i = 0; i < n; i++)
    {
      self->looks[i].score = NAN;
      self->looks[i].chosen = TRUE;
    }
}

static void
add_tiles (VigGenerateJob *self,
           guint64         seed,
           guint           n)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->tiles)); i < n; i++)
    {
      g_autoptr(VigTile) tile = vig_tile_new (seed + i);

      g_list_store_append (self->tiles, tile);
    }
}

/* The tiles by rank, and the chosen pictures, once the order is known. */
static void
publish_order (VigGenerateJob *self)
{
  g_autoptr(GPtrArray) tiles = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->order == NULL || self->pictures->len > 0)
    return;

  for (guint i = 0; i < self->n_looks; i++)
    g_ptr_array_add (tiles, g_list_model_get_item (G_LIST_MODEL (self->tiles), self->order[i]));
  for (guint i = 0; i < self->n_chosen; i++)
    g_ptr_array_add (self->pictures, g_object_ref (self->looks[self->order[i]].picture));
  g_list_store_splice (self->tiles, 0, tiles->len, tiles->pdata, tiles->len);
}

static void
vig_generate_job_publish (VigJob *job)
{
  VigGenerateJob *self = VIG_GENERATE_JOB (job);
  const VigJobRecord *record;

  g_mutex_lock (&self->lock);
  record = self->record;
  if (record != NULL)
    {
      if (self->prompt == NULL)
        self->prompt = g_strdup (record->recipe->prompt);
      if (self->model == NULL)
        self->model = g_strdup (record->recipe->model);
      add_tiles (self, record->recipe->seed, self->n_looks);
      if (self->pictures->len == 0)
        for (guint i = 0; i < self->n_looks; i++)
          {
            g_autoptr(VigTile) tile = g_list_model_get_item (G_LIST_MODEL (self->tiles), i);

            vig_tile_update (tile, self->side, &self->looks[i]);
          }
      publish_order (self);
    }
  g_mutex_unlock (&self->lock);
}

/* ---- The whole job ---- */

static int
compare_scores (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  const guint i = *(const guint *) a;
  const guint j = *(const guint *) b;
  const VigLook *looks = data;

  if (looks[i].score > looks[j].score || (!isnan (looks[i].score) && isnan (looks[j].score)))
    return -1;
  if (looks[j].score > looks[i].score || (!isnan (looks[j].score) && isnan (looks[i].score)))
    return 1;

  return i < j ? -1 : i > j;
}

/* The best come forward. */
static gboolean
end_job (VigEasel *e,
         GError  **error)
{
  VigGenerateJob *self = e->job;
  const guint count = MIN (self->record->recipe->count, self->n_looks);
  g_autofree guint *order = g_new (guint, self->n_looks);
  g_autoptr(GPtrArray) chosen = g_ptr_array_new ();

  for (guint i = 0; i < self->n_looks; i++)
    order[i] = i;
  g_qsort_with_data (order, self->n_looks, sizeof *order, compare_scores, self->looks);
  for (guint i = 0; i < count; i++)
    g_ptr_array_add (chosen, ((VigSketch *) self->record->sketches->pdata[order[i]])->picture);

  if (!vig_library_end_job (e->library, self->record->id, chosen, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = count; i < self->n_looks; i++)
    self->looks[order[i]].chosen = FALSE;
  self->n_chosen = count;
  self->order = g_steal_pointer (&order);
  g_mutex_unlock (&self->lock);

  return TRUE;
}

static gboolean
open_models (VigEasel *e,
             GError  **error)
{
  g_autoptr(GError) local = NULL;

  e->dalle = vig_workshop_get_dalle (e->workshop, error);
  if (e->dalle == NULL)
    return FALSE;

  e->clip = vig_workshop_try_clip (e->workshop, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  e->columns = vc_dalle_get_columns (e->dalle);
  e->total = e->columns * vc_dalle_get_rows (e->dalle);
  e->side = vc_dalle_get_side (e->dalle);

  return TRUE;
}

static gboolean
embed_prompt (VigEasel *e,
              GError  **error)
{
  const char *prompt = e->job->record->recipe->prompt;

  g_clear_pointer (&e->phrase, g_free);
  if (e->clip == NULL)
    return TRUE;

  e->phrase = g_new (float, vc_clip_get_width (e->clip));

  return vc_clip_embed_texts (e->clip, &prompt, 1, e->phrase, vig_workshop_step, e->cancellable,
                              error);
}

/* The first tokens of the picture that the user wants to start from. */
static gboolean
read_start (VigEasel  *e,
            VigRecipe *recipe,
            GError   **error)
{
  const VigWish *wish = &e->job->wish;
  const guint rows = vc_dalle_get_rows (e->dalle);
  g_autoptr(VigPixels) pixels = NULL;
  g_autofree guint32 *tokens = g_new (guint32, e->total);

  if (wish->start == NULL)
    return TRUE;

  if (wish->keep >= rows)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("A picture of this model has %u rows: at most %u of them can be kept."),
                   rows, rows - 1);
      return FALSE;
    }

  pixels = vig_pixels_load (wish->start, e->side, e->cancellable, error);
  if (pixels == NULL ||
      !vc_dalle_read (e->dalle, pixels->rgb, pixels->width, pixels->height,
                      (gsize) pixels->width * 3, tokens, error))
    return FALSE;

  recipe->keep = wish->keep * e->columns;
  recipe->start = g_memdup2 (tokens, recipe->keep * sizeof *tokens);

  return TRUE;
}

/* A model's f32 as people wrote it: 0.6, not 0.60000002384. */
static double
widen (float x)
{
  return round ((double) x * 1e6) / 1e6;
}

/* Whether its numbers are some to draw by: they are f32 then, where the smallest ones are 0. */
static gboolean
has_good_numbers (const VigRecipe *recipe)
{
  const float temperature = (float) recipe->temperature;
  const float top_p = (float) recipe->top_p;

  return temperature > 0 && isfinite (temperature) && top_p > 0 && top_p <= 1 &&
         isfinite ((float) recipe->guidance);
}

static VigRecipe *
write_recipe (VigEasel *e,
              GError  **error)
{
  const VigWish *wish = &e->job->wish;
  const VcSampling usual = vc_dalle_get_sampling (e->dalle);
  VcDevice *device = vig_workshop_get_device (e->workshop, error);
  g_autoptr(VigRecipe) recipe = g_new0 (VigRecipe, 1);

  if (device == NULL)
    return NULL;

  recipe->prompt = g_strdup (wish->prompt);
  recipe->model = g_strdup (vig_workshop_get_dalle_name (e->workshop));
  recipe->model_hash = g_strdup (vc_dalle_get_hash (e->dalle));
  if (e->clip != NULL)
    {
      recipe->clip = g_strdup (vig_workshop_get_clip_name (e->workshop));
      recipe->clip_hash = g_strdup (vc_clip_get_hash (e->clip));
    }
  recipe->device = g_strdup (vc_device_get_info (device)->id);
  recipe->seed = wish->seed;
  recipe->count = wish->count;
  recipe->best_of = wish->best_of;
  recipe->temperature = isnan (wish->temperature) ? widen (usual.temperature) : wish->temperature;
  recipe->top_k = wish->top_k < 0 ? usual.top_k : (guint) wish->top_k;
  recipe->top_p = isnan (wish->top_p) ? widen (usual.top_p) : wish->top_p;
  recipe->guidance = isnan (wish->guidance) ? widen (usual.guidance) : wish->guidance;
  recipe->tokens = e->total;
  if (!has_good_numbers (recipe))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("With these settings no picture can be drawn: temperature and top-p are above 0."));
      return NULL;
    }
  if (!read_start (e, recipe, error))
    return NULL;

  return g_steal_pointer (&recipe);
}

/* A job that was never begun is written down. */
static gboolean
begin_job (VigEasel *e,
           GError  **error)
{
  g_autoptr(VigRecipe) recipe = write_recipe (e, error);
  VigJobRecord *record;
  gint64 id;

  if (recipe == NULL)
    return FALSE;

  id = vig_library_begin_job (e->library, recipe, error);
  if (id == 0)
    return FALSE;

  record = g_new0 (VigJobRecord, 1);
  record->id = id;
  record->recipe = g_steal_pointer (&recipe);
  record->sketches = g_ptr_array_new_with_free_func (sketch_free);
  for (guint i = 0; i < record->recipe->best_of; i++)
    {
      VigSketch *sketch = g_new0 (VigSketch, 1);

      sketch->index = i;
      g_ptr_array_add (record->sketches, sketch);
    }

  g_mutex_lock (&e->job->lock);
  e->job->record = record;
  g_mutex_unlock (&e->job->lock);

  return TRUE;
}

/* Takes an interrupted job, and the device that it was begun on. */
static gboolean
claim_job (VigEasel *e,
           GError  **error)
{
  VigJobRecord *record = vig_library_claim_job (e->library, e->job->id, error);

  if (record == NULL)
    return FALSE;

  g_mutex_lock (&e->job->lock);
  e->job->record = record;
  g_mutex_unlock (&e->job->lock);

  if (record->recipe->device != NULL &&
      !vig_workshop_use_device (e->workshop, record->recipe->device))
    vig_job_report (VIG_JOB (e->job), -1, "%s",
                    _("Going on with another device than the pictures were begun on"));

  return TRUE;
}

/* Whether an interrupted job can be gone on with by the model that is open. */
static gboolean
check_claimed (VigEasel *e,
               GError  **error)
{
  const VigJobRecord *record = e->job->record;
  const VigRecipe *recipe = record->recipe;

  if (g_strcmp0 (recipe->model_hash, vc_dalle_get_hash (e->dalle)) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("These pictures were begun with the model “%s”, which is not the one in use; "
                     "name it with --model."), recipe->model);
      return FALSE;
    }

  if (recipe->tokens != e->total || recipe->keep > e->total || !has_good_numbers (recipe) ||
      record->sketches->len != recipe->best_of)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("What was written down of these pictures does not fit the model."));
      return FALSE;
    }

  for (guint i = 0; i < record->sketches->len; i++)
    {
      VigSketch *sketch = record->sketches->pdata[i];

      sketch->n_tokens = MIN (sketch->n_tokens, e->total);
    }

  return TRUE;
}

/* The pictures that were finished before the job was interrupted are seen at once. */
static void
show_record (VigEasel *e)
{
  VigGenerateJob *self = e->job;

  g_mutex_lock (&self->lock);
  self->side = e->side;
  make_looks (self, self->record->recipe->best_of);
  for (guint i = 0; i < self->n_looks; i++)
    {
      const VigSketch *sketch = self->record->sketches->pdata[i];
      VigLook *look = &self->looks[i];

      look->fraction = (double) (sketch->n_tokens / e->columns * e->columns) / e->total;
      if (sketch->picture == NULL || look->picture != NULL)
        continue;

      look->fraction = 1;
      look->picture = g_object_ref (sketch->picture);
      look->tokens = g_memdup2 (sketch->tokens, sketch->n_tokens * sizeof *sketch->tokens);
      look->n_tokens = sketch->n_tokens;
    }
  g_mutex_unlock (&self->lock);
  vig_job_touch (VIG_JOB (self));
}

/* As many at a time as the device has memory for. */
static gboolean
draw_batches (VigEasel *e,
              GError  **error)
{
  const guint count = e->job->record->recipe->best_of;
  const VcSampling sampling = vig_easel_get_sampling (e);
  guint at_once = MIN (count, VC_DRAWING_MAX);

  while (at_once > 1 && vc_drawing_get_room (e->dalle, &sampling, at_once) > vig_workshop_get_free (e->workshop))
    at_once /= 2;

  for (guint first = 0; first < count;)
    {
      const guint now = MIN (at_once, count - first);
      g_autoptr(GError) local = NULL;

      if (vig_easel_draw_batch (e, first, now, &local))
        first += now;
      else if (!vig_workshop_spare (e->workshop, VIG_JOB (e->job), &at_once, &local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
draw_job (VigEasel *e,
          GError  **error)
{
  if ((e->job->record == NULL && e->job->id != 0 && !claim_job (e, error)) ||
      !open_models (e, error) ||
      (e->job->record == NULL && !begin_job (e, error)) ||
      !check_claimed (e, error) ||
      !embed_prompt (e, error))
    return FALSE;

  show_record (e);

  return draw_batches (e, error) && end_job (e, error);
}

/* It did not come to its end: a user's stop forgets the unfinished, else it is to be resumed. */
static void
leave_job (VigEasel *e)
{
  g_autoptr(GError) error = NULL;
  VigJob *job = VIG_JOB (e->job);

  if (e->job->record == NULL)
    return;

  if (!vig_job_was_stopped (job))
    vig_library_release_job (e->library, e->job->record->id);
  else if (!vig_library_stop_job (e->library, e->job->record->id, &error))
    g_message ("%s", error->message);
}

static gboolean
vig_generate_job_run (VigJob       *job,
                      VigWorkshop  *workshop,
                      GCancellable *cancellable,
                      GError      **error)
{
  VigEasel e = {
    .job = VIG_GENERATE_JOB (job),
    .workshop = workshop,
    .library = vig_workshop_get_library (workshop),
    .cancellable = cancellable,
    .begun_us = g_get_monotonic_time (),
    .saved_us = g_get_monotonic_time (),
  };
  g_autoptr(GError) local = NULL;
  gboolean done;

  do
    done = draw_job (&e, &local);
  while (!done && vig_workshop_recover (workshop, job, &local));

  if (!done)
    {
      leave_job (&e);
      g_propagate_error (error, g_steal_pointer (&local));
    }

  vig_workshop_restore_device (workshop);
  g_free (e.phrase);

  return done;
}

/* ---- The object ---- */

static VigGenerateJob *
make_job (void)
{
  return g_object_new (VIG_TYPE_GENERATE_JOB, NULL);
}

VigJob *
vig_generate_job_new (const VigWish *wish)
{
  VigGenerateJob *self = make_job ();

  g_return_val_if_fail (wish->prompt != NULL, NULL);
  g_return_val_if_fail (wish->count >= 1, NULL);

  self->wish = *wish;
  self->wish.prompt = g_utf8_make_valid (wish->prompt, -1);
  self->wish.start = g_strdup (wish->start);
  self->wish.best_of = MAX (wish->best_of, wish->count);

  self->prompt = g_strdup (self->wish.prompt);
  vig_job_take_title (VIG_JOB (self), g_strdup (self->prompt));
  make_looks (self, self->wish.best_of);
  add_tiles (self, wish->seed, self->wish.best_of);

  return VIG_JOB (self);
}

VigJob *
vig_generate_job_new_resume (gint64 id)
{
  VigGenerateJob *self = make_job ();

  self->id = id;
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Finishing pictures")));

  return VIG_JOB (self);
}

void
vig_generate_job_set_preview (VigGenerateJob *self,
                              gboolean        preview)
{
  g_return_if_fail (VIG_IS_GENERATE_JOB (self));

  g_atomic_int_set (&self->preview, preview);
}

GListModel *
vig_generate_job_get_tiles (VigGenerateJob *self)
{
  g_return_val_if_fail (VIG_IS_GENERATE_JOB (self), NULL);

  return G_LIST_MODEL (self->tiles);
}

const char *
vig_generate_job_get_prompt (VigGenerateJob *self)
{
  g_return_val_if_fail (VIG_IS_GENERATE_JOB (self), NULL);

  return self->prompt;
}

const char *
vig_generate_job_get_model (VigGenerateJob *self)
{
  g_return_val_if_fail (VIG_IS_GENERATE_JOB (self), NULL);

  return self->model;
}

GPtrArray *
vig_generate_job_get_pictures (VigGenerateJob *self)
{
  g_return_val_if_fail (VIG_IS_GENERATE_JOB (self), NULL);

  return self->pictures;
}

static void
vig_generate_job_finalize (GObject *object)
{
  VigGenerateJob *self = VIG_GENERATE_JOB (object);

  for (guint i = 0; i < self->n_looks; i++)
    look_clear (&self->looks[i]);
  g_free (self->looks);
  g_free (self->order);
  g_free ((char *) self->wish.prompt);
  g_free ((char *) self->wish.start);
  g_free (self->prompt);
  g_free (self->model);
  g_clear_object (&self->tiles);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->record, vig_job_record_free);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (vig_generate_job_parent_class)->finalize (object);
}

static void
vig_generate_job_class_init (VigGenerateJobClass *klass)
{
  VigJobClass *job_class = VIG_JOB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_generate_job_finalize;
  job_class->run = vig_generate_job_run;
  job_class->publish = vig_generate_job_publish;
}

static void
vig_generate_job_init (VigGenerateJob *self)
{
  g_mutex_init (&self->lock);
  self->preview = TRUE;
  self->tiles = g_list_store_new (VIG_TYPE_TILE);
  self->pictures = g_ptr_array_new_with_free_func (g_object_unref);
}
