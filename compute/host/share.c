/* share.c: how much of this computer the process may have */

#include "host/share.h"

#include <string.h>

#define NO_LIMIT G_MAXUINT64

static char *
read_text (const char *root,
           const char *path)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  char *text;

  return g_file_get_contents (full, &text, NULL, NULL) ? text : NULL;
}

/* The number after @key at the beginning of a line, or @otherwise. "max" is no limit. */
static guint64
find_number (const char *text,
             const char *key,
             guint64     otherwise)
{
  const gsize length = strlen (key);

  for (const char *line = text; line != NULL && *line != '\0';)
    {
      const char *end = strchr (line, '\n');

      if (strncmp (line, key, length) == 0)
        {
          const char *value = line + length + strspn (line + length, " \t");

          return g_ascii_isdigit (*value) ? g_ascii_strtoull (value, NULL, 10) : otherwise;
        }
      line = end != NULL ? end + 1 : NULL;
    }

  return otherwise;
}

static guint64
read_number (const char *root,
             const char *folder,
             const char *name,
             guint64     otherwise)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = read_text (root, path);

  return find_number (text, "", otherwise);
}

static guint64
read_entry (const char *root,
            const char *folder,
            const char *name,
            const char *key)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = read_text (root, path);

  return find_number (text, key, 0);
}

/* What a group leaves of @limit: files that were read lately count as used, but are given up when need be. */
static guint64
leave (guint64 limit,
       guint64 used,
       guint64 files)
{
  used -= MIN (used, files);

  return limit == NO_LIMIT ? NO_LIMIT : limit - MIN (limit, used);
}

static guint64
read_memory (const char *root,
             const char *folder,
             gboolean    unified)
{
  if (unified)
    return leave (read_number (root, folder, "memory.max", NO_LIMIT),
                  read_number (root, folder, "memory.current", 0),
                  read_entry (root, folder, "memory.stat", "file "));

  return leave (read_number (root, folder, "memory.limit_in_bytes", NO_LIMIT),
                read_number (root, folder, "memory.usage_in_bytes", 0),
                read_entry (root, folder, "memory.stat", "total_cache "));
}

static guint64
read_processors (const char *root,
                 const char *folder,
                 gboolean    unified)
{
  guint64 quota, period;

  if (unified)
    {
      g_autofree char *path = g_build_filename (folder, "cpu.max", NULL);
      g_autofree char *text = read_text (root, path);
      const char *space = text != NULL ? strchr (text, ' ') : NULL;

      quota = find_number (text, "", NO_LIMIT);
      period = find_number (space, " ", 0);
    }
  else
    {
      quota = read_number (root, folder, "cpu.cfs_quota_us", NO_LIMIT);  /* -1: none */
      period = read_number (root, folder, "cpu.cfs_period_us", 0);
    }

  return quota == NO_LIMIT || period == 0 ? NO_LIMIT : MAX (1, (quota + period - 1) / period);
}

typedef guint64 (*Reader) (const char *root,
                           const char *folder,
                           gboolean    unified);

/* The least that the group @path below @mount and those around it tell. */
static guint64
read_groups (const char *root,
             const char *mount,
             const char *path,
             gboolean    unified,
             Reader      read)
{
  g_autofree char *folder = g_build_filename (mount, path, NULL);
  guint64 least = NO_LIMIT;

  for (;;)
    {
      char *slash;

      least = MIN (least, read (root, folder, unified));

      slash = strrchr (folder, '/');
      if (slash == NULL || strlen (folder) <= strlen (mount))
        break;
      *slash = '\0';
    }

  return least;
}

/* @controller: as version 1 names it in /proc/self/cgroup, “ID:CONTROLLERS:PATH”; version 2 has none there. */
static guint64
ask_groups (const char *root,
            const char *controller,
            Reader      read)
{
  g_autofree char *text = read_text (root, "/proc/self/cgroup");
  g_auto(GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  guint64 least = NO_LIMIT;

  for (char **line = lines; *line != NULL; line++)
    {
      g_auto(GStrv) parts = g_strsplit (*line, ":", 3);
      g_auto(GStrv) names = NULL;

      if (g_strv_length (parts) != 3 || strstr (parts[2], "..") != NULL)
        continue;

      names = g_strsplit (parts[1], ",", -1);
      if (*parts[1] == '\0')
        least = MIN (least, read_groups (root, "/sys/fs/cgroup", parts[2], TRUE, read));
      else if (g_strv_contains ((const char * const *) names, controller))
        {
          g_autofree char *mount = g_build_filename ("/sys/fs/cgroup", controller, NULL);

          least = MIN (least, read_groups (root, mount, parts[2], FALSE, read));
        }
    }

  return least;
}

guint64
vc_share_memory (const char *root)
{
  g_autofree char *text = read_text (root, "/proc/meminfo");
  const guint64 kilobytes = find_number (text, "MemAvailable:", NO_LIMIT);

  return MIN (kilobytes == NO_LIMIT ? NO_LIMIT : kilobytes * 1024, ask_groups (root, "memory", read_memory));
}

guint
vc_share_processors (const char *root)
{
  return MIN (ask_groups (root, "cpu", read_processors), G_MAXUINT);
}
