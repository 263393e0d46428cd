/* rudalle.c: ruDALL-E Malevich and its like as Sber publishes them
 *
 * Names and shapes: ai-forever/ru-dalle, rudalle/dalle/model.py, transformer.py, vae/model.py. The third version
 * (pytorch_model_v3.bin); earlier ones put a word before the prompt and cannot be told apart by their weights. */

#include "convert/drawing.h"

#include <string.h>

typedef struct
{
  VcCheckpoint *checkpoint;
  VcVqganShape  vqgan;
  uint32_t      width;
  uint32_t      heads;
  uint32_t      hidden;
  uint32_t      layers;
  uint32_t      words;
  uint32_t      side;        /* of the square of tokens */
  uint32_t      text_vocab;
  uint32_t      image_vocab;
} Rudalle;

static gboolean
measure (Rudalle  *rudalle,
         VcImport *import)
{
  VcCheckpoint *checkpoint = rudalle->checkpoint;

  rudalle->layers = vc_drawing_count (checkpoint, "transformer.layers.%u.attention.query_key_value.weight");
  rudalle->width = vc_drawing_axis (checkpoint, 1, "text_embeddings.weight");
  rudalle->hidden = vc_drawing_axis (checkpoint, 0, "transformer.layers.0.mlp.dense_h_to_4h.weight");
  rudalle->text_vocab = vc_drawing_axis (checkpoint, 0, "text_embeddings.weight");
  rudalle->image_vocab = vc_drawing_axis (checkpoint, 0, "image_embeddings.weight");
  rudalle->side = vc_drawing_axis (checkpoint, 0, "image_row_embeddings.weight");
  /* one place more than are used */
  rudalle->words = vc_drawing_axis (checkpoint, 0, "text_pos_embeddings.weight");
  rudalle->words -= MIN (rudalle->words, 1);
  rudalle->heads = vc_drawing_ask (import, (const char *const[]) { "num_attention_heads", NULL },
                                   rudalle->width / 128);

  return rudalle->layers > 0 && rudalle->width > 0 && rudalle->hidden > 0 && rudalle->words > 0 &&
         rudalle->side > 0 && rudalle->text_vocab > rudalle->words;
}

static void
plan_block (const Rudalle *rudalle,
            VcPlan        *plan,
            uint32_t       layer)
{
  static const struct { const char *to; const char *from; } norms[] = {
    { "ln1", "input_layernorm" },
    { "ln1_after", "before_first_addition_layernorm" },
    { "ln2", "post_attention_layernorm" },
    { "ln2_after", "before_second_addition_layernorm" },
  };
  static const char *const parts[] = { "query", "key", "value" };
  const uint32_t width = rudalle->width;
  const struct { const char *to; const char *from; uint32_t out; uint32_t in; } matrices[] = {
    { "attn.proj", "attention.dense", width, width },
    { "mlp.0", "mlp.dense_h_to_4h", rudalle->hidden, width },
    { "mlp.2", "mlp.dense_4h_to_h", width, rudalle->hidden },
  };
  g_autofree char *fused = g_strdup_printf ("transformer.layers.%u.attention.query_key_value.weight", layer);
  g_autofree char *fused_bias = g_strdup_printf ("transformer.layers.%u.attention.query_key_value.bias", layer);

  for (guint i = 0; i < G_N_ELEMENTS (norms); i++)
    {
      g_autofree char *to = g_strdup_printf ("blocks.%u.%s", layer, norms[i].to);
      g_autofree char *from = g_strdup_printf ("transformer.layers.%u.%s", layer, norms[i].from);

      vc_drawing_copy (plan, to, from, width, 0, TRUE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *weight = g_strdup_printf ("blocks.%u.attn.%s.weight", layer, parts[i]);
      g_autofree char *bias = g_strdup_printf ("blocks.%u.attn.%s.bias", layer, parts[i]);

      vc_plan_part (plan, weight, fused, i, 3, VC_AXES (width, width));
      vc_plan_part (plan, bias, fused_bias, i, 3, VC_AXES (width));
    }
  for (guint i = 0; i < G_N_ELEMENTS (matrices); i++)
    {
      g_autofree char *to = g_strdup_printf ("blocks.%u.%s", layer, matrices[i].to);
      g_autofree char *from = g_strdup_printf ("transformer.layers.%u.%s", layer, matrices[i].from);

      vc_drawing_copy (plan, to, from, matrices[i].out, matrices[i].in, TRUE);
    }
}

static VcPlan *
plan_stage2 (const Rudalle *rudalle)
{
  const uint64_t width = rudalle->width;
  const uint64_t words = rudalle->text_vocab;
  const uint64_t tokens = rudalle->image_vocab;
  VcPlan *plan = vc_plan_new (rudalle->checkpoint, VC_STORED_F16);

  vc_drawing_copy (plan, "tok_emb_txt", "text_embeddings", words, width, FALSE);
  vc_plan_rows (plan, "pos_emb_txt.weight", "text_pos_embeddings.weight", 0, rudalle->words + 1,
                VC_AXES (rudalle->words, width));
  /* the sum of row and column is no f16, and tables and their places are of one type */
  vc_drawing_copy (plan, "tok_emb_img", "image_embeddings", tokens, width, FALSE);
  vc_plan_keep_wide (plan);
  vc_plan_square (plan, "pos_emb_img.weight", "image_row_embeddings.weight", "image_col_embeddings.weight",
                  rudalle->side, width);
  for (uint32_t layer = 0; layer < rudalle->layers; layer++)
    plan_block (rudalle, plan, layer);
  vc_drawing_copy (plan, "ln_f", "transformer.final_layernorm", width, 0, TRUE);
  vc_drawing_copy (plan, "ln_head", "to_logits.0", width, 0, TRUE);
  vc_plan_rows (plan, "head_txt.weight", "to_logits.1.weight", 0, words + tokens, VC_AXES (words, width));
  vc_plan_rows (plan, "head_txt.bias", "to_logits.1.bias", 0, words + tokens, VC_AXES (words));
  vc_plan_rows (plan, "head_img.weight", "to_logits.1.weight", words, words + tokens, VC_AXES (tokens, width));
  vc_plan_rows (plan, "head_img.bias", "to_logits.1.bias", words, words + tokens, VC_AXES (tokens));

  return plan;
}

static GString *
describe (const Rudalle *rudalle)
{
  GString *text = g_string_new ("{\n  \"format\": \"mindalle\",\n  \"family\": \"rudalle\",\n");

  vc_drawing_describe_vqgan (&rudalle->vqgan, rudalle->side, "1e-06", text);
  g_string_append_printf (text,
                          "  \"stage2\": {\n"
                          "    \"file\": \"stage2.safetensors\",\n"
                          "    \"type\": \"gpt\",\n"
                          "    \"embed_dim\": %u,\n"
                          "    \"n_layers\": %u,\n"
                          "    \"n_heads\": %u,\n"
                          "    \"hidden_dim\": %u,\n"
                          "    \"hidden_act\": \"gelu_tanh\",\n"
                          "    \"norm_attention\": true,\n"
                          "    \"norm_mlp\": true,\n"
                          "    \"norm_head\": true,\n"
                          "    \"head_bias\": true,\n"
                          "    \"layer_norm_eps\": 1e-05,\n"
                          "    \"ctx_len_txt\": %u,\n"
                          "    \"ctx_len_img\": %u,\n"
                          "    \"vocab_size_txt\": %u,\n"
                          "    \"vocab_size_img\": %u,\n"
                          "    \"kernel\": 11,\n"
                          "    \"attention\": [",
                          rudalle->width, rudalle->layers, rudalle->heads, rudalle->hidden, rudalle->words,
                          rudalle->side * rudalle->side, rudalle->text_vocab, rudalle->image_vocab);
  for (uint32_t layer = 0; layer < rudalle->layers; layer++)
    g_string_append_printf (text, "%s\"%s\"", layer > 0 ? ", " : "",
                            layer % 4 == 1 ? "column" : layer + 1 == rudalle->layers ? "near" : "row");
  g_string_append_printf (text,
                          "]\n"
                          "  },\n"
                          "  \"tokenizer\": {\n"
                          "    \"type\": \"yttm\",\n"
                          "    \"add_start\": true,\n"
                          "    \"add_end\": true,\n"
                          "    \"pad_id\": %u,\n"
                          "    \"pad_counts\": true,\n"
                          "    \"eos_id\": 3,\n"
                          "    \"length\": %u\n"
                          "  },\n"
                          "  \"sampling_defaults\": { \"temperature\": 1, \"top_k\": 1024, \"top_p\": 0.99 },\n"
                          "  \"pixels\": \"clamp(x*0.5+0.5, 0, 1)\"\n"
                          "}\n",
                          rudalle->text_vocab - rudalle->words, rudalle->words);

  return text;
}

gboolean
vc_import_rudalle (VcImport  *import,
                   GError   **error)
{
  static const char *const stems[] = { "pytorch_model_v3", "pytorch_model", "model", "pytorch_model_v2", NULL };
  static const char *const pictures[] = {
    "vqgan.gumbelf8-sber.model", "vae/vqgan.gumbelf8-sber.model", "vqgan", NULL,
  };
  static const char *const vocabularies[] = { "bpe.model", "tokenizer/bpe.model", NULL };
  const char *vocabulary = vc_drawing_choose (import, vocabularies);
  g_autoptr(VcPlan) stage1 = NULL;
  g_autoptr(VcPlan) stage2 = NULL;
  g_autoptr(GString) text = NULL;
  VcCheckpoint *codes;
  Rudalle rudalle = { 0 };

  /* what cannot be opened may be of another kind, which will say so */
  if (!vc_drawing_open (import, stems, &rudalle.checkpoint, NULL) || rudalle.checkpoint == NULL ||
      vc_drawing_find (rudalle.checkpoint, "transformer.layers.0.attention.query_key_value.weight") == NULL)
    return TRUE;

  if (vc_drawing_choose (import, (const char *const[]) { "pytorch_model_v3.bin", NULL }) == NULL &&
      vc_drawing_choose (import, (const char *const[]) { "pytorch_model_v2.bin", NULL }) != NULL)
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL, "this is ruDALL-E's second version, and only the third "
                           "can be run: pytorch_model_v3.bin");
      return FALSE;
    }

  if (!vc_drawing_open (import, pictures, &codes, error))
    return FALSE;
  if (codes == NULL || vocabulary == NULL)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "this is ruDALL-E's drawing half, and “%s” is not beside it: "
                   "%s has it", codes == NULL ? "vqgan.gumbelf8-sber.model.ckpt" : "bpe.model",
                   codes == NULL ? "sberbank-ai/rudalle-utils" : "shonenkov/rudalle-utils");
      return FALSE;
    }
  if (!vc_drawing_measure_vqgan (&rudalle.vqgan, codes) || !measure (&rudalle, import))
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                           "these weights have names of ruDALL-E, but shapes of none");
      return FALSE;
    }

  stage1 = vc_drawing_plan_vqgan (&rudalle.vqgan);
  stage2 = plan_stage2 (&rudalle);
  if (!vc_plan_check (stage1, error) || !vc_plan_check (stage2, error))
    return FALSE;

  text = describe (&rudalle);
  vc_import_add_copy (import, "bpe.model", vocabulary);
  vc_drawing_add (import, text, g_steal_pointer (&stage1), g_steal_pointer (&stage2));

  return TRUE;
}
