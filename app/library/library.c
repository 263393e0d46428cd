/* library.c: everything that is remembered: opens it, and tells when it has changed */

#define G_LOG_DOMAIN "vig-library"

#include "config.h"

#include "library/library.h"

#include "library/library-private.h"
#include "library/schema.h"

/* "changed" at most five times a second; a look at what other processes did every second. */
#define TELL_US 200000
#define WATCH_S 1

G_DEFINE_FINAL_TYPE (VigLibrary, vig_library, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* Callbacks of the main context hold the library weakly: it may go while they wait, on any thread. */
static gpointer
hold_weakly (VigLibrary *self)
{
  GWeakRef *ref = g_new0 (GWeakRef, 1);

  g_weak_ref_init (ref, self);

  return ref;
}

static void
let_go (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static gint64
read_changes (VigLibrary *self)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->lister, VIG_READ);

  /* An error reads as nothing new; whoever reads the pictures themselves is told. */
  return vig_transaction_query_int (t, "SELECT pictures FROM changes", "");
}

/* Another process's changes are not known picture by picture: those that are looked at are read again. */
static void
refresh_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  VigLibrary *self = source;
  g_autoptr(GArray) ids = vig_picture_pool_dup_ids (self->pool);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(VigPicture) picture = vig_library_load_picture (self, t, g_array_index (ids, gint64, i));
    }
  g_task_return_boolean (task, TRUE);
}

static gboolean
tell_cb (gpointer data)
{
  g_autoptr(VigLibrary) self = g_weak_ref_get (data);

  if (self == NULL)
    return G_SOURCE_REMOVE;

  g_mutex_lock (&self->mutex);
  const gboolean foreign = self->foreign;
  self->foreign = FALSE;
  self->timer = 0;
  self->told = g_get_monotonic_time ();
  g_mutex_unlock (&self->mutex);

  self->seen = read_changes (self);
  if (foreign)
    {
      g_autoptr(GTask) task = g_task_new (self, NULL, NULL, NULL);

      g_task_run_in_thread (task, refresh_thread);
    }
  g_signal_emit (self, signals[CHANGED], 0);

  return G_SOURCE_REMOVE;
}

static void
tell_soon (VigLibrary *self,
           gboolean    foreign)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  const gint64 wait = self->told + TELL_US - g_get_monotonic_time ();

  self->foreign = self->foreign || foreign;
  if (self->timer == 0)
    self->timer = g_timeout_add_full (G_PRIORITY_DEFAULT, MAX (0, wait) / 1000, tell_cb, hold_weakly (self), let_go);
}

void
vig_library_touch (VigLibrary *self)
{
  tell_soon (self, FALSE);
}

void
vig_library_touch_all (VigLibrary *self)
{
  tell_soon (self, TRUE);
}

static gboolean
watch_cb (gpointer data)
{
  g_autoptr(VigLibrary) self = g_weak_ref_get (data);

  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (!g_signal_has_handler_pending (self, signals[CHANGED], 0, FALSE))
    return G_SOURCE_CONTINUE;

  const gint64 version = vig_database_get_version (self->lister);
  if (version == self->version)
    return G_SOURCE_CONTINUE;

  /* Something was committed; by others, and something to show? */
  self->version = version;
  g_mutex_lock (&self->mutex);
  const gboolean waits = self->timer != 0;
  g_mutex_unlock (&self->mutex);
  if (!waits && read_changes (self) != self->seen)
    tell_soon (self, TRUE);

  return G_SOURCE_CONTINUE;
}

/* Drawings whose process died while it saved a picture: see made.c. */
static gboolean
recover (VigLibrary  *self,
         GError     **error)
{
  g_autoptr(GArray) jobs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_READ);

  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT id FROM jobs WHERE state = 0", "");

    while (vig_rows_next (rows))
      {
        const gint64 job = vig_rows_get_int (rows, 0);

        g_array_append_val (jobs, job);
      }
  }
  if (!vig_transaction_commit (t, error))
    return FALSE;

  for (guint i = 0; i < jobs->len; i++)
    {
      const gint64 job = g_array_index (jobs, gint64, i);

      /* Somebody's own, or soon: then it is theirs to look after. */
      if (!vig_leases_take (self->leases, job, NULL))
        continue;
      /* What cannot be mended now will be told when the drawing is gone on with; the rest of the library is well. */
      vig_library_recover_job (self, job, NULL);
      vig_leases_give (self->leases, job);
    }

  return TRUE;
}

VigLibrary *
vig_library_open (VigProfile  *profile,
                  GError     **error)
{
  g_return_val_if_fail (VIG_IS_PROFILE (profile), NULL);

  g_autoptr(VigLibrary) self = g_object_new (VIG_TYPE_LIBRARY, NULL);
  const char *path = vig_profile_get_database (profile);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *leases = g_build_filename (folder, "leases", NULL);

  self->profile = g_object_ref (profile);
  self->leases = vig_leases_new (leases);
  self->writer = vig_schema_open (path, TRUE, error);
  if (self->writer == NULL || !vig_database_probe (self->writer, error))
    return NULL;
  self->reader = vig_database_open (path, error);
  self->lister = self->reader != NULL ? vig_database_open (path, error) : NULL;
  if (self->lister == NULL)
    return NULL;
  if (!vig_database_get_read_only (self->writer) && !recover (self, error))
    return NULL;

  self->version = vig_database_get_version (self->lister);
  self->seen = read_changes (self);
  self->watch = g_timeout_add_seconds_full (G_PRIORITY_LOW, WATCH_S, watch_cb, hold_weakly (self), let_go);

  return g_steal_pointer (&self);
}

VigProfile *
vig_library_get_profile (VigLibrary *self)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  return self->profile;
}

static void
vig_library_finalize (GObject *object)
{
  VigLibrary *self = VIG_LIBRARY (object);

  if (self->watch != 0)
    g_source_remove (self->watch);
  if (self->timer != 0)
    g_source_remove (self->timer);
  vig_vectors_free (self->vectors);
  vig_picture_pool_unref (self->pool);
  vig_leases_free (self->leases);
  vig_database_free (self->lister);
  vig_database_free (self->reader);
  vig_database_free (self->writer);
  g_clear_object (&self->profile);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (vig_library_parent_class)->finalize (object);
}

static void
vig_library_class_init (VigLibraryClass *class)
{
  G_OBJECT_CLASS (class)->finalize = vig_library_finalize;

  signals[CHANGED] = g_signal_new ("changed", VIG_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
vig_library_init (VigLibrary *self)
{
  g_mutex_init (&self->mutex);
  self->pool = vig_picture_pool_new ();
  self->vectors = vig_vectors_new ();
}
