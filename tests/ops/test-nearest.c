/* test-nearest.c: nearest against ref_nearest(), on every device */

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    rows, codes, width;
  VcDtype     store;
} Case;

static const Case cases[] = {
  { "one code",         5,    1,   4, VC_F32 },
  { "narrow",          17,   33,   3, VC_F32 },  /* narrower than any vector, rows no multiple of a tile */
  { "narrow f16",      17,   33,   3, VC_F16 },  /* a code begins within a word */
  { "codes past 256",   6,  259,  17, VC_F32 },
  { "VQGAN",           16, 1024, 256, VC_F32 },
  { "VQGAN f16",       16, 1024, 256, VC_F16 },
};

static uint32_t *
run (VcDevice    *device,
     VcDtype      store,
     const float *x,
     const float *table,
     uint32_t     rows,
     uint32_t     codes,
     uint32_t     width)
{
  const VcTensor tx = test_upload (device, VC_F32, x, rows, width);
  const VcTensor ttable = test_upload (device, store, table, codes, width);
  const VcTensor tids = test_empty4 (device, VC_U32, 1, 1, 1, rows);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_nearest (rec, &tx, &ttable, &tids);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  return test_download (&tids);
}

/* Rows lie beside a code of the table, in turn its first, its last and others: the margins are wide. */
static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  g_autofree float *x = test_noise ((gsize) c->rows * c->width, 0, 0.2f);
  g_autofree float *table = test_noise ((gsize) c->codes * c->width, 0, 1);
  g_autofree uint32_t *want = g_new (uint32_t, c->rows);

  test_round_half (table, (gsize) c->codes * c->width);
  for (uint32_t row = 0; row < c->rows; row++)
    for (uint32_t i = 0; i < c->width; i++)
      x[row * c->width + i] += table[(c->codes - 1) * (row % 5) / 4 * c->width + i];

  g_autofree uint32_t *got = run (device, c->store, x, table, c->rows, c->codes, c->width);

  ref_nearest (x, table, want, c->rows, c->codes, c->width);
  g_assert_cmpmem (got, c->rows * sizeof *got, want, c->rows * sizeof *want);
}

/* Codes that are the same: the first of them, wherever in the table they lie. */
static void
test_ties (VcDevice      *device,
           gconstpointer  data)
{
  const uint32_t rows = 7;
  const uint32_t codes = 700;
  const uint32_t width = 37;
  g_autofree float *x = test_noise (rows * width, 0, 1);
  g_autofree float *table = test_noise (codes * width, 0, 10);

  /* Each row's own code at row + 100, at row + 101 + 64 and at row + 600; rows do not share any. */
  for (uint32_t row = 0; row < rows; row++)
    for (guint k = 0; k < 3; k++)
      for (uint32_t i = 0; i < width; i++)
        table[((uint32_t[]) { 100, 165, 600 }[k] + row * 2) * width + i] = x[row * width + i] + 0.25f;

  g_autofree uint32_t *got = run (device, VC_F32, x, table, rows, codes, width);
  for (uint32_t row = 0; row < rows; row++)
    g_assert_cmpuint (got[row], ==, 100 + row * 2);
}

/* Squares of about 30 with a margin of 2e-3 between the two nearest codes, far from the origin. */
static void
test_margins (VcDevice      *device,
              gconstpointer  data)
{
  const uint32_t rows = 32;
  const uint32_t codes = 64;
  const uint32_t width = 256;
  const float far = 30;
  g_autofree float *x = test_noise (rows * width, far, 1);
  g_autofree float *table = g_new (float, codes * width);
  g_autofree float *away = test_noise (width, 0, 0.34f);

  /* Codes 2 r and 2 r + 1 lie at opposite sides of row r, the one less far that r says. */
  for (uint32_t row = 0; row < rows; row++)
    for (uint32_t i = 0; i < width; i++)
      {
        const float less = away[i] * (1 - 3.5e-5f);

        table[2 * row * width + i] = x[row * width + i] + (row % 2 == 0 ? less : away[i]);
        table[(2 * row + 1) * width + i] = x[row * width + i] - (row % 2 == 0 ? away[i] : less);
      }

  g_autofree uint32_t *want = g_new (uint32_t, rows);
  g_autofree uint32_t *got = run (device, VC_F32, x, table, rows, codes, width);

  ref_nearest (x, table, want, rows, codes, width);
  g_assert_cmpmem (got, rows * sizeof *got, want, rows * sizeof *want);
}

/* Infinities and what is not a number get some code that exists. */
static void
test_not_numbers (VcDevice      *device,
                  gconstpointer  data)
{
  const float x[] = { 0.0f / 0.0f, 1, 1.0f / 0.0f, 1, 1, 1 };
  const float table[] = { 2, 2, 1, 1, 2, 2 };
  g_autofree uint32_t *got = run (device, VC_F32, x, table, 3, 3, 2);

  g_assert_cmpuint (got[0], ==, 0);
  g_assert_cmpuint (got[1], ==, 0);
  g_assert_cmpuint (got[2], ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/nearest", cases[i].name, &cases[i], test_against_reference);
  test_add ("/ops/nearest", "ties", NULL, test_ties);
  test_add ("/ops/nearest", "small margins", NULL, test_margins);
  test_add ("/ops/nearest", "not numbers", NULL, test_not_numbers);

  return test_run ();
}
