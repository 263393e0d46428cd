/* config-dalle.c: a drawing model's hyperparameters, each with its allowed range */

#include "model/config-private.h"

#include <string.h>

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
    .epsilon = vc_config_read_epsilon (json, "stage1", "norm_eps", 1e-6f),
    .scale = 0.5f,
    .shift = 0.5f,
    .reads = vc_json_bool_or (json, "stage1.encoder", TRUE),
  };

  expect (json, "stage1.type", "vqgan");
  expect (json, "stage1.file", "stage1.safetensors");
  config.votes = g_str_equal (vc_json_string_or (json, "stage1.quantizer", "nearest"), "gumbel");
  if (!config.votes)
    expect (json, "stage1.quantizer", "nearest");
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
  vc_config_check_table (json, "stage1.n_embed", config.codes, config.width);

  return config;
}

/* What each layer sees: one word for each, or nothing, and then everything. */
static void
read_views (VcJson      *json,
            VcGptConfig *config)
{
  static const char * const names[VC_N_VIEWS] = { "all", "row", "column", "near" };
  const gboolean given = vc_json_has (json, "stage2.attention");

  config->side = 1;
  config->kernel = vc_json_u32_or (json, "stage2.kernel", 11, 1, 255);
  if (!given)
    return;

  if (vc_json_count (json, "stage2.attention") != config->tower.layers)
    vc_json_fault (json, "stage2.attention", "does not name one kind for each of %u layers",
                   config->tower.layers);
  if (config->kernel % 2 == 0)
    vc_json_fault (json, "stage2.kernel", "is %u, wanted an odd number", config->kernel);

  while (config->side * config->side < config->tokens)
    config->side++;
  if (config->side * config->side != config->tokens)
    vc_json_fault (json, "stage2.ctx_len_img", "is %u, which is not the square that rows and columns need",
                   config->tokens);

  for (uint32_t layer = 0; layer < config->tower.layers; layer++)
    {
      g_autofree char *path = g_strdup_printf ("stage2.attention.%u", layer);
      const char *name = vc_json_string (json, path);

      while (config->views[layer] < VC_N_VIEWS && !g_str_equal (names[config->views[layer]], name))
        config->views[layer]++;
      if (config->views[layer] == VC_N_VIEWS)
        {
          vc_json_fault (json, path, "is not “all”, “row”, “column” or “near”");
          config->views[layer] = VC_VIEW_ALL;
        }
    }
}

static VcGptConfig
read_gpt (VcJson *json)
{
  const gboolean listens = g_str_equal (vc_json_string_or (json, "stage2.type", "gpt"), "seq2seq");
  const uint32_t width = vc_json_u32 (json, "stage2.embed_dim", VC_LEAST_HEAD, MOST_WIDTH);
  const VcTower tower = {
    .width = width,
    .layers = vc_json_u32 (json, "stage2.n_layers", 1, VC_MOST_LAYERS),
    .heads = vc_json_u32 (json, "stage2.n_heads", 1, MOST_WIDTH),
    .hidden = vc_json_u32_or (json, "stage2.hidden_dim",
                              width * vc_json_u32_or (json, "stage2.mlp_ratio", 4, 1, 16), 1, MOST_HIDDEN),
    .activation = vc_config_read_activation (json, "stage2", "gelu"),
    .epsilon = vc_config_read_epsilon (json, "stage2", "layer_norm_eps", 1e-5f),
    .causal = TRUE,
    .bare = !vc_json_bool_or (json, "stage2.bias", TRUE),
    .gated = vc_json_bool_or (json, "stage2.gated", FALSE),
    .crossed = listens,
    .mix_normed = vc_json_bool_or (json, "stage2.norm_attention", FALSE),
    .mlp_normed = vc_json_bool_or (json, "stage2.norm_mlp", FALSE),
  };
  VcGptConfig config = {
    .tower = tower,
    .words = vc_json_u32 (json, "stage2.ctx_len_txt", 1, MOST_CONTEXT),
    .tokens = vc_json_u32 (json, "stage2.ctx_len_img", 1, MOST_CONTEXT),
    .text_vocab = vc_json_u32 (json, "stage2.vocab_size_txt", 2, MOST_VOCAB),
    .image_vocab = vc_json_u32 (json, "stage2.vocab_size_img", 2, MOST_VOCAB),
    .greeted = vc_json_bool_or (json, "stage2.norm_embedding", FALSE),
    .head_normed = vc_json_bool_or (json, "stage2.norm_head", FALSE),
    .head_biased = vc_json_bool_or (json, "stage2.head_bias", FALSE),
  };

  if (!listens)
    expect (json, "stage2.type", "gpt");
  expect (json, "stage2.file", "stage2.safetensors");
  if (listens)
    {
      config.listener = tower;
      config.listener.layers = vc_json_u32 (json, "stage2.encoder_layers", 1, VC_MOST_LAYERS);
      config.listener.causal = FALSE;
      config.listener.crossed = FALSE;
      config.start = vc_json_u32 (json, "stage2.start_token", 0, config.image_vocab - 1);
    }
  read_views (json, &config);

  vc_config_check_heads (json, "stage2.n_heads", &config.tower);
  vc_config_check_table (json, "stage2.vocab_size_txt", config.text_vocab, width);
  vc_config_check_table (json, "stage2.vocab_size_img", config.image_vocab, width);
  vc_config_check_table (json, "stage2.hidden_dim", 2 * (uint64_t) tower.hidden, width);
  /* the keys of a whole drawing, one layer */
  vc_config_check_table (json, "stage2.ctx_len_img", (uint64_t) VC_FEW_ROWS * (config.words + config.tokens),
                         width);

  return config;
}

/* How a prompt is spelt, framed and filled up. */
static void
read_tokenizer (VcJson        *json,
                VcDalleConfig *config)
{
  static const struct { const char *name; VcSpelling spelling; const char *files[2]; } kinds[] = {
    { "clip_bpe", VC_CLIP_BPE, { "vocab.json", "merges.txt" } },
    { "bart_bpe", VC_BART_BPE, { "vocab.json", "merges.txt" } },
    { "char_bpe", VC_CHAR_BPE, { "vocab.json", "merges.txt" } },
    { "yttm", VC_YTTM_BPE, { "bpe.model", NULL } },
  };
  const char *type = vc_json_string_or (json, "tokenizer.type", "clip_bpe");
  const uint32_t vocab = config->gpt.text_vocab;
  guint kind = 0;

  while (kind < G_N_ELEMENTS (kinds) && !g_str_equal (kinds[kind].name, type))
    kind++;
  if (kind == G_N_ELEMENTS (kinds))
    {
      vc_json_fault (json, "tokenizer.type", "is not “clip_bpe”, “bart_bpe”, “char_bpe” or “yttm”");
      kind = 0;
    }

  config->spelling = kinds[kind].spelling;
  expect (json, "tokenizer.vocab", kinds[kind].files[0]);
  if (kinds[kind].files[1] != NULL)
    expect (json, "tokenizer.merges", kinds[kind].files[1]);
  if (!vc_json_bool_or (json, "tokenizer.lowercase", TRUE))
    vc_json_fault (json, "tokenizer.lowercase", "is false, and only lower case is known");

  config->framed = vc_json_bool_or (json, "tokenizer.add_start", FALSE);
  if (config->framed != vc_json_bool_or (json, "tokenizer.add_end", FALSE))
    vc_json_fault (json, "tokenizer.add_start", "and “tokenizer.add_end” differ, and only prompts with "
                   "both or neither are known");
  if (vc_json_u32_or (json, "tokenizer.length", config->gpt.words, 1, MOST_CONTEXT) != config->gpt.words)
    vc_json_fault (json, "tokenizer.length", "differs from the model's %u words", config->gpt.words);

  config->pad_counts = vc_json_bool_or (json, "tokenizer.pad_counts", FALSE);
  config->pad = vc_json_u32 (json, "tokenizer.pad_id", 0,
                             vocab - MIN (config->pad_counts ? config->gpt.words : 1, vocab));
  config->gpt.pad = config->pad;
  config->end = vc_json_u32_or (json, "tokenizer.eos_id", config->pad, 0, vocab - 1);
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
  /* a model with a start token has tokens that are no codes */
  if (config->gpt.image_vocab < config->vqgan.codes ||
      (config->gpt.image_vocab > config->vqgan.codes && config->gpt.listener.layers == 0))
    vc_json_fault (json, "stage2.vocab_size_img", "is %u, but the decoder has %u codes",
                   config->gpt.image_vocab, config->vqgan.codes);

  read_tokenizer (json, config);

  config->sampling = (VcSampling) {
    .temperature = vc_json_float_or (json, "sampling_defaults.temperature", 1, 0.01f, 10),
    .top_k = vc_json_u32_or (json, "sampling_defaults.top_k", 0, 0, MOST_VOCAB),
    .top_p = vc_json_float_or (json, "sampling_defaults.top_p", 1, 0.01f, 1),
    .guidance = vc_json_float_or (json, "sampling_defaults.guidance", 1, 0, 100),
  };

  return vc_json_finish (json, error);
}

uint32_t
vc_dvae_config_grid (const VcDvaeConfig *config)
{
  return config->side >> (config->levels - 1);
}

gboolean
vc_dvae_config_load (VcDvaeConfig  *config,
                     const char    *directory,
                     GError       **error)
{
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_CONFIG, error);

  if (json == NULL)
    return FALSE;

  if (!g_str_equal (vc_json_string_or (json, "model_type", ""), "dvae"))
    vc_json_fault (json, "model_type", "is not “dvae”");

  *config = (VcDvaeConfig) {
    .side = vc_json_u32_or (json, "resolution", 256, 8, MOST_SIDE),
    .levels = vc_json_u32_or (json, "group_count", VC_DVAE_LEVELS, 1, VC_DVAE_LEVELS),
    .blocks = vc_json_u32_or (json, "n_blk_per_group", 2, 1, VC_DVAE_BLOCKS),
    .channels = vc_json_u32_or (json, "n_hid", 256, 4, 2048),
    .start = vc_json_u32_or (json, "n_init", 128, 1, 4096),
    .codes = vc_json_u32_or (json, "vocab_size", 8192, 2, MOST_VOCAB),
  };

  if (config->side % (1u << (config->levels - 1)) != 0)
    vc_json_fault (json, "resolution", "is %u, which cannot be halved %u times", config->side,
                   config->levels - 1);
  if (config->channels % 4 != 0)
    vc_json_fault (json, "n_hid", "is %u, wanted a multiple of 4", config->channels);
  if (8 * (uint64_t) config->side * config->side * config->channels > MOST_ELEMENTS)
    vc_json_fault (json, "n_hid", "makes %u channels of %u by %u pixels, more than is possible",
                   config->channels, config->side, config->side);
  vc_config_check_table (json, "vocab_size", config->codes,
                         MAX (config->start, (uint64_t) vc_dvae_config_grid (config) *
                                             vc_dvae_config_grid (config)));

  return vc_json_finish (json, error);
}
