/* enlarge-job.c: larger copies of pictures */

#define G_LOG_DOMAIN "vig-enlarge-job"

#include "config.h"

#include <glib/gi18n.h>

#include "library/pixels.h"
#include "studio/job-private.h"
#include "studio/studio.h"

/* Pixels of a larger copy: three bytes each, twice while the last doubling runs. */
#define MOST_PIXELS (256u << 20)
#define MOST_SIDE 32768

struct _VigEnlargeJob
{
  VigJob     parent_instance;

  guint      times;
  GPtrArray *copies;  /* owned; of VigEnlarged; the thread's until the job is over */
  guint      done;    /* how many of them; the thread's */
};

G_DEFINE_FINAL_TYPE (VigEnlargeJob, vig_enlarge_job, VIG_TYPE_JOB)

static void
enlarged_free (gpointer data)
{
  VigEnlarged *copy = data;

  g_free (copy->path);
  g_clear_object (&copy->picture);
  g_free (copy->error);
  g_free (copy);
}

static gboolean
check_size (const char  *path,
            guint        width,
            guint        height,
            guint        times,
            GError     **error)
{
  g_autofree char *shown = g_filename_display_name (path);

  if ((guint64) width * height * times * times <= MOST_PIXELS && MAX (width, height) <= MOST_SIDE / times)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is too large to be enlarged %u times."), shown, times);

  return FALSE;
}

/* Doubled as often as it takes. */
static VigPixels *
enlarge (VcEnlarger   *enlarger,
         VigPixels    *pixels,
         guint         times,
         GCancellable *cancellable,
         GError      **error)
{
  g_autoptr(VigPixels) now = pixels;

  for (guint i = 1; i < times; i *= 2)
    {
      g_autoptr(VigPixels) next = g_new0 (VigPixels, 1);

      next->width = 2 * now->width;
      next->height = 2 * now->height;
      next->rgb = g_try_malloc_n ((gsize) next->width * next->height, 3);
      if (next->rgb == NULL)
        {
          g_set_error_literal (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY, "the larger picture");
          return NULL;
        }
      if (!vc_enlarger_double (enlarger, now->rgb, now->width, now->height, (gsize) now->width * 3, next->rgb,
                               vig_workshop_step, cancellable, error))
        return NULL;
      vig_pixels_free (now);
      now = g_steal_pointer (&next);
    }

  return g_steal_pointer (&now);
}

static gboolean
make_copy (VigEnlargeJob *self,
           VigWorkshop   *workshop,
           VcEnlarger    *enlarger,
           VigEnlarged   *copy,
           GCancellable  *cancellable,
           GError       **error)
{
  VigPixels *pixels = vig_pixels_load (copy->path, 0, cancellable, error);

  if (pixels == NULL)
    return FALSE;
  if (!check_size (copy->path, pixels->width, pixels->height, self->times, error))
    {
      vig_pixels_free (pixels);
      return FALSE;
    }

  g_autoptr(VigPixels) larger = enlarge (enlarger, pixels, self->times, cancellable, error);
  if (larger == NULL)
    return FALSE;

  copy->picture = vig_library_save_larger (vig_workshop_get_library (workshop), copy->path, larger->rgb, larger->width,
                                           larger->height, self->times, vc_enlarger_get_hash (enlarger), error);

  return copy->picture != NULL;
}

static VcEnlarger *
open_enlarger (VigWorkshop  *workshop,
               GError      **error)
{
  VcDevice *device = vig_workshop_get_device (workshop, error);
  g_autofree char *directory = g_build_filename (vig_profile_get_data (), "models", "enlarger", NULL);

  return device != NULL ? vc_enlarger_load (device, directory, error) : NULL;
}

/* A picture that cannot be read or written is one line; what is wrong with the device ends the round. */
static gboolean
enlarge_all (VigEnlargeJob  *self,
             VigWorkshop    *workshop,
             GCancellable   *cancellable,
             GError        **error)
{
  g_autoptr(VcEnlarger) enlarger = open_enlarger (workshop, error);

  if (enlarger == NULL)
    return FALSE;

  while (self->done < self->copies->len)
    {
      VigEnlarged *copy = self->copies->pdata[self->done];
      g_autoptr(GError) local = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!make_copy (self, workshop, enlarger, copy, cancellable, &local))
        {
          if (local->domain == VC_ERROR || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          copy->error = g_strdup (local->message);
        }
      self->done++;
      vig_job_report (VIG_JOB (self), (double) self->done / self->copies->len, "%u / %u", self->done, self->copies->len);
    }

  return TRUE;
}

/* Nobody else's turn comes between two pictures, so that the net need not be kept for them. */
static gboolean
vig_enlarge_job_run (VigJob       *job,
                     VigWorkshop  *workshop,
                     GCancellable *cancellable,
                     GError      **error)
{
  return enlarge_all (VIG_ENLARGE_JOB (job), workshop, cancellable, error);
}

VigJob *
vig_enlarge_job_new (const char * const *paths,
                     guint               times)
{
  g_return_val_if_fail (paths != NULL && paths[0] != NULL, NULL);
  g_return_val_if_fail (times == 2 || times == 4, NULL);

  VigEnlargeJob *self = g_object_new (VIG_TYPE_ENLARGE_JOB, NULL);

  self->times = times;
  for (guint i = 0; paths[i] != NULL; i++)
    {
      VigEnlarged *copy = g_new0 (VigEnlarged, 1);

      copy->path = g_strdup (paths[i]);
      g_ptr_array_add (self->copies, copy);
    }
  vig_job_take_title (VIG_JOB (self), g_strdup (_("Enlarging pictures")));

  return VIG_JOB (self);
}

GPtrArray *
vig_enlarge_job_get_copies (VigEnlargeJob *self)
{
  g_return_val_if_fail (VIG_IS_ENLARGE_JOB (self), NULL);

  return vig_job_is_over (VIG_JOB (self)) ? self->copies : NULL;
}

static void
vig_enlarge_job_finalize (GObject *object)
{
  VigEnlargeJob *self = VIG_ENLARGE_JOB (object);

  g_ptr_array_unref (self->copies);

  G_OBJECT_CLASS (vig_enlarge_job_parent_class)->finalize (object);
}

static void
vig_enlarge_job_class_init (VigEnlargeJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_enlarge_job_finalize;
  VIG_JOB_CLASS (klass)->run = vig_enlarge_job_run;
}

static void
vig_enlarge_job_init (VigEnlargeJob *self)
{
  self->copies = g_ptr_array_new_with_free_func (enlarged_free);
}
