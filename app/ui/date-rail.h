/* date-rail.h: the months of a long list of pictures, beside its scroll bar */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_DATE_RAIL (vig_date_rail_get_type ())

G_DECLARE_FINAL_TYPE (VigDateRail, vig_date_rail, VIG, DATE_RAIL, GtkWidget)

/* It hides where there is nothing to choose between: a short list, one of a single month, or one in another order. */

/* @list: (nullable): of pictures, newest first.  @adjustment: of what scrolls it */
void  vig_date_rail_set_list  (VigDateRail   *self,
                               GListModel    *list,
                               GtkAdjustment *adjustment);
/* The month at that fraction of the list, in words, or NULL where dates say nothing. */
char *vig_date_rail_dup_month (VigDateRail   *self,
                               double         fraction);

G_END_DECLS
