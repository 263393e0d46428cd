/* drawing-view.h: what is being drawn now */
#pragma once

#include <gtk/gtk.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_DRAWING_VIEW (vig_drawing_view_get_type ())

G_DECLARE_FINAL_TYPE (VigDrawingView, vig_drawing_view, VIG, DRAWING_VIEW, GtkWidget)

/* Signal: "opened" (VigPicture): a finished tile was clicked. */

/* Shows what is drawn of its queue. */
void            vig_drawing_view_set_studio (VigDrawingView *self,
                                          VigStudio      *studio);
/* The one that is shown, borrowed, or NULL. */
VigGenerateJob *vig_drawing_view_get_job (VigDrawingView *self);
/* Stops the one that is shown. Returns FALSE if there was nothing to stop. */
gboolean        vig_drawing_view_stop    (VigDrawingView *self);

G_END_DECLS
