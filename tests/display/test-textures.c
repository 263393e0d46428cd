/* test-textures.c: pictures ready to be drawn: enlarged softly, decoded aside, not too many at once */

#include "config.h"

#include <glib/gstdio.h>

#include "ui/smooth.h"
#include "ui/textures.h"

/* One colour stays that colour, to the edge. */
static void
test_flat (void)
{
  guint8 rgb[3 * 2 * 3];
  g_autofree guint8 *large = NULL;

  for (guint i = 0; i < sizeof rgb; i++)
    rgb[i] = (guint8) (10 + 100 * (i % 3));

  large = vig_smooth_enlarge (rgb, 3, 2, 4);
  for (guint i = 0; i < 12 * 8 * 3; i++)
    g_assert_cmpuint (large[i], ==, 10 + 100 * (i % 3));
}

/* A ramp stays a ramp: each pixel lies between its neighbours, and the middle ones on the line. */
static void
test_ramp (void)
{
  guint8 rgb[8 * 3];
  g_autofree guint8 *large = NULL;

  for (guint x = 0; x < 8; x++)
    for (guint c = 0; c < 3; c++)
      rgb[x * 3 + c] = (guint8) (x * 32);

  large = vig_smooth_enlarge (rgb, 8, 1, 4);
  for (guint x = 1; x < 32; x++)
    g_assert_cmpuint (large[x * 3], >=, large[(x - 1) * 3]);
  for (guint x = 8; x < 24; x++)
    g_assert_cmpfloat_with_epsilon (large[x * 3], ((x + 0.5) / 4 - 0.5) * 32, 0.6);
}

/* An edge rings a little, as a spline does, but never wraps around. */
static void
test_edge (void)
{
  const guint8 rgb[4 * 3] = { 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255 };
  g_autofree guint8 *large = vig_smooth_enlarge (rgb, 4, 1, 4);

  for (guint x = 0; x < 6; x++)
    g_assert_cmpuint (large[x * 3], <, 16);
  for (guint x = 10; x < 16; x++)
    g_assert_cmpuint (large[x * 3], >, 239);
}

static void
test_small_is_enlarged (void)
{
  g_autofree guint8 *rgb = g_malloc0 (64 * 16 * 3);
  g_autoptr(GdkTexture) texture = vig_textures_make (rgb, 64, 16);
  g_autofree guint8 *wide = g_malloc0 (300 * 200 * 3);
  g_autoptr(GdkTexture) large = vig_textures_make (wide, 300, 200);

  g_assert_cmpint (gdk_texture_get_width (texture), ==, 256);
  g_assert_cmpint (gdk_texture_get_height (texture), ==, 64);
  g_assert_cmpint (gdk_texture_get_width (large), ==, 300);
}

typedef struct
{
  GdkTexture *texture;
  GError     *error;
  gboolean    done;
} Answer;

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Answer *answer = user_data;

  answer->texture = vig_textures_load_finish (VIG_TEXTURES (object), result, &answer->error);
  answer->done = TRUE;
}

static void
wait_for (Answer *answer)
{
  while (!answer->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_opens (void)
{
  g_autofree char *folder = g_dir_make_tmp ("vignette-textures-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.png", NULL);
  g_autofree char *broken = g_build_filename (folder, "b.png", NULL);
  g_autofree guint8 *rgb = g_malloc0 (300 * 200 * 3);
  g_autoptr(GdkTexture) written = vig_textures_make (rgb, 300, 200);
  g_autoptr(VigTextures) textures = vig_textures_new (folder, 1 << 20);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Answer good = { 0 }, bad = { 0 }, late = { 0 };

  g_assert_true (gdk_texture_save_to_png (written, path));
  g_assert_true (g_file_set_contents (broken, "\x89PNG\r\n\x1a\n and no more", -1, NULL));

  vig_textures_open_async (textures, path, 0, NULL, loaded_cb, &good);
  vig_textures_open_async (textures, broken, 0, NULL, loaded_cb, &bad);
  vig_textures_open_async (textures, path, 0, cancellable, loaded_cb, &late);
  g_cancellable_cancel (cancellable);
  wait_for (&good);
  wait_for (&bad);
  wait_for (&late);

  g_assert_no_error (good.error);
  g_assert_cmpint (gdk_texture_get_width (good.texture), ==, 300);
  g_assert_null (bad.texture);
  g_assert_error (bad.error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_null (late.texture);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_object_unref (good.texture);
  g_clear_error (&bad.error);
  g_clear_error (&late.error);
  g_remove (path);
  g_remove (broken);
  g_rmdir (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();

  g_test_add_func ("/display/smooth/flat", test_flat);
  g_test_add_func ("/display/smooth/ramp", test_ramp);
  g_test_add_func ("/display/smooth/edge", test_edge);
  g_test_add_func ("/display/textures/small-is-enlarged", test_small_is_enlarged);
  g_test_add_func ("/display/textures/opens", test_opens);

  return g_test_run ();
}
