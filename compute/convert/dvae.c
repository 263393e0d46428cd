/* dvae.c: OpenAI's discrete autoencoder as OpenAI publishes it
 *
 * Names and shapes: openai/DALL-E, dall_e/encoder.py, decoder.py. The files are whole modules of PyTorch, of which
 * only the numbers are read. */

#include "convert/drawing.h"

#include <string.h>

#include "model/config.h"

static gboolean
check_written (VcImport    *import,
               const char  *directory,
               GError     **error)
{
  VcDvaeConfig config;

  return vc_dvae_config_load (&config, directory, error);
}

/* All of one half, by its own names. */
static VcPlan *
plan_half (VcCheckpoint *checkpoint)
{
  GPtrArray *list = vc_checkpoint_list (checkpoint);
  const VcParameter *first = vc_drawing_find (checkpoint, "blocks.input.w");
  VcPlan *plan = vc_plan_new (checkpoint, first->type == VC_STORED_F16 ? VC_STORED_F16 : VC_STORED_F32);

  for (guint i = 0; i < list->len; i++)
    {
      const VcParameter *parameter = list->pdata[i];

      if (g_str_has_prefix (parameter->name, "blocks."))
        vc_plan_copy (plan, parameter->name, parameter->name, parameter->n_axes, parameter->axes);
    }

  return plan;
}

gboolean
vc_import_dvae (VcImport  *import,
                GError   **error)
{
  g_autofree char *text = NULL;
  g_autoptr(VcPlan) encoding = NULL;
  g_autoptr(VcPlan) decoding = NULL;
  VcCheckpoint *encoder;
  VcCheckpoint *decoder;
  uint32_t levels;
  uint32_t blocks;

  if (!vc_drawing_open (import, (const char *const[]) { "encoder", NULL }, &encoder, error))
    return FALSE;
  if (encoder == NULL || vc_drawing_find (encoder, "blocks.input.w") == NULL)
    return TRUE;

  if (!vc_drawing_open (import, (const char *const[]) { "decoder", NULL }, &decoder, error))
    return FALSE;
  if (decoder == NULL || vc_drawing_find (decoder, "blocks.input.w") == NULL)
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL, "this is one half of OpenAI's autoencoder, and "
                           "“decoder.pkl” is not beside it");
      return FALSE;
    }

  levels = 0;
  while (levels < 16 && vc_drawing_find (encoder, "blocks.group_%u.block_1.res_path.conv_1.w", levels + 1) != NULL)
    levels++;
  blocks = 0;
  while (blocks < 64 && vc_drawing_find (encoder, "blocks.group_1.block_%u.res_path.conv_1.w", blocks + 1) != NULL)
    blocks++;

  /* pictures of 32 by 32 tokens, as DALL·E's were, where nothing else is said */
  text = g_strdup_printf ("{\n"
                          "  \"model_type\": \"dvae\",\n"
                          "  \"resolution\": %u,\n"
                          "  \"group_count\": %u,\n"
                          "  \"n_blk_per_group\": %u,\n"
                          "  \"n_hid\": %u,\n"
                          "  \"n_init\": %u,\n"
                          "  \"vocab_size\": %u\n"
                          "}\n",
                          vc_drawing_ask (import, (const char *const[]) { "resolution", NULL }, 256), levels, blocks,
                          vc_drawing_axis (encoder, 0, "blocks.input.w"),
                          vc_drawing_axis (decoder, 0, "blocks.input.w"),
                          vc_drawing_axis (encoder, 0, "blocks.output.conv.w"));

  encoding = plan_half (encoder);
  decoding = plan_half (decoder);
  if (!vc_plan_check (encoding, error) || !vc_plan_check (decoding, error))
    return FALSE;

  vc_import_add_text (import, "config.json", text);
  vc_import_add_plan (import, "encoder.safetensors", g_steal_pointer (&encoding));
  vc_import_add_plan (import, "decoder.safetensors", g_steal_pointer (&decoding));
  import->check = check_written;

  return TRUE;
}
