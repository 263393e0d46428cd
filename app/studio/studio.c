/* studio.c: the one thread that computes, and what it is to do, as it is seen and written down */

#define G_LOG_DOMAIN "vig-studio"

#include "config.h"

#include <errno.h>
#include <sys/resource.h>

#include "library/watch.h"
#include "studio/job-private.h"
#include "studio/job-queue.h"
#include "studio/power.h"
#include "studio/reader.h"
#include "studio/studio.h"
#include "studio/tokenize-job.h"

#define MODESTY 5  /* nice(2): of all threads that compute, so that the window's goes first */

struct _VigStudio
{
  GObject      parent_instance;

  VigLibrary  *library;      /* owned */
  GListStore  *jobs;         /* owned; main thread: of VigJob, those that are not over */
  char        *device_name;  /* owned; main thread; may be NULL */
  gboolean     paused;       /* main thread */
  VigWorkshop *workshop;     /* owned; spoken to by the thread alone */
  VigJobQueue *queue;        /* owned; the same jobs, but the one that runs, for the thread */
  GThread     *thread;       /* owned; NULL until there is a first job */
  GMutex       starting;     /* guards that */
  GThreadPool *scribe;       /* owned; one thread that writes down what waits, in the order it is told; NULL when closed */
  VigReader   *reader;       /* owned */
  VigPower    *power;        /* owned; main thread; NULL: nobody asked for it */
  gboolean     spares;       /* where power is short; main thread, as what follows */
  gboolean     short_of_it;
  gboolean     sleeping;     /* the computer */
  VigWatch    *watch;        /* owned; main thread; NULL: nobody asked for it */
  VigJob      *taking_in;    /* owned; the job of what it told last, or NULL */
  int          ordering;     /* atomic: the scribe has been told to write down the order */
};

G_DEFINE_FINAL_TYPE (VigStudio, vig_studio, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_DEVICE_NAME,
  PROP_PAUSED,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* ---- The studio's thread ---- */

static void
serve_urgent (gpointer data)
{
  VigStudio *self = data;
  VigJob *job;

  while ((job = vig_job_queue_take_urgent (self->queue)) != NULL)
    {
      vig_job_run (job, self->workshop);
      g_object_unref (job);
    }
}

/* A pause gives back what models and the device take. */
static void
rest_cb (gpointer data)
{
  VigStudio *self = data;

  vig_workshop_close (self->workshop);
}

static gpointer
run_jobs (gpointer data)
{
  VigStudio *self = data;
  VigJob *job;

  /* On Linux this is the thread's own, and what it starts (the device's threads, decoders) has it too. */
  if (setpriority (PRIO_PROCESS, 0, MODESTY) != 0)
    g_debug ("the computing stays as important as the window: %s", g_strerror (errno));

  while ((job = vig_job_queue_take (self->queue, rest_cb, self)) != NULL)
    {
      vig_workshop_begin (self->workshop);
      if (!vig_job_run (job, self->workshop) && !vig_job_queue_put_back (self->queue, job))
        vig_job_withdraw (job, self->library);
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

  if (vig_job_queue_is_closed (self->queue))
    return;

  opened = g_new0 (Opened, 1);
  g_weak_ref_init (&opened->studio, self);
  opened->name = g_strdup (name);
  g_idle_add_full (G_PRIORITY_DEFAULT, show_device_cb, opened, opened_free);
}

/* ---- What is written down ---- */

typedef struct
{
  VigJob  *job;     /* owned; NULL: it is about the order of all */
  gboolean enters;  /* it waits from now on; FALSE: no more */
} Entry;

static void
write_order (VigStudio *self)
{
  g_autoptr(GPtrArray) jobs = NULL;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GError) error = NULL;

  /* What is moved from here on will be written the next time. */
  g_atomic_int_set (&self->ordering, FALSE);
  jobs = vig_job_queue_list (self->queue);
  for (guint i = 0; i < jobs->len; i++)
    {
      const gint64 id = vig_job_get_id (jobs->pdata[i]);

      if (id != 0)
        g_array_append_val (ids, id);
    }

  if (!vig_library_order_jobs (self->library, (const gint64 *) ids->data, ids->len, &error))
    g_message ("%s", error->message);
}

/* On the scribe's thread. */
static void
write_cb (gpointer data,
          gpointer user_data)
{
  VigStudio *self = user_data;
  g_autofree Entry *entry = data;
  g_autoptr(VigJob) job = entry->job;

  if (job == NULL)
    write_order (self);
  else if (entry->enters)
    vig_job_enlist (job, self->library);
  else
    vig_job_withdraw (job, self->library);
}

/* Any thread. */
static void
tell_scribe (VigStudio *self,
             VigJob    *job,
             gboolean   enters)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->job = job != NULL ? g_object_ref (job) : NULL;
  entry->enters = enters;
  g_thread_pool_push (self->scribe, entry, NULL);  /* its thread is there already */
}

/* ---- The queue ---- */

/* A job of the queue that is stopped before it runs is over at once, whatever runs. Any thread. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  VigJob *job = data;
  VigStudio *self = g_object_get_data (G_OBJECT (job), "vig-studio");

  if (vig_job_queue_remove (self->queue, job))
    tell_scribe (self, job, FALSE);
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

/* FALSE if the studio is closed. */
static gboolean
push_job (VigStudio *self,
          VigJob    *job)
{
  g_autoptr(GMutexLocker) locker = NULL;

  if (!vig_job_queue_push (self->queue, job))
    return FALSE;

  locker = g_mutex_locker_new (&self->starting);
  if (self->thread == NULL)
    self->thread = g_thread_new ("studio", run_jobs, self);

  return TRUE;
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
  g_return_if_fail (self->scribe != NULL);
  g_return_if_fail (g_object_get_data (G_OBJECT (job), "vig-studio") == NULL);

  g_list_store_insert (self->jobs, find_shown_place (self, job), job);
  g_object_set_data (G_OBJECT (job), "vig-studio", self);
  g_signal_connect_object (job, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);

  tell_scribe (self, job, TRUE);
  push_job (self, job);
  id = g_cancellable_connect (vig_job_get_cancellable (job), G_CALLBACK (cancelled_cb), job, NULL);
  g_object_set_data (G_OBJECT (job), "vig-cancelled", GSIZE_TO_POINTER (id));
}

/* Whether the job at @position of the list may change places with others. */
static gboolean
can_move (VigStudio *self,
          guint      position)
{
  g_autoptr(VigJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), position);

  return job != NULL && vig_job_get_state (job) == VIG_JOB_WAITING && !VIG_JOB_GET_CLASS (job)->urgent;
}

gboolean
vig_studio_move_job (VigStudio *self,
                     VigJob    *job,
                     guint      position)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->jobs));
  g_autoptr(GPtrArray) order = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(VigJob) before = NULL;
  guint first = 0, from;

  g_return_val_if_fail (VIG_IS_STUDIO (self), FALSE);
  g_return_val_if_fail (VIG_IS_JOB (job), FALSE);

  while (first < n && !can_move (self, first))
    first++;
  if (!g_list_store_find (self->jobs, job, &from) || !can_move (self, from))
    return FALSE;

  position = CLAMP (position, first, n - 1);
  if (position == from)
    return FALSE;

  /* It may have begun a moment ago, which is not known here yet: the queue knows. */
  before = g_list_model_get_item (G_LIST_MODEL (self->jobs), position > from ? position + 1 : position);
  if (!vig_job_queue_move (self->queue, job, before))
    return FALSE;

  for (guint i = MIN (from, position); i <= MAX (from, position); i++)
    if (i != from)
      g_ptr_array_add (order, g_list_model_get_item (G_LIST_MODEL (self->jobs), i));
  g_ptr_array_insert (order, position > from ? -1 : 0, g_object_ref (job));
  g_list_store_splice (self->jobs, MIN (from, position), order->len, order->pdata, order->len);

  if (g_atomic_int_compare_and_exchange (&self->ordering, FALSE, TRUE))
    tell_scribe (self, NULL, FALSE);

  return TRUE;
}

void
vig_studio_stop_waiting (VigStudio *self)
{
  g_autoptr(GPtrArray) jobs = NULL;

  g_return_if_fail (VIG_IS_STUDIO (self));

  /* The last one first, so that none of them begins meanwhile. What a pause holds up has begun. */
  jobs = vig_job_queue_list (self->queue);
  for (guint i = jobs->len; i > 0; i--)
    if (VIG_IS_GENERATE_JOB (jobs->pdata[i - 1]) && vig_job_get_state (jobs->pdata[i - 1]) == VIG_JOB_WAITING &&
        vig_job_get_fraction (jobs->pdata[i - 1]) <= 0)
      vig_job_stop (jobs->pdata[i - 1]);
}

/* What the user asked for, and what the computer does. */
static void
apply_pause (VigStudio *self)
{
  vig_workshop_set_paused (self->workshop, self->paused || self->sleeping);
  vig_job_queue_set_paused (self->queue, self->paused || self->sleeping);
}

static void
power_cb (gboolean sparing,
          gboolean sleeping,
          gpointer data)
{
  VigStudio *self = data;

  self->short_of_it = sparing;
  self->sleeping = sleeping;
  vig_workshop_set_sparing (self->workshop, self->spares && self->short_of_it);
  apply_pause (self);
}

void
vig_studio_heed_power (VigStudio *self,
                       gboolean   spares)
{
  g_return_if_fail (VIG_IS_STUDIO (self));

  self->spares = spares;
  vig_workshop_set_sparing (self->workshop, self->spares && self->short_of_it);
  if (self->power == NULL && self->scribe != NULL)
    self->power = vig_power_new (power_cb, self);
}

void
vig_studio_set_paused (VigStudio *self,
                       gboolean   paused)
{
  g_return_if_fail (VIG_IS_STUDIO (self));

  paused = paused != FALSE;
  if (self->paused == paused)
    return;

  self->paused = paused;
  apply_pause (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

gboolean
vig_studio_get_paused (VigStudio *self)
{
  g_return_val_if_fail (VIG_IS_STUDIO (self), FALSE);

  return self->paused;
}

/* One such job at a time: what changes meanwhile is told again. */
static gboolean
folders_changed_cb (const char * const *folders,
                    gpointer            data)
{
  VigStudio *self = data;

  if (self->taking_in != NULL && !vig_job_is_over (self->taking_in))
    return FALSE;

  g_clear_object (&self->taking_in);
  self->taking_in = folders != NULL ? vig_index_job_new (folders) : vig_index_job_new_again ();
  vig_studio_submit (self, self->taking_in);

  return TRUE;
}

void
vig_studio_watch_folders (VigStudio *self)
{
  g_return_if_fail (VIG_IS_STUDIO (self));

  if (self->watch == NULL && self->scribe != NULL)
    self->watch = vig_watch_new (self->library, folders_changed_cb, self);
}

void
vig_studio_close (VigStudio *self)
{
  g_autoptr(GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  VigJob *left;

  g_return_if_fail (VIG_IS_STUDIO (self));

  if (self->scribe == NULL)
    return;

  g_clear_pointer (&self->power, vig_power_free);
  g_clear_pointer (&self->watch, vig_watch_free);
  g_clear_object (&self->taking_in);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++)
    g_ptr_array_add (jobs, g_list_model_get_item (G_LIST_MODEL (self->jobs), i));

  vig_job_queue_close (self->queue);

  /* Not vig_job_stop(): a drawing is to be resumed. */
  for (guint i = 0; i < jobs->len; i++)
    g_cancellable_cancel (vig_job_get_cancellable (jobs->pdata[i]));
  if (self->thread != NULL)
    g_thread_join (g_steal_pointer (&self->thread));
  g_thread_pool_free (g_steal_pointer (&self->scribe), FALSE, TRUE);
  for (guint i = 0; i < jobs->len; i++)
    vig_job_publish (jobs->pdata[i]);

  /* Those that never were in the list: other threads wait for them. */
  while ((left = vig_job_queue_drain (self->queue)) != NULL)
    {
      vig_tokenize_job_give_up (VIG_TOKENIZE_JOB (left));
      g_object_unref (left);
    }
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

VigReading *
vig_studio_read_prompt (VigStudio   *self,
                        const char  *text,
                        GError     **error)
{
  g_return_val_if_fail (VIG_IS_STUDIO (self), NULL);
  g_return_val_if_fail (g_utf8_validate (text, -1, NULL), NULL);

  return vig_reader_read (self->reader, text, error);
}

static void
read_prompt (GTask        *task,
             gpointer      object,
             gpointer      text,
             GCancellable *cancellable)
{
  GError *error = NULL;
  VigReading *reading = vig_studio_read_prompt (object, text, &error);

  if (reading != NULL)
    g_task_return_pointer (task, reading, (GDestroyNotify) vig_reading_free);
  else
    g_task_return_error (task, error);
}

void
vig_studio_read_prompt_async (VigStudio           *self,
                              const char          *text,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (VIG_IS_STUDIO (self));
  g_return_if_fail (g_utf8_validate (text, -1, NULL));

  g_task_set_source_tag (task, vig_studio_read_prompt_async);
  g_task_set_task_data (task, g_strdup (text), g_free);
  g_task_run_in_thread (task, read_prompt);
}

VigReading *
vig_studio_read_prompt_finish (VigStudio     *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- The object ---- */

VigLibrary *
vig_studio_get_library (VigStudio *self)
{
  g_return_val_if_fail (VIG_IS_STUDIO (self), NULL);

  return self->library;
}

const char * const *
vig_studio_get_models (VigStudio *self)
{
  g_return_val_if_fail (VIG_IS_STUDIO (self), NULL);

  return vig_workshop_get_models (self->workshop);
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
  self->reader = vig_reader_new (vig_library_get_profile (library), models);
  self->scribe = g_thread_pool_new (write_cb, self, 1, TRUE, NULL);  /* no error: as g_thread_new(), it has to be there */

  return self;
}

static void
vig_studio_dispose (GObject *object)
{
  VigStudio *self = VIG_STUDIO (object);

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
  vig_job_queue_free (self->queue);
  vig_reader_free (self->reader);
  g_mutex_clear (&self->starting);

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
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
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
  properties[PROP_PAUSED] =
    g_param_spec_boolean ("paused", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vig_studio_init (VigStudio *self)
{
  self->jobs = g_list_store_new (VIG_TYPE_JOB);
  self->queue = vig_job_queue_new ();
  g_mutex_init (&self->starting);
}
