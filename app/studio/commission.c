/* commission.c: what a drawing job is to draw, as it is written down: first what was asked, then all that decides its pictures
 *
 * What was asked is written when the job begins to wait, so that it outlives the program; which model draws, what that one
 * recommends and the tokens of a picture to start from, when it begins.
 */

#define G_LOG_DOMAIN "vig-commission"

#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "library/pixels.h"
#include "library/recipe.h"
#include "studio/commission.h"

static void
sketch_free (gpointer data)
{
  VigSketch *sketch = data;

  g_clear_object (&sketch->picture);
  g_free (sketch->tokens);
  g_free (sketch);
}

/* ---- What was asked ---- */

static VigRecipe *
write_wish (const VigWish *wish)
{
  VigRecipe *recipe = g_new0 (VigRecipe, 1);

  recipe->prompt = g_strdup (wish->prompt);
  recipe->seed = wish->seed;
  recipe->count = wish->count;
  recipe->best_of = wish->best_of;
  recipe->temperature = wish->temperature;
  recipe->top_k = wish->top_k < 0 ? VIG_TOP_K_USUAL : (guint) wish->top_k;
  recipe->top_p = wish->top_p;
  recipe->guidance = wish->guidance;
  if (wish->start != NULL)
    {
      recipe->start_path = g_canonicalize_filename (wish->start, NULL);
      recipe->start_rows = wish->keep;
    }

  return recipe;
}

/* Rows of a picture of @n_tokens: all models draw squares. */
static guint
count_rows (guint n_tokens)
{
  const guint rows = (guint) sqrt (n_tokens);

  return rows * rows == n_tokens ? rows : 0;
}

guint
vig_generate_count_rows (VigPicture *picture)
{
  const char *text = vig_picture_get_recipe (picture);
  g_autofree guint32 *tokens = NULL;
  guint n_tokens = 0;
  g_autoptr(VigRecipe) recipe = text != NULL ? vig_recipe_parse (text, &tokens, &n_tokens) : NULL;

  return recipe != NULL ? count_rows (n_tokens) : 0;
}

VigRecipe *
vig_commission_vary (VigPicture *picture,
                     guint       keep)
{
  const char *text = vig_picture_get_recipe (picture);
  g_autofree guint32 *tokens = NULL;
  guint n_tokens = 0;
  g_autoptr(VigRecipe) recipe = text != NULL ? vig_recipe_parse (text, &tokens, &n_tokens) : NULL;

  if (recipe == NULL || recipe->model_hash == NULL || count_rows (n_tokens) == 0)
    return NULL;

  keep = MIN (keep, count_rows (n_tokens) - 1) * count_rows (n_tokens);
  g_free (recipe->origin);
  recipe->origin = keep > 0 ? g_strdup (vig_picture_get_hash (picture)) : NULL;
  if (keep > 0)
    {
      g_free (recipe->start);
      recipe->start = g_memdup2 (tokens, keep * sizeof *tokens);
      recipe->keep = keep;
    }
  /* Who judges and what computes is found again when it begins. */
  g_clear_pointer (&recipe->clip, g_free);
  g_clear_pointer (&recipe->clip_hash, g_free);
  g_clear_pointer (&recipe->device, g_free);
  recipe->count = recipe->best_of = 1;
  recipe->tokens = 0;

  return g_steal_pointer (&recipe);
}

static VigJobRecord *
begin (VigGenerateJob *job,
       VigLibrary     *library,
       GError        **error)
{
  g_autoptr(VigJobRecord) record = g_new0 (VigJobRecord, 1);

  record->recipe = job->given != NULL ? vig_recipe_copy (job->given) : write_wish (&job->wish);
  record->id = vig_library_begin_job (library, record->recipe, error);
  if (record->id == 0)
    return NULL;

  record->sketches = g_ptr_array_new_with_free_func (sketch_free);
  for (guint i = 0; i < record->recipe->best_of; i++)
    {
      VigSketch *sketch = g_new0 (VigSketch, 1);

      sketch->index = i;
      g_ptr_array_add (record->sketches, sketch);
    }

  return g_steal_pointer (&record);
}

/* With the writing lock. */
static gboolean
take (VigGenerateJob *job,
      VigLibrary     *library,
      GError        **error)
{
  VigJobRecord *record = job->id != 0 ? vig_library_claim_job (library, job->id, error) : begin (job, library, error);

  if (record == NULL)
    return FALSE;

  g_mutex_lock (&job->lock);
  job->record = record;
  g_mutex_unlock (&job->lock);
  vig_generate_job_show_record (job);

  return TRUE;
}

gboolean
vig_commission_take (VigGenerateJob *job,
                     VigLibrary     *library,
                     GError        **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&job->writing);

  return job->record != NULL || job->left || take (job, library, error);
}

gint64
vig_commission_get_id (VigGenerateJob *job)
{
  gint64 id;

  g_mutex_lock (&job->lock);
  id = job->record != NULL ? job->record->id : 0;
  g_mutex_unlock (&job->lock);

  return id;
}

void
vig_commission_leave (VigGenerateJob *job,
                      VigLibrary     *library)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&job->writing);
  const gboolean stopped = vig_job_was_stopped (VIG_JOB (job));
  const gboolean closing = g_cancellable_is_cancelled (vig_job_get_cancellable (VIG_JOB (job))) && !stopped;
  g_autoptr(GError) error = NULL;

  /* A quit may be quicker than the pen. */
  job->left = TRUE;
  if (job->record == NULL && !(closing && take (job, library, &error)))
    return;

  /* Of our own, what could not even be begun would fail the next time too. */
  if (closing || (!stopped && (job->record->recipe->tokens != 0 || job->id != 0)))
    vig_library_release_job (library, job->record->id);
  else if (!vig_library_stop_job (library, job->record->id, &error))
    g_message ("%s", error->message);
}

/* ---- What decides the pictures ---- */

VcDalle *
vig_commission_choose (VigEasel *e,
                       GError  **error)
{
  const VigRecipe *recipe = e->job->record->recipe;
  g_autoptr(GError) local = NULL;
  VcDalle *dalle = vig_workshop_get_dalle (e->workshop, &local);

  if (recipe->model_hash != NULL && (dalle == NULL || !g_str_equal (vc_dalle_get_hash (dalle), recipe->model_hash)))
    {
      g_autoptr(GError) other_error = NULL;
      VcDalle *other = vig_workshop_get_dalle_of (e->workshop, recipe->model_hash, &other_error);

      if (other != NULL)
        return other;
      if (other_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&other_error));
          return NULL;
        }

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("These pictures were begun with the model “%s”, which is not there; "
                     "add it again with “vignette models add”."), recipe->model);
      return NULL;
    }

  if (dalle == NULL)
    g_propagate_error (error, g_steal_pointer (&local));

  return dalle;
}

/* Whether @tokens are the picture's: as it is now, nobody has changed it since. */
static gboolean
is_painted_by (VigEasel        *e,
               const VigPixels *pixels,
               const guint32   *tokens,
               gboolean        *same,
               GError         **error)
{
  const gsize size = (gsize) e->side * e->side * 3;
  g_autofree guint8 *rgb = g_malloc (size);
  guint64 difference = 0;

  *same = FALSE;
  for (guint i = 0; i < e->total; i++)
    if (tokens[i] >= vc_dalle_get_vocab (e->dalle))
      return TRUE;
  if (pixels->width != e->side || pixels->height != e->side)
    return TRUE;

  if (!vc_dalle_paint (e->dalle, tokens, e->total, rgb, error))
    return FALSE;

  for (gsize i = 0; i < size; i++)
    difference += ABS ((int) rgb[i] - (int) pixels->rgb[i]);
  *same = difference <= size;  /* devices differ by 1 here and there */

  return TRUE;
}

/* The tokens of the picture to start from: its own if it is this model's, else how the model sees it. */
static gboolean
read_tokens (VigEasel    *e,
             const char  *path,
             guint32     *tokens,
             GError     **error)
{
  g_autoptr(VigPixels) pixels = vig_pixels_load (path, e->side, e->cancellable, error);
  g_autofree guint32 *own = NULL;
  guint n_own = 0;
  g_autoptr(VigRecipe) recipe = NULL;
  gboolean same = FALSE;

  if (pixels == NULL)
    return FALSE;

  recipe = vig_recipe_read (path, &own, &n_own);
  if (recipe != NULL && n_own == e->total &&
      g_strcmp0 (recipe->model_hash, vc_dalle_get_hash (e->dalle)) == 0 &&
      !is_painted_by (e, pixels, own, &same, error))
    return FALSE;

  if (!same)
    return vc_dalle_read (e->dalle, pixels->rgb, pixels->width, pixels->height, (gsize) pixels->width * 3, tokens, error);

  memcpy (tokens, own, n_own * sizeof *own);

  return TRUE;
}

/* The first tokens of the picture that the user wants to start from. */
static gboolean
read_start (VigEasel  *e,
            VigRecipe *recipe,
            GError   **error)
{
  const guint rows = vc_dalle_get_rows (e->dalle);
  g_autofree guint32 *tokens = g_new (guint32, e->total);

  if (recipe->start_path == NULL)
    return TRUE;

  if (recipe->start_rows >= rows)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("A picture of this model has %u rows: at most %u of them can be kept."),
                   rows, rows - 1);
      return FALSE;
    }

  if (!read_tokens (e, recipe->start_path, tokens, error))
    return FALSE;

  recipe->keep = recipe->start_rows * e->columns;
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

/* All that the models, which are open, add to what was asked. */
static gboolean
complete (VigEasel  *e,
          VigRecipe *recipe,
          GError   **error)
{
  const VcSampling usual = vc_dalle_get_sampling (e->dalle);
  VcDevice *device = vig_workshop_get_device (e->workshop, error);

  if (device == NULL)
    return FALSE;

  g_free (recipe->model);
  recipe->model = g_strdup (vig_workshop_get_dalle_name (e->workshop));
  g_free (recipe->model_hash);
  recipe->model_hash = g_strdup (vc_dalle_get_hash (e->dalle));
  if (e->clip != NULL)
    {
      recipe->clip = g_strdup (vig_workshop_get_clip_name (e->workshop));
      recipe->clip_hash = g_strdup (vc_clip_get_hash (e->clip));
    }
  recipe->device = g_strdup (vc_device_get_info (device)->id);
  if (isnan (recipe->temperature))
    recipe->temperature = widen (usual.temperature);
  if (recipe->top_k == VIG_TOP_K_USUAL)
    recipe->top_k = usual.top_k;
  if (isnan (recipe->top_p))
    recipe->top_p = widen (usual.top_p);
  if (isnan (recipe->guidance))
    recipe->guidance = widen (usual.guidance);
  if (!has_good_numbers (recipe))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("With these settings no picture can be drawn: temperature and top-p are above 0."));
      return FALSE;
    }
  if (!read_start (e, recipe, error))
    return FALSE;

  recipe->tokens = e->total;
  g_clear_pointer (&recipe->start_path, g_free);

  return TRUE;
}

static gboolean
begin_drawing (VigEasel *e,
               GError  **error)
{
  g_autoptr(VigRecipe) recipe = vig_recipe_copy (e->job->record->recipe);

  if (!complete (e, recipe, error) ||
      !vig_library_save_recipe (e->library, e->job->record->id, recipe, error))
    return FALSE;

  g_mutex_lock (&e->job->lock);
  vig_recipe_free (e->job->record->recipe);
  e->job->record->recipe = g_steal_pointer (&recipe);
  g_mutex_unlock (&e->job->lock);

  return TRUE;
}

gboolean
vig_commission_settle (VigEasel *e,
                       GError  **error)
{
  const VigJobRecord *record = e->job->record;
  const VigRecipe *recipe;

  if (record->recipe->tokens == 0 && !begin_drawing (e, error))
    return FALSE;

  recipe = record->recipe;
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
