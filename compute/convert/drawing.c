/* drawing.c: what the importers of drawing models share */

#include "convert/drawing.h"

#include <string.h>

#include "model/config.h"
#include "model/tokenizer.h"
#include "tensor/json.h"

#define MOST 1024  /* layers, blocks, levels: more than any model has */

/* ---- what there is ---- */

static const VcParameter *
find (VcCheckpoint *checkpoint,
      const char   *format,
      va_list       arguments)
{
  g_autofree char *name = g_strdup_vprintf (format, arguments);

  return vc_checkpoint_find (checkpoint, name);
}

const VcParameter *
vc_drawing_find (VcCheckpoint *checkpoint,
                 const char   *format,
                 ...)
{
  const VcParameter *found;
  va_list arguments;

  va_start (arguments, format);
  found = find (checkpoint, format, arguments);
  va_end (arguments);

  return found;
}

uint32_t
vc_drawing_axis (VcCheckpoint *checkpoint,
                 uint32_t      axis,
                 const char   *format,
                 ...)
{
  const VcParameter *found;
  va_list arguments;

  va_start (arguments, format);
  found = find (checkpoint, format, arguments);
  va_end (arguments);

  return found == NULL || axis >= found->n_axes ? 0 : MIN (found->axes[axis], G_MAXINT32);
}

uint32_t
vc_drawing_count (VcCheckpoint *checkpoint,
                  const char   *format)
{
  g_auto(GStrv) halves = g_strsplit (format, "%u", 2);
  uint32_t n = 0;

  while (n < MOST && vc_drawing_find (checkpoint, "%s%u%s", halves[0], n, halves[1]) != NULL)
    n++;

  return n;
}

gboolean
vc_drawing_open (VcImport            *import,
                 const char * const  *stems,
                 VcCheckpoint       **checkpoint,
                 GError             **error)
{
  static const char *const ends[] = { ".safetensors", ".pt", ".bin", ".ckpt", ".pkl", ".pth" };

  for (guint i = 0; stems[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS (ends); k++)
      {
        g_autofree char *name = g_strconcat (stems[i], ends[k], NULL);

        if (vc_import_has_file (import, name))
          {
            g_autofree char *path = vc_import_build_path (import, name);

            *checkpoint = vc_import_take_checkpoint (import, path, error);

            return *checkpoint != NULL;
          }
      }
  *checkpoint = NULL;

  return TRUE;
}

const char *
vc_drawing_choose (VcImport           *import,
                   const char * const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (vc_import_has_file (import, names[i]))
      return names[i];

  return NULL;
}

uint32_t
vc_drawing_ask (VcImport           *import,
                const char * const *keys,
                uint32_t            otherwise)
{
  g_autofree char *path = vc_import_build_path (import, "config.json");
  g_autoptr(VcJson) json = NULL;

  /* absent or no JSON: it says nothing */
  if (vc_import_has_file (import, "config.json"))
    json = vc_json_load (path, VC_JSON_CONFIG, NULL);

  for (guint i = 0; json != NULL && keys[i] != NULL; i++)
    if (vc_json_has (json, keys[i]))
      return vc_json_u32_or (json, keys[i], otherwise, 0, G_MAXINT32);

  return otherwise;
}

/* ---- what is written ---- */

void
vc_drawing_copy (VcPlan     *plan,
                 const char *name,
                 const char *source,
                 uint64_t    out,
                 uint64_t    in,
                 gboolean    biased)
{
  const uint64_t axes[] = { out, in };
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  g_autofree char *from_weight = g_strconcat (source, ".weight", NULL);
  g_autofree char *from_bias = g_strconcat (source, ".bias", NULL);

  vc_plan_copy (plan, weight, from_weight, in > 0 ? 2 : 1, axes);
  if (biased)
    vc_plan_copy (plan, bias, from_bias, 1, axes);
}

void
vc_drawing_norm (VcPlan     *plan,
                 const char *name,
                 const char *source,
                 uint64_t    width)
{
  g_autofree char *weight = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias = g_strconcat (name, ".bias", NULL);
  g_autofree char *from_bias = g_strconcat (source, ".bias", NULL);

  vc_plan_fill (plan, weight, 1, VC_AXES (width));
  vc_plan_copy (plan, bias, from_bias, VC_AXES (width));
}

gboolean
vc_drawing_measure_vqgan (VcVqganShape *shape,
                          VcCheckpoint *checkpoint)
{
  static const char *const codebooks[] = {
    "quantize.embedding.weight", "embedding.weight", "quantize.embed.weight",
  };

  *shape = (VcVqganShape) { .checkpoint = checkpoint };

  for (guint i = 0; i < G_N_ELEMENTS (codebooks) && shape->codebook == NULL; i++)
    if (vc_drawing_find (checkpoint, "%s", codebooks[i]) != NULL)
      shape->codebook = codebooks[i];
  if (shape->codebook == NULL)
    return FALSE;

  shape->codes = vc_drawing_axis (checkpoint, 0, "%s", shape->codebook);
  shape->width = vc_drawing_axis (checkpoint, 1, "%s", shape->codebook);
  shape->latent = vc_drawing_axis (checkpoint, 1, "decoder.conv_in.weight");
  shape->levels = MIN (vc_drawing_count (checkpoint, "decoder.up.%u.block.0.conv1.weight"),
                       G_N_ELEMENTS (shape->channels));
  shape->blocks = vc_drawing_count (checkpoint, "decoder.up.0.block.%u.conv1.weight");
  shape->reads = vc_drawing_find (checkpoint, "encoder.conv_in.weight") != NULL &&
                 vc_drawing_find (checkpoint, "quant_conv.weight") != NULL;
  shape->votes = vc_drawing_find (checkpoint, "quantize.proj.weight") != NULL;
  for (uint32_t level = 0; level < shape->levels; level++)
    {
      shape->channels[level] = vc_drawing_axis (checkpoint, 0, "decoder.up.%u.block.0.conv1.weight", level);
      shape->attends[level] = vc_drawing_find (checkpoint, "decoder.up.%u.attn.0.q.weight", level) != NULL;
    }

  /* the encoder has one block less */
  return shape->levels > 0 && shape->blocks > 1 && shape->latent > 0;
}

static gboolean
is_part (const VcVqganShape *shape,
         const char         *name)
{
  if (g_str_has_prefix (name, "decoder.") || g_str_has_prefix (name, "post_quant_conv."))
    return TRUE;

  return shape->reads && (g_str_has_prefix (name, "encoder.") || g_str_has_prefix (name, "quant_conv.") ||
                          (shape->votes && g_str_has_prefix (name, "quantize.proj.")));
}

/* Kept as wide as they are: a picture's every pixel is made with them. */
VcPlan *
vc_drawing_plan_vqgan (const VcVqganShape *shape)
{
  const VcParameter *codebook = vc_drawing_find (shape->checkpoint, "%s", shape->codebook);
  VcPlan *plan = vc_plan_new (shape->checkpoint,
                              codebook->type == VC_STORED_F16 ? VC_STORED_F16 : VC_STORED_F32);
  GPtrArray *list = vc_checkpoint_list (shape->checkpoint);

  vc_plan_copy (plan, "quantize.embedding.weight", shape->codebook, VC_AXES (shape->codes, shape->width));
  for (guint i = 0; i < list->len; i++)
    {
      const VcParameter *parameter = list->pdata[i];

      if (is_part (shape, parameter->name))
        vc_plan_copy (plan, parameter->name, parameter->name, parameter->n_axes, parameter->axes);
    }

  return plan;
}

static uint32_t
find_divisor (uint32_t a,
              uint32_t b)
{
  while (b != 0)
    {
      const uint32_t rest = a % b;

      a = b;
      b = rest;
    }

  return a;
}

void
vc_drawing_describe_vqgan (const VcVqganShape *shape,
                           uint32_t            grid,
                           const char         *epsilon,
                           GString            *text)
{
  uint32_t base = 0;
  gboolean first = TRUE;

  for (uint32_t level = 0; level < shape->levels; level++)
    base = find_divisor (shape->channels[level], base);
  base = MAX (base, 1);

  g_string_append_printf (text,
                          "  \"stage1\": {\n"
                          "    \"file\": \"stage1.safetensors\",\n"
                          "    \"type\": \"vqgan\",\n"
                          "    \"resolution\": %u,\n"
                          "    \"ch\": %u,\n"
                          "    \"ch_mult\": [",
                          grid << (shape->levels - 1), base);
  for (uint32_t level = 0; level < shape->levels; level++)
    g_string_append_printf (text, "%s%u", level > 0 ? ", " : "", shape->channels[level] / base);
  g_string_append_printf (text, "],\n    \"num_res_blocks\": %u,\n    \"attn_resolutions\": [", shape->blocks - 1);
  for (uint32_t level = 0; level < shape->levels; level++)
    if (shape->attends[level])
      {
        g_string_append_printf (text, "%s%u", first ? "" : ", ", grid << (shape->levels - 1 - level));
        first = FALSE;
      }
  g_string_append_printf (text,
                          "],\n"
                          "    \"z_channels\": %u,\n"
                          "    \"embed_dim\": %u,\n"
                          "    \"n_embed\": %u,\n"
                          "    \"encoder\": %s,\n"
                          "    \"quantizer\": \"%s\",\n"
                          "    \"norm_num_groups\": 32,\n"
                          "    \"norm_eps\": %s,\n"
                          "    \"token_grid\": [%u, %u]\n"
                          "  },\n",
                          shape->latent, shape->width, shape->codes, shape->reads ? "true" : "false",
                          shape->votes ? "gumbel" : "nearest", epsilon, grid, grid);
}

/* Reads what was written as the program will. */
static gboolean
check_written (VcImport    *import,
               const char  *directory,
               GError     **error)
{
  VcDalleConfig config;
  g_autoptr(VcTokenizer) tokenizer = NULL;

  if (!vc_dalle_config_load (&config, directory, error))
    return FALSE;

  tokenizer = vc_tokenizer_load_spelling (directory, config.spelling, error);
  if (tokenizer == NULL)
    return FALSE;

  if (vc_tokenizer_get_size (tokenizer) > config.gpt.text_vocab)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "the vocabulary has %u symbols, but the weights know %u",
                   vc_tokenizer_get_size (tokenizer), config.gpt.text_vocab);
      return FALSE;
    }

  return TRUE;
}

void
vc_drawing_add (VcImport      *import,
                const GString *config,
                VcPlan        *stage1,
                VcPlan        *stage2)
{
  vc_import_add_text (import, "config.json", config->str);
  vc_import_add_plan (import, "stage1.safetensors", stage1);
  vc_import_add_plan (import, "stage2.safetensors", stage2);
  import->check = check_written;
}
