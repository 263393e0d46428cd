/* walk.h: the files under a folder whose names say picture */
#pragma once

#include "library/ignore.h"

G_BEGIN_DECLS

typedef struct
{
  char    *path;    /* owned; the folder's path and what is below it, as bytes */
  gint64   size;
  gint64   mtime;   /* nanoseconds */
  gint64   sidecar; /* the same of NAME.EXT.xmp, or else of NAME.xmp; 0 if there is none */
  guint64  device;
  guint64  inode;
} VigFound;

typedef struct
{
  GPtrArray  *found;    /* owned; of VigFound, in the order of names */
  GPtrArray  *unseen;   /* owned; of char *: folders that could not be read: nobody knows what is in them */
  GPtrArray  *mounts;   /* owned; of char *: where other disks begin */
  GPtrArray  *folders;  /* owned; of char *: all that were read */
  GHashTable *ignored;  /* owned; set of files and folders that the user wants left out, and all that is in those */
  VigIgnore  *ignore;   /* private; owned */
  GPtrArray  *links;    /* private: to be followed when all that is really there is known */
  GHashTable *visited;  /* private: folders, so that each is read once */
  GHashTable *files;    /* private: files that are known; only made for links */
} VigWalk;

/* @ignore: taken; may be NULL. A folder may be told to be passed over before anything is walked. */
VigWalk  *vig_walk_new        (VigIgnore     *ignore) G_GNUC_WARN_UNUSED_RESULT;
void      vig_walk_pass_over  (VigWalk       *self,
                               const char    *folder);
/* Adds what is under @folder. Hidden files and folders, and folders within it that have a file “.nomedia”, are passed over,
 * links to other folders are followed, each folder and each file is met once. FALSE if it was cancelled. */
gboolean  vig_walk_folder     (VigWalk       *self,
                               const char    *folder,
                               GCancellable  *cancellable);
/* The same, links passed over. */
gboolean  vig_walk_plainly    (VigWalk       *self,
                               const char    *folder,
                               GCancellable  *cancellable);
void      vig_walk_free       (VigWalk       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigWalk, vig_walk_free)

/* Whether the user wants it left out, or a folder that it is in; as far as the walk has met that. */
gboolean  vig_walk_is_ignored (VigWalk       *self,
                               const char    *path);

/* When the sidecar of the picture @path was changed, in nanoseconds; 0 if there is none. */
gint64    vig_path_find_sidecar (const char  *path);
/* Whether a file of that name is meant to be a picture. */
gboolean  vig_name_says_picture (const char  *name);
/* Whether another disk begins there. */
gboolean  vig_is_mounted        (const char  *path);
/* Whether @path is @folder or in it. */
gboolean  vig_path_is_in        (const char  *path,
                                 const char  *folder);

G_END_DECLS
