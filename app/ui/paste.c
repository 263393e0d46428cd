/* paste.c: pictures that come from another program, by paste or by drop */

#define G_LOG_DOMAIN "vig-paste"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/paste.h"

typedef struct
{
  char       *folder;   /* owned */
  GdkTexture *texture;  /* owned; NULL until there is one */
  gboolean    made;     /* the file is our own */
} Paste;

static void
free_paste (Paste *paste)
{
  g_clear_object (&paste->texture);
  g_free (paste->folder);
  g_free (paste);
}

static GTask *
begin (const char          *folder,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Paste *paste = g_new0 (Paste, 1);

  paste->folder = g_strdup (folder);
  g_task_set_task_data (task, paste, (GDestroyNotify) free_paste);

  return task;
}

/* The same pixels are the same file, however often they are pasted. */
static void
save_in_thread (GTask        *task,
                gpointer      object,
                gpointer      data,
                GCancellable *cancellable)
{
  Paste *paste = data;
  g_autoptr(GBytes) png = gdk_texture_save_to_png_bytes (paste->texture);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, png);
  g_autofree char *name = g_strdup_printf ("pasted-%.16s.png", hash);
  char *path = g_build_filename (paste->folder, name, NULL);
  char **paths = g_new0 (char *, 2);
  GError *error = NULL;

  paths[0] = path;
  paste->made = TRUE;
  g_mkdir_with_parents (paste->folder, 0700);
  if (g_file_test (path, G_FILE_TEST_EXISTS) ||
      g_file_set_contents (path, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), &error))
    g_task_return_pointer (task, paths, (GDestroyNotify) g_strfreev);
  else
    {
      g_strfreev (paths);
      g_task_return_error (task, error);
    }
}

static void
texture_read_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Paste *paste = g_task_get_task_data (task);

  paste->texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (object), result, NULL);
  if (paste->texture == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s",
                             _("There is no picture to paste. Copy one first, here or in another program."));
  else
    g_task_run_in_thread (task, save_in_thread);
}

static char **
dup_paths (GSList *files)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (; files != NULL; files = files->next)
    {
      g_autofree char *path = g_file_get_path (files->data);

      if (path != NULL)
        g_strv_builder_add (builder, path);
    }

  return g_strv_builder_end (builder);
}

static void
files_read_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  GTask *task = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (object), result, NULL);
  g_auto(GStrv) paths = value != NULL ? dup_paths (g_value_get_boxed (value)) : NULL;

  if (paths != NULL && paths[0] != NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&paths), (GDestroyNotify) g_strfreev);
      g_object_unref (task);
    }
  else
    gdk_clipboard_read_texture_async (GDK_CLIPBOARD (object), g_task_get_cancellable (task), texture_read_cb, task);
}

void
vig_paste_async (GdkClipboard        *clipboard,
                 const char          *folder,
                 GCancellable        *cancellable,
                 GAsyncReadyCallback  callback,
                 gpointer             user_data)
{
  GTask *task = begin (folder, cancellable, callback, user_data);

  gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, cancellable, files_read_cb,
                                  task);
}

void
vig_paste_texture_async (GdkTexture          *texture,
                         const char          *folder,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = begin (folder, cancellable, callback, user_data);
  Paste *paste = g_task_get_task_data (task);

  paste->texture = g_object_ref (texture);
  g_task_run_in_thread (task, save_in_thread);
}

char **
vig_paste_finish (GAsyncResult  *result,
                  gboolean      *made,
                  GError       **error)
{
  if (made != NULL)
    *made = ((const Paste *) g_task_get_task_data (G_TASK (result)))->made;

  return g_task_propagate_pointer (G_TASK (result), error);
}
