/* bart.c: DALL·E mini and mega as kuprel/min-dalle publishes them
 *
 * Names and shapes: kuprel/min-dalle, models/dalle_bart_encoder.py, dalle_bart_decoder.py, vqgan_detokenizer.py. What
 * a shape cannot tell is in the configuration that lies beside the weights, or is as min-dalle has it. */

#include "convert/drawing.h"

#include <math.h>

typedef struct
{
  VcCheckpoint *encoder;
  VcCheckpoint *decoder;
  VcVqganShape  vqgan;
  uint32_t      width;
  uint32_t      heads;
  uint32_t      hidden;
  uint32_t      layers[2];   /* encoder's, decoder's */
  uint32_t      vocab[2];
  uint32_t      places[2];
  uint32_t      grid;
  uint32_t      start;
} Bart;

/* ---- what is there ---- */

static gboolean
measure (Bart     *bart,
         VcImport *import)
{
  VcCheckpoint *const halves[] = { bart->encoder, bart->decoder };

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      bart->layers[i] = vc_drawing_count (halves[i], "layers.%u.glu.fc0.weight");
      bart->vocab[i] = vc_drawing_axis (halves[i], 0, "embed_tokens.weight");
      bart->places[i] = vc_drawing_axis (halves[i], 0, "embed_positions.weight");
    }
  bart->width = vc_drawing_axis (bart->decoder, 1, "embed_tokens.weight");
  bart->hidden = vc_drawing_axis (bart->decoder, 0, "layers.0.glu.fc0.weight");
  bart->grid = (uint32_t) lrint (sqrt (bart->places[1]));
  bart->heads = vc_drawing_ask (import, (const char *const[]) { "decoder_attention_heads", "heads", NULL },
                                bart->width / 64);
  /* min-dalle starts with the last code; DALL·E mini's own configuration says otherwise */
  bart->start = vc_drawing_ask (import, (const char *const[]) { "start_token", "decoder_start_token_id", NULL },
                                bart->vqgan.codes - 1);

  return bart->width > 0 && bart->hidden > 0 && bart->layers[0] > 0 && bart->layers[1] > 0 &&
         bart->grid * bart->grid == bart->places[1];
}

/* ---- what is written ---- */

/* Self or cross attention of @block, by our names below @to and theirs below @from. */
static void
plan_attention (VcPlan     *plan,
                const char *to,
                const char *from,
                uint32_t    width)
{
  static const struct { const char *to; const char *from; } names[] = {
    { "query", "q_proj" }, { "key", "k_proj" }, { "value", "v_proj" }, { "proj", "out_proj" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat (to, names[i].to, NULL);
      g_autofree char *source = g_strconcat (from, names[i].from, NULL);

      vc_drawing_copy (plan, name, source, width, width, FALSE);
    }
}

static void
plan_block (const Bart *bart,
            VcPlan     *plan,
            const char *to,
            const char *from,
            gboolean    crossed)
{
#define TO(name) (g_free (ours), ours = g_strconcat (to, name, NULL))
#define FROM(name) (g_free (theirs), theirs = g_strconcat (from, name, NULL))
  const uint32_t width = bart->width;
  const uint32_t hidden = bart->hidden;
  g_autofree char *ours = NULL;
  g_autofree char *theirs = NULL;

  vc_drawing_norm (plan, TO ("ln1"), FROM ("pre_self_attn_layer_norm"), width);
  plan_attention (plan, TO ("attn."), FROM ("self_attn."), width);
  vc_drawing_copy (plan, TO ("ln1_after"), FROM ("self_attn_layer_norm"), width, 0, TRUE);
  if (crossed)
    {
      vc_drawing_norm (plan, TO ("ln_cross"), FROM ("pre_encoder_attn_layer_norm"), width);
      plan_attention (plan, TO ("cross."), FROM ("encoder_attn."), width);
      vc_drawing_copy (plan, TO ("ln_cross_after"), FROM ("encoder_attn_layer_norm"), width, 0, TRUE);
    }
  vc_drawing_norm (plan, TO ("ln2"), FROM ("glu.ln0"), width);
  vc_drawing_copy (plan, TO ("mlp.gate"), FROM ("glu.fc0"), hidden, width, FALSE);
  vc_drawing_copy (plan, TO ("mlp.0"), FROM ("glu.fc1"), hidden, width, FALSE);
  vc_drawing_norm (plan, TO ("mlp.ln"), FROM ("glu.ln1"), hidden);
  vc_drawing_copy (plan, TO ("mlp.2"), FROM ("glu.fc2"), width, hidden, FALSE);
#undef TO
#undef FROM
}

static VcPlan *
plan_words_and_tokens (const Bart *bart)
{
  static const char *const ends[] = { "txt", "img" };
  static const char *const befores[] = { "encoder.", "" };
  VcCheckpoint *const halves[] = { bart->encoder, bart->decoder };
  VcPlan *plan = vc_plan_new (bart->encoder, VC_STORED_F16);

  for (guint half = 0; half < G_N_ELEMENTS (halves); half++)
    {
      g_autofree char *table = g_strconcat ("tok_emb_", ends[half], NULL);
      g_autofree char *places = g_strconcat ("pos_emb_", ends[half], NULL);
      g_autofree char *first = g_strconcat ("ln_emb_", ends[half], NULL);
      g_autofree char *last = g_strconcat (befores[half], "ln_f", NULL);

      vc_plan_turn_to (plan, halves[half]);
      vc_drawing_copy (plan, table, "embed_tokens", bart->vocab[half], bart->width, FALSE);
      vc_drawing_copy (plan, places, "embed_positions", bart->places[half], bart->width, FALSE);
      vc_drawing_copy (plan, first, "layernorm_embedding", bart->width, 0, TRUE);
      vc_drawing_norm (plan, last, "final_ln", bart->width);
      for (uint32_t layer = 0; layer < bart->layers[half]; layer++)
        {
          g_autofree char *to = g_strdup_printf ("%sblocks.%u.", befores[half], layer);
          g_autofree char *from = g_strdup_printf ("layers.%u.", layer);

          plan_block (bart, plan, to, from, half == 1);
        }
    }
  vc_drawing_copy (plan, "head_img", "lm_head", bart->vocab[1], bart->width, FALSE);

  return plan;
}

static GString *
describe (const Bart *bart)
{
  GString *text = g_string_new ("{\n  \"format\": \"mindalle\",\n  \"family\": \"dalle-mini\",\n");

  vc_drawing_describe_vqgan (&bart->vqgan, bart->grid, "1e-05", text);
  g_string_append_printf (text,
                          "  \"stage2\": {\n"
                          "    \"file\": \"stage2.safetensors\",\n"
                          "    \"type\": \"seq2seq\",\n"
                          "    \"embed_dim\": %u,\n"
                          "    \"encoder_layers\": %u,\n"
                          "    \"n_layers\": %u,\n"
                          "    \"n_heads\": %u,\n"
                          "    \"hidden_dim\": %u,\n"
                          "    \"hidden_act\": \"gelu\",\n"
                          "    \"bias\": false,\n"
                          "    \"gated\": true,\n"
                          "    \"norm_embedding\": true,\n"
                          "    \"norm_attention\": true,\n"
                          "    \"layer_norm_eps\": 1e-05,\n"
                          "    \"ctx_len_txt\": %u,\n"
                          "    \"ctx_len_img\": %u,\n"
                          "    \"vocab_size_txt\": %u,\n"
                          "    \"vocab_size_img\": %u,\n"
                          "    \"start_token\": %u\n"
                          "  },\n",
                          bart->width, bart->layers[0], bart->layers[1], bart->heads, bart->hidden,
                          bart->places[0], bart->places[1], bart->vocab[0], bart->vocab[1], bart->start);
  g_string_append_printf (text,
                          "  \"tokenizer\": {\n"
                          "    \"type\": \"bart_bpe\",\n"
                          "    \"add_start\": true,\n"
                          "    \"add_end\": true,\n"
                          "    \"pad_id\": 1,\n"
                          "    \"eos_id\": 2,\n"
                          "    \"length\": %u\n"
                          "  },\n"
                          "  \"sampling_defaults\": { \"temperature\": 1, \"top_k\": 256, \"guidance\": 16 },\n"
                          "  \"pixels\": \"clamp(x, 0, 1)\"\n"
                          "}\n",
                          bart->places[0]);

  return text;
}

gboolean
vc_import_bart (VcImport  *import,
                GError   **error)
{
  static const char *const vocabularies[] = { "vocab.json", "vocab_mini.json", NULL };
  static const char *const merges[] = { "merges.txt", "merges_mini.txt", NULL };
  const char *vocabulary = vc_drawing_choose (import, vocabularies);
  const char *merge = vc_drawing_choose (import, merges);
  g_autoptr(VcPlan) stage1 = NULL;
  g_autoptr(VcPlan) stage2 = NULL;
  g_autoptr(GString) text = NULL;
  VcCheckpoint *detoker;
  Bart bart = { 0 };

  if (!vc_drawing_open (import, (const char *const[]) { "decoder", "decoder_mini", NULL }, &bart.decoder, error))
    return FALSE;
  if (bart.decoder == NULL ||
      vc_drawing_find (bart.decoder, "layers.0.encoder_attn.k_proj.weight") == NULL)
    return TRUE;

  if (!vc_drawing_open (import, (const char *const[]) { "encoder", "encoder_mini", NULL }, &bart.encoder, error) ||
      !vc_drawing_open (import, (const char *const[]) { "detoker", "../vqgan/detoker", NULL }, &detoker, error))
    return FALSE;
  if (bart.encoder == NULL || detoker == NULL || vocabulary == NULL || merge == NULL)
    {
      g_set_error (error, VC_ERROR, VC_ERROR_BAD_MODEL, "this is DALL·E mini's drawing half, and “%s” is not beside "
                   "it: kuprel/min-dalle has encoder.pt, decoder.pt, detoker.pt, vocab.json and merges.txt",
                   bart.encoder == NULL ? "encoder.pt" : detoker == NULL ? "detoker.pt"
                   : vocabulary == NULL ? "vocab.json" : "merges.txt");
      return FALSE;
    }

  if (!vc_drawing_measure_vqgan (&bart.vqgan, detoker) || !measure (&bart, import))
    {
      g_set_error_literal (error, VC_ERROR, VC_ERROR_BAD_MODEL,
                           "these weights have names of DALL·E mini, but shapes of none");
      return FALSE;
    }

  stage1 = vc_drawing_plan_vqgan (&bart.vqgan);
  stage2 = plan_words_and_tokens (&bart);
  if (!vc_plan_check (stage1, error) || !vc_plan_check (stage2, error))
    return FALSE;

  text = describe (&bart);
  vc_import_add_copy (import, "vocab.json", vocabulary);
  vc_import_add_copy (import, "merges.txt", merge);
  vc_drawing_add (import, text, g_steal_pointer (&stage1), g_steal_pointer (&stage2));

  return TRUE;
}
