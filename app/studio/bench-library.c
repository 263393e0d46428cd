/* bench-library.c: how soon a large library answers */

#define G_LOG_DOMAIN "vig-bench-library"

#include "config.h"

#include "studio/bench-library.h"

#include "library/query.h"
#include "library/rehearsal.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#define RUNS 20
#define FIRST 60  /* pictures of a screen */
#define MODEL "rehearsal"

/* What is asked: everything that query.h knows. “#” is a number, another one each time; “sunset” and “fog” are in no name,
 * and found by meaning alone. */
typedef struct
{
  const char *name;
  const char *typed;
  gboolean    by_words;  /* without a CLIP */
  gboolean    by_date;
  gboolean    changed;   /* something has changed since the last question */
} Ask;

static const Ask asks[] = {
  { "words", "word#", .by_words = TRUE },
  { "begun", "wo", .by_words = TRUE },
  { "meaning", "sunset" },
  { "both", "word# word#" },
  { "minus", "sunset -fog" },
  { "picture", "like:picture.jpg" },
  { "pictures", "like:one.jpg like:other.jpg -like:third.jpg" },
  { "tag", "sunset tag:word#" },
  { "tags", "sunset tag:even -tag:word#" },
  { "tagged", "tag:even" },
  { "date", "sunset after:2010 before:2012" },
  { "folder", "sunset folder:/photos/folder#" },
  { "named", "sunset folder:folder#" },
  { "kind", "sunset kind:made" },
  { "favourite", "sunset is:favourite" },
  { "everything", "word# sunset -fog tag:even -tag:word# after:2005 folder:folder* kind:photo is:favourite like:it.jpg" },
  { "sorted", "sunset", .by_date = TRUE },
  { "changed", "sunset", .changed = TRUE },
};

typedef struct
{
  VigLibrary *library;
  char       *folder;
  guint       width;
  GRand      *rand;
} Stage;

static void
delete_folder (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        delete_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static char *
fill_in (Stage      *stage,
         const char *typed)
{
  GString *filled = g_string_new (NULL);

  for (const char *c = typed; *c != '\0'; c++)
    {
      if (*c == '#')
        g_string_append_printf (filled, "%d", g_rand_int_range (stage->rand, 0, 100));
      else
        g_string_append_c (filled, *c);
    }
  g_string_replace (filled, "/photos", stage->folder, 0);

  return g_string_free (filled, FALSE);
}

static guint
count (char **list)
{
  return list != NULL ? g_strv_length (list) : 0;
}

/* One question, answered; words and pictures mean anything. */
static gboolean
ask (Stage         *stage,
     const Ask     *what,
     double        *seconds,
     GCancellable  *cancellable,
     GError       **error)
{
  g_autofree char *text = fill_in (stage, what->typed);

  if (what->changed && !vig_library_rehearse_change (stage->library, error))
    return FALSE;

  g_autoptr(GTimer) timer = g_timer_new ();
  g_autoptr(VigTyped) typed = vig_typed_parse (text);
  VigQuery query = { .text = typed->text, .top = FIRST, .kind = -1, .filters = { typed->filter }, .width = stage->width,
                     .by_date = what->by_date };
  query.n_vectors = (*typed->text != '\0') + count (typed->like);
  query.n_minus = count (typed->minus) + count (typed->unlike);

  const guint n = (query.n_vectors + query.n_minus) * stage->width;
  g_autofree float *rows = g_new (float, n + 1);
  for (guint i = 0; i < n; i++)
    rows[i] = g_rand_double_range (stage->rand, -0.07, 0.07);
  if (!what->by_words)
    {
      query.model_hash = MODEL;
      query.vector = query.n_vectors > 0 ? rows : NULL;
      query.minus = query.n_minus > 0 ? rows + query.n_vectors * stage->width : NULL;
    }

  g_autoptr(VigResults) results = vig_library_search (stage->library, &query, cancellable, error);
  *seconds = g_timer_elapsed (timer, NULL);

  return results != NULL;
}

/* A screen of the pictures of a folder, or of a tag, as the window lists them. */
static void
list (Stage      *stage,
      const char *typed,
      double     *seconds)
{
  g_autofree char *text = fill_in (stage, typed);
  g_autoptr(GTimer) timer = g_timer_new ();
  g_autoptr(VigTyped) filter = vig_typed_parse (text);
  g_autoptr(GListModel) listed = vig_library_list_filtered (stage->library, filter->filter);

  for (guint i = 0; i < MIN (g_list_model_get_n_items (listed), FIRST); i++)
    g_object_unref (g_list_model_get_item (listed, i));
  *seconds = g_timer_elapsed (timer, NULL);
}

static gboolean
rescan (Stage         *stage,
        double        *seconds,
        GCancellable  *cancellable,
        GError       **error)
{
  const char *folders[] = { stage->folder, NULL };
  g_autoptr(GTimer) timer = g_timer_new ();
  g_autoptr(VigScan) scan = vig_library_scan (stage->library, folders, NULL, NULL, cancellable, error);

  *seconds = g_timer_elapsed (timer, NULL);

  return scan != NULL;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gboolean
perform (Stage         *stage,
         VigRehearsed   tell,
         gpointer       data,
         GCancellable  *cancellable,
         GError       **error)
{
  static const struct { const char *name, *typed; } lists[] = {
    { "list", "folder:/photos/folder#" }, { "list tag", "tag:word#" },
  };
  const Ask warm = { .typed = "sunset" };
  double seconds[RUNS];

  if (!ask (stage, &warm, seconds, cancellable, error))
    return FALSE;
  for (guint what = 0; what < G_N_ELEMENTS (asks); what++)
    {
      for (guint i = 0; i < RUNS; i++)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
              !ask (stage, &asks[what], &seconds[i], cancellable, error))
            return FALSE;
        }
      qsort (seconds, RUNS, sizeof *seconds, compare);
      tell (asks[what].name, seconds, RUNS, data);
    }
  for (guint what = 0; what < G_N_ELEMENTS (lists); what++)
    {
      for (guint i = 0; i < RUNS; i++)
        list (stage, lists[what].typed, &seconds[i]);
      qsort (seconds, RUNS, sizeof *seconds, compare);
      tell (lists[what].name, seconds, RUNS, data);
    }
  for (guint i = 0; i < 2; i++)
    {
      if (!rescan (stage, &seconds[i], cancellable, error))
        return FALSE;
    }
  qsort (seconds, 2, sizeof *seconds, compare);
  tell ("rescan", seconds, 2, data);

  return TRUE;
}

gboolean
vig_rehearse (guint          count,
              guint          width,
              VigRehearsed   tell,
              gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autofree char *place = g_dir_make_tmp ("vignette-rehearsal-XXXXXX", error);
  g_autoptr(GRand) rand = g_rand_new_with_seed (2);

  if (place == NULL)
    return FALSE;

  g_autofree char *home = g_build_filename (place, "profile", NULL);
  g_autofree char *folder = g_build_filename (place, "photos", NULL);
  g_autoptr(VigProfile) profile = vig_profile_new (home, error);
  g_autoptr(VigLibrary) library = profile != NULL ? vig_library_open (profile, error) : NULL;
  const VigRehearsal rehearsal = { folder, count, TRUE, MODEL, width };
  Stage stage = { library, folder, width, rand };
  const gboolean done = library != NULL &&
                        vig_library_rehearse (library, &rehearsal, cancellable, error) &&
                        perform (&stage, tell, data, cancellable, error);

  g_clear_object (&library);
  delete_folder (place);

  return done;
}
