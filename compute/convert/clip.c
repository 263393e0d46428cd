/* clip.c: a CLIP as Hugging Face, open_clip or OpenAI publish it
 *
 * Names and shapes: transformers, convert_clip_original_pytorch_to_hf.py; open_clip, model.py, transformer.py and
 * model_configs; openai/CLIP, model.py. */

#include "convert/import-private.h"

#include <math.h>
#include <string.h>

#include "model/config.h"
#include "model/tokenizer.h"
#include "tensor/file.h"
#include "tensor/json.h"

#define MOST_LAYERS 128

/* The two ways to name a tower's tensors. */
typedef enum { HUGGING_FACE, OPEN_CLIP } Naming;

typedef struct
{
  VcImport     *import;
  VcCheckpoint *checkpoint;
  VcPlan       *plan;
  Naming        naming;
  const char   *text;      /* what stands before the text's names: "" or "text." */
  char         *weights;   /* owned; path */
  VcClipConfig  config;
  GHashTable   *used;      /* owned: names of tensors that have a place, or none by right */
} Clip;

/* ---- what the weights say of themselves ---- */

static const VcParameter *
find (const Clip *clip,
      const char *format,
      ...) G_GNUC_PRINTF (2, 3);

static const VcParameter *
find (const Clip *clip,
      const char *format,
      ...)
{
  g_autofree char *name = NULL;
  va_list arguments;

  va_start (arguments, format);
  name = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  return vc_checkpoint_find (clip->checkpoint, name);
}

static uint32_t
get_axis (const VcParameter *parameter,
          uint32_t           axis)
{
  if (parameter == NULL || axis >= parameter->n_axes)
    return 0;

  return MIN (parameter->axes[axis], G_MAXUINT32);
}

static gboolean
has_prefix (const Clip *clip,
            const char *prefix)
{
  GPtrArray *list = vc_checkpoint_list (clip->checkpoint);

  for (guint i = 0; i < list->len; i++)
    if (g_str_has_prefix (((const VcParameter *) list->pdata[i])->name, prefix))
      return TRUE;

  return FALSE;
}

/* Which kind of tower it is whose weights look like a CLIP's and cannot be run; NULL for a CLIP, or nothing like one. */
static const char *
find_foreign (const Clip *clip)
{
  static const struct
  {
    const char *prefix;
    const char *what;
  } kinds[] = {
    { "vision_model.head.", "a SigLIP" },
    { "visual.trunk.", "a CLIP whose pictures are seen by a network of timm's" },
    { "visual.layer1.", "a CLIP whose pictures are seen by a ResNet" },
    { "visual.attn_pool.", "a CoCa" },
    { "text_decoder.", "a CoCa" },
    { "text.transformer.encoder.", "a CLIP whose words are read by a network of Hugging Face's" },
    { "text.transformer.embeddings.", "a CLIP whose words are read by a network of Hugging Face's" },
    { "qformer.", "a BLIP-2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (has_prefix (clip, kinds[i].prefix))
      return kinds[i].what;

  return NULL;
}

static VcTower
measure_tower (const Clip *clip,
               const char *blocks,
               uint32_t    width,
               uint32_t    head_width)
{
  VcTower tower = { .width = width, .activation = VC_GELU, .epsilon = 1e-5f };

  while (tower.layers < MOST_LAYERS && find (clip, "%s.%u.ln_1.weight", blocks, tower.layers) != NULL)
    tower.layers++;
  tower.hidden = get_axis (find (clip, "%s.0.mlp.c_fc.weight", blocks), 0);
  tower.heads = head_width == 0 ? 0 : width / head_width;

  return tower;
}

/* Heads are 64 wide, but in the three largest of open_clip's, which no other has the widths of. */
static uint32_t
guess_head_width (uint32_t width)
{
  return width == 1280 ? 80 : width == 1408 ? 88 : width == 1664 ? 104 : 64;
}

/* Sizes from shapes. What a shape cannot tell is as open_clip's and OpenAI's have it. */
static void
measure (Clip *clip)
{
  VcClipConfig *config = &clip->config;
  const char *text = clip->text;
  g_autofree char *blocks = g_strconcat (text, "transformer.resblocks", NULL);
  const VcParameter *patch = find (clip, "visual.conv1.weight");
  const VcParameter *words = find (clip, "%stoken_embedding.weight", text);
  const uint32_t width = get_axis (patch, 0);
  const uint32_t places = get_axis (find (clip, "visual.positional_embedding"), 0);

  config->vision = measure_tower (clip, "visual.transformer.resblocks", width, guess_head_width (width));
  config->patch = get_axis (patch, 2);
  config->side = places == 0 ? 0 : (uint32_t) sqrt (places - 1) * config->patch;
  config->text = measure_tower (clip, blocks, get_axis (words, 1), 64);
  config->text.causal = TRUE;
  config->vocab = get_axis (words, 0);
  config->context = get_axis (find (clip, "%spositional_embedding", text), 0);
  config->end = config->vocab - 1;
  config->width = get_axis (find (clip, "visual.proj"), 1);
  vc_clip_config_set_openai (config);
}

/* ---- what lies beside them ---- */

/* Whether the file's name says which of the two activations the weights were trained with. */
static gboolean
guess_activation (const Clip   *clip,
                  VcActivation *activation)
{
  static const char *const quick[] = { "quickgelu", "openai", "metaclip", "dfn" };
  static const char *const exact[] = { "laion", "datacomp", "commonpool" };
  g_autofree char *lower = g_ascii_strdown (clip->weights, -1);
  g_autofree char *base = g_path_get_basename (lower);
  g_autofree char *folder = g_path_get_basename (clip->import->folder);
  g_autofree char *folder_lower = g_ascii_strdown (folder, -1);

  for (guint i = 0; i < G_N_ELEMENTS (quick); i++)
    if (strstr (base, quick[i]) != NULL || strstr (folder_lower, quick[i]) != NULL)
      {
        *activation = VC_QUICK_GELU;
        return TRUE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (exact); i++)
    if (strstr (base, exact[i]) != NULL || strstr (folder_lower, exact[i]) != NULL)
      {
        *activation = VC_GELU;
        return TRUE;
      }

  return FALSE;
}

static void
expect (VcJson     *json,
        const char *path,
        const char *word)
{
  if (!g_str_equal (vc_json_string_or (json, path, word), word))
    vc_json_fault (json, path, "is not “%s”, and nothing else is known", word);
}

static gboolean
read_open_clip_config (Clip    *clip,
                       GError **error)
{
  VcClipConfig *config = &clip->config;
  g_autofree char *path = vc_import_build_path (clip->import, "open_clip_config.json");
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_CONFIG, error);
  uint32_t head_width;

  if (json == NULL)
    return FALSE;

  head_width = vc_json_u32_or (json, "model_cfg.vision_cfg.head_width", 64, VC_LEAST_HEAD, VC_MOST_HEAD);
  config->vision.heads = config->vision.width / head_width;
  config->text.heads = vc_json_u32_or (json, "model_cfg.text_cfg.heads", config->text.width / 64, 1, 1024);
  config->vision.activation = vc_json_bool_or (json, "model_cfg.quick_gelu", FALSE) ? VC_QUICK_GELU : VC_GELU;
  config->text.activation = config->vision.activation;

  expect (json, "model_cfg.vision_cfg.pool_type", "tok");
  expect (json, "model_cfg.text_cfg.pool_type", "argmax");
  if (vc_json_has (json, "model_cfg.vision_cfg.timm_model_name"))
    vc_json_fault (json, "model_cfg.vision_cfg.timm_model_name", "names a network that is not known");
  if (vc_json_has (json, "model_cfg.text_cfg.hf_model_name"))
    vc_json_fault (json, "model_cfg.text_cfg.hf_model_name", "names a network that is not known");
  if (vc_json_bool_or (json, "model_cfg.text_cfg.no_causal_mask", FALSE))
    vc_json_fault (json, "model_cfg.text_cfg.no_causal_mask", "is true, and only causal text is known");

  if (vc_json_has (json, "preprocess_cfg.mean"))
    vc_json_floats (json, "preprocess_cfg.mean", config->mean, 3, 3, -16, 16);
  if (vc_json_has (json, "preprocess_cfg.std"))
    vc_json_floats (json, "preprocess_cfg.std", config->deviation, 3, 3, 1e-3f, 16);
  expect (json, "preprocess_cfg.interpolation", "bicubic");
  expect (json, "preprocess_cfg.resize_mode", "shortest");

  return vc_json_finish (json, error);
}

/* Whether config.json describes a CLIP; other programs have files of that name, too. */
static gboolean
has_config (Clip     *clip,
            gboolean *known,
            GError  **error)
{
  g_autofree char *path = vc_import_build_path (clip->import, "config.json");
  g_autoptr(VcJson) json = NULL;

  *known = FALSE;
  if (!vc_import_has_file (clip->import, "config.json"))
    return TRUE;

  json = vc_json_load (path, VC_JSON_CONFIG, error);
  if (json == NULL)
    return FALSE;

  *known = g_str_equal (vc_json_string_or (json, "model_type", ""), "clip");

  return TRUE;
}

static gboolean
find_config (Clip    *clip,
             GError **error)
{
  VcClipConfig *config = &clip->config;
  g_autofree char *what = vc_file_quote (clip->weights);
  gboolean known;

  if (!has_config (clip, &known, error))
    return FALSE;
  if (known)
    return vc_clip_config_load (config, clip->import->folder, error);

  if (clip->naming == HUGGING_FACE)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "the config.json of %s is missing: put the one of its "
                   "publisher beside it", what);
      return FALSE;
    }

  measure (clip);
  if (vc_import_has_file (clip->import, "open_clip_config.json"))
    return read_open_clip_config (clip, error);

  /* OpenAI's own files, and only they, keep these three numbers among the weights. */
  if (find (clip, "input_resolution") != NULL || vc_checkpoint_is_script (clip->checkpoint))
    config->vision.activation = VC_QUICK_GELU;
  else if (!guess_activation (clip, &config->vision.activation))
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s does not say whether it was trained with GELU or with "
                   "QuickGELU: put the open_clip_config.json of its publisher beside it", what);
      return FALSE;
    }
  config->text.activation = config->vision.activation;

  return TRUE;
}

/* ---- from where each tensor comes ---- */

static void
use (Clip       *clip,
     const char *source)
{
  g_hash_table_add (clip->used, g_strdup (source));
}

static void
copy (Clip           *clip,
      const char     *name,
      const char     *source,
      uint32_t        n_axes,
      const uint64_t *axes)
{
  use (clip, source);
  vc_plan_copy (clip->plan, name, source, n_axes, axes);
}

/* Weight and bias of one that is called alike on both sides. */
static void
copy_both (Clip       *clip,
           const char *name,
           const char *source,
           uint32_t    rows,
           uint32_t    width)
{
  static const char *const ends[] = { ".weight", ".bias" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *to = g_strconcat (name, ends[i], NULL);
      g_autofree char *from = g_strconcat (source, ends[i], NULL);

      if (i == 0 && width > 0)
        copy (clip, to, from, VC_AXES (rows, width));
      else
        copy (clip, to, from, VC_AXES (rows));
    }
}

static void
plan_block (Clip          *clip,
            const VcTower *tower,
            const char    *to,
            const char    *from)
{
  static const char *const parts[] = { "q_proj", "k_proj", "v_proj" };
  static const struct
  {
    const char *to;
    const char *from;
  } names[] = {
    { "layer_norm1", "ln_1" },
    { "layer_norm2", "ln_2" },
    { "self_attn.out_proj", "attn.out_proj" },
    { "mlp.fc1", "mlp.c_fc" },
    { "mlp.fc2", "mlp.c_proj" },
  };
  const uint32_t width = tower->width;
  const uint32_t shapes[][2] = {
    { width, 0 }, { width, 0 }, { width, width }, { tower->hidden, width }, { width, tower->hidden },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat (to, ".", names[i].to, NULL);
      g_autofree char *source =
        g_strconcat (from, ".", clip->naming == HUGGING_FACE ? names[i].to : names[i].from, NULL);

      copy_both (clip, name, source, shapes[i][0], shapes[i][1]);
    }

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *name = g_strconcat (to, ".self_attn.", parts[i], NULL);

      if (clip->naming == HUGGING_FACE)
        {
          g_autofree char *source = g_strconcat (from, ".self_attn.", parts[i], NULL);

          copy_both (clip, name, source, width, width);
        }
      else
        {
          g_autofree char *weight = g_strconcat (name, ".weight", NULL);
          g_autofree char *bias = g_strconcat (name, ".bias", NULL);
          g_autofree char *fused_weight = g_strconcat (from, ".attn.in_proj_weight", NULL);
          g_autofree char *fused_bias = g_strconcat (from, ".attn.in_proj_bias", NULL);

          use (clip, fused_weight);
          use (clip, fused_bias);
          vc_plan_part (clip->plan, weight, fused_weight, i, 3, VC_AXES (width, width));
          vc_plan_part (clip->plan, bias, fused_bias, i, 3, VC_AXES (width));
        }
    }
}

static void
plan_tower (Clip          *clip,
            const VcTower *tower,
            const char    *to,
            const char    *from)
{
  for (uint32_t layer = 0; layer < tower->layers; layer++)
    {
      g_autofree char *name = g_strdup_printf ("%s.encoder.layers.%u", to, layer);
      g_autofree char *source = clip->naming == HUGGING_FACE ? g_strdup (name)
                                                             : g_strdup_printf ("%s.resblocks.%u", from, layer);

      plan_block (clip, tower, name, source);
    }
}

/* The matrix that a tower ends with: the other way round in the weights of OpenAI's names. */
static void
plan_projection (Clip          *clip,
                 const VcTower *tower,
                 const char    *to,
                 const char    *from)
{
  if (clip->naming == HUGGING_FACE)
    copy (clip, to, to, VC_AXES (clip->config.width, tower->width));
  else
    {
      use (clip, from);
      vc_plan_transpose (clip->plan, to, from, clip->config.width, tower->width);
    }
}

static void
plan_all (Clip *clip)
{
  const VcClipConfig *config = &clip->config;
  const uint64_t wide = config->vision.width;
  const uint64_t grid = config->side / config->patch;
  const gboolean plain = clip->naming == HUGGING_FACE;
  g_autofree char *words = g_strconcat (clip->text, "token_embedding.weight", NULL);
  g_autofree char *places = g_strconcat (clip->text, "positional_embedding", NULL);
  g_autofree char *last = g_strconcat (clip->text, "ln_final", NULL);
  g_autofree char *blocks = g_strconcat (clip->text, "transformer", NULL);
  g_autofree char *projection = g_strconcat (clip->text, "text_projection", NULL);

#define PICK(name, other) name, plain ? name : other
  copy (clip, PICK ("logit_scale", "logit_scale"), VC_SCALAR);

  copy (clip, PICK ("vision_model.embeddings.class_embedding", "visual.class_embedding"), VC_AXES (wide));
  copy (clip, PICK ("vision_model.embeddings.patch_embedding.weight", "visual.conv1.weight"),
        VC_AXES (wide, 3, config->patch, config->patch));
  copy (clip, PICK ("vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"),
        VC_AXES (grid * grid + 1, wide));
  copy_both (clip, PICK ("vision_model.pre_layrnorm", "visual.ln_pre"), wide, 0);  /* spelt so in the files */
  plan_tower (clip, &config->vision, "vision_model", "visual.transformer");
  copy_both (clip, PICK ("vision_model.post_layernorm", "visual.ln_post"), wide, 0);
  plan_projection (clip, &config->vision, "visual_projection.weight", "visual.proj");

  copy (clip, PICK ("text_model.embeddings.token_embedding.weight", words),
        VC_AXES (config->vocab, config->text.width));
  copy (clip, PICK ("text_model.embeddings.position_embedding.weight", places),
        VC_AXES (config->context, config->text.width));
  plan_tower (clip, &config->text, "text_model", blocks);
  copy_both (clip, PICK ("text_model.final_layer_norm", last), config->text.width, 0);
  plan_projection (clip, &config->text, "text_projection.weight", projection);
#undef PICK
}

/* A tensor without a place would be missed where the result is looked at, not here: then the model is another. */
static gboolean
check_all_used (Clip    *clip,
                GError **error)
{
  static const char *const spare[] = {
    "vision_model.embeddings.position_ids", "text_model.embeddings.position_ids",
    "input_resolution", "context_length", "vocab_size", "attn_mask", "text.attn_mask", NULL,
  };
  GPtrArray *list = vc_checkpoint_list (clip->checkpoint);

  for (guint i = 0; i < list->len; i++)
    {
      const char *name = ((const VcParameter *) list->pdata[i])->name;

      if (!g_hash_table_contains (clip->used, name) && !g_strv_contains (spare, name))
        {
          g_autofree char *what = vc_file_quote (clip->weights);
          g_autofree char *shown = vc_error_quote (name);

          g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s looks like a CLIP, but has %s beside, which none "
                       "that can be run has", what, shown);
          return FALSE;
        }
    }

  return TRUE;
}

/* ---- what is written ---- */

static void
add_tower (GString       *text,
           const char    *section,
           const VcTower *tower)
{
  char epsilon[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text,
                          "  \"%s\": {\n"
                          "    \"hidden_size\": %u,\n"
                          "    \"num_hidden_layers\": %u,\n"
                          "    \"num_attention_heads\": %u,\n"
                          "    \"intermediate_size\": %u,\n"
                          "    \"hidden_act\": \"%s\",\n"
                          "    \"layer_norm_eps\": %s,\n",
                          section, tower->width, tower->layers, tower->heads, tower->hidden,
                          tower->activation == VC_GELU ? "gelu" : "quick_gelu",
                          g_ascii_formatd (epsilon, sizeof epsilon, "%.6g", tower->epsilon));
}

static void
add_config (Clip *clip)
{
  const VcClipConfig *config = &clip->config;
  g_autoptr(GString) text = g_string_new ("{\n  \"architectures\": [\"CLIPModel\"],\n  \"model_type\": \"clip\",\n");

  g_string_append_printf (text, "  \"projection_dim\": %u,\n", config->width);
  add_tower (text, "vision_config", &config->vision);
  g_string_append_printf (text, "    \"image_size\": %u,\n    \"patch_size\": %u\n  },\n", config->side,
                          config->patch);
  add_tower (text, "text_config", &config->text);
  g_string_append_printf (text,
                          "    \"max_position_embeddings\": %u,\n"
                          "    \"vocab_size\": %u,\n"
                          "    \"eos_token_id\": %u\n  }\n}\n",
                          config->context, config->vocab, config->end);

  vc_import_add_text (clip->import, "config.json", text->str);
}

static void
add_floats (GString     *text,
            const char  *key,
            const float *values)
{
  g_string_append_printf (text, "  \"%s\": [", key);
  for (guint i = 0; i < 3; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (text, "%s%s", i == 0 ? "" : ", ",
                              g_ascii_formatd (number, sizeof number, "%.9g", values[i]));
    }
  g_string_append (text, "],\n");
}

static void
add_preprocessor (Clip *clip)
{
  const VcClipConfig *config = &clip->config;
  g_autoptr(GString) text = g_string_new ("{\n");

  add_floats (text, "image_mean", config->mean);
  add_floats (text, "image_std", config->deviation);
  g_string_append_printf (text, "  \"resample\": 3,\n  \"size\": {\"shortest_edge\": %u},\n"
                          "  \"crop_size\": {\"height\": %u, \"width\": %u}\n}\n",
                          config->side, config->side, config->side);

  vc_import_add_text (clip->import, "preprocessor_config.json", text->str);
}

/* Rows of two models are alike only if more is than the weights. */
static void
note_rest (Clip *clip)
{
  const VcClipConfig *config = &clip->config;
  const VcTower *towers[] = { &config->vision, &config->text };
  g_autoptr(GString) note = g_string_new ("clip");
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (towers); i++)
    g_string_append_printf (note, ", %u heads of %s, epsilon %s", towers[i]->heads,
                            towers[i]->activation == VC_GELU ? "gelu" : "quick_gelu",
                            g_ascii_formatd (number, sizeof number, "%.6g", towers[i]->epsilon));
  for (guint i = 0; i < 3; i++)
    {
      g_string_append_printf (note, ", %s", g_ascii_formatd (number, sizeof number, "%.9g", config->mean[i]));
      g_string_append_printf (note, " %s", g_ascii_formatd (number, sizeof number, "%.9g", config->deviation[i]));
    }

  vc_plan_note (clip->plan, note->str);
}

/* Reads what was written as the program will. */
static gboolean
check_written (VcImport    *import,
               const char  *directory,
               GError     **error)
{
  VcClipConfig config;
  g_autoptr(VcTokenizer) tokenizer = NULL;

  if (!vc_clip_config_load (&config, directory, error))
    return FALSE;

  tokenizer = vc_tokenizer_load (directory, error);
  if (tokenizer == NULL)
    return FALSE;

  if (vc_tokenizer_get_size (tokenizer) > config.vocab)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "the vocabulary has %u symbols, but the weights know %u",
                   vc_tokenizer_get_size (tokenizer), config.vocab);
      return FALSE;
    }

  return TRUE;
}

static gboolean
plan_import (Clip    *clip,
             GError **error)
{
  VcImport *import = clip->import;
  g_autoptr(VcPlan) plan = NULL;

  if (!find_config (clip, error))
    return FALSE;
  if (clip->config.patch == 0 || clip->config.side == 0)
    {
      g_autofree char *what = vc_file_quote (clip->weights);

      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s has names of a CLIP, but shapes of none", what);
      return FALSE;
    }

  plan = vc_plan_new (clip->checkpoint, VC_STORED_F16);
  clip->plan = plan;
  plan_all (clip);
  if (!vc_plan_check (plan, error) || !check_all_used (clip, error) ||
      !vc_import_add_vocabulary (import, clip->config.vocab, error))
    return FALSE;

  note_rest (clip);
  add_config (clip);
  add_preprocessor (clip);
  vc_import_add_plan (import, "model.safetensors", g_steal_pointer (&plan));
  import->check = check_written;

  return TRUE;
}

gboolean
vc_import_clip (VcImport  *import,
                GError   **error)
{
  g_autofree char *weights = vc_import_find_weights (import);
  g_autoptr(GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Clip clip = { .import = import, .weights = weights, .used = used, .text = "" };
  const char *foreign;

  if (weights == NULL)
    return TRUE;

  clip.checkpoint = vc_import_take_checkpoint (import, weights, error);
  if (clip.checkpoint == NULL)
    return FALSE;

  foreign = find_foreign (&clip);
  if (foreign != NULL)
    {
      g_autofree char *what = vc_file_quote (weights);

      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "%s is %s, and only CLIPs of two plain transformers can be "
                   "run", what, foreign);
      return FALSE;
    }

  if (find (&clip, "text_model.embeddings.token_embedding.weight") != NULL &&
      find (&clip, "vision_model.embeddings.patch_embedding.weight") != NULL)
    clip.naming = HUGGING_FACE;
  else if (find (&clip, "visual.conv1.weight") != NULL)
    {
      clip.naming = OPEN_CLIP;
      clip.text = find (&clip, "text.token_embedding.weight") != NULL ? "text." : "";
    }
  else
    return TRUE;

  return plan_import (&clip, error);
}
