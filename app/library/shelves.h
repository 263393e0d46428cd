/* shelves.h: what the user puts where: favourites, collections, saved searches, the trash
 *
 * As all of the library: any thread, blocks on the disk, “changed” afterwards. Favourites and collections are of
 * contents, so they follow a file that moves, goes away or comes back. What is deleted can be restored until the
 * trash is emptied.
 */
#pragma once

#include "library/filter.h"
#include "library/picture.h"

G_BEGIN_DECLS

typedef struct _VigLibrary VigLibrary;

/* @pictures: (element-type VigPicture) */
gboolean    vig_library_set_favourite      (VigLibrary  *self,
                                            GPtrArray   *pictures,
                                            gboolean     favourite,
                                            GError     **error);

/* ---- Collections ---- */

typedef struct
{
  gint64  id;
  char   *name;   /* owned */
  guint   count;  /* of the pictures in it that are listed */
} VigCollection;

void        vig_collection_free            (VigCollection *collection);

/* Two may have the same name. Returns its id, or 0; a name of nothing is an error. */
gint64      vig_library_make_collection    (VigLibrary  *self,
                                            const char  *name,
                                            GError     **error);
gboolean    vig_library_rename_collection  (VigLibrary  *self,
                                            gint64       collection,
                                            const char  *name,
                                            GError     **error);
/* The pictures stay in the library. */
gboolean    vig_library_delete_collection  (VigLibrary  *self,
                                            gint64       collection,
                                            GError     **error);
gboolean    vig_library_restore_collection (VigLibrary  *self,
                                            gint64       collection,
                                            GError     **error);
gboolean    vig_library_add_to_collection  (VigLibrary  *self,
                                            gint64       collection,
                                            GPtrArray   *pictures,
                                            GError     **error);
gboolean    vig_library_remove_from_collection (VigLibrary *self,
                                            gint64       collection,
                                            GPtrArray   *pictures,
                                            GError     **error);
/* (element-type VigCollection): by name, as the user's language sorts. Their pictures: vig_library_list_filtered(). */
GPtrArray  *vig_library_list_collections   (VigLibrary  *self,
                                            GError     **error);

/* ---- Saved searches ---- */

typedef struct
{
  gint64    id;
  char     *name;     /* owned */
  char     *query;    /* owned; as typed */
  gboolean  by_date;
} VigSavedSearch;

void        vig_saved_search_free          (VigSavedSearch *search);

gint64      vig_library_save_search        (VigLibrary  *self,
                                            const char  *name,
                                            const char  *query,
                                            gboolean     by_date,
                                            GError     **error);
gboolean    vig_library_rename_search      (VigLibrary  *self,
                                            gint64       search,
                                            const char  *name,
                                            GError     **error);
gboolean    vig_library_delete_search      (VigLibrary  *self,
                                            gint64       search,
                                            GError     **error);
gboolean    vig_library_restore_search     (VigLibrary  *self,
                                            gint64       search,
                                            GError     **error);
/* (element-type VigSavedSearch): by name */
GPtrArray  *vig_library_list_searches      (VigLibrary  *self,
                                            GError     **error);

/* ---- Trash (trash.c) ---- */

/* Out of every list and search. The file of a drawing goes into a hidden folder beside the others; a photo's stays where
 * it is. Those that come before a failure are in the trash. */
gboolean    vig_library_trash_pictures     (VigLibrary  *self,
                                            GPtrArray   *pictures,
                                            GError     **error);
/* As if nothing had been: tags, collections, place in the lists; a drawing's file has its name again, or one like it
 * where another file has taken that. */
gboolean    vig_library_restore_pictures   (VigLibrary  *self,
                                            GPtrArray   *pictures,
                                            GError     **error);
/* Forgets what is in the trash as vig_library_forget_async() does, deleted collections and searches too. Cannot be
 * undone by us; the files of drawings are in the desktop's trash. */
gboolean    vig_library_empty_trash        (VigLibrary   *self,
                                            GCancellable *cancellable,
                                            GError      **error);

G_END_DECLS
