/* test-embed.c: embed against ref_embed(), on every device */

#include "device-private.h"
#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  VcDtype     store;
  uint32_t    rows;
  uint32_t    width;
  uint32_t    vocab;
  uint32_t    places;  /* 0: without positions */
  uint32_t    first;
  uint32_t    cycle;
  gsize       range;   /* bytes of the table that the device is said to reach; 0: what it does */
} Case;

static const Case cases[] = {
  { "one element",       VC_F32,    1,    1,     1,   1,  0,  1 },
  { "one half",          VC_F16,    1,    1,     1,   1,  0,  1 },
  { "odd halves",        VC_F16,    7,    5,     9,  11,  4,  3 },  /* rows begin in the middle of a word */
  { "gather",            VC_F32,   12,   33,    10,   0,  0,  1 },
  { "gather halves",     VC_F16,   12,  257,    10,   0,  0,  1 },
  { "two texts",         VC_F16,  154,  512,  2048,  77,  0, 77 },  /* CLIP: each text begins at place 0 */
  { "one step",          VC_F16,    8,  192,   384, 256, 77,  1 },  /* drawing: every picture at one place */
  { "slices",            VC_F16,  154,  512,  2048,  77,  0, 77, 500000 },
  { "slices, gather",    VC_F32,   40,   33,   900,   0,  0,  1, 40000 },
  { "one step of f32",   VC_F32,    8, 1536, 16384, 256, 255, 1 },  /* minDALL-E's last place */
};

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->rows * c->width;
  const gsize n_table = (gsize) c->vocab * c->width;
  const gsize before = device->max_range;
  const gsize n_places = (gsize) MAX (c->places, 1) * c->width;

  g_autofree uint32_t *ids = g_new (uint32_t, c->rows);
  g_autofree float *table = test_noise (n_table, 0, 1);
  g_autofree float *positions = test_noise (n_places, 0, 1);
  g_autofree float *want = g_new (float, n);

  for (uint32_t i = 0; i < c->rows; i++)
    ids[i] = i == 0 ? c->vocab - 1 : (i * 2654435761u) % c->vocab;
  if (c->store == VC_F16)
    {
      test_round_half (table, n_table);
      test_round_half (positions, n_places);
    }

  const VcTensor tids = test_upload_ids (device, ids, c->rows);
  const VcTensor ttable = test_upload (device, c->store, table, c->vocab, c->width);
  const VcTensor tpositions = test_upload (device, c->store, positions, MAX (c->places, 1), c->width);
  const VcTensor ty = test_empty (device, c->rows, c->width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  if (c->range > 0)
    device->max_range = c->range;
  vc_op_embed (rec, &tids, &ttable, c->places > 0 ? &tpositions : NULL, c->first, c->cycle, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);
  device->max_range = before;

  ref_embed (ids, table, c->places > 0 ? positions : NULL, want, c->rows, c->width, c->first, c->cycle);

  /* One sum of two floats: it has one right answer. */
  g_autofree float *got = test_download (&ty);
  g_assert_cmpfloat (test_nmse (got, want, n), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/embed", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
