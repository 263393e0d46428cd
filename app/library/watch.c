/* watch.c: notices what changes in the library's folders while the program runs */

#define G_LOG_DOMAIN "vig-watch"

#include "config.h"

#include "library/watch.h"

#include "library/ignore.h"
#include "library/walk.h"

#include <string.h>

/* Folders that are watched one by one; the kernel of a small computer gives a user 8192 watches for all programs. */
#define MOST_FOLDERS 4096
/* Watches that are begun before others get their turn. */
#define AT_ONCE 32
/* Folders that are told one by one. */
#define MOST_TOLD 16

/* Seconds: after the last change, and at most after the first; of looking at what folders there are; of looking at all. */
#define CALM_S 2
#define PATIENCE_S 15
#define ROOTS_S 30
#define ALL_S 600

struct _VigWatch
{
  VigLibrary   *library;      /* owned */
  VigWatchTold  told;
  gpointer      data;
  GCancellable *cancellable;  /* owned: it is over */
  GHashTable   *monitors;     /* owned; path → GFileMonitor */
  GPtrArray    *waiting;      /* owned; of char *: folders that are to be watched */
  GPtrArray    *roots;        /* owned; of char *: the library's folders that were there; NULL: not known yet */
  GHashTable   *dirty;        /* owned; set of folders in which something has changed */
  gboolean      all_dirty;
  gboolean      limited;      /* not all can be watched */
  gboolean      listing;      /* a thread is at it */
  gboolean      again;        /* there is something new for it */
  gint64        since;        /* of the first change that was not told */
  guint         calm;         /* source ids; 0: none */
  guint         adding;
  guint         rooting;
  guint         looking;
};

static void list (VigWatch *self);

/* ---- Telling ---- */

static gboolean
calm_cb (gpointer data)
{
  VigWatch *self = data;
  const gboolean all = self->all_dirty || g_hash_table_size (self->dirty) > MOST_TOLD;
  g_autofree gpointer *folders = g_hash_table_get_keys_as_array (self->dirty, NULL);

  if (!self->told (all ? NULL : (const char * const *) folders, self->data))
    return G_SOURCE_CONTINUE;

  g_hash_table_remove_all (self->dirty);
  self->all_dirty = FALSE;
  self->since = 0;
  self->calm = 0;

  return G_SOURCE_REMOVE;
}

/* @folder: NULL for all */
static void
soil (VigWatch   *self,
      const char *folder)
{
  const gint64 now = g_get_monotonic_time ();

  if (folder == NULL)
    self->all_dirty = TRUE;
  else
    g_hash_table_add (self->dirty, g_strdup (folder));

  if (self->since == 0)
    self->since = now;
  else if (now - self->since > PATIENCE_S * G_USEC_PER_SEC)
    return;  /* it has been put off for long enough */

  g_clear_handle_id (&self->calm, g_source_remove);
  self->calm = g_timeout_add_seconds (CALM_S, calm_cb, self);
}

/* ---- Noticing ---- */

/* Whether a file of that name matters. What is gone may have been a folder, of whatever name. */
static gboolean
matters (const char *name,
         gboolean    is_folder,
         gboolean    gone)
{
  if (strcmp (name, ".nomedia") == 0)
    return TRUE;
  if (name[0] == '.')
    return FALSE;

  return is_folder || vig_name_says_picture (name) || g_str_has_suffix (name, ".xmp") ||
         (gone && strchr (name, '.') == NULL);
}

static void
notice (VigWatch *self,
        GFile    *file,
        gboolean  gone)
{
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

  if (path == NULL)
    return;

  const gboolean is_folder = !gone && g_file_test (path, G_FILE_TEST_IS_DIR);
  if ((is_folder || gone) && is_folder != g_hash_table_contains (self->monitors, path))
    list (self);
  if (matters (name, is_folder, gone))
    soil (self, folder);
}

static void
changed_cb (GFileMonitor      *monitor,
            GFile             *file,
            GFile             *other,
            GFileMonitorEvent  event,
            VigWatch          *self)
{
  switch (event)
    {
    case G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT:
    case G_FILE_MONITOR_EVENT_CREATED:
    case G_FILE_MONITOR_EVENT_MOVED_IN:
      notice (self, file, FALSE);
      break;
    case G_FILE_MONITOR_EVENT_DELETED:
    case G_FILE_MONITOR_EVENT_MOVED_OUT:
      notice (self, file, TRUE);
      break;
    case G_FILE_MONITOR_EVENT_RENAMED:
      notice (self, file, TRUE);
      notice (self, other, FALSE);
      break;
    case G_FILE_MONITOR_EVENT_UNMOUNTED:
      list (self);
      break;
    default:
      break;
    }
}

/* ---- Which folders there are ---- */

static gboolean
look_cb (gpointer data)
{
  soil (data, NULL);

  return G_SOURCE_CONTINUE;
}

static gboolean
add_cb (gpointer data)
{
  VigWatch *self = data;

  for (guint i = 0; i < AT_ONCE && self->waiting->len > 0; i++)
    {
      g_autofree char *path = g_ptr_array_steal_index_fast (self->waiting, self->waiting->len - 1);
      g_autoptr(GFile) file = g_file_new_for_path (path);
      g_autoptr(GError) error = NULL;
      GFileMonitor *monitor;

      if (g_hash_table_contains (self->monitors, path))
        continue;
      monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
      if (monitor == NULL)
        {
          g_debug ("%s: %s", path, error->message);
          self->limited = TRUE;
          continue;
        }
      g_signal_connect (monitor, "changed", G_CALLBACK (changed_cb), self);
      g_hash_table_insert (self->monitors, g_steal_pointer (&path), monitor);
    }
  if (self->waiting->len > 0)
    return G_SOURCE_CONTINUE;

  if (self->limited && self->looking == 0)
    self->looking = g_timeout_add_seconds (ALL_S, look_cb, self);
  self->adding = 0;

  return G_SOURCE_REMOVE;
}

/* What a thread has found: which of the library's folders are there, and all that are in them. */
typedef struct
{
  GPtrArray *roots;    /* owned; of char * */
  GPtrArray *folders;  /* owned; of char * */
} Listed;

static void
free_listed (gpointer data)
{
  Listed *listed = data;

  g_ptr_array_unref (listed->roots);
  g_ptr_array_unref (listed->folders);
  g_free (listed);
}

static void
list_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  VigLibrary *library = data;
  VigProfile *profile = vig_library_get_profile (library);
  Listed *listed = g_new0 (Listed, 1);
  g_autoptr(VigWalk) walk = vig_walk_new (vig_ignore_load (profile));
  g_autoptr(GPtrArray) folders = vig_library_list_folders (library, NULL);

  listed->roots = g_ptr_array_new_with_free_func (g_free);
  vig_walk_pass_over (walk, vig_profile_get_cache (profile));
  vig_walk_pass_over (walk, vig_profile_get_models (profile));
  for (guint i = 0; folders != NULL && i < folders->len; i++)
    {
      if (!g_file_test (folders->pdata[i], G_FILE_TEST_IS_DIR))
        continue;
      g_ptr_array_add (listed->roots, g_strdup (folders->pdata[i]));
      vig_walk_folder (walk, folders->pdata[i], cancellable);
    }
  listed->folders = g_ptr_array_ref (walk->folders);
  g_task_return_pointer (task, listed, free_listed);
}

static gboolean
has (GPtrArray  *texts,
     const char *text)
{
  return texts == NULL || g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}

/* Watches of folders that are not there any more, or have another name now. */
static void
drop_others (VigWatch  *self,
             GPtrArray *folders)
{
  g_autoptr(GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer path, monitor;

  for (guint i = 0; i < folders->len; i++)
    g_hash_table_add (there, folders->pdata[i]);
  g_hash_table_iter_init (&iter, self->monitors);
  while (g_hash_table_iter_next (&iter, &path, &monitor))
    {
      if (g_hash_table_contains (there, path))
        continue;
      g_signal_handlers_disconnect_by_data (monitor, self);
      g_hash_table_iter_remove (&iter);
    }
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  VigWatch *self = data;
  Listed *listed = g_task_propagate_pointer (G_TASK (result), NULL);

  if (listed == NULL)
    return;  /* it is over, and so is @self */

  self->listing = FALSE;
  /* A drive has come back. What was there from the beginning is for others to look at. */
  for (guint i = 0; i < listed->roots->len; i++)
    {
      if (!has (self->roots, listed->roots->pdata[i]))
        soil (self, listed->roots->pdata[i]);
    }
  g_clear_pointer (&self->roots, g_ptr_array_unref);
  self->roots = g_ptr_array_ref (listed->roots);

  drop_others (self, listed->folders);
  self->limited = listed->folders->len > MOST_FOLDERS;
  g_ptr_array_set_size (self->waiting, 0);
  for (guint i = 0; i < MIN (listed->folders->len, MOST_FOLDERS); i++)
    {
      if (!g_hash_table_contains (self->monitors, listed->folders->pdata[i]))
        g_ptr_array_add (self->waiting, g_strdup (listed->folders->pdata[i]));
    }
  free_listed (listed);
  if (self->adding == 0)
    self->adding = g_idle_add_full (G_PRIORITY_LOW, add_cb, self, NULL);
  if (self->again)
    {
      self->again = FALSE;
      list (self);
    }
}

static void
list (VigWatch *self)
{
  if (self->listing)
    {
      self->again = TRUE;
      return;
    }

  g_autoptr(GTask) task = g_task_new (NULL, self->cancellable, listed_cb, self);

  self->listing = TRUE;
  g_task_set_task_data (task, g_object_ref (self->library), g_object_unref);
  g_task_run_in_thread (task, list_in_thread);
}

/* ---- The library's own folders: others, or on a drive that comes and goes ---- */

static void
compare_in_thread (GTask        *task,
                   gpointer      source,
                   gpointer      data,
                   GCancellable *cancellable)
{
  g_autoptr(GPtrArray) folders = vig_library_list_folders (data, NULL);
  GPtrArray *there = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; folders != NULL && i < folders->len; i++)
    {
      if (g_file_test (folders->pdata[i], G_FILE_TEST_IS_DIR))
        g_ptr_array_add (there, g_strdup (folders->pdata[i]));
    }
  g_task_return_pointer (task, there, (GDestroyNotify) g_ptr_array_unref);
}

static void
compared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  VigWatch *self = data;
  g_autoptr(GPtrArray) there = g_task_propagate_pointer (G_TASK (result), NULL);

  if (there == NULL)
    return;

  gboolean same = self->roots != NULL && there->len == self->roots->len;
  for (guint i = 0; same && i < there->len; i++)
    same = has (self->roots, there->pdata[i]);
  if (!same)
    list (self);
}

static gboolean
root_cb (gpointer data)
{
  VigWatch *self = data;
  g_autoptr(GTask) task = g_task_new (NULL, self->cancellable, compared_cb, self);

  g_task_set_task_data (task, g_object_ref (self->library), g_object_unref);
  g_task_run_in_thread (task, compare_in_thread);

  return G_SOURCE_CONTINUE;
}

/* ---- All of it ---- */

VigWatch *
vig_watch_new (VigLibrary   *library,
               VigWatchTold  told,
               gpointer      data)
{
  VigWatch *self = g_new0 (VigWatch, 1);

  self->library = g_object_ref (library);
  self->told = told;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->monitors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->waiting = g_ptr_array_new_with_free_func (g_free);
  self->dirty = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->rooting = g_timeout_add_seconds (ROOTS_S, root_cb, self);
  list (self);

  return self;
}

guint
vig_watch_get_n_folders (VigWatch *self)
{
  return g_hash_table_size (self->monitors);
}

static void
drop_monitor (gpointer path,
              gpointer monitor,
              gpointer data)
{
  g_signal_handlers_disconnect_by_data (monitor, data);
}

void
vig_watch_free (VigWatch *self)
{
  if (self == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->calm, g_source_remove);
  g_clear_handle_id (&self->adding, g_source_remove);
  g_clear_handle_id (&self->rooting, g_source_remove);
  g_clear_handle_id (&self->looking, g_source_remove);
  g_hash_table_foreach (self->monitors, drop_monitor, self);
  g_hash_table_unref (self->monitors);
  g_hash_table_unref (self->dirty);
  g_ptr_array_unref (self->waiting);
  g_clear_pointer (&self->roots, g_ptr_array_unref);
  g_object_unref (self->cancellable);
  g_object_unref (self->library);
  g_free (self);
}
