/* workshop.c: opens the device and the models that jobs ask for, and opens them again */

#define G_LOG_DOMAIN "vig-workshop"

#include "config.h"

#include <glib/gi18n.h>

#include "studio/job-private.h"
#include "studio/model-files.h"
#include "studio/workshop.h"

struct _VigWorkshop
{
  VigLibrary *library;     /* owned */
  char       *choice;      /* owned; the user's: "auto", "host", "gpu" or an id */
  char      **models;      /* owned; may be NULL */
  VigServe    serve;
  VigOpened   opened;
  gpointer    data;        /* of both */

  char       *wanted;      /* owned; what the device is opened by: choice, or an id for one job */
  VcDevice   *device;      /* owned; may be NULL, and then so are the models */
  char       *opened_by;   /* owned; what it was opened by */
  VcClip     *clip;        /* owned; may be NULL */
  char       *clip_name;   /* owned */
  VcClip     *finder;      /* owned; another CLIP, which has seen more pictures; may be NULL */
  char       *finder_name; /* owned */
  gint64      compared_us; /* when it was last known that it has */
  gboolean    settled;     /* none has */
  VcDalle    *dalle;       /* owned; may be NULL */
  char       *dalle_name;  /* owned */
  gboolean    borrowed;    /* it is not the user's choice, but one job's */
  GHashTable *shelf;       /* owned; may be NULL */
  int         paused;      /* atomic */
  int         sparing;     /* atomic */
  guint       depth;       /* jobs that wait for the one that runs */
  GCancellable *attended;  /* borrowed: of that one; may be NULL */
  gboolean    reopened;    /* in this job, after the device was lost */
  gboolean    fallen;      /* in this job: the processor does what the device cannot */
};

VigWorkshop *
vig_workshop_new (VigLibrary         *library,
                  const char         *device,
                  const char * const *models,
                  VigServe            serve,
                  VigOpened           opened,
                  gpointer            data)
{
  VigWorkshop *self = g_new0 (VigWorkshop, 1);

  self->library = g_object_ref (library);
  self->choice = g_strdup (device);
  self->wanted = g_strdup (device);
  self->models = g_strdupv ((char **) models);
  self->serve = serve;
  self->opened = opened;
  self->data = data;

  return self;
}

static void
drop_finder (VigWorkshop *self)
{
  g_clear_pointer (&self->finder, vc_clip_free);
  g_clear_pointer (&self->finder_name, g_free);
}

static void
drop_dalle (VigWorkshop *self)
{
  g_clear_pointer (&self->dalle, vc_dalle_free);
  g_clear_pointer (&self->dalle_name, g_free);
  self->borrowed = FALSE;
}

void
vig_workshop_close (VigWorkshop *self)
{
  if (self->device == NULL)
    return;

  g_clear_pointer (&self->shelf, g_hash_table_unref);
  g_clear_pointer (&self->clip, vc_clip_free);
  g_clear_pointer (&self->clip_name, g_free);
  drop_finder (self);
  self->settled = FALSE;
  drop_dalle (self);
  g_clear_pointer (&self->device, vc_device_free);
  g_clear_pointer (&self->opened_by, g_free);
  self->opened (NULL, self->data);
}

void
vig_workshop_free (VigWorkshop *self)
{
  if (self == NULL)
    return;

  g_assert (self->device == NULL);  /* closed on its thread */

  g_object_unref (self->library);
  g_free (self->choice);
  g_free (self->wanted);
  g_strfreev (self->models);
  g_free (self);
}

VigLibrary *
vig_workshop_get_library (VigWorkshop *self)
{
  return self->library;
}

const char * const *
vig_workshop_get_models (VigWorkshop *self)
{
  return (const char * const *) self->models;
}

static gboolean
is_wanted (gpointer data)
{
  const VigWorkshop *self = data;

  return self->attended == NULL || !g_cancellable_is_cancelled (self->attended);
}

GCancellable *
vig_workshop_attend (VigWorkshop  *self,
                     GCancellable *cancellable)
{
  GCancellable *before = self->attended;

  self->attended = cancellable;

  return before;
}

VcDevice *
vig_workshop_get_device (VigWorkshop *self,
                         GError     **error)
{
  const char *wanted = self->fallen ? "host" : self->wanted;

  if (self->device != NULL && self->depth == 0 && g_strcmp0 (self->opened_by, wanted) != 0)
    vig_workshop_close (self);

  if (self->device == NULL)
    {
      self->device = vc_device_open (wanted, error);
      if (self->device == NULL)
        return NULL;

      vc_device_set_waiting (self->device, is_wanted, self);
      self->opened_by = g_strdup (wanted);
      self->opened (vc_device_get_info (self->device)->name, self->data);
    }

  return self->device;
}

VcClip *
vig_workshop_get_clip (VigWorkshop *self,
                       GError     **error)
{
  VcDevice *device = vig_workshop_get_device (self, error);
  g_autoptr(VigModelFiles) files = NULL;

  if (device == NULL || self->clip != NULL)
    return self->clip;

  files = vig_model_files_choose (vig_library_get_profile (self->library),
                                  (const char * const *) self->models, VIG_MODEL_CLIP, error);
  if (files == NULL)
    return NULL;

  self->clip = vc_clip_load (device, files->directory, error);
  if (self->clip != NULL)
    self->clip_name = g_steal_pointer (&files->name);

  return self->clip;
}

VcDalle *
vig_workshop_get_dalle (VigWorkshop *self,
                        GError     **error)
{
  VcDevice *device = vig_workshop_get_device (self, error);
  g_autoptr(VigModelFiles) files = NULL;

  if (device == NULL || self->dalle != NULL)
    return self->dalle;

  files = vig_model_files_choose (vig_library_get_profile (self->library),
                                  (const char * const *) self->models, VIG_MODEL_DALLE, error);
  if (files == NULL)
    return NULL;

  self->dalle = vc_dalle_load (device, files->directory, error);
  if (self->dalle != NULL)
    self->dalle_name = g_steal_pointer (&files->name);

  return self->dalle;
}

static gboolean
is_on_host (const VigWorkshop *self)
{
  return self->device != NULL && g_str_equal (vc_device_get_info (self->device)->kind, "host");
}

/* Whether a missing or unusable CLIP is something that the user asked for and has to hear of. */
static gboolean
must_tell (VigWorkshop  *self,
           const GError *error)
{
  g_autoptr(GPtrArray) named = NULL;

  if (g_error_matches (error, VC_ERROR, VC_ERROR_NO_DEVICE) ||
      g_error_matches (error, VC_ERROR, VC_ERROR_DEVICE_LOST) ||
      (g_error_matches (error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY) && !is_on_host (self)))
    return TRUE;

  if (self->models == NULL || self->models[0] == NULL)
    return FALSE;

  /* Models were named: that none of them is a CLIP, and that there is no other, is no fault. */
  named = vig_model_files_find (vig_library_get_profile (self->library),
                                (const char * const *) self->models, NULL);

  return named == NULL || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

VcClip *
vig_workshop_try_clip (VigWorkshop *self,
                       GError     **error)
{
  g_autoptr(GError) local = NULL;
  VcClip *clip = vig_workshop_get_clip (self, &local);

  if (clip != NULL)
    return clip;

  if (must_tell (self, local))
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_debug ("%s", local->message);

  return NULL;
}

/* The model on the disk that has the weights of @hash. */
static VigModelFiles *
find_files (VigWorkshop  *self,
            VigModelKind  kind,
            const char   *hash)
{
  g_autoptr(GPtrArray) all = vig_model_files_list (vig_library_get_profile (self->library));

  for (guint i = 0; i < all->len; i++)
    {
      const VigModelFiles *files = all->pdata[i];
      g_autofree char *recorded = NULL;

      if (files->kind != kind)
        continue;

      recorded = vig_model_files_dup_recorded_hash (files);
      if (recorded == NULL)
        recorded = vig_model_files_hash (files, NULL, NULL);  /* unreadable: it is not the one */
      if (g_strcmp0 (recorded, hash) == 0)
        return g_ptr_array_steal_index (all, i);
    }

  return NULL;
}

/* The model that has looked at the most pictures, more than @clip; NULL: none has, or it is not known. */
static VigModelFiles *
find_better (VigWorkshop *self,
             VcClip      *clip,
             char       **hash)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) hashes = vig_library_list_models (self->library, &error);
  VigModelFiles *better = NULL;
  gint64 most = -1;

  for (guint i = 0; hashes != NULL && i < hashes->len && error == NULL; i++)
    {
      g_autoptr(VigModelFiles) files = NULL;
      gint64 n;

      if (g_str_equal (hashes->pdata[i], vc_clip_get_hash (clip)))
        continue;

      if (most < 0)
        most = vig_library_count_embedded (self->library, vc_clip_get_hash (clip), &error);
      n = most < 0 ? -1 : vig_library_count_embedded (self->library, hashes->pdata[i], &error);
      files = n > most ? find_files (self, VIG_MODEL_CLIP, hashes->pdata[i]) : NULL;
      if (files == NULL)
        continue;

      most = n;
      g_clear_pointer (&better, vig_model_files_free);
      better = g_steal_pointer (&files);
      g_free (*hash);
      *hash = g_strdup (hashes->pdata[i]);
    }

  if (error != NULL)
    g_debug ("%s", error->message);

  return better;
}

/* Searches follow each other quickly; how many pictures a model has looked at changes slowly. */
#define COMPARE_US (2 * G_USEC_PER_SEC)

VcClip *
vig_workshop_try_finder (VigWorkshop  *self,
                         const char  **instead,
                         GError      **error)
{
  VcClip *clip = vig_workshop_try_clip (self, error);
  const gint64 now = g_get_monotonic_time ();
  g_autoptr(VigModelFiles) better = NULL;
  g_autofree char *hash = NULL;

  *instead = NULL;
  if (clip == NULL || self->settled)
    return clip;

  if (self->finder == NULL || now - self->compared_us > COMPARE_US)
    {
      better = find_better (self, clip, &hash);
      self->compared_us = now;
      if (better == NULL)
        {
          drop_finder (self);
          self->settled = TRUE;
          return clip;
        }
      if (self->finder != NULL && !g_str_equal (vc_clip_get_hash (self->finder), hash))
        drop_finder (self);
    }

  if (self->finder == NULL)
    {
      g_autoptr(GError) local = NULL;

      self->finder = vc_clip_load (self->device, better->directory, &local);
      if (self->finder == NULL)
        {
          g_debug ("%s", local->message);
          return clip;
        }
      self->finder_name = g_steal_pointer (&better->name);
    }
  *instead = self->finder_name;

  return self->finder;
}

const char *
vig_workshop_get_clip_name (VigWorkshop *self)
{
  return self->clip_name;
}

const char *
vig_workshop_get_dalle_name (VigWorkshop *self)
{
  return self->dalle_name;
}

gboolean
vig_workshop_use_device (VigWorkshop *self,
                         const char  *id)
{
  g_autoptr(GError) error = NULL;

  g_assert (self->depth == 0);

  if (self->device != NULL && g_str_equal (vc_device_get_info (self->device)->id, id))
    return TRUE;

  g_free (self->wanted);
  self->wanted = g_strdup (id);
  if (vig_workshop_get_device (self, &error) != NULL)
    return TRUE;

  g_debug ("%s", error->message);
  vig_workshop_restore_device (self);

  return FALSE;
}

void
vig_workshop_restore_device (VigWorkshop *self)
{
  g_free (self->wanted);
  self->wanted = g_strdup (self->choice);
  if (self->borrowed)
    drop_dalle (self);
}

VcDalle *
vig_workshop_get_dalle_of (VigWorkshop *self,
                           const char  *hash,
                           GError     **error)
{
  VcDevice *device = vig_workshop_get_device (self, error);
  g_autoptr(VigModelFiles) files = NULL;

  g_assert (self->depth == 0);

  if (device == NULL || (self->dalle != NULL && g_str_equal (vc_dalle_get_hash (self->dalle), hash)))
    return device != NULL ? self->dalle : NULL;

  files = find_files (self, VIG_MODEL_DALLE, hash);
  if (files == NULL)
    return NULL;

  drop_dalle (self);
  self->dalle = vc_dalle_load (device, files->directory, error);
  self->borrowed = self->dalle != NULL;
  if (self->dalle != NULL)
    self->dalle_name = g_steal_pointer (&files->name);

  return self->dalle;
}

void
vig_workshop_yield (VigWorkshop *self)
{
  self->depth++;
  self->serve (self->data);
  self->depth--;
}

void
vig_workshop_set_paused (VigWorkshop *self,
                         gboolean     paused)
{
  g_atomic_int_set (&self->paused, paused);
}

gboolean
vig_workshop_must_rest (VigWorkshop *self,
                        GError     **error)
{
  if (!g_atomic_int_get (&self->paused))
    return FALSE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "The studio pauses");  /* for the studio alone */

  return TRUE;
}

void
vig_workshop_set_sparing (VigWorkshop *self,
                          gboolean     sparing)
{
  g_atomic_int_set (&self->sparing, sparing);
}

gboolean
vig_workshop_get_sparing (VigWorkshop *self)
{
  return g_atomic_int_get (&self->sparing);
}

gboolean
vig_workshop_step (gpointer cancellable)
{
  return !g_cancellable_is_cancelled (cancellable);
}

void
vig_workshop_begin (VigWorkshop *self)
{
  self->reopened = FALSE;
  self->fallen = FALSE;
}

guint64
vig_workshop_get_free (VigWorkshop *self)
{
  return self->device != NULL ? vc_device_get_free (self->device) : 0;
}

gboolean
vig_workshop_spare (VigWorkshop *self,
                    VigJob      *job,
                    guint       *at_once,
                    GError     **error)
{
  if (*at_once <= 1 || !g_error_matches (*error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY))
    return FALSE;

  g_debug ("%s", (*error)->message);
  g_clear_error (error);
  *at_once /= 2;
  vig_job_notice (job, _("There is little memory: the work goes on with fewer pictures at a time."));

  return TRUE;
}

/* Lost for the first time: perhaps it can be had again. */
static gboolean
reopen (VigWorkshop *self)
{
  g_autoptr(GError) error = NULL;

  vig_workshop_close (self);
  self->reopened = TRUE;
  if (vig_workshop_get_device (self, &error) != NULL)
    return TRUE;

  g_debug ("%s", error->message);

  return FALSE;
}

static const char *
describe_fall (const GError *error)
{
  switch ((VcError) error->code)
    {
    case VC_ERROR_DEVICE_LOST:
      return _("The graphics device stopped answering: the work goes on on the processor.");
    case VC_ERROR_OUT_OF_MEMORY:
      return _("The graphics device has too little memory: the work goes on on the processor.");
    default:
      return _("The graphics device computed wrong numbers: the work goes on on the processor.");
    }
}

static gboolean
fall (VigWorkshop *self)
{
  g_autoptr(GError) error = NULL;

  vig_workshop_close (self);
  self->fallen = TRUE;
  if (vig_workshop_get_device (self, &error) != NULL)
    return TRUE;

  g_debug ("%s", error->message);

  return FALSE;
}

gboolean
vig_workshop_recover (VigWorkshop *self,
                      VigJob      *job,
                      GError     **error)
{
  const gboolean lost = g_error_matches (*error, VC_ERROR, VC_ERROR_DEVICE_LOST);
  const gboolean on_host = is_on_host (self);

  if (self->depth > 0 ||
      (!lost && !g_error_matches (*error, VC_ERROR, VC_ERROR_OUT_OF_MEMORY) &&
       !g_error_matches (*error, VC_ERROR, VC_ERROR_NO_NUMBERS)))
    return FALSE;

  if (lost && !self->reopened && reopen (self))
    vig_job_notice (job, _("The device stopped answering: it was started again, and the work goes on."));
  else if (!on_host && fall (self))
    vig_job_notice (job, describe_fall (*error));
  else
    return FALSE;

  g_debug ("%s", (*error)->message);
  g_clear_error (error);

  return TRUE;
}

void
vig_workshop_explain (VigWorkshop *self,
                      GError     **error)
{
  g_autoptr(GError) cause = NULL;

  if (error == NULL || *error == NULL || (*error)->domain != VC_ERROR)
    return;

  cause = g_steal_pointer (error);
  switch ((VcError) cause->code)
    {
    case VC_ERROR_NO_DEVICE:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("There is no device “%s” that can be used; “vignette devices” lists "
                     "those there are."),
                   self->wanted);
      break;

    case VC_ERROR_DEVICE_LOST:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           _("The graphics device stopped answering; try again, or with "
                             "--device host."));

      /* Good only for freeing. A job that waits for this one finds the same when it goes on. */
      if (self->depth == 0)
        vig_workshop_close (self);
      break;

    case VC_ERROR_OUT_OF_MEMORY:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("There is too little memory: %s. Close other programs, or use a smaller model."),
                   cause->message);
      break;

    case VC_ERROR_NO_NUMBERS:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("What the model computes cannot be used: %s. Check it with “vignette models verify”."),
                   cause->message);
      break;

    case VC_ERROR_BAD_MODEL:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The model cannot be used: %s."),
                   cause->message);
      break;

    case VC_ERROR_CANCELLED:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("It was stopped."));
      break;
    }
}

GHashTable *
vig_workshop_get_shelf (VigWorkshop *self)
{
  if (self->shelf == NULL)
    self->shelf = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self->shelf;
}
