/* recipe.h: the numbers that a picture was drawn with, read out of its recipe */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  double temperature;  /* NaN where the recipe does not say */
  double guidance;     /* NaN where the recipe does not say */
  int    top_k;        /* -1 where the recipe does not say */
} VigRecipeNumbers;

/* @json: (nullable): as vig_picture_get_recipe() gives it */
gboolean vig_recipe_read_numbers (const char        *json,
                                  VigRecipeNumbers  *numbers,
                                  GError           **error);

G_END_DECLS
