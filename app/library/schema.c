/* schema.c: the shape of the library, brought up to date one numbered step at a time */

#define G_LOG_DOMAIN "vig-schema"

#include "config.h"

#include "library/schema.h"

#include "library/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* pictures.path is absolute, but that of a made picture is its name in the profile's folder of pictures, so that
 * a profile may be moved. Tags and vectors belong to contents: a file may move, be copied, or go and come back. */
static const char * const step_1[] = {
  "CREATE TABLE contents ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  hash TEXT NOT NULL UNIQUE"               /* SHA-256 of the file, in hexadecimal */
  ") STRICT",

  "CREATE TABLE jobs ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"   /* also the byte of its lease */
  "  time INTEGER NOT NULL,"
  "  state INTEGER NOT NULL,"                 /* VIG_JOB_STATE_ */
  "  recipe TEXT NOT NULL"                    /* JSON */
  ") STRICT",

  "CREATE TABLE pictures ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  kind INTEGER NOT NULL,"                  /* VigPictureKind */
  "  path BLOB NOT NULL UNIQUE,"
  "  content INTEGER NOT NULL REFERENCES contents,"
  "  size INTEGER NOT NULL,"                  /* bytes */
  "  mtime INTEGER NOT NULL,"                 /* nanoseconds */
  "  width INTEGER NOT NULL,"                 /* upright */
  "  height INTEGER NOT NULL,"
  "  time INTEGER NOT NULL,"                  /* seconds: taken or made */
  "  state INTEGER NOT NULL DEFAULT 0,"       /* VIG_STATE_ */
  "  rest INTEGER NOT NULL DEFAULT 0"         /* not among the best of its job: kept in a fold */
  ") STRICT",
  "CREATE INDEX pictures_by_content ON pictures (content)",
  "CREATE INDEX pictures_listed ON pictures (time DESC, id DESC, kind) WHERE state = 0 AND rest = 0",

  "CREATE TABLE made ("
  "  picture INTEGER PRIMARY KEY REFERENCES pictures ON DELETE CASCADE,"
  "  job INTEGER REFERENCES jobs ON DELETE SET NULL,"
  "  idx INTEGER NOT NULL,"                   /* its seed is the job's + idx */
  "  prompt TEXT NOT NULL,"
  "  seed INTEGER NOT NULL,"                  /* 64 bits, read as unsigned */
  "  score REAL,"
  "  recipe TEXT NOT NULL,"                   /* JSON, as in the file */
  "  tokens BLOB NOT NULL"                    /* 32 bits each */
  ") STRICT",
  "CREATE INDEX made_by_job ON made (job)",

  "CREATE TABLE sketches ("
  "  job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,"
  "  idx INTEGER NOT NULL,"
  "  tokens BLOB NOT NULL DEFAULT x'',"
  "  picture INTEGER REFERENCES pictures ON DELETE SET NULL,"
  "  plan BLOB,"                              /* name of the file that is about to appear */
  "  plan_hash TEXT,"                         /* and what it will hold */
  "  plan_recipe TEXT,"
  "  plan_side INTEGER,"
  "  PRIMARY KEY (job, idx)"
  ") STRICT, WITHOUT ROWID",
  "CREATE INDEX sketches_by_picture ON sketches (picture)",

  "CREATE TABLE folders (path BLOB PRIMARY KEY) STRICT, WITHOUT ROWID",
  "CREATE TABLE mounts (path BLOB PRIMARY KEY) STRICT, WITHOUT ROWID",  /* other disks met within folders */
  "CREATE TABLE failures ("
  "  path BLOB PRIMARY KEY,"
  "  size INTEGER NOT NULL,"
  "  mtime INTEGER NOT NULL,"
  "  reason TEXT NOT NULL"
  ") STRICT, WITHOUT ROWID",

  "CREATE TABLE models (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE) STRICT",
  "CREATE TABLE vectors ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"   /* a reader fetches what is new by it */
  "  content INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,"
  "  model INTEGER NOT NULL REFERENCES models,"
  "  preprocessing INTEGER NOT NULL,"
  "  row BLOB NOT NULL,"                      /* f16, little endian */
  "  UNIQUE (content, model, preprocessing)"
  ") STRICT",

  "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
  "CREATE TABLE tagged ("
  "  content INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,"
  "  tag INTEGER NOT NULL REFERENCES tags,"
  "  refused INTEGER NOT NULL,"
  "  source TEXT,"                            /* NULL: a person; else the hash of the model that suggested it */
  "  time INTEGER NOT NULL,"
  "  PRIMARY KEY (content, tag)"
  ") STRICT, WITHOUT ROWID",
  "CREATE INDEX tagged_by_tag ON tagged (tag, content)",

  /* rowid is the picture's. */
  "CREATE VIRTUAL TABLE words USING fts5 (prompt, tags, name, tokenize = 'unicode61 remove_diacritics 2')",

  /* Counted up in the same transaction, so that every process sees what it has to read again. */
  "CREATE TABLE changes ("
  "  id INTEGER PRIMARY KEY CHECK (id = 1),"
  "  pictures INTEGER NOT NULL,"              /* anything a list shows */
  "  vectors INTEGER NOT NULL,"               /* rows were added */
  "  removals INTEGER NOT NULL"               /* rows were taken away */
  ") STRICT",
  "INSERT INTO changes VALUES (1, 0, 0, 0)",
  NULL
};

/* Photos that were taken out of the library while their files stay: not taken in again by the next scan. Only what
 * their path amounts to is kept, so that nobody can read from it what was taken out. */
static const char * const step_2[] = {
  "CREATE TABLE passed_over ("
  "  path TEXT PRIMARY KEY"                   /* SHA-256, in hexadecimal */
  ") STRICT, WITHOUT ROWID",
  NULL
};

/* What the user puts where. Like tags, favourites and collections are of contents: they outlive a move, and go with a
 * copy. What is in the trash is out of every list; its row stays as it was. */
static const char * const step_3[] = {
  "CREATE TABLE favourites ("
  "  content INTEGER PRIMARY KEY REFERENCES contents ON DELETE CASCADE,"
  "  time INTEGER NOT NULL"
  ") STRICT",
  "CREATE TABLE collections ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  name TEXT NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  trashed INTEGER NOT NULL DEFAULT 0"      /* seconds: since when; 0: it is not */
  ") STRICT",
  "CREATE TABLE collected ("
  "  collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,"
  "  content INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,"
  "  time INTEGER NOT NULL,"
  "  PRIMARY KEY (collection, content)"
  ") STRICT, WITHOUT ROWID",
  "CREATE INDEX collected_by_content ON collected (content)",
  "CREATE TABLE searches ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  name TEXT NOT NULL,"
  "  query TEXT NOT NULL,"                    /* as typed */
  "  by_date INTEGER NOT NULL,"
  "  time INTEGER NOT NULL,"
  "  trashed INTEGER NOT NULL DEFAULT 0"
  ") STRICT",
  "ALTER TABLE pictures ADD COLUMN trashed INTEGER NOT NULL DEFAULT 0",
  "DROP INDEX pictures_listed",
  "CREATE INDEX pictures_listed ON pictures (time DESC, id DESC, kind) WHERE state = 0 AND rest = 0 AND trashed = 0",
  "CREATE INDEX pictures_trashed ON pictures (trashed) WHERE trashed != 0",
  NULL
};

/* What files say of how they were drawn, by other programs or by us elsewhere. */
static const char * const step_4[] = {
  "CREATE TABLE origins ("
  "  content INTEGER PRIMARY KEY REFERENCES contents ON DELETE CASCADE,"
  "  program TEXT NOT NULL,"
  "  prompt TEXT,"
  "  negative TEXT,"
  "  seed TEXT,"
  "  model TEXT,"
  "  text TEXT NOT NULL"                      /* all of it, as it stands in the file */
  ") STRICT",
  NULL
};

/* Tags that can be trusted: how sure the model was, what is learned, and what stands in sidecars. */
static const char * const step_5[] = {
  "ALTER TABLE tagged ADD COLUMN score REAL", /* the model's, of a suggestion that was answered */

  "CREATE TABLE thresholds ("
  "  tag TEXT PRIMARY KEY,"
  "  value REAL NOT NULL"
  ") STRICT, WITHOUT ROWID",
  "CREATE TABLE taught (tag TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",  /* its examples are in tagged */

  /* Taken away by a person: not to be read in again from where it was read. */
  "CREATE TABLE dropped ("
  "  content INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,"
  "  tag TEXT NOT NULL,"
  "  PRIMARY KEY (content, tag)"
  ") STRICT, WITHOUT ROWID",

  "CREATE TABLE label_rows ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"   /* the oldest go first */
  "  key TEXT NOT NULL UNIQUE,"               /* SHA-256 of what it depends on, in hexadecimal */
  "  row BLOB NOT NULL"                       /* f16, little endian */
  ") STRICT",

  "CREATE TABLE written ("                    /* by us, to the picture's sidecar */
  "  picture INTEGER NOT NULL REFERENCES pictures ON DELETE CASCADE,"
  "  tag TEXT NOT NULL,"
  "  PRIMARY KEY (picture, tag)"
  ") STRICT, WITHOUT ROWID",
  "CREATE TABLE unwritten ("                  /* sidecars that were asked for and failed */
  "  picture INTEGER PRIMARY KEY REFERENCES pictures ON DELETE CASCADE,"
  "  reason TEXT NOT NULL"
  ") STRICT",
  NULL
};

/* Drawings wait in an order of their own. */
static const char * const step_6[] = {
  "ALTER TABLE jobs ADD COLUMN place INTEGER NOT NULL DEFAULT 0",
  NULL
};

/* What a search asks of 100,000 pictures: the contents of a tag from the index alone, and words that are still being typed,
 * which begin in most of them, without merging what each of those words says. */
static const char * const step_7[] = {
  "DROP INDEX tagged_by_tag",
  "CREATE INDEX tagged_by_tag ON tagged (tag, refused, content)",
  "ALTER TABLE words RENAME TO words_before",
  "CREATE VIRTUAL TABLE words USING fts5 (prompt, tags, name, tokenize = 'unicode61 remove_diacritics 2', "
  "prefix = '1 2 3')",
  "INSERT INTO words (rowid, prompt, tags, name) SELECT rowid, prompt, tags, name FROM words_before",
  "DROP TABLE words_before",
  NULL
};

/* When its sidecar was changed that was read, in nanoseconds; 0: there was none. */
static const char * const step_8[] = {
  "ALTER TABLE pictures ADD COLUMN sidecar INTEGER NOT NULL DEFAULT 0",
  NULL
};

static const char * const *steps[] = { step_1, step_2, step_3, step_4, step_5, step_6, step_7, step_8 };

gint64
vig_schema_get_newest (void)
{
  return G_N_ELEMENTS (steps);
}

static GError *
make_newer_error (const char *path,
                  gint64      version)
{
  g_autofree char *shown = g_filename_display_name (path);

  return g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                      _("The library “%s” was made by a newer Vignette (its version is %d, this program knows %d); "
                        "nothing was changed."), shown, (int) version, (int) G_N_ELEMENTS (steps));
}

static GError *
make_foreign_error (const char *path)
{
  g_autofree char *shown = g_filename_display_name (path);

  return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
                      _("“%s” is damaged or is not a library of Vignette; nothing was changed."), shown);
}

/* Looks at the file's head, so that one which is not ours is not even opened: SQLite might bring a log home.
 * https://www.sqlite.org/fileformat.html 1.3: magic at 0, user version at 60, application id at 68. */
gboolean
vig_schema_check (const char  *path,
                  GError     **error)
{
  guint8 head[100];
  const int fd = vig_database_is_open (path) ? -1 : open (path, O_RDONLY | O_CLOEXEC);

  /* In use and so well known, or absent, or not readable: the opening itself will tell. */
  if (fd < 0)
    return TRUE;

  const ssize_t n = pread (fd, head, sizeof head, 0);
  close (fd);

  if (n == 0)
    return TRUE;
  if (n < (ssize_t) sizeof head || memcmp (head, "SQLite format 3", 16) != 0)
    {
      g_propagate_error (error, make_foreign_error (path));
      return FALSE;
    }

  guint32 version, application;
  memcpy (&version, head + 60, 4);
  memcpy (&application, head + 68, 4);
  version = GUINT32_FROM_BE (version);
  application = GUINT32_FROM_BE (application);

  if (application != VIG_APPLICATION_ID && application != 0)
    {
      g_propagate_error (error, make_foreign_error (path));
      return FALSE;
    }
  if (application == VIG_APPLICATION_ID && version > G_N_ELEMENTS (steps))
    {
      g_propagate_error (error, make_newer_error (path, version));
      return FALSE;
    }

  return TRUE;
}

/* What the head may not show yet, because it is still in the log. */
gboolean
vig_schema_read_version (VigDatabase  *database,
                         const char   *path,
                         gint64       *version,
                         GError      **error)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_READ);
  const gint64 application = vig_transaction_query_int (t, "PRAGMA application_id", "");
  const gint64 tables = vig_transaction_query_int (t, "SELECT count(*) FROM sqlite_schema", "");

  *version = vig_transaction_query_int (t, "PRAGMA user_version", "");
  if (!vig_transaction_commit (t, error))
    return FALSE;

  if (application != VIG_APPLICATION_ID && (application != 0 || tables != 0 || *version != 0))
    {
      g_propagate_error (error, make_foreign_error (path));
      return FALSE;
    }
  if (*version > (gint64) G_N_ELEMENTS (steps))
    {
      g_propagate_error (error, make_newer_error (path, *version));
      return FALSE;
    }

  return TRUE;
}

gboolean
vig_schema_apply (VigDatabase         *database,
                  const char * const **all,
                  guint                n_all,
                  GError             **error)
{
  for (guint i = 0; i < n_all; i++)
    {
      g_autoptr(VigTransaction) t = vig_transaction_begin (database, VIG_WRITE);
      g_autofree char *number = g_strdup_printf ("PRAGMA user_version = %u", i + 1);
      g_autofree char *owner = g_strdup_printf ("PRAGMA application_id = %d", VIG_APPLICATION_ID);

      /* Another process may have been quicker. */
      if (vig_transaction_query_int (t, "PRAGMA user_version", "") == i)
        {
          for (guint j = 0; all[i][j] != NULL; j++)
            vig_transaction_run (t, all[i][j], "");
          vig_transaction_run (t, owner, "");
          vig_transaction_run (t, number, "");
        }
      if (!vig_transaction_commit (t, error))
        return FALSE;
    }

  return TRUE;
}

VigDatabase *
vig_schema_make (const char  *path,
                 gint64       version,
                 GError     **error)
{
  g_return_val_if_fail (version >= 0 && version <= (gint64) G_N_ELEMENTS (steps), NULL);

  g_autoptr(VigDatabase) database = vig_database_open (path, error);

  if (database == NULL || !vig_schema_apply (database, steps, version, error))
    return NULL;

  return g_steal_pointer (&database);
}

VigDatabase *
vig_schema_open (const char  *path,
                 gboolean     keep,
                 GError     **error)
{
  gint64 version;

  if (!vig_schema_check (path, error))
    return NULL;

  g_autoptr(VigDatabase) database = vig_database_open (path, error);
  if (database == NULL || !vig_schema_read_version (database, path, &version, error))
    return NULL;

  if (!vig_database_use_log (database, error))
    return NULL;
  if (keep && version > 0 && version < (gint64) G_N_ELEMENTS (steps) && !vig_backup_before_step (path, version, error))
    return NULL;
  if (version < (gint64) G_N_ELEMENTS (steps) &&
      !vig_schema_apply (database, steps, G_N_ELEMENTS (steps), error))
    return NULL;

  return g_steal_pointer (&database);
}
