/* recipe.c: the numbers that a picture was drawn with, read out of its recipe */

#include "config.h"

#include <glib/gi18n.h>
#include <jansson.h>
#include <math.h>

#include "ui/recipe.h"

static double
get_number (const json_t *recipe,
            const char   *name)
{
  const json_t *value = json_object_get (recipe, name);

  return json_is_number (value) ? json_number_value (value) : NAN;
}

gboolean
vig_recipe_read_numbers (const char        *json,
                         VigRecipeNumbers  *numbers,
                         GError           **error)
{
  json_t *recipe = json != NULL ? json_loads (json, 0, NULL) : NULL;
  double top_k;

  if (!json_is_object (recipe))
    {
      json_decref (recipe);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("This picture does not tell how it was drawn."));
      return FALSE;
    }

  top_k = get_number (recipe, "top_k");
  numbers->temperature = get_number (recipe, "temperature");
  numbers->guidance = get_number (recipe, "guidance");
  numbers->top_k = top_k >= 0 && top_k <= G_MAXINT ? (int) top_k : -1;
  json_decref (recipe);

  return TRUE;
}
