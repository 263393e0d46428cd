/* generate-job-private.h: a drawing job, and what stands around while it is drawn */
#pragma once

#include "studio/job-private.h"
#include "studio/tile-private.h"

G_BEGIN_DECLS

struct _VigGenerateJob
{
  VigJob        parent_instance;

  /* Fixed before it is submitted. */
  VigWish       wish;        /* owns its strings; not when resuming, nor with a recipe */
  VigRecipe    *given;       /* owned; the recipe of a variation, or NULL */
  gint64        id;          /* of the job to resume, or 0 */
  int           preview;     /* atomic */

  /* Main context. */
  GListStore   *tiles;       /* owned; of VigTile */
  GPtrArray    *pictures;    /* owned; of VigPicture: the chosen ones */
  char         *prompt;      /* owned; may be NULL until it is known */
  char         *model;       /* owned; may be NULL until it is known */

  /* Under the lock: what the studio's thread has to show. */
  GMutex        lock;
  VigLook      *looks;       /* owned; (n_looks) by index */
  guint         n_looks;
  guint         side;
  guint         n_chosen;
  guint        *order;       /* owned; (n_looks) indices, best first; NULL until it is done */

  VigJobRecord *record;      /* owned; NULL until it is taken; what is in it is the studio's thread's from then on */

  GMutex        writing;     /* while it is taken or left: for as long as the disk needs */
  gboolean      left;        /* under it: it is over, and will not be taken any more */
};

/* What stands around while a job is drawn. */
typedef struct
{
  VigGenerateJob *job;          /* borrowed, as all below but for what says otherwise */
  VigWorkshop    *workshop;
  VigLibrary     *library;
  GCancellable   *cancellable;
  VcDalle        *dalle;
  VcClip         *clip;         /* may be NULL: nobody judges */
  float          *phrase;       /* owned; (width of the clip) the prompt; NULL without a clip */
  guint           columns;
  guint           total;        /* tokens of a picture */
  guint           side;
  gint64          begun_us;
  gint64          preview_us;   /* spent on looks */
  gint64          look_us;      /* what one costs */
  guint           next_look;    /* whose turn it is */
  guint          *looked;       /* owned; (best_of) rows of each picture that the last look painted; NULL before the first */
  gboolean        coloured;     /* the model's colours are known well enough to sketch */
  gint64          saved_us;     /* when tokens were last written down */
  gint64          save_us;      /* what that cost */
} VigEasel;

/* With a record: its tiles show what is in it. */
void       vig_generate_job_show_record (VigGenerateJob *self);

/* How its tokens are drawn: as the recipe says. */
VcSampling vig_easel_get_sampling (const VigEasel *self);

/* Draws, saves and judges the pictures from @first on, those of them that are not finished; at most VC_DRAWING_MAX.
 * Whatever ends it, what is drawn is written down. */
gboolean vig_easel_draw_batch (VigEasel *self,
                               guint     first,
                               guint     count,
                               GError  **error);

G_END_DECLS
