/* bounded.c: a child that never asks for more width than a window of ordinary size has
 *
 * The panes beside it fold when what it asks for does not fit: a grid of sixteen columns would fold them always.
 */

#include "config.h"

#include "ui/bounded.h"

#define BOUND 540

struct _VigBounded
{
  VigHolder parent_instance;
};

G_DEFINE_FINAL_TYPE (VigBounded, vig_bounded, VIG_TYPE_HOLDER)

static void
vig_bounded_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  gtk_widget_measure (gtk_widget_get_first_child (widget), orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, MIN (*natural, BOUND));
}

static void
vig_bounded_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  gtk_widget_size_allocate (gtk_widget_get_first_child (widget), &(GtkAllocation) { 0, 0, width, height },
                            baseline);
}

static GtkSizeRequestMode
vig_bounded_get_request_mode (GtkWidget *widget)
{
  return gtk_widget_get_request_mode (gtk_widget_get_first_child (widget));
}

static void
vig_bounded_class_init (VigBoundedClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = vig_bounded_get_request_mode;
  widget_class->measure = vig_bounded_measure;
  widget_class->size_allocate = vig_bounded_size_allocate;
}

static void
vig_bounded_init (VigBounded *self)
{
}
