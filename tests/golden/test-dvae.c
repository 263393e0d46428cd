/* test-dvae.c: a small discrete autoencoder against numbers recorded from openai/DALL-E
 *
 * goldens/dvae_tiny in VIGNETTE_SHARED: dall_e/encoder.py and decoder.py at commit 5be4b236, in PyTorch, on
 * pseudo-random weights. Bounds are those of the recording for float32 in any order.
 */

#include "model/dvae.h"

#include "golden.h"
#include "npy.h"
#include "support.h"

#define PICTURES 2
#define SIDE 64
#define GRID 8
#define CODES 128
#define NEAR_LOGITS 5e-4
#define NEAR_STATS 1e-3
#define NEAR_PIXELS 2e-4

static const char *const plain[] = {
  "dvae_tiny/encoder.safetensors", "dvae_tiny/decoder.safetensors", "data/golden/families/dvae.json as config.json", NULL,
};
static const char *const modules[] = {
  "dvae_tiny/encoder.pkl", "dvae_tiny/decoder.pkl", "data/golden/families/dvae.json as config.json", NULL,
};

static VcDvae *
load (VcDevice           *device,
      const char * const *files)
{
  char *folder = test_import (files);
  g_autoptr(GError) error = NULL;
  VcDvae *dvae;

  if (folder == NULL)
    return NULL;

  dvae = vc_dvae_load (device, folder, &error);
  g_assert_no_error (error);
  test_forget (folder);

  g_assert_cmpuint (vc_dvae_get_config (dvae)->side, ==, SIDE);
  g_assert_cmpuint (vc_dvae_get_config (dvae)->codes, ==, CODES);

  return dvae;
}

static float *
read_floats (const char *name,
             uint32_t    count,
             uint32_t    channels,
             uint32_t    side)
{
  g_autofree char *path = test_recording (name);
  gsize n;
  g_autofree float *values = test_npy_f32 (path, &n, NULL);

  g_assert_cmpuint (n, ==, (gsize) count * channels * side * side);

  return test_channels_last (values, count, channels, side);
}

static uint32_t *
read_tokens (const char *name)
{
  g_autofree char *path = test_recording (name);

  return (uint32_t *) test_npy_i32 (path, NULL, NULL);
}

static void
test_encoder (VcDevice      *device,
              gconstpointer  data)
{
  g_autoptr(VcDvae) dvae = load (device, data);
  g_autofree float *logits = g_new (float, GRID * GRID * CODES);
  uint32_t tokens[GRID * GRID];
  g_autoptr(GError) error = NULL;

  if (dvae == NULL)
    return;

  g_autofree float *images = read_floats ("dvae_tiny/image.npy", PICTURES, 3, SIDE);
  g_autofree float *want = read_floats ("dvae_tiny/encoder_logits.npy", PICTURES, CODES, GRID);
  g_autofree uint32_t *want_tokens = read_tokens ("dvae_tiny/tokens.npy");

  for (uint32_t i = 0; i < PICTURES; i++)
    {
      g_assert_true (vc_dvae_encode (dvae, images + i * SIDE * SIDE * 3, tokens, logits, &error));
      g_assert_no_error (error);
      test_check_near ("logits", logits, want + i * GRID * GRID * CODES, GRID * GRID * CODES, NEAR_LOGITS);
      /* the recording's least margin, .022, is far above what the logits are off by */
      g_assert_cmpmem (tokens, sizeof tokens, want_tokens + i * GRID * GRID, sizeof tokens);
    }
}

static void
check_decoder (VcDvae         *dvae,
               const uint32_t *tokens,
               const float    *want,
               const float    *want_stats)
{
  g_autofree float *pixels = g_new (float, SIDE * SIDE * 3);
  g_autofree float *stats = g_new (float, SIDE * SIDE * 6);
  g_autoptr(GError) error = NULL;

  g_assert_true (vc_dvae_decode (dvae, tokens, pixels, want_stats != NULL ? stats : NULL, &error));
  g_assert_no_error (error);
  test_check_near ("pixels", pixels, want, SIDE * SIDE * 3, NEAR_PIXELS);
  if (want_stats != NULL)
    test_check_near ("stats", stats, want_stats, SIDE * SIDE * 6, NEAR_STATS);
}

static void
test_decoder (VcDevice      *device,
              gconstpointer  data)
{
  g_autoptr(VcDvae) dvae = load (device, data);

  if (dvae == NULL)
    return;

  g_autofree uint32_t *tokens = read_tokens ("dvae_tiny/tokens.npy");
  g_autofree uint32_t *random = read_tokens ("dvae_tiny/tokens_random.npy");
  g_autofree float *want = read_floats ("dvae_tiny/reconstruction.npy", PICTURES, 3, SIDE);
  g_autofree float *stats = read_floats ("dvae_tiny/decoder_stats.npy", PICTURES, 6, SIDE);
  g_autofree float *want_random = read_floats ("dvae_tiny/reconstruction_random.npy", 1, 3, SIDE);

  for (uint32_t i = 0; i < PICTURES; i++)
    check_decoder (dvae, tokens + i * GRID * GRID, want + i * SIDE * SIDE * 3, stats + i * SIDE * SIDE * 6);
  check_decoder (dvae, random, want_random, NULL);
}

int
main (int   argc,
      char *argv[])
{
  test_init (&argc, &argv);

  test_add ("/golden/dvae", "encoder", plain, test_encoder);
  test_add ("/golden/dvae", "encoder pkl", modules, test_encoder);
  test_add ("/golden/dvae", "decoder", plain, test_decoder);
  test_add ("/golden/dvae", "decoder pkl", modules, test_decoder);

  return test_run ();
}
