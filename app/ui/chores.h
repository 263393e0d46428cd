/* chores.h: what the library does while it blocks, done in a thread, for the window to await */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

typedef enum
{
  VIG_CHORE_ADD,     /* the tags are given to the picture */
  VIG_CHORE_REMOVE,  /* the tags are taken off */
  VIG_CHORE_REFUSE,  /* the tags are not suggested again */
} VigChore;

/* @source: as vig_library_add_tags() has it */
void        vig_chore_tag_async            (VigLibrary          *library,
                                            VigPicture          *picture,
                                            VigChore             chore,
                                            const char * const  *tags,
                                            const char          *source,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
/* Forgets an interrupted job; its finished pictures stay. */
void        vig_chore_forget_job_async     (VigLibrary          *library,
                                            gint64               job,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean    vig_chore_finish               (GAsyncResult        *result,
                                            GError             **error);

/* The row of a file in place, made if it is new. */
void        vig_chore_add_file_async       (VigLibrary          *library,
                                            const char          *path,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
/* Returns: (transfer full) */
VigPicture *vig_chore_add_file_finish      (GAsyncResult        *result,
                                            GError             **error);

typedef enum
{
  VIG_CHORE_FOLDERS,      /* of char * */
  VIG_CHORE_TAGS,         /* of char * */
  VIG_CHORE_INTERRUPTED,  /* of VigJobRecord * */
  VIG_CHORE_REFUSED,      /* of char *; of one picture */
  VIG_CHORE_COLLECTIONS,  /* of VigCollection */
  VIG_CHORE_SEARCHES,     /* of VigSavedSearch */
  VIG_CHORE_STACK,        /* of VigPicture: all that were drawn with one */
} VigChoreList;

/* @picture: (nullable): the one asked about */
void        vig_chore_list_async           (VigLibrary          *library,
                                            VigChoreList         list,
                                            VigPicture          *picture,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
/* Returns: (transfer full) */
GPtrArray  *vig_chore_list_finish          (GAsyncResult        *result,
                                            GError             **error);

G_END_DECLS
