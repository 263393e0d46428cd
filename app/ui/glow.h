/* glow.h: a picture, and which part of it speaks for a word */
#pragma once

#include "studio/studio.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_GLOW (vig_glow_get_type ())

G_DECLARE_FINAL_TYPE (VigGlow, vig_glow, VIG, GLOW, GtkWidget)

void     vig_glow_set_studio  (VigGlow    *self,
                               VigStudio  *studio);
/* @texture: (nullable).  @name: said of it to who does not see it */
void     vig_glow_set_picture (VigGlow    *self,
                               GdkTexture *texture,
                               const char *name);
/* Keeps light where the picture in the file @path shows @label, and darkens the rest.  @line: what it is looked for by, as a
 * vocabulary has it */
void     vig_glow_show        (VigGlow    *self,
                               const char *path,
                               const char *label,
                               const char *line);
void     vig_glow_hide        (VigGlow    *self);
/* Whether it is shown now; FALSE while it is being looked for. */
gboolean vig_glow_is_shown    (VigGlow    *self);
/* What it says below, or NULL. */
const char *vig_glow_get_caption (VigGlow *self);

G_END_DECLS
