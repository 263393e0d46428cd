/* zoom-area.h: a picture that can be looked at closely */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_ZOOM_AREA (vig_zoom_area_get_type ())

G_DECLARE_FINAL_TYPE (VigZoomArea, vig_zoom_area, VIG, ZOOM_AREA, GtkWidget)

/* Signal: "zoomed". Scrolls, pinches, drags and double clicks are taken by itself. */

/* @texture: (nullable).  @width, @height: of the picture, which the texture may be a smaller or softer copy of. What is
 * looked at, and how closely, stays when @keep. */
void     vig_zoom_area_set_texture (VigZoomArea *self,
                                    GdkTexture  *texture,
                                    guint        width,
                                    guint        height,
                                    gboolean     keep);
gboolean vig_zoom_area_has_texture (VigZoomArea *self);
/* Pixels of the screen for one of the picture, as it is now. */
double   vig_zoom_area_get_zoom    (VigZoomArea *self);
/* @zoom: 0: as large as the whole fits in */
void     vig_zoom_area_set_zoom    (VigZoomArea *self,
                                    double       zoom);
gboolean vig_zoom_area_get_fits    (VigZoomArea *self);
/* Closer (@steps > 0) or further away. */
void     vig_zoom_area_step        (VigZoomArea *self,
                                    double       steps);
/* Moves what is looked at by that many pixels of the screen; FALSE if there is nothing further there. */
gboolean vig_zoom_area_pan         (VigZoomArea *self,
                                    double       dx,
                                    double       dy);

G_END_DECLS
