/* workshop.h: what stands on the studio's thread: the device, its models, and the words they know
 *
 * Everything here belongs to the studio's thread. What a workshop lends stays valid until
 * vig_workshop_recover() or vig_workshop_close().
 */
#pragma once

#include <vc.h>

#include "library/library.h"
#include "studio/job.h"

G_BEGIN_DECLS

/* Runs jobs that cannot wait, between the steps of another; called by vig_workshop_yield(). */
typedef void (*VigServe) (gpointer data);
/* Told of the device that was opened, in words, or of NULL when it was closed. */
typedef void (*VigOpened) (const char *device_name,
                           gpointer    data);

VigWorkshop *vig_workshop_new          (VigLibrary         *library,
                                        const char         *device,
                                        const char * const *models,
                                        VigServe            serve,
                                        VigOpened           opened,
                                        gpointer            data);
/* Frees the models and the device: on the thread that opened them. */
void         vig_workshop_close        (VigWorkshop        *self);
void         vig_workshop_free         (VigWorkshop        *self);

VigLibrary  *vig_workshop_get_library  (VigWorkshop        *self);
/* The names and folders that the user gave; may be NULL. */
const char * const *vig_workshop_get_models (VigWorkshop   *self);

/* The models and the device are opened when they are first asked for. */
VcDevice    *vig_workshop_get_device   (VigWorkshop        *self,
                                        GError            **error);
VcClip      *vig_workshop_get_clip     (VigWorkshop        *self,
                                        GError            **error);
VcDalle     *vig_workshop_get_dalle    (VigWorkshop        *self,
                                        GError            **error);
/* Names of those that are open; NULL before. */
const char  *vig_workshop_get_clip_name  (VigWorkshop      *self);
const char  *vig_workshop_get_dalle_name (VigWorkshop      *self);

/**
 * vig_workshop_try_clip:
 *
 * The CLIP, for work that can do without one. NULL without an error when there is none, or when the one that is
 * there cannot be used and the user did not ask for it by name; NULL with @error when the user did.
 */
VcClip      *vig_workshop_try_clip     (VigWorkshop        *self,
                                        GError            **error);

/**
 * vig_workshop_try_finder:
 * @instead: (out): %NULL, or the name of a model that finds instead of the CLIP
 *
 * The CLIP to find pictures with: the one of vig_workshop_try_clip(), unless another that is there has looked at more of
 * the pictures. So a search finds what it found while a new model is still looking. NULL as there.
 */
VcClip      *vig_workshop_try_finder   (VigWorkshop        *self,
                                        const char        **instead,
                                        GError            **error);

/* Opens the device @id instead of the user's choice, until vig_workshop_restore_device(). FALSE if it cannot be
 * had: then the one in use stays. Not while another job waits for this one. */
gboolean     vig_workshop_use_device   (VigWorkshop        *self,
                                        const char         *id);
void         vig_workshop_restore_device (VigWorkshop      *self);
/**
 * vig_workshop_get_dalle_of:
 * @hash: of weights
 *
 * The drawing model with those weights, wherever it is among the models that are there, instead of the user's choice until
 * vig_workshop_restore_device(). NULL without an error: there is none. Not while another job waits for this one.
 */
VcDalle     *vig_workshop_get_dalle_of (VigWorkshop        *self,
                                        const char         *hash,
                                        GError            **error);

/* Between two steps of a long job: jobs that cannot wait run now. */
void         vig_workshop_yield        (VigWorkshop        *self);
/* Any thread: the studio pauses, or goes on. */
void         vig_workshop_set_paused   (VigWorkshop        *self,
                                        gboolean            paused);
/* Between two steps, of a job that can go on from what it has: TRUE with G_IO_ERROR_PENDING in a pause. */
gboolean     vig_workshop_must_rest    (VigWorkshop        *self,
                                        GError            **error);
/* Whoever waits for the device gives up soon when @cancellable, which may be NULL, says so: the job's that runs. Returns
 * the one before. Both are borrowed. */
GCancellable *vig_workshop_attend      (VigWorkshop        *self,
                                        GCancellable       *cancellable);
/* Any thread: work that nobody waits for is to leave the computer alone for most of the time, or need not any more. */
void         vig_workshop_set_sparing  (VigWorkshop        *self,
                                        gboolean            sparing);
gboolean     vig_workshop_get_sparing  (VigWorkshop        *self);
/* A VcStep; its data is the job's cancellable. */
gboolean     vig_workshop_step         (gpointer            cancellable);

/* Bytes that are free on the device; 0 while there is none. */
guint64      vig_workshop_get_free     (VigWorkshop        *self);

/**
 * vig_workshop_spare:
 * @at_once: (inout): how many things @job has the device work on
 *
 * If @error says that there was too little memory for more than one, halves it, clears @error, says so to the user and
 * returns TRUE.
 */
gboolean     vig_workshop_spare        (VigWorkshop        *self,
                                        VigJob             *job,
                                        guint              *at_once,
                                        GError            **error);

/**
 * vig_workshop_recover:
 *
 * The way down: a device that was lost is opened again, once within a job; one that is lost twice, has too little
 * memory or computes what are no numbers gives way to the processor until the job is over. Then the user is told,
 * @error is cleared, and TRUE returned: @job may go on from what it has, with models that it asks for anew. Never for
 * a job that runs between the steps of another, whose models would be freed under it.
 */
gboolean     vig_workshop_recover      (VigWorkshop        *self,
                                        VigJob             *job,
                                        GError            **error);
/* Puts an error of compute into words for the user, as a GIOErrorEnum. */
void         vig_workshop_explain      (VigWorkshop        *self,
                                        GError            **error);
/* The studio: before each job that waits for no other. */
void         vig_workshop_begin        (VigWorkshop        *self);

/* A place for what is made once a model, by name, such as the rows of a vocabulary; emptied with the models. */
GHashTable  *vig_workshop_get_shelf    (VigWorkshop        *self);

G_END_DECLS
