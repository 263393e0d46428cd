/* config.c: hyperparameters from a model's files, each with its allowed range */

#include "model/config.h"

#include <math.h>
#include <string.h>

#include "tensor/json.h"

/* Wider, deeper and longer than any model of these kinds, and small enough that no product of them that
 * the code forms in 64 bits can overflow. */
#define MOST_WIDTH 16384
#define MOST_LAYERS 128
#define MOST_HIDDEN 65536
#define MOST_CONTEXT 4096
#define MOST_VOCAB 1048576
#define MOST_SIDE 2048

/* Elements that one tensor may have: shaders count them in 32 bits. */
#define MOST_ELEMENTS ((uint64_t) 1 << 31)

/* The value of @tower's key @name, as “text_config.hidden_size”. */
static char *
join (const char *section,
      const char *name)
{
  return g_strconcat (section, ".", name, NULL);
}

static uint32_t
read_u32 (VcJson     *json,
          const char *section,
          const char *name,
          uint32_t    fallback,
          uint32_t    least,
          uint32_t    most)
{
  g_autofree char *path = join (section, name);

  return vc_json_u32_or (json, path, fallback, least, most);
}

static VcActivation
read_activation (VcJson     *json,
                 const char *section,
                 const char *fallback)
{
  g_autofree char *path = join (section, "hidden_act");
  const char *name = vc_json_string_or (json, path, fallback);

  if (g_str_equal (name, "gelu"))
    return VC_GELU;
  if (!g_str_equal (name, "quick_gelu"))
    vc_json_fault (json, path, "is not an activation that is known, wanted “gelu” or “quick_gelu”");

  return VC_QUICK_GELU;
}

static float
read_epsilon (VcJson     *json,
              const char *section,
              const char *name,
              float       fallback)
{
  g_autofree char *path = join (section, name);

  return vc_json_float_or (json, path, fallback, 1e-12f, 1e-2f);
}

static void
check_heads (VcJson        *json,
             const char    *path,
             const VcTower *tower)
{
  if (tower->width % tower->heads != 0)
    vc_json_fault (json, path, "is %u, wanted a divisor of the width %u", tower->heads, tower->width);
  else if (tower->width / tower->heads < VC_LEAST_HEAD || tower->width / tower->heads > VC_MOST_HEAD)
    vc_json_fault (json, path, "makes heads of width %u, wanted %u to %u",
                   tower->width / tower->heads, VC_LEAST_HEAD, VC_MOST_HEAD);
}

static void
check_table (VcJson     *json,
             const char *path,
             uint64_t    rows,
             uint64_t    width)
{
  if (rows * width > MOST_ELEMENTS)
    vc_json_fault (json, path, "is %" G_GUINT64_FORMAT " rows of %" G_GUINT64_FORMAT
                   " numbers, more than one table can have", rows, width);
}

static VcTower
read_clip_tower (VcJson     *json,
                 const char *section,
                 uint32_t    width,
                 uint32_t    heads,
                 uint32_t    hidden)
{
  g_autofree char *path = join (section, "num_attention_heads");
  const VcTower tower = {
    .width = read_u32 (json, section, "hidden_size", width, VC_LEAST_HEAD, MOST_WIDTH),
    .layers = read_u32 (json, section, "num_hidden_layers", 12, 1, MOST_LAYERS),
    .heads = read_u32 (json, section, "num_attention_heads", heads, 1, MOST_WIDTH),
    .hidden = read_u32 (json, section, "intermediate_size", hidden, 1, MOST_HIDDEN),
    .activation = read_activation (json, section, "quick_gelu"),
    .epsilon = read_epsilon (json, section, "layer_norm_eps", 1e-5f),
  };

  check_heads (json, path, &tower);

  return tower;
}

/* A size that is a number in old files and an object in new ones. */
static uint32_t
read_size (VcJson     *json,
           const char *path,
           const char *inner,
           uint32_t    fallback)
{
  g_autofree char *deep = join (path, inner);

  return vc_json_has (json, deep) ? vc_json_u32 (json, deep, 1, MOST_SIDE)
                                  : vc_json_u32_or (json, path, fallback, 1, MOST_SIDE);
}

/* OpenAI's numbers [openai/CLIP, clip.py _transform], where the file says nothing else. */
static gboolean
load_preprocessor (VcClipConfig  *config,
                   const char    *directory,
                   GError       **error)
{
  static const float mean[3] = { 0.48145466f, 0.4578275f, 0.40821073f };
  static const float deviation[3] = { 0.26862954f, 0.26130258f, 0.27577711f };
  g_autofree char *path = g_build_filename (directory, "preprocessor_config.json", NULL);
  g_autoptr(VcJson) json = NULL;
  uint32_t size;
  uint32_t crop;

  memcpy (config->mean, mean, sizeof mean);
  memcpy (config->deviation, deviation, sizeof deviation);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;

  json = vc_json_load (path, VC_JSON_CONFIG, error);
  if (json == NULL)
    return FALSE;

  size = read_size (json, "size", "shortest_edge", config->side);
  crop = read_size (json, "crop_size", "height", config->side);

  if (vc_json_u32_or (json, "resample", 3, 0, 5) != 3)
    vc_json_fault (json, "resample", "is not 3, and no other filter than bicubic is known");
  if (crop != config->side)
    vc_json_fault (json, "crop_size", "is %u, wanted the model's %u", crop, config->side);
  if (size != config->side)
    vc_json_fault (json, "size", "is %u, wanted the model's %u", size, config->side);
  if (vc_json_has (json, "image_mean"))
    vc_json_floats (json, "image_mean", config->mean, 3, 3, -16, 16);
  if (vc_json_has (json, "image_std"))
    vc_json_floats (json, "image_std", config->deviation, 3, 3, 1e-3f, 16);

  return vc_json_finish (json, error);
}

gboolean
vc_clip_config_load (VcClipConfig  *config,
                     const char    *directory,
                     GError       **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_CONFIG, error);

  if (json == NULL)
    return FALSE;

  if (!g_str_equal (vc_json_string_or (json, "model_type", ""), "clip"))
    vc_json_fault (json, "model_type", "is not “clip”: no other kind of searching model is known");
  for (guint i = 0; i < 2; i++)
    {
      const char *section = i == 0 ? "vision_config" : "text_config";

      if (!vc_json_has (json, section))
        vc_json_fault (json, section, "is missing: the model was published without its sizes");
    }

  *config = (VcClipConfig) {
    .vision = read_clip_tower (json, "vision_config", 768, 12, 3072),
    .side = vc_json_u32_or (json, "vision_config.image_size", 224, 1, MOST_SIDE),
    .patch = vc_json_u32_or (json, "vision_config.patch_size", 32, 1, MOST_SIDE),
    .text = read_clip_tower (json, "text_config", 512, 8, 2048),
    .context = vc_json_u32_or (json, "text_config.max_position_embeddings", 77, 2, MOST_CONTEXT),
    .vocab = vc_json_u32_or (json, "text_config.vocab_size", 49408, 2, MOST_VOCAB),
    .end = vc_json_u32_or (json, "text_config.eos_token_id", 49407, 0, MOST_VOCAB - 1),
    .width = vc_json_u32_or (json, "projection_dim", 512, 1, MOST_WIDTH),
  };
  config->text.causal = TRUE;

  /* Files written before transformers 4.31 say 2, which is not what the model was trained with; then
   * the largest id is the end [transformers, modeling_clip.py]. */
  config->end_is_largest = config->end == 2;

  if (vc_json_u32_or (json, "vision_config.num_channels", 3, 1, 16) != 3)
    vc_json_fault (json, "vision_config.num_channels", "is not 3: pictures have red, green and blue");
  if (config->side % config->patch != 0)
    vc_json_fault (json, "vision_config.patch_size", "is %u, wanted a divisor of the side %u",
                   config->patch, config->side);
  else if (config->side / config->patch > 64)
    vc_json_fault (json, "vision_config.patch_size", "is %u, which makes more than 64 patches a row",
                   config->patch);
  if (!config->end_is_largest && config->end >= config->vocab)
    vc_json_fault (json, "text_config.eos_token_id", "is %u, wanted less than the vocabulary's %u",
                   config->end, config->vocab);
  check_table (json, "text_config.vocab_size", config->vocab, config->text.width);

  return vc_json_finish (json, error) && load_preprocessor (config, directory, error);
}

uint32_t
vc_vqgan_config_grid (const VcVqganConfig *config)
{
  return config->side >> (config->levels - 1);
}

/* Which word a key must have; nothing else is known. */
static void
expect (VcJson     *json,
        const char *path,
        const char *word)
{
  if (!g_str_equal (vc_json_string_or (json, path, word), word))
    vc_json_fault (json, path, "is not “%s”, and nothing else is known", word);
}

static VcVqganConfig
read_vqgan (VcJson *json)
{
  uint32_t multiples[VC_VQGAN_LEVELS] = { 1 };
  uint32_t resolutions[VC_VQGAN_LEVELS] = { 0 };
  uint32_t n_resolutions = 0;
  const char *pixels = vc_json_string_or (json, "pixels", "clamp(x*0.5+0.5, 0, 1)");
  const uint32_t base = vc_json_u32 (json, "stage1.ch", 1, 4096);
  VcVqganConfig config = {
    .side = vc_json_u32 (json, "stage1.resolution", 8, MOST_SIDE),
    .levels = MAX (1, vc_json_u32s (json, "stage1.ch_mult", multiples, 1, VC_VQGAN_LEVELS, 1, 64)),
    .blocks = vc_json_u32 (json, "stage1.num_res_blocks", 1, VC_VQGAN_BLOCKS),
    .latent = vc_json_u32 (json, "stage1.z_channels", 1, 4096),
    .width = vc_json_u32 (json, "stage1.embed_dim", 1, 4096),
    .codes = vc_json_u32 (json, "stage1.n_embed", 2, MOST_VOCAB),
    .groups = vc_json_u32_or (json, "stage1.norm_num_groups", 32, 1, 4096),
    .epsilon = read_epsilon (json, "stage1", "norm_eps", 1e-6f),
    .scale = 0.5f,
    .shift = 0.5f,
  };

  expect (json, "stage1.type", "vqgan");
  expect (json, "stage1.file", "stage1.safetensors");
  if (vc_json_u32_or (json, "stage1.in_channels", 3, 1, 16) != 3 ||
      vc_json_u32_or (json, "stage1.out_ch", 3, 1, 16) != 3)
    vc_json_fault (json, "stage1.in_channels", "is not 3: pictures have red, green and blue");
  if (vc_json_bool_or (json, "stage1.double_z", FALSE))
    vc_json_fault (json, "stage1.double_z", "is true, and only quantised models are known");
  if (g_str_equal (pixels, "clamp(x, 0, 1)"))
    {
      config.scale = 1;
      config.shift = 0;
    }
  else
    expect (json, "pixels", "clamp(x*0.5+0.5, 0, 1)");

  if (vc_json_has (json, "stage1.attn_resolutions"))
    n_resolutions = vc_json_u32s (json, "stage1.attn_resolutions", resolutions, 0, VC_VQGAN_LEVELS,
                                  1, MOST_SIDE);

  if (config.side % (1u << (config.levels - 1)) != 0)
    vc_json_fault (json, "stage1.resolution", "is %u, which cannot be halved %u times", config.side,
                   config.levels - 1);

  for (uint32_t level = 0; level < config.levels; level++)
    {
      const uint64_t side = config.side >> level;

      config.channels[level] = base * multiples[level];
      for (uint32_t i = 0; i < n_resolutions; i++)
        config.attends[level] |= resolutions[i] == side;

      if (config.channels[level] % config.groups != 0)
        vc_json_fault (json, "stage1.norm_num_groups", "is %u, wanted a divisor of the %u channels",
                       config.groups, config.channels[level]);
      if (config.channels[level] > MOST_WIDTH ||
          4 * side * side * config.channels[level] > MOST_ELEMENTS / 4)
        vc_json_fault (json, "stage1.ch_mult", "makes %u channels of %u by %u pixels, more than is "
                       "possible", config.channels[level], (uint32_t) side, (uint32_t) side);
      if ((config.attends[level] || level == config.levels - 1) &&
          (config.channels[level] < VC_LEAST_HEAD || config.channels[level] > VC_MOST_HEAD))
        vc_json_fault (json, "stage1.ch_mult", "makes an attention of width %u, wanted %u to %u",
                       config.channels[level], VC_LEAST_HEAD, VC_MOST_HEAD);
      if ((config.attends[level] || level == config.levels - 1) && side > 128)
        vc_json_fault (json, "stage1.attn_resolutions", "makes an attention over %u by %u pixels, "
                       "wanted at most 128 by 128", (uint32_t) side, (uint32_t) side);
    }
  check_table (json, "stage1.n_embed", config.codes, config.width);

  return config;
}

static VcGptConfig
read_gpt (VcJson *json)
{
  const uint32_t width = vc_json_u32 (json, "stage2.embed_dim", VC_LEAST_HEAD, MOST_WIDTH);
  const VcGptConfig config = {
    .tower = {
      .width = width,
      .layers = vc_json_u32 (json, "stage2.n_layers", 1, MOST_LAYERS),
      .heads = vc_json_u32 (json, "stage2.n_heads", 1, MOST_WIDTH),
      .hidden = width * vc_json_u32_or (json, "stage2.mlp_ratio", 4, 1, 16),
      .activation = read_activation (json, "stage2", "gelu"),
      .epsilon = read_epsilon (json, "stage2", "layer_norm_eps", 1e-5f),
      .causal = TRUE,
    },
    .words = vc_json_u32 (json, "stage2.ctx_len_txt", 1, MOST_CONTEXT),
    .tokens = vc_json_u32 (json, "stage2.ctx_len_img", 1, MOST_CONTEXT),
    .text_vocab = vc_json_u32 (json, "stage2.vocab_size_txt", 2, MOST_VOCAB),
    .image_vocab = vc_json_u32 (json, "stage2.vocab_size_img", 2, MOST_VOCAB),
  };

  expect (json, "stage2.type", "gpt");
  expect (json, "stage2.file", "stage2.safetensors");
  if (vc_json_bool_or (json, "stage2.head_bias", FALSE))
    vc_json_fault (json, "stage2.head_bias", "is true, and only heads without a bias are known");
  check_heads (json, "stage2.n_heads", &config.tower);
  check_table (json, "stage2.vocab_size_txt", config.text_vocab, width);
  check_table (json, "stage2.vocab_size_img", config.image_vocab, width);
  /* the keys of a whole drawing, one layer */
  check_table (json, "stage2.ctx_len_img", (uint64_t) VC_FEW_ROWS * (config.words + config.tokens),
               width);

  return config;
}

gboolean
vc_dalle_config_load (VcDalleConfig  *config,
                      const char     *directory,
                      GError        **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_CONFIG, error);
  uint32_t grid[2] = { 1, 1 };
  uint32_t side;

  if (json == NULL)
    return FALSE;

  if (!g_str_equal (vc_json_string_or (json, "format", ""), "mindalle"))
    vc_json_fault (json, "format", "is not “mindalle”: no other kind of drawing model is known");

  *config = (VcDalleConfig) { .vqgan = read_vqgan (json), .gpt = read_gpt (json) };

  side = vc_vqgan_config_grid (&config->vqgan);
  vc_json_u32s (json, "stage1.token_grid", grid, 2, 2, 1, MOST_SIDE);
  config->rows = grid[0];
  config->columns = grid[1];
  if (config->rows != side || config->columns != side)
    vc_json_fault (json, "stage1.token_grid", "is %u by %u, but the decoder's is %u by %u",
                   config->rows, config->columns, side, side);
  if ((uint64_t) config->rows * config->columns != config->gpt.tokens)
    vc_json_fault (json, "stage2.ctx_len_img", "is %u, but a picture has %u by %u tokens",
                   config->gpt.tokens, config->rows, config->columns);
  if (config->gpt.image_vocab != config->vqgan.codes)
    vc_json_fault (json, "stage2.vocab_size_img", "is %u, but the decoder has %u codes",
                   config->gpt.image_vocab, config->vqgan.codes);

  expect (json, "tokenizer.type", "clip_bpe");
  expect (json, "tokenizer.vocab", "vocab.json");
  expect (json, "tokenizer.merges", "merges.txt");
  if (!vc_json_bool_or (json, "tokenizer.lowercase", TRUE))
    vc_json_fault (json, "tokenizer.lowercase", "is false, and only lower case is known");
  if (vc_json_bool_or (json, "tokenizer.add_start", FALSE) ||
      vc_json_bool_or (json, "tokenizer.add_end", FALSE))
    vc_json_fault (json, "tokenizer.add_start", "and “tokenizer.add_end” are not both false, and "
                   "only prompts without start and end are known");
  if (vc_json_u32_or (json, "tokenizer.length", config->gpt.words, 1, MOST_CONTEXT) !=
      config->gpt.words)
    vc_json_fault (json, "tokenizer.length", "differs from the model's %u words", config->gpt.words);
  config->pad = vc_json_u32 (json, "tokenizer.pad_id", 0, config->gpt.text_vocab - 1);
  config->end = vc_json_u32_or (json, "tokenizer.eos_id", config->pad, 0, config->gpt.text_vocab - 1);

  config->sampling = (VcSampling) {
    .temperature = vc_json_float_or (json, "sampling_defaults.temperature", 1, 0.01f, 10),
    .top_k = vc_json_u32_or (json, "sampling_defaults.top_k", 0, 0, MOST_VOCAB),
    .top_p = vc_json_float_or (json, "sampling_defaults.top_p", 1, 0.01f, 1),
    .guidance = vc_json_float_or (json, "sampling_defaults.guidance", 1, 0, 100),
  };

  return vc_json_finish (json, error);
}
