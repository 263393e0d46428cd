/* importer.c: walks folders and notices new, changed, moved and gone files, in batches
 *
 * The folder of made pictures is looked through with every scan, whatever was asked for: what was renamed, changed or
 * deleted there is noticed like in any other. Paths in it are written as pictures.path has them, without the folder.
 */

#define G_LOG_DOMAIN "vig-importer"

#include "config.h"

#include "library/files.h"
#include "library/library-private.h"
#include "library/pixels.h"
#include "library/sidecar.h"
#include "library/walk.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

/* Files of one transaction, at most; and how long the first may wait for it. */
#define BATCH 64
#define BATCH_US G_USEC_PER_SEC

/* Of pictures outside the folders of a scan that have a content, how many are asked whether their file has left. */
#define MOST_ASKED 16

/* What the library knew of a path before the scan. */
typedef struct
{
  gint64   id;       /* of the picture; 0 if it has none */
  gint64   content;
  gint64   size;
  gint64   mtime;
  gint64   sidecar;
  int      state;
  char    *reason;   /* owned; why it could not be read, when it was as @failed_size and @failed_mtime tell */
  gint64   failed_size;
  gint64   failed_mtime;
  gboolean seen;
} Known;

/* What a new or changed file turned out to be. */
typedef struct
{
  const VigFound *found;   /* borrowed from the walk */
  Known          *known;   /* borrowed; NULL for a new path */
  char           *hash;    /* NULL if it could not be read */
  char           *reason;  /* then why */
  guint           width;
  guint           height;
  gint64          time;
  VigOrigin *origin;   /* owned; NULL if it says nothing */
  char          **tags;    /* what other programs call it */
} Looked;

/* A picture whose file was changed in place: its tags may go on with it. */
typedef struct
{
  gint64 before;  /* contents */
  gint64 after;
} Changed;

typedef struct
{
  VigLibrary *library;
  VigWalk    *walk;
  GPtrArray  *asked;     /* of char *: the folders; borrowed, NULL for a single file */
  VigScan    *result;
  GHashTable *known;     /* path → Known */
  GHashTable *left;      /* content → GArray of the ids of pictures whose files are not where they were */
  GHashTable *passed_over;  /* set of SHA-256 of paths that the user has taken out */
  GPtrArray  *offline;   /* of char *: disks that are not there now */
  GPtrArray  *batch;     /* of Looked */
  gint64      begun;     /* when the first of the batch was looked at */
  GArray     *changed;   /* of Changed */
} Scan;

void
vig_failure_free (VigFailure *failure)
{
  if (failure == NULL)
    return;

  g_free (failure->path);
  g_free (failure->reason);
  g_free (failure);
}

VigScan *
vig_scan_new (void)
{
  VigScan *scan = g_new0 (VigScan, 1);

  scan->failed = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_failure_free);
  scan->counted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  return scan;
}

void
vig_scan_free (VigScan *scan)
{
  if (scan == NULL)
    return;

  g_clear_pointer (&scan->counted, g_hash_table_unref);
  g_clear_pointer (&scan->failed, g_ptr_array_unref);
  g_free (scan);
}

/* @number: one of @scan's */
static void
count (VigScan *scan,
       gint64   picture,
       guint   *number)
{
  (*number)++;
  g_hash_table_insert (scan->counted, g_memdup2 (&picture, sizeof picture), number);
}

void
vig_scan_fail (VigScan    *scan,
               VigPicture *picture,
               const char *reason)
{
  const gint64 id = vig_picture_get_id (picture);
  guint *number = g_hash_table_lookup (scan->counted, &id);
  VigFailure *failure = g_new (VigFailure, 1);

  if (number != NULL)
    {
      (*number)--;
      g_hash_table_remove (scan->counted, &id);
    }
  failure->path = g_strdup (vig_picture_get_path (picture));
  failure->reason = g_strdup (reason);
  g_ptr_array_add (scan->failed, failure);
}

static void
free_known (gpointer data)
{
  Known *known = data;

  g_free (known->reason);
  g_free (known);
}

static void
free_looked (gpointer data)
{
  Looked *looked = data;

  g_free (looked->hash);
  g_free (looked->reason);
  vig_origin_free (looked->origin);
  g_strfreev (looked->tags);
  g_free (looked);
}

static void
clear_scan (Scan *scan)
{
  vig_walk_free (scan->walk);
  vig_scan_free (scan->result);
  g_hash_table_unref (scan->known);
  g_hash_table_unref (scan->left);
  g_hash_table_unref (scan->passed_over);
  g_ptr_array_unref (scan->offline);
  g_ptr_array_unref (scan->batch);
  g_array_unref (scan->changed);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scan, clear_scan)

static void
init_scan (Scan       *scan,
           VigLibrary *library)
{
  scan->library = library;
  scan->walk = vig_walk_new (vig_ignore_load (library->profile));
  scan->result = vig_scan_new ();
  scan->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_known);
  scan->left = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_array_unref);
  scan->passed_over = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  scan->offline = g_ptr_array_new_with_free_func (g_free);
  scan->batch = g_ptr_array_new_with_free_func (free_looked);
  scan->changed = g_array_new (FALSE, FALSE, sizeof (Changed));

  vig_walk_pass_over (scan->walk, vig_profile_get_cache (library->profile));
  vig_walk_pass_over (scan->walk, vig_profile_get_models (library->profile));
}

static gboolean
is_in_any (const char *path,
           GPtrArray  *folders)
{
  for (guint i = 0; i < folders->len; i++)
    {
      if (vig_path_is_in (path, folders->pdata[i]))
        return TRUE;
    }

  return FALSE;
}

/* Paths in a folder are those from FOLDER/ up to FOLDER0, in bytes: “0” comes after “/”. */
static void
make_bounds (const char  *folder,
             char       **from,
             char       **to)
{
  const gboolean is_root = strcmp (folder, "/") == 0;

  *from = g_strconcat (is_root ? "" : folder, "/", NULL);
  *to = g_strconcat (is_root ? "" : folder, "0", NULL);
}

static Known *
get_known (Scan *scan,
           char *path)  /* taken */
{
  Known *known = g_hash_table_lookup (scan->known, path);

  if (known != NULL)
    g_free (path);
  else
    {
      known = g_new0 (Known, 1);
      g_hash_table_insert (scan->known, path, known);
    }

  return known;
}

/* @pictures, @failures: SELECT … WHERE path >= @from AND path < @to, or the like */
static void
load_paths (Scan           *scan,
            VigTransaction *t,
            const char     *pictures,
            const char     *failures,
            const char     *from,
            const char     *to)
{
  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, pictures, "pp", from, to);

    while (vig_rows_next (rows))
      {
        Known *known = get_known (scan, vig_rows_dup_path (rows, 0));

        known->id = vig_rows_get_int (rows, 1);
        known->content = vig_rows_get_int (rows, 2);
        known->size = vig_rows_get_int (rows, 3);
        known->mtime = vig_rows_get_int (rows, 4);
        known->state = vig_rows_get_int (rows, 5);
        known->sidecar = vig_rows_get_int (rows, 6);
      }
  }

  g_autoptr(VigRows) rows = vig_transaction_query (t, failures, "pp", from, to);
  while (vig_rows_next (rows))
    {
      Known *known = get_known (scan, vig_rows_dup_path (rows, 0));

      g_free (known->reason);
      known->failed_size = vig_rows_get_int (rows, 1);
      known->failed_mtime = vig_rows_get_int (rows, 2);
      known->reason = g_strdup (vig_rows_get_text (rows, 3));
    }
}

#define PICTURES "SELECT path, id, content, size, mtime, state, sidecar FROM pictures "
#define FAILURES "SELECT path, size, mtime, reason FROM failures "

static void
load_known (Scan           *scan,
            VigTransaction *t,
            const char     *folder)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  make_bounds (folder, &from, &to);
  load_paths (scan, t, PICTURES "WHERE path >= ? AND path < ?", FAILURES "WHERE path >= ? AND path < ?", from, to);
}

/* What is in the folder of made pictures: the paths that do not begin with “/”. */
static void
load_own (Scan           *scan,
          VigTransaction *t)
{
  load_paths (scan, t, PICTURES "WHERE path < ? OR path >= ?", FAILURES "WHERE path < ? OR path >= ?", "/", "0");
}

#undef PICTURES
#undef FAILURES

/* Disks that pictures were found on and that are not plugged in now; where one was, nothing is missing. */
static void
load_offline (Scan           *scan,
              VigTransaction *t)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT path FROM mounts", "");

  while (vig_rows_next (rows))
    {
      g_autofree char *path = vig_rows_dup_path (rows, 0);
      g_autoptr(GDir) dir = vig_is_mounted (path) ? NULL : g_dir_open (path, 0, NULL);

      /* Where there are files now, it has become an ordinary folder. */
      if (!vig_is_mounted (path) && (dir == NULL || g_dir_read_name (dir) == NULL))
        g_ptr_array_add (scan->offline, g_steal_pointer (&path));
    }
}

static void
load_passed_over (Scan           *scan,
                  VigTransaction *t)
{
  g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT path FROM passed_over", "");

  while (vig_rows_next (rows))
    g_hash_table_add (scan->passed_over, g_strdup (vig_rows_get_text (rows, 0)));
}

static gboolean
is_passed_over (Scan       *scan,
                const char *path)
{
  if (g_hash_table_size (scan->passed_over) == 0)
    return FALSE;

  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);

  return g_hash_table_contains (scan->passed_over, hash);
}

/* Absolute, and a folder; one that the library knows may be away just now. */
static GPtrArray *
resolve_folders (VigLibrary          *self,
                 const char * const  *folders,
                 GError             **error)
{
  g_autoptr(GPtrArray) known = vig_library_list_folders (self, error);
  g_autoptr(GPtrArray) resolved = g_ptr_array_new_with_free_func (g_free);

  if (known == NULL)
    return NULL;
  if (folders == NULL)
    return g_steal_pointer (&known);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_canonicalize_filename (folders[i], NULL);

      if (!g_file_test (path, G_FILE_TEST_IS_DIR) && !is_in_any (path, known))
        {
          g_autofree char *shown = g_filename_display_name (folders[i]);

          g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY, _("“%s” is not a folder."), shown);
          return NULL;
        }
      g_ptr_array_add (resolved, g_steal_pointer (&path));
    }

  return g_steal_pointer (&resolved);
}

/* A folder stands for all that is in it. */
static void
remember_folder (VigTransaction *t,
                 const char     *folder)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  make_bounds (folder, &from, &to);
  vig_transaction_run (t, "DELETE FROM folders WHERE path >= ? AND path < ?", "pp", from, to);
  vig_transaction_run (t,
                       "INSERT INTO folders (path) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM folders WHERE "
                       "path = ?1 OR path = x'2f' OR substr (?1, 1, length (path) + 1) = CAST (path || '/' AS BLOB)) "
                       "ON CONFLICT DO NOTHING", "p", folder);
}

static void
remember_mounts (VigTransaction *t,
                 VigWalk        *walk)
{
  for (guint i = 0; i < walk->mounts->len; i++)
    vig_transaction_run (t, "INSERT INTO mounts (path) VALUES (?) ON CONFLICT DO NOTHING", "p",
                         walk->mounts->pdata[i]);
}

static gboolean
begin (Scan       *scan,
       GPtrArray  *folders,
       GError    **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (scan->library->writer, VIG_WRITE);

  for (guint i = 0; i < folders->len; i++)
    remember_folder (t, folders->pdata[i]);
  for (guint i = 0; i < folders->len; i++)
    load_known (scan, t, folders->pdata[i]);
  load_own (scan, t);
  load_offline (scan, t);
  load_passed_over (scan, t);

  return vig_transaction_commit (t, error);
}

/* Of what nobody asked for, only what has changed is told. */
static gboolean
is_asked (Scan       *scan,
          const char *stored)
{
  g_autofree char *path = vig_library_dup_path (scan->library, stored);

  return g_path_is_absolute (stored) || (scan->asked != NULL && is_in_any (path, scan->asked));
}

/* The path was left by its file, as far as anybody can tell now. */
static gboolean
is_gone (Scan       *scan,
         const char *stored)
{
  g_autofree char *path = vig_library_dup_path (scan->library, stored);
  GStatBuf info;

  return g_lstat (path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR) && !is_in_any (path, scan->offline) &&
         !is_in_any (path, scan->walk->unseen);
}

/* It is there, and the user wants it left out: it keeps its tags, as what is gone does, and comes back like that. */
static gboolean
is_ignored (Scan       *scan,
            const char *stored)
{
  g_autofree char *path = vig_library_dup_path (scan->library, stored);

  return vig_walk_is_ignored (scan->walk, path);
}

/* Reads the file: all of it for its hash, its head for the rest. NULL if it was cancelled. */
static Looked *
look (Scan           *scan,
      const VigFound *found,
      Known          *known,
      GCancellable   *cancellable)
{
  g_autofree char *path = vig_library_dup_path (scan->library, found->path);
  Looked *looked = g_new0 (Looked, 1);
  g_autoptr(VigSaid) said = NULL;
  g_autoptr(GError) error = NULL;
  VigExtent picture;

  looked->found = found;
  looked->known = known;
  if (!vig_pixels_look (path, &picture, &said, cancellable, &error) ||
      (looked->hash = vig_file_hash (path, cancellable, &error)) == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          free_looked (looked);
          return NULL;
        }
      looked->reason = g_strdup (error->message);
      return looked;
    }

  looked->width = picture.width;
  looked->height = picture.height;
  looked->time = picture.taken != 0 ? picture.taken : found->mtime / 1000000000;
  looked->tags = vig_sidecar_read (path, said);
  looked->origin = vig_origin_read (said);

  return looked;
}

static void
add_failure (Scan       *scan,
             const char *stored,
             const char *reason)
{
  VigFailure *failure = g_new (VigFailure, 1);

  failure->path = vig_library_dup_path (scan->library, stored);
  failure->reason = g_strdup (reason);
  g_ptr_array_add (scan->result->failed, failure);
}

static void
write_failure (Scan           *scan,
               VigTransaction *t,
               const Looked   *looked)
{
  const VigFound *found = looked->found;

  vig_transaction_run (t,
                       "INSERT INTO failures (path, size, mtime, reason) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
                       "SET size = excluded.size, mtime = excluded.mtime, reason = excluded.reason", "plls",
                       found->path, found->size, found->mtime, looked->reason);
  if (looked->known != NULL && looked->known->id != 0)
    vig_transaction_run (t, "UPDATE pictures SET state = 2 WHERE id = ?", "l", looked->known->id);
  add_failure (scan, found->path, looked->reason);
}

/* The same path: another content, or only another time. */
static void
write_known (Scan           *scan,
             VigTransaction *t,
             const Looked   *looked,
             gint64          content)
{
  const Known *known = looked->known;
  const VigFound *found = looked->found;

  vig_transaction_run (t,
                       "UPDATE pictures SET content = ?, size = ?, mtime = ?, width = ?, height = ?, "
                       "time = CASE kind WHEN 0 THEN ? ELSE time END, sidecar = ?, state = 0 WHERE id = ?", "llliilll",
                       content, found->size, found->mtime, (int) looked->width, (int) looked->height, looked->time,
                       found->sidecar, known->id);
  if (content == known->content)
    count (scan->result, known->id, &scan->result->unchanged);
  else
    {
      const Changed changed = { known->content, content };

      g_array_append_val (scan->changed, changed);
      count (scan->result, known->id, &scan->result->updated);
    }
  vig_transaction_index_words (t, known->id);
  vig_library_refresh_picture (scan->library, t, known->id);
}

/* What was known and has not been met. One look at each, however many have the same content. */
static void
collect_left (Scan *scan)
{
  GHashTableIter iter;
  gpointer path, value;

  for (guint i = 0; i < scan->walk->found->len; i++)
    {
      const VigFound *found = scan->walk->found->pdata[i];
      Known *known = g_hash_table_lookup (scan->known, found->path);

      if (known != NULL)
        known->seen = TRUE;
    }

  g_hash_table_iter_init (&iter, scan->known);
  while (g_hash_table_iter_next (&iter, &path, &value))
    {
      const Known *known = value;

      if (known->id == 0 || known->seen || !is_gone (scan, path))
        continue;

      GArray *ids = g_hash_table_lookup (scan->left, &known->content);
      if (ids == NULL)
        {
          ids = g_array_new (FALSE, FALSE, sizeof (gint64));
          g_hash_table_insert (scan->left, g_memdup2 (&known->content, sizeof known->content), ids);
        }
      g_array_append_val (ids, known->id);
    }
}

/* The picture that had this content at a path where it is no more; 0 if there is none. */
static gint64
find_moved (Scan           *scan,
            VigTransaction *t,
            gint64          content)
{
  GArray *ids = g_hash_table_lookup (scan->left, &content);

  if (ids != NULL && ids->len > 0)
    {
      const gint64 id = g_array_index (ids, gint64, ids->len - 1);

      g_array_set_size (ids, ids->len - 1);
      return id;
    }

  g_autoptr(VigRows) rows =
    vig_transaction_query (t, "SELECT id, path FROM pictures WHERE content = ? ORDER BY state DESC, id LIMIT ?", "li",
                           content, MOST_ASKED);

  while (vig_rows_next (rows))
    {
      g_autofree char *stored = vig_rows_dup_path (rows, 1);
      g_autofree char *path = vig_library_dup_path (scan->library, stored);

      if (!g_hash_table_contains (scan->known, stored) && is_gone (scan, path))
        return vig_rows_get_int (rows, 0);
    }

  return 0;
}

static void
write_new (Scan           *scan,
           VigTransaction *t,
           const Looked   *looked,
           gint64          content)
{
  const VigFound *found = looked->found;

  /* Its drawing is about to list it. */
  if (vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM sketches WHERE plan = ?)", "p", found->path) != 0)
    return;

  /* Another process may scan the same folder, and have been quicker. */
  if (vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM pictures WHERE path = ?)", "p", found->path) != 0)
    {
      scan->result->unchanged++;
      return;
    }

  const gint64 moved = find_moved (scan, t, content);
  if (moved != 0)
    {
      vig_transaction_run (t, "UPDATE pictures SET path = ?, size = ?, mtime = ?, sidecar = ?, state = 0 WHERE id = ?",
                           "pllll", found->path, found->size, found->mtime, found->sidecar, moved);
      count (scan->result, moved, &scan->result->moved);
      vig_transaction_index_words (t, moved);
      vig_library_refresh_picture (scan->library, t, moved);
      return;
    }

  vig_transaction_run (t,
                       "INSERT INTO pictures (kind, path, content, size, mtime, width, height, time, sidecar) "
                       "VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?)", "pllliill",
                       found->path, content, found->size, found->mtime, (int) looked->width, (int) looked->height,
                       looked->time, found->sidecar);

  const gint64 id = vig_transaction_get_id (t);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, found->path, -1);

  count (scan->result, id, &scan->result->added);
  vig_transaction_index_words (t, id);
  /* Who adds one by hand wants it back. */
  vig_transaction_run (t, "DELETE FROM passed_over WHERE path = ?", "s", hash);
}

static gboolean
flush (Scan    *scan,
       GError **error)
{
  if (scan->batch->len == 0)
    return TRUE;

  g_autoptr(VigTransaction) t = vig_transaction_begin (scan->library->writer, VIG_WRITE);

  for (guint i = 0; i < scan->batch->len; i++)
    {
      const Looked *looked = scan->batch->pdata[i];

      if (looked->reason != NULL)
        {
          write_failure (scan, t, looked);
          continue;
        }

      const gint64 content = vig_transaction_add_content (t, looked->hash);
      vig_transaction_set_origin (t, content, looked->origin);
      vig_transaction_read_tags (t, content, (const char * const *) looked->tags);
      if (looked->known != NULL && looked->known->id != 0)
        write_known (scan, t, looked, content);
      else
        write_new (scan, t, looked, content);
      vig_transaction_run (t, "DELETE FROM failures WHERE path = ?", "p", looked->found->path);
    }
  vig_transaction_count_change (t);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  g_ptr_array_set_size (scan->batch, 0);
  vig_library_touch (scan->library);

  return TRUE;
}

/* A file that came back as it was. */
static gboolean
bring_back (Scan         *scan,
            const Known  *known,
            GError      **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (scan->library->writer, VIG_WRITE);

  vig_transaction_run (t, "UPDATE pictures SET state = 0 WHERE id = ?", "l", known->id);
  vig_transaction_count_change (t);
  vig_library_refresh_picture (scan->library, t, known->id);

  return vig_transaction_commit (t, error);
}

static gboolean
take_in (Scan            *scan,
         const VigFound  *found,
         GCancellable    *cancellable,
         GError         **error)
{
  Known *known = g_hash_table_lookup (scan->known, found->path);

  if (known != NULL)
    {
      /* It was tried as it is now: trying again would tell nothing new. */
      if (known->reason != NULL && known->failed_size == found->size && known->failed_mtime == found->mtime)
        {
          if (is_asked (scan, found->path))
            add_failure (scan, found->path, known->reason);
          return TRUE;
        }
      if (known->id != 0 && known->size == found->size && known->mtime == found->mtime &&
          known->sidecar == found->sidecar && known->state != VIG_STATE_UNREADABLE)
        {
          if (is_asked (scan, found->path))
            count (scan->result, known->id, &scan->result->unchanged);
          return known->state == VIG_STATE_PRESENT || bring_back (scan, known, error);
        }
    }

  if ((known == NULL || known->id == 0) && is_passed_over (scan, found->path))
    return TRUE;

  Looked *looked = look (scan, found, known, cancellable);
  if (looked == NULL)
    return TRUE;  /* the caller sees that it was cancelled */

  if (scan->batch->len == 0)
    scan->begun = g_get_monotonic_time ();
  g_ptr_array_add (scan->batch, looked);
  if (scan->batch->len < BATCH && g_get_monotonic_time () - scan->begun < BATCH_US)
    return TRUE;

  return flush (scan, error);
}

/* Known, and nowhere to be seen. A folder that is not there at all is a disk that is not plugged in, more often than
 * a thousand pictures that were thrown away: nothing in it is missing. */
static gboolean
mark_missing (Scan       *scan,
              GPtrArray  *folders,
              GError    **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (scan->library->writer, VIG_WRITE);
  GHashTableIter iter;
  gpointer path, value;

  for (guint i = 0; i < folders->len; i++)
    {
      if (!g_file_test (folders->pdata[i], G_FILE_TEST_IS_DIR))
        g_ptr_array_add (scan->offline, g_strdup (folders->pdata[i]));
    }
  if (!g_file_test (vig_profile_get_pictures (scan->library->profile), G_FILE_TEST_IS_DIR))
    g_ptr_array_add (scan->offline, g_strdup (vig_profile_get_pictures (scan->library->profile)));

  g_hash_table_iter_init (&iter, scan->known);
  while (g_hash_table_iter_next (&iter, &path, &value))
    {
      const Known *known = value;

      if (known->seen || !(is_gone (scan, path) || is_ignored (scan, path)))
        continue;

      vig_transaction_run (t, "DELETE FROM failures WHERE path = ?", "p", path);
      /* A moved picture has another path by now. */
      if (known->id == 0 ||
          vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM pictures WHERE id = ? AND path = ?)", "lp",
                                     known->id, path) == 0)
        continue;
      scan->result->missing += known->state != VIG_STATE_MISSING || is_asked (scan, path);
      if (known->state == VIG_STATE_MISSING)
        continue;
      vig_transaction_run (t, "UPDATE pictures SET state = 1 WHERE id = ?", "l", known->id);
      vig_library_refresh_picture (scan->library, t, known->id);
    }
  vig_transaction_count_change (t);

  return vig_transaction_commit (t, error);
}

/* A photo that another program has changed keeps its tags: what it was before is in no file any more. Where it still is
 * in one, the file has been replaced or moved, and its tags have gone with it. */
static gboolean
carry_tags (Scan    *scan,
            GError **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (scan->library->writer, VIG_WRITE);

  for (guint i = 0; i < scan->changed->len; i++)
    {
      const Changed *changed = &g_array_index (scan->changed, Changed, i);

      if (vig_transaction_query_int (t, "SELECT EXISTS (SELECT 1 FROM pictures WHERE content = ? AND state = 0)", "l",
                                     changed->before) != 0)
        continue;
      vig_transaction_run (t,
                           "INSERT INTO tagged (content, tag, refused, source, time, score) "
                           "SELECT ?, tag, refused, source, time, score FROM tagged WHERE content = ? "
                           "ON CONFLICT DO NOTHING",
                           "ll", changed->after, changed->before);
      vig_transaction_run (t,
                           "INSERT INTO favourites (content, time) SELECT ?, time FROM favourites WHERE content = ? "
                           "ON CONFLICT DO NOTHING", "ll", changed->after, changed->before);
      vig_transaction_run (t,
                           "INSERT INTO collected (collection, content, time) SELECT collection, ?, time FROM collected "
                           "WHERE content = ? ON CONFLICT DO NOTHING", "ll", changed->after, changed->before);
      vig_library_index_content (scan->library, t, changed->after);
    }

  return vig_transaction_commit (t, error);
}

static gboolean
run (Scan          *scan,
     GPtrArray     *folders,
     VigProgress    progress,
     gpointer       data,
     GCancellable  *cancellable,
     GError       **error)
{
  GPtrArray *found = scan->walk->found;

  scan->asked = folders;
  vig_walk_plainly (scan->walk, vig_profile_get_pictures (scan->library->profile), cancellable);
  for (guint i = 0; i < folders->len; i++)
    {
      vig_walk_folder (scan->walk, folders->pdata[i], cancellable);
      if (progress != NULL)
        progress (found->len, 0, data);
    }
  for (guint i = 0; i < found->len; i++)
    {
      VigFound *file = found->pdata[i];
      char *stored = vig_library_dup_stored_path (scan->library, file->path);

      g_free (file->path);
      file->path = stored;
    }
  collect_left (scan);
  for (guint i = 0; i < found->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      if (!take_in (scan, found->pdata[i], cancellable, error))
        return FALSE;
      if (progress != NULL)
        progress (i + 1, found->len, data);
    }
  if (!flush (scan, error) || g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  return mark_missing (scan, folders, error) && carry_tags (scan, error);
}

static gboolean
keep_mounts (Scan    *scan,
             GError **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (scan->library->writer, VIG_WRITE);

  remember_mounts (t, scan->walk);

  return vig_transaction_commit (t, error);
}

VigScan *
vig_library_scan (VigLibrary          *self,
                  const char * const  *folders,
                  VigProgress          progress,
                  gpointer             data,
                  GCancellable        *cancellable,
                  GError             **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) resolved = resolve_folders (self, folders, error);
  g_auto(Scan) scan = { NULL };

  init_scan (&scan, self);
  if (resolved == NULL || !begin (&scan, resolved, error))
    return NULL;

  const gboolean done = run (&scan, resolved, progress, data, cancellable, error);
  vig_library_touch (self);
  if (!done || !keep_mounts (&scan, error))
    return NULL;

  return g_steal_pointer (&scan.result);
}

VigPicture *
vig_library_add_file (VigLibrary  *self,
                      const char  *path,
                      GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *stored = vig_library_dup_stored_path (self, absolute);
  g_auto(Scan) scan = { NULL };
  GStatBuf info = { 0 };
  gint64 id = 0;

  init_scan (&scan, self);
  {
    g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_READ);
    g_autoptr(VigRows) rows =
      vig_transaction_query (t, "SELECT id, content, size, mtime, state FROM pictures WHERE path = ?", "p", stored);

    if (vig_rows_next (rows))
      {
        Known *known = get_known (&scan, g_strdup (stored));

        *known = (Known) {
          .id = id = vig_rows_get_int (rows, 0),
          .content = vig_rows_get_int (rows, 1),
          .size = vig_rows_get_int (rows, 2),
          .mtime = vig_rows_get_int (rows, 3),
          .state = vig_rows_get_int (rows, 4),
        };
      }
    g_clear_pointer (&rows, vig_rows_free);
    load_offline (&scan, t);
    if (!vig_transaction_commit (t, error))
      return NULL;
  }

  if (g_stat (absolute, &info) != 0)
    {
      const int code = errno;
      g_autofree char *shown = g_filename_display_basename (absolute);

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _("“%s” cannot be read: %s."), shown,
                   g_strerror (code));
      return NULL;
    }

  const VigFound found = {
    .path = stored,
    .size = info.st_size,
    .mtime = (gint64) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec,
    .sidecar = vig_path_find_sidecar (absolute),
  };
  const Known *known = g_hash_table_lookup (scan.known, stored);
  if (known == NULL || known->size != found.size || known->mtime != found.mtime ||
      known->state != VIG_STATE_PRESENT)
    {
      Looked *looked = look (&scan, &found, (Known *) known, NULL);

      if (looked->reason != NULL)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, looked->reason);
          free_looked (looked);
          return NULL;
        }
      g_ptr_array_add (scan.batch, looked);
      if (!flush (&scan, error) || !carry_tags (&scan, error))
        return NULL;
    }

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_READ);
  g_autoptr(VigPicture) picture =
    vig_library_load_picture (self, t, vig_transaction_query_int (t, "SELECT id FROM pictures WHERE path = ?", "p",
                                                                  stored));
  if (!vig_transaction_commit (t, error))
    return NULL;
  if (picture == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("The picture is no longer in the library."));

  return g_steal_pointer (&picture);
}

GPtrArray *
vig_library_list_folders (VigLibrary  *self,
                          GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT path FROM folders ORDER BY path", "");

    while (vig_rows_next (rows))
      g_ptr_array_add (folders, vig_rows_dup_path (rows, 0));
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&folders);
}

gboolean
vig_library_save_failure (VigLibrary  *self,
                          VigPicture  *picture,
                          const char  *reason,
                          GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);
  g_return_val_if_fail (reason != NULL, FALSE);

  const gint64 id = vig_picture_get_id (picture);
  const gboolean there = g_file_test (vig_picture_get_path (picture), G_FILE_TEST_EXISTS);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  /* One that is not there has not failed: it is missing, and comes back with its file. */
  vig_transaction_run (t, "UPDATE pictures SET state = ? WHERE id = ?", "il",
                       there ? VIG_STATE_UNREADABLE : VIG_STATE_MISSING, id);
  if (there)
    vig_transaction_run (t,
                         "INSERT INTO failures (path, size, mtime, reason) "
                         "SELECT path, size, mtime, ? FROM pictures WHERE id = ? ON CONFLICT DO UPDATE "
                         "SET size = excluded.size, mtime = excluded.mtime, reason = excluded.reason", "sl",
                         reason, id);
  vig_transaction_count_change (t);
  vig_library_refresh_picture (self, t, id);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);
  return TRUE;
}

GPtrArray *
vig_library_list_failures (VigLibrary  *self,
                           GError     **error)
{
  g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_failure_free);
  g_autoptr(VigTransaction) t = NULL;

  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  t = vig_transaction_begin (self->reader, VIG_READ);
  {
    g_autoptr(VigRows) rows = vig_transaction_query (t, "SELECT path, reason FROM failures ORDER BY path", "");

    while (vig_rows_next (rows))
      {
        VigFailure *failure = g_new0 (VigFailure, 1);
        g_autofree char *stored = vig_rows_dup_path (rows, 0);

        failure->path = vig_library_dup_path (self, stored);
        failure->reason = g_strdup (vig_rows_get_text (rows, 1));
        g_ptr_array_add (failures, failure);
      }
  }

  return vig_transaction_commit (t, error) ? g_steal_pointer (&failures) : NULL;
}
