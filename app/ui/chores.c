/* chores.c: what the library does while it blocks, done in a thread, for the window to await */

#define G_LOG_DOMAIN "vig-chores"

#include "config.h"

#include "ui/chores.h"

typedef struct
{
  VigPicture *picture;   /* owned; may be NULL */
  char      **tags;      /* owned; may be NULL */
  char       *text;      /* owned; may be NULL */
  gint64      job;
  int         kind;
} Chore;

static void
free_chore (Chore *chore)
{
  g_clear_object (&chore->picture);
  g_strfreev (chore->tags);
  g_free (chore->text);
  g_free (chore);
}

static void
run_chore (VigLibrary          *library,
           Chore               *chore,
           GTaskThreadFunc      work,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (library, cancellable, callback, user_data);

  g_task_set_task_data (task, chore, (GDestroyNotify) free_chore);
  g_task_run_in_thread (task, work);
}

static void
return_done (GTask    *task,
             gboolean  done,
             GError   *error)
{
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
tag_in_thread (GTask        *task,
               gpointer      object,
               gpointer      data,
               GCancellable *cancellable)
{
  const Chore *chore = data;
  const char * const *tags = (const char * const *) chore->tags;
  GError *error = NULL;
  gboolean done = TRUE;

  if (chore->kind == VIG_CHORE_ADD)
    done = vig_library_add_tags (object, chore->picture, tags, chore->text, &error);
  else
    for (; done && *tags != NULL; tags++)
      done = chore->kind == VIG_CHORE_REMOVE
        ? vig_library_remove_tag (object, chore->picture, *tags, &error)
        : vig_library_refuse_tag (object, chore->picture, *tags, &error);

  return_done (task, done, error);
}

void
vig_chore_tag_async (VigLibrary          *library,
                     VigPicture          *picture,
                     VigChore             kind,
                     const char * const  *tags,
                     const char          *source,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  Chore *chore = g_new0 (Chore, 1);

  chore->kind = kind;
  chore->picture = g_object_ref (picture);
  chore->tags = g_strdupv ((char **) tags);
  chore->text = g_strdup (source);
  run_chore (library, chore, tag_in_thread, cancellable, callback, user_data);
}

static void
forget_job_in_thread (GTask        *task,
                      gpointer      object,
                      gpointer      data,
                      GCancellable *cancellable)
{
  const Chore *chore = data;
  GError *error = NULL;
  g_autoptr(VigJobRecord) record = vig_library_claim_job (object, chore->job, &error);

  return_done (task, record != NULL && vig_library_stop_job (object, chore->job, &error), error);
}

void
vig_chore_forget_job_async (VigLibrary          *library,
                            gint64               job,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  Chore *chore = g_new0 (Chore, 1);

  chore->job = job;
  run_chore (library, chore, forget_job_in_thread, cancellable, callback, user_data);
}

gboolean
vig_chore_finish (GAsyncResult  *result,
                  GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
add_file_in_thread (GTask        *task,
                    gpointer      object,
                    gpointer      data,
                    GCancellable *cancellable)
{
  const Chore *chore = data;
  GError *error = NULL;
  VigPicture *picture = vig_library_add_file (object, chore->text, &error);

  if (picture != NULL)
    g_task_return_pointer (task, picture, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
vig_chore_add_file_async (VigLibrary          *library,
                          const char          *path,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  Chore *chore = g_new0 (Chore, 1);

  chore->text = g_strdup (path);
  run_chore (library, chore, add_file_in_thread, cancellable, callback, user_data);
}

VigPicture *
vig_chore_add_file_finish (GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GPtrArray *
list_refused (VigLibrary  *library,
              VigPicture  *picture,
              GError     **error)
{
  g_autofree char **tags = vig_library_list_refused (library, picture, error);
  GPtrArray *list = NULL;

  if (tags == NULL)
    return NULL;

  list = g_ptr_array_new_with_free_func (g_free);
  for (char **tag = tags; *tag != NULL; tag++)
    g_ptr_array_add (list, *tag);

  return list;
}

static void
list_in_thread (GTask        *task,
                gpointer      object,
                gpointer      data,
                GCancellable *cancellable)
{
  const Chore *chore = data;
  GError *error = NULL;
  GPtrArray *list = NULL;

  switch ((VigChoreList) chore->kind)
    {
    case VIG_CHORE_FOLDERS:
      list = vig_library_list_folders (object, &error);
      break;

    case VIG_CHORE_TAGS:
      list = vig_library_list_tags (object, &error);
      break;

    case VIG_CHORE_INTERRUPTED:
      list = vig_library_list_interrupted (object, &error);
      break;

    case VIG_CHORE_REFUSED:
      list = list_refused (object, chore->picture, &error);
      break;

    case VIG_CHORE_COLLECTIONS:
      list = vig_library_list_collections (object, &error);
      break;

    case VIG_CHORE_SEARCHES:
      list = vig_library_list_searches (object, &error);
      break;

    case VIG_CHORE_STACK:
      list = vig_library_list_stack (object, chore->picture, &error);
      break;
    }

  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
vig_chore_list_async (VigLibrary          *library,
                      VigChoreList         list,
                      VigPicture          *picture,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  Chore *chore = g_new0 (Chore, 1);

  chore->kind = list;
  g_set_object (&chore->picture, picture);
  run_chore (library, chore, list_in_thread, cancellable, callback, user_data);
}

GPtrArray *
vig_chore_list_finish (GAsyncResult  *result,
                       GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
