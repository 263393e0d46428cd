/* model-job.h: a published model becomes one of the user's own */
#pragma once

#include "studio/job.h"
#include "studio/model-files.h"

G_BEGIN_DECLS

#define VIG_TYPE_MODEL_JOB (vig_model_job_get_type ())
G_DECLARE_FINAL_TYPE (VigModelJob, vig_model_job, VIG, MODEL_JOB, VigJob)

/* @path: a file or a folder.  @name: (nullable): what it shall be called.  Stopped, nothing of it stays. */
VigJob              *vig_model_job_new_add   (const char  *path,
                                              const char  *name);
/* @name: one of the catalogue's.  Stopped, what was fetched stays, and the next job goes on. */
VigJob              *vig_model_job_new_download (const char *name);
/* Owned by the job; NULL until it is done. */
const VigModelFiles *vig_model_job_get_files (VigModelJob *self);

G_END_DECLS
