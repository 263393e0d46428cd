/* job-bar.h: the button in the header bar with the queue behind it */
#pragma once

#include <gtk/gtk.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_JOB_BAR (vig_job_bar_get_type ())

G_DECLARE_FINAL_TYPE (VigJobBar, vig_job_bar, VIG, JOB_BAR, GtkWidget)

/* The button is there only while there is something to do, or a pause. */
void        vig_job_bar_set_studio (VigJobBar *self,
                                    VigStudio *studio);
void        vig_job_bar_popup      (VigJobBar *self);
/* The list of #VigJobRow. */
GtkListBox *vig_job_bar_get_rows   (VigJobBar *self);

G_END_DECLS
