/* recipe.h: a recipe as text: JSON for programs, a few lines for people */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

/* The recipe of a whole job. */
char      *vig_recipe_to_json        (const VigRecipe *recipe) G_GNUC_WARN_UNUSED_RESULT;
VigRecipe *vig_recipe_from_json      (const char      *text,
                                      GError         **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of its picture @index: all that is needed to draw it again, its tokens included. The same drawing gives the same text. */
char      *vig_recipe_describe       (const VigRecipe *recipe,
                                      guint            index,
                                      guint            side,
                                      const guint32   *tokens,
                                      guint            n_tokens) G_GNUC_WARN_UNUSED_RESULT;
/* What vig_recipe_describe() wrote, of a picture with the seed of the recipe; *@tokens (transfer full) may have any number. NULL: it is
 * none of ours. */
VigRecipe *vig_recipe_parse          (const char       *text,
                                      guint32         **tokens,
                                      guint            *n_tokens) G_GNUC_WARN_UNUSED_RESULT;
/* The same of the PNG at @path, which may be anything: only what the file says. */
VigRecipe *vig_recipe_read           (const char       *path,
                                      guint32         **tokens,
                                      guint            *n_tokens) G_GNUC_WARN_UNUSED_RESULT;
/* As other galleries read it: the prompt, then one line of settings. */
char      *vig_recipe_to_parameters  (const VigRecipe *recipe,
                                      guint            index,
                                      guint            side) G_GNUC_WARN_UNUSED_RESULT;
/* A file name for it, readable and good on every file system: “two red apples on a table 7.png”. @copy: 1, then 2 … */
char      *vig_recipe_to_name        (const VigRecipe *recipe,
                                      guint            index,
                                      guint            copy) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
