/* index-job.c: folders into the library, and a vector for every picture that has none */

#define G_LOG_DOMAIN "vig-index-job"

#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "library/pixels.h"
#include "studio/job-private.h"
#include "studio/studio.h"

/* Pictures that the device works on at once, and as many wait decoded for it. */
#define BATCH 8
/* Pictures that are asked of the library at once. */
#define CHUNK 256

struct _VigIndexJob
{
  VigJob    parent_instance;

  char    **folders;  /* owned; may be NULL */
  VigScan  *scan;     /* owned; the thread's until the job is over */
  gboolean  looked;   /* the same; there was a CLIP to look at the pictures */
};

G_DEFINE_FINAL_TYPE (VigIndexJob, vig_index_job, VIG_TYPE_JOB)

/* ---- Decoding, on a thread of its own, while the device computes ---- */

typedef struct
{
  VigPicture *picture;  /* borrowed from the chunk */
  float      *pixels;   /* owned; NULL if it could not be read */
  char       *reason;   /* owned; why not */
  gboolean    damaged;  /* it will not be readable next time either */
} Decoded;

typedef struct
{
  VcClip       *clip;         /* borrowed: only to prepare, which any thread may */
  GPtrArray    *pictures;     /* borrowed; of VigPicture */
  GCancellable *cancellable;  /* owned: decoding is given up */
  GAsyncQueue  *ready;        /* owned; of Decoded */
  GAsyncQueue  *room;         /* owned; of tickets: one is taken for each picture that is decoded */
} Decoder;

static void
decoded_free (gpointer data)
{
  Decoded *decoded = data;

  g_free (decoded->pixels);
  g_free (decoded->reason);
  g_free (decoded);
}

static Decoded *
decode (Decoder    *decoder,
        VigPicture *picture)
{
  const guint side = vc_clip_get_side (decoder->clip);
  Decoded *decoded = g_new0 (Decoded, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPixels) pixels = vig_pixels_load (vig_picture_get_path (picture), side,
                                                 decoder->cancellable, &error);

  decoded->picture = picture;
  if (pixels == NULL)
    {
      decoded->reason = g_strdup (error->message);
      decoded->damaged = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      return decoded;
    }

  decoded->pixels = g_new (float, (gsize) side * side * 3);
  vc_clip_prepare (decoder->clip, pixels->rgb, pixels->width, pixels->height,
                   (gsize) pixels->width * 3, decoded->pixels);

  return decoded;
}

static gpointer
decode_all (gpointer data)
{
  Decoder *decoder = data;

  for (guint i = 0; i < decoder->pictures->len; i++)
    {
      g_async_queue_pop (decoder->room);
      if (g_cancellable_is_cancelled (decoder->cancellable))
        break;
      g_async_queue_push (decoder->ready, decode (decoder, decoder->pictures->pdata[i]));
    }

  return NULL;
}

/* ---- Embedding ---- */

typedef struct
{
  VigIndexJob  *job;
  VigWorkshop  *workshop;
  VigLibrary   *library;
  VcClip       *clip;
  GCancellable *cancellable;
  guint         done;
  guint         total;
  guint         at_once;      /* pictures that the device is given: fewer when it has little memory */
  guint         settled;      /* pictures of this chunk that have a vector or a reason now */
} Round;

static void
show_embedding (const Round *r)
{
  vig_job_report (VIG_JOB (r->job), r->total > 0 ? (double) r->done / r->total : -1,
                  _("Looked at %u of %u pictures"), r->done, r->total);
}

/* A damaged picture is not tried again; one that is out of reach, on a disk that went away, is. */
static gboolean
add_failure (Round         *r,
             const Decoded *decoded,
             GError       **error)
{
  if (!decoded->damaged)
    {
      g_debug ("%s", decoded->reason);
      return TRUE;
    }

  if (!vig_library_save_failure (r->library, decoded->picture, decoded->reason, error))
    return FALSE;

  vig_scan_fail (r->job->scan, decoded->picture, decoded->reason);
  r->settled++;

  return TRUE;
}

/* As many at a time as the device has memory for; what has its vectors is saved whatever becomes of the rest. */
static gboolean
embed_pixels (Round              *r,
              const float        *pixels,
              VigPicture * const *pictures,
              guint               n,
              GError            **error)
{
  const guint side = vc_clip_get_side (r->clip);
  const guint width = vc_clip_get_width (r->clip);
  g_autofree float *rows = g_new (float, (gsize) n * width);

  for (guint first = 0; first < n;)
    {
      const guint now = MIN (r->at_once, n - first);
      g_autoptr(GError) local = NULL;

      if (vc_clip_embed_images (r->clip, pixels + (gsize) first * side * side * 3, now, rows, vig_workshop_step,
                                r->cancellable, &local))
        {
          if (!vig_library_save_vectors (r->library, vc_clip_get_hash (r->clip), pictures + first, rows, now, width,
                                         error))
            return FALSE;
          r->settled += now;
          first += now;
        }
      else if (!vig_workshop_spare (r->workshop, VIG_JOB (r->job), &r->at_once, &local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }

  return TRUE;
}

/* The readable ones of @batch get a vector, the others a reason. */
static gboolean
embed_batch (Round     *r,
             GPtrArray *batch,
             GError   **error)
{
  const guint side = vc_clip_get_side (r->clip);
  const gsize n_pixels = (gsize) side * side * 3;
  g_autofree float *pixels = g_new (float, batch->len * n_pixels);
  VigPicture *pictures[BATCH];
  guint n = 0;

  for (guint i = 0; i < batch->len; i++)
    {
      const Decoded *decoded = batch->pdata[i];

      if (decoded->pixels == NULL)
        {
          if (!add_failure (r, decoded, error))
            return FALSE;
          continue;
        }
      memcpy (pixels + n * n_pixels, decoded->pixels, n_pixels * sizeof *pixels);
      pictures[n++] = decoded->picture;
    }

  if (!embed_pixels (r, pixels, pictures, n, error))
    return FALSE;

  r->done += batch->len;
  show_embedding (r);

  return TRUE;
}

static gboolean
embed_decoded (Round   *r,
               Decoder *decoder,
               GError **error)
{
  guint left = decoder->pictures->len;

  while (left > 0)
    {
      g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func (decoded_free);

      while (batch->len < MIN (left, BATCH))
        {
          Decoded *decoded = g_async_queue_timeout_pop (decoder->ready, G_USEC_PER_SEC / 10);

          if (g_cancellable_set_error_if_cancelled (r->cancellable, error))
            {
              g_clear_pointer (&decoded, decoded_free);
              return FALSE;
            }
          if (decoded != NULL)
            g_ptr_array_add (batch, decoded);
          else
            vig_workshop_yield (r->workshop);  /* a slow disk: others need not wait for it */
        }
      left -= batch->len;

      for (guint i = 0; i < batch->len; i++)
        g_async_queue_push (decoder->room, decoder);
      if (!embed_batch (r, batch, error) || vig_workshop_must_rest (r->workshop, error))
        return FALSE;

      vig_workshop_yield (r->workshop);
    }

  return TRUE;
}

static gboolean
embed_chunk (Round     *r,
             GPtrArray *pictures,
             GError   **error)
{
  g_autoptr(GCancellable) given_up = g_cancellable_new ();
  g_autoptr(GAsyncQueue) ready = g_async_queue_new_full (decoded_free);
  g_autoptr(GAsyncQueue) room = g_async_queue_new ();
  Decoder decoder = { r->clip, pictures, given_up, ready, room };
  GThread *thread;
  gboolean ok;

  for (guint i = 0; i < 2 * BATCH; i++)
    g_async_queue_push (room, &decoder);

  thread = g_thread_new ("decoder", decode_all, &decoder);
  ok = embed_decoded (r, &decoder, error);

  /* It may wait for room that nobody makes any more. */
  g_cancellable_cancel (given_up);
  g_async_queue_push (room, &decoder);
  g_thread_join (thread);

  return ok;
}

static gboolean
embed_all (Round   *r,
           GError **error)
{
  const char *hash = vc_clip_get_hash (r->clip);
  const gint64 count = vig_library_count_unembedded (r->library, hash, error);

  if (count < 0)
    return FALSE;

  r->done = 0;
  r->total = count;
  r->at_once = BATCH;
  while (r->at_once > 1 && vc_clip_get_room (r->clip, r->at_once) > vig_workshop_get_free (r->workshop))
    r->at_once /= 2;
  show_embedding (r);

  /* Of copies one is asked for: if it cannot be read, the next. */
  for (;;)
    {
      g_autoptr(GPtrArray) pictures = vig_library_list_unembedded (r->library, hash, CHUNK, error);

      if (pictures == NULL)
        return FALSE;
      if (pictures->len == 0)
        break;

      r->total = MAX (r->total, r->done + pictures->len);
      r->settled = 0;
      if (!embed_chunk (r, pictures, error))
        return FALSE;
      if (r->settled == 0)
        break;  /* all of them are out of reach: the next time is another */
    }

  return TRUE;
}

/* ---- The job ---- */

/* Between two files, when the library holds nothing. */
static void
scan_cb (guint    done,
         guint    total,
         gpointer data)
{
  const Round *r = data;

  if (total > 0)
    vig_job_report (VIG_JOB (r->job), -1, _("Looked through %u of %u files"), done, total);
  else
    vig_job_report (VIG_JOB (r->job), -1, ngettext ("Found %u file", "Found %u files", done), done);

  vig_workshop_yield (r->workshop);
}

static gboolean
scan_folders (Round   *r,
              GError **error)
{
  VigIndexJob *self = r->job;

  if (self->scan != NULL)
    return TRUE;  /* before there was trouble with the device */

  if (self->folders == NULL)
    {
      self->scan = vig_scan_new ();
      return TRUE;
    }

  self->scan = vig_library_scan (r->library, (const char * const *) self->folders, scan_cb, r,
                                 r->cancellable, error);
  if (self->scan == NULL)
    return FALSE;

  /* Sidecars that could not be written, where a disk was away or read-only; what fails again stays listed. */
  g_autoptr(GError) local = NULL;
  g_autoptr(GPtrArray) still = vig_library_retry_sidecars (r->library, r->cancellable, &local);
  if (still == NULL)
    g_debug ("%s", local->message);

  return TRUE;
}

static gboolean
vig_index_job_run (VigJob       *job,
                   VigWorkshop  *workshop,
                   GCancellable *cancellable,
                   GError      **error)
{
  VigIndexJob *self = VIG_INDEX_JOB (job);
  Round r = {
    .job = self,
    .workshop = workshop,
    .library = vig_workshop_get_library (workshop),
    .cancellable = cancellable,
  };
  g_autoptr(GError) local = NULL;

  if (!scan_folders (&r, error))
    return FALSE;

  r.clip = vig_workshop_try_clip (workshop, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  self->looked = r.clip != NULL;

  /* Without a CLIP the pictures are found by words. */
  return r.clip == NULL || embed_all (&r, error);
}

VigJob *
vig_index_job_new (const char * const *folders)
{
  VigIndexJob *self = g_object_new (VIG_TYPE_INDEX_JOB, NULL);

  self->folders = g_strdupv ((char **) folders);
  vig_job_take_title (VIG_JOB (self), g_strdup (folders != NULL ? _("Bringing folders up to date")
                                                                : _("Looking at pictures")));

  return VIG_JOB (self);
}

const VigScan *
vig_index_job_get_scan (VigIndexJob *self)
{
  g_return_val_if_fail (VIG_IS_INDEX_JOB (self), NULL);

  return vig_job_is_over (VIG_JOB (self)) ? self->scan : NULL;
}

gboolean
vig_index_job_has_looked (VigIndexJob *self)
{
  g_return_val_if_fail (VIG_IS_INDEX_JOB (self), FALSE);

  return vig_job_is_over (VIG_JOB (self)) && self->looked;
}

static void
vig_index_job_finalize (GObject *object)
{
  VigIndexJob *self = VIG_INDEX_JOB (object);

  g_strfreev (self->folders);
  g_clear_pointer (&self->scan, vig_scan_free);

  G_OBJECT_CLASS (vig_index_job_parent_class)->finalize (object);
}

static void
vig_index_job_class_init (VigIndexJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vig_index_job_finalize;
  VIG_JOB_CLASS (klass)->run = vig_index_job_run;
}

static void
vig_index_job_init (VigIndexJob *self)
{
}
