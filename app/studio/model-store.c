/* model-store.c: the user's own models: taken in, compared with what was written down of them, and taken away */

#define G_LOG_DOMAIN "vig-model-store"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <vc.h>

#include "library/files.h"
#include "studio/model-store.h"

#define RECORD "added.json"

/* A folder that is being filled begins so, and is no model; so does one with what was fetched of a model. */
#define UNFINISHED ".adding-"
#define FETCHED ".fetched-"

/* What a disk should have left. */
#define SPARE (16 << 20)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/* ---- folders ---- */

/* Removes a folder of plain files; those in "clip" and "dalle", too. */
static gboolean
remove_folder (const char *path,
               guint       depth)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);  /* what is gone need not be removed */
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_unlink (inner) != 0 && depth > 0 && !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        remove_folder (inner, depth - 1);
    }

  return g_rmdir (path) == 0 || errno == ENOENT;
}

/* Opens a folder and keeps others from removing it while the descriptor is open. -1: it is another's. */
static int
lock_folder (const char *path)
{
  const int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;

  if (fd >= 0)
    close (fd);

  return -1;
}

/* What was left half filled by a program that ended. */
static void
clean_up (const char *parent)
{
  g_autoptr(GDir) dir = g_dir_open (parent, 0, NULL);  /* the profile has made it */
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, UNFINISHED))
      {
        g_autofree char *path = g_build_filename (parent, name, NULL);
        const int fd = lock_folder (path);

        if (fd < 0)
          continue;
        remove_folder (path, 0);
        close (fd);
      }
}

gboolean
vig_model_store_check_room (const char  *folder,
                            guint64      bytes,
                            GError     **error)
{
  g_autoptr(GFile) file = g_file_new_for_path (folder);
  g_autoptr(GFileInfo) info =
    g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  guint64 left;

  /* Where it is not known, writing will tell. */
  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return TRUE;

  left = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  if (left >= bytes && left - bytes >= SPARE)
    return TRUE;

  {
    g_autofree char *wanted = g_format_size (bytes);
    g_autofree char *there = g_format_size (left);
    g_autofree char *shown = g_filename_display_name (folder);

    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                 _("The model takes %s, and the disk of “%s” has only %s left."), wanted, shown, there);
  }

  return FALSE;
}

/* ---- names ---- */

/* A name that is a folder of its own wherever it is typed. */
static char *
make_name (const char *wanted)
{
  g_autofree char *valid = g_filename_display_name (wanted);
  g_autoptr(GString) name = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gunichar c = g_utf8_get_char (at);

      if (c == '/' || !g_unichar_isprint (c) || (name->len == 0 && (c == '.' || c == '-' || c == ' ')))
        continue;
      g_string_append_unichar (name, c);
      if (name->len >= 100)
        break;
    }

  /* These two are the halves of a pair, which is called as the folder around them. */
  if (name->len == 0 || g_str_equal (name->str, "clip") || g_str_equal (name->str, "dalle"))
    g_string_append (name, name->len == 0 ? "model" : "-model");

  return g_string_free (g_steal_pointer (&name), FALSE);
}

/* The model of @name that the user has, or that comes with the program. Borrowed from @all. */
static const VigModelFiles *
find_named (GPtrArray  *all,
            const char *name,
            gboolean    included)
{
  for (guint i = 0; i < all->len; i++)
    {
      const VigModelFiles *files = all->pdata[i];

      if (files->included == included && g_str_equal (files->name, name))
        return files;
    }

  return NULL;
}

gboolean
vig_model_store_check_name (VigProfile *profile,
                            const char *name,
                            GError    **error)
{
  g_autoptr(GPtrArray) all = vig_model_files_list (profile);
  g_autofree char *place = g_build_filename (vig_profile_get_models (profile), name, NULL);

  if (find_named (all, name, TRUE) != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _("A model that comes with the program is called “%s”: give this one another name with --name."),
                 name);
  else if (g_file_test (place, G_FILE_TEST_EXISTS))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _("There is a model “%s” already: give this one another name with --name, or remove that one."),
                 name);
  else
    return TRUE;

  return FALSE;
}

/* ---- what is written down ---- */

static json_t *
describe_file (const char    *folder,
               const char    *name,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *hash = vig_file_hash (path, cancellable, error);
  GStatBuf status;

  if (hash == NULL || g_stat (path, &status) != 0)
    return NULL;

  return json_pack ("{s:I, s:s}", "bytes", (json_int_t) status.st_size, "sha256", hash);
}

static gboolean
write_record (const char    *folder,
              const char    *source,
              const char    *licence,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *added = g_date_time_format_iso8601 (now);
  g_autofree char *shown = g_filename_display_name (source);
  g_autofree char *path = g_build_filename (folder, RECORD, NULL);
  g_autoptr(json_t) record = NULL;
  g_autoptr(json_t) files = json_object ();
  g_autoptr(GDir) dir = g_dir_open (folder, 0, error);
  g_autofree char *text = NULL;
  const char *name;

  if (dir == NULL)
    return FALSE;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      json_t *file = describe_file (folder, name, cancellable, error);

      if (file == NULL)
        return FALSE;
      json_object_set_new (files, name, file);
    }

  record = json_pack ("{s:s, s:s, s:s*, s:O}", "source", shown, "added", added, "license", licence, "files", files);
  text = json_dumps (record, JSON_INDENT (2) | JSON_SORT_KEYS);

  return vig_file_write (path, text, strlen (text), RECORD, error);
}

/* ---- adding ---- */

typedef struct
{
  GCancellable *cancellable;
  VigModelStep  step;
  gpointer      data;
} Progress;

static gboolean
tell (double   fraction,
      gpointer data)
{
  const Progress *progress = data;

  if (progress->step != NULL)
    progress->step (fraction, progress->data);

  return !g_cancellable_is_cancelled (progress->cancellable);
}

/* What the disk says, in the words that the rest of the program has for it. */
static void
explain_disk (GError **error)
{
  g_autoptr(GError) cause = NULL;

  if (error == NULL || *error == NULL || (*error)->domain != G_FILE_ERROR)
    return;

  cause = g_steal_pointer (error);
  if (cause->code == G_FILE_ERROR_NOSPC)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                         _("There is no space left on the disk for the model; nothing of it was kept."));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The model could not be written: %s."), cause->message);
}

static gboolean
fill (VcImport      *import,
      const char    *folder,
      const char    *source,
      const char    *licence,
      Progress      *progress,
      GError       **error)
{
  if (!vc_import_write (import, folder, tell, progress, error))
    {
      explain_disk (error);
      return FALSE;
    }

  return write_record (folder, source, licence, progress->cancellable, error) &&
         vig_folder_sync (folder, error);
}

static gboolean
place (const char *folder,
       const char *parent,
       const char *name,
       GError    **error)
{
  g_autofree char *place = g_build_filename (parent, name, NULL);
  gboolean exists;

  if (vig_file_place (folder, place, &exists, name, error))
    return vig_folder_sync (parent, error);

  if (exists)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 _("There is a model “%s” already: give this one another name with --name, or remove that one."),
                 name);

  return FALSE;
}

static VigModelFiles *
find_own (VigProfile  *profile,
          const char  *name,
          GError     **error)
{
  g_autoptr(GPtrArray) all = vig_model_files_list (profile);

  for (guint i = 0; i < all->len; i++)
    {
      const VigModelFiles *files = all->pdata[i];

      if (!files->included && g_str_equal (files->name, name))
        return g_ptr_array_steal_index (all, i);
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("There is no model “%s”; “vignette models” lists those there are."), name);

  return NULL;
}

VigModelFiles *
vig_model_store_add (VigProfile     *profile,
                     const char     *path,
                     const char     *name,
                     const char     *source,
                     const char     *licence,
                     GCancellable   *cancellable,
                     VigModelStep    step,
                     gpointer        data,
                     GError        **error)
{
  const char *parent = vig_profile_get_models (profile);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_build_filename (parent, UNFINISHED "XXXXXX", NULL);
  Progress progress = { cancellable, step, data };
  g_autoptr(VcImport) import = NULL;
  g_autofree char *chosen = NULL;
  int fd;
  gboolean done;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no file or folder “%s”."), shown);
      return NULL;
    }

  import = vc_import_open (path, error);
  if (import == NULL)
    return NULL;

  chosen = make_name (name != NULL ? name : vc_import_get_name (import));
  if (!vig_model_store_check_name (profile, chosen, error))
    return NULL;

  clean_up (parent);
  if (!vig_model_store_check_room (parent, vc_import_measure (import), error))
    return NULL;

  if (g_mkdtemp_full (folder, 0755) == NULL)
    {
      g_propagate_error (error, vig_file_make_error (errno, chosen));
      return NULL;
    }

  fd = lock_folder (folder);
  done = fill (import, folder, source != NULL ? source : absolute, licence, &progress, error) &&
         place (folder, parent, chosen, error);
  if (!done)
    remove_folder (folder, 0);
  if (fd >= 0)
    close (fd);

  return done ? find_own (profile, chosen, error) : NULL;
}

/* ---- what is fetched ---- */

struct _VigModelLock
{
  char *folder;  /* owned */
  int   fd;      /* owned */
};

VigModelLock *
vig_model_store_keep (VigProfile *profile,
                      const char *name,
                      char      **folder,
                      GError    **error)
{
  g_autofree char *base = g_strconcat (FETCHED, name, NULL);
  g_autofree char *path = g_build_filename (vig_profile_get_models (profile), base, NULL);
  VigModelLock *lock;
  int fd;

  if (g_mkdir (path, 0755) != 0 && errno != EEXIST)
    {
      g_propagate_error (error, vig_file_make_error (errno, name));
      return NULL;
    }

  fd = lock_folder (path);
  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("“%s” is being fetched already."), name);
      return NULL;
    }

  lock = g_new0 (VigModelLock, 1);
  lock->folder = g_steal_pointer (&path);
  lock->fd = fd;
  *folder = g_strdup (lock->folder);

  return lock;
}

void
vig_model_store_drop (VigModelLock *lock)
{
  remove_folder (lock->folder, 0);
}

void
vig_model_lock_free (VigModelLock *lock)
{
  if (lock == NULL)
    return;

  close (lock->fd);
  g_free (lock->folder);
  g_free (lock);
}

/* ---- removing ---- */

/* What was fetched of a model that is not whole yet. */
static gboolean
remove_fetched (VigProfile *profile,
                const char *name)
{
  g_autofree char *base = g_strconcat (FETCHED, name, NULL);
  g_autofree char *path = g_build_filename (vig_profile_get_models (profile), base, NULL);
  const int fd = strchr (name, G_DIR_SEPARATOR) != NULL ? -1 : lock_folder (path);

  if (fd < 0)
    return FALSE;

  remove_folder (path, 0);
  close (fd);

  return TRUE;
}

gboolean
vig_model_store_remove (VigProfile *profile,
                        const char *name,
                        GError    **error)
{
  const char *parent = vig_profile_get_models (profile);
  g_autoptr(GPtrArray) all = vig_model_files_list (profile);
  const VigModelFiles *own = find_named (all, name, FALSE);
  g_autofree char *folder = NULL;
  g_autofree char *gone = g_build_filename (parent, UNFINISHED "XXXXXX", NULL);
  g_autofree char *within = NULL;

  if (own == NULL)
    {
      if (remove_fetched (profile, name))
        return TRUE;
      if (find_named (all, name, TRUE) != NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                     _("“%s” comes with the program, and stays."), name);
      else
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                     _("There is no model “%s”; “vignette models” lists those there are."), name);
      return FALSE;
    }

  folder = g_build_filename (parent, name, NULL);

  /* At once out of sight: what is half removed is no model. */
  if (g_mkdtemp_full (gone, 0700) == NULL)
    {
      g_propagate_error (error, vig_file_make_error (errno, name));
      return FALSE;
    }
  within = g_build_filename (gone, "gone", NULL);
  if (g_file_test (folder, G_FILE_TEST_IS_SYMLINK) ? g_unlink (folder) != 0 : g_rename (folder, within) != 0)
    {
      g_propagate_error (error, vig_file_make_error (errno, name));
      g_rmdir (gone);
      return FALSE;
    }
  remove_folder (gone, 2);

  return vig_folder_sync (parent, error);
}

/* ---- verifying ---- */

static json_t *
read_record (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, RECORD, NULL);
  g_autofree char *text = NULL;
  gsize size;

  text = vig_file_read (path, 4 << 20, &size, NULL);  /* not there: nothing was written down */

  return text == NULL ? NULL : json_loadb (text, size, 0, NULL);
}

static G_GNUC_PRINTF (2, 3) void
add_problem (GPtrArray  *problems,
             const char *format,
             ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (problems, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

GPtrArray *
vig_model_store_verify (const VigModelFiles *files,
                        GCancellable        *cancellable,
                        GError             **error)
{
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(json_t) record = read_record (files->directory);
  json_t *list = json_object_get (record, "files");
  const char *name;
  json_t *file;

  if (list == NULL)
    {
      g_autoptr(GError) local = NULL;
      g_autofree char *hash = vig_model_files_hash (files, cancellable, &local);

      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (hash == NULL)
        add_problem (problems, "%s", local->message);
      return g_steal_pointer (&problems);
    }

  json_object_foreach (list, name, file)
    {
      g_autofree char *path = g_build_filename (files->directory, name, NULL);
      const char *wanted = json_string_value (json_object_get (file, "sha256"));
      g_autoptr(GError) local = NULL;
      g_autofree char *hash = NULL;

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        {
          add_problem (problems, _("“%s” is missing."), name);
          continue;
        }

      hash = vig_file_hash (path, cancellable, &local);
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (hash == NULL)
        add_problem (problems, "%s", local->message);
      else if (g_strcmp0 (hash, wanted) != 0)
        add_problem (problems, _("“%s” is not as it was when the model was added."), name);
    }

  return g_steal_pointer (&problems);
}
