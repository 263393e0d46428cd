/* job-row.h: one job that waits or runs */
#pragma once

#include <gtk/gtk.h>

#include "studio/job.h"

G_BEGIN_DECLS

#define VIG_TYPE_JOB_ROW (vig_job_row_get_type ())

G_DECLARE_FINAL_TYPE (VigJobRow, vig_job_row, VIG, JOB_ROW, GtkWidget)

GtkWidget *vig_job_row_new (VigJob *job);

G_END_DECLS
