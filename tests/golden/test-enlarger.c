/* test-enlarger.c: the net that doubles pictures against numbers recorded in PyTorch, and its seams */

#include "model/enlarger.h"
#include "model/preprocess.h"

#include <math.h>

#include "npy.h"
#include "support.h"

#define SIDE 60
#define EDGE 14  /* what the recording saw beyond the picture is zeros, here it is the last pixels */
#define MIDDLE (2 * (SIDE - 2 * EDGE))

static VcEnlarger *
load (VcDevice *device)
{
  /* That which is installed with the program. */
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "models", "enlarger", NULL);
  g_autoptr(GError) error = NULL;

  VcEnlarger *enlarger = vc_enlarger_load (device, path, &error);
  g_assert_no_error (error);

  return enlarger;
}

static uint8_t *
double_it (VcEnlarger    *enlarger,
           const uint8_t *rgb,
           uint32_t       width,
           uint32_t       height,
           gsize          stride)
{
  uint8_t *larger = g_malloc0 ((gsize) width * height * 12);
  g_autoptr(GError) error = NULL;

  g_assert_true (vc_enlarger_double (enlarger, rgb, width, height, stride, larger, NULL, NULL, &error));
  g_assert_no_error (error);

  return larger;
}

static void
test_recorded (VcDevice      *device,
               gconstpointer  data)
{
  g_autoptr(VcEnlarger) enlarger = load (device);
  gsize n_small, n_middle;
  g_autofree int32_t *small = test_npy_i32 ("golden/enlarger/small.npy", &n_small, NULL);
  g_autofree float *middle = test_npy_f32 ("golden/enlarger/middle.npy", &n_middle, NULL);
  g_autofree uint8_t *rgb = g_malloc (n_small);
  double worst = 0;

  g_assert_cmpuint (n_small, ==, SIDE * SIDE * 3);
  g_assert_cmpuint (n_middle, ==, MIDDLE * MIDDLE * 3);
  for (gsize i = 0; i < n_small; i++)
    rgb[i] = (uint8_t) small[i];

  g_autofree uint8_t *larger = double_it (enlarger, rgb, SIDE, SIDE, SIDE * 3);
  for (uint32_t y = 0; y < MIDDLE; y++)
    for (uint32_t x = 0; x < MIDDLE * 3; x++)
      worst = MAX (worst, fabs (larger[((y + 2 * EDGE) * 2 * SIDE + 2 * EDGE) * 3 + x] -
                                (double) middle[y * MIDDLE * 3 + x]));
  g_test_message ("at most %.3f of 255 off", worst);
  g_assert_cmpfloat (worst, <, 0.51);  /* to the nearest byte */
}

/* Every pixel is what it would be if the picture were worked on as a whole. */
static void
test_seams (VcDevice      *device,
            gconstpointer  data)
{
  const uint32_t width = 300, height = 20, from = 90, part = 100;
  g_autoptr(VcEnlarger) enlarger = load (device);
  g_autofree float *noise = test_noise (width * height * 3, 128, 60);
  g_autofree uint8_t *rgb = g_malloc (width * height * 3);

  if (g_str_equal (vc_device_get_info (device)->type, "software"))
    {
      g_test_skip ("it would take long on Vulkan in software, and has no shader of its own");
      return;
    }
  for (gsize i = 0; i < width * height * 3; i++)
    rgb[i] = (uint8_t) CLAMP (noise[i], 0, 255);

  /* The seam of the whole is at 128, in the middle of the part. */
  g_autofree uint8_t *whole = double_it (enlarger, rgb, width, height, width * 3);
  g_autofree uint8_t *some = double_it (enlarger, rgb + 3 * from, part, height, width * 3);
  for (uint32_t y = 0; y < 2 * height; y++)
    for (uint32_t x = 2 * EDGE * 3; x < 2 * (part - EDGE) * 3; x++)
      g_assert_cmpint (abs (whole[(y * 2 * width + 2 * from) * 3 + x] - some[y * 2 * part * 3 + x]), <=, 1);
}

static gboolean
stop_cb (gpointer data)
{
  return --*(int *) data > 0;
}

static void
test_stop (VcDevice      *device,
           gconstpointer  data)
{
  g_autoptr(VcEnlarger) enlarger = load (device);
  g_autofree uint8_t *rgb = g_malloc0 (400 * 3);
  g_autofree uint8_t *larger = g_malloc (400 * 12);
  g_autoptr(GError) error = NULL;
  int left = 1;

  g_assert_false (vc_enlarger_double (enlarger, rgb, 400, 1, 1200, larger, stop_cb, &left, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_CANCELLED);
}

static void
test_bad_model (VcDevice      *device,
                gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("vignette-enlarger-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);

  g_assert_null (vc_enlarger_load (device, folder, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "{\"model_type\":\"enlarger\",\"width\":32,\"blocks\":5000}", -1, NULL));
  g_assert_null (vc_enlarger_load (device, folder, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
}

int
main (int    argc,
      char **argv)
{
  test_init (&argc, &argv);

  test_add ("/enlarger", "recorded", NULL, test_recorded);
  test_add ("/enlarger", "seams", NULL, test_seams);
  test_add ("/enlarger", "stop", NULL, test_stop);
  test_add ("/enlarger", "bad-model", NULL, test_bad_model);

  return test_run ();
}
