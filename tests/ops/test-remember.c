/* test-remember.c: remember against ref_remember(), on every device */

#include <string.h>

#include "ops/ops.h"
#include "ref.h"
#include "support.h"

typedef struct
{
  const char *name;
  uint32_t    count;
  uint32_t    heads;
  uint32_t    tokens;
  uint32_t    head_width;
  uint32_t    capacity;
  uint32_t    at;
  gboolean    no_query;  /* those parts are not there */
  gboolean    no_key;
} Case;

static const Case cases[] = {
  { "one element",           1,  1,  1,  1,   1,   0 },
  { "odd",                   3,  5,  2,  7,  11,   4 },
  { "without memory",        2, 12, 50, 64,  50,   0 },  /* ViT-B/32 */
  { "prompt",                2,  4, 32, 48, 288,   0 },  /* first-light: the text */
  { "step",                  8,  4,  1, 48, 288,  32 },
  { "last place",            1, 24,  1, 64, 320, 319 },  /* minDALL-E */
  { "many",                  1, 60, 161, 300, 161,  0 },  /* more than 32768 workgroups */
  { "queries alone",         2, 16,  8, 64,   8,   0, FALSE, TRUE },  /* DALL·E mini's eight pictures */
  { "keys and values",       2, 16, 64, 64,  64,   0, TRUE },  /* … and its prompts */
  { "keys into a memory",    3,  2,  5,  7,  11,   4, TRUE },
};

/* Everything is moved and nothing computed: every bit is compared, of the places kept as well. */
static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const uint32_t width = c->heads * c->head_width;
  const uint32_t parts = (c->no_query ? 0 : 1) + (c->no_key ? 0 : 2);
  const gsize n_q = (gsize) c->count * c->tokens * width;
  const gsize n_k = (gsize) c->count * c->capacity * width;

  g_autofree float *qkv = g_new (float, parts * n_q);
  g_autofree float *q = test_noise (n_q, 0, 1);
  g_autofree float *k = test_noise (n_k, 0, 1);
  g_autofree float *v = test_noise (n_k, 0, 1);

  for (gsize i = 0; i < parts * n_q; i++)
    qkv[i] = i;

  const VcTensor tqkv = test_upload (device, VC_F32, qkv, c->count * c->tokens, parts * width);
  const VcTensor tq = test_upload4 (device, VC_F32, q, c->count, c->heads, c->tokens, c->head_width);
  const VcTensor tk = test_upload4 (device, VC_F32, k, c->count, c->heads, c->capacity, c->head_width);
  const VcTensor tv = test_upload4 (device, VC_F32, v, c->count, c->heads, c->capacity, c->head_width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_remember (rec, &tqkv, c->at, c->no_query ? NULL : &tq, c->no_key ? NULL : &tk,
                  c->no_key ? NULL : &tv);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  ref_remember (qkv, c->no_query ? NULL : q, c->no_key ? NULL : k, c->no_key ? NULL : v,
                c->count, c->heads, c->tokens, c->head_width, c->capacity, c->at);

  g_autofree float *got_q = test_download (&tq);
  g_autofree float *got_k = test_download (&tk);
  g_autofree float *got_v = test_download (&tv);
  g_assert_cmpmem (got_q, n_q * sizeof *q, q, n_q * sizeof *q);
  g_assert_cmpmem (got_k, n_k * sizeof *k, k, n_k * sizeof *k);
  g_assert_cmpmem (got_v, n_k * sizeof *v, v, n_k * sizeof *v);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/remember", cases[i].name, &cases[i], test_against_reference);

  return test_run ();
}
