/* prompt-card.h: where a picture is described */
#pragma once

#include "studio/studio.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_PROMPT_CARD (vig_prompt_card_get_type ())

G_DECLARE_FINAL_TYPE (VigPromptCard, vig_prompt_card, VIG, PROMPT_CARD, GtkWidget)

typedef enum
{
  VIG_RECIPE_WORDS   = 1 << 0,
  VIG_RECIPE_SEED    = 1 << 1,
  VIG_RECIPE_NUMBERS = 1 << 2,  /* temperature and its like, and what it was started from */
} VigRecipePart;

/* Signals: "draw": the wish is complete; "draw-next": and goes before all others that wait; "changed": the draft should be kept. */

void           vig_prompt_card_set_up     (VigPromptCard *self,
                                           VigStudio     *studio,
                                           VigTextures   *textures);
/* Lent until the next call; its prompt may stand for several: vig_generate_jobs_new(). Every number that was not touched is the model's own. */
const VigWish *vig_prompt_card_get_wish   (VigPromptCard *self);
void           vig_prompt_card_set_prompt (VigPromptCard *self,
                                           const char    *prompt);
char          *vig_prompt_card_dup_prompt (VigPromptCard *self);
void           vig_prompt_card_set_count  (VigPromptCard *self,
                                           guint          count);
guint          vig_prompt_card_get_count  (VigPromptCard *self);
/* @path: (nullable): the picture to start from */
void           vig_prompt_card_set_start  (VigPromptCard *self,
                                           const char    *path);
/* Takes @parts of the recipe of a made picture over; what is not among them stays as it is. */
gboolean       vig_prompt_card_use_recipe (VigPromptCard *self,
                                           VigPicture    *picture,
                                           VigRecipePart  parts,
                                           GError       **error);
/* Looks which model draws, and what it can do: another may have come. */
void           vig_prompt_card_look       (VigPromptCard *self);
/* Puts an older prompt that was drawn (@step 1), or a newer one (-1), in the place of the words; after the newest come the words
 * that stood there. FALSE if there is none. */
gboolean       vig_prompt_card_recall     (VigPromptCard *self,
                                           int            step);
/* Asks the model for ways to end what was begun. */
void           vig_prompt_card_complete   (VigPromptCard *self);

G_END_DECLS
