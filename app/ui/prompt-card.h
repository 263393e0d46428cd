/* prompt-card.h: where a picture is described */
#pragma once

#include "studio/studio.h"
#include "ui/textures.h"

G_BEGIN_DECLS

#define VIG_TYPE_PROMPT_CARD (vig_prompt_card_get_type ())

G_DECLARE_FINAL_TYPE (VigPromptCard, vig_prompt_card, VIG, PROMPT_CARD, GtkWidget)

/* Signals: "draw": the wish is complete; "changed": the draft should be kept. */

void           vig_prompt_card_set_up     (VigPromptCard *self,
                                           VigStudio     *studio,
                                           VigTextures   *textures);
/* Lent until the next call; every number that was not touched is the model's own. */
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
/* Takes prompt, seed and numbers over from the recipe of a made picture. */
gboolean       vig_prompt_card_use_recipe (VigPromptCard *self,
                                           VigPicture    *picture,
                                           GError       **error);
/* Puts an older prompt that was drawn (@step 1), or a newer one (-1), in the place of the words; after the newest come the words
 * that stood there. FALSE if there is none. */
gboolean       vig_prompt_card_recall     (VigPromptCard *self,
                                           int            step);
/* Asks the model for ways to end what was begun. */
void           vig_prompt_card_complete   (VigPromptCard *self);

G_END_DECLS
