/* drop-overlay.h: what to do with files that are dropped on the window */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_DROP_OVERLAY (vig_drop_overlay_get_type ())

G_DECLARE_FINAL_TYPE (VigDropOverlay, vig_drop_overlay, VIG, DROP_OVERLAY, GtkWidget)

typedef enum
{
  VIG_DROP_TAG,
  VIG_DROP_START,
  VIG_DROP_FIND,
} VigDropVerb;

/* Signal: "dropped" (int verb, GStrv paths). */

/* Shows itself while files are dragged over @widget. */
void     vig_drop_overlay_watch (VigDropOverlay *self,
                                 GtkWidget      *widget);
/* What a zone does with a list of GFile. */
gboolean vig_drop_overlay_take  (VigDropOverlay *self,
                                 VigDropVerb     verb,
                                 GSList         *files);
/* The same choice about files that are here already, by buttons.  @tags: they may be tagged */
void     vig_drop_overlay_offer (VigDropOverlay *self,
                                 char          **paths,
                                 gboolean        tags);
gboolean vig_drop_overlay_is_offering (VigDropOverlay *self);
void     vig_drop_overlay_dismiss (VigDropOverlay *self);

G_END_DECLS
