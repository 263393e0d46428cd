/* generate-job.c: a prompt becomes pictures, written down before, while and after they are drawn */

#define G_LOG_DOMAIN "vig-generate-job"

#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "studio/commission.h"
#include "studio/prompts.h"

G_DEFINE_FINAL_TYPE (VigGenerateJob, vig_generate_job, VIG_TYPE_JOB)

/* ---- What the main context sees ---- */

static void
look_clear (VigLook *look)
{
  g_clear_pointer (&look->bytes, g_bytes_unref);
  g_clear_object (&look->picture);
  g_clear_pointer (&look->tokens, g_free);
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
      if (g_strcmp0 (self->model, record->recipe->model) != 0)
        {
          g_free (self->model);
          self->model = g_strdup (record->recipe->model);
        }
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

/* The pictures that were finished before the job was interrupted are seen at once. */
void
vig_generate_job_show_record (VigGenerateJob *self)
{
  const VigRecipe *recipe = self->record->recipe;

  if (self->record->sketches->len != recipe->best_of)
    return;  /* it does not fit together: told when it is to run */

  g_mutex_lock (&self->lock);
  make_looks (self, recipe->best_of);
  for (guint i = 0; i < self->n_looks; i++)
    {
      const VigSketch *sketch = self->record->sketches->pdata[i];
      VigLook *look = &self->looks[i];

      if (recipe->tokens != 0)
        look->fraction = MIN (1, (double) sketch->n_tokens / recipe->tokens);
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

  e->dalle = vig_commission_choose (e, error);
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
  if (!open_models (e, error) || !vig_commission_settle (e, error) || !embed_prompt (e, error))
    return FALSE;

  g_mutex_lock (&e->job->lock);
  e->job->side = e->side;
  g_mutex_unlock (&e->job->lock);
  vig_job_touch (VIG_JOB (e->job));
  e->coloured = vc_dalle_sketch (e->dalle, NULL, 0, 0, NULL);  /* by an earlier job */

  return draw_batches (e, error) && end_job (e, error);
}

/* The device that the pictures were begun on, if it can be had. */
static void
ask_for_device (VigEasel *e)
{
  const char *device = e->job->record->recipe->device;

  if (device != NULL && !vig_workshop_use_device (e->workshop, device))
    vig_job_report (VIG_JOB (e->job), -1, "%s",
                    _("Going on with another device than the pictures were begun on"));
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

  if (!vig_commission_take (e.job, e.library, error))
    {
      vig_commission_leave (e.job, e.library);
      return FALSE;
    }
  ask_for_device (&e);

  do
    done = draw_job (&e, &local);
  while (!done && vig_workshop_recover (workshop, job, &local));

  if (!done)
    {
      if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PENDING))
        vig_commission_leave (e.job, e.library);
      g_propagate_error (error, g_steal_pointer (&local));
    }

  g_debug ("looks took %d of %d ms, one of them %d", (int) (e.preview_us / 1000),
           (int) ((g_get_monotonic_time () - e.begun_us) / 1000), (int) (e.look_us / 1000));
  vig_workshop_restore_device (workshop);
  g_free (e.phrase);
  g_free (e.looked);

  return done;
}

static void
vig_generate_job_enlist (VigJob     *job,
                         VigLibrary *library)
{
  g_autoptr(GError) error = NULL;

  if (!vig_commission_take (VIG_GENERATE_JOB (job), library, &error))
    g_debug ("%s", error->message);
}

static void
vig_generate_job_withdraw (VigJob     *job,
                           VigLibrary *library)
{
  vig_commission_leave (VIG_GENERATE_JOB (job), library);
}

static gint64
vig_generate_job_get_id (VigJob *job)
{
  return vig_commission_get_id (VIG_GENERATE_JOB (job));
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

GPtrArray *
vig_generate_jobs_new (const VigWish  *wish,
                       GError        **error)
{
  g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto(GStrv) prompts = NULL;

  g_return_val_if_fail (wish->prompt != NULL, NULL);

  prompts = vig_prompts_expand (wish->prompt, error);
  if (prompts == NULL)
    return NULL;

  if (prompts[0] == NULL || strpbrk (wish->prompt, "{}\\\r\n") == NULL)
    g_ptr_array_add (jobs, vig_generate_job_new (wish));
  else
    for (guint i = 0; prompts[i] != NULL; i++)
      {
        VigWish one = *wish;

        one.prompt = prompts[i];
        g_ptr_array_add (jobs, vig_generate_job_new (&one));
      }

  return g_steal_pointer (&jobs);
}

static VigJob *
make_variation (VigPicture *picture,
                guint       keep,
                guint       count,
                guint64     seed)
{
  g_autoptr(VigRecipe) recipe = NULL;
  VigGenerateJob *self;

  g_return_val_if_fail (VIG_IS_PICTURE (picture), NULL);
  g_return_val_if_fail (count >= 1, NULL);

  recipe = vig_commission_vary (picture, keep);
  if (recipe == NULL)
    return NULL;

  recipe->seed = seed;
  recipe->count = recipe->best_of = count;

  self = make_job ();
  self->given = g_steal_pointer (&recipe);
  self->prompt = g_strdup (self->given->prompt);
  vig_job_take_title (VIG_JOB (self), g_strdup (self->prompt));
  make_looks (self, count);
  add_tiles (self, seed, count);

  return VIG_JOB (self);
}

VigJob *
vig_generate_job_new_variation (VigPicture *picture,
                                guint       keep,
                                guint       count,
                                guint64     seed)
{
  return make_variation (picture, keep, count, seed);
}

VigJob *
vig_generate_job_new_again (VigPicture *picture)
{
  g_return_val_if_fail (VIG_IS_PICTURE (picture), NULL);

  return make_variation (picture, 0, 1, vig_picture_get_seed (picture));
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
  vig_recipe_free (self->given);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->writing);

  G_OBJECT_CLASS (vig_generate_job_parent_class)->finalize (object);
}

static void
vig_generate_job_class_init (VigGenerateJobClass *klass)
{
  VigJobClass *job_class = VIG_JOB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_generate_job_finalize;
  job_class->run = vig_generate_job_run;
  job_class->enlist = vig_generate_job_enlist;
  job_class->withdraw = vig_generate_job_withdraw;
  job_class->get_id = vig_generate_job_get_id;
  job_class->publish = vig_generate_job_publish;
}

static void
vig_generate_job_init (VigGenerateJob *self)
{
  g_mutex_init (&self->lock);
  g_mutex_init (&self->writing);
  self->preview = TRUE;
  self->tiles = g_list_store_new (VIG_TYPE_TILE);
  self->pictures = g_ptr_array_new_with_free_func (g_object_unref);
}
