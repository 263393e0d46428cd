/* job-queue.c: what waits for the studio's thread, in order */

#define G_LOG_DOMAIN "vig-job-queue"

#include "config.h"

#include "studio/job-private.h"
#include "studio/job-queue.h"

struct _VigJobQueue
{
  GMutex   lock;
  GCond    changed;
  GQueue   waiting;  /* of VigJob, owned; urgent ones first */
  VigJob  *current;  /* owned; the job that was taken last and is not urgent; may be NULL */
  gboolean paused;
  gboolean closed;
};

VigJobQueue *
vig_job_queue_new (void)
{
  VigJobQueue *self = g_new0 (VigJobQueue, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_queue_init (&self->waiting);

  return self;
}

void
vig_job_queue_free (VigJobQueue *self)
{
  if (self == NULL)
    return;

  g_queue_clear_full (&self->waiting, g_object_unref);
  g_clear_object (&self->current);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  g_free (self);
}

static gboolean
is_urgent (gpointer job)
{
  return VIG_JOB_GET_CLASS (job)->urgent;
}

/* How many urgent jobs wait: those that are not stand behind them. */
static guint
count_urgent (VigJobQueue *self)
{
  guint n = 0;

  for (GList *l = self->waiting.head; l != NULL && is_urgent (l->data); l = l->next)
    n++;

  return n;
}

gboolean
vig_job_queue_push (VigJobQueue *self,
                    VigJob      *job)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->closed)
    return FALSE;

  if (is_urgent (job))
    g_queue_push_nth (&self->waiting, g_object_ref (job), count_urgent (self));
  else
    g_queue_push_tail (&self->waiting, g_object_ref (job));
  g_cond_signal (&self->changed);

  return TRUE;
}

gboolean
vig_job_queue_put_back (VigJobQueue *self,
                        VigJob      *job)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  /* Who stops it from here on finds it in the queue. */
  if (self->closed || g_cancellable_is_cancelled (vig_job_get_cancellable (job)))
    return FALSE;

  g_clear_object (&self->current);
  g_queue_push_nth (&self->waiting, g_object_ref (job), count_urgent (self));

  return TRUE;
}

gboolean
vig_job_queue_remove (VigJobQueue *self,
                      VigJob      *job)
{
  gboolean waited;

  g_mutex_lock (&self->lock);
  waited = g_queue_remove (&self->waiting, job);
  g_mutex_unlock (&self->lock);
  if (waited)
    g_object_unref (job);

  return waited;
}

gboolean
vig_job_queue_move (VigJobQueue *self,
                    VigJob      *job,
                    VigJob      *before)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GList *link = g_queue_find (&self->waiting, job);
  GList *next = before != NULL ? g_queue_find (&self->waiting, before) : NULL;

  if (link == NULL || (before != NULL && next == NULL) || link == next)
    return FALSE;

  g_queue_unlink (&self->waiting, link);
  g_queue_insert_before_link (&self->waiting, next, link);

  return TRUE;
}

GPtrArray *
vig_job_queue_list (VigJobQueue *self)
{
  GPtrArray *jobs = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->current != NULL)
    g_ptr_array_add (jobs, g_object_ref (self->current));
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    if (!is_urgent (l->data))
      g_ptr_array_add (jobs, g_object_ref (l->data));

  return jobs;
}

/* Under the lock: the next that may be taken now; NULL: there is none. */
static VigJob *
pop (VigJobQueue *self,
     gboolean     urgent)
{
  VigJob *head = g_queue_peek_head (&self->waiting);

  if (self->closed || head == NULL || (urgent && !is_urgent (head)))
    return NULL;

  if (!is_urgent (head))
    g_set_object (&self->current, head);

  return g_queue_pop_head (&self->waiting);
}

VigJob *
vig_job_queue_take_urgent (VigJobQueue *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return pop (self, TRUE);
}

VigJob *
vig_job_queue_take (VigJobQueue *self,
                    VigRest      rest,
                    gpointer     data)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean rested = FALSE;
  VigJob *job;

  g_clear_object (&self->current);
  while (!self->closed && (job = pop (self, self->paused)) == NULL)
    if (self->paused && !rested)
      {
        g_mutex_unlock (&self->lock);
        rest (data);
        g_mutex_lock (&self->lock);
        rested = TRUE;
      }
    else
      {
        g_cond_wait (&self->changed, &self->lock);
        rested = rested && self->paused;
      }

  return self->closed ? NULL : job;
}

void
vig_job_queue_set_paused (VigJobQueue *self,
                          gboolean     paused)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->paused = paused;
  g_cond_signal (&self->changed);
}

void
vig_job_queue_close (VigJobQueue *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->closed = TRUE;
  g_cond_signal (&self->changed);
}

gboolean
vig_job_queue_is_closed (VigJobQueue *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->closed;
}

VigJob *
vig_job_queue_drain (VigJobQueue *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_assert (self->closed);

  return g_queue_pop_head (&self->waiting);
}
