/* test-trouble.c: jobs go on, or end with a sentence, when the device is lost, full, or computes what are no numbers */

#include <math.h>
#include <string.h>

#include <glib/gstdio.h>
#include <vc.h>

#include "profile.h"
#include "studio/studio.h"
#include "trouble.h"

#define COUNT 4
#define FILES 11

typedef struct
{
  char       *folder;
  VigProfile *profile;
  VigLibrary *library;
  VigStudio  *studio;
} Fixture;

/* Which way a GPU is the fastest is not asked: to find out takes longer than what is tried here. */
static void
open_studio (Fixture    *f,
             const char *kind)
{
  f->studio = vig_studio_new (f->library, kind, NULL);
  vc_device_set_cache (NULL);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = test_make_folder ();
  f->profile = test_make_profile (f->folder);
  f->library = test_open_library (f->profile);
  open_studio (f, "host");
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  vig_studio_close (f->studio);
  test_make_trouble (NULL);
  test_check_library (f->library);
  g_clear_object (&f->studio);
  g_clear_object (&f->library);
  g_clear_object (&f->profile);
  g_clear_pointer (&f->folder, g_free);
}

static void
run_job (Fixture *f,
         VigJob  *job)
{
  vig_studio_submit (f->studio, job);
  while (!vig_job_is_over (job))
    g_main_context_iteration (NULL, TRUE);
}

/* The device is closed, and the next, of @kind, is opened with @trouble. */
static void
change_device (Fixture           *f,
               const char        *kind,
               const TestTrouble *trouble)
{
  vig_studio_close (f->studio);
  g_object_unref (f->studio);
  test_make_trouble (trouble);
  open_studio (f, kind);
}

static void
change_trouble (Fixture           *f,
                const TestTrouble *trouble)
{
  change_device (f, "host", trouble);
}

static void
assert_failed (VigJob *job)
{
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_FAILED);
  g_assert_cmpuint (vig_job_get_error (job)->domain, ==, G_IO_ERROR);
  g_assert_null (strchr (vig_job_get_error (job)->message, '\n'));
}

static void
assert_done (VigJob     *job,
             const char *notice)
{
  g_assert_no_error (vig_job_get_error (job));
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_DONE);
  if (notice == NULL)
    g_assert_null (vig_job_get_notice (job));
  else
    {
      g_assert_nonnull (vig_job_get_notice (job));
      g_assert_nonnull (strstr (vig_job_get_notice (job), notice));
    }
}

static guint
count_made (Fixture *f)
{
  g_autoptr(GListModel) made = vig_library_list_pictures (f->library, VIG_PICTURE_MADE, NULL);

  return g_list_model_get_n_items (made);
}

/* ---- Drawing ---- */

static VigJob *
make_drawing (void)
{
  const VigWish wish = {
    .prompt = "a red car on a white background",
    .count = COUNT,
    .seed = 5,
    .temperature = NAN,
    .top_k = -1,
    .top_p = NAN,
    .guidance = NAN,
  };

  VigJob *job = vig_generate_job_new (&wish);

  /* Looks come when there is time for them: without, what is computed when is the same each time. */
  vig_generate_job_set_preview (VIG_GENERATE_JOB (job), FALSE);

  return job;
}

/* Tokens of all pictures by seed, one after another; drawn once, without trouble. */
static GArray *
take_tokens (VigJob *job)
{
  GListModel *tiles = vig_generate_job_get_tiles (VIG_GENERATE_JOB (job));
  GArray *all = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint64 seed = 5; seed < 5 + COUNT; seed++)
    for (guint i = 0; i < COUNT; i++)
      {
        g_autoptr(VigTile) tile = g_list_model_get_item (tiles, i);
        guint n;
        const guint32 *tokens = vig_tile_get_tokens (tile, &n);

        if (vig_tile_get_seed (tile) == seed)
          {
            g_assert_nonnull (tokens);
            g_array_append_vals (all, tokens, n);
          }
      }

  return all;
}

static void
assert_same_tokens (Fixture *f,
                    VigJob  *job)
{
  static GArray *wanted;
  g_autoptr(GArray) got = take_tokens (job);

  if (wanted == NULL)
    {
      g_autoptr(VigJob) whole = make_drawing ();

      change_trouble (f, NULL);
      run_job (f, whole);
      g_assert_no_error (vig_job_get_error (whole));
      wanted = take_tokens (whole);
    }

  g_assert_cmpuint (got->len, >, 0);
  g_assert_cmpmem (got->data, got->len * 4, wanted->data, wanted->len * 4);
}

/* Where in a drawing's life: the prompt for CLIP and for the model, tokens to the last, painting, judging. */
static const guint places[] = { 1, 2, 20, 257, 258, 259 };

static void
test_draw_lost (Fixture      *f,
                gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const TestTrouble trouble = { .devices = 1, .lost_at = places[i] };
      g_autoptr(VigJob) job = make_drawing ();

      change_trouble (f, &trouble);
      run_job (f, job);
      assert_done (job, "started again");
      g_assert_cmpuint (test_count_opened (), ==, 2);
      assert_same_tokens (f, job);
    }
}

static void
test_draw_lost_twice (Fixture      *f,
                      gconstpointer data)
{
  const TestTrouble trouble = { .devices = 2, .graphics = TRUE, .lost_at = 20 };
  g_autoptr(VigJob) job = make_drawing ();

  change_trouble (f, &trouble);
  run_job (f, job);
  assert_done (job, "on the processor");
  g_assert_cmpuint (test_count_opened (), ==, 3);
  assert_same_tokens (f, job);
}

/* Looked for once. */
static gboolean
has_gpu (void)
{
  static int found = -1;

  if (found < 0)
    {
      g_autoptr(VcDevice) device = g_getenv ("VIGNETTE_HOST_ONLY") == NULL ? vc_device_open ("gpu", NULL) : NULL;

      found = device != NULL;
    }
  if (!found)
    g_test_skip (g_getenv ("VIGNETTE_HOST_ONLY") != NULL ? "Vulkan is left out by VIGNETTE_HOST_ONLY"
                                                         : "no Vulkan device here that works");

  return found;
}

/* A real Vulkan device that does not end its work, once and again when it was opened anew. */
static void
test_draw_hung (Fixture      *f,
                gconstpointer data)
{
  const TestTrouble trouble = { .devices = 2, .hung_at = 30 };
  g_autoptr(VigJob) job = make_drawing ();

  if (!has_gpu ())
    return;

  change_device (f, "gpu", &trouble);
  run_job (f, job);
  assert_done (job, "on the processor");
  g_assert_cmpuint (test_count_opened (), ==, 3);
  assert_same_tokens (f, job);
}

static gboolean
stop_cb (gpointer data)
{
  vig_job_stop (data);

  return G_SOURCE_REMOVE;
}

/* Stop is answered while it hangs, long before anybody gives it up. */
static void
test_stop_hung (Fixture      *f,
                gconstpointer data)
{
  const TestTrouble trouble = { .devices = 1, .hung_at = 30, .patient = TRUE };
  g_autoptr(VigJob) job = make_drawing ();

  if (!has_gpu ())
    return;

  change_device (f, "gpu", &trouble);
  g_timeout_add (500, stop_cb, job);
  run_job (f, job);
  g_assert_cmpint (vig_job_get_state (job), ==, VIG_JOB_STOPPED);
}

/* Nothing is left to try: the drawing fails with a sentence, and is to be resumed from the tokens it has. */
static void
test_draw_lost_for_good (Fixture      *f,
                         gconstpointer data)
{
  const TestTrouble trouble = { .devices = 9, .lost_at = 40 };
  g_autoptr(VigJob) job = make_drawing ();
  g_autoptr(VigJob) resumed = NULL;
  g_autoptr(GPtrArray) left = NULL;
  g_autoptr(GError) error = NULL;

  change_trouble (f, &trouble);
  run_job (f, job);
  assert_failed (job);
  g_assert_cmpuint (test_count_opened (), ==, 2);

  left = vig_library_list_interrupted (f->library, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpuint (((VigSketch *) ((VigJobRecord *) left->pdata[0])->sketches->pdata[0])->n_tokens, >=, 38);

  change_trouble (f, &(TestTrouble) { 0 });
  resumed = vig_generate_job_new_resume (((VigJobRecord *) left->pdata[0])->id);
  run_job (f, resumed);
  assert_done (resumed, NULL);
  assert_same_tokens (f, resumed);
}

typedef struct
{
  guint64 lone;   /* bytes that drawing one picture takes */
  guint64 pair;
} Rooms;

static Rooms
measure_rooms (void)
{
  g_autofree char *directory = g_build_filename (g_getenv ("VIGNETTE_DATA"), "models", "first-light", "dalle", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcDalle) dalle = vc_dalle_load (device, directory, &error);
  VcSampling sampling;

  g_assert_no_error (error);
  sampling = vc_dalle_get_sampling (dalle);

  return (Rooms) { vc_drawing_get_room (dalle, &sampling, 1), vc_drawing_get_room (dalle, &sampling, 2) };
}

/* The device has room for the keys and values of two pictures, but not of four, and nobody knew. */
static void
test_draw_full (Fixture      *f,
                gconstpointer data)
{
  const Rooms rooms = measure_rooms ();
  const TestTrouble trouble = { .devices = 9, .largest = 5 * (rooms.pair - rooms.lone) / 2, .spared = 3 };
  g_autoptr(VigJob) job = make_drawing ();

  change_trouble (f, &trouble);
  run_job (f, job);
  assert_done (job, "fewer pictures");
  g_assert_cmpuint (test_count_refused (), ==, 1);
  assert_same_tokens (f, job);
}

/* It says beforehand how much is free: nothing is refused, and nobody need be told. */
static void
test_draw_planned (Fixture      *f,
                   gconstpointer data)
{
  const Rooms rooms = measure_rooms ();
  const TestTrouble trouble = { .devices = 9, .free = (guint64) 100 << 20, .spared = 3,
                                .largest = 5 * (rooms.pair - rooms.lone) / 2 };
  TestTrouble tight = trouble;
  g_autoptr(VigJob) job = make_drawing ();

  /* Once the models are there. */
  tight.free_later = rooms.pair;
  tight.loads = 2;
  change_trouble (f, &tight);
  run_job (f, job);
  assert_done (job, NULL);
  g_assert_cmpuint (test_count_refused (), ==, 0);
  assert_same_tokens (f, job);
}

/* A model that cannot fit is refused before anything is taken, in one sentence. */
static void
test_draw_too_large (Fixture      *f,
                     gconstpointer data)
{
  const TestTrouble nowhere = { .devices = 9, .free = 1 << 20 };
  const TestTrouble elsewhere = { .devices = 1, .graphics = TRUE, .free = 1 << 20 };
  g_autoptr(VigJob) first = make_drawing ();
  g_autoptr(VigJob) second = make_drawing ();

  change_trouble (f, &nowhere);
  run_job (f, first);
  assert_failed (first);
  g_assert_nonnull (strstr (vig_job_get_error (first)->message, "1 MB are free"));
  g_assert_cmpuint (test_count_allocated (), ==, 0);

  change_trouble (f, &elsewhere);
  run_job (f, second);
  assert_done (second, "too little memory");
  g_assert_cmpuint (test_count_allocated (), ==, 0);
  assert_same_tokens (f, second);
}

/* Logits, pixels and CLIP's vectors that are no numbers are none of the picture's. */
static const guint downloads[] = { 1, 2, 30, 258, 259 };

static void
test_draw_nothing (Fixture      *f,
                   gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (downloads); i++)
    {
      const TestTrouble nowhere = { .devices = 9, .nothing_at = downloads[i] };
      const TestTrouble elsewhere = { .devices = 1, .graphics = TRUE, .nothing_at = downloads[i] };
      g_autoptr(VigJob) first = make_drawing ();
      g_autoptr(VigJob) second = make_drawing ();
      const guint before = count_made (f);

      change_trouble (f, &nowhere);
      run_job (f, first);
      assert_failed (first);
      /* The last is CLIP's: the picture was finished before it. */
      g_assert_cmpuint (count_made (f), <=, before + 1);

      change_trouble (f, &elsewhere);
      run_job (f, second);
      assert_done (second, "wrong numbers");
      g_assert_cmpuint (test_count_opened (), ==, 2);
      assert_same_tokens (f, second);
    }
}

/* ---- Looking at pictures ---- */

static VigJob *
make_index (Fixture *f)
{
  g_autofree char *folder = g_build_filename (f->folder, "photos", NULL);
  const char *folders[] = { folder, NULL };

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
      for (guint i = 0; i < FILES; i++)
        {
          g_autofree char *name = g_strdup_printf ("%u.png", i);
          g_autofree char *path = test_write_picture (folder, name, 70, 90, i);
        }
    }

  return vig_index_job_new (folders);
}

static gint64
count_unembedded (Fixture *f)
{
  g_autofree char *directory = g_build_filename (g_getenv ("VIGNETTE_DATA"), "models", "first-light", "clip", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcClip) clip = vc_clip_load (device, directory, &error);
  gint64 count;

  g_assert_no_error (error);
  count = vig_library_count_unembedded (f->library, vc_clip_get_hash (clip), &error);
  g_assert_no_error (error);

  return count;
}

static gsize
measure_images (guint count)
{
  g_autofree char *directory = g_build_filename (g_getenv ("VIGNETTE_DATA"), "models", "first-light", "clip", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcDevice) device = vc_device_open ("host", &error);
  g_autoptr(VcClip) clip = vc_clip_load (device, directory, &error);

  g_assert_no_error (error);

  return vc_clip_get_room (clip, count);
}

/* Eight at once do not fit, nor do four or two. */
static void
test_index_full (Fixture      *f,
                 gconstpointer data)
{
  const TestTrouble trouble = { .devices = 9, .largest = measure_images (1), .spared = 1 };
  g_autoptr(VigJob) job = make_index (f);

  change_trouble (f, &trouble);
  run_job (f, job);
  assert_done (job, "fewer pictures");
  g_assert_cmpuint (test_count_refused (), ==, 3);
  g_assert_cmpuint (test_count_opened (), ==, 1);
  test_make_trouble (NULL);
  g_assert_cmpint (count_unembedded (f), ==, 0);
}

static void
test_index_planned (Fixture      *f,
                    gconstpointer data)
{
  const TestTrouble trouble = { .devices = 9, .largest = measure_images (2), .spared = 1,
                                .free = (guint64) 100 << 20, .free_later = measure_images (2), .loads = 1 };
  g_autoptr(VigJob) job = make_index (f);

  change_trouble (f, &trouble);
  run_job (f, job);
  assert_done (job, NULL);
  g_assert_cmpuint (test_count_refused (), ==, 0);
  test_make_trouble (NULL);
  g_assert_cmpint (count_unembedded (f), ==, 0);
}

/* Not even one fits on the graphics device. */
static void
test_index_tiny (Fixture      *f,
                 gconstpointer data)
{
  const TestTrouble trouble = { .devices = 1, .graphics = TRUE, .largest = 4096, .spared = 1 };
  g_autoptr(VigJob) job = make_index (f);

  change_trouble (f, &trouble);
  run_job (f, job);
  assert_done (job, "on the processor");
  g_assert_cmpuint (test_count_opened (), ==, 2);
  test_make_trouble (NULL);
  g_assert_cmpint (count_unembedded (f), ==, 0);
}

/* The first batch is kept, and the second goes on. */
static void
test_index_lost (Fixture      *f,
                 gconstpointer data)
{
  const TestTrouble trouble = { .devices = 1, .lost_at = 2 };
  g_autoptr(VigJob) job = make_index (f);

  change_trouble (f, &trouble);
  run_job (f, job);
  assert_done (job, "started again");
  /* one batch, one that was lost, and that once more */
  g_assert_cmpuint (test_count_submitted (), ==, 2);
  test_make_trouble (NULL);
  g_assert_cmpint (count_unembedded (f), ==, 0);
}

static void
test_index_nothing (Fixture      *f,
                    gconstpointer data)
{
  const TestTrouble trouble = { .devices = 9, .nothing_at = 1 };
  g_autoptr(VigJob) job = make_index (f);

  change_trouble (f, &trouble);
  run_job (f, job);
  assert_failed (job);
  test_make_trouble (NULL);
  g_assert_cmpint (count_unembedded (f), ==, FILES);
}

/* The next job finds the device that the user chose. */
static void
test_after (Fixture      *f,
            gconstpointer data)
{
  const TestTrouble trouble = { .devices = 1, .graphics = TRUE, .nothing_at = 1 };
  g_autoptr(VigJob) first = make_index (f);
  g_autoptr(VigJob) second = make_drawing ();

  change_trouble (f, &trouble);
  run_job (f, first);
  assert_done (first, "wrong numbers");
  run_job (f, second);
  assert_done (second, NULL);
  assert_same_tokens (f, second);
}

#define ADD(name, test) g_test_add ("/trouble/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int   argc,
      char *argv[])
{
  test_init_library (&argc, &argv);

  ADD ("draw/lost", test_draw_lost);
  ADD ("draw/lost-twice", test_draw_lost_twice);
  ADD ("draw/hung", test_draw_hung);
  ADD ("draw/stop-hung", test_stop_hung);
  ADD ("draw/lost-for-good", test_draw_lost_for_good);
  ADD ("draw/full", test_draw_full);
  ADD ("draw/planned", test_draw_planned);
  ADD ("draw/too-large", test_draw_too_large);
  ADD ("draw/nothing", test_draw_nothing);
  ADD ("index/full", test_index_full);
  ADD ("index/planned", test_index_planned);
  ADD ("index/tiny", test_index_tiny);
  ADD ("index/lost", test_index_lost);
  ADD ("index/nothing", test_index_nothing);
  ADD ("after", test_after);

  return g_test_run ();
}
