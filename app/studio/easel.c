/* easel.c: draws the pictures of a job: tokens, looks at them, pixels, judgement */

#define G_LOG_DOMAIN "vig-easel"

#include "config.h"

#include <math.h>
#include <string.h>

#include <glib/gi18n.h>

#include "studio/generate-job-private.h"
#include "studio/phrases.h"

/* Tokens are written down at the end of a row of them, at most this often: a kill costs no more. On a
 * slow disk less often, so that writing takes at most this share of the time. */
#define SAVE_US (G_USEC_PER_SEC / 4)
#define SAVE_SHARE 0.1
/* The share of the time that may go into looks at pictures that are not finished, and what a look is taken to cost before the
 * first one. */
#define PREVIEW_SHARE 0.1
#define LOOK_US 50000
/* How much of a picture's work is choosing its tokens, for the bar: the rest is painting. */
#define TOKEN_SHARE 0.85

static VigSketch *
get_sketch (const VigEasel *e,
            guint           index)
{
  return e->job->record->sketches->pdata[index];
}

static void
show_progress (const VigEasel *e)
{
  const VigRecipe *recipe = e->job->record->recipe;
  double done = 0;
  guint finished = 0;

  for (guint i = 0; i < recipe->best_of; i++)
    {
      const VigSketch *sketch = get_sketch (e, i);

      finished += sketch->picture != NULL;
      done += sketch->picture != NULL ? 1 : TOKEN_SHARE * sketch->n_tokens / e->total;
    }

  vig_job_report (VIG_JOB (e->job), done / recipe->best_of,
                  ngettext ("%u of %u picture", "%u of %u pictures", recipe->best_of),
                  finished, recipe->best_of);
}

/* ---- Looks at unfinished pictures ---- */

static void
show_look (VigEasel *e,
           guint     index,
           guint8   *rgb)
{
  VigLook *look;

  g_mutex_lock (&e->job->lock);
  look = &e->job->looks[index];
  g_clear_pointer (&look->bytes, g_bytes_unref);
  look->bytes = g_bytes_new_take (rgb, (gsize) e->side * e->side * 3);
  g_mutex_unlock (&e->job->lock);
}

/* Bytes of a picture's first @rows rows of tokens. */
static gsize
measure_rows (const VigEasel *e,
              guint           rows)
{
  return (gsize) rows * (e->side / (e->total / e->columns)) * e->side * 3;
}

/* Paints what picture @index is so far; what is not drawn yet is grey. */
static gboolean
paint_look (VigEasel *e,
            guint     index,
            GError  **error)
{
  const VigSketch *sketch = get_sketch (e, index);
  const gsize size = (gsize) e->side * e->side * 3;
  const gsize drawn = measure_rows (e, sketch->n_tokens / e->columns);
  g_autofree guint8 *rgb = g_malloc (size);

  if (!vc_dalle_paint (e->dalle, sketch->tokens, sketch->n_tokens, rgb, error))
    return FALSE;

  memset (rgb + drawn, 0x80, size - drawn);
  e->looked[index] = sketch->n_tokens / e->columns;
  show_look (e, index, g_steal_pointer (&rgb));

  return TRUE;
}

/* What was drawn since the last look is shown by the colours of its tokens alone: that costs next to nothing. */
static void
sketch_rows (VigEasel *e,
             guint     index)
{
  const VigSketch *sketch = get_sketch (e, index);
  const gsize size = (gsize) e->side * e->side * 3;
  const guint rows = sketch->n_tokens / e->columns;
  const guint painted = e->looked[index];
  g_autofree guint8 *rgb = g_malloc (size);

  if (rows <= painted)
    return;

  memset (rgb, 0x80, size);
  g_mutex_lock (&e->job->lock);
  if (painted > 0)
    memcpy (rgb, g_bytes_get_data (e->job->looks[index].bytes, NULL), measure_rows (e, painted));
  g_mutex_unlock (&e->job->lock);
  if (vc_dalle_sketch (e->dalle, sketch->tokens, painted, rows - painted, rgb))
    show_look (e, index, g_steal_pointer (&rgb));
}

/* A look at one of the pictures, if the time for looks allows it, by turns; first of all at the colours of the model. Of the others
 * what is new is sketched. */
static gboolean
look_at_rows (VigEasel    *e,
              const guint *indices,
              guint        count,
              GError     **error)
{
  const gint64 before_us = g_get_monotonic_time ();
  const gint64 allowed_us = (gint64) (PREVIEW_SHARE * (double) (before_us - e->begun_us));

  if (!g_atomic_int_get (&e->job->preview))
    return TRUE;
  if (e->looked == NULL)
    e->looked = g_new0 (guint, e->job->record->recipe->best_of);

  if (e->preview_us + MAX (e->look_us, LOOK_US) <= allowed_us)
    {
      if (e->coloured ? !paint_look (e, indices[e->next_look++ % count], error)
                      : !vc_dalle_learn_colours (e->dalle, error))
        return FALSE;
      e->look_us = g_get_monotonic_time () - before_us;
      e->coloured = TRUE;
    }
  for (guint i = 0; e->coloured && i < count; i++)
    sketch_rows (e, indices[i]);
  e->preview_us += g_get_monotonic_time () - before_us;

  return TRUE;
}

/* ---- Drawing ---- */

/* Takes over the tokens that the drawing has by now. */
static void
note_tokens (VigEasel    *e,
             VcDrawing   *drawing,
             const guint *indices,
             guint        count)
{
  const guint known = vc_drawing_get_known (drawing);

  for (guint i = 0; i < count; i++)
    {
      VigSketch *sketch = get_sketch (e, indices[i]);

      g_free (sketch->tokens);
      sketch->tokens = g_memdup2 (vc_drawing_get_tokens (drawing, i),
                                  known * sizeof *sketch->tokens);
      sketch->n_tokens = known;
    }

  g_mutex_lock (&e->job->lock);
  for (guint i = 0; i < count; i++)
    e->job->looks[indices[i]].fraction = (double) (known / e->columns * e->columns) / e->total;
  g_mutex_unlock (&e->job->lock);
}

static gboolean
save_tokens (VigEasel    *e,
             const guint *indices,
             guint        count,
             GError     **error)
{
  const gint64 before_us = g_get_monotonic_time ();

  for (guint i = 0; i < count; i++)
    {
      const VigSketch *sketch = get_sketch (e, indices[i]);

      if (!vig_library_save_tokens (e->library, e->job->record->id, indices[i],
                                    sketch->tokens, sketch->n_tokens, error))
        return FALSE;
    }
  e->saved_us = g_get_monotonic_time ();
  e->save_us = e->saved_us - before_us;

  return TRUE;
}

static gboolean
is_time_to_save (const VigEasel *e)
{
  const gint64 since_us = g_get_monotonic_time () - e->saved_us;

  return since_us >= SAVE_US && (double) e->save_us <= SAVE_SHARE * (double) since_us;
}

/* The tokens that all of the pictures have: after a kill some may have more than others. */
static guint
find_known (const VigEasel *e,
            const guint    *indices,
            guint           count)
{
  guint known = e->total;

  for (guint i = 0; i < count; i++)
    known = MIN (known, get_sketch (e, indices[i])->n_tokens);

  return MAX (known, e->job->record->recipe->keep);
}

VcSampling
vig_easel_get_sampling (const VigEasel *e)
{
  const VigRecipe *recipe = e->job->record->recipe;

  return (VcSampling) {
    .temperature = recipe->temperature,
    .top_k = recipe->top_k,
    .top_p = recipe->top_p,
    .guidance = recipe->guidance,
  };
}

static VcDrawing *
take_up_drawing (VigEasel    *e,
                 const guint *indices,
                 guint        count,
                 GError     **error)
{
  const VigRecipe *recipe = e->job->record->recipe;
  const guint known = find_known (e, indices, count);
  const VcSampling sampling = vig_easel_get_sampling (e);
  g_autofree guint32 *tokens = g_new (guint32, (gsize) count * known + 1);
  uint64_t seeds[VC_DRAWING_MAX];

  for (guint i = 0; i < count; i++)
    {
      const VigSketch *sketch = get_sketch (e, indices[i]);

      seeds[i] = recipe->seed + indices[i];
      if (known > 0)
        memcpy (tokens + (gsize) i * known,
                sketch->n_tokens >= known ? sketch->tokens : recipe->start, known * sizeof *tokens);
    }

  return vc_drawing_new (e->dalle, recipe->prompt, &sampling, seeds, count, tokens, known, error);
}

/* All tokens of the pictures @indices. Whatever ends it, what it has is written down. */
static gboolean
draw_tokens (VigEasel    *e,
             const guint *indices,
             guint        count,
             GError     **error)
{
  g_autoptr(VcDrawing) drawing = take_up_drawing (e, indices, count, error);

  if (drawing == NULL)
    return FALSE;

  while (!vc_drawing_is_complete (drawing))
    {
      guint known;

      if (g_cancellable_is_cancelled (e->cancellable))
        {
          note_tokens (e, drawing, indices, count);
          if (!vig_job_was_stopped (VIG_JOB (e->job)) && !save_tokens (e, indices, count, error))
            return FALSE;
          g_cancellable_set_error_if_cancelled (e->cancellable, error);
          return FALSE;
        }

      if (!vc_drawing_step (drawing, error))
        {
          /* Its tokens so far are good: whoever goes on begins with them. */
          note_tokens (e, drawing, indices, count);
          save_tokens (e, indices, count, NULL);
          return FALSE;
        }

      known = vc_drawing_get_known (drawing);
      if (known % e->columns == 0 && known > get_sketch (e, indices[0])->n_tokens)
        {
          note_tokens (e, drawing, indices, count);
          if (is_time_to_save (e) && !save_tokens (e, indices, count, error))
            return FALSE;
          if (known < e->total && !look_at_rows (e, indices, count, error))
            return FALSE;
          show_progress (e);
          if (known < e->total && vig_workshop_must_rest (e->workshop, error))
            {
              save_tokens (e, indices, count, NULL);  /* they are kept here too, until the pause is over */
              return FALSE;
            }
        }

      vig_workshop_yield (e->workshop);
    }

  note_tokens (e, drawing, indices, count);

  return save_tokens (e, indices, count, error);
}

/* Paints a picture whose tokens are all there, and saves it the moment it exists. */
static gboolean
finish_picture (VigEasel *e,
                guint     index,
                guint8  **rgb,
                GError  **error)
{
  const gsize size = (gsize) e->side * e->side * 3;
  VigSketch *sketch = get_sketch (e, index);
  g_autofree guint8 *pixels = g_malloc (size);
  VigLook *look;

  if (!vc_dalle_paint (e->dalle, sketch->tokens, sketch->n_tokens, pixels, error))
    return FALSE;

  sketch->picture = vig_library_save_made (e->library, e->job->record->id, index, pixels, e->side,
                                           sketch->tokens, sketch->n_tokens, error);
  if (sketch->picture == NULL)
    return FALSE;

  *rgb = g_memdup2 (pixels, size);

  g_mutex_lock (&e->job->lock);
  look = &e->job->looks[index];
  g_clear_pointer (&look->bytes, g_bytes_unref);
  look->bytes = g_bytes_new_take (g_steal_pointer (&pixels), size);
  look->fraction = 1;
  look->picture = g_object_ref (sketch->picture);
  look->tokens = g_memdup2 (sketch->tokens, sketch->n_tokens * sizeof *sketch->tokens);
  look->n_tokens = sketch->n_tokens;
  g_mutex_unlock (&e->job->lock);
  show_progress (e);

  return TRUE;
}

/* ---- Judging ---- */

/* (width) the row of a picture: by its pixels if they are at hand, else by what is kept of it. */
static float *
embed_picture (VigEasel     *e,
               VigPicture   *picture,
               const guint8 *rgb,
               GError      **error)
{
  guint width = 0;
  g_autofree float *kept = NULL;

  if (rgb != NULL)
    return vig_phrases_embed_pixels (e->clip, rgb, e->side, e->side, e->cancellable, error);

  kept = vig_library_load_vector (e->library, vc_clip_get_hash (e->clip),
                                  vig_picture_get_hash (picture), &width, error);
  if (kept != NULL && width == vc_clip_get_width (e->clip))
    return g_steal_pointer (&kept);

  g_clear_error (error);  /* then it is made again */

  return vig_phrases_embed_file (e->clip, vig_picture_get_path (picture), e->cancellable, error);
}

/* How well a finished picture shows the prompt: the cosine between the two. */
static gboolean
judge_picture (VigEasel     *e,
               guint         index,
               const guint8 *rgb,
               GError      **error)
{
  VigPicture *picture = get_sketch (e, index)->picture;
  g_autofree float *row = NULL;
  double score = 0;
  guint width;

  if (e->clip == NULL)
    return TRUE;

  row = embed_picture (e, picture, rgb, error);
  if (row == NULL)
    return FALSE;

  width = vc_clip_get_width (e->clip);
  for (guint i = 0; i < width; i++)
    score += (double) row[i] * e->phrase[i];

  if (!vig_library_save_score (e->library, picture, score, vc_clip_get_hash (e->clip), row, width,
                               error))
    return FALSE;

  g_mutex_lock (&e->job->lock);
  e->job->looks[index].score = score;
  g_mutex_unlock (&e->job->lock);
  vig_job_touch (VIG_JOB (e->job));

  return TRUE;
}

/* ---- A batch ---- */

gboolean
vig_easel_draw_batch (VigEasel *e,
                      guint     first,
                      guint     count,
                      GError  **error)
{
  guint indices[VC_DRAWING_MAX];
  guint unfinished = 0;

  for (guint i = first; i < first + count; i++)
    if (get_sketch (e, i)->picture == NULL)
      indices[unfinished++] = i;

  if (unfinished > 0 && !draw_tokens (e, indices, unfinished, error))
    return FALSE;

  for (guint i = first; i < first + count; i++)
    {
      g_autofree guint8 *rgb = NULL;

      if (g_cancellable_set_error_if_cancelled (e->cancellable, error) ||
          (get_sketch (e, i)->picture == NULL && !finish_picture (e, i, &rgb, error)) ||
          (isnan (e->job->looks[i].score) && !judge_picture (e, i, rgb, error)) ||
          (i + 1 < e->job->record->recipe->best_of && vig_workshop_must_rest (e->workshop, error)))
        return FALSE;
      vig_workshop_yield (e->workshop);
    }

  return TRUE;
}
