/* date-rail.c: the months of a long list of pictures, beside its scroll bar: press to go there */

#define G_LOG_DOMAIN "vig-date-rail"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/date-rail.h"

#include "library/library.h"

#define WIDTH      50
#define RECOUNT    300  /* ms: while pictures come in, the months are not counted each time */
#define FEW_YEARS  2    /* so many years or fewer are told by their months */

/* Where a month begins in the list, and which. */
typedef struct
{
  guint  position;
  gint16 year;
  gint8  month;
} Mark;

struct _VigDateRail
{
  GtkWidget parent_instance;

  GListModel    *list;        /* owned; may be NULL */
  GtkAdjustment *adjustment;  /* owned; may be NULL */
  GArray        *marks;       /* owned; of Mark, as the list has them */
  guint          recount;     /* timeout, or 0 */
};

G_DEFINE_FINAL_TYPE (VigDateRail, vig_date_rail, GTK_TYPE_WIDGET)

/* Unix seconds at which the month of @time begins, here. */
static gint64
get_month (gint64  time,
           Mark   *mark)
{
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_local (time);
  g_autoptr(GDateTime) first = NULL;

  if (date == NULL)
    return G_MININT64;

  mark->year = g_date_time_get_year (date);
  mark->month = g_date_time_get_month (date);
  first = g_date_time_new_local (mark->year, mark->month, 1, 0, 0, 0);

  return first != NULL ? g_date_time_to_unix (first) : G_MININT64;
}

static void
update_visible (VigDateRail *self)
{
  const gboolean long_list = self->adjustment != NULL &&
    gtk_adjustment_get_upper (self->adjustment) > 2 * gtk_adjustment_get_page_size (self->adjustment);

  gtk_widget_set_visible (GTK_WIDGET (self), self->marks->len > 1 && long_list);
}

static gboolean
recount_cb (gpointer data)
{
  VigDateRail *self = data;
  const guint count = self->list != NULL ? g_list_model_get_n_items (self->list) : 0;
  gint64 month = G_MAXINT64;
  gint64 before = G_MAXINT64;

  self->recount = 0;
  g_array_set_size (self->marks, 0);
  for (guint i = 0; i < count; i++)
    {
      const gint64 time = vig_picture_list_get_time (self->list, i);
      Mark mark = { .position = i };

      if (time == 0 || time > before)
        {
          g_array_set_size (self->marks, 0);  /* not by date */
          break;
        }

      before = time;
      if (time >= month)
        continue;

      month = get_month (time, &mark);
      g_array_append_val (self->marks, mark);
    }

  update_visible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));

  return G_SOURCE_REMOVE;
}

static void
queue_recount (VigDateRail *self)
{
  if (self->recount == 0)
    self->recount = g_timeout_add (RECOUNT, recount_cb, self);
}

void
vig_date_rail_set_list (VigDateRail   *self,
                        GListModel    *list,
                        GtkAdjustment *adjustment)
{
  g_return_if_fail (VIG_IS_DATE_RAIL (self));

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustment, self);

  g_set_object (&self->list, list);
  g_set_object (&self->adjustment, adjustment);
  if (list != NULL)
    g_signal_connect_object (list, "items-changed", G_CALLBACK (queue_recount), self, G_CONNECT_SWAPPED);
  if (adjustment != NULL)
    g_signal_connect_object (adjustment, "changed", G_CALLBACK (update_visible), self, G_CONNECT_SWAPPED);
  g_clear_handle_id (&self->recount, g_source_remove);
  recount_cb (self);
}

static char *
format_month (const Mark *mark,
              const char *format)
{
  g_autoptr(GDateTime) date = g_date_time_new_local (mark->year, mark->month, 1, 0, 0, 0);

  return g_date_time_format (date, format);
}

char *
vig_date_rail_dup_month (VigDateRail *self,
                         double       fraction)
{
  const Mark *found = NULL;
  guint position;

  g_return_val_if_fail (VIG_IS_DATE_RAIL (self), NULL);

  if (self->list == NULL || self->marks->len == 0)
    return NULL;

  position = (guint) (CLAMP (fraction, 0, 1) * g_list_model_get_n_items (self->list));
  for (guint i = 0; i < self->marks->len; i++)
    {
      const Mark *mark = &g_array_index (self->marks, Mark, i);

      if (mark->position > position)
        break;
      found = mark;
    }

  /* Translators: a month and its year, as strftime() has it. */
  return format_month (found, _("%B %Y"));
}

/* ---- Going there ---- */

static void
go_to (VigDateRail *self,
       double       y)
{
  const double height = gtk_widget_get_height (GTK_WIDGET (self));

  if (self->adjustment != NULL && height > 0)
    gtk_adjustment_set_value (self->adjustment,
                              CLAMP (y / height, 0, 1) * gtk_adjustment_get_upper (self->adjustment));
}

static void
drag_begin_cb (VigDateRail    *self,
               double          x,
               double          y,
               GtkGestureDrag *drag)
{
  go_to (self, y);
}

static void
drag_update_cb (VigDateRail    *self,
                double          x,
                double          y,
                GtkGestureDrag *drag)
{
  double start_x, start_y;

  if (gtk_gesture_drag_get_start_point (drag, &start_x, &start_y))
    go_to (self, start_y + y);
}

/* ---- How it looks ---- */

static void
vig_date_rail_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0000");
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MAX (WIDTH, width + 16) : 0;
  *minimum_baseline = *natural_baseline = -1;
}

static void
vig_date_rail_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  VigDateRail *self = VIG_DATE_RAIL (widget);
  const guint count = g_list_model_get_n_items (self->list);
  const int width = gtk_widget_get_width (widget);
  const int height = gtk_widget_get_height (widget);
  const Mark *newest = NULL;
  const Mark *oldest = NULL;
  double free_from = 0;
  gint16 year = 0;
  GdkRGBA colour;

  if (self->marks->len == 0 || count == 0)
    return;

  newest = &g_array_index (self->marks, Mark, 0);
  oldest = &g_array_index (self->marks, Mark, self->marks->len - 1);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);

  for (guint i = 0; i < self->marks->len; i++)
    {
      const Mark *mark = &g_array_index (self->marks, Mark, i);
      const gboolean months = newest->year - oldest->year < FEW_YEARS;
      const gboolean begins = months || mark->year != year;
      const double y = (double) mark->position / count * height;
      g_autofree char *label = NULL;
      g_autoptr(PangoLayout) layout = NULL;
      int wide, high;

      if (!begins)
        continue;

      /* Translators: a month in short and a year, as strftime() has them, in the little room beside the pictures. */
      label = format_month (mark, months && mark->year == year ? _("%b") : _("%Y"));
      layout = gtk_widget_create_pango_layout (widget, label);
      pango_layout_get_pixel_size (layout, &wide, &high);
      year = mark->year;
      if (y < free_from || y + high > height)
        continue;

      free_from = y + high * 1.4;
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((width - wide) / 2.f, (float) y));
      gtk_snapshot_append_layout (snapshot, layout, &colour);
      gtk_snapshot_restore (snapshot);
    }
}

static void
vig_date_rail_dispose (GObject *object)
{
  VigDateRail *self = VIG_DATE_RAIL (object);

  g_clear_handle_id (&self->recount, g_source_remove);
  g_clear_object (&self->list);
  g_clear_object (&self->adjustment);

  G_OBJECT_CLASS (vig_date_rail_parent_class)->dispose (object);
}

static void
vig_date_rail_finalize (GObject *object)
{
  g_array_unref (VIG_DATE_RAIL (object)->marks);

  G_OBJECT_CLASS (vig_date_rail_parent_class)->finalize (object);
}

static void
vig_date_rail_class_init (VigDateRailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vig_date_rail_dispose;
  object_class->finalize = vig_date_rail_finalize;
  widget_class->measure = vig_date_rail_measure;
  widget_class->snapshot = vig_date_rail_snapshot;

  gtk_widget_class_set_css_name (widget_class, "date-rail");
  /* What it does, the keys of the pictures do too. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
vig_date_rail_init (VigDateRail *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}
