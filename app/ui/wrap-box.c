/* wrap-box.c: children beside each other, in as many lines as they need */

#include "config.h"

#include "ui/wrap-box.h"

#define SPACING 6

struct _VigWrapBox
{
  VigHolder parent_instance;
};

G_DEFINE_FINAL_TYPE (VigWrapBox, vig_wrap_box, VIG_TYPE_HOLDER)

/* Lays the children out in @width, and gives the height that they need. */
static int
lay_out (VigWrapBox *self,
         int         width,
         gboolean    allocate)
{
  const gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int x = 0, y = 0, line = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkRequisition size;

      if (!gtk_widget_should_layout (child))
        continue;

      gtk_widget_get_preferred_size (child, NULL, &size);
      size.width = MIN (size.width, width);
      if (x > 0 && x + size.width > width)
        {
          x = 0;
          y += line + SPACING;
          line = 0;
        }

      if (allocate)
        gtk_widget_size_allocate (child,
                                  &(GtkAllocation) { rtl ? width - x - size.width : x, y,
                                                     size.width, size.height },
                                  -1);

      x += size.width + SPACING;
      line = MAX (line, size.height);
    }

  return y + line;
}

static GtkSizeRequestMode
vig_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
vig_wrap_box_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  int widest = 0, sum = 0;

  *minimum_baseline = *natural_baseline = -1;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int least, wanted;

      if (!gtk_widget_should_layout (child))
        continue;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &wanted, NULL, NULL);
      widest = MAX (widest, least);
      sum += wanted + (sum > 0 ? SPACING : 0);
    }

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = widest;
      *natural = MAX (sum, widest);
    }
  else
    *minimum = *natural = lay_out (VIG_WRAP_BOX (widget), for_size > 0 ? for_size : MAX (sum, 1), FALSE);
}

static void
vig_wrap_box_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  lay_out (VIG_WRAP_BOX (widget), width, TRUE);
}

static void
vig_wrap_box_class_init (VigWrapBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = vig_wrap_box_get_request_mode;
  widget_class->measure = vig_wrap_box_measure;
  widget_class->size_allocate = vig_wrap_box_size_allocate;
}

static void
vig_wrap_box_init (VigWrapBox *self)
{
}

GtkWidget *
vig_wrap_box_new (void)
{
  return g_object_new (VIG_TYPE_WRAP_BOX, NULL);
}

void
vig_wrap_box_append (VigWrapBox *self,
                     GtkWidget  *child)
{
  g_return_if_fail (VIG_IS_WRAP_BOX (self));

  gtk_widget_set_parent (child, GTK_WIDGET (self));
}
