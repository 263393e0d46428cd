/* two-pane.c: two children, side by side where there is room, else one above the other */

#include "config.h"

#include "ui/two-pane.h"

#define ROOM      640  /* narrower than this they are stacked */
#define SIDE_PART 340  /* width of the second beside the first */

struct _VigTwoPane
{
  VigHolder parent_instance;
};

G_DEFINE_FINAL_TYPE (VigTwoPane, vig_two_pane, VIG_TYPE_HOLDER)

static void
vig_two_pane_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  const gboolean stacked = orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0 && for_size < ROOM;

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int least, wanted;

      gtk_widget_measure (child, orientation, stacked ? for_size : -1, &least, &wanted, NULL, NULL);
      *minimum = stacked ? *minimum + least : MAX (*minimum, least);
      *natural = stacked || orientation == GTK_ORIENTATION_HORIZONTAL ? *natural + wanted : MAX (*natural, wanted);
    }
}

static void
vig_two_pane_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  GtkWidget *first = gtk_widget_get_first_child (widget);
  GtkWidget *second = first != NULL ? gtk_widget_get_next_sibling (first) : NULL;
  int least = 0;

  if (second == NULL)
    return;

  if (width >= ROOM)
    {
      const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

      gtk_widget_size_allocate (first, &(GtkAllocation) { rtl ? SIDE_PART : 0, 0, width - SIDE_PART, height }, -1);
      gtk_widget_size_allocate (second, &(GtkAllocation) { rtl ? 0 : width - SIDE_PART, 0, SIDE_PART, height }, -1);
      return;
    }

  /* The picture has two fifths of the height; the words scroll in what is left. */
  gtk_widget_measure (first, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
  least = MAX (least, height * 2 / 5);
  gtk_widget_size_allocate (first, &(GtkAllocation) { 0, 0, width, least }, -1);
  gtk_widget_size_allocate (second, &(GtkAllocation) { 0, least, width, MAX (height - least, 0) }, -1);
}

static GtkSizeRequestMode
vig_two_pane_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
vig_two_pane_class_init (VigTwoPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = vig_two_pane_get_request_mode;
  widget_class->measure = vig_two_pane_measure;
  widget_class->size_allocate = vig_two_pane_size_allocate;
}

static void
vig_two_pane_init (VigTwoPane *self)
{
}
