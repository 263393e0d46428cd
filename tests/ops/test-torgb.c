/* test-torgb.c: torgb against ref_torgb(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

typedef struct
{
  const char *name;
  uint32_t    pixels;
  float       deviation;
  float       scale;
  float       shift;
} Case;

static const Case cases[] = {
  { "one pixel",        1, 0.5f, 0.5f, 0.5f },
  { "past a group",   257, 0.5f, 0.5f, 0.5f },
  { "as it is",      1000, 0.5f,    1,    0 },
  { "mostly beyond", 1000,  100, 0.5f, 0.5f },  /* clamped on both sides */
  { "picture",      65536, 0.4f, 0.5f, 0.5f },
};

static uint32_t *
run (VcDevice    *device,
     const float *x,
     uint32_t     pixels,
     float        scale,
     float        shift)
{
  const VcTensor tx = test_upload4 (device, VC_F32, x, 1, 1, pixels, 3);
  const VcTensor ty = test_empty4 (device, VC_U32, 1, 1, 1, pixels);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_torgb (rec, &tx, scale, shift, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  return test_download (&ty);
}

/* A value just beside a half may be rounded either way; nothing may be further off than that. */
static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  g_autofree float *x = test_noise (3 * (gsize) c->pixels, 0, c->deviation);
  g_autofree uint32_t *want = g_new (uint32_t, c->pixels);
  g_autofree uint32_t *got = run (device, x, c->pixels, c->scale, c->shift);
  guint different = 0;

  ref_torgb (x, want, c->pixels, c->scale, c->shift);

  for (uint32_t pixel = 0; pixel < c->pixels; pixel++)
    {
      g_assert_cmpuint (got[pixel] >> 24, ==, 255);
      for (guint shift = 0; shift < 24; shift += 8)
        {
          const int gap = (int) (got[pixel] >> shift & 255) - (int) (want[pixel] >> shift & 255);

          g_assert_cmpint (abs (gap), <=, 1);
          different += gap != 0;
        }
    }
  g_assert_cmpuint (different, <=, c->pixels / 5000);
}

/* Places in the word, both ends, halves, and what is not a number. */
static void
test_known (VcDevice      *device,
            gconstpointer  data)
{
  const float x[] = {
    0, 128, 255,
    -1, 300, 0.25f,
    0.5f, 1.5f, 2.5f,
    NAN, INFINITY, -INFINITY,
  };
  const uint32_t want[] = { 0xffff8000, 0xff00ff00, 0xff020200, 0x0000ff00 };
  g_autofree uint32_t *got = run (device, x, 4, 1 / 255.0f, 0);
  const guint8 *bytes = (const guint8 *) got;

  g_assert_cmphex (got[0], ==, want[0]);
  g_assert_cmphex (got[1], ==, want[1]);
  g_assert_cmphex (got[3], ==, want[3]);
  /* 0.5 / 255 is no float: what it becomes may lie on either side. */
  for (guint c = 0; c < 3; c++)
    g_assert_cmpint (abs (2 * bytes[8 + c] - (int) (2 * x[6 + c])), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/torgb", cases[i].name, &cases[i], test_against_reference);
  test_add ("/ops/torgb", "known", NULL, test_known);

  return test_run ();
}
