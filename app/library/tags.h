/* tags.h: what pictures are called, by people and by models, and what a tag has been taught
 *
 * Tags belong to the content of a file, not to its path. A tag is kept composed (NFC), in one line, with “/” between it
 * and what it belongs to: “animal/fox”. What a person gave and what a model suggested are kept apart for good.
 *
 * Everything here may be called on any thread and blocks on the disk, but for what is named _async. Errors as in
 * library.h: nothing is half changed after one.
 */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

/* ---- What is said of a picture ---- */

typedef struct
{
  char     *tag;
  gboolean  refused;      /* a suggestion that somebody has refused: it is not made again for this picture */
  char     *source;       /* NULL: a person's own; else the hash of the model that suggested it */
  double    score;        /* how probable the model thought it; NaN of a person's own */
  gint64    time;         /* Unix seconds: when it was given, accepted or refused */
} VigTagging;

void        vig_tagging_free             (VigTagging          *tagging);

/* (element-type VigTagging): accepted and refused, by name */
GPtrArray  *vig_library_list_taggings    (VigLibrary          *self,
                                          VigPicture          *picture,
                                          GError             **error);

/* ---- Changing it, and going back ---- */

typedef enum
{
  VIG_TAG_ACCEPT,         /* the picture has it */
  VIG_TAG_REFUSE,         /* the picture has it not, and it is not suggested again */
  VIG_TAG_REMOVE,         /* nothing is said any more; it is not read in again from the file or its sidecar either */
} VigTagChange;

typedef struct
{
  VigPicture *picture;    /* borrowed */
  const char *tag;        /* borrowed */
  double      score;      /* the model's; NaN where @source is NULL */
} VigTagEdit;

/* What was said before a change. Plain data: any thread. */
typedef struct _VigTagUndo VigTagUndo;

void        vig_tag_undo_free            (VigTagUndo          *undo);
/* How many taggings it would bring back. */
guint       vig_tag_undo_get_count       (const VigTagUndo    *undo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigTagUndo, vig_tag_undo_free)

/**
 * vig_library_change_tags:
 * @edits: (array length=n): one for each picture and tag: a single suggestion, all of a picture's, or all of many pictures'
 * @source: (nullable): NULL: a person says so; else the hash of the model whose suggestions are answered
 * @undo: (out) (optional): the way back
 *
 * All of them or none. What a person has given stays a person's when a model's suggestion of it is accepted later.
 */
gboolean    vig_library_change_tags      (VigLibrary          *self,
                                          VigTagChange         change,
                                          const VigTagEdit    *edits,
                                          guint                n,
                                          const char          *source,
                                          VigTagUndo         **undo,
                                          GError             **error);
/* Everything that @undo remembers is again as it was, whatever happened since. @redo: (out) (optional): the way forth again. */
gboolean    vig_library_undo_tags        (VigLibrary          *self,
                                          const VigTagUndo    *undo,
                                          VigTagUndo         **redo,
                                          GError             **error);

/* The same off the main thread. @edits is copied. Finished with the way back, or NULL and an error. */
void        vig_library_change_tags_async (VigLibrary         *self,
                                           VigTagChange        change,
                                           const VigTagEdit   *edits,
                                           guint               n,
                                           const char         *source,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
/* @undo is taken. Finished with the way forth. */
void        vig_library_undo_tags_async  (VigLibrary          *self,
                                          VigTagUndo          *undo,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);
VigTagUndo *vig_library_change_tags_finish (VigLibrary        *self,
                                            GAsyncResult      *result,
                                            GError           **error) G_GNUC_WARN_UNUSED_RESULT;

/* Shorter: some tags of one picture, without a way back. */
gboolean    vig_library_add_tags         (VigLibrary          *self,
                                          VigPicture          *picture,
                                          const char * const  *tags,
                                          const char          *source,
                                          GError             **error);
gboolean    vig_library_remove_tag       (VigLibrary          *self,
                                          VigPicture          *picture,
                                          const char          *tag,
                                          GError             **error);
gboolean    vig_library_refuse_tag       (VigLibrary          *self,
                                          VigPicture          *picture,
                                          const char          *tag,
                                          GError             **error);
char      **vig_library_list_refused     (VigLibrary          *self,
                                          VigPicture          *picture,
                                          GError             **error);

/* ---- All tags ---- */

/* (element-type utf8): every accepted tag, sorted */
GPtrArray  *vig_library_list_tags        (VigLibrary          *self,
                                          GError             **error);

/* A tag as the listed pictures have it. */
typedef struct
{
  char     *tag;
  guint     pictures;     /* that have it */
  guint     by_model;     /* of these, to how many a model suggested it */
  guint     refused;      /* pictures for which its suggestion was refused */
  gint64    last;         /* Unix seconds: when it was given last; 0 if never */
  gboolean  taught;
  double    threshold;    /* its own; NaN if it has none */
} VigTagCount;

void        vig_tag_count_free           (VigTagCount         *count);

/* (element-type VigTagCount): all that are given, refused, taught or have a threshold, by name */
GPtrArray  *vig_library_count_tags       (VigLibrary          *self,
                                          GError             **error);

/* From which probability on a tag counts as there. NaN: it has no threshold of its own any more. */
gboolean    vig_library_set_threshold    (VigLibrary          *self,
                                          const char          *tag,
                                          double               threshold,
                                          GError             **error);
/* (element-type utf8 double): of the tags that have one */
GHashTable *vig_library_list_thresholds  (VigLibrary          *self,
                                          GError             **error);

/* A tag as it is kept; NULL if nothing of it is left. */
char       *vig_tag_normalise            (const char          *tag) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Teaching: a tag learned from pictures that have it ---- */

/**
 * vig_library_teach_tag:
 * @pictures: (element-type VigPicture): some that show it; may be empty where enough have the tag already
 * @undo: (out) (optional)
 *
 * The pictures are given the tag, and from now on it is suggested as its pictures look and not as its name is understood.
 * Every picture that has it, or for which it was refused, is an example: accepting and refusing go on teaching. What is
 * kept are the examples, so that another model learns the same.
 */
gboolean    vig_library_teach_tag        (VigLibrary          *self,
                                          const char          *tag,
                                          GPtrArray           *pictures,
                                          VigTagUndo         **undo,
                                          GError             **error);
/* Its name counts again; the pictures keep it. */
gboolean    vig_library_untaught_tag     (VigLibrary          *self,
                                          const char          *tag,
                                          VigTagUndo         **undo,
                                          GError             **error);
/* (element-type utf8): sorted */
GPtrArray  *vig_library_list_taught      (VigLibrary          *self,
                                          GError             **error);

/* Rows to learn from: first those of pictures with the tag, then those it was refused for, then of others. */
typedef struct
{
  guint   width;
  guint   n_with;
  guint   n_without;
  guint   n_others;
  float  *rows;           /* owned; (n_with + n_without + n_others, width) */
} VigExamples;

void        vig_examples_free            (VigExamples         *examples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigExamples, vig_examples_free)

/* @others: pictures that nothing is said of, at most; spread over the library, the same ones each time */
VigExamples *vig_library_load_examples   (VigLibrary          *self,
                                          const char          *tag,
                                          const char          *model_hash,
                                          guint                width,
                                          guint                others,
                                          GError             **error);

/* ---- Rows of words, so that a vocabulary is understood once and not at each start ---- */

/* @keys: (array length=n): what a row depends on, as SHA-256 in hexadecimal: words themselves are not kept
 * @rows: (n, width); those that are not there are left as they are.  @found: (n) filled */
gboolean    vig_library_load_label_rows  (VigLibrary          *self,
                                          const char * const  *keys,
                                          guint                n,
                                          guint                width,
                                          float               *rows,
                                          gboolean            *found,
                                          GError             **error);
/* Of very many the oldest are given up. */
gboolean    vig_library_save_label_rows  (VigLibrary          *self,
                                          const char * const  *keys,
                                          guint                n,
                                          guint                width,
                                          const float         *rows,
                                          GError             **error);

/* ---- Sidecars ---- */

/**
 * vig_library_write_sidecar:
 *
 * The picture's tags to NAME.EXT.xmp; only ever called when the user asks. Taken out of it is what the library wrote
 * and the picture has no more, and what a person has removed; whatever else is there stays. That it failed is written
 * down, until it succeeds.
 */
gboolean    vig_library_write_sidecar    (VigLibrary          *self,
                                          VigPicture          *picture,
                                          GError             **error);
/* (element-type VigFailure): sidecars that were asked for and could not be written, by path */
GPtrArray  *vig_library_list_unwritten   (VigLibrary          *self,
                                          GError             **error);
/* Tries each of them again. (element-type VigFailure): those that failed again; NULL only if that cannot be told */
GPtrArray  *vig_library_retry_sidecars   (VigLibrary          *self,
                                          GCancellable        *cancellable,
                                          GError             **error);
/* It need not be written any more. */
gboolean    vig_library_give_up_sidecar  (VigLibrary          *self,
                                          const char          *path,
                                          GError             **error);

G_END_DECLS
