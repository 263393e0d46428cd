/* zoom-area.c: a picture that can be looked at closely: scroll and pinch to come closer, drag to move */

#define G_LOG_DOMAIN "vig-zoom-area"

#include "config.h"

#include <math.h>

#include "ui/zoom-area.h"

#define STEP     1.25   /* how much closer one step of the wheel, or one key, comes */
#define CLOSEST  32.0   /* pixels of the screen for one of the picture */
#define SOFTEST  4.0    /* a small picture is not shown larger than this unless somebody asks */

struct _VigZoomArea
{
  GtkWidget parent_instance;

  GdkTexture *texture;  /* owned; may be NULL */
  double      width;    /* of the picture */
  double      height;
  double      zoom;     /* 0: as large as the whole fits in */
  double      x;        /* what is in the middle, as fractions of the picture */
  double      y;
  double      pinched;  /* the zoom when the fingers came down */
  double      drag_x;   /* how far the drag has come that was taken already */
  double      drag_y;
  double      pointer_x;
  double      pointer_y;
  guint       told;     /* idle source that emits "zoomed", or 0 */
};

enum { ZOOMED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigZoomArea, vig_zoom_area, GTK_TYPE_WIDGET)

static double
get_fit (VigZoomArea *self)
{
  const int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  const double wide = gtk_widget_get_width (GTK_WIDGET (self)) * factor / self->width;
  const double high = gtk_widget_get_height (GTK_WIDGET (self)) * factor / self->height;
  const double fit = MIN (wide, high);

  /* Small drawings are shown large, but a thumbnail-sized scan is not blown up to a wall. */
  return MIN (fit, self->width < 512 && self->height < 512 ? 8 * SOFTEST : SOFTEST);
}

double
vig_zoom_area_get_zoom (VigZoomArea *self)
{
  g_return_val_if_fail (VIG_IS_ZOOM_AREA (self), 0);

  return self->zoom > 0 ? self->zoom : self->width > 0 ? get_fit (self) : 0;
}

gboolean
vig_zoom_area_get_fits (VigZoomArea *self)
{
  g_return_val_if_fail (VIG_IS_ZOOM_AREA (self), FALSE);

  return self->zoom == 0;
}

gboolean
vig_zoom_area_has_texture (VigZoomArea *self)
{
  g_return_val_if_fail (VIG_IS_ZOOM_AREA (self), FALSE);

  return self->texture != NULL;
}

/* The size on the screen, in the widget's units. */
static void
get_size (VigZoomArea *self,
          double      *width,
          double      *height)
{
  const double scale = vig_zoom_area_get_zoom (self) / gtk_widget_get_scale_factor (GTK_WIDGET (self));

  *width = self->width * scale;
  *height = self->height * scale;
}

/* Of the fraction of the picture that is in the middle: no more of the emptiness beside it than needed. */
static double
clamp_middle (double middle,
              double size,
              double room)
{
  const double half = size > 0 ? room / size / 2 : 0.5;

  return half >= 0.5 ? 0.5 : CLAMP (middle, half, 1 - half);
}

static void
settle (VigZoomArea *self)
{
  double width, height;

  get_size (self, &width, &height);
  self->x = clamp_middle (self->x, width, gtk_widget_get_width (GTK_WIDGET (self)));
  self->y = clamp_middle (self->y, height, gtk_widget_get_height (GTK_WIDGET (self)));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Comes to @zoom so that what is under (@x, @y) of the widget stays there. */
static void
zoom_at (VigZoomArea *self,
         double       zoom,
         double       x,
         double       y)
{
  const double dx = x - gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  const double dy = y - gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;
  double width, height;

  if (self->texture == NULL)
    return;

  get_size (self, &width, &height);
  self->x += dx / width;
  self->y += dy / height;
  /* Further away than the whole, or than pixel for pixel, is nothing to see. */
  self->zoom = get_fit (self) <= 1 && zoom <= get_fit (self) ? 0 : CLAMP (zoom, MIN (get_fit (self), 1), CLOSEST);
  get_size (self, &width, &height);
  self->x -= dx / width;
  self->y -= dy / height;
  settle (self);
  g_signal_emit (self, signals[ZOOMED], 0);
}

void
vig_zoom_area_set_zoom (VigZoomArea *self,
                        double       zoom)
{
  g_return_if_fail (VIG_IS_ZOOM_AREA (self));

  if (self->texture == NULL)
    return;

  self->zoom = zoom > 0 ? CLAMP (zoom, 1 / CLOSEST, CLOSEST) : 0;
  settle (self);
  g_signal_emit (self, signals[ZOOMED], 0);
}

void
vig_zoom_area_step (VigZoomArea *self,
                    double       steps)
{
  g_return_if_fail (VIG_IS_ZOOM_AREA (self));

  zoom_at (self, vig_zoom_area_get_zoom (self) * pow (STEP, steps),
           gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

gboolean
vig_zoom_area_pan (VigZoomArea *self,
                   double       dx,
                   double       dy)
{
  const double x = self->x;
  const double y = self->y;
  double width, height;

  g_return_val_if_fail (VIG_IS_ZOOM_AREA (self), FALSE);

  if (self->texture == NULL)
    return FALSE;

  get_size (self, &width, &height);
  self->x += dx / width;
  self->y += dy / height;
  settle (self);

  return self->x != x || self->y != y;
}

void
vig_zoom_area_set_texture (VigZoomArea *self,
                           GdkTexture  *texture,
                           guint        width,
                           guint        height,
                           gboolean     keep)
{
  g_return_if_fail (VIG_IS_ZOOM_AREA (self));

  g_set_object (&self->texture, texture);
  self->width = MAX (width, 1);
  self->height = MAX (height, 1);
  if (!keep)
    {
      self->zoom = 0;
      self->x = self->y = 0.5;
    }

  settle (self);
  g_signal_emit (self, signals[ZOOMED], 0);
}

/* ---- What a hand does ---- */

static void
motion_cb (VigZoomArea *self,
           double       x,
           double       y)
{
  self->pointer_x = x;
  self->pointer_y = y;
}

/* A wheel comes closer; two fingers on a touchpad move, and come closer with Control. */
static gboolean
scroll_cb (VigZoomArea              *self,
           double                    dx,
           double                    dy,
           GtkEventControllerScroll *scroll)
{
  const GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));
  const gboolean wheel = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_WHEEL;

  if (wheel || (state & GDK_CONTROL_MASK) != 0)
    zoom_at (self, vig_zoom_area_get_zoom (self) * pow (STEP, wheel ? -dy : -dy / 20), self->pointer_x,
             self->pointer_y);
  else
    vig_zoom_area_pan (self, dx, dy);

  return TRUE;
}

static void
pinch_begin_cb (VigZoomArea *self)
{
  self->pinched = vig_zoom_area_get_zoom (self);
}

static void
pinch_cb (VigZoomArea    *self,
          double          scale,
          GtkGestureZoom *pinch)
{
  double x, y;

  if (!gtk_gesture_get_bounding_box_center (GTK_GESTURE (pinch), &x, &y))
    return;

  zoom_at (self, self->pinched * scale, x, y);
}

static void
drag_begin_cb (VigZoomArea *self)
{
  self->drag_x = self->drag_y = 0;
}

static void
drag_cb (VigZoomArea *self,
         double       x,
         double       y)
{
  vig_zoom_area_pan (self, self->drag_x - x, self->drag_y - y);
  self->drag_x = x;
  self->drag_y = y;
}

static void
pressed_cb (VigZoomArea *self,
            int          n_press,
            double       x,
            double       y)
{
  if (n_press != 2)
    return;

  if (self->zoom == 0)
    zoom_at (self, MAX (1.0, get_fit (self) * 2), x, y);
  else
    vig_zoom_area_set_zoom (self, 0);
}

static void
vig_zoom_area_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  VigZoomArea *self = VIG_ZOOM_AREA (widget);
  double width, height;

  if (self->texture == NULL)
    return;

  get_size (self, &width, &height);
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT ((float) (gtk_widget_get_width (widget) / 2.0 - self->x * width),
                                                    (float) (gtk_widget_get_height (widget) / 2.0 - self->y * height),
                                                    (float) width, (float) height));
}

static gboolean
told_cb (gpointer data)
{
  VIG_ZOOM_AREA (data)->told = 0;
  g_signal_emit (data, signals[ZOOMED], 0);

  return G_SOURCE_REMOVE;
}

/* Words may change with it, which no label may do while sizes are given. */
static void
vig_zoom_area_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  VigZoomArea *self = VIG_ZOOM_AREA (widget);

  settle (self);
  if (self->zoom == 0 && self->told == 0)
    self->told = g_idle_add (told_cb, self);
}

static void
vig_zoom_area_dispose (GObject *object)
{
  g_clear_handle_id (&VIG_ZOOM_AREA (object)->told, g_source_remove);
  g_clear_object (&VIG_ZOOM_AREA (object)->texture);

  G_OBJECT_CLASS (vig_zoom_area_parent_class)->dispose (object);
}

static void
vig_zoom_area_class_init (VigZoomAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_zoom_area_dispose;
  widget_class->snapshot = vig_zoom_area_snapshot;
  widget_class->size_allocate = vig_zoom_area_size_allocate;

  signals[ZOOMED] = g_signal_new ("zoomed", VIG_TYPE_ZOOM_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "zoom-area");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add (VigZoomArea        *self,
     GtkEventController *controller,
     const char         *signal,
     GCallback           callback)
{
  g_signal_connect_object (controller, signal, callback, self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
vig_zoom_area_init (VigZoomArea *self)
{
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->width = self->height = 1;
  self->x = self->y = 0.5;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);

  add (self, gtk_event_controller_motion_new (), "motion", G_CALLBACK (motion_cb));
  add (self, gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES), "scroll",
       G_CALLBACK (scroll_cb));
  g_signal_connect_object (pinch, "begin", G_CALLBACK (pinch_begin_cb), self, G_CONNECT_SWAPPED);
  add (self, GTK_EVENT_CONTROLLER (pinch), "scale-changed", G_CALLBACK (pinch_cb));
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  add (self, GTK_EVENT_CONTROLLER (drag), "drag-update", G_CALLBACK (drag_cb));
  add (self, GTK_EVENT_CONTROLLER (gtk_gesture_click_new ()), "pressed", G_CALLBACK (pressed_cb));
}
