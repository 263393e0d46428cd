/* test-clip.c: a small CLIP against numbers recorded from openai/CLIP
 *
 * tests/data/golden/clip: class CLIP of clip/model.py at commit d05afc43, in PyTorch, on pseudo-random
 * weights, and for "expected.json" behind its own tokenizer and preprocessing. Bounds are those of the
 * recording: 1e-4 before unit length, where the reference itself is off by 2e-6 from float64.
 */

#include "model/clip-private.h"

#include <string.h>

#include <glib/gstdio.h>

#include "golden.h"
#include "npy.h"
#include "support.h"
#include "tensor/json.h"

#define NEAR 1e-4
#define COSINE 0.9999

#define IMAGES 4
#define TEXTS 8
#define CONTEXT 77
#define SIDE 64
#define WIDTH 32

/* A directory with the model's files, of which one may be another. */
static char *
make_directory (const char *config)
{
  static const char * const files[] = {
    "config.json", "merges.txt", "model.safetensors", "preprocessor_config.json", "vocab.json",
  };
  g_autoptr(GError) error = NULL;
  char *directory = g_dir_make_tmp ("vignette-clip-XXXXXX", &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      const char *name = i == 0 ? config : files[i];
      g_autofree char *source = g_build_filename ("golden/clip", name, NULL);
      g_autofree char *from = test_data (source);
      g_autofree char *to = g_build_filename (directory, files[i], NULL);
      g_autofree char *contents = NULL;
      gsize size;

      g_assert_true (g_file_get_contents (from, &contents, &size, &error));
      g_assert_true (g_file_set_contents (to, contents, size, &error));
    }

  return directory;
}

static void
remove_directory (const char *directory)
{
  g_autoptr(GDir) dir = g_dir_open (directory, 0, NULL);

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_remove (path);
    }
  g_rmdir (directory);
}

static VcClip *
load (VcDevice   *device,
      const char *config)
{
  g_autofree char *directory = make_directory (config);
  g_autoptr(GError) error = NULL;
  VcClip *clip = vc_clip_load (device, directory, &error);

  g_assert_no_error (error);
  remove_directory (directory);
  vc_clip_refine (clip);

  return clip;
}

static float *
read_pixels (void)
{
  gsize n;
  g_autofree float *values = test_npy_f32 ("golden/clip/pixel_values.npy", &n, NULL);

  g_assert_cmpuint (n, ==, IMAGES * 3 * SIDE * SIDE);

  return test_channels_last (values, IMAGES, 3, SIDE);
}

static void
check_rows (const char  *what,
            const float *got,
            const float *want,
            uint32_t     count)
{
  for (uint32_t i = 0; i < count; i++)
    {
      const double far = test_furthest (got + i * WIDTH, want + i * WIDTH, WIDTH);

      g_test_message ("%s %u: off by %.3g", what, i, far);
      g_assert_cmpfloat (far, <=, NEAR);
      g_assert_cmpfloat (test_cosine (got + i * WIDTH, want + i * WIDTH, WIDTH), >=, COSINE);
    }
}

typedef struct
{
  const char *config;
  const char *images;
  const char *texts;
} Variant;

static const Variant quick = {
  "config.json", "golden/clip/image_embeds.npy", "golden/clip/text_embeds.npy",
};
static const Variant exact = {
  "config.gelu.json", "golden/clip/image_embeds.gelu.npy", "golden/clip/text_embeds.gelu.npy",
};

static void
test_images (VcDevice      *device,
             gconstpointer  data)
{
  const Variant *variant = data;
  g_autoptr(VcClip) clip = load (device, variant->config);
  g_autofree float *pixels = read_pixels ();
  g_autofree float *want = test_npy_f32 (variant->images, NULL, NULL);
  g_autofree float *got = g_new (float, IMAGES * WIDTH);
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (vc_clip_get_side (clip), ==, SIDE);
  g_assert_cmpuint (vc_clip_get_width (clip), ==, WIDTH);
  g_assert_cmpfloat_with_epsilon (vc_clip_get_scale (clip), 25.79034f, 1e-4);  /* exp 3.25 */
  g_assert_true (vc_clip_project_images (clip, pixels, IMAGES, FALSE, got, NULL, NULL, &error));
  g_assert_no_error (error);
  check_rows ("image", got, want, IMAGES);

  /* more than are worked on at once, in any order: each row is its picture's alone */
  g_autofree float *many = g_new (float, 11 * SIDE * SIDE * 3);
  g_autofree float *rows = g_new (float, 11 * WIDTH);

  for (uint32_t i = 0; i < 11; i++)
    memcpy (many + i * SIDE * SIDE * 3, pixels + i * 3 % IMAGES * SIDE * SIDE * 3,
            SIDE * SIDE * 3 * sizeof *many);
  g_assert_true (vc_clip_project_images (clip, many, 11, FALSE, rows, NULL, NULL, &error));
  for (uint32_t i = 0; i < 11; i++)
    check_rows ("again", rows + i * WIDTH, want + i * 3 % IMAGES * WIDTH, 1);

  g_assert_true (vc_clip_embed_images (clip, pixels, IMAGES, got, NULL, NULL, &error));
  for (uint32_t i = 0; i < IMAGES; i++)
    {
      double square = 0;

      for (uint32_t k = 0; k < WIDTH; k++)
        square += (double) got[i * WIDTH + k] * got[i * WIDTH + k];
      g_assert_cmpfloat_with_epsilon (square, 1, 1e-5);
      g_assert_cmpfloat (test_cosine (got + i * WIDTH, want + i * WIDTH, WIDTH), >=, COSINE);
    }
}

/* As the program looks at pictures: coarse products where the device has them, and how far they may be off. */
static void
test_coarse (VcDevice      *device,
             gconstpointer  data)
{
  const Variant *variant = data;
  g_autofree char *directory = make_directory (variant->config);
  g_autoptr(GError) error = NULL;
  g_autoptr(VcClip) clip = vc_clip_load (device, directory, &error);
  g_autofree float *pixels = read_pixels ();
  g_autofree float *want = test_npy_f32 (variant->images, NULL, NULL);
  g_autofree float *got = g_new (float, IMAGES * WIDTH);
  g_autofree float *lone = g_new (float, WIDTH);

  g_assert_no_error (error);
  remove_directory (directory);
  g_assert_true (vc_clip_embed_images (clip, pixels, IMAGES, got, NULL, NULL, &error));
  for (uint32_t i = 0; i < IMAGES; i++)
    {
      const double cosine = test_cosine (got + i * WIDTH, want + i * WIDTH, WIDTH);

      g_test_message ("image %u: cosine %.6f", i, cosine);
      g_assert_cmpfloat (cosine, >=, 0.9995);

      /* whichever pictures are beside it */
      g_assert_true (vc_clip_embed_images (clip, pixels + i * SIDE * SIDE * 3, 1, lone, NULL, NULL, &error));
      g_assert_cmpfloat (test_cosine (lone, got + i * WIDTH, WIDTH), >=, 0.9995);
    }
}

static void
test_texts (VcDevice      *device,
            gconstpointer  data)
{
  const Variant *variant = data;
  g_autoptr(VcClip) clip = load (device, variant->config);
  g_autofree int32_t *ids = test_npy_i32 ("golden/clip/input_ids.npy", NULL, NULL);
  g_autofree float *want = test_npy_f32 (variant->texts, NULL, NULL);
  g_autofree float *got = g_new (float, TEXTS * WIDTH);
  uint32_t lengths[TEXTS];
  g_autoptr(GError) error = NULL;

  /* with their padding, as they were recorded */
  for (uint32_t i = 0; i < TEXTS; i++)
    lengths[i] = CONTEXT;
  g_assert_true (vc_clip_project_ids (clip, (uint32_t *) ids, lengths, TEXTS, FALSE, got, NULL, NULL,
                                      &error));
  g_assert_no_error (error);
  check_rows ("padded text", got, want, TEXTS);

  /* without: nothing after the end is seen */
  for (uint32_t i = 0; i < TEXTS; i++)
    {
      uint32_t last = 0;

      for (uint32_t k = 0; k < CONTEXT; k++)
        if (ids[i * CONTEXT + k] != 0)
          last = k;
      lengths[i] = last + 1;
    }
  g_assert_true (vc_clip_project_ids (clip, (uint32_t *) ids, lengths, TEXTS, FALSE, got, NULL, NULL,
                                      &error));
  check_rows ("text", got, want, TEXTS);

  /* and each by itself */
  for (uint32_t i = 0; i < TEXTS; i++)
    {
      g_assert_true (vc_clip_project_ids (clip, (uint32_t *) ids + i * CONTEXT, lengths + i, 1, FALSE,
                                          got, NULL, NULL, &error));
      check_rows ("lone text", got, want + i * WIDTH, 1);
    }
}

typedef struct
{
  VcClip     *clip;
  const char *section;
  VcJson     *json;
} Whole;

static void
check_member (VcJson     *json,
              const char *key,
              gpointer    data)
{
  const Whole *whole = data;
  float want[WIDTH];
  float got[WIDTH];
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint (vc_json_floats (json, NULL, want, WIDTH, WIDTH, -1, 1), ==, WIDTH);

  if (g_str_equal (whole->section, "images"))
    {
      g_autofree char *path = g_build_filename ("preprocess", key, NULL);
      g_autofree float *pixels = g_new (float, SIDE * SIDE * 3);
      uint32_t width;
      uint32_t height;
      g_autofree uint8_t *rgb = test_png (path, &width, &height);

      vc_clip_prepare (whole->clip, rgb, width, height, (gsize) width * 3, pixels);
      g_assert_true (vc_clip_embed_images (whole->clip, pixels, 1, got, NULL, NULL, &error));
    }
  else
    g_assert_true (vc_clip_embed_texts (whole->clip, &key, 1, got, NULL, NULL, &error));

  g_test_message ("%s: cosine %.7f", key, test_cosine (got, want, WIDTH));
  g_assert_cmpfloat (test_cosine (got, want, WIDTH), >=, COSINE);
}

/* From files and typed words to rows, through everything between. */
static void
test_whole (VcDevice      *device,
            gconstpointer  data)
{
  g_autoptr(VcClip) clip = load (device, "config.json");
  g_autofree char *path = test_data ("golden/clip/expected.json");
  g_autoptr(GError) error = NULL;
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_CONFIG, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (vc_json_count (json, "images"), ==, 6);
  g_assert_cmpuint (vc_json_count (json, "texts"), ==, 4);
  vc_json_each (json, "images", check_member, &(Whole) { clip, "images", json });
  vc_json_each (json, "texts", check_member, &(Whole) { clip, "texts", json });
  if (!vc_json_finish (json, &error))
    g_assert_no_error (error);
}

static gboolean
count_down (gpointer data)
{
  return --*(int *) data > 0;
}

static void
test_stop (VcDevice      *device,
           gconstpointer  data)
{
  g_autoptr(VcClip) clip = load (device, "config.json");
  const char *texts[40];
  g_autofree float *rows = g_new (float, G_N_ELEMENTS (texts) * WIDTH);
  int left = 2;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    texts[i] = "a photo of a cat";

  g_assert_false (vc_clip_embed_texts (clip, texts, G_N_ELEMENTS (texts), rows, count_down, &left,
                                       &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_CANCELLED);
  g_assert_cmpint (left, ==, 0);
  g_clear_error (&error);

  /* and it can be asked again */
  left = 1000;
  g_assert_true (vc_clip_embed_texts (clip, texts, G_N_ELEMENTS (texts), rows, count_down, &left,
                                      &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (test_furthest (rows, rows + 39 * WIDTH, WIDTH), <, 1e-5);
}

/* What a directory lacks or has wrong, and that it is refused in one sentence that names the file. */
typedef struct
{
  const char *file;
  const char *contents;  /* NULL: the file is cut to half */
} Damage;

static const Damage damages[] = {
  { "config.json", "{}" },
  { "config.json", "{\"model_type\":\"clip\",\"vision_config\":{},\"text_config\":{}}" },
  { "model.safetensors", NULL },
  { "model.safetensors", "" },
  { "vocab.json", "{}" },
  { "vocab.json", NULL },
  { "merges.txt", "one two three\n" },
  { "preprocessor_config.json", "{\"crop_size\":224}" },
};

static void
test_damage (VcDevice      *device,
             gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autofree char *directory = make_directory ("config.json");
      g_autofree char *path = g_build_filename (directory, damages[i].file, NULL);
      g_autofree char *contents = NULL;
      gsize size;
      g_autoptr(GError) error = NULL;

      g_assert_true (g_file_get_contents (path, &contents, &size, &error));
      if (damages[i].contents == NULL)
        g_assert_true (g_file_set_contents (path, contents, size / 2, &error));
      else
        g_assert_true (g_file_set_contents (path, damages[i].contents, -1, &error));

      g_assert_null (vc_clip_load (device, directory, &error));
      g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
      g_test_message ("%s", error->message);
      g_assert_null (strchr (error->message, '\n'));
      remove_directory (directory);
    }
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/golden/clip", "images", &quick, test_images);
  test_add ("/golden/clip", "images-gelu", &exact, test_images);
  test_add ("/golden/clip", "coarse", &quick, test_coarse);
  test_add ("/golden/clip", "coarse-gelu", &exact, test_coarse);
  test_add ("/golden/clip", "texts", &quick, test_texts);
  test_add ("/golden/clip", "texts-gelu", &exact, test_texts);
  test_add ("/golden/clip", "whole", NULL, test_whole);
  test_add ("/golden/clip", "stop", NULL, test_stop);
  test_add ("/golden/clip", "damage", NULL, test_damage);

  return test_run ();
}
