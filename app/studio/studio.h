/* studio.h: the one thread that computes, with its device, its models and its queue
 *
 * Main thread, but for what says otherwise. The device and the models are opened when a job first needs
 * them; a device that is lost is opened again.
 */
#pragma once

#include "library/library.h"
#include "studio/job.h"

G_BEGIN_DECLS

#define VIG_TYPE_STUDIO (vig_studio_get_type ())

G_DECLARE_FINAL_TYPE (VigStudio, vig_studio, VIG, STUDIO, GObject)

/**
 * vig_studio_new:
 * @device: "auto", "host", "gpu" or an id
 * @models: (nullable) (array zero-terminated=1): names or folders, at most one of each kind; what is not named is
 *   the default: the user's own models first, then those that come with the program
 */
VigStudio  *vig_studio_new        (VigLibrary         *library,
                                   const char         *device,
                                   const char * const *models);
VigLibrary *vig_studio_get_library (VigStudio         *self);
/* What vig_studio_new() was given; may be NULL. Any thread. */
const char * const *vig_studio_get_models (VigStudio  *self);
/* Puts @job at the end of the queue and keeps it until it is over. */
void        vig_studio_submit     (VigStudio          *self,
                                   VigJob             *job);
/* #GListModel of the #VigJob that wait or run, in order: the queue. A drawing in it is written down before it is begun, with its
 * place: after a crash or a quit vig_library_list_interrupted() has them all, in this order. */
GListModel *vig_studio_get_jobs   (VigStudio          *self);
/**
 * vig_studio_move_job:
 * @position: in vig_studio_get_jobs(), where @job is to stand; before the first that waits, or behind the last, is there
 *
 * FALSE: nothing was moved: @job has begun, cannot wait, or stands there already. One up is its position - 1.
 */
gboolean    vig_studio_move_job   (VigStudio          *self,
                                   VigJob             *job,
                                   guint               position);
/* Stops every drawing that waits and has not begun: vig_job_stop() stops one. */
void        vig_studio_stop_waiting (VigStudio        *self);
/**
 * vig_studio_set_paused:
 *
 * In a pause nothing is drawn or looked at, and the memory of models and device is given back ("device-name" is NULL then).
 * A drawing finishes its row of tokens first and writes it down; it waits then, with the fraction that it has, and goes on
 * to the same picture. Searches run all the same. Property "paused": what was asked; nothing works any more when no job
 * of the list is VIG_JOB_RUNNING. Jobs can be submitted, moved and stopped meanwhile.
 */
void        vig_studio_set_paused (VigStudio          *self,
                                   gboolean            paused);
gboolean    vig_studio_get_paused (VigStudio          *self);
/* From now on it pauses while the computer sleeps, and looks at pictures a quarter of the time while it runs on battery or is to
 * save power, unless @spares is FALSE: drawings and searches take all they need. To be called again when that changes. */
void        vig_studio_heed_power (VigStudio          *self,
                                   gboolean            spares);
/* From now on what changes in the library's folders is taken in some seconds later, by jobs of its own. */
void        vig_studio_watch_folders (VigStudio       *self);
/* Asks every job to stop, leaving unfinished drawings to be resumed, and waits for the thread: at most some hundred ms. */
void        vig_studio_close      (VigStudio          *self);

/* The device in use as one sentence for people, or NULL while none is open: “AMD EPYC, 2 threads”. Property "device-name". */
const char *vig_studio_get_device_name (VigStudio     *self);

/* ---- Drawing ---- */

/* One picture of a drawing job, from empty to finished. Notifies on the main context. */
#define VIG_TYPE_TILE (vig_tile_get_type ())
G_DECLARE_FINAL_TYPE (VigTile, vig_tile, VIG, TILE, GObject)

/* Properties: "side", "bytes" (GBytes, RGB, side × side × 3: what it looks like so far, or NULL), "fraction", "picture",
 * "score", "chosen". */
guint64     vig_tile_get_seed     (VigTile *self);
guint       vig_tile_get_side     (VigTile *self);      /* pixels; 0 until the model is known */
GBytes     *vig_tile_get_bytes    (VigTile *self);      /* rows that were not drawn when it was painted are grey */
double      vig_tile_get_fraction (VigTile *self);      /* of its rows that are drawn */
VigPicture *vig_tile_get_picture  (VigTile *self);      /* NULL until it is saved */
/* All tokens of a finished picture, else NULL. */
const guint32 *vig_tile_get_tokens (VigTile *self,
                                    guint   *n_tokens);
double      vig_tile_get_score    (VigTile *self);      /* NaN until judged */
gboolean    vig_tile_get_chosen   (VigTile *self);      /* FALSE: one of the rest; TRUE until it is known */

/* Bytes of a text: from @start on, up to @end. */
typedef struct
{
  gsize start;
  gsize end;
} VigSpan;

/* How the model that draws reads a prompt. */
typedef struct
{
  char   *model;      /* its name */
  char  **languages;  /* that it reads, as BCP 47 has them: “en” */
  GArray *unknown;    /* of VigSpan, in order: words that it has never seen; lexicon.h says how that is known */
} VigReading;

void        vig_reading_free             (VigReading          *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigReading, vig_reading_free)

/* Any thread; blocks on the disk the first time, some 0.1 s, then for less than a millisecond. @text is UTF-8; sets of prompts and
 * several lines are read as they stand. Neither a device nor the weights are opened. */
VigReading *vig_studio_read_prompt       (VigStudio           *self,
                                          const char          *text,
                                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same without blocking. */
void        vig_studio_read_prompt_async (VigStudio           *self,
                                          const char          *text,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
VigReading *vig_studio_read_prompt_finish (VigStudio          *self,
                                          GAsyncResult        *result,
                                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;

#define VIG_TYPE_GENERATE_JOB (vig_generate_job_get_type ())
G_DECLARE_FINAL_TYPE (VigGenerateJob, vig_generate_job, VIG, GENERATE_JOB, VigJob)

/* What the user asked; a NaN or 0 leaves it to the model's own recommendation. */
typedef struct
{
  const char *prompt;
  guint       count;        /* at least 1 */
  guint       best_of;      /* 0: count */
  guint64     seed;
  double      temperature;  /* NaN: default */
  int         top_k;        /* -1: default; 0: all */
  double      top_p;        /* NaN: default */
  double      guidance;     /* NaN: default */
  const char *start;        /* path of a picture to start from, or NULL */
  guint       keep;         /* rows of tokens kept from it, exactly: its own, if it is the model's and nobody has changed it */
} VigWish;

VigJob     *vig_generate_job_new          (const VigWish  *wish);
/**
 * vig_generate_jobs_new:
 * @wish: its prompt may stand for several, as vig_prompts_expand() has it: a set {red,blue}, or a prompt a line
 *
 * One job a prompt, all with the same seeds, to be submitted in this order. What is nothing but white space is one prompt, and
 * so is one that has neither sets nor lines, which stays as it was typed.
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT, in one sentence: these are too many.
 *
 * Returns: (transfer full) (element-type VigGenerateJob): at least one
 */
GPtrArray  *vig_generate_jobs_new         (const VigWish  *wish,
                                           GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/**
 * vig_generate_job_new_variation:
 * @picture: drawn here, or elsewhere by this program
 * @keep: rows of its tokens that are kept from the top, exactly; 0: none, but those that it was itself begun from
 * @count: pictures, with the seeds from @seed on
 *
 * Other pictures by the picture's own recipe: its prompt, its settings, its model, which need not be the one in use. To change one
 * of these make a #VigWish of it, whose start is the picture's file: then too its rows are exactly its own.
 *
 * Returns: (nullable): NULL: it is no picture of ours
 */
VigJob     *vig_generate_job_new_variation (VigPicture    *picture,
                                           guint           keep,
                                           guint           count,
                                           guint64         seed);
/* The same again: its own seed as well. */
VigJob     *vig_generate_job_new_again    (VigPicture     *picture);
/* Rows of tokens that a picture of ours has: what may be kept of it is less. 0: it is none. */
guint       vig_generate_count_rows       (VigPicture     *picture);
/* Goes on with an interrupted job; @id from vig_library_list_interrupted(). */
VigJob     *vig_generate_job_new_resume   (gint64          id);
/* #GListModel of #VigTile; by seed while drawing, the best first at the end. */
GListModel *vig_generate_job_get_tiles    (VigGenerateJob *self);
const char *vig_generate_job_get_prompt   (VigGenerateJob *self);
/* Name of the model that draws; NULL until it is known. */
const char *vig_generate_job_get_model    (VigGenerateJob *self);
/* FALSE: nobody looks at the tiles while they are drawn, and no time is spent on that. Any thread; TRUE at first. */
void        vig_generate_job_set_preview  (VigGenerateJob *self,
                                           gboolean        preview);
/* (element-type VigPicture): the chosen ones, best first, when it is done. */
GPtrArray  *vig_generate_job_get_pictures (VigGenerateJob *self);

/* ---- Tagging ---- */

#define VIG_TYPE_TAG_JOB (vig_tag_job_get_type ())
G_DECLARE_FINAL_TYPE (VigTagJob, vig_tag_job, VIG, TAG_JOB, VigJob)

typedef struct
{
  char    *label;          /* to show: “dog” */
  char    *tag;            /* to keep: “animal/dog”, where the vocabulary says so */
  double   score;          /* probability that the picture shows it, for itself: several may be there, or none; labels.h */
  double   threshold;      /* from which score on it counts as there: the tag's own, or VIG_SURE */
  gboolean taught;         /* known by its pictures, not by its name */
} VigLabel;

/* More probable than not. */
#define VIG_SURE 0.5

typedef struct
{
  char      *path;
  GPtrArray *labels;       /* owned; of VigLabel, likeliest first; NULL if it could not be read */
  guint      n_there;      /* how many of the vocabulary reach their threshold; 0: it is none of these */
  char      *error;        /* owned; why not */
} VigTagged;

/* The lines of a vocabulary file that say something (see vocabulary.h); NULL: of the vocabulary that comes with the program. */
char      **vig_vocabulary_load     (const char         *path,
                                     GError            **error);
/* (element-type filename): the one that comes with the program, then the user's own files, *.txt in the folder
 * “vocabularies” of the profile, which need not be there. Blocks on the disk. */
GPtrArray  *vig_vocabulary_list     (VigProfile         *profile);
char       *vig_vocabulary_dup_folder (VigProfile       *profile);
/* The path of the vocabulary that @name means: a file, or the name of one of those, without its ending. */
char       *vig_vocabulary_find     (VigProfile         *profile,
                                     const char         *name);

/* All that stands in the file, as UTF-8. Of the rest: the file of one's own list of words, never that of the program. Each
 * blocks on the disk. */
char       *vig_vocabulary_read     (const char         *path,
                                     GError            **error);
gboolean    vig_vocabulary_is_included (const char      *path);
/* The name of the file without its ending, to show. */
char       *vig_vocabulary_dup_name (const char         *path);
gboolean    vig_vocabulary_write    (const char         *path,
                                     const char         *text,
                                     GError            **error);
/* A new one, and one with another name. G_IO_ERROR_EXISTS if that is taken.  Returns: the path of the file */
char       *vig_vocabulary_make     (VigProfile         *profile,
                                     const char         *name,
                                     const char         *text,
                                     GError            **error);
char       *vig_vocabulary_rename   (VigProfile         *profile,
                                     const char         *path,
                                     const char         *name,
                                     GError            **error);
gboolean    vig_vocabulary_remove   (const char         *path,
                                     GError            **error);

/* @labels: (nullable): lines as of a vocabulary file; NULL takes the vocabulary that comes with the program, and the tags that
 * were taught.  @top: labels a file. */
VigJob     *vig_tag_job_new         (const char * const *paths,
                                     const char * const *labels,
                                     guint               top);
/* Whether tags that were taught are suggested too; before it runs. Without @labels they are in any case. */
void        vig_tag_job_set_taught  (VigTagJob          *self,
                                     gboolean            taught);
/* (element-type VigTagged): as they come, in the order of the paths. Signal "tagged" (guint index) on the main context. */
GPtrArray  *vig_tag_job_get_results (VigTagJob          *self);
/* Hash of the model that suggests: the source of a tag that is accepted. NULL until there is a result. */
const char *vig_tag_job_get_model_hash (VigTagJob       *self);

/* How sure one tag is of the library's pictures: to choose its threshold by what stands at its border. */
#define VIG_TYPE_RATE_JOB (vig_rate_job_get_type ())
G_DECLARE_FINAL_TYPE (VigRateJob, vig_rate_job, VIG, RATE_JOB, VigJob)

typedef struct
{
  VigPicture *picture;     /* owned */
  double      score;
} VigRated;

/* @tag: a line as of a vocabulary file, or a tag that was taught.  @top: pictures at most */
VigJob     *vig_rate_job_new        (const char         *tag,
                                     guint               top);
/* (element-type VigRated): likeliest first; NULL until it is done */
GPtrArray  *vig_rate_job_get_results (VigRateJob        *self);
/* Its threshold now. */
double      vig_rate_job_get_threshold (VigRateJob      *self);
/* How many of the first reach @threshold: @n each before and after are the border. */
guint       vig_rate_job_count      (VigRateJob         *self,
                                     double              threshold);

/* Where in a picture a label is. Goes before other waiting jobs. */
#define VIG_TYPE_WHERE_JOB (vig_where_job_get_type ())
G_DECLARE_FINAL_TYPE (VigWhereJob, vig_where_job, VIG, WHERE_JOB, VigJob)

/* @label: a line as of a vocabulary file, or a tag that was taught */
VigJob     *vig_where_job_new       (const char         *path,
                                     const char         *label);
/**
 * vig_where_job_get_mask:
 * @width: (out): of the whole picture, upright, in proportion: the mask has its shape
 * @height: (out)
 *
 * (height, width) bytes: 0 where nothing speaks for the label, 255 where most does; what CLIP does not look at, beside the
 * centre square, is 0. Smooth: to be drawn over the picture. NULL until it is done, and where no part speaks for it.
 */
GBytes     *vig_where_job_get_mask  (VigWhereJob        *self,
                                     guint              *width,
                                     guint              *height);

/* ---- Finding ---- */

#define VIG_TYPE_SEARCH_JOB (vig_search_job_get_type ())
G_DECLARE_FINAL_TYPE (VigSearchJob, vig_search_job, VIG, SEARCH_JOB, VigJob)

/**
 * VigSought:
 * @typed: in the language of query.h: words, -words, tag:, folder:, after:, like:FILE and so on; may be NULL
 * @like, @unlike: files of pictures; may be NULL
 * @minus: words not wanted; may be NULL
 * @filter: beside what was typed, both count; may be NULL
 * @top: results loaded; 0 for all; vig_library_load_results() goes on
 *
 * Each of them is copied. Everything wanted is wanted at once.
 */
typedef struct
{
  const char         *typed;
  const char * const *like;
  const char * const *unlike;
  const char * const *minus;
  const VigFilter    *filter;
  guint               top;
  gboolean            by_date;
} VigSought;

/* A search goes before other waiting jobs and between the steps of a running one. */
VigJob     *vig_search_job_new_for     (const VigSought *sought);
/* @text: as typed, or NULL.  @image: path of a picture, or NULL.  @minus: words not wanted, or NULL. */
VigJob     *vig_search_job_new         (const char   *text,
                                        const char   *image,
                                        const char   *minus,
                                        guint         top,
                                        int           kind);
/* Whether it looked for something: words, pictures or filters. What was typed may hold nothing of the kind. */
gboolean    vig_search_job_asks        (VigSearchJob *self);
/* Owned by the job; NULL until it is done. */
VigResults *vig_search_job_get_results (VigSearchJob *self);
/* A sentence, when a model finds that is not the one in use: the new one has not looked at as many pictures. Or NULL. */
const char *vig_search_job_get_remark  (VigSearchJob *self);

/* ---- Indexing ---- */

#define VIG_TYPE_INDEX_JOB (vig_index_job_get_type ())
G_DECLARE_FINAL_TYPE (VigIndexJob, vig_index_job, VIG, INDEX_JOB, VigJob)

/* @folders: (nullable): added and scanned; NULL only gives vectors to pictures that have none. */
VigJob        *vig_index_job_new      (const char * const *folders);
/* The same of all folders that the library has. */
VigJob        *vig_index_job_new_again (void);
/* Owned by the job; NULL until it is over. Failures of decoding are in it. */
const VigScan *vig_index_job_get_scan (VigIndexJob        *self);
/* FALSE until it is over, and where no CLIP was there to look at the pictures. */
gboolean       vig_index_job_has_looked (VigIndexJob      *self);

/* ---- Completing ---- */

#define VIG_TYPE_COMPLETE_JOB (vig_complete_job_get_type ())
G_DECLARE_FINAL_TYPE (VigCompleteJob, vig_complete_job, VIG, COMPLETE_JOB, VigJob)

VigJob             *vig_complete_job_new      (const char     *text,
                                               guint           count,
                                               guint64         seed);
const char * const *vig_complete_job_get_texts (VigCompleteJob *self);

/* ---- Embedding and tokens, for the command line ---- */

#define VIG_TYPE_EMBED_JOB (vig_embed_job_get_type ())
G_DECLARE_FINAL_TYPE (VigEmbedJob, vig_embed_job, VIG, EMBED_JOB, VigJob)

typedef struct
{
  gboolean is_text;
  char    *input;
  float   *vector;         /* owned; (width), or NULL */
  char    *error;          /* owned */
} VigEmbedded;

VigJob     *vig_embed_job_new       (const char * const *texts,
                                     const char * const *paths);
GPtrArray  *vig_embed_job_get_rows  (VigEmbedJob        *self);
guint       vig_embed_job_get_width (VigEmbedJob        *self);
const char *vig_embed_job_get_model (VigEmbedJob        *self);

/* ---- Any thread ---- */

/* Token ids of @text by the tokenizer of @model (name, folder or NULL: the CLIP in use), with start and end tokens. Blocks. */
guint32    *vig_studio_tokenize   (VigStudio   *self,
                                   const char  *model,
                                   const char  *text,
                                   guint       *n_ids,
                                   GError     **error);

/* A device as vc_device_list() tells it. */
typedef struct
{
  char    *id, *name, *kind, *type, *driver, *reason;
  guint64  memory;
  gboolean ok, is_default;
} VigDevice;

void       vig_device_free        (VigDevice *device);
/* (element-type VigDevice). Blocks for some seconds: opens and tests each. */
GPtrArray *vig_studio_list_devices (void);

/* ---- Enlarging ---- */

#define VIG_TYPE_ENLARGE_JOB (vig_enlarge_job_get_type ())
G_DECLARE_FINAL_TYPE (VigEnlargeJob, vig_enlarge_job, VIG, ENLARGE_JOB, VigJob)

/* A picture file and its larger copy, which is a picture of the library among those made here, or why there is none. */
typedef struct
{
  char       *path;
  VigPicture *picture;  /* NULL if it failed */
  char       *error;
} VigEnlarged;

/* @times: 2 or 4 */
VigJob     *vig_enlarge_job_new        (const char * const *paths,
                                        guint               times);
/* (element-type VigEnlarged): one for each path, once the job is over */
GPtrArray  *vig_enlarge_job_get_copies (VigEnlargeJob      *self);

G_END_DECLS
