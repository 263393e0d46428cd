/* walk.h: the files under a folder whose names say picture */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char    *path;    /* owned; the folder's path and what is below it, as bytes */
  gint64   size;
  gint64   mtime;   /* nanoseconds */
  guint64  device;
  guint64  inode;
} VigFound;

typedef struct
{
  GPtrArray  *found;    /* owned; of VigFound, in the order of names */
  GPtrArray  *unseen;   /* owned; of char *: folders that could not be read: nobody knows what is in them */
  GPtrArray  *mounts;   /* owned; of char *: where other disks begin */
  GPtrArray  *links;    /* private: to be followed when all that is really there is known */
  GHashTable *visited;  /* private: folders, so that each is read once */
  GHashTable *files;    /* private: files that are known; only made for links */
} VigWalk;

/* A folder may be told to be passed over before anything is walked. */
VigWalk  *vig_walk_new        (void) G_GNUC_WARN_UNUSED_RESULT;
void      vig_walk_pass_over  (VigWalk       *self,
                               const char    *folder);
/* Adds what is under @folder. Hidden files and folders are passed over, links to other folders are followed, each folder
 * and each file is met once. FALSE if it was cancelled. */
gboolean  vig_walk_folder     (VigWalk       *self,
                               const char    *folder,
                               GCancellable  *cancellable);
/* The same, links passed over. */
gboolean  vig_walk_plainly    (VigWalk       *self,
                               const char    *folder,
                               GCancellable  *cancellable);
void      vig_walk_free       (VigWalk       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigWalk, vig_walk_free)

/* Whether a file of that name is meant to be a picture. */
gboolean  vig_name_says_picture (const char  *name);
/* Whether another disk begins there. */
gboolean  vig_is_mounted        (const char  *path);
/* Whether @path is @folder or in it. */
gboolean  vig_path_is_in        (const char  *path,
                                 const char  *folder);

G_END_DECLS
