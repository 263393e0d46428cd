/* library.h: everything that is remembered: pictures, jobs, tags, vectors
 *
 * The one face of the room. All functions may be called on any thread and block on the disk unless
 * named _async: the window calls only those and the lists. "changed" is emitted on the main context, at
 * most some times a second, after anything a list could show has changed, by this process or another.
 *
 * Errors are G_IO_ERROR codes with one sentence for the user: NO_SPACE, READ_ONLY, NOT_SUPPORTED (a library
 * from a newer version), FAILED (damaged), BUSY (another program keeps it), CLOSED (a job that has ended),
 * CANCELLED. After an error nothing is half written. A library that cannot be written can still be looked at.
 */
#pragma once

#include "library/origin.h"
#include "library/picture.h"
#include "library/profile.h"
#include "library/shelves.h"

G_BEGIN_DECLS

#define VIG_TYPE_LIBRARY (vig_library_get_type ())

G_DECLARE_FINAL_TYPE (VigLibrary, vig_library, VIG, LIBRARY, GObject)

VigLibrary *vig_library_open             (VigProfile          *profile,
                                          GError             **error);
VigProfile *vig_library_get_profile      (VigLibrary          *self);

/* ---- Drawing jobs: written before they start, their tokens while they run ---- */

/* The model's own. */
#define VIG_TOP_K_USUAL G_MAXUINT

/**
 * VigRecipe:
 *
 * All that decides the tokens of a job's pictures. Picture i has seed + i. Of a job that waits only what was asked is known:
 * tokens is 0 then, no model is named, and what is left to the model is NaN or VIG_TOP_K_USUAL.
 */
typedef struct
{
  char     *prompt;
  char     *model;        /* name */
  char     *model_hash;
  char     *clip;         /* name of the judge; NULL if none chose */
  char     *clip_hash;
  char     *device;       /* id of the device it was begun on */
  guint64   seed;
  guint     count;        /* pictures wanted */
  guint     best_of;      /* pictures drawn, at least count */
  double    temperature;
  guint     top_k;
  double    top_p;
  double    guidance;
  guint     tokens;       /* of a whole picture */
  guint     keep;         /* tokens kept from a started picture */
  guint32  *start;        /* owned; (keep) those tokens, or NULL */
  char     *start_path;   /* owned; while it waits: the picture to start from, or NULL */
  guint     start_rows;   /* and how many rows of it are kept */
  char     *origin;       /* owned; of a variation: the content hash of the picture that it varies, else NULL */
} VigRecipe;

VigRecipe *vig_recipe_copy (const VigRecipe *recipe);
void       vig_recipe_free (VigRecipe       *recipe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigRecipe, vig_recipe_free)

/* One picture of a job as far as it has come. */
typedef struct
{
  guint       index;      /* its seed is the recipe's + index */
  guint32    *tokens;     /* owned */
  guint       n_tokens;
  VigPicture *picture;    /* owned; NULL while it is not finished */
} VigSketch;

typedef struct
{
  gint64     id;
  VigRecipe *recipe;      /* owned */
  GPtrArray *sketches;    /* owned; of VigSketch, best_of of them, by index */
  gint64     time;        /* Unix seconds: when it was begun */
} VigJobRecord;

void vig_job_record_free (VigJobRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigJobRecord, vig_job_record_free)

/* Writes the job down, behind those that wait, and takes its lease. Returns its id, or 0. */
gint64      vig_library_begin_job        (VigLibrary          *self,
                                          const VigRecipe     *recipe,
                                          GError             **error);
/* The whole recipe of a job that waited, before it has any tokens. */
gboolean    vig_library_save_recipe      (VigLibrary          *self,
                                          gint64               job,
                                          const VigRecipe     *recipe,
                                          GError             **error);
/* The order of jobs, as vig_library_list_interrupted() is to have them. */
gboolean    vig_library_order_jobs       (VigLibrary          *self,
                                          const gint64        *jobs,
                                          guint                n_jobs,
                                          GError             **error);
/* Remembers all of the tokens that picture @index has so far. */
gboolean    vig_library_save_tokens      (VigLibrary          *self,
                                          gint64               job,
                                          guint                index,
                                          const guint32       *tokens,
                                          guint                n_tokens,
                                          GError             **error);
/**
 * vig_library_save_made:
 * @rgb: (side, side, 3)
 * @tokens: (n_tokens) all of the picture's
 *
 * Writes the PNG with the recipe inside (temporary file, fsync, rename) and its row: after it returns the
 * picture is safe; if the process dies within it, the picture is either whole and listed or not there at all.
 */
VigPicture *vig_library_save_made        (VigLibrary          *self,
                                          gint64               job,
                                          guint                index,
                                          const guint8        *rgb,
                                          guint                side,
                                          const guint32       *tokens,
                                          guint                n_tokens,
                                          GError             **error);
/* Writes down the judge's score of a finished picture, and its CLIP row (as vig_library_save_vector()). */
gboolean    vig_library_save_score       (VigLibrary          *self,
                                          VigPicture          *picture,
                                          double               score,
                                          const char          *model_hash,
                                          const float         *vector,
                                          guint                width,
                                          GError             **error);
/* Ends the job: of its pictures the @chosen (an array of VigPicture) come forward, the rest stay in a fold and
 * out of lists and searches. Its tokens stay with the pictures; the lease is given back. */
gboolean    vig_library_end_job          (VigLibrary          *self,
                                          gint64               job,
                                          GPtrArray           *chosen,
                                          GError             **error);
/* Stopped by the user: finished pictures stay, unfinished ones are forgotten. */
gboolean    vig_library_stop_job         (VigLibrary          *self,
                                          gint64               job,
                                          GError             **error);
/* Gives the lease back and leaves the job to be resumed. */
void        vig_library_release_job      (VigLibrary          *self,
                                          gint64               job);
/* (element-type VigJobRecord): jobs begun or waiting, not ended, that no living process owns, in their order */
GPtrArray  *vig_library_list_interrupted (VigLibrary          *self,
                                          GError             **error);
/* Takes the lease of an interrupted job: NULL with G_IO_ERROR_BUSY if another process was quicker. */
VigJobRecord *vig_library_claim_job      (VigLibrary          *self,
                                          gint64               job,
                                          GError             **error);

/**
 * vig_library_save_larger:
 * @original: the file that it was made of; its own words about itself go along
 * @rgb: (height, width, 3)
 * @times: how many times as long its sides are
 * @model_hash: of what enlarged it
 *
 * Writes the PNG among the pictures made here (temporary file, fsync, rename) and takes it in, beside its original: of the
 * same moment, and of a drawing with its prompt, seed and recipe.
 */
VigPicture *vig_library_save_larger      (VigLibrary          *self,
                                          const char          *original,
                                          const guint8        *rgb,
                                          guint                width,
                                          guint                height,
                                          guint                times,
                                          const char          *model_hash,
                                          GError             **error);

/* ---- Photos: folders indexed in place ---- */

typedef struct
{
  guint      added;
  guint      updated;
  guint      moved;
  guint      unchanged;
  guint      missing;
  GPtrArray *failed;     /* owned; of VigFailure: pictures by name that could not be read, now or before */
  GHashTable *counted;   /* private: picture → which of the numbers it is counted in */
} VigScan;

typedef struct
{
  char *path;
  char *reason;          /* one sentence */
} VigFailure;

VigScan *vig_scan_new (void) G_GNUC_WARN_UNUSED_RESULT;
void vig_scan_free    (VigScan    *scan);
/* A picture that was taken in cannot be decoded: it has failed, and is counted nowhere else. */
void vig_scan_fail    (VigScan    *scan,
                       VigPicture *picture,
                       const char *reason);
void vig_failure_free (VigFailure *failure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigScan, vig_scan_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigFailure, vig_failure_free)

typedef void (*VigProgress) (guint    done,
                             guint    total,  /* 0 while it is not known */
                             gpointer data);

/**
 * vig_library_scan:
 * @folders: (array zero-terminated=1): added to the library's folders, then brought up to date
 *
 * Walks the folders, hashes what is new or changed (by size and time), finds moved files again by their
 * content, marks what is gone as missing. So too, each time, in the folder of made pictures, where what is as it was is
 * only counted when that folder is among those asked for. In batches: what was done stays done when it is stopped. A folder that is
 * not there is a disk that is away: nothing in it is missing. NULL for @folders: all that the library knows.
 */
VigScan    *vig_library_scan             (VigLibrary          *self,
                                          const char * const  *folders,
                                          VigProgress          progress,
                                          gpointer             data,
                                          GCancellable        *cancellable,
                                          GError             **error);
/* One file, in place: its row, made if it is new. */
VigPicture *vig_library_add_file         (VigLibrary          *self,
                                          const char          *path,
                                          GError             **error);
/* What the picture's file said of how it was drawn when it was taken in, or NULL without an error if it says nothing. That
 * of a picture made here is its recipe. */
VigOrigin  *vig_library_load_origin      (VigLibrary          *self,
                                          VigPicture          *picture,
                                          GError             **error);
/* A picture whose file has that SHA-256, or NULL without an error when there is none. */
VigPicture *vig_library_find_content     (VigLibrary          *self,
                                          const char          *content_hash,
                                          GError             **error);
/* (element-type utf8) folders of the library */
GPtrArray  *vig_library_list_folders     (VigLibrary          *self,
                                          GError             **error);
/* Remembers that a picture could not be decoded, so that it is not tried again until it changes. */
gboolean    vig_library_save_failure     (VigLibrary          *self,
                                          VigPicture          *picture,
                                          const char          *reason,
                                          GError             **error);

/* (element-type VigFailure): pictures by name that could not be read, by path */
GPtrArray  *vig_library_list_failures    (VigLibrary          *self,
                                          GError             **error);

/* ---- Vectors: an embedding belongs to (content hash, model hash, preprocessing version) ---- */

#define VIG_PREPROCESSING 1

/* (element-type VigPicture): up to @limit pictures, made or photo, present and readable, that have no row of @model_hash,
 * newest first: those whose id is below @before. Of copies one */
GPtrArray  *vig_library_list_unembedded  (VigLibrary          *self,
                                          const char          *model_hash,
                                          gint64               before,
                                          guint                limit,
                                          GError             **error);
/* How many there are in all. */
gint64      vig_library_count_unembedded (VigLibrary          *self,
                                          const char          *model_hash,
                                          GError             **error);
/* (element-type utf8): the hashes of the models that any row is of */
GPtrArray  *vig_library_list_models      (VigLibrary          *self,
                                          GError             **error);
/* How many of the pictures that are listed have a row of @model_hash; -1: an error. */
gint64      vig_library_count_embedded   (VigLibrary          *self,
                                          const char          *model_hash,
                                          GError             **error);
/* (n, width) f32 rows of unit length, kept as f16; one transaction. */
gboolean    vig_library_save_vectors     (VigLibrary          *self,
                                          const char          *model_hash,
                                          VigPicture * const  *pictures,
                                          const float         *vectors,
                                          guint                n,
                                          guint                width,
                                          GError             **error);
/* (width) the row of a content hash, or NULL without an error when there is none */
float      *vig_library_load_vector      (VigLibrary          *self,
                                          const char          *model_hash,
                                          const char          *content_hash,
                                          guint               *width,
                                          GError             **error);

/* ---- Tags: they belong to the content, not to the path: tags.h ---- */

/* ---- Search ---- */

/**
 * VigQuery:
 * @text: words as typed; matched against prompts, tags and file names, articles and the like left out where there are
 *   others; what is between quotation marks must stand so
 * @model_hash: whose vectors to compare and to count; may be NULL: words only
 * @vector: (n_vectors, width) unit rows of what is looked for, all of it at once; may be NULL
 * @minus: (n_minus, width) unit rows of what is not wanted; may be NULL
 * @top: results that are loaded, at most; 0 for all. There may be more: vig_library_load_results()
 * @kind: -1 for both, or a VigPictureKind
 * @n_vectors, @n_minus: 0 is 1 where there are any
 * @filters: each may be NULL; all must let a picture through. With filters alone, all that they let through is found
 * @by_date: newest first among the close ones, and among the others; else by match
 */
typedef struct
{
  const char      *text;
  const char      *model_hash;
  const float     *vector;
  const float     *minus;
  guint            width;
  guint            top;
  int              kind;
  guint            n_vectors;
  guint            n_minus;
  const VigFilter *filters[2];
  gboolean         by_date;
} VigQuery;

typedef struct
{
  VigPicture *picture;   /* owned */
  double      score;     /* cosine, of several the mean; of words alone how well they match, 0 to 1 */
  char       *why;       /* "meaning", "words", "meaning and words", "filter" */
} VigResult;

typedef struct
{
  GPtrArray *results;    /* owned; of VigResult, best first: those that are loaded */
  guint      close;      /* how many of the first are above the cut: the rest is less certain; not more than are loaded */
  double     indexed;    /* fraction of the pictures that have a vector */
  guint      total;      /* how many there are */
  guint      total_close;
  GArray    *found;      /* private: all of them */
} VigResults;

void vig_result_free  (VigResult  *result);
void vig_results_free (VigResults *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigResults, vig_results_free)

VigResults *vig_library_search           (VigLibrary          *self,
                                          const VigQuery      *query,
                                          GCancellable        *cancellable,
                                          GError             **error);
/* Goes on loading up to the first @count results. Those that are gone meanwhile are left out. */
gboolean    vig_library_load_results     (VigLibrary          *self,
                                          VigResults          *results,
                                          guint                count,
                                          GCancellable        *cancellable,
                                          GError             **error);

/* ---- Lists for the window ---- */

/* A #GListModel of #VigPicture, newest first (in the trash: thrown away last first), that fetches as it is looked at and
 * follows "changed".  @filter: (nullable): NULL for all. Main thread; never blocks longer than a page. */
GListModel *vig_library_list_filtered    (VigLibrary          *self,
                                          const VigFilter     *filter);
/* The same, of a kind and with a tag.
 * @kind: -1 for all, or a VigPictureKind.  @tag: (nullable). */
GListModel *vig_library_list_pictures    (VigLibrary          *self,
                                          int                  kind,
                                          const char          *tag);
/* When the picture at @position was taken or made, Unix seconds, without fetching it; 0 where there is none. Of any list of
 * pictures; one that the library did not make is asked for its picture. */
gint64      vig_picture_list_get_time    (GListModel          *list,
                                          guint                position);
/* (element-type VigPicture): all that were drawn with @picture in one go and are still there, the best first, those in the
 * fold too; then their variations, and those of the picture that it varies itself; of a photo itself alone. */
GPtrArray  *vig_library_list_stack       (VigLibrary          *self,
                                          VigPicture          *picture,
                                          GError             **error);
/* Takes the pictures out of the library; of a made picture the file goes to the desktop's trash, its words are wiped
 * from the disk. A photo's file stays, and is not taken in again by a scan. */
void        vig_library_forget_async     (VigLibrary          *self,
                                          GPtrArray           *pictures,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
gboolean    vig_library_forget_finish    (VigLibrary          *self,
                                          GAsyncResult        *result,
                                          GError             **error);

/* Writes a copy of the picture for others to @path: its pixels upright, and of a drawing that it is one and by which model; no
 * prompt, seed, tags, place, time or camera. A JPEG file of a photo if @path ends so, else PNG. Blocks. */
gboolean    vig_library_share            (VigLibrary          *self,
                                          VigPicture          *picture,
                                          const char          *path,
                                          GCancellable        *cancellable,
                                          GError             **error);

/* ---- Backups: everything but what can be made again; see backup.h ---- */

/* Writes a backup to @path, replacing what had that name; it appears whole or not at all. */
gboolean    vig_library_back_up          (VigLibrary          *self,
                                          const char          *path,
                                          GError             **error);
/* One a day into the folder “backups” beside the library, of which the newest are kept; does nothing if today's is there. */
gboolean    vig_library_back_up_daily    (VigLibrary          *self,
                                          GError             **error);
/**
 * vig_library_restore:
 * @before: (out) (optional): the backup of what was there until now, so that this can be undone
 *
 * Everything becomes as it was in the backup at @path, in one transaction; CLIP rows of pictures that are still known
 * stay. Pictures are files and neither come back nor go. G_IO_ERROR_BUSY while something is being drawn.
 */
gboolean    vig_library_restore          (VigLibrary          *self,
                                          const char          *path,
                                          char               **before,
                                          GError             **error);

/**
 * vig_library_export:
 * @folder: made if it is absent; must be empty
 * @n_pictures: (out): files of drawings that were copied
 * @failed: (element-type VigFailure): gets those that could not be read; the rest is exported all the same
 *
 * Everything as files and JSON; see archive.h.
 */
gboolean    vig_library_export           (VigLibrary          *self,
                                          const char          *folder,
                                          guint               *n_pictures,
                                          GPtrArray           *failed,
                                          GError             **error);
/* Adds what was exported; importing it twice changes nothing the second time. @n_pictures: files of drawings that came. */
gboolean    vig_library_import           (VigLibrary          *self,
                                          const char          *folder,
                                          guint               *n_pictures,
                                          GPtrArray           *failed,
                                          GError             **error);

/* "ok" and an empty list, or what is wrong with the library, one sentence each (integrity, files missing, files unlisted). */
GPtrArray  *vig_library_check            (VigLibrary          *self,
                                          GError             **error);

G_END_DECLS

#include "library/tags.h"
