/* test-attention.c: attention against ref_attention(), on every device */

#include <string.h>

#include "device-private.h"
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
  uint32_t    keys;
  gboolean    causal;
  float       deviation;  /* of q and k */
} Case;

static const Case cases[] = {
  { "one of everything",        1,   1,   1,   1,   1,   1, FALSE,  1 },  /* y is v */
  { "one key",                  2,   3,   5,   8,   4,   1, FALSE,  1 },
  { "narrow head",              1,   2,   3,   8,   3,   3, TRUE,   1 },
  { "odd head",                 1,   2,  19,   9,  19,  19, TRUE,   1 },
  { "ViT-B/32",                 1,   4,  50,  64,  50,  50, FALSE,  1 },
  { "ViT-H/14's head",          1,   1,  65,  80,  65,  65, FALSE,  1 },  /* a block and one token */
  { "ViT-g/14's head",          1,   2,  17,  88,  17,  17, FALSE,  1 },
  { "ViT-bigG/14's head",       1,   2,  17, 104,  17,  17, FALSE,  1 },
  { "72 wide",                  1,   2,  20,  72,  20,  20, TRUE,   1 },
  { "CLIP's text",              2,   2,  77,  64,  77,  77, TRUE,   1 },
  { "VQGAN's attention",        1,   1, 256, 512, 256, 256, FALSE,  1 },
  { "ruDALL-E's pixels",        1,   1, 1024,  8, 1024, 1024, FALSE, 1 },
  { "prompt in the memory",     2,   4,  32,  48, 288,  32, TRUE,   1 },  /* first-light */
  { "first step",               8,   4,   1,  48, 288,  33, TRUE,   1 },
  { "last step",                2,  24,   1,  64, 320, 320, TRUE,   1 },  /* minDALL-E */
  { "past a chunk",             1,   3,   1,  64, 600, 513, TRUE,   1 },  /* two chunks of the memory, and a key */
  { "most of few tokens",       1,   2,  16,  20, 300, 290, TRUE,   1 },
  { "fewest of many tokens",    2,   2,  17,  28, 129, 129, TRUE,   1 },
  { "some steps at once",       2,   3,   5,  48,  70,  66, TRUE,   1 },  /* past a workgroup of keys */
  { "wide step",                1,   2,   1, 512, 130, 129, TRUE,   1 },
  { "many heads",            1100,  60,   1,   8,   2,   2, FALSE,  1 },  /* more than 65535 workgroups */
  { "huge scores",              1,   2,   6,  64,  70,  66, TRUE,  35 },  /* ±1e4: e to them is no float */
  { "huge scores, many",        1,   2,  70,  64,  70,  70, TRUE,  35 },
  { "flat scores",              1,   2,  30,  16, 200, 200, FALSE,  0 },  /* the mean of v */
};

typedef struct
{
  float *q, *k, *v;  /* owned */
} Inputs;

static void
clear_inputs (Inputs *inputs)
{
  g_free (inputs->q);
  g_free (inputs->k);
  g_free (inputs->v);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Inputs, clear_inputs)

static Inputs
make_inputs (const Case *c)
{
  const gsize n_q = (gsize) c->count * c->heads * c->tokens * c->head_width;
  const gsize n_k = (gsize) c->count * c->heads * c->capacity * c->head_width;

  return (Inputs) {
    test_noise (n_q, 0, c->deviation), test_noise (n_k, 0, c->deviation), test_noise (n_k, 0, 1)
  };
}

/* Tokens @first to @first + @tokens of the case's, which are the last of @keys. */
static float *
run_attention (VcDevice     *device,
               const Case   *c,
               const Inputs *inputs,
               uint32_t      first,
               uint32_t      tokens,
               uint32_t      keys)
{
  const gsize part = (gsize) tokens * c->head_width;
  g_autofree float *q = g_new (float, c->count * c->heads * part);

  for (gsize memory = 0; memory < (gsize) c->count * c->heads; memory++)
    memcpy (q + memory * part, inputs->q + (memory * c->tokens + first) * c->head_width, part * sizeof *q);

  const VcTensor tq = test_upload4 (device, VC_F32, q, c->count, c->heads, tokens, c->head_width);
  const VcTensor tk = test_upload4 (device, VC_F32, inputs->k, c->count, c->heads, c->capacity, c->head_width);
  const VcTensor tv = test_upload4 (device, VC_F32, inputs->v, c->count, c->heads, c->capacity, c->head_width);
  const VcTensor ty = test_empty (device, c->count * tokens, c->heads * c->head_width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autoptr(GError) error = NULL;

  vc_op_attention (rec, &tq, &tk, &tv, keys, c->causal, NULL, &ty);
  g_assert_true (vc_recorder_submit (rec, &error));
  g_assert_no_error (error);

  return test_download (&ty);
}

/* What the first way gives is right, and what others give is that to the bit. Takes @got; @first keeps the first. */
static void
compare (float       *got,
         float      **first,
         const float *want,
         gsize        n)
{
  if (*first == NULL)
    {
      *first = got;
      g_assert_cmpfloat (test_nmse (got, want, n), <, TEST_NMSE);
      return;
    }

  g_assert_cmpmem (got, n * sizeof *got, *first, n * sizeof *got);
  g_free (got);
}

static void
test_against_reference (VcDevice      *device,
                        gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->count * c->tokens * c->heads * c->head_width;

  g_auto(Inputs) inputs = make_inputs (c);
  g_autofree float *want = g_new (float, n);
  g_autofree float *first = NULL;

  ref_attention (inputs.q, inputs.k, inputs.v, want,
                 c->count, c->heads, c->tokens, c->head_width, c->capacity, c->keys, c->causal, NULL);
  for (guint way = 0; way < test_count_ways (device); way++)
    {
      float *got;

      test_use_way (device, way);
      got = run_attention (device, c, &inputs, 0, c->tokens, c->keys);
      compare (got, &first, want, n);
    }
}

/* One token after another with a memory is the same as all at once; for few tokens, bit for bit. */
static void
test_step_by_step (VcDevice      *device,
                   gconstpointer  data)
{
  const Case c = { NULL, 2, 3, GPOINTER_TO_UINT (data), 48, 80, GPOINTER_TO_UINT (data), TRUE, 2 };
  const uint32_t width = c.heads * c.head_width;
  const gsize n = (gsize) c.count * c.tokens * width;

  g_auto(Inputs) inputs = make_inputs (&c);

  for (guint way = 0; way < test_count_ways (device); way++)
    {
      g_autofree float *together = NULL;
      g_autofree float *stepped = g_new (float, n);

      test_use_way (device, way);
      together = run_attention (device, &c, &inputs, 0, c.tokens, c.tokens);
      for (uint32_t t = 0; t < c.tokens; t++)
        {
          g_autofree float *y = run_attention (device, &c, &inputs, t, 1, t + 1);

          for (uint32_t i = 0; i < c.count; i++)
            memcpy (stepped + (i * c.tokens + t) * width, y + i * width, width * sizeof *y);
        }

      if (c.tokens <= VC_FEW_ROWS)
        g_assert_cmpmem (stepped, n * sizeof *stepped, together, n * sizeof *together);
      g_assert_cmpfloat (test_nmse (stepped, together, n), <, TEST_NMSE);
    }
}

/* A sequence gives the same bits alone and beside others. */
static void
test_sequences_are_alone (VcDevice      *device,
                          gconstpointer  data)
{
  const Case *c = data;
  const gsize n = (gsize) c->tokens * c->heads * c->head_width;
  const gsize n_q = (gsize) c->heads * c->tokens * c->head_width;
  const gsize n_k = (gsize) c->heads * c->capacity * c->head_width;

  g_auto(Inputs) inputs = make_inputs (c);

  for (guint way = 0; way < test_count_ways (device); way++)
    {
      g_autofree float *together = NULL;

      test_use_way (device, way);
      together = run_attention (device, c, &inputs, 0, c->tokens, c->keys);
      for (uint32_t i = 0; i < c->count; i++)
        {
          const Inputs own = { inputs.q + i * n_q, inputs.k + i * n_k, inputs.v + i * n_k };
          Case one = *c;
          g_autofree float *alone = NULL;

          one.count = 1;
          alone = run_attention (device, &one, &own, 0, c->tokens, c->keys);
          g_assert_cmpmem (alone, n * sizeof *alone, together + i * n, n * sizeof *alone);
        }
    }
}

static const Case sequences[] = {
  { NULL, 7, 3,  1, 64, 300, 270, TRUE,  2 },
  { NULL, 3, 2, 40, 32,  40,  40, FALSE, 2 },
};

typedef struct
{
  const char *name;
  Case        sizes;
  uint32_t    first;
  uint32_t    along;
  uint32_t    across;
} Sighted;

static const Sighted sighted[] = {
  { "padded prompts",  { NULL, 2,  4,  64, 64,   64,   64, FALSE, 1 }, 0, 0, 1 },  /* DALL·E mini's encoder */
  { "pictures look",   { NULL, 2, 16,   8, 64,   64,   64, FALSE, 1 }, 0, 0, 1 },  /* … and what it draws */
  { "a step's row",    { NULL, 3,  2,   1, 128, 200,  131, TRUE,  1 }, 130, 1, 0 },  /* ruDALL-E */
  { "a whole layer",   { NULL, 2,  2, 150, 16,  150,  150, TRUE,  1 }, 0, 1, 0 },
  { "rows of each",    { NULL, 3,  1,   7, 12,   40,   33, FALSE, 1 }, 2, 1, 7 },
};

/* About half of the places, and one that is always seen. */
static void
test_sighted (VcDevice      *device,
              gconstpointer  data)
{
  const Sighted *s = data;
  const Case *c = &s->sizes;
  const gsize n = (gsize) c->count * c->tokens * c->heads * c->head_width;
  const uint32_t rows = s->first + (c->count - 1) * s->across + (c->tokens - 1) * s->along + 1;
  const uint32_t words = (c->capacity + 31) / 32;

  g_auto(Inputs) inputs = make_inputs (c);
  g_autofree float *noise = test_noise ((gsize) rows * c->keys, 0, 1);
  g_autofree uint32_t *bits = g_new0 (uint32_t, (gsize) rows * words);
  g_autofree uint8_t *seen = g_new (uint8_t, (gsize) c->count * c->tokens * c->keys);
  g_autofree float *want = g_new (float, n);
  const VcTensor tq = test_upload4 (device, VC_F32, inputs.q, c->count, c->heads, c->tokens, c->head_width);
  const VcTensor tk = test_upload4 (device, VC_F32, inputs.k, c->count, c->heads, c->capacity, c->head_width);
  const VcTensor tv = test_upload4 (device, VC_F32, inputs.v, c->count, c->heads, c->capacity, c->head_width);
  g_autoptr(VcRecorder) rec = vc_recorder_new (device);
  g_autofree float *first = NULL;

  for (uint32_t row = 0; row < rows; row++)
    for (uint32_t j = 0; j < c->keys; j++)
      if (noise[row * c->keys + j] > 0 || j == 0)
        bits[row * words + j / 32] |= 1u << j % 32;
  for (uint32_t i = 0; i < c->count * c->tokens; i++)
    for (uint32_t j = 0; j < c->keys; j++)
      {
        const uint32_t row = s->first + i / c->tokens * s->across + i % c->tokens * s->along;

        seen[(gsize) i * c->keys + j] = bits[row * words + j / 32] >> j % 32 & 1;
      }

  const VcTensor ids = test_upload_ids (device, bits, rows * words);
  const VcTensor tbits = vc_tensor_reshape (&ids, rows, words);

  ref_attention (inputs.q, inputs.k, inputs.v, want, c->count, c->heads, c->tokens, c->head_width,
                 c->capacity, c->keys, c->causal, seen);

  for (guint way = 0; way < test_count_ways (device); way++)
    {
      const VcTensor ty = test_empty (device, c->count * c->tokens, c->heads * c->head_width);
      g_autoptr(GError) error = NULL;

      test_use_way (device, way);
      vc_op_attention (rec, &tq, &tk, &tv, c->keys, c->causal,
                       &(VcSight) { &tbits, s->first, s->along, s->across }, &ty);
      g_assert_true (vc_recorder_submit (rec, &error));
      g_assert_no_error (error);
      compare (test_download (&ty), &first, want, n);
    }
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    test_add ("/ops/attention", cases[i].name, &cases[i], test_against_reference);
  for (guint i = 0; i < G_N_ELEMENTS (sighted); i++)
    test_add ("/ops/attention", sighted[i].name, &sighted[i], test_sighted);
  test_add ("/ops/attention", "sequences are alone, few", &sequences[0], test_sequences_are_alone);
  test_add ("/ops/attention", "sequences are alone, many", &sequences[1], test_sequences_are_alone);
  test_add ("/ops/attention", "step by step, few", GUINT_TO_POINTER (VC_FEW_ROWS), test_step_by_step);
  test_add ("/ops/attention", "step by step, many", GUINT_TO_POINTER (77), test_step_by_step);

  return test_run ();
}
