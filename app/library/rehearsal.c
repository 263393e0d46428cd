/* rehearsal.c: a library as large as one wishes, to measure how fast a real one would be */

#define G_LOG_DOMAIN "vig-rehearsal"

#include "config.h"

#include "library/rehearsal.h"

#include "library/files.h"
#include "library/library-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORDS 1000
#define A_FOLDER 500

/* Few words are in many names, as in every language: the more even the number, the likelier the small one. */
static guint
choose_word (GRand *rand)
{
  const double x = g_rand_double (rand);

  return (guint) (WORDS * x * x * x);
}

/* An empty file, and when it was made; FALSE with an error. */
static gboolean
make_file (const char   *path,
           struct stat  *info,
           GError      **error)
{
  const int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const gboolean made = fd >= 0 && fstat (fd, info) == 0;

  if (!made)
    {
      g_autofree char *shown = g_filename_display_name (path);

      g_propagate_error (error, vig_file_make_error (errno, shown));
    }
  if (fd >= 0)
    close (fd);

  return made;
}

static void
add_tags (VigTransaction *t,
          GRand          *rand,
          gint64          content)
{
  for (guint i = 0; i < 3; i++)
    vig_transaction_run (t,
                         "INSERT INTO tagged (content, tag, refused, source, time) VALUES (?, ?, 0, NULL, 0) "
                         "ON CONFLICT DO NOTHING", "ll", content, (gint64) choose_word (rand) + 1);
}

/* The path of picture @number, and its folder made before it. */
static char *
make_path (const VigRehearsal *rehearsal,
           GRand              *rand,
           guint               number)
{
  if (!rehearsal->files)
    return g_strdup_printf ("%s/%04u/%02u.png", rehearsal->folder, number / VIG_REHEARSAL_NUMBERS,
                            number % VIG_REHEARSAL_NUMBERS);

  g_autofree char *folder = g_strdup_printf ("%s/folder%u", rehearsal->folder, number / A_FOLDER);
  const guint first = choose_word (rand), second = choose_word (rand);

  if (number % A_FOLDER == 0)
    g_mkdir_with_parents (folder, 0700);

  return g_strdup_printf ("%s/word%u word%u %u.jpg", folder, first, second, number);
}

static gboolean
add_picture (VigTransaction      *t,
             const VigRehearsal  *rehearsal,
             GRand               *rand,
             guint                number,
             GError             **error)
{
  g_autofree char *path = make_path (rehearsal, rand, number);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, path, -1);
  struct stat info = { 0 };

  if (rehearsal->files && !make_file (path, &info, error))
    return FALSE;

  const gint64 content = vig_transaction_add_content (t, hash);
  vig_transaction_run (t,
                       "INSERT INTO pictures (kind, path, content, size, mtime, width, height, time) "
                       "VALUES (?, ?, ?, 0, ?, 4000, 3000, ?)", "iplll", number % 5 == 0 ? VIG_PICTURE_MADE : VIG_PICTURE_PHOTO,
                       path, content, (gint64) info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec,
                       (gint64) g_rand_int_range (rand, 1000000000, 2000000000));
  const gint64 id = vig_transaction_get_id (t);
  if (number % 10 == 3)
    vig_transaction_run (t, "INSERT INTO favourites (content, time) VALUES (?, 0)", "l", content);
  add_tags (t, rand, content);
  vig_transaction_index_words (t, id);

  return TRUE;
}

static void
add_vectors (VigTransaction *t,
             GRand          *rand,
             const char     *model_hash,
             guint           width,
             gint64          last)
{
  g_autofree float *row = g_new (float, width);

  for (gint64 content = 1; content <= last; content++)
    {
      for (guint i = 0; i < width; i++)
        row[i] = g_rand_double_range (rand, -0.07, 0.07);
      vig_transaction_add_vector (t, content, model_hash, row, width);
    }
}

gboolean
vig_library_rehearse (VigLibrary          *self,
                      const VigRehearsal  *rehearsal,
                      GCancellable        *cancellable,
                      GError             **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (rehearsal != NULL && rehearsal->folder != NULL, FALSE);

  g_autoptr(GRand) rand = g_rand_new_with_seed (1);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE_SOON);

  if (rehearsal->files)
    vig_transaction_run (t, "INSERT INTO folders (path) VALUES (?)", "p", rehearsal->folder);
  for (guint i = 0; i < WORDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/word%u", i % 2 == 0 ? "even" : "odd", i);

      vig_transaction_run (t, "INSERT INTO tags (id, name) VALUES (?, ?)", "ls", (gint64) i + 1, name);
    }
  for (guint i = 0; i < rehearsal->count; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !add_picture (t, rehearsal, rand, i, error))
        return FALSE;
    }
  if (rehearsal->model_hash != NULL)
    add_vectors (t, rand, rehearsal->model_hash, rehearsal->width,
                 vig_transaction_query_int (t, "SELECT max (id) FROM contents", ""));
  vig_transaction_count_change (t);
  if (!vig_transaction_commit (t, error))
    return FALSE;

  vig_library_touch (self);

  return TRUE;
}

gboolean
vig_library_rehearse_change (VigLibrary  *self,
                             GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);

  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE_SOON);

  vig_transaction_count_change (t);

  return vig_transaction_commit (t, error);
}
