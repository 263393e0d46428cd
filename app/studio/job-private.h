/* job-private.h: what the kinds of jobs and the studio's thread say to a job */
#pragma once

#include "studio/job.h"
#include "studio/workshop.h"

G_BEGIN_DECLS

/* Before the job is submitted. Takes @title. */
void          vig_job_take_title      (VigJob       *self,
                                       char         *title);
GCancellable *vig_job_get_cancellable (VigJob       *self);
/* vig_job_stop() was called: a user wants no more of it; cancelled without that, the program is closing. */
gboolean      vig_job_was_stopped     (VigJob       *self);

/* The studio's thread: how far it is; @format may be NULL. Notifies some times a second at most. */
void          vig_job_report          (VigJob       *self,
                                       double        fraction,
                                       const char   *format,
                                       ...) G_GNUC_PRINTF (3, 4);
/* The studio's thread: a sentence about what went wrong and was mended. */
void          vig_job_notice          (VigJob       *self,
                                       const char   *sentence);
/* Any thread: there is something to publish. */
void          vig_job_touch           (VigJob       *self);

/* The studio: runs the job to its end, on its thread, which is this one. FALSE: it pauses, and waits again. */
gboolean      vig_job_run             (VigJob       *self,
                                       VigWorkshop  *workshop);
/* The studio: it was put into the queue; it was taken out of it, and is over. */
void          vig_job_enlist          (VigJob       *self,
                                       VigLibrary   *library);
void          vig_job_withdraw        (VigJob       *self,
                                       VigLibrary   *library);
gint64        vig_job_get_id          (VigJob       *self);
/* The studio, main thread: publishes at once, for when the main context will not run again. */
void          vig_job_publish         (VigJob       *self);

G_END_DECLS
