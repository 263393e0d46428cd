/* tag-page-private.h: what tag-page.c and tag-page-keys.c share */
#pragma once

#include "ui/tag-page.h"

#include <adwaita.h>

#include "ui/answers.h"
#include "ui/glow.h"
#include "ui/looks.h"
#include "ui/suggestions.h"
#include "ui/tag-entry.h"
#include "ui/tag-summary.h"
#include "ui/tags-view.h"
#include "ui/word-lists.h"

G_BEGIN_DECLS

struct _VigTagPage
{
  GtkWidget parent_instance;

  VigStudio    *studio;       /* owned */
  VigTextures  *textures;     /* owned */
  VigAnswers   *answers;      /* owned */
  VigLooks     *looks;        /* owned */
  char        **paths;        /* owned */
  guint         current;      /* which of them is shown */
  VigPicture   *picture;      /* owned; its row, NULL until the library has answered */
  gboolean      filled;       /* the suggestions of the current picture are shown */
  GCancellable *cancellable;  /* owned; of what the current picture awaits */

  AdwWindowTitle *title;
  GtkStack       *stack;
  VigGlow        *glow;
  VigTagsView    *tags;
  VigTagEntry    *entry;
  VigWordLists   *lists;
  VigSuggestions *suggestions;
  GtkButton      *accept;
  GtkWidget      *previous;
  GtkWidget      *next;
  VigTagSummary  *summary;
};

/* In tag-page.c. */
gboolean vig_tag_page_shows_picture   (VigTagPage     *self);
void     vig_tag_page_previous        (VigTagPage     *self);
void     vig_tag_page_next            (VigTagPage     *self);

/* In tag-page-keys.c. */
void     vig_tag_page_watch_keys      (VigTagPage     *self);
void     vig_tag_page_install_actions (GtkWidgetClass *klass);

G_END_DECLS
