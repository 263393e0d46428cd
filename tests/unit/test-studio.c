/* test-studio.c: the queue, who goes before whom, how soon a stop acts, and what tiles show meanwhile */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "library/pixels.h"
#include "profile.h"
#include "studio/pace.h"
#include "studio/studio.h"

#define PROMPT "a red car on a white background"

typedef struct
{
  char       *folder;
  VigProfile *profile;
  VigLibrary *library;
  VigStudio  *studio;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = test_make_folder ();
  f->profile = test_make_profile (f->folder);
  f->library = test_open_library (f->profile);
  f->studio = vig_studio_new (f->library, "host", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  vig_studio_close (f->studio);
  g_assert_cmpuint (g_list_model_get_n_items (vig_studio_get_jobs (f->studio)), ==, 0);
  test_check_library (f->library);
  g_clear_object (&f->studio);
  g_clear_object (&f->library);
  g_clear_object (&f->profile);
  g_clear_pointer (&f->folder, g_free);
}

static VigJob *
make_drawing_of (const char *prompt,
                 guint       count,
                 guint       best_of)
{
  const VigWish wish = {
    .prompt = prompt,
    .count = count,
    .best_of = best_of,
    .seed = 5,
    .temperature = NAN,
    .top_k = -1,
    .top_p = NAN,
    .guidance = NAN,
  };

  return vig_generate_job_new (&wish);
}

static VigJob *
make_drawing (guint count,
              guint best_of)
{
  return make_drawing_of (PROMPT, count, best_of);
}

static void
wait_until_over (VigJob *job)
{
  while (!vig_job_is_over (job))
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_until_begun (VigJob *job)
{
  while (vig_job_get_fraction (job) <= 0 && !vig_job_is_over (job))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (vig_job_is_over (job));
}

/* ---- Drawing ---- */

typedef struct
{
  GThread *main;
  guint    fractions;  /* notified, in order */
  double   last;
  guint    looks;      /* tiles that showed pixels before they were finished */
} Seen;

static void
fraction_cb (VigJob     *job,
             GParamSpec *pspec,
             Seen       *seen)
{
  g_assert_true (g_thread_self () == seen->main);
  g_assert_cmpfloat (vig_job_get_fraction (job), >=, seen->last);
  seen->last = vig_job_get_fraction (job);
  seen->fractions++;
}

static void
bytes_cb (VigTile    *tile,
          GParamSpec *pspec,
          Seen       *seen)
{
  GBytes *bytes = vig_tile_get_bytes (tile);
  const guint side = vig_tile_get_side (tile);

  g_assert_true (g_thread_self () == seen->main);
  g_assert_nonnull (bytes);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, side * side * 3);

  if (vig_tile_get_fraction (tile) < 1)
    {
      const guint8 *rgb = g_bytes_get_data (bytes, NULL);

      /* The last row is not drawn yet: grey. */
      for (guint i = 0; i < side * 3; i++)
        g_assert_cmpuint (rgb[side * (side - 1) * 3 + i], ==, 0x80);
      seen->looks++;
    }
}

static void
test_draw (Fixture      *f,
           gconstpointer data)
{
  g_autoptr(VigJob) job = make_drawing (2, 10);
  VigGenerateJob *drawing = VIG_GENERATE_JOB (job);
  GListModel *tiles = vig_generate_job_get_tiles (drawing);
  GPtrArray *pictures = vig_generate_job_get_pictures (drawing);
  Seen seen = { .main = g_thread_self () };
  double before = INFINITY;

  g_assert_cmpstr (vig_job_get_title (job), ==, PROMPT);
  g_assert_cmpuint (g_list_model_get_n_items (tiles), ==, 10);
  g_signal_connect (job, "notify::fraction", G_CALLBACK (fraction_cb), &seen);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(VigTile) tile = g_list_model_get_item (tiles, i);

      g_assert_cmpuint (vig_tile_get_seed (tile), ==, 5 + i);
      g_signal_connect (tile, "notify::bytes", G_CALLBACK (bytes_cb), &seen);
    }

  vig_studio_submit (f->studio, job);
  g_assert_cmpuint (g_list_model_get_n_items (vig_studio_get_jobs (f->studio)), ==, 1);
  wait_until_over (job);

  g_assert_no_error (vig_job_get_error (job));
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_DONE);
  g_assert_cmpfloat (vig_job_get_fraction (job), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (vig_studio_get_jobs (f->studio)), ==, 0);
  g_assert_cmpuint (seen.fractions, >, 5);
  g_assert_cmpuint (seen.looks, >, 0);
  g_assert_nonnull (vig_studio_get_device_name (f->studio));
  g_assert_cmpstr (vig_generate_job_get_model (drawing), ==, "first-light");

  g_assert_cmpuint (pictures->len, ==, 2);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(VigTile) tile = g_list_model_get_item (tiles, i);
      g_autoptr(GError) error = NULL;
      g_autoptr(VigPixels) pixels = NULL;
      guint n_tokens;

      g_assert_cmpfloat (vig_tile_get_fraction (tile), ==, 1);
      g_assert_cmpfloat (vig_tile_get_score (tile), <=, before);
      before = vig_tile_get_score (tile);
      g_assert_cmpint (vig_tile_get_chosen (tile), ==, i < 2);
      g_assert_nonnull (vig_tile_get_tokens (tile, &n_tokens));
      g_assert_cmpuint (n_tokens, ==, 256);
      if (i < 2)
        g_assert_true (vig_tile_get_picture (tile) == pictures->pdata[i]);

      pixels = vig_pixels_load (vig_picture_get_path (vig_tile_get_picture (tile)), 0, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (pixels->rgb, pixels->width * pixels->height * 3,
                       g_bytes_get_data (vig_tile_get_bytes (tile), NULL),
                       g_bytes_get_size (vig_tile_get_bytes (tile)));
    }
}

/* Nobody looks: no time is spent on it. */
static void
test_unseen (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(VigJob) job = make_drawing (1, 8);
  GListModel *tiles = vig_generate_job_get_tiles (VIG_GENERATE_JOB (job));
  Seen seen = { .main = g_thread_self () };

  vig_generate_job_set_preview (VIG_GENERATE_JOB (job), FALSE);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr(VigTile) tile = g_list_model_get_item (tiles, i);

      g_signal_connect (tile, "notify::bytes", G_CALLBACK (bytes_cb), &seen);
    }
  vig_studio_submit (f->studio, job);
  wait_until_over (job);
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_DONE);
  g_assert_cmpuint (seen.looks, ==, 0);
}

/* ---- The queue ---- */

static void
test_search_goes_between (Fixture      *f,
                          gconstpointer data)
{
  g_autoptr(VigJob) first = make_drawing (1, 40);
  g_autoptr(VigJob) second = make_drawing (1, 1);
  g_autoptr(VigJob) search = vig_search_job_new ("a red car", NULL, NULL, 5, -1);
  g_autoptr(VigJob) shown = NULL;
  const VigResults *results;

  vig_studio_submit (f->studio, first);
  vig_studio_submit (f->studio, second);
  wait_until_begun (first);

  vig_studio_submit (f->studio, search);
  shown = g_list_model_get_item (vig_studio_get_jobs (f->studio), 1);
  g_assert_true (shown == search);

  wait_until_over (search);
  g_assert_no_error (vig_job_get_error (search));
  g_assert_cmpint (vig_job_get_state (search), ==, VIG_JOB_DONE);
  g_assert_cmpint (vig_job_get_state (first), ==, VIG_JOB_RUNNING);
  g_assert_cmpint (vig_job_get_state (second), ==, VIG_JOB_WAITING);
  results = vig_search_job_get_results (VIG_SEARCH_JOB (search));
  g_assert_nonnull (results);

  /* What it went between draws on as if nothing had been. */
  vig_job_stop (first);
  wait_until_over (second);
  g_assert_cmpint (vig_job_get_state (first), ==, VIG_JOB_STOPPED);
  g_assert_cmpint (vig_job_get_state (second), ==, VIG_JOB_DONE);
}

static void
test_stop_running (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr(VigJob) job = make_drawing (4, 80);
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GListModel) made = NULL;
  g_autoptr(GError) error = NULL;
  gint64 before_us;

  vig_studio_submit (f->studio, job);
  wait_until_begun (job);
  while (vig_job_get_fraction (job) < 0.15)
    g_main_context_iteration (NULL, TRUE);

  before_us = g_get_monotonic_time ();
  vig_job_stop (job);
  wait_until_over (job);
  g_test_message ("stopped after %d ms", (int) (g_get_monotonic_time () - before_us) / 1000);
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, G_USEC_PER_SEC);
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_STOPPED);

  /* What was finished stays, the rest is forgotten. */
  left = vig_library_list_interrupted (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 0);
  made = vig_library_list_pictures (f->library, VIG_PICTURE_MADE, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (made), >=, 8);
}

/* One that waits is over at once, whatever runs. */
static void
test_stop_waiting (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr(VigJob) first = make_drawing (1, 40);
  g_autoptr(VigJob) second = make_drawing (1, 1);

  vig_studio_submit (f->studio, first);
  vig_studio_submit (f->studio, second);
  wait_until_begun (first);
  vig_job_stop (second);
  wait_until_over (second);
  g_assert_cmpint (vig_job_get_state (second), ==, VIG_JOB_STOPPED);
  g_assert_cmpint (vig_job_get_state (first), ==, VIG_JOB_RUNNING);
  g_assert_cmpuint (g_list_model_get_n_items (vig_studio_get_jobs (f->studio)), ==, 1);
}

/* The prompts of the studio's list, in order, the letters that they are. */
static char *
join_prompts (VigStudio *studio)
{
  GListModel *jobs = vig_studio_get_jobs (studio);
  GString *letters = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr(VigJob) job = g_list_model_get_item (jobs, i);

      g_string_append (letters, vig_job_get_title (job));
    }

  return g_string_free (letters, FALSE);
}

static void
assert_prompts (VigStudio  *studio,
                const char *expected)
{
  g_autofree char *letters = join_prompts (studio);

  g_assert_cmpstr (letters, ==, expected);
}

/* The order is that of the list, and is there again after the end of the program, half-drawn ones and all. */
static void
test_order (Fixture      *f,
            gconstpointer data)
{
  static const char *const letters[] = { "a", "b", "c", "d", "e" };
  VigJob *jobs[5];
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GPtrArray) resumed = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(VigLibrary) other = NULL;
  g_autoptr(GError) error = NULL;
  GString *order = g_string_new (NULL);

  for (guint i = 0; i < 5; i++)
    {
      jobs[i] = make_drawing_of (letters[i], 1, i == 0 ? 40 : 2);
      vig_studio_submit (f->studio, jobs[i]);
    }
  wait_until_begun (jobs[0]);
  assert_prompts (f->studio, "abcde");

  g_assert_true (vig_studio_move_job (f->studio, jobs[4], 2));
  assert_prompts (f->studio, "abecd");
  g_assert_true (vig_studio_move_job (f->studio, jobs[1], 100));
  assert_prompts (f->studio, "aecdb");
  g_assert_true (vig_studio_move_job (f->studio, jobs[3], 0));  /* not before the one that runs */
  assert_prompts (f->studio, "adecb");
  g_assert_false (vig_studio_move_job (f->studio, jobs[3], 1));
  g_assert_false (vig_studio_move_job (f->studio, jobs[0], 3));
  vig_job_stop (jobs[2]);
  wait_until_over (jobs[2]);
  assert_prompts (f->studio, "adeb");

  vig_studio_close (f->studio);
  other = test_open_library (f->profile);
  left = vig_library_list_interrupted (other, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < left->len; i++)
    {
      const VigJobRecord *record = left->pdata[i];

      g_string_append (order, record->recipe->prompt);
      g_assert_cmpuint (record->sketches->len, ==, i == 0 ? 40 : 2);
      g_assert_cmpuint (record->recipe->tokens, ==, i == 0 ? 256 : 0);
      g_assert_true ((((const VigSketch *) record->sketches->pdata[0])->n_tokens > 0) == (i == 0));
    }
  g_assert_cmpstr (order->str, ==, "adeb");

  /* When the user says so they go on, in order; what waited is drawn as it was asked. */
  g_object_unref (f->studio);
  f->studio = vig_studio_new (f->library, "host", NULL);
  for (guint i = 1; i < left->len; i++)
    {
      VigJob *job = vig_generate_job_new_resume (((const VigJobRecord *) left->pdata[i])->id);

      g_ptr_array_add (resumed, job);
      vig_studio_submit (f->studio, job);
    }
  for (guint i = 0; i < resumed->len; i++)
    {
      VigGenerateJob *job = resumed->pdata[i];
      const char prompt[] = { order->str[i + 1], '\0' };

      wait_until_over (VIG_JOB (job));
      g_assert_no_error (vig_job_get_error (VIG_JOB (job)));
      g_assert_cmpstr (vig_generate_job_get_prompt (job), ==, prompt);
      g_assert_cmpuint (vig_generate_job_get_pictures (job)->len, ==, 1);
      if (i + 1 < resumed->len)
        g_assert_false (vig_job_is_over (resumed->pdata[i + 1]));
    }

  for (guint i = 0; i < 5; i++)
    g_object_unref (jobs[i]);
  g_string_free (order, TRUE);
}

/* Stopped before it has begun, a drawing is forgotten, the words too. */
static void
test_stop_all_waiting (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr(VigJob) first = make_drawing_of ("a", 1, 40);
  g_autoptr(VigJob) second = make_drawing_of ("b", 1, 1);
  g_autoptr(VigJob) third = make_drawing_of ("c", 1, 1);
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GError) error = NULL;

  vig_studio_submit (f->studio, first);
  vig_studio_submit (f->studio, second);
  vig_studio_submit (f->studio, third);
  wait_until_begun (first);
  vig_studio_stop_waiting (f->studio);
  wait_until_over (second);
  wait_until_over (third);
  g_assert_cmpint (vig_job_get_state (second), ==, VIG_JOB_STOPPED);
  g_assert_cmpint (vig_job_get_state (first), ==, VIG_JOB_RUNNING);
  assert_prompts (f->studio, "a");

  vig_studio_close (f->studio);
  left = vig_library_list_interrupted (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpstr (((const VigJobRecord *) left->pdata[0])->recipe->prompt, ==, "a");
}

/* What cannot be begun fails once, and does not come again. */
static void
test_not_begun (Fixture      *f,
                gconstpointer data)
{
  const VigWish wish = {
    .prompt = PROMPT, .count = 1, .temperature = NAN, .top_k = -1, .top_p = NAN, .guidance = NAN,
    .start = "/no/such/picture.png", .keep = 4,
  };
  g_autoptr(VigJob) job = vig_generate_job_new (&wish);
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GError) error = NULL;

  vig_studio_submit (f->studio, job);
  wait_until_over (job);
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_FAILED);
  left = vig_library_list_interrupted (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 0);
}

static void
assert_same_tiles (VigJob *a,
                   VigJob *b,
                   guint   n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(VigTile) one = g_list_model_get_item (vig_generate_job_get_tiles (VIG_GENERATE_JOB (a)), i);
      g_autoptr(VigTile) other = g_list_model_get_item (vig_generate_job_get_tiles (VIG_GENERATE_JOB (b)), i);
      guint n_one, n_other;
      const guint32 *tokens_one = vig_tile_get_tokens (one, &n_one);
      const guint32 *tokens_other = vig_tile_get_tokens (other, &n_other);

      g_assert_cmpuint (vig_tile_get_seed (one), ==, vig_tile_get_seed (other));
      g_assert_cmpmem (tokens_one, n_one * 4, tokens_other, n_other * 4);
      g_assert_cmpfloat_with_epsilon (vig_tile_get_score (one), vig_tile_get_score (other), 1e-3);
    }
}

/* Of a picture, whether its file is still there or not. */
static void
test_variations (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr(VigJob) first = make_drawing (1, 1);
  g_autoptr(VigJob) again = NULL;
  g_autoptr(VigJob) varied = NULL;
  g_autoptr(VigTile) tile = NULL;
  g_autofree char *moved = NULL;
  VigPicture *picture;
  const guint32 *own;
  guint n_own;

  vig_studio_submit (f->studio, first);
  wait_until_over (first);
  picture = vig_generate_job_get_pictures (VIG_GENERATE_JOB (first))->pdata[0];
  tile = g_list_model_get_item (vig_generate_job_get_tiles (VIG_GENERATE_JOB (first)), 0);
  own = vig_tile_get_tokens (tile, &n_own);
  g_assert_cmpuint (vig_generate_count_rows (picture), ==, 16);
  moved = g_strconcat (vig_picture_get_path (picture), ".away", NULL);
  g_assert_cmpint (g_rename (vig_picture_get_path (picture), moved), ==, 0);

  again = vig_generate_job_new_again (picture);
  vig_studio_submit (f->studio, again);
  varied = vig_generate_job_new_variation (picture, 5, 3, 77);
  vig_studio_submit (f->studio, varied);
  wait_until_over (again);
  wait_until_over (varied);
  g_assert_no_error (vig_job_get_error (again));
  g_assert_no_error (vig_job_get_error (varied));
  assert_same_tiles (first, again, 1);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(VigTile) other = g_list_model_get_item (vig_generate_job_get_tiles (VIG_GENERATE_JOB (varied)), i);
      guint n;
      const guint32 *tokens = vig_tile_get_tokens (other, &n);

      g_assert_cmpuint (n, ==, n_own);
      g_assert_cmpmem (tokens, 5 * 16 * 4, own, 5 * 16 * 4);
      g_assert_true (memcmp (tokens, own, n * 4) != 0);
      g_assert_cmpuint (vig_tile_get_seed (other), >=, 77);
    }

  g_assert_cmpint (g_rename (moved, vig_picture_get_path (picture)), ==, 0);

  /* A photo is none of ours. */
  {
    g_autofree char *path = test_write_picture (f->folder, "a.png", 64, 64, 3);
    g_autoptr(GError) error = NULL;
    g_autoptr(VigPicture) photo = vig_library_add_file (f->library, path, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (vig_generate_count_rows (photo), ==, 0);
    g_assert_null (vig_generate_job_new_again (photo));
  }
}

/* A pause writes down what is there and gives the memory back; then the same picture comes of it. */
static void
test_pause (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(VigJob) whole = make_drawing (10, 10);
  g_autoptr(VigJob) job = make_drawing (10, 10);
  g_autoptr(VigJob) next = make_drawing (1, 1);
  g_autoptr(VigJob) search = vig_search_job_new ("a red car", NULL, NULL, 5, -1);
  double fraction;

  vig_studio_submit (f->studio, whole);
  wait_until_over (whole);

  vig_studio_submit (f->studio, job);
  vig_studio_submit (f->studio, next);
  wait_until_begun (job);
  vig_studio_set_paused (f->studio, TRUE);
  g_assert_true (vig_studio_get_paused (f->studio));
  while (vig_job_get_state (job) == VIG_JOB_RUNNING || vig_studio_get_device_name (f->studio) != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_WAITING);
  fraction = vig_job_get_fraction (job);
  g_assert_cmpfloat (fraction, >, 0);
  g_assert_cmpfloat (fraction, <, 1);

  /* A search need not wait. */
  vig_studio_submit (f->studio, search);
  wait_until_over (search);
  g_assert_no_error (vig_job_get_error (search));
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_WAITING);
  g_assert_cmpint (vig_job_get_state (next), ==, VIG_JOB_WAITING);
  g_assert_cmpfloat (vig_job_get_fraction (job), ==, fraction);

  vig_studio_set_paused (f->studio, FALSE);
  wait_until_over (job);
  g_assert_no_error (vig_job_get_error (job));
  assert_same_tiles (whole, job, 10);
  wait_until_over (next);
  g_assert_cmpint (vig_job_get_state (next), ==, VIG_JOB_DONE);
}

static void
check_none_left (Fixture *f)
{
  g_autoptr(GPtrArray) models = NULL;
  g_autoptr(GError) error = NULL;

  models = vig_library_list_models (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (models->len, ==, 1);
  g_assert_cmpint (vig_library_count_unembedded (f->library, models->pdata[0], &error), ==, 0);
  g_assert_no_error (error);
}

/* Pictures of every size and one that is broken, through as many readers as there are; in a pause it waits. */
static void
test_index (Fixture      *f,
            gconstpointer data)
{
  enum { N = 150 };
  g_autofree char *folder = test_make_folder ();
  const char *folders[] = { folder, NULL };
  g_autoptr(VigJob) job = vig_index_job_new (folders);
  g_autoptr(VigJob) again = vig_index_job_new (folders);

  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.jpg", i);
      g_autofree char *path = test_write_picture (folder, name, 64 + i * 7, 300 - i, i);
    }
  g_autofree char *broken = test_write_file (folder, "broken.jpg", "\377\330\377\340 and no more", 16);

  vig_studio_submit (f->studio, job);
  while (vig_job_get_state (job) == VIG_JOB_WAITING)
    g_main_context_iteration (NULL, TRUE);
  vig_studio_set_paused (f->studio, TRUE);
  while (vig_job_get_state (job) == VIG_JOB_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_WAITING);

  vig_studio_set_paused (f->studio, FALSE);
  wait_until_over (job);
  g_assert_no_error (vig_job_get_error (job));
  check_none_left (f);

  vig_studio_submit (f->studio, again);
  wait_until_over (again);
  g_assert_cmpuint (vig_index_job_get_scan (VIG_INDEX_JOB (again))->unchanged, ==, N);
  g_assert_cmpuint (vig_index_job_get_scan (VIG_INDEX_JOB (again))->failed->len, ==, 1);
}

static guint
count_listed (Fixture *f)
{
  g_autoptr(GListModel) all = vig_library_list_filtered (f->library, NULL);

  return g_list_model_get_n_items (all);
}

/* While the program runs nobody need say that there is a new photo. */
static void
test_watch (Fixture      *f,
            gconstpointer data)
{
  g_autofree char *folder = test_make_folder ();
  const char *folders[] = { folder, NULL };
  g_autofree char *first = test_write_picture (folder, "first.jpg", 32, 24, 1);
  g_autoptr(VigJob) job = vig_index_job_new (folders);

  vig_studio_submit (f->studio, job);
  wait_until_over (job);
  g_assert_cmpuint (count_listed (f), ==, 1);

  vig_studio_watch_folders (f->studio);
  test_run_main (1000);  /* until it watches: what came before that is for the rescan */
  g_autofree char *inner = g_build_filename (folder, "inner", NULL);
  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_autofree char *second = test_write_picture (inner, "second.jpg", 32, 24, 2);
  while (count_listed (f) < 2)
    test_run_main (100);

  /* In the folder that is new as well; and what goes is noticed like what comes. */
  g_autofree char *third = test_write_picture (inner, "third.jpg", 32, 24, 3);
  g_assert_cmpint (g_unlink (first), ==, 0);
  for (;;)
    {
      g_autoptr(GListModel) all = vig_library_list_filtered (f->library, NULL);
      g_autoptr(VigPicture) newest = g_list_model_get_item (all, 0);

      if (g_list_model_get_n_items (all) == 2 && g_str_has_suffix (vig_picture_get_path (newest), "third.jpg"))
        break;
      test_run_main (100);
    }
}

/* How long it takes is told by what went before; a pause says nothing. */
static void
test_pace (void)
{
  VigPace pace = { 0 };
  gint64 now = 1;
  guint done = 0;

  for (; done < 20; done += 10, now += G_USEC_PER_SEC)
    vig_pace_look (&pace, done, now);
  g_assert_cmpfloat (vig_pace_guess (&pace, 600), ==, -1);
  for (; done < 200; done += 10, now += G_USEC_PER_SEC)
    vig_pace_look (&pace, done, now);
  g_assert_cmpfloat_with_epsilon (vig_pace_guess (&pace, 600), 60, 1e-6);

  now += 3600 * (gint64) G_USEC_PER_SEC;
  vig_pace_look (&pace, done, now);
  g_assert_cmpfloat_with_epsilon (vig_pace_guess (&pace, 600), 60, 1e-6);

  /* It becomes slower: soon what is new counts for more. */
  for (guint i = 0; i < 120; i++)
    vig_pace_look (&pace, ++done, now += G_USEC_PER_SEC);
  g_assert_cmpfloat (vig_pace_guess (&pace, 60), >, 50);

  const struct { guint left; const char *said; } cases[] = {
    { 10, "less than a minute left" }, { 70, "1 minute left" }, { 600, "10 minutes left" }, { 7200, "2 hours left" },
  };
  const VigPace even = { 1, 0, 100, 100 };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *said = vig_pace_describe (&even, cases[i].left);

      g_assert_cmpstr (said, ==, cases[i].said);
    }
}

/* Stopped in a pause, or with the program ended in it. */
static void
test_pause_and_end (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr(VigJob) stopped = make_drawing_of ("a", 1, 40);
  g_autoptr(VigJob) kept = make_drawing_of ("b", 1, 40);
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      VigJob *job = i == 0 ? stopped : kept;

      vig_studio_submit (f->studio, job);
      wait_until_begun (job);
      vig_studio_set_paused (f->studio, TRUE);
      while (vig_job_get_state (job) == VIG_JOB_RUNNING)
        g_main_context_iteration (NULL, TRUE);
      if (i == 1)
        break;
      vig_job_stop (job);
      wait_until_over (job);
      g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_STOPPED);
      vig_studio_set_paused (f->studio, FALSE);
    }
  vig_studio_close (f->studio);

  left = vig_library_list_interrupted (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpstr (((const VigJobRecord *) left->pdata[0])->recipe->prompt, ==, "b");
  g_assert_cmpuint (((const VigSketch *) ((const VigJobRecord *) left->pdata[0])->sketches->pdata[0])->n_tokens, >, 0);
}

/* Closing is no stop: the drawing is to be resumed, by this program or another, to the same tokens. */
static void
test_close_and_resume (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr(VigJob) whole = make_drawing (10, 10);
  g_autoptr(VigJob) job = make_drawing (10, 10);
  g_autoptr(VigJob) resumed = NULL;
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GError) error = NULL;
  gint64 before_us;

  vig_studio_submit (f->studio, whole);
  wait_until_over (whole);

  vig_studio_submit (f->studio, job);
  wait_until_begun (job);
  before_us = g_get_monotonic_time ();
  vig_studio_close (f->studio);
  g_test_message ("closed after %d ms", (int) (g_get_monotonic_time () - before_us) / 1000);
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_STOPPED);

  left = vig_library_list_interrupted (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 1);

  g_object_unref (f->studio);
  f->studio = vig_studio_new (f->library, "host", NULL);
  resumed = vig_generate_job_new_resume (((VigJobRecord *) left->pdata[0])->id);
  vig_studio_submit (f->studio, resumed);
  wait_until_over (resumed);
  g_assert_no_error (vig_job_get_error (resumed));
  g_assert_cmpstr (vig_generate_job_get_prompt (VIG_GENERATE_JOB (resumed)), ==, PROMPT);

  assert_same_tiles (whole, resumed, 10);

  /* Once is all: it is nobody's to resume any more. */
  {
    g_autoptr(VigJob) again = vig_generate_job_new_resume (((VigJobRecord *) left->pdata[0])->id);

    vig_studio_submit (f->studio, again);
    wait_until_over (again);
    g_assert_cmpint (vig_job_get_state (again), ==, VIG_JOB_FAILED);
    g_assert_nonnull (vig_job_get_error (again));
  }
}

/* ---- Suggestions ---- */

static void
tagged_cb (VigTagJob *job,
           guint      index,
           guint     *count)
{
  const VigTagged *tagged = vig_tag_job_get_results (job)->pdata[index];

  g_assert_cmpuint (index, ==, *count);
  g_assert_true ((tagged->labels == NULL) == (tagged->error != NULL));
  (*count)++;
}

static void
test_refused_tags (Fixture      *f,
                   gconstpointer data)
{
  static const char *const words[] = { "blue sphere", "red car", "dog", NULL };
  g_autofree char *path = test_write_picture (f->folder, "a.png", 64, 64, 3);
  const char *const paths[] = { path, "/no/such/file.png", NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPicture) picture = NULL;
  g_autofree char *best = NULL;

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr(VigJob) job = vig_tag_job_new (paths, words, 3);
      const VigTagged *tagged;
      guint count = 0;

      g_signal_connect (job, "tagged", G_CALLBACK (tagged_cb), &count);
      vig_studio_submit (f->studio, job);
      wait_until_over (job);
      g_assert_cmpuint (count, ==, 2);
      tagged = vig_tag_job_get_results (VIG_TAG_JOB (job))->pdata[0];
      g_assert_cmpuint (tagged->labels->len, ==, 3 - round);
      if (round == 0)
        {
          best = g_strdup (((VigLabel *) tagged->labels->pdata[0])->label);
          picture = vig_library_add_file (f->library, path, &error);
          g_assert_no_error (error);
          vig_library_refuse_tag (f->library, picture, best, &error);
          g_assert_no_error (error);
        }
      else
        for (guint i = 0; i < tagged->labels->len; i++)
          g_assert_cmpstr (((VigLabel *) tagged->labels->pdata[i])->label, !=, best);
    }
}

/* ---- Tokens, for threads that wait ---- */

static void
test_tokenize_while_drawing (Fixture      *f,
                             gconstpointer data)
{
  g_autoptr(VigJob) job = make_drawing (1, 40);
  g_autoptr(GError) error = NULL;
  g_autofree guint32 *ids = NULL;
  g_autofree guint32 *none = NULL;
  guint n_ids = 0;

  vig_studio_submit (f->studio, job);
  wait_until_begun (job);
  ids = vig_studio_tokenize (f->studio, NULL, "a cat", &n_ids, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_ids, ==, 4);
  g_assert_false (vig_job_is_over (job));

  vig_studio_close (f->studio);
  none = vig_studio_tokenize (f->studio, NULL, "a cat", &n_ids, &error);
  g_assert_null (none);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

#define ADD(name, test) g_test_add ("/studio/" name, Fixture, NULL, set_up, test, tear_down)
  g_test_add_func ("/studio/pace", test_pace);
  ADD ("draw", test_draw);
  ADD ("unseen", test_unseen);
  ADD ("search-goes-between", test_search_goes_between);
  ADD ("stop-running", test_stop_running);
  ADD ("stop-waiting", test_stop_waiting);
  ADD ("order", test_order);
  ADD ("stop-all-waiting", test_stop_all_waiting);
  ADD ("not-begun", test_not_begun);
  ADD ("variations", test_variations);
  ADD ("pause", test_pause);
  ADD ("index", test_index);
  ADD ("watch", test_watch);
  ADD ("pause-and-end", test_pause_and_end);
  ADD ("close-and-resume", test_close_and_resume);
  ADD ("refused-tags", test_refused_tags);
  ADD ("tokenize-while-drawing", test_tokenize_while_drawing);

  return g_test_run ();
}
