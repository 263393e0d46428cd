/* where-job.c: a label and a picture become a mask of where the label is */

#define G_LOG_DOMAIN "vig-where-job"

#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "library/pixels.h"
#include "studio/job-private.h"
#include "studio/labels.h"
#include "studio/studio.h"

/* Of the mask's long side: enough to be smooth however large it is shown. */
#define MASK_SIDE 256

struct _VigWhereJob
{
  VigJob   parent_instance;

  char    *path;    /* owned */
  char    *label;   /* owned */
  GBytes  *mask;    /* owned; the thread's until it is done, as what follows; NULL: nothing speaks for it */
  guint    width;
  guint    height;
};

G_DEFINE_FINAL_TYPE (VigWhereJob, vig_where_job, VIG_TYPE_JOB)

/* The map at (x, y) in cells, between the middles of four. */
static double
look_up (const float *map,
         guint        cells,
         double       x,
         double       y)
{
  const double u = CLAMP (x - 0.5, 0, cells - 1);
  const double v = CLAMP (y - 0.5, 0, cells - 1);
  const guint left = MIN ((guint) u, cells - 1);
  const guint top = MIN ((guint) v, cells - 1);
  const guint right = MIN (left + 1, cells - 1);
  const guint bottom = MIN (top + 1, cells - 1);
  const double a = u - left;
  const double b = v - top;

  return (1 - b) * ((1 - a) * map[top * cells + left] + a * map[top * cells + right]) +
         b * ((1 - a) * map[bottom * cells + left] + a * map[bottom * cells + right]);
}

/* The map is of the centre square. */
static void
paint (VigWhereJob *self,
       const float *map,
       guint        cells,
       guint        width,
       guint        height)
{
  const double scale = (double) MASK_SIDE / MAX (width, height);
  guint8 *mask = NULL;
  double highest = 0;
  double square;

  for (guint i = 0; i < cells * cells; i++)
    highest = MAX (highest, map[i]);

  self->width = MAX (1, (guint) lround (width * scale));
  self->height = MAX (1, (guint) lround (height * scale));
  square = MIN (self->width, self->height);
  if (highest <= 0)
    return;

  mask = g_malloc0 ((gsize) self->width * self->height);
  for (guint y = 0; y < self->height; y++)
    for (guint x = 0; x < self->width; x++)
      {
        const double u = (x + 0.5 - (self->width - square) / 2) / square;
        const double v = (y + 0.5 - (self->height - square) / 2) / square;

        if (u >= 0 && u < 1 && v >= 0 && v < 1)
          mask[(gsize) y * self->width + x] =
            (guint8) lround (255 * CLAMP (look_up (map, cells, u * cells, v * cells) / highest, 0, 1));
      }
  self->mask = g_bytes_new_take (mask, (gsize) self->width * self->height);
}

static gboolean
locate (VigWhereJob   *self,
        VigWorkshop   *workshop,
        GCancellable  *cancellable,
        GError       **error)
{
  const char *lines[] = { self->label, NULL };
  VcClip *clip = vig_workshop_get_clip (workshop, error);
  g_autoptr(VigPixels) loaded = NULL;
  g_autoptr(VigLabels) labels = NULL;
  g_autofree float *direction = NULL;
  g_autofree float *pixels = NULL;
  g_autofree float *map = NULL;
  guint side, cells;

  if (clip == NULL)
    return FALSE;
  side = vc_clip_get_side (clip);
  cells = vc_clip_get_cells (clip);
  loaded = vig_pixels_load (self->path, side, cancellable, error);
  labels = loaded != NULL ? vig_labels_new (workshop, clip, lines, FALSE, cancellable, error) : NULL;
  if (labels == NULL)
    return FALSE;
  if (labels->known->len == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("There is no word to look for."));
      return FALSE;
    }

  direction = vig_labels_dup_direction (labels, 0);
  pixels = g_new (float, (gsize) side * side * 3);
  map = g_new (float, cells * cells);
  vc_clip_prepare (clip, loaded->rgb, loaded->width, loaded->height, (gsize) loaded->width * 3, pixels);
  if (!vc_clip_locate (clip, pixels, direction, map, vig_workshop_step, cancellable, error))
    return FALSE;
  paint (self, map, cells, loaded->width, loaded->height);

  return TRUE;
}

static gboolean
vig_where_job_run (VigJob        *job,
                   VigWorkshop   *workshop,
                   GCancellable  *cancellable,
                   GError       **error)
{
  return locate (VIG_WHERE_JOB (job), workshop, cancellable, error);
}

VigJob *
vig_where_job_new (const char *path,
                   const char *label)
{
  g_return_val_if_fail (path != NULL && label != NULL, NULL);

  VigWhereJob *self = g_object_new (VIG_TYPE_WHERE_JOB, NULL);

  self->path = g_strdup (path);
  self->label = g_utf8_make_valid (label, -1);
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Finding where it is")));

  return VIG_JOB (self);
}

GBytes *
vig_where_job_get_mask (VigWhereJob *self,
                        guint       *width,
                        guint       *height)
{
  g_return_val_if_fail (VIG_IS_WHERE_JOB (self), NULL);

  const gboolean done = vig_job_get_state (VIG_JOB (self)) == VIG_JOB_DONE;

  *width = done ? self->width : 0;
  *height = done ? self->height : 0;

  return done ? self->mask : NULL;
}

static void
vig_where_job_finalize (GObject *object)
{
  VigWhereJob *self = VIG_WHERE_JOB (object);

  g_free (self->path);
  g_free (self->label);
  g_clear_pointer (&self->mask, g_bytes_unref);

  G_OBJECT_CLASS (vig_where_job_parent_class)->finalize (object);
}

static void
vig_where_job_class_init (VigWhereJobClass *klass)
{
  VigJobClass *job_class = VIG_JOB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_where_job_finalize;
  job_class->urgent = TRUE;
  job_class->run = vig_where_job_run;
}

static void
vig_where_job_init (VigWhereJob *self)
{
}
