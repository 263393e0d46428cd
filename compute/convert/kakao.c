/* kakao.c: minDALL-E as Kakao Brain publishes it
 *
 * Names and shapes: kakaobrain/minDALL-E, dalle/models/stage1/vqgan.py, stage2/transformer.py, tokenizer.py. The names
 * are those of this program's own layout. */

#include "convert/drawing.h"

#include <math.h>

#include "tensor/json.h"

typedef struct
{
  VcCheckpoint *checkpoint;
  VcVqganShape  vqgan;
  uint32_t      width;
  uint32_t      heads;
  uint32_t      layers;
  uint32_t      words;
  uint32_t      tokens;
  uint32_t      text_vocab;
  uint32_t      image_vocab;
  uint32_t      pad;
} Kakao;

static gboolean
measure (Kakao    *kakao,
         VcImport *import)
{
  VcCheckpoint *checkpoint = kakao->checkpoint;

  kakao->layers = vc_drawing_count (checkpoint, "blocks.%u.attn.query.weight");
  kakao->text_vocab = vc_drawing_axis (checkpoint, 0, "tok_emb_txt.weight");
  kakao->image_vocab = vc_drawing_axis (checkpoint, 0, "tok_emb_img.weight");
  kakao->width = vc_drawing_axis (checkpoint, 1, "tok_emb_img.weight");
  kakao->words = vc_drawing_axis (checkpoint, 0, "pos_emb_txt.weight");
  kakao->tokens = vc_drawing_axis (checkpoint, 0, "pos_emb_img.weight");
  kakao->heads = vc_drawing_ask (import, (const char *const[]) { "n_heads", NULL }, kakao->width / 64);

  return kakao->layers > 0 && kakao->width > 0 && kakao->text_vocab > 1;
}

static VcPlan *
plan_stage2 (const Kakao *kakao)
{
  static const struct { const char *name; gboolean wide_out; gboolean wide_in; } matrices[] = {
    { "attn.query", FALSE, FALSE }, { "attn.key", FALSE, FALSE }, { "attn.value", FALSE, FALSE },
    { "attn.proj", FALSE, FALSE }, { "mlp.0", TRUE, FALSE }, { "mlp.2", FALSE, TRUE },
  };
  const uint32_t width = kakao->width;
  VcPlan *plan = vc_plan_new (kakao->checkpoint, VC_STORED_F16);

  vc_drawing_copy (plan, "tok_emb_txt", "tok_emb_txt", kakao->text_vocab, width, FALSE);
  vc_drawing_copy (plan, "tok_emb_img", "tok_emb_img", kakao->image_vocab, width, FALSE);
  vc_drawing_copy (plan, "pos_emb_txt", "pos_emb_txt", kakao->words, width, FALSE);
  vc_drawing_copy (plan, "pos_emb_img", "pos_emb_img", kakao->tokens, width, FALSE);
  for (uint32_t layer = 0; layer < kakao->layers; layer++)
    {
      for (guint i = 1; i <= 2; i++)
        {
          g_autofree char *norm = g_strdup_printf ("blocks.%u.ln%u", layer, i);

          vc_drawing_copy (plan, norm, norm, width, 0, TRUE);
        }
      for (guint i = 0; i < G_N_ELEMENTS (matrices); i++)
        {
          g_autofree char *name = g_strdup_printf ("blocks.%u.%s", layer, matrices[i].name);

          vc_drawing_copy (plan, name, name, matrices[i].wide_out ? 4 * width : width,
                           matrices[i].wide_in ? 4 * width : width, TRUE);
        }
    }
  vc_drawing_copy (plan, "ln_f", "ln_f", width, 0, TRUE);
  vc_drawing_copy (plan, "head_txt", "head_txt", kakao->text_vocab, width, FALSE);
  vc_drawing_copy (plan, "head_img", "head_img", kakao->image_vocab, width, FALSE);

  return plan;
}

/* The padding is a symbol of the vocabulary, or was added to it. */
static gboolean
find_pad (Kakao      *kakao,
          VcImport   *import,
          const char *vocabulary,
          GError    **error)
{
  g_autofree char *path = vc_import_build_path (import, vocabulary);
  g_autoptr(VcJson) json = vc_json_load (path, VC_JSON_VOCABULARY, error);

  if (json == NULL)
    return FALSE;

  if (!vc_json_look_up (json, NULL, "[PAD]", &kakao->pad))
    kakao->pad = vc_json_count (json, NULL);

  return vc_json_finish (json, error);
}

static GString *
describe (const Kakao *kakao)
{
  GString *text = g_string_new ("{\n  \"format\": \"mindalle\",\n  \"family\": \"mindalle\",\n");

  vc_drawing_describe_vqgan (&kakao->vqgan, (uint32_t) lrint (sqrt (kakao->tokens)), "1e-06", text);
  g_string_append_printf (text,
                          "  \"stage2\": {\n"
                          "    \"file\": \"stage2.safetensors\",\n"
                          "    \"type\": \"gpt\",\n"
                          "    \"embed_dim\": %u,\n"
                          "    \"n_layers\": %u,\n"
                          "    \"n_heads\": %u,\n"
                          "    \"hidden_act\": \"gelu\",\n"
                          "    \"layer_norm_eps\": 1e-05,\n"
                          "    \"ctx_len_txt\": %u,\n"
                          "    \"ctx_len_img\": %u,\n"
                          "    \"vocab_size_txt\": %u,\n"
                          "    \"vocab_size_img\": %u,\n"
                          "    \"head_bias\": false\n"
                          "  },\n"
                          "  \"tokenizer\": { \"type\": \"char_bpe\", \"pad_id\": %u, \"length\": %u },\n"
                          "  \"sampling_defaults\": { \"temperature\": 1, \"top_k\": 256 },\n"
                          "  \"pixels\": \"clamp(x*0.5+0.5, 0, 1)\"\n"
                          "}\n",
                          kakao->width, kakao->layers, kakao->heads, kakao->words, kakao->tokens,
                          kakao->text_vocab, kakao->image_vocab, kakao->pad, kakao->words);

  return text;
}

gboolean
vc_import_kakao (VcImport  *import,
                 GError   **error)
{
  static const char *const vocabularies[] = {
    "vocab.json", "bpe-16k-vocab.json", "tokenizer/bpe-16k-vocab.json", "tokenizer/vocab.json", NULL,
  };
  static const char *const merges[] = {
    "merges.txt", "bpe-16k-merges.txt", "tokenizer/bpe-16k-merges.txt", "tokenizer/merges.txt", NULL,
  };
  const char *vocabulary = vc_drawing_choose (import, vocabularies);
  const char *merge = vc_drawing_choose (import, merges);
  g_autoptr(VcPlan) stage1 = NULL;
  g_autoptr(VcPlan) stage2 = NULL;
  g_autoptr(GString) text = NULL;
  VcCheckpoint *pictures;
  Kakao kakao = { 0 };

  if (!vc_drawing_open (import, (const char *const[]) { "stage2_last", "stage2", NULL }, &kakao.checkpoint, error))
    return FALSE;
  if (kakao.checkpoint == NULL ||
      vc_drawing_find (kakao.checkpoint, "blocks.0.attn.query.weight") == NULL)
    return TRUE;

  if (!vc_drawing_open (import, (const char *const[]) { "stage1_last", "stage1", NULL }, &pictures, error))
    return FALSE;
  if (pictures == NULL || vocabulary == NULL || merge == NULL)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "this is minDALL-E's second stage, and “%s” is not beside it",
                   pictures == NULL ? "stage1_last.ckpt"
                   : vocabulary == NULL ? "tokenizer/bpe-16k-vocab.json" : "tokenizer/bpe-16k-merges.txt");
      return FALSE;
    }
  if (!vc_drawing_measure_vqgan (&kakao.vqgan, pictures) || !measure (&kakao, import))
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                           "these weights have names of minDALL-E, but shapes of none");
      return FALSE;
    }
  if (!find_pad (&kakao, import, vocabulary, error))
    return FALSE;

  stage1 = vc_drawing_plan_vqgan (&kakao.vqgan);
  stage2 = plan_stage2 (&kakao);
  if (!vc_plan_check (stage1, error) || !vc_plan_check (stage2, error))
    return FALSE;

  text = describe (&kakao);
  vc_import_add_copy (import, "vocab.json", vocabulary);
  vc_import_add_copy (import, "merges.txt", merge);
  vc_drawing_add (import, text, g_steal_pointer (&stage1), g_steal_pointer (&stage2));

  return TRUE;
}
