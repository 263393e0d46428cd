/* job.c: one piece of work; what its thread says of it becomes properties on the main context */

#define G_LOG_DOMAIN "vig-job"

#include "config.h"

#include "studio/job-private.h"

/* Between two notifications of progress. */
#define PUBLISH_MS 40

typedef struct
{
  char         *title;        /* owned; fixed before the job is submitted */
  GCancellable *cancellable;  /* owned */
  int           stopped;      /* atomic: vig_job_stop() was called */

  /* Main context: the properties. */
  double        fraction;
  char         *status;       /* owned; may be NULL */
  char         *notice;       /* owned; may be NULL */
  VigJobState   state;
  GError       *error;        /* owned; set when state is VIG_JOB_FAILED */

  /* What is said of it on any thread, under the lock, until it is published. */
  GMutex        lock;
  double        said_fraction;
  char         *said_status;  /* owned; may be NULL */
  char         *said_notice;  /* owned; may be NULL */
  VigJobState   said_state;
  GError       *said_error;   /* owned */
  gboolean      scheduled;    /* a publication is on its way */
} VigJobPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (VigJob, vig_job, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_FRACTION,
  PROP_STATUS,
  PROP_STATE,
  PROP_NOTICE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static gboolean
state_is_over (VigJobState state)
{
  return state != VIG_JOB_WAITING && state != VIG_JOB_RUNNING;
}

void
vig_job_publish (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);
  g_autofree char *status = NULL;
  g_autofree char *notice = NULL;
  double fraction;
  VigJobState state;

  /* First what was said, then what was found: whoever sees the state sees the findings too. */
  g_mutex_lock (&priv->lock);
  priv->scheduled = FALSE;
  fraction = priv->said_fraction;
  status = g_strdup (priv->said_status);
  notice = g_strdup (priv->said_notice);
  state = priv->said_state;
  if (priv->error == NULL && priv->said_error != NULL)
    priv->error = g_error_copy (priv->said_error);
  g_mutex_unlock (&priv->lock);

  g_object_freeze_notify (G_OBJECT (self));

  if (VIG_JOB_GET_CLASS (self)->publish != NULL)
    VIG_JOB_GET_CLASS (self)->publish (self);

  if (priv->fraction != fraction)
    {
      priv->fraction = fraction;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
    }
  if (g_strcmp0 (priv->status, status) != 0)
    {
      g_free (priv->status);
      priv->status = g_steal_pointer (&status);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
    }
  if (g_strcmp0 (priv->notice, notice) != 0)
    {
      g_free (priv->notice);
      priv->notice = g_steal_pointer (&notice);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTICE]);
    }
  if (priv->state != state)
    {
      priv->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }

  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
publish_cb (gpointer data)
{
  vig_job_publish (data);

  return G_SOURCE_REMOVE;
}

/* Called under the lock. Progress waits a little, so that much of it is published at once. */
static void
schedule (VigJob  *self,
          gboolean at_once)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);
  g_autoptr(GSource) source = NULL;

  if (priv->scheduled && !at_once)
    return;

  source = at_once ? g_idle_source_new () : g_timeout_source_new (PUBLISH_MS);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, publish_cb, g_object_ref (self), g_object_unref);
  g_source_set_static_name (source, "[vignette] vig_job_publish");
  g_source_attach (source, NULL);
  priv->scheduled = TRUE;
}

void
vig_job_touch (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_mutex_lock (&priv->lock);
  schedule (self, FALSE);
  g_mutex_unlock (&priv->lock);
}

void
vig_job_report (VigJob     *self,
                double      fraction,
                const char *format,
                ...)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);
  g_autofree char *status = NULL;

  if (format != NULL)
    {
      va_list arguments;

      va_start (arguments, format);
      status = g_strdup_vprintf (format, arguments);
      va_end (arguments);
    }

  g_mutex_lock (&priv->lock);
  priv->said_fraction = fraction;
  g_free (priv->said_status);
  priv->said_status = g_steal_pointer (&status);
  schedule (self, FALSE);
  g_mutex_unlock (&priv->lock);
}

void
vig_job_notice (VigJob     *self,
                const char *sentence)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_mutex_lock (&priv->lock);
  g_free (priv->said_notice);
  priv->said_notice = g_strdup (sentence);
  schedule (self, TRUE);
  g_mutex_unlock (&priv->lock);
}

static void
say_state (VigJob       *self,
           VigJobState   state,
           const GError *error)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_mutex_lock (&priv->lock);
  priv->said_state = state;
  if (state == VIG_JOB_DONE)
    priv->said_fraction = 1;
  if (error != NULL)
    priv->said_error = g_error_copy (error);
  schedule (self, TRUE);
  g_mutex_unlock (&priv->lock);
}

gboolean
vig_job_run (VigJob      *self,
             VigWorkshop *workshop)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);
  GCancellable *outer;
  gboolean done;
  g_autoptr(GError) error = NULL;

  if (g_cancellable_is_cancelled (priv->cancellable))
    {
      vig_job_withdraw (self, vig_workshop_get_library (workshop));
      return TRUE;
    }

  say_state (self, VIG_JOB_RUNNING, NULL);

  outer = vig_workshop_attend (workshop, priv->cancellable);
  do
    done = VIG_JOB_GET_CLASS (self)->run (self, workshop, priv->cancellable, &error);
  while (!done && vig_workshop_recover (workshop, self, &error));
  vig_workshop_attend (workshop, outer);

  if (done)
    {
      say_state (self, VIG_JOB_DONE, NULL);
      return TRUE;
    }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      say_state (self, VIG_JOB_WAITING, NULL);
      return FALSE;
    }

  vig_workshop_explain (workshop, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say_state (self, VIG_JOB_STOPPED, NULL);
  else
    say_state (self, VIG_JOB_FAILED, error);

  return TRUE;
}

void
vig_job_enlist (VigJob     *self,
                VigLibrary *library)
{
  if (VIG_JOB_GET_CLASS (self)->enlist != NULL)
    VIG_JOB_GET_CLASS (self)->enlist (self, library);
}

void
vig_job_withdraw (VigJob     *self,
                  VigLibrary *library)
{
  if (VIG_JOB_GET_CLASS (self)->withdraw != NULL)
    VIG_JOB_GET_CLASS (self)->withdraw (self, library);
  say_state (self, VIG_JOB_STOPPED, NULL);
}

gint64
vig_job_get_id (VigJob *self)
{
  return VIG_JOB_GET_CLASS (self)->get_id != NULL ? VIG_JOB_GET_CLASS (self)->get_id (self) : 0;
}

void
vig_job_take_title (VigJob *self,
                    char   *title)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_free (priv->title);
  priv->title = title;
}

GCancellable *
vig_job_get_cancellable (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  return priv->cancellable;
}

gboolean
vig_job_was_stopped (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  return g_atomic_int_get (&priv->stopped);
}

const char *
vig_job_get_title (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_return_val_if_fail (VIG_IS_JOB (self), NULL);

  return priv->title;
}

double
vig_job_get_fraction (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_return_val_if_fail (VIG_IS_JOB (self), -1);

  return priv->fraction;
}

const char *
vig_job_get_status (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_return_val_if_fail (VIG_IS_JOB (self), NULL);

  return priv->status;
}

const char *
vig_job_get_notice (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_return_val_if_fail (VIG_IS_JOB (self), NULL);

  return priv->notice;
}

VigJobState
vig_job_get_state (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_return_val_if_fail (VIG_IS_JOB (self), VIG_JOB_FAILED);

  return priv->state;
}

gboolean
vig_job_is_over (VigJob *self)
{
  return state_is_over (vig_job_get_state (self));
}

const GError *
vig_job_get_error (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_return_val_if_fail (VIG_IS_JOB (self), NULL);

  return priv->error;
}

void
vig_job_stop (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_return_if_fail (VIG_IS_JOB (self));

  g_atomic_int_set (&priv->stopped, TRUE);
  g_cancellable_cancel (priv->cancellable);
}

static void
vig_job_finalize (GObject *object)
{
  VigJob *self = VIG_JOB (object);
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_clear_pointer (&priv->title, g_free);
  g_clear_object (&priv->cancellable);
  g_clear_pointer (&priv->status, g_free);
  g_clear_error (&priv->error);
  g_clear_pointer (&priv->said_status, g_free);
  g_clear_error (&priv->said_error);
  g_mutex_clear (&priv->lock);

  G_OBJECT_CLASS (vig_job_parent_class)->finalize (object);
}

static void
vig_job_get_property (GObject    *object,
                      guint       id,
                      GValue     *value,
                      GParamSpec *pspec)
{
  VigJob *self = VIG_JOB (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, vig_job_get_title (self));
      break;
    case PROP_FRACTION:
      g_value_set_double (value, vig_job_get_fraction (self));
      break;
    case PROP_STATUS:
      g_value_set_string (value, vig_job_get_status (self));
      break;
    case PROP_NOTICE:
      g_value_set_string (value, vig_job_get_notice (self));
      break;
    case PROP_STATE:
      g_value_set_int (value, vig_job_get_state (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vig_job_class_init (VigJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = vig_job_finalize;
  object_class->get_property = vig_job_get_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  properties[PROP_NOTICE] = g_param_spec_string ("notice", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, VIG_JOB_WAITING, VIG_JOB_FAILED,
                                             VIG_JOB_WAITING, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
vig_job_init (VigJob *self)
{
  VigJobPrivate *priv = vig_job_get_instance_private (self);

  g_mutex_init (&priv->lock);
  priv->cancellable = g_cancellable_new ();
  priv->fraction = -1;
  priv->said_fraction = -1;
}
