/* test-fullsize.c: CLIP ViT-B/32 at its full size against numbers recorded from openai/CLIP
 *
 * The weights, 300 MB of pseudo-random halves, are made by a script that lies beside the recording, in
 * VIGNETTE_SHARED (goldens/fullsize_clip), with numpy. Where either is not at hand the test skips.
 */

#include "model/clip-private.h"

#include <string.h>

#include <glib/gstdio.h>

#include "golden.h"
#include "npy.h"
#include "support.h"

#define COSINE 0.999

#define IMAGES 4
#define TEXTS 8
#define CONTEXT 77
#define SIDE 224
#define WIDTH 512

static char *model;     /* owned; where the weights were written; NULL when they could not be */
static const char *why; /* … because of this */

static char *
find_shared (const char *first,
             const char *second)
{
  const char *shared = g_getenv ("VIGNETTE_SHARED");
  g_autofree char *beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", NULL);

  return g_build_filename (shared != NULL ? shared : beside, "goldens", first, second, NULL);
}

static gboolean
copy_vocabulary (const char *name)
{
  g_autofree char *from = find_shared ("clip_vocab", name);
  g_autofree char *to = g_build_filename (model, name, NULL);
  g_autofree char *contents = NULL;
  gsize size;

  return g_file_get_contents (from, &contents, &size, NULL) &&
         g_file_set_contents (to, contents, size, NULL);
}

static void
forget_model (void)
{
  g_autoptr(GDir) dir = model == NULL ? NULL : g_dir_open (model, 0, NULL);

  if (dir == NULL)
    return;

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (model, name, NULL);

      g_remove (path);
    }
  g_rmdir (model);
  g_clear_pointer (&model, g_free);
}

/* Writes the model once, for all devices. */
static void
make_model (void)
{
  g_autofree char *script = find_shared ("fullsize_clip", "make_clip.py");
  const char *argv[] = { "python3", script, "--seed", "7", "--out", NULL, NULL };
  g_autofree char *output = NULL;
  g_autofree char *complaint = NULL;
  g_autoptr(GError) error = NULL;
  int status = 0;

  if (!g_file_test (script, G_FILE_TEST_EXISTS))
    {
      why = "the full-size recording is not here (goldens/fullsize_clip in VIGNETTE_SHARED)";
      return;
    }

  model = g_dir_make_tmp ("vignette-fullsize-XXXXXX", &error);
  g_assert_no_error (error);
  argv[5] = model;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &complaint,
                     &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    {
      g_test_message ("%s %s", error->message, complaint);
      forget_model ();
      why = "the full-size weights could not be made: python3 with numpy and 300 MB are needed";
    }
  else if (!copy_vocabulary ("vocab.json") || !copy_vocabulary ("merges.txt"))
    {
      forget_model ();
      why = "CLIP's vocabulary is not here (goldens/clip_vocab in VIGNETTE_SHARED)";
    }
}

static float *
read_floats (const char *directory,
             const char *name,
             gsize       wanted)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  gsize n;
  float *values = test_npy_f32 (path, &n, NULL);

  g_assert_cmpuint (n, ==, wanted);

  return values;
}

static void
check_rows (const char  *what,
            const float *got,
            const float *want,
            uint32_t     count)
{
  for (uint32_t i = 0; i < count; i++)
    {
      const double cosine = test_cosine (got + i * WIDTH, want + i * WIDTH, WIDTH);

      g_test_message ("%s %u: cosine %.7f, off by %.3g", what, i, cosine,
                      test_furthest (got + i * WIDTH, want + i * WIDTH, WIDTH));
      g_assert_cmpfloat (cosine, >=, COSINE);
    }
}

static void
test_fullsize (VcDevice      *device,
               gconstpointer  data)
{
  /* Vulkan in software takes seconds for each */
  const gboolean slow = g_str_equal (vc_device_get_info (device)->type, "software");
  const uint32_t images = slow ? 1 : IMAGES;
  const uint32_t texts = slow ? 1 : TEXTS;
  g_autofree char *recording = find_shared ("fullsize_clip", ".");
  g_autoptr(GError) error = NULL;
  gint64 begun;

  if (model == NULL)
    {
      g_test_skip (why);
      return;
    }

  g_autoptr(VcClip) clip = vc_clip_load (device, model, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (vc_clip_get_side (clip), ==, SIDE);
  g_assert_cmpuint (vc_clip_get_width (clip), ==, WIDTH);

  g_autofree float *recorded = read_floats (model, "pixel_values.npy", IMAGES * 3 * SIDE * SIDE);
  g_autofree float *pixels = test_channels_last (recorded, IMAGES, 3, SIDE);
  g_autofree char *ids_path = g_build_filename (model, "input_ids.npy", NULL);
  g_autofree int32_t *ids = test_npy_i32 (ids_path, NULL, NULL);
  g_autofree float *want_images = read_floats (recording, "image_embeds.npy", IMAGES * WIDTH);
  g_autofree float *want_texts = read_floats (recording, "text_embeds.npy", TEXTS * WIDTH);
  g_autofree float *got = g_new (float, TEXTS * WIDTH);
  uint32_t lengths[TEXTS];

  begun = g_get_monotonic_time ();
  g_assert_true (vc_clip_project_images (clip, pixels, images, FALSE, got, NULL, NULL, &error));
  g_assert_no_error (error);
  g_test_message ("%u images in %.3f s", images, (g_get_monotonic_time () - begun) / 1e6);
  check_rows ("image", got, want_images, images);

  for (uint32_t i = 0; i < TEXTS; i++)
    for (uint32_t k = 0; k < CONTEXT; k++)
      if (ids[i * CONTEXT + k] != 0)
        lengths[i] = k + 1;
  begun = g_get_monotonic_time ();
  g_assert_true (vc_clip_project_ids (clip, (uint32_t *) ids, lengths, texts, FALSE, got, NULL, NULL,
                                      &error));
  g_assert_no_error (error);
  g_test_message ("%u texts in %.3f s", texts, (g_get_monotonic_time () - begun) / 1e6);
  check_rows ("text", got, want_texts, texts);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  test_init (&argc, &argv);
  make_model ();
  test_add ("/golden/fullsize", "ViT-B-32", NULL, test_fullsize);
  status = test_run ();
  forget_model ();

  return status;
}
