/* job-bar.h: the button in the header bar that lists the jobs */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define VIG_TYPE_JOB_BAR (vig_job_bar_get_type ())

G_DECLARE_FINAL_TYPE (VigJobBar, vig_job_bar, VIG, JOB_BAR, GtkWidget)

/* @jobs: of VigJob, as vig_studio_get_jobs() gives it. The button is there only while there are any. */
void vig_job_bar_set_jobs (VigJobBar  *self,
                           GListModel *jobs);
void vig_job_bar_popup    (VigJobBar  *self);

G_END_DECLS
