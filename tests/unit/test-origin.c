/* test-origin.c: how other programs write down what they drew, and what is none of that */

#include "library/origin.h"
#include "library/pixels.h"
#include "profile.h"

typedef struct
{
  const char *name;
  const char *key;
  const char *text;
  const char *program;   /* NULL: it says nothing */
  const char *prompt;
  const char *negative;
  const char *seed;
  const char *model;
} Case;

static const Case cases[] = {
  { "webui", "parameters",
    "a lighthouse, (storm:1.2)\nNegative prompt: people, text\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1234567890123, "
    "Size: 512x512, Model hash: 6ce0161689, Model: v1-5-pruned",
    "Stable Diffusion web UI", "a lighthouse, (storm:1.2)", "people, text", "1234567890123", "v1-5-pruned" },
  { "webui-lines", "parameters",
    "a cat\nwith a hat\n\nNegative prompt: dog\nblurry\nSteps: 30, Seed: 7, Lora hashes: \"a: 1, Seed: 9\", Model: m",
    "Stable Diffusion web UI", "a cat\nwith a hat", "dog\nblurry", "7", "m" },
  { "webui-bare", "parameters", "Steps: 20, Seed: 5", "Stable Diffusion web UI", NULL, NULL, "5", NULL },
  { "webui-no-words", "parameters", "Negative prompt: x\nSteps: 20, Seed: 5", "Stable Diffusion web UI", NULL, "x", "5", NULL },
  { "webui-steps-in-prompt", "parameters", "Steps: of a temple\nSteps: 20, Seed: 5", "Stable Diffusion web UI",
    "Steps: of a temple", NULL, "5", NULL },
  { "exif-comment", "", "two foxes\nSteps: 8, Seed: 3, Model: sdxl", "Stable Diffusion web UI", "two foxes", NULL, "3", "sdxl" },
  { "own-parameters", "parameters", "a red car\nSeed: 9, Temperature: 0.6, Model: first-light, Version: Vignette 1.0",
    "Vignette", "a red car", NULL, "9", "first-light" },
  { "own", "vignette", "{\"program\":\"Vignette\",\"prompt\":\"a red car\",\"seed\":9,\"model\":\"first-light\"}", "Vignette",
    "a red car", NULL, "9", "first-light" },
  { "own-large-seed", "vignette", "{\"prompt\":\"a\",\"seed\":\"18446744073709551615\"}", "Vignette", "a", NULL,
    "18446744073709551615", NULL },
  { "invoke", "invokeai_metadata",
    "{\"app_version\":\"4.2.0\",\"positive_prompt\":\"a fern\",\"negative_prompt\":\"\",\"seed\":42,"
    "\"model\":{\"key\":\"k\",\"name\":\"dreamshaper-8\",\"base\":\"sd-1\"}}",
    "InvokeAI", "a fern", NULL, "42", "dreamshaper-8" },
  { "invoke-3", "invokeai_metadata",
    "{\"positive_prompt\":\"a fern\",\"negative_prompt\":\"moss\",\"seed\":42,\"model\":{\"model_name\":\"sd-1\"}}",
    "InvokeAI", "a fern", "moss", "42", "sd-1" },
  { "invoke-2", "sd-metadata",
    "{\"model_weights\":\"stable-diffusion-1.5\",\"image\":{\"prompt\":[{\"prompt\":\"a pond\",\"weight\":1.0}],\"seed\":77}}",
    "InvokeAI", "a pond", NULL, "77", "stable-diffusion-1.5" },
  { "comfy", "prompt",
    "{\"3\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":156680208700286,\"positive\":[\"6\",0],\"negative\":[\"7\",0]}},"
    "\"4\":{\"class_type\":\"CheckpointLoaderSimple\",\"inputs\":{\"ckpt_name\":\"v1-5.safetensors\"}},"
    "\"6\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"a bottle\",\"clip\":[\"4\",1]}},"
    "\"7\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":\"watermark\",\"clip\":[\"4\",1]}}}",
    "ComfyUI", "a bottle", "watermark", "156680208700286", "v1-5.safetensors" },
  { "comfy-linked", "prompt",
    "{\"10\":{\"class_type\":\"SamplerCustomAdvanced\",\"inputs\":{\"noise\":[\"25\",0],\"guider\":[\"22\",0]}},"
    "\"22\":{\"class_type\":\"BasicGuider\",\"inputs\":{\"conditioning\":[\"26\",0]}},"
    "\"26\":{\"class_type\":\"FluxGuidance\",\"inputs\":{\"guidance\":3.5,\"conditioning\":[\"6\",0]}},"
    "\"6\":{\"class_type\":\"CLIPTextEncode\",\"inputs\":{\"text\":[\"40\",0]}},"
    "\"40\":{\"class_type\":\"PrimitiveString\",\"inputs\":{\"value\":\"an anemone\"}},"
    "\"25\":{\"class_type\":\"RandomNoise\",\"inputs\":{\"noise_seed\":219670278747233}},"
    "\"12\":{\"class_type\":\"UNETLoader\",\"inputs\":{\"unet_name\":\"flux1-dev.safetensors\"}}}",
    "ComfyUI", "an anemone", NULL, "219670278747233", "flux1-dev.safetensors" },
  /* Nodes that lead to themselves end somewhere. */
  { "comfy-circle", "prompt",
    "{\"1\":{\"class_type\":\"A\",\"inputs\":{\"positive\":[\"2\",0],\"seed\":[\"2\",0]}},"
    "\"2\":{\"class_type\":\"B\",\"inputs\":{\"text\":[\"1\",0],\"positive\":[\"1\",0],\"seed\":[\"1\",0]}}}",
    NULL, NULL, NULL, NULL, NULL },
  { "swarm", "parameters",
    "{\"sui_image_params\":{\"prompt\":\"a kiln\",\"negativeprompt\":\"rust\",\"model\":\"Flux/dev\",\"seed\":305223794}}",
    "SwarmUI", "a kiln", "rust", "305223794", "Flux/dev" },
  { "fooocus", "parameters",
    "{\"prompt\":\"a loom\",\"negative_prompt\":\"\",\"seed\":\"8\",\"base_model\":\"juggernaut\",\"version\":\"Fooocus v2.5\"}",
    "Fooocus", "a loom", NULL, "8", "juggernaut" },
  { "novel", "Comment", "{\"prompt\":\"a heron\",\"uc\":\"blurry\",\"seed\":2253955223,\"steps\":28}", "NovelAI", "a heron",
    "blurry", "2253955223", NULL },
  { "not-utf8", "parameters", "caf\xe9\nSteps: 1, Seed: 2", "Stable Diffusion web UI", "caf\xef\xbf\xbd", NULL, "2", NULL },

  { "empty", "parameters", "", NULL, NULL, NULL, NULL, NULL },
  { "camera", "", "ASCII\n  taken on a Tuesday", NULL, NULL, NULL, NULL, NULL },
  { "other-json", "Comment", "{\"a\":[1,2,{\"seed\":{}}]}", NULL, NULL, NULL, NULL, NULL },
  { "list", "prompt", "[1,2,3]", NULL, NULL, NULL, NULL, NULL },
  { "broken-json", "prompt", "{\"3\":{\"class_type\":\"KSampler\"", NULL, NULL, NULL, NULL, NULL },
  { "wrong-kinds", "invokeai_metadata", "{\"positive_prompt\":{\"a\":1},\"seed\":[],\"model\":3}", NULL, NULL, NULL, NULL, NULL },
};

static void
test_text (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(VigOrigin) origin = vig_origin_parse (c->key, c->text);

  if (c->program == NULL)
    {
      g_assert_null (origin);
      return;
    }
  g_assert_nonnull (origin);
  g_assert_cmpstr (origin->program, ==, c->program);
  g_assert_cmpstr (origin->prompt, ==, c->prompt);
  g_assert_cmpstr (origin->negative, ==, c->negative);
  g_assert_cmpstr (origin->seed, ==, c->seed);
  g_assert_cmpstr (origin->model, ==, c->model);
  g_assert_true (g_utf8_validate (origin->text, -1, NULL));
}

static VigOrigin *
read_origin (const char *path)
{
  g_autoptr(VigSaid) said = NULL;
  VigExtent extent;

  return vig_pixels_look (path, &extent, &said, NULL, NULL) ? vig_origin_read (said) : NULL;
}

/* What we draw says so wherever it goes. */
static void
test_own_file (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autoptr(VigProfile) profile = test_make_profile (folder);
  g_autoptr(VigLibrary) library = test_open_library (profile);
  g_autoptr(VigRecipe) recipe = test_make_recipe (1, 77);
  g_autofree guint8 *rgb = test_make_rgb (16, 77);
  guint32 tokens[16];
  g_autoptr(GError) error = NULL;

  test_fill_tokens (tokens, 77);
  const gint64 job = vig_library_begin_job (library, recipe, &error);
  g_autoptr(VigPicture) picture = vig_library_save_made (library, job, 0, rgb, 16, tokens, 16, &error);
  g_assert_no_error (error);

  g_autoptr(VigOrigin) origin = read_origin (vig_picture_get_path (picture));
  g_assert_cmpstr (origin->program, ==, "Vignette");
  g_assert_cmpstr (origin->prompt, ==, recipe->prompt);
  g_assert_cmpstr (origin->seed, ==, "77");
}

/* Any file, even one that is cut off or none at all, is read without harm. */
static void
test_odd_files (void)
{
  g_autofree char *folder = test_make_folder ();
  g_autofree char *good = test_write_picture (folder, "plain.png", 8, 8, 1);
  g_autofree char *photo = test_write_picture (folder, "plain.jpg", 8, 8, 1);
  g_autofree char *words = test_write_file (folder, "words.png", "hello", 5);
  g_autofree char *none = g_build_filename (folder, "none.png", NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_null (read_origin (good));
  g_assert_null (read_origin (photo));
  g_assert_null (read_origin (words));
  g_assert_null (read_origin (none));
  g_assert_null (read_origin (folder));

  g_assert_true (g_file_get_contents (good, &bytes, &size, NULL));
  for (gsize cut = 0; cut < size; cut += 7)
    {
      g_autofree char *part = test_write_file (folder, "part.png", bytes, cut);

      g_assert_null (read_origin (part));
    }
}

int
main (int    argc,
      char **argv)
{
  test_init_library (&argc, &argv);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/origin/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_text);
    }
  g_test_add_func ("/origin/own-file", test_own_file);
  g_test_add_func ("/origin/odd-files", test_odd_files);

  return g_test_run ();
}
