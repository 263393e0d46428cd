/* library-page.c: what could not be read or written, and copies of what is kept */

#define G_LOG_DOMAIN "vig-library-page"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/preferences.h"

#include "library/tags.h"
#include "ui/errand.h"

#define MOST 100  /* problems shown of each kind */

struct _VigLibraryPage
{
  AdwPreferencesPage parent_instance;

  VigLibrary          *library;      /* owned */
  AdwPreferencesGroup *unread;       /* of the page */
  AdwPreferencesGroup *unwritten;    /* of the page */
  GtkWidget           *retry;        /* in its header */
  GPtrArray           *unread_rows;  /* owned; borrowed rows */
  GPtrArray           *unwritten_rows;  /* owned; borrowed rows */
  GtkFileChooserNative *chooser;     /* owned; while it is open */
  GCancellable        *cancellable;  /* owned */
};

#define VIG_TYPE_LIBRARY_PAGE (vig_library_page_get_type ())
G_DECLARE_FINAL_TYPE (VigLibraryPage, vig_library_page, VIG, LIBRARY_PAGE, AdwPreferencesPage)
G_DEFINE_FINAL_TYPE (VigLibraryPage, vig_library_page, ADW_TYPE_PREFERENCES_PAGE)

/* ---- Problems ---- */

static gpointer
list_unread (gpointer       object,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  return vig_library_list_failures (object, error);
}

static gpointer
list_unwritten (gpointer       object,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return vig_library_list_unwritten (object, error);
}

static gpointer
retry_unwritten (gpointer       object,
                 gpointer       data,
                 GCancellable  *cancellable,
                 GError       **error)
{
  return vig_library_retry_sidecars (object, cancellable, error);
}

static const char *
get_path (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW)), "vig-path");
}

static void
show_cb (GtkWidget      *button,
         VigLibraryPage *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (gtk_widget_get_root (button)));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.open-folder", "^ay", get_path (button));
}

/* @data: path of a picture. Returns what is still to be written. */
static gpointer
give_up (gpointer       object,
         gpointer       data,
         GCancellable  *cancellable,
         GError       **error)
{
  return vig_library_give_up_sidecar (object, data, error) ? vig_library_list_unwritten (object, error) : NULL;
}

static void unwritten_cb (GObject *object, GAsyncResult *result, gpointer user_data);

static void
give_up_cb (GtkWidget      *button,
            VigLibraryPage *self)
{
  vig_errand_async (self->library, give_up, g_strdup (get_path (button)), g_free, (GDestroyNotify) g_ptr_array_unref,
                    self->cancellable, unwritten_cb, g_object_ref (self));
}

static void
fill (VigLibraryPage      *self,
      AdwPreferencesGroup *group,
      GPtrArray           *rows,
      GPtrArray           *failures)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, g_ptr_array_index (rows, i));
  g_ptr_array_set_size (rows, 0);

  for (guint i = 0; i < MIN (failures->len, MOST); i++)
    {
      const VigFailure *failure = g_ptr_array_index (failures, i);
      g_autofree char *path = g_filename_display_name (failure->path);
      GtkWidget *row = vig_preferences_make_row (path, failure->reason);

      g_object_set_data_full (G_OBJECT (row), "vig-path", g_strdup (failure->path), g_free);
      vig_preferences_add_button (row, _("_Show"), G_CALLBACK (show_cb), self);
      if (group == self->unwritten)
        vig_preferences_add_button (row, _("_Give Up"), G_CALLBACK (give_up_cb), self);
      g_ptr_array_add (rows, row);
      adw_preferences_group_add (group, row);
    }

  if (failures->len == 0 || failures->len > MOST)
    {
      const guint more = failures->len - MIN (failures->len, MOST);
      g_autofree char *words = more > 0 ? g_strdup_printf (ngettext ("%u more", "%u more", more), more)
                                        : g_strdup (_("None"));
      GtkWidget *row = vig_preferences_make_row (words, NULL);

      g_ptr_array_add (rows, row);
      adw_preferences_group_add (group, row);
    }
}

static void
unread_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigLibraryPage) self = user_data;
  g_autoptr(GPtrArray) failures = vig_errand_finish (result, NULL);

  if (failures != NULL && !g_cancellable_is_cancelled (self->cancellable))
    fill (self, self->unread, self->unread_rows, failures);
}

static void
unwritten_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(VigLibraryPage) self = user_data;
  g_autoptr(GPtrArray) failures = vig_errand_finish (result, NULL);

  if (failures == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;

  fill (self, self->unwritten, self->unwritten_rows, failures);
  gtk_widget_set_visible (self->retry, failures->len > 0);
  gtk_widget_set_sensitive (self->retry, TRUE);
}

static void
ask (VigLibraryPage      *self,
     VigErrand            errand,
     GAsyncReadyCallback  callback)
{
  vig_errand_async (self->library, errand, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, self->cancellable, callback,
                    g_object_ref (self));
}

static void
retry_cb (VigLibraryPage *self)
{
  gtk_widget_set_sensitive (self->retry, FALSE);
  ask (self, retry_unwritten, unwritten_cb);
}

/* ---- Copies ---- */

static gpointer
back_up (gpointer       object,
         gpointer       data,
         GCancellable  *cancellable,
         GError       **error)
{
  vig_library_back_up (object, data, error);

  return NULL;
}

static gpointer
restore (gpointer       object,
         gpointer       data,
         GCancellable  *cancellable,
         GError       **error)
{
  char *before = NULL;

  return vig_library_restore (object, data, &before, error) ? before : NULL;
}

static void
backed_up_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(VigLibraryPage) self = user_data;
  g_autoptr(GError) error = NULL;

  vig_errand_finish (result, &error);
  if (!g_cancellable_is_cancelled (self->cancellable))
    vig_preferences_say (GTK_WIDGET (self), error != NULL ? error->message : _("The backup is written."));
}

static void
restored_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(VigLibraryPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *before = vig_errand_finish (result, &error);
  g_autofree char *shown = before != NULL ? g_filename_display_name (before) : NULL;
  g_autofree char *words = shown != NULL
    ? g_strdup_printf (_("Everything is as it was then. What was there until now is kept in “%s”."), shown) : NULL;

  if (!g_cancellable_is_cancelled (self->cancellable))
    vig_preferences_say (GTK_WIDGET (self), error != NULL ? error->message : words);
}

static void
chosen_cb (VigLibraryPage       *self,
           int                   response,
           GtkFileChooserNative *chooser)
{
  const gboolean save = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (chooser)) == GTK_FILE_CHOOSER_ACTION_SAVE;
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    vig_errand_async (self->library, save ? back_up : restore, path, g_free, save ? NULL : g_free, NULL,
                      save ? backed_up_cb : restored_cb, g_object_ref (self));
  g_clear_object (&self->chooser);
}

static void
choose (VigLibraryPage       *self,
        const char           *title,
        GtkFileChooserAction  action,
        const char           *accept)
{
  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), action,
                                               accept, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), _("Vignette backup.db"));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
back_up_cb (GtkWidget      *button,
            VigLibraryPage *self)
{
  choose (self, _("Back Up the Library"), GTK_FILE_CHOOSER_ACTION_SAVE, _("_Back Up"));
}

static void
restore_cb (GtkWidget      *button,
            VigLibraryPage *self)
{
  choose (self, _("Restore a Backup"), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Restore"));
}

static void
vig_library_page_dispose (GObject *object)
{
  VigLibraryPage *self = VIG_LIBRARY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (vig_library_page_parent_class)->dispose (object);
}

static void
vig_library_page_finalize (GObject *object)
{
  VigLibraryPage *self = VIG_LIBRARY_PAGE (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->library);
  g_ptr_array_unref (self->unread_rows);
  g_ptr_array_unref (self->unwritten_rows);

  G_OBJECT_CLASS (vig_library_page_parent_class)->finalize (object);
}

static void
vig_library_page_class_init (VigLibraryPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vig_library_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_library_page_finalize;
}

static void
vig_library_page_init (VigLibraryPage *self)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (self);
  AdwPreferencesGroup *copies =
    vig_preferences_add_group (page, _("Copies"), _("What you made, typed or decided. Every day one is kept "
                                                    "by itself, and one before every change of shape."));
  GtkWidget *row = vig_preferences_make_row (_("Backup"), _("Pictures are files of their own, and are not in it."));

  self->cancellable = g_cancellable_new ();
  self->unread_rows = g_ptr_array_new ();
  self->unwritten_rows = g_ptr_array_new ();
  vig_preferences_add_button (row, _("_Back Up…"), G_CALLBACK (back_up_cb), self);
  vig_preferences_add_button (row, _("_Restore…"), G_CALLBACK (restore_cb), self);
  adw_preferences_group_add (copies, row);

  self->unread = vig_preferences_add_group (page, _("Files That Could Not Be Read"),
                                            _("They are tried again when they change."));
  self->unwritten = vig_preferences_add_group (page, _("Tags That Could Not Be Written"),
                                               _("The tags themselves are in the library."));
  self->retry = gtk_button_new_with_mnemonic (_("Try _Again"));
  gtk_widget_set_visible (self->retry, FALSE);
  gtk_widget_set_valign (self->retry, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->retry, "clicked", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_header_suffix (self->unwritten, self->retry);
}

GtkWidget *
vig_library_page_new (VigLibrary *library)
{
  VigLibraryPage *self = g_object_new (VIG_TYPE_LIBRARY_PAGE, NULL);

  self->library = g_object_ref (library);
  ask (self, list_unread, unread_cb);
  ask (self, list_unwritten, unwritten_cb);

  return GTK_WIDGET (self);
}
