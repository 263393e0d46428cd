/* recipe.h: what a picture was drawn with, read out of its recipe */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char    *model;        /* owned; NULL where the recipe does not say */
  double   temperature;  /* NaN where the recipe does not say */
  double   guidance;     /* NaN where the recipe does not say */
  double   top_p;        /* NaN where the recipe does not say */
  int      top_k;        /* -1 where the recipe does not say */
  guint    keep;         /* tokens that it has from a picture it was started from */
  guint    tokens;       /* of the whole picture; 0 where the recipe does not say */
} VigRecipeFacts;

void            vig_recipe_facts_free (VigRecipeFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigRecipeFacts, vig_recipe_facts_free)

/* Whether it is of a variation of another picture; quicker than reading all of it. @json: (nullable) */
gboolean        vig_recipe_is_variation (const char     *json);
/* @json: (nullable): as vig_picture_get_recipe() gives it */
VigRecipeFacts *vig_recipe_facts_read (const char      *json,
                                       GError         **error) G_GNUC_WARN_UNUSED_RESULT;
/* Rows of tokens that it has from a picture it was started from; pictures are as many rows as columns. */
guint           vig_recipe_facts_count_kept_rows (const VigRecipeFacts *facts);

G_END_DECLS
