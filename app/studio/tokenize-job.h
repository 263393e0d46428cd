/* tokenize-job.h: a text as the numbers that a model reads, for a thread that waits for them */
#pragma once

#include "studio/job.h"

G_BEGIN_DECLS

#define VIG_TYPE_TOKENIZE_JOB (vig_tokenize_job_get_type ())
G_DECLARE_FINAL_TYPE (VigTokenizeJob, vig_tokenize_job, VIG, TOKENIZE_JOB, VigJob)

VigJob  *vig_tokenize_job_new     (const char     *model,
                                   const char     *text);
/* Waits until the job has run, or was given up. */
guint32 *vig_tokenize_job_wait    (VigTokenizeJob *self,
                                   guint          *n_ids,
                                   GError        **error);
/* It will not run: whoever waits hears G_IO_ERROR_CANCELLED. */
void     vig_tokenize_job_give_up (VigTokenizeJob *self);

G_END_DECLS
