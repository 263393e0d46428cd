/* bench-library.c: how soon a large library answers */

#define G_LOG_DOMAIN "vig-bench-library"

#include "config.h"

#include "studio/bench-library.h"

#include "library/library.h"
#include "library/rehearsal.h"

#include <glib/gstdio.h>
#include <stdlib.h>

#define RUNS 40
#define FIRST 60  /* pictures of a screen */
#define MODEL "rehearsal"

const char * const vig_rehearsal_names[VIG_N_REHEARSALS] = {
  "words", "meaning", "both", "tag", "date", "folder", "list", "rescan",
};

typedef struct
{
  VigLibrary *library;
  char       *folder;
  guint       width;
  guint       n_folders;
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

static void
set_filter (Stage        *stage,
            VigRehearsal  what,
            VigFilter    *filter)
{
  g_autofree char *folder = g_strdup_printf ("%s/folder%u", stage->folder, g_rand_int_range (stage->rand, 0,
                                                                                            stage->n_folders));
  g_autofree char *tag = g_strdup_printf ("word%u", g_rand_int_range (stage->rand, 0, 100));

  if (what == VIG_REHEARSAL_TAG)
    vig_filter_add (&filter->tags, tag);
  if (what == VIG_REHEARSAL_FOLDER || what == VIG_REHEARSAL_LIST)
    vig_filter_add (&filter->folders, folder);
  if (what == VIG_REHEARSAL_DATE)
    {
      filter->after = g_rand_int_range (stage->rand, 1000000000, 1900000000);
      filter->before = filter->after + 365 * 86400;
    }
}

/* One question, answered. */
static gboolean
ask (Stage         *stage,
     VigRehearsal   what,
     double        *seconds,
     GCancellable  *cancellable,
     GError       **error)
{
  const gboolean both = what == VIG_REHEARSAL_BOTH;
  const guint word = g_rand_int_range (stage->rand, 0, 200);
  g_autofree char *text = g_strdup_printf (both ? "word%u word%u" : "word%u", word, word + 1);
  g_autofree float *rows = g_new (float, 3 * stage->width);
  g_autoptr(VigFilter) filter = vig_filter_new ();
  g_autoptr(GTimer) timer = NULL;
  VigQuery query = { .model_hash = MODEL, .width = stage->width, .top = FIRST, .kind = -1, .filters = { filter } };

  for (guint i = 0; i < 3 * stage->width; i++)
    rows[i] = g_rand_double_range (stage->rand, -0.07, 0.07);
  set_filter (stage, what, filter);
  if (what == VIG_REHEARSAL_WORDS || both)
    query.text = text;
  if (what != VIG_REHEARSAL_WORDS)
    query.vector = rows;
  if (both)
    {
      query.n_vectors = 2;
      query.minus = rows + 2 * stage->width;
    }
  query.by_date = what == VIG_REHEARSAL_FOLDER;

  timer = g_timer_new ();
  if (what == VIG_REHEARSAL_RESCAN)
    {
      const char *folders[] = { stage->folder, NULL };
      g_autoptr(VigScan) scan = vig_library_scan (stage->library, folders, NULL, NULL, cancellable, error);

      *seconds = g_timer_elapsed (timer, NULL);
      return scan != NULL;
    }
  if (what == VIG_REHEARSAL_LIST)
    {
      g_autoptr(GListModel) list = vig_library_list_filtered (stage->library, filter);

      for (guint i = 0; i < MIN (g_list_model_get_n_items (list), FIRST); i++)
        g_object_unref (g_list_model_get_item (list, i));
      *seconds = g_timer_elapsed (timer, NULL);
      return TRUE;
    }

  g_autoptr(VigResults) results = vig_library_search (stage->library, &query, cancellable, error);
  *seconds = g_timer_elapsed (timer, NULL);

  return results != NULL;
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
  double seconds[RUNS];

  if (!ask (stage, VIG_REHEARSAL_MEANING, seconds, cancellable, error))
    return FALSE;
  for (VigRehearsal what = 0; what < VIG_N_REHEARSALS; what++)
    {
      const guint runs = what == VIG_REHEARSAL_RESCAN ? 2 : RUNS;

      for (guint i = 0; i < runs; i++)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
              !ask (stage, what, &seconds[i], cancellable, error))
            return FALSE;
        }
      qsort (seconds, runs, sizeof *seconds, compare);
      tell (what, seconds, runs, data);
    }

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
  Stage stage = { library, folder, width, (count + 499) / 500, rand };
  const gboolean done = library != NULL &&
                        vig_library_rehearse (library, folder, count, MODEL, width, cancellable, error) &&
                        perform (&stage, tell, data, cancellable, error);

  g_clear_object (&library);
  delete_folder (place);

  return done;
}
