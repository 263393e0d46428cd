/* job-row.h: one job of the queue */
#pragma once

#include <gtk/gtk.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_JOB_ROW (vig_job_row_get_type ())

G_DECLARE_FINAL_TYPE (VigJobRow, vig_job_row, VIG, JOB_ROW, GtkListBoxRow)

GtkWidget *vig_job_row_new     (VigStudio *studio,
                                VigJob    *job);
VigJob    *vig_job_row_get_job (VigJobRow *self);

G_END_DECLS
