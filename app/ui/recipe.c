/* recipe.c: what a picture was drawn with, read out of its recipe */

#include "config.h"

#include <glib/gi18n.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "ui/recipe.h"

void
vig_recipe_facts_free (VigRecipeFacts *facts)
{
  if (facts == NULL)
    return;

  g_free (facts->model);
  g_free (facts);
}

static double
get_number (const json_t *recipe,
            const char   *name)
{
  const json_t *value = json_object_get (recipe, name);

  return json_is_number (value) ? json_number_value (value) : NAN;
}

static guint
get_count (const json_t *recipe,
           const char   *name)
{
  const double number = get_number (recipe, name);

  return number >= 0 && number <= G_MAXINT ? (guint) number : 0;
}

/* No prompt looks like it: its quotation marks are escaped. */
gboolean
vig_recipe_is_variation (const char *json)
{
  return json != NULL && strstr (json, "\"origin\":\"") != NULL;
}

VigRecipeFacts *
vig_recipe_facts_read (const char  *json,
                       GError     **error)
{
  json_t *recipe = json != NULL ? json_loads (json, 0, NULL) : NULL;
  VigRecipeFacts *facts = NULL;
  double top_k;

  if (!json_is_object (recipe))
    {
      json_decref (recipe);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("This picture does not tell how it was drawn."));
      return NULL;
    }

  facts = g_new0 (VigRecipeFacts, 1);
  top_k = get_number (recipe, "top_k");
  facts->model = g_strdup (json_string_value (json_object_get (recipe, "model")));
  facts->temperature = get_number (recipe, "temperature");
  facts->guidance = get_number (recipe, "guidance");
  facts->top_p = get_number (recipe, "top_p");
  facts->top_k = top_k >= 0 && top_k <= G_MAXINT ? (int) top_k : -1;
  facts->keep = get_count (recipe, "keep");
  facts->tokens = (guint) json_array_size (json_object_get (recipe, "tokens"));
  json_decref (recipe);

  return facts;
}

guint
vig_recipe_facts_count_kept_rows (const VigRecipeFacts *facts)
{
  const guint columns = (guint) lround (sqrt (facts->tokens));

  return columns > 0 ? facts->keep / columns : 0;
}
