/* library-private.h: what the files of this room share of the library */
#pragma once

#include "library/database.h"
#include "library/leases.h"
#include "library/library.h"
#include "library/picture-private.h"

G_BEGIN_DECLS

/* Of pictures.state. */
enum { VIG_STATE_PRESENT, VIG_STATE_MISSING, VIG_STATE_UNREADABLE };

/* Of jobs.state. */
enum { VIG_JOB_STATE_BEGUN, VIG_JOB_STATE_ENDED, VIG_JOB_STATE_STOPPED };

/* What is in lists and searches; the index pictures_listed is made for these words. */
#define VIG_LISTED "state = 0 AND rest = 0 AND pictures.trashed = 0"  /* of pictures; another name must not hide it */

typedef struct _VigVectors VigVectors;

struct _VigLibrary
{
  GObject         parent_instance;

  VigProfile     *profile;  /* owned */
  VigDatabase    *writer;
  VigDatabase    *reader;   /* any thread, so that nobody waits for a long write */
  VigDatabase    *lister;   /* the lists of the window, so that they do not wait for a search */
  VigLeases      *leases;
  VigPicturePool *pool;
  VigVectors     *vectors;

  GMutex          mutex;    /* of what follows */
  guint           timer;    /* a "changed" that waits for its time; 0 if none does */
  gint64          told;     /* when it was emitted last, monotonic us */
  gboolean        foreign;  /* since then another process has changed something */

  guint           watch;    /* the look every second for other processes */
  gint64          version;  /* main thread: of the lister's data, when it was last looked at */
  gint64          seen;     /* main thread: changes.pictures then */
};

/* library.c: after the commit of something that a list shows, on any thread. */
void        vig_library_touch           (VigLibrary      *self);
/* The same after anything may have changed: pictures that are looked at are read again. */
void        vig_library_touch_all       (VigLibrary      *self);

/* pictures.c: rows of pictures, in the caller's transaction. */

/* NULL if there is none, or if the transaction fails. */
VigPicture *vig_library_load_picture    (VigLibrary      *self,
                                         VigTransaction  *t,
                                         gint64           id) G_GNUC_WARN_UNUSED_RESULT;
/* The picture as it is now; an error if it is gone. Its own transaction. */
VigPicture *vig_library_reload_picture  (VigLibrary      *self,
                                         VigDatabase     *database,
                                         gint64           id,
                                         GError         **error) G_GNUC_WARN_UNUSED_RESULT;
/* Tells the picture's object how it is now, if somebody holds it. */
void        vig_library_refresh_picture (VigLibrary      *self,
                                         VigTransaction  *t,
                                         gint64           id);
/* As pictures.path holds it → absolute, and back. */
char       *vig_library_dup_path        (VigLibrary      *self,
                                         const char      *stored) G_GNUC_WARN_UNUSED_RESULT;
char       *vig_library_dup_stored_path (VigLibrary      *self,
                                         const char      *path) G_GNUC_WARN_UNUSED_RESULT;
/* The row of a content, made if it is new. */
gint64      vig_transaction_add_content (VigTransaction  *t,
                                         const char      *hash);
gint64      vig_transaction_find_content (VigTransaction *t,
                                         gint64           picture);
/* Writes what words can find a picture by; its prompt, tags and name are read from the other tables. */
void        vig_transaction_index_words (VigTransaction  *t,
                                         gint64           picture);
/* Something that lists show changes in this transaction. */
void        vig_transaction_count_change (VigTransaction *t);

/* A picture and its place among others. */
typedef struct
{
  gint64 id;
  gint64 time;  /* in the trash: since when */
} VigDated;

/* filter.c: (element-type VigDated): what @filter (NULL: everything) wants, newest first. @limit: -1 for all. An error of
 * @t ends them. */
GArray     *vig_filter_read             (const VigFilter *filter,
                                         VigLibrary      *library,
                                         VigTransaction  *t,
                                         gint64           limit);

/* The same of pictures in memory, in less time than it takes to read them: clears (listing->n) @passed where it does not let
 * them through. What is in the trash is not listed. */
typedef struct _VigListing VigListing;
void        vig_filter_pass             (const VigFilter *filter,
                                         VigLibrary      *library,
                                         VigTransaction  *t,
                                         const VigListing *listing,
                                         guint8          *passed);

/* forget.c: blocks. */
gboolean    vig_library_forget          (VigLibrary      *self,
                                         GPtrArray       *pictures,
                                         GCancellable    *cancellable,
                                         GError         **error);

/* tags.c: the objects of all pictures that show @content. */
void        vig_library_refresh_content (VigLibrary      *self,
                                         VigTransaction  *t,
                                         gint64           content);

/* origins.c: what a file says of how it was drawn; NULL says nothing. */
void        vig_transaction_set_origin  (VigTransaction  *t,
                                         gint64           content,
                                         const VigOrigin *origin);

/* tags.c: the words, and the objects, of all pictures that show @content. */
void        vig_library_index_content   (VigLibrary      *self,
                                         VigTransaction  *t,
                                         gint64           content);
/* Adds to @undo what is said of a content by a tag, and whether the tag is taught (@hash NULL: that alone). */
void        vig_tag_undo_remember       (VigTagUndo      *undo,
                                         VigTransaction  *t,
                                         const char      *hash,
                                         const char      *tag);
VigTagUndo *vig_tag_undo_new            (void) G_GNUC_WARN_UNUSED_RESULT;
/* A person's or a model's word; and tags that were read in a file, which give way to whatever was said before. */
void        vig_transaction_give_tag    (VigTransaction  *t,
                                         gint64           content,
                                         const char      *tag,
                                         const char      *source,
                                         double           score);
void        vig_transaction_read_tags   (VigTransaction  *t,
                                         gint64           content,
                                         const char * const *tags);

/* made.c: for an open job whose lease is held: a picture that was finished when its process died is listed, what
 * was half written is deleted. */
gboolean    vig_library_recover_job     (VigLibrary      *self,
                                         gint64           job,
                                         GError         **error);

/* vectors.c */
VigVectors *vig_vectors_new             (void);
void        vig_vectors_free            (VigVectors      *vectors);
/* In the caller's transaction: a row for a content. */
void        vig_transaction_add_vector  (VigTransaction  *t,
                                         gint64           content,
                                         const char      *model_hash,
                                         const float     *vector,
                                         guint            width);

G_END_DECLS
