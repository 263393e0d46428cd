/* recipe.c: a recipe as text: JSON for programs, a few lines for people */

#define G_LOG_DOMAIN "vig-recipe"

#include "config.h"

#include "library/pixels.h"
#include "library/recipe.h"

#include <glib/gi18n.h>
#include <jansson.h>
#include <math.h>

/* Of a file's name: with a long seed and a copy's number it stays under the 255 bytes of common file systems, and
 * under the 143 of encrypted home folders. */
#define NAME_BYTES 100

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

VigRecipe *
vig_recipe_copy (const VigRecipe *recipe)
{
  VigRecipe *copy = g_memdup2 (recipe, sizeof *recipe);

  copy->prompt = g_strdup (recipe->prompt);
  copy->model = g_strdup (recipe->model);
  copy->model_hash = g_strdup (recipe->model_hash);
  copy->clip = g_strdup (recipe->clip);
  copy->clip_hash = g_strdup (recipe->clip_hash);
  copy->device = g_strdup (recipe->device);
  copy->start = recipe->start != NULL ? g_memdup2 (recipe->start, recipe->keep * sizeof (guint32)) : NULL;
  copy->start_path = g_strdup (recipe->start_path);
  copy->origin = g_strdup (recipe->origin);

  return copy;
}

void
vig_recipe_free (VigRecipe *recipe)
{
  if (recipe == NULL)
    return;

  g_free (recipe->prompt);
  g_free (recipe->model);
  g_free (recipe->model_hash);
  g_free (recipe->clip);
  g_free (recipe->clip_hash);
  g_free (recipe->device);
  g_free (recipe->start);
  g_free (recipe->start_path);
  g_free (recipe->origin);
  g_free (recipe);
}

/* JSON's text must be UTF-8; a prompt from a command line may be anything. */
static void
set_text (json_t     *object,
          const char *key,
          const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  json_object_set_new (object, key, valid != NULL ? json_string (valid) : json_null ());
}

/* JSON's integers are signed here: seeds beyond them are written as text. */
static void
set_seed (json_t     *object,
          const char *key,
          guint64     seed)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);

  json_object_set_new (object, key, seed <= G_MAXINT64 ? json_integer (seed) : json_string (text));
}

/* Neither NaN nor infinity is JSON. */
static void
set_number (json_t     *object,
            const char *key,
            double      number)
{
  json_object_set_new (object, key, isfinite (number) ? json_real (number) : json_null ());
}

static void
set_tokens (json_t        *object,
            const char    *key,
            const guint32 *tokens,
            guint          n_tokens)
{
  json_t *array = json_array ();

  for (guint i = 0; i < n_tokens; i++)
    json_array_append_new (array, json_integer (tokens[i]));
  json_object_set_new (object, key, array);
}

static json_t *
to_object (const VigRecipe *recipe)
{
  json_t *object = json_object ();

  set_text (object, "program", "Vignette");
  set_text (object, "version", APP_VERSION);
  set_text (object, "prompt", recipe->prompt);
  set_text (object, "model", recipe->model);
  set_text (object, "model_hash", recipe->model_hash);
  set_text (object, "clip", recipe->clip);
  set_text (object, "clip_hash", recipe->clip_hash);
  set_text (object, "device", recipe->device);
  set_number (object, "temperature", recipe->temperature);
  json_object_set_new (object, "top_k", recipe->top_k == VIG_TOP_K_USUAL ? json_null () : json_integer (recipe->top_k));
  set_number (object, "top_p", recipe->top_p);
  set_number (object, "guidance", recipe->guidance);
  json_object_set_new (object, "keep", json_integer (recipe->start != NULL ? recipe->keep : 0));
  if (recipe->start != NULL)
    set_tokens (object, "start", recipe->start, recipe->keep);
  if (recipe->origin != NULL)
    set_text (object, "origin", recipe->origin);

  return object;
}

static char *
to_text (json_t *object)
{
  char *text = json_dumps (object, JSON_COMPACT | JSON_REAL_PRECISION (17));
  char *copy = g_strdup (text);

  free (text);

  return copy;
}

char *
vig_recipe_to_json (const VigRecipe *recipe)
{
  g_autoptr(json_t) object = to_object (recipe);

  set_seed (object, "seed", recipe->seed);
  json_object_set_new (object, "count", json_integer (recipe->count));
  json_object_set_new (object, "best_of", json_integer (recipe->best_of));
  json_object_set_new (object, "length", json_integer (recipe->tokens));
  if (recipe->start_path != NULL)
    {
      /* A path may be any bytes, and JSON's text may not. */
      g_autofree char *uri = g_filename_to_uri (recipe->start_path, NULL, NULL);

      set_text (object, "start_from", uri);
      json_object_set_new (object, "start_rows", json_integer (recipe->start_rows));
    }

  return to_text (object);
}

char *
vig_recipe_describe (const VigRecipe *recipe,
                     guint            index,
                     guint            side,
                     const guint32   *tokens,
                     guint            n_tokens)
{
  g_autoptr(json_t) object = to_object (recipe);

  set_seed (object, "seed", recipe->seed + index);
  json_object_set_new (object, "width", json_integer (side));
  json_object_set_new (object, "height", json_integer (side));
  set_tokens (object, "tokens", tokens, n_tokens);

  return to_text (object);
}

static char *
get_text (json_t     *object,
          const char *key)
{
  return g_strdup (json_string_value (json_object_get (object, key)));
}

static guint64
get_seed (json_t     *object,
          const char *key)
{
  json_t *seed = json_object_get (object, key);

  if (json_is_string (seed))
    return g_ascii_strtoull (json_string_value (seed), NULL, 10);

  return (guint64) json_integer_value (seed);
}

static double
get_number (json_t     *object,
            const char *key)
{
  json_t *number = json_object_get (object, key);

  return json_is_number (number) ? json_number_value (number) : NAN;
}

static guint
get_count (json_t     *object,
           const char *key)
{
  return CLAMP (json_integer_value (json_object_get (object, key)), 0, G_MAXINT);
}

/* NULL: there is no list. */
static guint32 *
get_tokens (json_t     *object,
            const char *key,
            guint      *n_tokens)
{
  json_t *list = json_object_get (object, key);
  guint32 *tokens;

  *n_tokens = json_array_size (list);
  if (!json_is_array (list))
    return NULL;

  tokens = g_new0 (guint32, *n_tokens + 1);
  for (guint i = 0; i < *n_tokens; i++)
    tokens[i] = (guint32) CLAMP (json_integer_value (json_array_get (list, i)), 0, G_MAXUINT32);

  return tokens;
}

VigRecipe *
vig_recipe_from_json (const char  *text,
                      GError     **error)
{
  g_autoptr(json_t) object = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  g_autoptr(VigRecipe) recipe = g_new0 (VigRecipe, 1);

  recipe->prompt = get_text (object, "prompt");
  if (recipe->prompt == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The recipe of a drawing cannot be read."));
      return NULL;
    }
  recipe->model = get_text (object, "model");
  recipe->model_hash = get_text (object, "model_hash");
  recipe->clip = get_text (object, "clip");
  recipe->clip_hash = get_text (object, "clip_hash");
  recipe->device = get_text (object, "device");
  recipe->seed = get_seed (object, "seed");
  recipe->count = get_count (object, "count");
  recipe->best_of = get_count (object, "best_of");
  recipe->temperature = get_number (object, "temperature");
  recipe->top_k = json_is_null (json_object_get (object, "top_k")) ? VIG_TOP_K_USUAL : get_count (object, "top_k");
  recipe->top_p = get_number (object, "top_p");
  recipe->guidance = get_number (object, "guidance");
  recipe->tokens = get_count (object, "length");

  const char *uri = json_string_value (json_object_get (object, "start_from"));
  recipe->start_path = uri != NULL ? g_filename_from_uri (uri, NULL, NULL) : NULL;
  recipe->start_rows = get_count (object, "start_rows");

  recipe->start = get_tokens (object, "start", &recipe->keep);
  recipe->origin = get_text (object, "origin");

  return g_steal_pointer (&recipe);
}

VigRecipe *
vig_recipe_parse (const char  *text,
                  guint32    **tokens,
                  guint       *n_tokens)
{
  g_autoptr(json_t) object = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  g_autoptr(VigRecipe) recipe = vig_recipe_from_json (text, NULL);

  *tokens = get_tokens (object, "tokens", n_tokens);
  if (recipe == NULL || *tokens == NULL)
    {
      g_clear_pointer (tokens, g_free);
      return NULL;
    }

  return g_steal_pointer (&recipe);
}

VigRecipe *
vig_recipe_read (const char  *path,
                 guint32    **tokens,
                 guint       *n_tokens)
{
  g_autoptr(VigSaid) said = NULL;
  VigExtent extent;
  const gboolean heard = vig_pixels_look (path, &extent, &said, NULL, NULL);
  const char *text = heard && said->texts != NULL ? g_hash_table_lookup (said->texts, "vignette") : NULL;

  return text != NULL ? vig_recipe_parse (text, tokens, n_tokens) : NULL;
}

/* “key: value”; a value that could be taken for two pairs stands in quotes, as AUTOMATIC1111 writes it. */
static void
add_pair (GString    *line,
          const char *key,
          const char *value)
{
  if (line->len > 0)
    g_string_append (line, ", ");

  if (strpbrk (value, ",:\n\"") == NULL)
    g_string_append_printf (line, "%s: %s", key, value);
  else
    {
      g_autofree char *valid = g_utf8_make_valid (value, -1);
      g_autoptr(json_t) quoted = json_string (valid);
      char *text = json_dumps (quoted, JSON_ENCODE_ANY);

      g_string_append_printf (line, "%s: %s", key, text);
      free (text);
    }
}

static void
add_number (GString    *line,
            const char *key,
            double      number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isfinite (number))
    add_pair (line, key, g_ascii_formatd (text, sizeof text, "%.6g", number));
}

char *
vig_recipe_to_parameters (const VigRecipe *recipe,
                          guint            index,
                          guint            side)
{
  g_autoptr(GString) line = g_string_new (NULL);
  g_autofree char *prompt = g_utf8_make_valid (recipe->prompt, -1);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, recipe->seed + index);
  g_autofree char *size = g_strdup_printf ("%ux%u", side, side);

  add_pair (line, "Seed", seed);
  add_number (line, "Temperature", recipe->temperature);
  add_number (line, "Top-k", recipe->top_k);
  add_number (line, "Top-p", recipe->top_p);
  add_number (line, "Guidance", recipe->guidance);
  add_pair (line, "Size", size);
  add_pair (line, "Model hash", recipe->model_hash != NULL ? recipe->model_hash : "");
  add_pair (line, "Model", recipe->model != NULL ? recipe->model : "");
  add_pair (line, "Version", "Vignette " APP_VERSION);

  return g_strdup_printf ("%s\n%s", prompt, line->str);
}

/* What some file system forbids or a shell mistakes. */
static gboolean
is_good (gunichar c)
{
  return g_unichar_isprint (c) && !g_unichar_isspace (c) && !(c < 128 && strchr ("/\\:*?\"<>|`$", c) != NULL) &&
         c != 0xFFFD && !g_unichar_iszerowidth (c);
}

/* Marks that join letters are no letters by themselves, yet belong to the word. */
static gboolean
is_joined (gunichar c)
{
  return g_unichar_ismark (c) || c == 0x200D || c == 0x200C;
}

char *
vig_recipe_to_name (const VigRecipe *recipe,
                    guint            index,
                    guint            copy)
{
  g_autofree char *valid = g_utf8_make_valid (recipe->prompt, -1);
  g_autofree char *normal = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autoptr(GString) name = g_string_new (NULL);
  gsize last_word = 0;
  gboolean cut = FALSE;

  for (const char *p = normal; *p != '\0' && !cut; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);
      const gsize length = g_utf8_next_char (p) - p;

      if (is_good (c) || (is_joined (c) && name->len > 0))
        {
          /* Not a name that begins like an option, a hidden file or a parent folder. */
          if (name->len == 0 && (c == '-' || c == '.' || c == '~'))
            continue;
          cut = name->len + length > NAME_BYTES;
          if (!cut)
            g_string_append_len (name, p, length);
        }
      else if (name->len > 0 && name->str[name->len - 1] != ' ')
        {
          last_word = name->len;
          g_string_append_c (name, ' ');
        }
    }
  if (cut && last_word > NAME_BYTES / 2)
    g_string_truncate (name, last_word);
  while (name->len > 0 && strchr (" .,;-", name->str[name->len - 1]) != NULL)
    g_string_truncate (name, name->len - 1);
  if (name->len == 0)
    g_string_append (name, "picture");

  g_string_append_printf (name, " %" G_GUINT64_FORMAT, recipe->seed + index);
  if (copy > 1)
    g_string_append_printf (name, " (%u)", copy);
  g_string_append (name, ".png");

  return g_strdup (name->str);
}
