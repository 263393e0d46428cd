/* origin.c: what a picture's file says of how it was drawn, by this program or another
 *
 * PNG keys and their contents, as the programs' own documentation and files have them:
 *
 *   vignette            JSON: prompt, seed, model (recipe.c)
 *   parameters          AUTOMATIC1111 and its relatives: the prompt, “Negative prompt: …”, “Steps: 20, Seed: 7, Model: …”;
 *                       SwarmUI: JSON with sui_image_params; Fooocus: JSON, “fooocus_scheme” beside it
 *   invokeai_metadata   InvokeAI 3 and newer: JSON: positive_prompt, negative_prompt, seed, model { name }
 *   sd-metadata         InvokeAI 2: JSON: model_weights, image { prompt [ { prompt } ], seed }
 *   prompt              ComfyUI: JSON: nodes by id, { class_type, inputs }, an input being a value or [node, output];
 *                       Easy Diffusion: plain text, with negative_prompt, seed and use_stable_diffusion_model beside it
 *   Comment             NovelAI: JSON: prompt, uc, seed, “Software” beside it
 *
 * In JPEG and WebP the same texts stand in the EXIF comment.
 */

#define G_LOG_DOMAIN "vig-origin"

#include "config.h"

#include "library/origin.h"


#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/* How many inputs of a ComfyUI graph are looked at in all: nodes may lead in circles. */
#define STEPS_MAX 4096

void
vig_origin_free (VigOrigin *origin)
{
  if (origin == NULL)
    return;

  g_free (origin->program);
  g_free (origin->prompt);
  g_free (origin->negative);
  g_free (origin->seed);
  g_free (origin->model);
  g_free (origin->text);
  g_free (origin);
}

static VigOrigin *
make_origin (const char *program,
             const char *text)
{
  VigOrigin *origin = g_new0 (VigOrigin, 1);

  origin->program = g_strdup (program);
  origin->text = g_strdup (text);

  return origin;
}

/* The text without white space around it; NULL for nothing. */
static char *
tidy (const char *text)
{
  char *copy = text != NULL ? g_strstrip (g_strdup (text)) : NULL;

  if (copy != NULL && *copy == '\0')
    g_clear_pointer (&copy, g_free);

  return copy;
}

/* A text, or a number as text; lists of either by their first. */
static char *
get_text (json_t     *object,
          const char *key)
{
  json_t *value = json_object_get (object, key);

  if (json_is_array (value))
    value = json_array_get (value, 0);
  if (json_is_string (value))
    return tidy (json_string_value (value));
  if (json_is_integer (value))
    return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) json_integer_value (value));

  return NULL;
}

/* A model is named, or described by an object that names it. */
static char *
get_model (json_t     *object,
           const char *key)
{
  json_t *model = json_object_get (object, key);
  char *name = NULL;

  if (json_is_object (model))
    {
      name = get_text (model, "name");
      if (name == NULL)
        name = get_text (model, "model_name");
    }

  return name != NULL ? name : get_text (object, key);
}

/* ---- AUTOMATIC1111 ---- */

/* The value of “KEY: ” in the line of settings, where a value with commas stands in quotes. */
static char *
find_setting (const char *line,
              const char *key)
{
  const gsize length = strlen (key);
  gboolean quoted = FALSE;
  gboolean begins = TRUE;

  for (const char *p = line; *p != '\0'; p++)
    {
      if (begins && !quoted && g_ascii_strncasecmp (p, key, length) == 0 && g_str_has_prefix (p + length, ": "))
        {
          const char *value = p + length + 2;

          if (*value == '"')
            return g_strndup (value + 1, strcspn (value + 1, "\""));

          return g_strndup (value, strcspn (value, ","));
        }
      if (*p == '"')
        quoted = !quoted;
      if (*p != ' ')
        begins = *p == ',';
    }

  return NULL;
}

static VigOrigin *
parse_webui (const char *text)
{
  static const char refusal[] = "\nNegative prompt:";
  g_autofree char *lines = g_strconcat ("\n", text, NULL);
  char *settings = g_strrstr (lines, "\nSteps: ");

  /* Ours, as other galleries read it, begins otherwise. */
  if (settings == NULL)
    settings = g_strrstr (lines, "\nSeed: ");
  if (settings == NULL)
    return NULL;

  g_autoptr(VigOrigin) origin = make_origin ("Stable Diffusion web UI", text);
  *settings++ = '\0';
  char *negative = strstr (lines, refusal);
  g_autofree char *version = find_setting (settings, "Version");

  if (negative != NULL)
    {
      origin->negative = tidy (negative + strlen (refusal));
      *negative = '\0';
    }
  origin->prompt = tidy (lines);
  origin->seed = find_setting (settings, "Seed");
  origin->model = find_setting (settings, "Model");
  if (version != NULL && g_str_has_prefix (version, "Vignette"))
    {
      g_free (origin->program);
      origin->program = g_strdup ("Vignette");
    }

  return g_steal_pointer (&origin);
}

/* ---- ComfyUI ---- */

typedef struct
{
  json_t *nodes;
  guint   steps;  /* left */
} Graph;

/* The inputs of the node that an input comes from; NULL if it is a value. */
static json_t *
follow_link (Graph  *graph,
             json_t *input)
{
  json_t *id = json_is_array (input) ? json_array_get (input, 0) : NULL;
  json_t *node = json_is_string (id) ? json_object_get (graph->nodes, json_string_value (id)) : NULL;

  if (node == NULL || graph->steps == 0)
    return NULL;
  graph->steps--;

  return json_object_get (node, "inputs");
}

/* The words that reach an input: a text of the node it comes from, or of one before that. */
static char *
find_words (Graph  *graph,
            json_t *input)
{
  static const char * const keys[] = {
    "text", "text_g", "positive", "prompt", "string", "value", "text_l", "t5xxl", "clip_l", "conditioning", "conditioning_1",
    "conditioning_to"
  };

  if (json_is_string (input))
    return tidy (json_string_value (input));

  json_t *inputs = follow_link (graph, input);

  for (guint i = 0; i < G_N_ELEMENTS (keys) && inputs != NULL; i++)
    {
      char *words = find_words (graph, json_object_get (inputs, keys[i]));

      if (words != NULL)
        return words;
    }

  return NULL;
}

/* A number among the inputs, or the node that gives it. */
static char *
find_seed (Graph  *graph,
           json_t *inputs)
{
  static const char * const keys[] = { "seed", "noise_seed", "noise", "value" };

  for (guint i = 0; i < G_N_ELEMENTS (keys) && inputs != NULL; i++)
    {
      json_t *input = json_object_get (inputs, keys[i]);
      char *seed = json_is_integer (input) ? get_text (inputs, keys[i]) : find_seed (graph, follow_link (graph, input));

      if (seed != NULL)
        return seed;
    }

  return NULL;
}

static char *
find_model (json_t *nodes)
{
  static const char * const keys[] = { "ckpt_name", "unet_name", "model_name", NULL };
  const char *id;
  json_t *node;

  json_object_foreach (nodes, id, node)
    for (guint i = 0; keys[i] != NULL; i++)
      {
        const char *class = json_string_value (json_object_get (node, "class_type"));
        char *name = class != NULL && strstr (class, "Loader") != NULL ? get_text (json_object_get (node, "inputs"), keys[i])
                                                                       : NULL;

        if (name != NULL)
          return name;
      }

  return NULL;
}

static VigOrigin *
parse_nodes (json_t     *nodes,
             const char *text)
{
  g_autoptr(VigOrigin) origin = make_origin ("ComfyUI", text);
  Graph graph = { nodes, STEPS_MAX };
  gboolean ours = FALSE;
  const char *id;
  json_t *node;

  /* Whatever samples has words that are wanted; newer graphs hand them over by a guider. */
  json_object_foreach (nodes, id, node)
    {
      json_t *inputs = json_object_get (node, "inputs");
      json_t *wanted = json_object_get (inputs, "positive");

      ours = ours || json_is_string (json_object_get (node, "class_type"));
      if (wanted == NULL)
        wanted = json_object_get (inputs, "conditioning");
      if (origin->prompt == NULL && json_is_array (wanted))
        {
          origin->prompt = find_words (&graph, wanted);
          origin->negative = find_words (&graph, json_object_get (inputs, "negative"));
        }
      if (origin->seed == NULL)
        origin->seed = find_seed (&graph, inputs);
    }
  if (!ours)
    return NULL;

  origin->model = find_model (nodes);

  return g_steal_pointer (&origin);
}

/* ---- Objects of JSON ---- */

static VigOrigin *
parse_pairs (json_t     *object,
             const char *text,
             const char *program,
             const char *prompt,
             const char *negative,
             const char *model)
{
  VigOrigin *origin = make_origin (program, text);

  origin->prompt = get_text (object, prompt);
  origin->negative = negative != NULL ? get_text (object, negative) : NULL;
  origin->seed = get_text (object, "seed");
  origin->model = model != NULL ? get_model (object, model) : NULL;

  return origin;
}

/* InvokeAI 2: the words are a list of pieces with weights. */
static VigOrigin *
parse_old_invoke (json_t     *object,
                  const char *text)
{
  json_t *image = json_object_get (object, "image");
  json_t *pieces = json_object_get (image, "prompt");
  VigOrigin *origin = make_origin ("InvokeAI", text);

  origin->prompt = json_is_string (pieces) ? tidy (json_string_value (pieces))
                                           : get_text (json_array_get (pieces, 0), "prompt");
  origin->seed = get_text (image, "seed");
  origin->model = get_text (object, "model_weights");

  return origin;
}

static VigOrigin *
parse_object (const char *key,
              json_t     *object,
              const char *text)
{
  json_t *swarm = json_object_get (object, "sui_image_params");

  if (json_is_object (swarm))
    return parse_pairs (swarm, text, "SwarmUI", "prompt", "negativeprompt", "model");
  if (g_str_equal (key, "vignette"))
    return parse_pairs (object, text, "Vignette", "prompt", NULL, "model");
  if (json_object_get (object, "positive_prompt") != NULL)
    return parse_pairs (object, text, "InvokeAI", "positive_prompt", "negative_prompt", "model");
  if (g_str_equal (key, "sd-metadata"))
    return parse_old_invoke (object, text);
  if (json_object_get (object, "uc") != NULL)
    return parse_pairs (object, text, "NovelAI", "prompt", "uc", NULL);
  if (json_object_get (object, "base_model") != NULL && json_object_get (object, "prompt") != NULL)
    return parse_pairs (object, text, "Fooocus", "prompt", "negative_prompt", "base_model");
  if (json_is_string (json_object_get (object, "prompt")) && json_object_get (object, "use_stable_diffusion_model") != NULL)
    return parse_pairs (object, text, "Easy Diffusion", "prompt", "negative_prompt", "use_stable_diffusion_model");

  return parse_nodes (object, text);
}

VigOrigin *
vig_origin_parse (const char *key,
                  const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr(json_t) object = NULL;
  g_autoptr(VigOrigin) origin = NULL;

  g_strstrip (valid);
  /* ComfyUI writes NaN where a node says so, which is no JSON: such a graph says nothing here. */
  if (*valid == '{')
    object = json_loads (valid, 0, NULL);
  if (json_is_object (object))
    origin = parse_object (key, object, valid);
  else if (object == NULL && *valid != '\0')
    origin = parse_webui (valid);

  if (origin == NULL || (origin->prompt == NULL && origin->seed == NULL))
    return NULL;

  return g_steal_pointer (&origin);
}

/* ---- Files ---- */

/* Easy Diffusion's pairs stand in the PNG itself. */
static VigOrigin *
parse_easy (GHashTable *texts)
{
  const char *model = g_hash_table_lookup (texts, "use_stable_diffusion_model");
  const char *prompt = g_hash_table_lookup (texts, "prompt");

  if (model == NULL || prompt == NULL)
    return NULL;

  VigOrigin *origin = make_origin ("Easy Diffusion", prompt);
  origin->prompt = tidy (prompt);
  origin->negative = tidy (g_hash_table_lookup (texts, "negative_prompt"));
  origin->seed = tidy (g_hash_table_lookup (texts, "seed"));
  origin->model = tidy (model);

  return origin;
}

VigOrigin *
vig_origin_read (const VigSaid *said)
{
  /* What says most comes first: ComfyUI's graph stands beside the words of who uses it as a motor. */
  static const char * const keys[] = { "vignette", "invokeai_metadata", "sd-metadata", "parameters", "Comment", "prompt" };
  GHashTable *texts = said != NULL ? said->texts : NULL;
  VigOrigin *origin = NULL;

  if (texts == NULL)
    return said != NULL && said->comment != NULL ? vig_origin_parse ("", said->comment) : NULL;

  origin = parse_easy (texts);
  for (guint i = 0; i < G_N_ELEMENTS (keys) && origin == NULL; i++)
    {
      const char *text = g_hash_table_lookup (texts, keys[i]);

      if (text != NULL)
        origin = vig_origin_parse (keys[i], text);
    }

  return origin;
}
