/* sidecars.c: what was written beside which picture, and what could not be */

#define G_LOG_DOMAIN "vig-sidecars"

#include "config.h"

#include "library/library-private.h"
#include "library/sidecar.h"

/* Tags that shall not stand in the sidecar: what we wrote and the picture has no more, and what a person removed. */
static char **
list_gone (VigLibrary  *self,
           VigPicture  *picture,
           GError     **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t,
                             "SELECT tag FROM written WHERE picture = ?1 UNION "
                             "SELECT tag FROM dropped JOIN contents ON contents.id = content WHERE hash = ?2 EXCEPT "
                             "SELECT name FROM tagged JOIN tags ON tags.id = tag JOIN contents ON contents.id = content "
                             "WHERE hash = ?2 AND refused = 0", "ls",
                             vig_picture_get_id (picture), vig_picture_get_hash (picture));

    while (vig_rows_next (rows))
      g_strv_builder_add (builder, vig_rows_get_text (rows, 0));
  }

  return vig_transaction_commit (t, error) ? g_strv_builder_end (builder) : NULL;
}

static gboolean
note_written (VigLibrary          *self,
              VigPicture          *picture,
              const char * const  *tags,
              GError             **error)
{
  const gint64 id = vig_picture_get_id (picture);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  vig_transaction_run (t, "DELETE FROM unwritten WHERE picture = ?", "l", id);
  vig_transaction_run (t, "DELETE FROM written WHERE picture = ?", "l", id);
  /* Of a picture that left meanwhile there is nothing to note. */
  for (guint i = 0; tags[i] != NULL; i++)
    vig_transaction_run (t,
                         "INSERT INTO written (picture, tag) SELECT id, ? FROM pictures WHERE id = ? "
                         "ON CONFLICT DO NOTHING", "sl", tags[i], id);

  return vig_transaction_commit (t, error);
}

/* That it failed is told to the caller; that this could not be noted adds nothing to it. */
static void
note_failure (VigLibrary *self,
              VigPicture *picture,
              const char *reason)
{
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);
  g_autoptr(GError) error = NULL;

  vig_transaction_run (t,
                       "INSERT INTO unwritten (picture, reason) SELECT id, ? FROM pictures WHERE id = ? "
                       "ON CONFLICT DO UPDATE SET reason = excluded.reason", "sl", reason, vig_picture_get_id (picture));
  if (!vig_transaction_commit (t, &error))
    g_debug ("%s", error->message);
}

gboolean
vig_library_write_sidecar (VigLibrary  *self,
                           VigPicture  *picture,
                           GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (VIG_IS_PICTURE (picture), FALSE);

  const char * const *tags = vig_picture_get_tags (picture);
  g_auto(GStrv) gone = list_gone (self, picture, error);
  g_autoptr(GError) local = NULL;

  if (gone == NULL)
    return FALSE;
  if (!vig_sidecar_write (vig_picture_get_path (picture), tags, (const char * const *) gone, &local))
    {
      note_failure (self, picture, local->message);
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return note_written (self, picture, tags, error);
}

GPtrArray *
vig_library_list_unwritten (VigLibrary  *self,
                            GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_failure_free);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t, "SELECT path, reason FROM unwritten JOIN pictures ON pictures.id = picture ORDER BY path", "");

    while (vig_rows_next (rows))
      {
        VigFailure *failure = g_new (VigFailure, 1);
        g_autofree char *stored = vig_rows_dup_path (rows, 0);

        failure->path = vig_library_dup_path (self, stored);
        failure->reason = g_strdup (vig_rows_get_text (rows, 1));
        g_ptr_array_add (failures, failure);
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&failures);
}

/* (element-type VigPicture): those whose sidecars wait, as they are now */
static GPtrArray *
list_waiting (VigLibrary  *self,
              GError     **error)
{
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->reader, VIG_READ);

  {
    g_autoptr(VigRows) rows =
      vig_transaction_query (t, "SELECT picture FROM unwritten JOIN pictures ON pictures.id = picture ORDER BY path", "");

    while (vig_rows_next (rows))
      {
        VigPicture *picture = vig_library_load_picture (self, t, vig_rows_get_int (rows, 0));

        if (picture != NULL)
          g_ptr_array_add (pictures, picture);
      }
  }
  if (!vig_transaction_commit (t, error))
    return NULL;

  return g_steal_pointer (&pictures);
}

GPtrArray *
vig_library_retry_sidecars (VigLibrary    *self,
                            GCancellable  *cancellable,
                            GError       **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), NULL);

  g_autoptr(GPtrArray) pictures = list_waiting (self, error);

  if (pictures == NULL)
    return NULL;

  for (guint i = 0; i < pictures->len; i++)
    {
      g_autoptr(GError) local = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      /* Why not is written down, and listed below. */
      if (!vig_library_write_sidecar (self, pictures->pdata[i], &local))
        g_debug ("%s", local->message);
    }

  return vig_library_list_unwritten (self, error);
}

gboolean
vig_library_give_up_sidecar (VigLibrary  *self,
                             const char  *path,
                             GError     **error)
{
  g_return_val_if_fail (VIG_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  g_autofree char *stored = vig_library_dup_stored_path (self, path);
  g_autoptr(VigTransaction) t = vig_transaction_begin (self->writer, VIG_WRITE);

  vig_transaction_run (t, "DELETE FROM unwritten WHERE picture IN (SELECT id FROM pictures WHERE path = ?)", "p", stored);

  return vig_transaction_commit (t, error);
}
