/* shelf.c: putting pictures somewhere: favourites, collections, searches, trash; done in a thread, for the window to await */

#define G_LOG_DOMAIN "vig-shelf"

#include "config.h"

#include "ui/shelf.h"

typedef struct
{
  VigShelfOrder  order;
  char          *name;   /* owned; what the order lends */
  char          *query;  /* owned */
  gint64         made;   /* id of what was made, or 0 */
} Errand;

static void
free_errand (Errand *errand)
{
  g_clear_pointer (&errand->order.pictures, g_ptr_array_unref);
  g_free (errand->name);
  g_free (errand->query);
  g_free (errand);
}

static gboolean
make_collection (VigLibrary  *library,
                 Errand      *errand,
                 GError     **error)
{
  GPtrArray *pictures = errand->order.pictures;

  errand->made = vig_library_make_collection (library, errand->name, error);

  return errand->made != 0 &&
         (pictures == NULL || pictures->len == 0 ||
          vig_library_add_to_collection (library, errand->made, pictures, error));
}

static gboolean
do_order (VigLibrary    *library,
          Errand        *errand,
          GCancellable  *cancellable,
          GError       **error)
{
  const VigShelfOrder *order = &errand->order;

  switch (order->verb)
    {
    case VIG_SHELF_FAVOURITE:
      return vig_library_set_favourite (library, order->pictures, TRUE, error);

    case VIG_SHELF_UNFAVOURITE:
      return vig_library_set_favourite (library, order->pictures, FALSE, error);

    case VIG_SHELF_TRASH:
      return vig_library_trash_pictures (library, order->pictures, error);

    case VIG_SHELF_RESTORE:
      return vig_library_restore_pictures (library, order->pictures, error);

    case VIG_SHELF_EMPTY_TRASH:
      return vig_library_empty_trash (library, cancellable, error);

    case VIG_SHELF_MAKE_COLLECTION:
      return make_collection (library, errand, error);

    case VIG_SHELF_RENAME_COLLECTION:
      return vig_library_rename_collection (library, order->id, errand->name, error);

    case VIG_SHELF_DELETE_COLLECTION:
      return vig_library_delete_collection (library, order->id, error);

    case VIG_SHELF_RESTORE_COLLECTION:
      return vig_library_restore_collection (library, order->id, error);

    case VIG_SHELF_COLLECT:
      return vig_library_add_to_collection (library, order->id, order->pictures, error);

    case VIG_SHELF_UNCOLLECT:
      return vig_library_remove_from_collection (library, order->id, order->pictures, error);

    case VIG_SHELF_SAVE_SEARCH:
      errand->made = vig_library_save_search (library, errand->name, errand->query, order->by_date, error);
      return errand->made != 0;

    case VIG_SHELF_RENAME_SEARCH:
      return vig_library_rename_search (library, order->id, errand->name, error);

    case VIG_SHELF_DELETE_SEARCH:
      return vig_library_delete_search (library, order->id, error);

    case VIG_SHELF_RESTORE_SEARCH:
      return vig_library_restore_search (library, order->id, error);
    }

  g_return_val_if_reached (FALSE);
}

static void
do_in_thread (GTask        *task,
              gpointer      object,
              gpointer      data,
              GCancellable *cancellable)
{
  GError *error = NULL;

  if (do_order (object, data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
vig_shelf_do_async (VigLibrary          *library,
                    const VigShelfOrder *order,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (library, cancellable, callback, user_data);
  Errand *errand = g_new0 (Errand, 1);

  errand->order = *order;
  errand->name = g_strdup (order->name);
  errand->query = g_strdup (order->query);
  if (order->pictures != NULL)
    g_ptr_array_ref (order->pictures);
  g_task_set_task_data (task, errand, (GDestroyNotify) free_errand);
  g_task_run_in_thread (task, do_in_thread);
}

gboolean
vig_shelf_finish (GAsyncResult  *result,
                  gint64        *id,
                  GError       **error)
{
  if (id != NULL)
    *id = ((const Errand *) g_task_get_task_data (G_TASK (result)))->made;

  return g_task_propagate_boolean (G_TASK (result), error);
}
