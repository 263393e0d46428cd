/* studio.c: the one thread that computes, and the queue of what it is to do */

#define G_LOG_DOMAIN "vig-studio"

#include "config.h"

#include "studio/job-private.h"
#include "studio/studio.h"
#include "studio/tokenize-job.h"

struct _VigStudio
{
  GObject      parent_instance;

  VigLibrary  *library;      /* owned */
  GListStore  *jobs;         /* owned; main thread: of VigJob, those that are not over */
  char        *device_name;  /* owned; main thread; may be NULL */
  VigWorkshop *workshop;     /* owned; spoken to by the thread alone */
  GThread     *thread;       /* owned; NULL until there is a first job */

  GMutex       lock;         /* guards the queue */
  GCond        filled;
  GQueue       waiting;      /* of VigJob, owned */
  gboolean     closed;
};

G_DEFINE_FINAL_TYPE (VigStudio, vig_studio, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_DEVICE_NAME,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* ---- The studio's thread ---- */

/* The next urgent job, or with @any the next of all, waited for; NULL if there is none any more. */
static VigJob *
take_job (VigStudio *self,
          gboolean   any)
{
  VigJob *job = NULL;

  g_mutex_lock (&self->lock);
  while (any && !self->closed && g_queue_is_empty (&self->waiting))
    g_cond_wait (&self->filled, &self->lock);

  /* Those that are urgent stand before all others. */
  if (!self->closed && !g_queue_is_empty (&self->waiting) &&
      (any || VIG_JOB_GET_CLASS (g_queue_peek_head (&self->waiting))->urgent))
    job = g_queue_pop_head (&self->waiting);
  g_mutex_unlock (&self->lock);

  return job;
}

static void
serve_urgent (gpointer data)
{
  VigStudio *self = data;
  VigJob *job;

  while ((job = take_job (self, FALSE)) != NULL)
    {
      vig_job_run (job, self->workshop);
      g_object_unref (job);
    }
}

static gpointer
run_jobs (gpointer data)
{
  VigStudio *self = data;
  VigJob *job;

  while ((job = take_job (self, TRUE)) != NULL)
    {
      vig_workshop_begin (self->workshop);
      vig_job_run (job, self->workshop);
      g_object_unref (job);
    }

  vig_workshop_close (self->workshop);

  return NULL;
}

typedef struct
{
  GWeakRef studio;
  char    *name;  /* owned; may be NULL */
} Opened;

static void
opened_free (gpointer data)
{
  Opened *opened = data;

  g_weak_ref_clear (&opened->studio);
  g_free (opened->name);
  g_free (opened);
}

static gboolean
show_device_cb (gpointer data)
{
  Opened *opened = data;
  g_autoptr(VigStudio) self = g_weak_ref_get (&opened->studio);

  if (self != NULL && g_strcmp0 (self->device_name, opened->name) != 0)
    {
      g_free (self->device_name);
      self->device_name = g_steal_pointer (&opened->name);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEVICE_NAME]);
    }

  return G_SOURCE_REMOVE;
}

static void
tell_device (const char *name,
             gpointer    data)
{
  VigStudio *self = data;
  Opened *opened;
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->closed;
  g_mutex_unlock (&self->lock);
  if (closed)
    return;

  opened = g_new0 (Opened, 1);
  g_weak_ref_init (&opened->studio, self);
  opened->name = g_strdup (name);
  g_idle_add_full (G_PRIORITY_DEFAULT, show_device_cb, opened, opened_free);
}

/* ---- The queue ---- */

/* A job of the queue that is stopped before it runs is over at once, whatever runs. Any thread. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  VigJob *job = data;
  VigStudio *self = g_object_get_data (G_OBJECT (job), "vig-studio");
  gboolean waited;

  g_mutex_lock (&self->lock);
  waited = g_queue_remove (&self->waiting, job);
  g_mutex_unlock (&self->lock);

  if (waited)
    {
      vig_job_withdraw (job);
      g_object_unref (job);
    }
}

static void
state_cb (VigStudio  *self,
          GParamSpec *pspec,
          VigJob     *job)
{
  const gulong id = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (job), "vig-cancelled"));
  guint position;

  if (!vig_job_is_over (job))
    return;

  g_cancellable_disconnect (vig_job_get_cancellable (job), id);
  g_signal_handlers_disconnect_by_func (job, state_cb, self);
  if (g_list_store_find (self->jobs, job, &position))
    g_list_store_remove (self->jobs, position);
}

/* Behind the urgent jobs that wait already, before all others. */
static guint
find_urgent_place (VigStudio *self)
{
  guint place = 0;

  for (GList *l = self->waiting.head; l != NULL && VIG_JOB_GET_CLASS (l->data)->urgent; l = l->next)
    place++;

  return place;
}

/* FALSE if the studio is closed. */
static gboolean
push_job (VigStudio *self,
          VigJob    *job)
{
  gboolean open;

  g_mutex_lock (&self->lock);
  open = !self->closed;
  if (open)
    {
      if (VIG_JOB_GET_CLASS (job)->urgent)
        g_queue_push_nth (&self->waiting, g_object_ref (job), find_urgent_place (self));
      else
        g_queue_push_tail (&self->waiting, g_object_ref (job));
      if (self->thread == NULL)
        self->thread = g_thread_new ("studio", run_jobs, self);
      g_cond_signal (&self->filled);
    }
  g_mutex_unlock (&self->lock);

  return open;
}

/* Where @job is shown: urgent ones after those that run or are urgent too. */
static guint
find_shown_place (VigStudio *self,
                  VigJob    *job)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->jobs));
  guint place = 0;

  if (!VIG_JOB_GET_CLASS (job)->urgent)
    return n;

  for (; place < n; place++)
    {
      g_autoptr(VigJob) other = g_list_model_get_item (G_LIST_MODEL (self->jobs), place);

      if (vig_job_get_state (other) == VIG_JOB_WAITING && !VIG_JOB_GET_CLASS (other)->urgent)
        break;
    }

  return place;
}

void
vig_studio_submit (VigStudio *self,
                   VigJob    *job)
{
  gulong id;

  g_return_if_fail (VIG_IS_STUDIO (self));
  g_return_if_fail (VIG_IS_JOB (job));
  g_return_if_fail (!self->closed);
  g_return_if_fail (g_object_get_data (G_OBJECT (job), "vig-studio") == NULL);

  g_list_store_insert (self->jobs, find_shown_place (self, job), job);
  g_object_set_data (G_OBJECT (job), "vig-studio", self);
  g_signal_connect_object (job, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);

  push_job (self, job);
  id = g_cancellable_connect (vig_job_get_cancellable (job), G_CALLBACK (cancelled_cb), job, NULL);
  g_object_set_data (G_OBJECT (job), "vig-cancelled", GSIZE_TO_POINTER (id));
}

void
vig_studio_close (VigStudio *self)
{
  g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (VIG_IS_STUDIO (self));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    g_ptr_array_add (jobs, g_list_model_get_item (G_LIST_MODEL (self->jobs), i));

  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_cond_signal (&self->filled);
  g_mutex_unlock (&self->lock);

  /* Not vig_job_stop(): a drawing is to be resumed. */
  for (guint i = 0; i < jobs->len; i++)
    g_cancellable_cancel (vig_job_get_cancellable (jobs->pdata[i]));
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
  for (guint i = 0; i < jobs->len; i++)
    vig_job_publish (jobs->pdata[i]);

  /* Those that never were in the list: other threads wait for them. */
  g_mutex_lock (&self->lock);
  while (!g_queue_is_empty (&self->waiting))
    {
      g_autoptr(VigJob) job = g_queue_pop_head (&self->waiting);

      vig_tokenize_job_give_up (VIG_TOKENIZE_JOB (job));
    }
  g_mutex_unlock (&self->lock);
}

/* ---- Any thread ---- */

guint32 *
vig_studio_tokenize (VigStudio  *self,
                     const char *model,
                     const char *text,
                     guint      *n_ids,
                     GError    **error)
{
  g_autoptr(VigJob) job = vig_tokenize_job_new (model, text);

  g_return_val_if_fail (VIG_IS_STUDIO (self), NULL);

  if (!push_job (self, job))
    vig_tokenize_job_give_up (VIG_TOKENIZE_JOB (job));

  return vig_tokenize_job_wait (VIG_TOKENIZE_JOB (job), n_ids, error);
}

/* ---- The object ---- */

VigLibrary *
vig_studio_get_library (VigStudio *self)
{
  g_return_val_if_fail (VIG_IS_STUDIO (self), NULL);

  return self->library;
}

GListModel *
vig_studio_get_jobs (VigStudio *self)
{
  g_return_val_if_fail (VIG_IS_STUDIO (self), NULL);

  return G_LIST_MODEL (self->jobs);
}

const char *
vig_studio_get_device_name (VigStudio *self)
{
  g_return_val_if_fail (VIG_IS_STUDIO (self), NULL);

  return self->device_name;
}

VigStudio *
vig_studio_new (VigLibrary         *library,
                const char         *device,
                const char * const *models)
{
  VigStudio *self = g_object_new (VIG_TYPE_STUDIO, NULL);

  self->library = g_object_ref (library);
  vc_device_set_cache (vig_profile_get_cache (vig_library_get_profile (library)));
  self->workshop = vig_workshop_new (library, device, models, serve_urgent, tell_device, self);

  return self;
}

static void
vig_studio_dispose (GObject *object)
{
  VigStudio *self = VIG_STUDIO (object);

  if (!self->closed)
    vig_studio_close (self);
  g_clear_pointer (&self->workshop, vig_workshop_free);
  g_clear_object (&self->jobs);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_studio_parent_class)->dispose (object);
}

static void
vig_studio_finalize (GObject *object)
{
  VigStudio *self = VIG_STUDIO (object);

  g_free (self->device_name);
  g_queue_clear_full (&self->waiting, g_object_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->filled);

  G_OBJECT_CLASS (vig_studio_parent_class)->finalize (object);
}

static void
vig_studio_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  VigStudio *self = VIG_STUDIO (object);

  switch (id)
    {
    case PROP_DEVICE_NAME:
      g_value_set_string (value, self->device_name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vig_studio_class_init (VigStudioClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vig_studio_dispose;
  object_class->finalize = vig_studio_finalize;
  object_class->get_property = vig_studio_get_property;

  properties[PROP_DEVICE_NAME] =
    g_param_spec_string ("device-name", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vig_studio_init (VigStudio *self)
{
  self->jobs = g_list_store_new (VIG_TYPE_JOB);
  g_mutex_init (&self->lock);
  g_cond_init (&self->filled);
  g_queue_init (&self->waiting);
}
