/* walk.c: the files under a folder whose names say picture */

#define G_LOG_DOMAIN "vig-walk"

#include "config.h"

#include "library/walk.h"

#include "library/decoder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What cameras and other programs call pictures beside the kinds that can be read here: if no loader is installed for
 * them, the user should hear of it. */
static const char * const more_names[] = { "avif", "heic", "heif", "hif", "j2k", "jp2", "jxl", "webp" };

/* What servers and programmers keep within folders of pictures. */
static const char * const passed_over[] = { "@eaDir", "lost+found", "node_modules", NULL };

static void
free_found (gpointer data)
{
  VigFound *found = data;

  g_free (found->path);
  g_free (found);
}

VigWalk *
vig_walk_new (VigIgnore *ignore)
{
  VigWalk *self = g_new0 (VigWalk, 1);

  self->found = g_ptr_array_new_with_free_func (free_found);
  self->unseen = g_ptr_array_new_with_free_func (g_free);
  self->mounts = g_ptr_array_new_with_free_func (g_free);
  self->links = g_ptr_array_new_with_free_func (g_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->ignored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ignore = ignore;
  self->visited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

void
vig_walk_free (VigWalk *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->found);
  g_ptr_array_unref (self->unseen);
  g_ptr_array_unref (self->mounts);
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->folders);
  g_hash_table_unref (self->ignored);
  vig_ignore_free (self->ignore);
  g_hash_table_unref (self->visited);
  g_clear_pointer (&self->files, g_hash_table_unref);
  g_free (self);
}

/* Drawings of vectors and icons are no photos; their loaders say of themselves that they scale. */
static gpointer
collect_names (gpointer data)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GSList) formats = gdk_pixbuf_get_formats ();

  for (GSList *l = formats; l != NULL; l = l->next)
    {
      g_auto(GStrv) extensions = gdk_pixbuf_format_get_extensions (l->data);

      for (guint i = 0; extensions[i] != NULL && !gdk_pixbuf_format_is_scalable (l->data); i++)
        g_hash_table_add (names, g_ascii_strdown (extensions[i], -1));
    }
  for (guint i = 0; i < G_N_ELEMENTS (more_names); i++)
    g_hash_table_add (names, g_strdup (more_names[i]));

  return names;
}

gboolean
vig_name_says_picture (const char *name)
{
  static GOnce once = G_ONCE_INIT;
  GHashTable *names = g_once (&once, collect_names, NULL);
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot == name)
    return FALSE;

  g_autofree char *extension = g_ascii_strdown (dot + 1, -1);

  return g_hash_table_contains (names, extension) || vig_name_says_raw (name);
}

gboolean
vig_path_is_in (const char *path,
                const char *folder)
{
  const gsize length = strlen (folder);

  return strncmp (path, folder, length) == 0 &&
         (path[length] == '\0' || path[length] == '/' || (length > 0 && folder[length - 1] == '/'));
}

gboolean
vig_is_mounted (const char *path)
{
  g_autofree char *parent = g_build_filename (path, "..", NULL);
  struct stat here, above;

  return stat (path, &here) == 0 && stat (parent, &above) == 0 && here.st_dev != above.st_dev;
}

static char *
identify (guint64 device,
          guint64 inode)
{
  return g_strdup_printf ("%" G_GINT64_MODIFIER "x:%" G_GINT64_MODIFIER "x", device, inode);
}

void
vig_walk_pass_over (VigWalk    *self,
                    const char *folder)
{
  struct stat info;

  if (stat (folder, &info) == 0)
    g_hash_table_add (self->visited, identify (info.st_dev, info.st_ino));
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char * const *) a, *(char * const *) b);
}

static gint64
get_mtime (const struct stat *info)
{
  return (gint64) info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

/* When the sidecar of @path was changed, if @names (NULL: any) has one. */
static gint64
find_sidecar (const char *path,
              GPtrArray  *names)
{
  const char *slash = strrchr (path, '/');
  const char *dot = strrchr (slash, '.');
  g_autofree char *beside = g_strconcat (path, ".xmp", NULL);
  g_autofree char *adobe = g_strdup_printf ("%.*s.xmp", dot != NULL ? (int) (dot - path) : (int) strlen (path), path);
  const char *all[] = { beside, adobe };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const char *name = strrchr (all[i], '/') + 1;
      struct stat info;

      if ((names == NULL || bsearch (&name, names->pdata, names->len, sizeof name, compare_names) != NULL) &&
          stat (all[i], &info) == 0 && S_ISREG (info.st_mode))
        return get_mtime (&info);
    }

  return 0;
}

/* @names: of all that is beside it; NULL if that is not known */
static void
add_file (VigWalk           *self,
          const char        *path,
          const struct stat *info,
          GPtrArray         *names)
{
  VigFound *found = g_new (VigFound, 1);

  *found = (VigFound) {
    .path = g_strdup (path),
    .size = info->st_size,
    .mtime = get_mtime (info),
    .sidecar = find_sidecar (path, names),
    .device = info->st_dev,
    .inode = info->st_ino,
  };
  g_ptr_array_add (self->found, found);
}

/* The names in a folder, in order, so that every walk meets everything in the same way. NULL if it cannot be read. *@private:
 * it says that what is in it is not for looking at. */
static GPtrArray *
list_names (const char *path,
            gboolean   *private)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  DIR *dir = opendir (path);
  struct dirent *entry;

  if (dir == NULL)
    return NULL;

  *private = FALSE;
  errno = 0;
  while ((entry = readdir (dir)) != NULL)
    {
      *private |= strcmp (entry->d_name, ".nomedia") == 0;
      if (entry->d_name[0] != '.' && !g_strv_contains (passed_over, entry->d_name))
        g_ptr_array_add (names, g_strdup (entry->d_name));
      errno = 0;
    }

  const int code = errno;
  closedir (dir);
  errno = code;
  if (code != 0)
    return NULL;
  g_ptr_array_sort (names, compare_names);

  return g_steal_pointer (&names);
}

static void
pass_over (VigWalk    *self,
           const char *path)
{
  g_hash_table_add (self->ignored, g_strdup (path));
}

/* One folder; what is below it waits in @waiting. @asked: the user named it */
static void
read_folder (VigWalk           *self,
             const char        *path,
             const struct stat *folder,
             gboolean           asked,
             GPtrArray         *waiting)
{
  gboolean private;
  g_autofree char *identity = identify (folder->st_dev, folder->st_ino);

  if (g_hash_table_contains (self->visited, identity))
    return;
  g_hash_table_add (self->visited, g_steal_pointer (&identity));

  g_autoptr(GPtrArray) names = list_names (path, &private);
  if (names == NULL)
    {
      /* One that has just gone is really empty. */
      if (errno != ENOENT && errno != ENOTDIR)
        g_ptr_array_add (self->unseen, g_strdup (path));
      return;
    }

  if (private && !asked)
    {
      pass_over (self, path);
      return;
    }

  g_ptr_array_add (self->folders, g_strdup (path));

  const guint first = waiting->len;
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *child = g_build_filename (path, names->pdata[i], NULL);
      struct stat info;

      if (self->ignore != NULL && vig_ignore_matches (self->ignore, child, names->pdata[i]))
        pass_over (self, child);
      else if (lstat (child, &info) != 0)
        {
          if (errno != ENOENT)
            g_ptr_array_add (self->unseen, g_steal_pointer (&child));
        }
      else if (S_ISDIR (info.st_mode))
        {
          if (info.st_dev != folder->st_dev)
            g_ptr_array_add (self->mounts, g_strdup (child));
          g_ptr_array_add (waiting, g_steal_pointer (&child));
        }
      else if (S_ISLNK (info.st_mode))
        g_ptr_array_add (self->links, g_steal_pointer (&child));
      else if (S_ISREG (info.st_mode) && vig_name_says_picture (names->pdata[i]))
        add_file (self, child, &info, names);
    }

  /* Taken from the end: the first name is to be the next. */
  for (guint i = first, j = waiting->len; i + 1 < j; i++, j--)
    {
      gpointer other = waiting->pdata[i];

      waiting->pdata[i] = waiting->pdata[j - 1];
      waiting->pdata[j - 1] = other;
    }
}

static gboolean
walk_tree (VigWalk      *self,
           const char   *folder,
           GCancellable *cancellable)
{
  g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (waiting, g_strdup (folder));
  while (waiting->len > 0)
    {
      g_autofree char *path = g_ptr_array_steal_index (waiting, waiting->len - 1);
      struct stat info;

      if (g_cancellable_is_cancelled (cancellable))
        return FALSE;
      if (stat (path, &info) == 0 && S_ISDIR (info.st_mode))
        read_folder (self, path, &info, strcmp (path, folder) == 0, waiting);
      else if (errno != ENOENT)
        g_ptr_array_add (self->unseen, g_steal_pointer (&path));
    }

  return TRUE;
}

/* A link to what was met already adds nothing; so a circle of links ends. */
static gboolean
follow_links (VigWalk      *self,
              GCancellable *cancellable)
{
  if (self->links->len > 0)
    self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; self->files != NULL && i < self->found->len; i++)
    {
      const VigFound *found = self->found->pdata[i];

      g_hash_table_add (self->files, identify (found->device, found->inode));
    }

  while (self->links->len > 0)
    {
      g_autofree char *path = g_ptr_array_steal_index (self->links, 0);
      struct stat info;

      /* One that leads nowhere may lead somewhere again when a disk is back. */
      if (stat (path, &info) != 0)
        {
          g_ptr_array_add (self->unseen, g_steal_pointer (&path));
          continue;
        }
      if (S_ISDIR (info.st_mode))
        {
          const guint before = self->found->len;

          if (!walk_tree (self, path, cancellable))
            return FALSE;
          for (guint j = before; j < self->found->len; j++)
            {
              const VigFound *found = self->found->pdata[j];

              g_hash_table_add (self->files, identify (found->device, found->inode));
            }
        }
      else if (S_ISREG (info.st_mode) && vig_name_says_picture (path) &&
               g_hash_table_add (self->files, identify (info.st_dev, info.st_ino)))
        add_file (self, path, &info, NULL);
    }
  g_clear_pointer (&self->files, g_hash_table_unref);

  return TRUE;
}

/* The disk that the folder lies on, if it is not the system's. */
static void
add_mounts_above (VigWalk    *self,
                  const char *folder)
{
  for (g_autofree char *path = g_strdup (folder); strcmp (path, "/") != 0;)
    {
      char *above = g_path_get_dirname (path);

      if (vig_is_mounted (path))
        g_ptr_array_add (self->mounts, g_strdup (path));
      g_free (path);
      path = above;
    }
}

gboolean
vig_walk_plainly (VigWalk      *self,
                  const char   *folder,
                  GCancellable *cancellable)
{
  add_mounts_above (self, folder);

  const gboolean done = walk_tree (self, folder, cancellable);
  g_ptr_array_set_size (self->links, 0);

  return done;
}

gboolean
vig_walk_folder (VigWalk      *self,
                 const char   *folder,
                 GCancellable *cancellable)
{
  add_mounts_above (self, folder);

  return walk_tree (self, folder, cancellable) && follow_links (self, cancellable);
}

gboolean
vig_walk_is_ignored (VigWalk    *self,
                     const char *path)
{
  if (g_hash_table_size (self->ignored) == 0)
    return FALSE;

  for (g_autofree char *at = g_strdup (path); strcmp (at, "/") != 0 && strcmp (at, ".") != 0;)
    {
      char *above = g_path_get_dirname (at);

      if (g_hash_table_contains (self->ignored, at))
        {
          g_free (above);
          return TRUE;
        }
      g_free (at);
      at = above;
    }

  return FALSE;
}

gint64
vig_path_find_sidecar (const char *path)
{
  return find_sidecar (path, NULL);
}
