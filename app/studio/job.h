/* job.h: one piece of work that waits, runs and ends, as the window and the command line see it
 *
 * Properties change on the main context only. A job is given to vig_studio_submit(), once.
 */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

typedef enum
{
  VIG_JOB_WAITING,   /* also again, when the studio pauses */
  VIG_JOB_RUNNING,
  VIG_JOB_DONE,
  VIG_JOB_STOPPED,   /* by vig_job_stop(); what was finished stays */
  VIG_JOB_FAILED,
} VigJobState;

#define VIG_TYPE_JOB (vig_job_get_type ())

G_DECLARE_DERIVABLE_TYPE (VigJob, vig_job, VIG, JOB, GObject)

typedef struct _VigWorkshop VigWorkshop;

/**
 * VigJobClass:
 * @urgent: goes before the waiting jobs that are not, and between the steps of a running one
 * @run: does the work, on the studio's thread. FALSE with G_IO_ERROR_CANCELLED when @cancellable stopped it;
 *   other errors may be compute's: where another device can be had it is called again, and goes on from what it has,
 *   else they are put into words for the user. FALSE with G_IO_ERROR_PENDING, of vig_workshop_must_rest(): it waits again, and
 *   is called again when the pause is over
 * @enlist: (nullable): when it was submitted, on a thread for writing: what is to outlive the program is written down. It may
 *   run before, or meanwhile. What fails here fails in @run again, and is told there
 * @withdraw: (nullable): on that thread or the studio's: it is over, without having run or since it was paused
 * @get_id: (nullable): any thread: of the library's drawing job that it is; 0 while it is not written down
 * @publish: (nullable): on the main context: what @run has found so far becomes what the job's lists show.
 *   Always called between the last word of @run and the change of "state".
 */
struct _VigJobClass
{
  GObjectClass parent_class;

  gboolean   urgent;
  gboolean (*run)     (VigJob       *self,
                       VigWorkshop  *workshop,
                       GCancellable *cancellable,
                       GError      **error);
  void     (*enlist)  (VigJob       *self,
                       VigLibrary   *library);
  void     (*withdraw) (VigJob      *self,
                       VigLibrary   *library);
  gint64   (*get_id)  (VigJob       *self);
  void     (*publish) (VigJob       *self);
};

/* Properties: "title" (to show), "fraction" (0 to 1, or -1 while unknown), "status" (one short line or NULL),
 * "state" (int, a VigJobState), "notice" (the last that a user should know of though the work goes on, or NULL). */
const char   *vig_job_get_title    (VigJob *self);
double        vig_job_get_fraction (VigJob *self);
const char   *vig_job_get_status   (VigJob *self);
const char   *vig_job_get_notice   (VigJob *self);
VigJobState   vig_job_get_state    (VigJob *self);
gboolean      vig_job_is_over      (VigJob *self);
/* Why it failed; NULL otherwise. */
const GError *vig_job_get_error    (VigJob *self);
/* Asks it to stop; it does within some hundred milliseconds. Any thread. */
void          vig_job_stop         (VigJob *self);

G_END_DECLS
