/* test-config.c: what a model's files may say of it, and what is said of those that lie */

#include "model/config.h"

#include <string.h>

#include <glib/gstdio.h>

/* A good file with one thing changed, and what the error names. An empty @from leaves it as it is. */
typedef struct
{
  const char *name;
  const char *from;
  const char *to;
  const char *said;  /* NULL: it is good */
} Change;

static const char good_clip[] =
  "{ 'model_type': 'clip', 'projection_dim': 32,\n"
  "  'text_config': { 'vocab_size': 898, 'hidden_size': 64, 'intermediate_size': 256,\n"
  "    'num_hidden_layers': 2, 'num_attention_heads': 4, 'max_position_embeddings': 77,\n"
  "    'hidden_act': 'quick_gelu', 'layer_norm_eps': 1e-05, 'eos_token_id': 897 },\n"
  "  'vision_config': { 'image_size': 64, 'patch_size': 16, 'num_channels': 3, 'hidden_size': 48,\n"
  "    'intermediate_size': 192, 'num_hidden_layers': 3, 'num_attention_heads': 6,\n"
  "    'hidden_act': 'gelu', 'layer_norm_eps': 1e-06 } }\n";

static const Change clip_changes[] = {
  { "other-kind", "'clip'", "'siglip'", "model_type" },
  { "no-kind", "'model_type': 'clip',", "", "model_type" },
  { "no-sizes", "'vision_config'", "'vision'", "vision_config" },
  { "not-json", "{", "", "config.json" },
  { "text-as-number", "'hidden_size': 64", "'hidden_size': '64'", "text_config.hidden_size" },
  { "zero-width", "'hidden_size': 64", "'hidden_size': 0", "text_config.hidden_size" },
  { "negative", "'num_hidden_layers': 2", "'num_hidden_layers': -1", "text_config.num_hidden_layers" },
  { "huge", "'hidden_size': 48", "'hidden_size': 4294967296", "vision_config.hidden_size" },
  { "many-layers", "'num_hidden_layers': 3", "'num_hidden_layers': 100000",
    "vision_config.num_hidden_layers" },
  { "broken-heads", "'num_attention_heads': 4", "'num_attention_heads': 5",
    "text_config.num_attention_heads" },
  { "thin-heads", "'num_attention_heads': 6", "'num_attention_heads': 24",
    "vision_config.num_attention_heads" },
  { "patch", "'patch_size': 16", "'patch_size': 15", "vision_config.patch_size" },
  { "many-patches", "'image_size': 64, 'patch_size': 16", "'image_size': 2048, 'patch_size': 1",
    "vision_config.patch_size" },
  { "channels", "'num_channels': 3", "'num_channels': 4", "vision_config.num_channels" },
  { "activation", "'quick_gelu'", "'relu'", "text_config.hidden_act" },
  { "epsilon", "1e-06", "0", "vision_config.layer_norm_eps" },
  { "end", "'eos_token_id': 897", "'eos_token_id': 898", "text_config.eos_token_id" },
  { "table", "898, 'hidden_size': 64, 'intermediate_size': 256,\n"
    "    'num_hidden_layers': 2, 'num_attention_heads': 4",
    "1000000, 'hidden_size': 4096, 'num_attention_heads': 64",
    "text_config.vocab_size" },
};

static const char good_dalle[] =
  "{ 'format': 'mindalle',\n"
  "  'stage1': { 'file': 'stage1.safetensors', 'type': 'vqgan', 'resolution': 64, 'in_channels': 3,\n"
  "    'out_ch': 3, 'ch': 128, 'ch_mult': [1, 1, 2], 'num_res_blocks': 1, 'attn_resolutions': [32],\n"
  "    'z_channels': 64, 'embed_dim': 8, 'n_embed': 384, 'double_z': false, 'norm_num_groups': 32,\n"
  "    'norm_eps': 1e-06, 'token_grid': [16, 16] },\n"
  "  'stage2': { 'file': 'stage2.safetensors', 'type': 'gpt', 'embed_dim': 192, 'n_layers': 6,\n"
  "    'n_heads': 4, 'ctx_len_txt': 32, 'ctx_len_img': 256, 'vocab_size_txt': 2048,\n"
  "    'vocab_size_img': 384, 'mlp_ratio': 4, 'hidden_act': 'gelu', 'layer_norm_eps': 1e-05,\n"
  "    'head_bias': false },\n"
  "  'tokenizer': { 'type': 'clip_bpe', 'vocab': 'vocab.json', 'merges': 'merges.txt',\n"
  "    'lowercase': true, 'add_start': false, 'add_end': false, 'pad_id': 2047, 'eos_id': 2046,\n"
  "    'length': 32 },\n"
  "  'sampling_defaults': { 'temperature': 0.6, 'top_k': 32, 'guidance': 1.5 },\n"
  "  'pixels': 'clamp(x*0.5+0.5, 0, 1)' }\n";

static const Change dalle_changes[] = {
  { "other-kind", "'mindalle'", "'dall-e-9'", "format" },
  { "no-kind", "'format': 'mindalle',", "", "format" },
  { "cut", "'pixels': 'clamp(x*0.5+0.5, 0, 1)' }", "", "config.json" },
  { "no-width", "'embed_dim': 192,", "", "stage2.embed_dim" },
  { "outside", "'stage1.safetensors'", "'../../stage1.safetensors'", "stage1.file" },
  { "no-gan", "'vqgan'", "'dvae'", "stage1.type" },
  { "heads", "'n_heads': 4", "'n_heads': 7", "stage2.n_heads" },
  { "groups", "'norm_num_groups': 32", "'norm_num_groups': 48", "stage1.norm_num_groups" },
  { "no-levels", "[1, 1, 2]", "[]", "stage1.ch_mult" },
  { "nine-levels", "[1, 1, 2]", "[1, 1, 1, 1, 1, 1, 1, 1, 1]", "stage1.ch_mult" },
  { "wide-middle", "[1, 1, 2]", "[1, 1, 64]", "stage1.ch_mult" },
  { "odd", "'resolution': 64", "'resolution': 66", "stage1.resolution" },
  { "grid", "[16, 16]", "[16, 15]", "stage1.token_grid" },
  { "long-grid", "[16, 16]", "[16, 16, 16]", "stage1.token_grid" },
  { "tokens", "'ctx_len_img': 256", "'ctx_len_img': 255", "stage2.ctx_len_img" },
  { "codes", "'n_embed': 384", "'n_embed': 383", "stage2.vocab_size_img" },
  { "far-gaze", "'resolution': 64", "'resolution': 1024", "stage1.attn_resolutions" },
  { "bias", "'head_bias': false", "'head_bias': true", NULL },
  { "start", "'add_start': false", "'add_start': true", "tokenizer.add_start" },
  { "length", "'length': 32", "'length': 31", "tokenizer.length" },
  { "pad", "'pad_id': 2047", "'pad_id': 2048", "tokenizer.pad_id" },
  { "cold", "'temperature': 0.6", "'temperature': 0", "sampling_defaults.temperature" },
  { "pixels", "x*0.5+0.5", "x*x", "pixels" },
  { "plain-pixels", "clamp(x*0.5+0.5, 0, 1)", "clamp(x, 0, 1)", NULL },
};

/* What models of other families have, put into the same file. */
static const Change family_changes[] = {
  { "listener", "'type': 'gpt'",
    "'type': 'seq2seq', 'encoder_layers': 3, 'start_token': 383, 'gated': true, 'bias': false, "
    "'norm_attention': true, 'norm_embedding': true, 'hidden_dim': 2730", NULL },
  { "no-start", "'type': 'gpt'", "'type': 'seq2seq', 'encoder_layers': 3", "stage2.start_token" },
  { "far-start", "'type': 'gpt'", "'type': 'seq2seq', 'encoder_layers': 3, 'start_token': 4096",
    "stage2.start_token" },
  { "deaf", "'type': 'gpt'", "'type': 'seq2seq', 'start_token': 3", "stage2.encoder_layers" },
  { "views", "'type': 'gpt'", "'type': 'gpt', 'attention': ['row', 'column', 'row', 'row', 'all', 'near']",
    NULL },
  { "five-views", "'type': 'gpt'", "'type': 'gpt', 'attention': ['row', 'column', 'row', 'row', 'all']",
    "stage2.attention" },
  { "odd-view", "'type': 'gpt'", "'type': 'gpt', 'attention': ['row', 'col', 'row', 'row', 'all', 'near']",
    "stage2.attention.1" },
  { "even-kernel", "'type': 'gpt'",
    "'type': 'gpt', 'kernel': 10, 'attention': ['row', 'row', 'row', 'row', 'all', 'near']", "stage2.kernel" },
  { "framed", "'add_start': false, 'add_end': false", "'add_start': true, 'add_end': true", NULL },
  { "counting", "'pad_id': 2047", "'pad_id': 2016, 'pad_counts': true", NULL },
  { "counting-far", "'pad_id': 2047", "'pad_id': 2017, 'pad_counts': true", "tokenizer.pad_id" },
  { "vote", "'type': 'vqgan'", "'type': 'vqgan', 'quantizer': 'gumbel'", NULL },
  { "quantizer", "'type': 'vqgan'", "'type': 'vqgan', 'quantizer': 'lookup-free'", "stage1.quantizer" },
};

static const Change preprocessor_changes[] = {
  { "numbers", "", "", NULL },
  { "objects", "'size': 64, 'crop_size': 64",
    "'size': { 'shortest_edge': 64 }, 'crop_size': { 'height': 64, 'width': 64 }", NULL },
  { "crop", "'crop_size': 64", "'crop_size': 32", "crop_size" },
  { "large", "'size': 64, ", "'size': { 'shortest_edge': 72 }, ", "“size”" },
  { "small", "'size': 64", "'size': 32", "“size”" },
  { "filter", "'resample': 3", "'resample': 2", "resample" },
  { "two-means", "[0.5, 0.5, 0.25]", "[0.5, 0.5]", "image_mean" },
  { "no-deviation", "[1, 1, 0.5]", "[1, 1, 0]", "image_std" },
};

static const char good_preprocessor[] =
  "{ 'size': 64, 'crop_size': 64, 'resample': 3, 'image_mean': [0.5, 0.5, 0.25],\n"
  "  'image_std': [1, 1, 0.5] }\n";

static char *directory;

static void
write_json (const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (path, json, -1, &error));
  g_assert_no_error (error);
}

static void
forget (const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  g_remove (path);
}

static char *
change (const char   *text,
        const Change *c)
{
  g_auto(GStrv) parts = NULL;

  if (*c->from == '\0')
    return g_strdup (text);

  parts = g_strsplit (text, c->from, 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);

  return g_strconcat (parts[0], c->to, parts[1], NULL);
}

static void
check_said (const Change *c,
            gboolean      loaded,
            const GError *error)
{
  if (c->said == NULL)
    {
      g_assert_no_error (error);
      g_assert_true (loaded);
      return;
    }

  g_assert_false (loaded);
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, c->said));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_clip (gconstpointer data)
{
  const Change *c = data;
  g_autofree char *text = change (good_clip, c);
  g_autoptr(GError) error = NULL;
  VcClipConfig config;
  gboolean loaded;

  write_json ("config.json", text);
  forget ("preprocessor_config.json");
  loaded = vc_clip_config_load (&config, directory, &error);
  check_said (c, loaded, error);
}

static void
test_preprocessor (gconstpointer data)
{
  const Change *c = data;
  g_autofree char *text = change (good_preprocessor, c);
  g_autoptr(GError) error = NULL;
  VcClipConfig config;
  gboolean loaded;

  write_json ("config.json", good_clip);
  write_json ("preprocessor_config.json", text);
  loaded = vc_clip_config_load (&config, directory, &error);
  check_said (c, loaded, error);
  if (c->said != NULL)
    return;

  g_assert_cmpfloat (config.mean[2], ==, 0.25);
  g_assert_cmpfloat (config.deviation[2], ==, 0.5);
}

static void
test_dalle (gconstpointer data)
{
  const Change *c = data;
  g_autofree char *text = change (good_dalle, c);
  g_autoptr(GError) error = NULL;
  VcDalleConfig config;
  gboolean loaded;

  write_json ("config.json", text);
  loaded = vc_dalle_config_load (&config, directory, &error);
  check_said (c, loaded, error);
}

static void
test_good_clip (void)
{
  g_autoptr(GError) error = NULL;
  VcClipConfig config;

  write_json ("config.json", good_clip);
  forget ("preprocessor_config.json");
  g_assert_true (vc_clip_config_load (&config, directory, &error));
  g_assert_no_error (error);

  g_assert_cmpuint (config.vision.width, ==, 48);
  g_assert_cmpuint (config.vision.layers, ==, 3);
  g_assert_cmpuint (config.vision.heads, ==, 6);
  g_assert_cmpuint (config.vision.hidden, ==, 192);
  g_assert_cmpint (config.vision.activation, ==, VC_GELU);
  g_assert_cmpfloat (config.vision.epsilon, ==, 1e-6f);
  g_assert_false (config.vision.causal);
  g_assert_cmpuint (config.text.width, ==, 64);
  g_assert_cmpint (config.text.activation, ==, VC_QUICK_GELU);
  g_assert_true (config.text.causal);
  g_assert_cmpuint (config.context, ==, 77);
  g_assert_cmpuint (config.end, ==, 897);
  g_assert_false (config.end_is_largest);
  g_assert_cmpuint (config.width, ==, 32);
  /* OpenAI's, as nothing else is said */
  g_assert_cmpfloat (config.mean[0], ==, 0.48145466f);
  g_assert_cmpfloat (config.deviation[2], ==, 0.27577711f);
}

/* What the sizes of openai/clip-vit-base-patch32 are when a file of today leaves them out. */
static void
test_defaults (void)
{
  g_autoptr(GError) error = NULL;
  VcClipConfig config;

  write_json ("config.json", "{ 'model_type': 'clip', 'vision_config': {}, "
                             "'text_config': { 'eos_token_id': 2 } }");
  g_assert_true (vc_clip_config_load (&config, directory, &error));
  g_assert_no_error (error);

  g_assert_cmpuint (config.vision.width, ==, 768);
  g_assert_cmpuint (config.vision.heads, ==, 12);
  g_assert_cmpuint (config.patch, ==, 32);
  g_assert_cmpuint (config.side, ==, 224);
  g_assert_cmpuint (config.text.width, ==, 512);
  g_assert_cmpuint (config.vocab, ==, 49408);
  g_assert_true (config.end_is_largest);
}

static void
test_good_dalle (void)
{
  g_autoptr(GError) error = NULL;
  VcDalleConfig config;

  write_json ("config.json", good_dalle);
  g_assert_true (vc_dalle_config_load (&config, directory, &error));
  g_assert_no_error (error);

  g_assert_cmpuint (config.rows, ==, 16);
  g_assert_cmpuint (config.columns, ==, 16);
  g_assert_cmpuint (config.vqgan.levels, ==, 3);
  g_assert_cmpuint (config.vqgan.channels[2], ==, 256);
  g_assert_false (config.vqgan.attends[0]);
  g_assert_true (config.vqgan.attends[1]);
  g_assert_cmpuint (vc_vqgan_config_grid (&config.vqgan), ==, 16);
  g_assert_cmpuint (config.gpt.tower.hidden, ==, 768);
  g_assert_cmpint (config.gpt.tower.activation, ==, VC_GELU);
  g_assert_true (config.gpt.tower.causal);
  g_assert_cmpuint (config.pad, ==, 2047);
  g_assert_cmpuint (config.end, ==, 2046);
  g_assert_cmpfloat (config.sampling.temperature, ==, 0.6f);
  g_assert_cmpuint (config.sampling.top_k, ==, 32);
  g_assert_cmpfloat (config.sampling.top_p, ==, 1);
  g_assert_cmpfloat (config.sampling.guidance, ==, 1.5);
}

static void
test_family (void)
{
  g_autofree char *listener = change (good_dalle, &family_changes[0]);
  g_autofree char *views = change (good_dalle, &family_changes[4]);
  g_autoptr(GError) error = NULL;
  VcDalleConfig config;

  write_json ("config.json", listener);
  g_assert_true (vc_dalle_config_load (&config, directory, &error));
  g_assert_cmpuint (config.gpt.listener.layers, ==, 3);
  g_assert_false (config.gpt.listener.causal);
  g_assert_false (config.gpt.listener.crossed);
  g_assert_true (config.gpt.tower.crossed);
  g_assert_true (config.gpt.tower.gated && config.gpt.tower.bare && config.gpt.tower.mix_normed);
  g_assert_false (config.gpt.tower.mlp_normed);
  g_assert_true (config.gpt.greeted);
  g_assert_cmpuint (config.gpt.tower.hidden, ==, 2730);
  g_assert_cmpuint (config.gpt.start, ==, 383);

  write_json ("config.json", views);
  g_assert_true (vc_dalle_config_load (&config, directory, &error));
  g_assert_cmpuint (config.gpt.listener.layers, ==, 0);
  g_assert_cmpuint (config.gpt.views[0], ==, VC_VIEW_ROW);
  g_assert_cmpuint (config.gpt.views[1], ==, VC_VIEW_COLUMN);
  g_assert_cmpuint (config.gpt.views[4], ==, VC_VIEW_ALL);
  g_assert_cmpuint (config.gpt.views[5], ==, VC_VIEW_NEAR);
  g_assert_cmpuint (config.gpt.side, ==, 16);
  g_assert_cmpuint (config.gpt.kernel, ==, 11);
}

static void
test_nothing_there (void)
{
  g_autoptr(GError) error = NULL;
  VcDalleConfig config;

  forget ("config.json");
  g_assert_false (vc_dalle_config_load (&config, directory, &error));
  g_assert_error (error, VC_ERROR, VC_ERROR_BAD_MODEL);
}

static void
add_changes (const char    *subject,
             const Change  *changes,
             gsize          n,
             GTestDataFunc  test)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/unit/config/%s/%s", subject, changes[i].name);

      g_test_add_data_func (path, &changes[i], test);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  directory = g_dir_make_tmp ("vignette-config-XXXXXX", &error);
  g_assert_no_error (error);

  g_test_add_func ("/unit/config/clip/good", test_good_clip);
  g_test_add_func ("/unit/config/clip/defaults", test_defaults);
  add_changes ("clip", clip_changes, G_N_ELEMENTS (clip_changes), test_clip);
  add_changes ("preprocessor", preprocessor_changes, G_N_ELEMENTS (preprocessor_changes),
               test_preprocessor);
  g_test_add_func ("/unit/config/dalle/good", test_good_dalle);
  g_test_add_func ("/unit/config/dalle/nothing-there", test_nothing_there);
  g_test_add_func ("/unit/config/dalle/family", test_family);
  add_changes ("dalle", dalle_changes, G_N_ELEMENTS (dalle_changes), test_dalle);
  add_changes ("dalle", family_changes, G_N_ELEMENTS (family_changes), test_dalle);

  status = g_test_run ();

  forget ("config.json");
  forget ("preprocessor_config.json");
  g_rmdir (directory);

  return status;
}
