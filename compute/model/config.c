/* config.c: a searching model's hyperparameters, each with its allowed range */

#include "model/config-private.h"

#include <math.h>
#include <string.h>

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

VcActivation
vc_config_read_activation (VcJson     *json,
                           const char *section,
                           const char *fallback)
{
  g_autofree char *path = join (section, "hidden_act");
  const char *name = vc_json_string_or (json, path, fallback);

  if (g_str_equal (name, "gelu"))
    return VC_GELU;
  if (g_str_equal (name, "gelu_tanh"))
    return VC_TANH_GELU;
  if (!g_str_equal (name, "quick_gelu"))
    vc_json_fault (json, path, "is not an activation that is known, wanted “gelu”, “gelu_tanh” or "
                   "“quick_gelu”");

  return VC_QUICK_GELU;
}

float
vc_config_read_epsilon (VcJson     *json,
                        const char *section,
                        const char *name,
                        float       fallback)
{
  g_autofree char *path = join (section, name);

  return vc_json_float_or (json, path, fallback, 1e-12f, 1e-2f);
}

void
vc_config_check_heads (VcJson        *json,
                       const char    *path,
                       const VcTower *tower)
{
  if (tower->width % tower->heads != 0)
    vc_json_fault (json, path, "is %u, wanted a divisor of the width %u", tower->heads, tower->width);
  else if (tower->width / tower->heads < VC_LEAST_HEAD || tower->width / tower->heads > VC_MOST_HEAD)
    vc_json_fault (json, path, "makes heads of width %u, wanted %u to %u",
                   tower->width / tower->heads, VC_LEAST_HEAD, VC_MOST_HEAD);
}

void
vc_config_check_table (VcJson     *json,
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
    .layers = read_u32 (json, section, "num_hidden_layers", 12, 1, VC_MOST_LAYERS),
    .heads = read_u32 (json, section, "num_attention_heads", heads, 1, MOST_WIDTH),
    .hidden = read_u32 (json, section, "intermediate_size", hidden, 1, MOST_HIDDEN),
    .activation = vc_config_read_activation (json, section, "quick_gelu"),
    .epsilon = vc_config_read_epsilon (json, section, "layer_norm_eps", 1e-5f),
  };

  vc_config_check_heads (json, path, &tower);

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

/* [openai/CLIP, clip.py _transform] */
void
vc_clip_config_set_openai (VcClipConfig *config)
{
  static const float mean[3] = { 0.48145466f, 0.4578275f, 0.40821073f };
  static const float deviation[3] = { 0.26862954f, 0.26130258f, 0.27577711f };

  memcpy (config->mean, mean, sizeof mean);
  memcpy (config->deviation, deviation, sizeof deviation);
}

static gboolean
load_preprocessor (VcClipConfig  *config,
                   const char    *directory,
                   GError       **error)
{
  g_autofree char *path = g_build_filename (directory, "preprocessor_config.json", NULL);
  g_autoptr(VcJson) json = NULL;
  uint32_t size;
  uint32_t crop;

  vc_clip_config_set_openai (config);

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
  config->vision.coarse = TRUE;
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
  vc_config_check_table (json, "text_config.vocab_size", config->vocab, config->text.width);

  return vc_json_finish (json, error) && load_preprocessor (config, directory, error);
}
