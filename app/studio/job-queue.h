/* job-queue.h: what waits for the studio's thread, in order
 *
 * Any thread. Urgent jobs stand before all others. Every job in it has a reference of the queue's.
 */
#pragma once

#include "studio/job.h"

G_BEGIN_DECLS

typedef struct _VigJobQueue VigJobQueue;

/* Called on the thread that takes jobs when it is about to wait in a pause. */
typedef void (*VigRest) (gpointer data);

VigJobQueue *vig_job_queue_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void         vig_job_queue_free        (VigJobQueue *self);

/* FALSE: it is closed, and nothing was put in. */
gboolean     vig_job_queue_push        (VigJobQueue *self,
                                        VigJob      *job);
/* A job that was taken and paused is the next again. FALSE: it is closed, or somebody has stopped the job meanwhile. */
gboolean     vig_job_queue_put_back    (VigJobQueue *self,
                                        VigJob      *job);
/* TRUE if it waited here. */
gboolean     vig_job_queue_remove      (VigJobQueue *self,
                                        VigJob      *job);
/* Puts a job that waits before another that waits; @before NULL: at the end. FALSE if one of them has begun meanwhile. */
gboolean     vig_job_queue_move        (VigJobQueue *self,
                                        VigJob      *job,
                                        VigJob      *before);
/* (element-type VigJob): the one that was taken last, then those that wait, urgent ones left out */
GPtrArray   *vig_job_queue_list        (VigJobQueue *self) G_GNUC_WARN_UNUSED_RESULT;

/* The next urgent job; NULL if none waits. */
VigJob      *vig_job_queue_take_urgent (VigJobQueue *self) G_GNUC_WARN_UNUSED_RESULT;
/* The next job, waited for: in a pause only an urgent one. NULL: the queue is closed. */
VigJob      *vig_job_queue_take        (VigJobQueue *self,
                                        VigRest      rest,
                                        gpointer     data) G_GNUC_WARN_UNUSED_RESULT;

void         vig_job_queue_set_paused  (VigJobQueue *self,
                                        gboolean     paused);
/* Nothing more is put in or taken, but by vig_job_queue_drain(). */
void         vig_job_queue_close       (VigJobQueue *self);
gboolean     vig_job_queue_is_closed   (VigJobQueue *self);
/* One of those left after it was closed; NULL: none. */
VigJob      *vig_job_queue_drain       (VigJobQueue *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
