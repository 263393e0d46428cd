/* numbers.h: seed, choice and the numbers of sampling, each the model's own until somebody changes it */
#pragma once

#include <gtk/gtk.h>

#include "studio/drawer.h"
#include "ui/recipe.h"

G_BEGIN_DECLS

#define VIG_TYPE_NUMBERS (vig_numbers_get_type ())

G_DECLARE_FINAL_TYPE (VigNumbers, vig_numbers, VIG, NUMBERS, GtkWidget)

/* @drawer: (nullable): whose numbers stand where nobody has changed them */
void vig_numbers_set_drawer (VigNumbers           *self,
                             const VigDrawer      *drawer);
/* Its seed and numbers become these; what nobody changed is NaN, -1 or 0 there: the model's own. */
void vig_numbers_fill       (VigNumbers           *self,
                             VigWish              *wish);
void vig_numbers_set_seed   (VigNumbers           *self,
                             guint64               seed);
/* As a picture was drawn. */
void vig_numbers_set_facts  (VigNumbers           *self,
                             const VigRecipeFacts *facts);
/* Everything becomes the model's own, and the seed new each time. */
void vig_numbers_reset      (VigNumbers           *self);
/* Whether any of them is somebody's. */
gboolean vig_numbers_get_changed (VigNumbers      *self);

G_END_DECLS
