/* shelf.h: putting pictures somewhere: favourites, collections, searches, trash; done in a thread, for the window to await */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

typedef enum
{
  VIG_SHELF_FAVOURITE,
  VIG_SHELF_UNFAVOURITE,
  VIG_SHELF_TRASH,
  VIG_SHELF_RESTORE,
  VIG_SHELF_EMPTY_TRASH,
  VIG_SHELF_MAKE_COLLECTION,    /* @name; with @pictures in it, if there are any */
  VIG_SHELF_RENAME_COLLECTION,  /* @id, @name */
  VIG_SHELF_DELETE_COLLECTION,
  VIG_SHELF_RESTORE_COLLECTION,
  VIG_SHELF_COLLECT,            /* @id, @pictures */
  VIG_SHELF_UNCOLLECT,
  VIG_SHELF_SAVE_SEARCH,        /* @name, @query, @by_date */
  VIG_SHELF_RENAME_SEARCH,
  VIG_SHELF_DELETE_SEARCH,
  VIG_SHELF_RESTORE_SEARCH,
} VigShelfVerb;

/* What is to be done; the verb says which of the rest it needs. */
typedef struct
{
  VigShelfVerb  verb;
  GPtrArray    *pictures;  /* of VigPicture */
  gint64        id;
  const char   *name;
  const char   *query;
  gboolean      by_date;
} VigShelfOrder;

void     vig_shelf_do_async (VigLibrary           *library,
                             const VigShelfOrder  *order,
                             GCancellable         *cancellable,
                             GAsyncReadyCallback   callback,
                             gpointer              user_data);
/* @id: (out) (optional): of what was made */
gboolean vig_shelf_finish   (GAsyncResult         *result,
                             gint64               *id,
                             GError              **error);

G_END_DECLS
