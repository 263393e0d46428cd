/* recipe-view.h: how a picture was drawn, and each part of that back into the prompt */
#pragma once

#include <gtk/gtk.h>

#include "library/library.h"

G_BEGIN_DECLS

#define VIG_TYPE_RECIPE_VIEW (vig_recipe_view_get_type ())

G_DECLARE_FINAL_TYPE (VigRecipeView, vig_recipe_view, VIG, RECIPE_VIEW, GtkWidget)

/* @picture: (nullable): hidden for one that was not made here. Its buttons are for win.use-words and its like. */
void vig_recipe_view_set_picture (VigRecipeView *self,
                                  VigLibrary    *library,
                                  VigPicture    *picture);

G_END_DECLS
