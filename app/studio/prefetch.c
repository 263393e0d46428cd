/* prefetch.c: pictures that no model has looked at yet, decoded ahead of it by as many threads as there are processors
 *
 * Each thread takes the next picture of the library, has a process of its own decode it, and prepares it for the model. What
 * is ready waits in a queue of bounded room, so that neither end waits for the other while the other can work.
 */

#define G_LOG_DOMAIN "vig-prefetch"

#include "config.h"

#include "studio/prefetch.h"

#include "library/decoder.h"
#include "library/pixels.h"

/* Pictures that are asked of the library at once. */
#define CHUNK 256

/* Bytes of prepared pictures, and pictures, that wait at most. */
#define MOST_BYTES (48u << 20)
#define MOST_PICTURES 64
#define LEAST_PICTURES 8

/* More threads would have more whole photos in memory than a small computer has room for. */
#define MOST_THREADS 8

struct _VigPrefetch
{
  VigLibrary   *library;      /* borrowed */
  VcClip       *clip;         /* borrowed: only to prepare, which any thread may */
  GCancellable *cancellable;  /* owned: decoding is given up */
  guint         room;
  GThread      *threads[MOST_THREADS];
  guint         n_threads;

  GMutex        lock;         /* guards what follows */
  GCond         changed;
  GQueue        ready;        /* of VigDecoded, owned */
  guint         taken;        /* pictures that are ready or being decoded */
  guint         working;      /* threads that may still bring something */
  gboolean      closed;

  GMutex        source;       /* guards what follows; may be held while the library is asked */
  GPtrArray    *pictures;     /* owned; of VigPicture: the next ones; NULL: there are no more */
  guint         next;
  gint64        before;       /* id of the last that was listed */
  GError       *error;        /* owned; the library's */
};

void
vig_decoded_free (VigDecoded *decoded)
{
  if (decoded == NULL)
    return;

  g_object_unref (decoded->picture);
  g_free (decoded->pixels);
  g_free (decoded->reason);
  g_free (decoded);
}

static VigDecoded *
decode (VigPrefetch *self,
        VigPicture  *picture)  /* taken */
{
  const guint side = vc_clip_get_side (self->clip);
  VigDecoded *decoded = g_new0 (VigDecoded, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPixels) pixels = vig_pixels_load (vig_picture_get_path (picture), side, self->cancellable, &error);

  decoded->picture = picture;
  if (pixels == NULL)
    {
      decoded->reason = g_strdup (error->message);
      decoded->damaged = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      return decoded;
    }

  decoded->pixels = g_new (float, (gsize) side * side * 3);
  vc_clip_prepare (self->clip, pixels->rgb, pixels->width, pixels->height, (gsize) pixels->width * 3, decoded->pixels);

  return decoded;
}

/* The next picture of the library; NULL: there are no more, or an error. */
static VigPicture *
find_next (VigPrefetch *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->source);

  if (self->pictures != NULL && self->next == self->pictures->len)
    {
      g_ptr_array_unref (self->pictures);
      self->next = 0;
      self->pictures = vig_library_list_unembedded (self->library, vc_clip_get_hash (self->clip), self->before, CHUNK,
                                                    &self->error);
      if (self->pictures != NULL && self->pictures->len == 0)
        g_clear_pointer (&self->pictures, g_ptr_array_unref);
      if (self->pictures != NULL)
        self->before = vig_picture_get_id (self->pictures->pdata[self->pictures->len - 1]);
    }

  return self->pictures != NULL ? g_object_ref (self->pictures->pdata[self->next++]) : NULL;
}

/* Waits for room. FALSE: nobody wants more. */
static gboolean
enter (VigPrefetch *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->closed && self->taken >= self->room)
    g_cond_wait (&self->changed, &self->lock);
  self->taken++;

  return !self->closed;
}

static gpointer
decode_some (gpointer data)
{
  VigPrefetch *self = data;
  VigPicture *picture;

  while (enter (self) && (picture = find_next (self)) != NULL)
    {
      VigDecoded *decoded = decode (self, picture);
      g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

      g_queue_push_tail (&self->ready, decoded);
      g_cond_broadcast (&self->changed);
    }

  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  self->taken--;
  self->working--;
  g_cond_broadcast (&self->changed);

  return NULL;
}

VigPrefetch *
vig_prefetch_new (VigLibrary *library,
                  VcClip     *clip)
{
  VigPrefetch *self = g_new0 (VigPrefetch, 1);
  const gsize side = vc_clip_get_side (clip);

  self->library = library;
  self->clip = clip;
  self->cancellable = g_cancellable_new ();
  self->room = CLAMP (MOST_BYTES / (side * side * 3 * sizeof (float)), LEAST_PICTURES, MOST_PICTURES);
  self->pictures = g_ptr_array_new ();
  self->before = G_MAXINT64;
  g_mutex_init (&self->lock);
  g_mutex_init (&self->source);
  g_cond_init (&self->changed);

  self->n_threads = MIN (vig_decoder_get_readers (), MOST_THREADS);
  self->working = self->n_threads;
  for (guint i = 0; i < self->n_threads; i++)
    self->threads[i] = g_thread_new ("prefetch", decode_some, self);

  return self;
}

guint
vig_prefetch_get_room (VigPrefetch *self)
{
  return self->room;
}

VigDecoded *
vig_prefetch_take (VigPrefetch  *self,
                   guint64       wait,
                   gboolean     *over,
                   GError      **error)
{
  const gint64 end = g_get_monotonic_time () + wait;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  VigDecoded *decoded;

  while ((decoded = g_queue_pop_head (&self->ready)) == NULL && self->working > 0 &&
         g_cond_wait_until (&self->changed, &self->lock, end))
    continue;

  *over = decoded == NULL && self->working == 0;
  if (decoded != NULL)
    {
      self->taken--;
      g_cond_broadcast (&self->changed);
    }
  /* Nobody else looks at it any more. */
  if (*over && self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));

  return decoded;
}

void
vig_prefetch_free (VigPrefetch *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);

  g_queue_clear_full (&self->ready, (GDestroyNotify) vig_decoded_free);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->lock);
  g_mutex_clear (&self->source);
  g_cond_clear (&self->changed);
  g_free (self);
}
