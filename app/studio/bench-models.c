/* bench-models.c: how fast a CLIP and a drawing model are here */

#define G_LOG_DOMAIN "vig-bench-models"

#include "config.h"

#include "studio/bench-job-private.h"

#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>

#include "studio/bench-model.h"
#include "studio/model-files.h"

/* Longer than any CLIP reads: texts are measured at their full length. */
#define LONG_TEXT "a painting of a small red boat on a calm blue lake under a bright yellow sun, with " \
                  "green hills behind it, a white house with a grey roof, two old trees, and a long " \
                  "wooden pier on which a man in a black coat is walking with his dog towards the shore"
#define PROMPT "a red apple on a wooden table"

/* ---- Memory ---- */

static guint64
get_peak (void)
{
  return vig_bench_read_bytes ("/proc/self/status", "VmHWM:");
}

/* From here on: see proc(5). Where it is not allowed, the peak is that of the whole program's life. */
static void
forget_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  if (file == NULL)
    return;

  fputs ("5", file);
  fclose (file);
}

/* ---- CLIP ---- */

typedef struct
{
  VcClip     *clip;
  guint       count;
  float      *pixels;  /* (count, side, side, 3) */
  float      *rows;    /* (count, width) */
  const char *texts[BATCH];
  VigBenchJob *job;
} Looking;

static gboolean
run_images (gpointer   data,
            GError   **error)
{
  const Looking *looking = data;

  return vc_clip_embed_images (looking->clip, looking->pixels, looking->count, looking->rows,
                               vig_workshop_step, looking->job->cancellable, error);
}

static gboolean
run_texts (gpointer   data,
           GError   **error)
{
  const Looking *looking = data;

  return vc_clip_embed_texts (looking->clip, looking->texts, looking->count, looking->rows,
                              vig_workshop_step, looking->job->cancellable, error);
}

static gboolean
measure_clip (VigBenchJob     *self,
              Looking         *looking,
              const char      *model,
              gboolean         full_size,
              const VcLimits  *limits,
              GError         **error)
{
  const guint side = vc_clip_get_side (looking->clip);
  const gsize n_pixels = (gsize) looking->count * side * side * 3;
  g_autofree float *pixels = looking->pixels = g_new (float, n_pixels);
  g_autofree float *rows = looking->rows = g_new (float, (gsize) looking->count *
                                                         vc_clip_get_width (looking->clip));
  VigMeasure *measure;
  VcTiming timing;
  guint n_ids;

  for (gsize i = 0; i < n_pixels; i++)
    pixels[i] = (float) (i * 7919 % 1024) / 512 - 1;
  for (guint i = 0; i < BATCH; i++)
    looking->texts[i] = LONG_TEXT;
  g_free (vc_clip_tokenize (looking->clip, LONG_TEXT, &n_ids));

  if (!vig_bench_step (self, _("looking at pictures"), error) ||
      !vc_timing_take (LONGER * self->budget, run_images, looking, &timing, error))
    return FALSE;

  measure = vig_bench_add_measure (self, "images");
  vig_bench_set_timing (measure, &timing, looking->count, "images");
  measure->model = g_strdup (model);
  measure->shape[measure->n_shape++] = looking->count;
  measure->shape[measure->n_shape++] = side;
  measure->peak = get_peak ();
  if (full_size)
    {
      measure->flops = looking->count * vig_bench_model_get_image_flops ();
      measure->limit = vc_limits_seconds (limits, measure->flops, 0);
    }

  if (!vig_bench_step (self, _("reading texts"), error) ||
      !vc_timing_take (LONGER * self->budget, run_texts, looking, &timing, error))
    return FALSE;

  measure = vig_bench_add_measure (self, "texts");
  vig_bench_set_timing (measure, &timing, looking->count, "texts");
  measure->model = g_strdup (model);
  measure->shape[measure->n_shape++] = looking->count;
  measure->shape[measure->n_shape++] = n_ids;
  measure->peak = get_peak ();
  if (full_size)
    {
      measure->flops = looking->count * vig_bench_model_get_text_flops (n_ids);
      measure->limit = vc_limits_seconds (limits, measure->flops, 0);
    }

  return TRUE;
}

/* Loads it anew, so that memory is that of this model alone. */
static VcClip *
load_clip (VigBenchJob  *self,
           const char   *directory,
           const char   *model,
           GError      **error)
{
  VcDevice *device = vig_workshop_get_device (self->workshop, error);
  VcClip *clip;
  VigMeasure *measure;
  gint64 begun;
  double seconds;

  if (device == NULL || !vig_bench_step (self, _("loading a CLIP"), error))
    return NULL;

  begun = g_get_monotonic_time ();
  clip = vc_clip_load (device, directory, error);
  if (clip == NULL)
    return NULL;

  seconds = (g_get_monotonic_time () - begun) / 1e6;
  measure = vig_bench_add_measure (self, "load");
  vig_bench_set_timing (measure, &(VcTiming) { seconds, seconds, 1 }, 0, NULL);
  measure->model = g_strdup (model);
  measure->peak = get_peak ();

  return clip;
}

gboolean
vig_bench_full_clip (VigBenchJob     *self,
                     guint            count,
                     const VcLimits  *limits,
                     GError         **error)
{
  const char *cache = vig_profile_get_cache (vig_library_get_profile (
                        vig_workshop_get_library (self->workshop)));
  g_autoptr(VcClip) clip = NULL;
  Looking looking = { .count = count, .job = self };
  char *directory;

  if (!vig_bench_step (self, _("making a CLIP of full size"), error))
    return FALSE;
  directory = vig_bench_model_make (cache, self->cancellable, error);
  if (directory == NULL)
    return FALSE;

  forget_peak ();
  clip = load_clip (self, directory, "ViT-B/32", error);
  vig_bench_model_remove (directory);
  if (clip == NULL)
    return FALSE;
  looking.clip = clip;

  return measure_clip (self, &looking, "ViT-B/32", TRUE, limits, error);
}

gboolean
vig_bench_own_clip (VigBenchJob     *self,
                    guint            count,
                    const VcLimits  *limits,
                    GError         **error)
{
  g_autoptr(VigModelFiles) files =
    vig_model_files_choose (vig_library_get_profile (vig_workshop_get_library (self->workshop)),
                            vig_workshop_get_models (self->workshop), VIG_MODEL_CLIP, error);
  g_autoptr(VcClip) clip = NULL;
  Looking looking = { .count = count, .job = self };

  if (files == NULL)
    return FALSE;

  forget_peak ();
  clip = load_clip (self, files->directory, files->name, error);
  if (clip == NULL)
    return FALSE;
  looking.clip = clip;

  return measure_clip (self, &looking, files->name, FALSE, limits, error);
}

/* ---- Drawing ---- */

/* Steps of one drawing after the other, until the time is over; what begins them is not counted. */
static gboolean
time_steps (VigBenchJob  *self,
            VcDalle      *dalle,
            guint         count,
            VcTiming     *timing,
            GError      **error)
{
  const VcSampling sampling = vc_dalle_get_sampling (dalle);
  const uint64_t seeds[VC_DRAWING_MAX] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  g_autoptr(GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr(VcDrawing) drawing = NULL;
  double spent = 0;
  gboolean warm = FALSE;

  while (seconds->len == 0 || spent < LONGER * self->budget)
    {
      gint64 begun;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (drawing == NULL || vc_drawing_is_complete (drawing))
        {
          g_clear_pointer (&drawing, vc_drawing_free);
          drawing = vc_drawing_new (dalle, PROMPT, &sampling, seeds, count, NULL, 0, error);
          /* What the first token is drawn from was computed with the prompt. */
          if (drawing == NULL || !vc_drawing_step (drawing, error))
            return FALSE;
        }

      begun = g_get_monotonic_time ();
      if (!vc_drawing_step (drawing, error))
        return FALSE;

      if (warm)
        {
          const double one = (g_get_monotonic_time () - begun) / 1e6;

          g_array_append_val (seconds, one);
          spent += one;
        }
      warm = TRUE;
    }

  *timing = vc_timing_of ((double *) (gpointer) seconds->data, seconds->len);

  return TRUE;
}

typedef struct
{
  VcDalle  *dalle;
  uint32_t *tokens;
  uint8_t  *rgb;
} Painting;

static gboolean
run_paint (gpointer   data,
           GError   **error)
{
  const Painting *painting = data;

  return vc_dalle_paint (painting->dalle, painting->tokens,
                         vc_dalle_get_rows (painting->dalle) *
                         vc_dalle_get_columns (painting->dalle), painting->rgb, error);
}

gboolean
vig_bench_dalle (VigBenchJob     *self,
                 const VcLimits  *limits,
                 GError         **error)
{
  static const guint counts[] = { 1, VC_DRAWING_MAX };
  VcDalle *dalle;
  const char *name;
  VigMeasure *measure;
  VcTiming timing;

  if (!vig_bench_step (self, _("loading a model that draws"), error))
    return FALSE;
  dalle = vig_workshop_get_dalle (self->workshop, error);
  if (dalle == NULL)
    return FALSE;
  name = vig_workshop_get_dalle_name (self->workshop);

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      if (!vig_bench_step (self, _("drawing"), error) || !time_steps (self, dalle, counts[i], &timing, error))
        return FALSE;

      measure = vig_bench_add_measure (self, "draw");
      vig_bench_set_timing (measure, &timing, counts[i], "tokens");
      measure->model = g_strdup (name);
      measure->shape[measure->n_shape++] = counts[i];
      measure->bytes = vc_dalle_get_step_bytes (dalle);
      measure->limit = vc_limits_seconds (limits, 0, measure->bytes);
    }

  const guint side = vc_dalle_get_side (dalle);
  const guint n_tokens = vc_dalle_get_rows (dalle) * vc_dalle_get_columns (dalle);
  g_autofree uint32_t *tokens = g_new (uint32_t, n_tokens);
  g_autofree uint8_t *rgb = g_new (uint8_t, (gsize) side * side * 3);
  Painting painting = { dalle, tokens, rgb };

  for (guint i = 0; i < n_tokens; i++)
    tokens[i] = i * 7919 % vc_dalle_get_vocab (dalle);
  if (!vig_bench_step (self, _("painting"), error) ||
      !vc_timing_take (LONGER * self->budget, run_paint, &painting, &timing, error))
    return FALSE;

  measure = vig_bench_add_measure (self, "paint");
  vig_bench_set_timing (measure, &timing, 1, "pictures");
  measure->model = g_strdup (name);
  measure->shape[measure->n_shape++] = side;

  return TRUE;
}
