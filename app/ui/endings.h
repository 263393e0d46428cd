/* endings.h: ways to end a sentence, to choose from */
#pragma once

#include <gtk/gtk.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_ENDINGS (vig_endings_get_type ())

G_DECLARE_FINAL_TYPE (VigEndings, vig_endings, VIG, ENDINGS, GtkPopover)

/* Signal: "chosen" (char *text): the whole prompt. */

/* Pops up, and asks the model how @begun could go on. */
void vig_endings_think (VigEndings *self,
                        VigStudio  *studio,
                        const char *begun);
/* Gives up what is being thought of. */
void vig_endings_stop  (VigEndings *self);

G_END_DECLS
