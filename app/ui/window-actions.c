/* window-actions.c: what the window can be asked to do, by menu, key, button or another part of it */

#define G_LOG_DOMAIN "vig-window"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/window-private.h"

#include "ui/chores.h"
#include "ui/preferences.h"
#include "ui/shelf.h"

#define UNDO_SECONDS 6

/* ---- Saying something ---- */

static void
report_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  vig_window_report (VIG_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
say_cb (GtkWidget  *widget,
        const char *action,
        GVariant   *parameter)
{
  g_autofree char *markup = g_markup_escape_text (g_variant_get_string (parameter, NULL), -1);
  AdwToast *toast = adw_toast_new (markup);

  adw_toast_set_timeout (toast, 2);
  adw_toast_overlay_add_toast (VIG_WINDOW (widget)->toasts, toast);
}

/* ---- Going somewhere ---- */

static gboolean
is_tagging (VigWindow *self)
{
  return g_strcmp0 (adw_leaflet_get_visible_child_name (self->pages), "tag") == 0;
}

static void
leave_tagging (VigWindow *self)
{
  g_autoptr(VigJob) job = NULL;

  if (!is_tagging (self))
    return;

  adw_leaflet_set_visible_child_name (self->pages, "main");
  vig_tag_page_close (self->tag_page);

  /* What was tagged can be found by what is in it from now on. */
  job = vig_index_job_new (NULL);
  vig_window_submit (self, job);
}

void
vig_window_leave_page (VigWindow *self)
{
  leave_tagging (self);
  vig_window_leave_large (self);
}

static void
back_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  vig_window_leave_page (VIG_WINDOW (widget));
}

static void
show_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  vig_window_leave_page (self);
  vig_window_show_place (self, g_variant_get_bytestring (parameter));
  if (adw_flap_get_folded (self->sidebar_flap))
    adw_flap_set_reveal_flap (self->sidebar_flap, FALSE);
}

static void
search_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  vig_window_leave_page (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

static void
prompt_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  vig_window_leave_page (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->prompt));
}

static void
jobs_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  vig_job_bar_popup (VIG_WINDOW (widget)->jobs);
}

static void
toggle_flap (AdwFlap *flap)
{
  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
sidebar_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  toggle_flap (VIG_WINDOW (widget)->sidebar_flap);
}

static void
details_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  toggle_flap (VIG_WINDOW (widget)->details_flap);
}

/* One key for all that can be left: the page, what is drawn, a pane that covers the pictures. */
static void
stop_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  if (vig_drop_overlay_is_offering (self->drops))
    vig_drop_overlay_dismiss (self->drops);
  else if (vig_choices_is_open (vig_finder_get_choices (self->finder)))
    vig_choices_shut (vig_finder_get_choices (self->finder));
  else if (is_tagging (self) && vig_tag_page_step_back (self->tag_page))
    return;
  else if (is_tagging (self) || vig_window_is_large (self))
    vig_window_leave_page (self);
  else if (adw_flap_get_folded (self->details_flap) && adw_flap_get_reveal_flap (self->details_flap))
    adw_flap_set_reveal_flap (self->details_flap, FALSE);
  else if (adw_flap_get_folded (self->sidebar_flap) && adw_flap_get_reveal_flap (self->sidebar_flap))
    adw_flap_set_reveal_flap (self->sidebar_flap, FALSE);
  else
    vig_drawing_view_stop (self->drawing);
}

/* ---- Pictures as a beginning ---- */

/* @more: beside what is looked for already */
static void
find_like (VigWindow  *self,
           const char *path,
           gboolean    more)
{
  g_autofree char *copy = g_strdup (path);

  vig_window_leave_page (self);
  if (!more)
    vig_finder_clear (self->finder);
  vig_finder_add_like (self->finder, copy);
}

static void
find_like_cb (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  find_like (VIG_WINDOW (widget), g_variant_get_bytestring (parameter), FALSE);
}

static void
start_from (VigWindow  *self,
            const char *path)
{
  vig_window_leave_page (self);
  vig_prompt_card_set_start (self->prompt, path);
  gtk_widget_grab_focus (GTK_WIDGET (self->prompt));
}

static void
start_from_cb (GtkWidget  *widget,
               const char *action,
               GVariant   *parameter)
{
  start_from (VIG_WINDOW (widget), g_variant_get_bytestring (parameter));
}

static void
suggest_tags_cb (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  const char *paths[] = { g_variant_get_bytestring (parameter), NULL };

  vig_window_tag (VIG_WINDOW (widget), paths);
}

void
vig_window_take_drop (VigWindow    *self,
                      VigDropVerb   verb,
                      char        **paths)
{
  switch (verb)
    {
    case VIG_DROP_TAG:
      vig_window_tag (self, (const char * const *) paths);
      break;

    case VIG_DROP_START:
      start_from (self, paths[0]);
      break;

    case VIG_DROP_FIND:
      for (char **path = paths; *path != NULL; path++)
        find_like (self, *path, TRUE);
      break;
    }
}

/* ---- Files ---- */

static void
folder_opened_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (answer == NULL)
    vig_window_report (self, _("The file manager did not answer."));
}

/* The interface of the desktop's file manager: https://www.freedesktop.org/wiki/Specifications/file-manager-interface/ */
static void
open_folder_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (widget)));
  GDBusConnection *bus = g_application_get_dbus_connection (application);
  g_autoptr(GFile) file = g_file_new_for_path (g_variant_get_bytestring (parameter));
  g_autofree char *uri = g_file_get_uri (file);
  const char *uris[] = { uri, NULL };

  if (bus == NULL)
    {
      vig_window_report (VIG_WINDOW (widget), _("There is no file manager to ask."));
      return;
    }

  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems", g_variant_new ("(^ass)", uris, ""),
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, folder_opened_cb, g_object_ref (widget));
}

static char **
dup_chosen_paths (GtkFileChooserNative *chooser)
{
  g_autoptr(GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr(GFile) file = g_list_model_get_item (files, i);
      g_autofree char *path = g_file_get_path (file);

      if (path != NULL)
        g_strv_builder_add (paths, path);
    }

  return g_strv_builder_end (paths);
}

static void
folders_chosen_cb (VigWindow            *self,
                   int                   response,
                   GtkFileChooserNative *chooser)
{
  g_auto(GStrv) folders = response == GTK_RESPONSE_ACCEPT ? dup_chosen_paths (chooser) : NULL;

  if (folders != NULL && folders[0] != NULL)
    {
      g_autoptr(VigJob) job = vig_index_job_new ((const char * const *) folders);

      vig_window_submit (self, job);
    }

  g_clear_object (&self->chooser);
}

/* Every folder of the library is walked again; pictures that were not looked at yet are. */
static void
folders_listed_cb (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) folders = vig_chore_list_finish (result, &error);
  g_autoptr(VigJob) job = NULL;

  if (folders == NULL)
    {
      vig_window_report_error (self, error);
      return;
    }

  /* Without a folder the job still looks at pictures that are known one by one. */
  g_ptr_array_add (folders, NULL);
  job = vig_index_job_new (folders->len > 1 ? (const char * const *) folders->pdata : NULL);
  vig_window_submit (self, job);
}

static void
refresh_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);

  vig_chore_list_async (vig_window_get_library (self), VIG_CHORE_FOLDERS, NULL, self->cancellable,
                        folders_listed_cb, g_object_ref (self));
}

static void
files_chosen_cb (VigWindow            *self,
                 int                   response,
                 GtkFileChooserNative *chooser)
{
  g_auto(GStrv) files = response == GTK_RESPONSE_ACCEPT ? dup_chosen_paths (chooser) : NULL;

  if (files != NULL && files[0] != NULL)
    vig_window_tag (self, (const char * const *) files);

  g_clear_object (&self->chooser);
}

static void
choose (VigWindow            *self,
        const char           *title,
        GtkFileChooserAction  action,
        const char           *accept,
        GCallback             callback)
{
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, accept, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  if (action == GTK_FILE_CHOOSER_ACTION_OPEN)
    {
      gtk_file_filter_set_name (filter, _("Pictures"));
      gtk_file_filter_add_mime_type (filter, "image/*");
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
    }

  g_signal_connect_object (self->chooser, "response", callback, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
add_folder_cb (GtkWidget  *widget,
               const char *action,
               GVariant   *parameter)
{
  choose (VIG_WINDOW (widget), _("Add Folders"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Add"),
          G_CALLBACK (folders_chosen_cb));
}

static void
open_to_tag_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  choose (VIG_WINDOW (widget), _("Tag Pictures"), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Tag"),
          G_CALLBACK (files_chosen_cb));
}

static void
tag_selected_cb (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) selected = vig_gallery_get_selected (vig_window_get_grid (self));
  g_autoptr(GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 0; i < selected->len; i++)
    g_ptr_array_add (paths, (char *) vig_picture_get_path (g_ptr_array_index (selected, i)));

  g_ptr_array_add (paths, NULL);
  if (selected->len > 0)
    vig_window_tag (self, (const char * const *) paths->pdata);
}

/* ---- Files that were dropped on a row of the sidebar: a tag, a collection, favourites ---- */

typedef struct
{
  VigWindow *window;  /* owned */
  char      *place;   /* owned; as the sidebar names it */
} Gift;

static void
shelved_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!vig_shelf_finish (result, NULL, &error))
    vig_window_report_error (self, error);
}

static void
put (VigWindow  *self,
     VigPicture *picture,
     const char *place)
{
  VigLibrary *library = vig_window_get_library (self);
  const char *name = strchr (place, ':');
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  VigShelfOrder order = { .verb = VIG_SHELF_FAVOURITE, .pictures = pictures };

  g_ptr_array_add (pictures, g_object_ref (picture));
  if (g_str_has_prefix (place, "tag:"))
    {
      vig_chore_tag_async (library, picture, VIG_CHORE_ADD, (const char *[]) { name + 1, NULL }, NULL, NULL,
                           vig_window_end_chore, g_object_ref (self));
      return;
    }

  if (g_str_has_prefix (place, "collection:"))
    {
      order.verb = VIG_SHELF_COLLECT;
      order.id = g_ascii_strtoll (name + 1, NULL, 10);
    }

  vig_shelf_do_async (library, &order, NULL, shelved_cb, g_object_ref (self));
}

static void
gift_added_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autofree Gift *gift = user_data;
  g_autoptr(VigWindow) self = gift->window;
  g_autofree char *place = gift->place;
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPicture) picture = vig_chore_add_file_finish (result, &error);

  if (picture == NULL)
    vig_window_report_error (self, error);
  else
    put (self, picture, place);
}

static void
give_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  g_autofree char *place = NULL;
  g_auto(GStrv) paths = NULL;

  g_variant_get (parameter, "(s^aay)", &place, &paths);
  for (char **path = paths; *path != NULL; path++)
    {
      Gift *gift = g_new (Gift, 1);

      gift->window = g_object_ref (VIG_WINDOW (widget));
      gift->place = g_strdup (place);
      vig_chore_add_file_async (vig_window_get_library (VIG_WINDOW (widget)), *path, NULL, gift_added_cb, gift);
    }
}

/* ---- Forgetting, with time to think again ---- */

/* Pictures that are forgotten when their toast goes. */
typedef struct
{
  VigWindow *window;    /* weak: the toast that tells of it belongs to it */
  GPtrArray *pictures;  /* owned; NULL once it is undone or done */
} Leave;

static void
free_leave (gpointer  data,
            GClosure *closure)
{
  Leave *leave = data;

  if (leave->window != NULL)
    g_ptr_array_remove_fast (leave->window->leaves, leave);
  g_clear_pointer (&leave->pictures, g_ptr_array_unref);
  g_clear_weak_pointer (&leave->window);
  g_free (leave);
}

static void
mark_leaving (VigWindow *self,
              GPtrArray *pictures,
              gboolean   leaving)
{
  for (guint i = 0; i < pictures->len; i++)
    {
      const gint64 id = vig_picture_get_id (g_ptr_array_index (pictures, i));

      if (leaving)
        g_hash_table_add (self->leaving, g_memdup2 (&id, sizeof id));
      else
        g_hash_table_remove (self->leaving, &id);
    }

  if (self->gallery == NULL)
    return;  /* the window is gone already */

  vig_gallery_set_leaving (self->gallery, self->leaving);
  vig_gallery_set_leaving (vig_search_results_get_gallery (self->results), self->leaving);
}

typedef struct
{
  VigWindow    *window;       /* owned */
  GApplication *application;  /* owned, and held: the program does not end before */
} Farewell;

static void
forgotten_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autofree Farewell *farewell = user_data;
  g_autoptr(VigWindow) self = farewell->window;
  g_autoptr(GApplication) application = farewell->application;
  g_autoptr(GError) error = NULL;

  if (!vig_library_forget_finish (VIG_LIBRARY (object), result, &error) && self->toasts != NULL)
    vig_window_report_error (self, error);
  if (application != NULL)
    g_application_release (application);
}

static void
forget_now (Leave *leave)
{
  g_autoptr(GPtrArray) pictures = g_steal_pointer (&leave->pictures);
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (leave->window));
  Farewell *farewell = NULL;

  if (pictures == NULL)
    return;

  farewell = g_new0 (Farewell, 1);
  farewell->window = g_object_ref (leave->window);
  if (application != NULL)
    {
      farewell->application = G_APPLICATION (g_object_ref (application));
      g_application_hold (farewell->application);
    }

  vig_library_forget_async (vig_window_get_library (leave->window), pictures, NULL, forgotten_cb, farewell);
  mark_leaving (leave->window, pictures, FALSE);
}

static void
undo_cb (AdwToast *toast,
         Leave    *leave)
{
  g_autoptr(GPtrArray) pictures = g_steal_pointer (&leave->pictures);

  if (pictures != NULL && leave->window != NULL)
    mark_leaving (leave->window, pictures, FALSE);
}

static void
dismissed_cb (AdwToast *toast,
              Leave    *leave)
{
  if (leave->window != NULL)
    forget_now (leave);
}

static void
forget_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) pictures = vig_gallery_get_selected (vig_window_get_grid (self));
  g_autofree char *words = NULL;
  AdwToast *toast = NULL;
  Leave *leave = NULL;

  if (pictures->len == 0)
    return;

  words = g_strdup_printf (ngettext ("%u picture forgotten", "%u pictures forgotten", pictures->len),
                           pictures->len);
  toast = adw_toast_new (words);
  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_timeout (toast, UNDO_SECONDS);

  mark_leaving (self, pictures, TRUE);
  leave = g_new0 (Leave, 1);
  g_set_weak_pointer (&leave->window, self);
  leave->pictures = g_steal_pointer (&pictures);
  g_ptr_array_add (self->leaves, leave);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (undo_cb), leave);
  g_signal_connect_data (toast, "dismissed", G_CALLBACK (dismissed_cb), leave, free_leave, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
vig_window_flush_leaving (VigWindow *self)
{
  for (guint i = 0; i < self->leaves->len; i++)
    forget_now (g_ptr_array_index (self->leaves, i));
}

/* ---- Preferences ---- */

static void
preferences_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  const char *page = g_variant_get_string (parameter, NULL);

  gtk_window_present (GTK_WINDOW (vig_preferences_new (GTK_WINDOW (widget), VIG_WINDOW (widget)->studio,
                                                       *page != '\0' ? page : NULL)));
}

void
vig_window_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.report", "s", report_cb);
  gtk_widget_class_install_action (klass, "win.say", "s", say_cb);
  gtk_widget_class_install_action (klass, "win.preferences", "s", preferences_cb);
  gtk_widget_class_install_action (klass, "win.back", NULL, back_cb);
  gtk_widget_class_install_action (klass, "win.show", "ay", show_cb);
  gtk_widget_class_install_action (klass, "win.search", NULL, search_cb);
  gtk_widget_class_install_action (klass, "win.prompt", NULL, prompt_cb);
  gtk_widget_class_install_action (klass, "win.jobs", NULL, jobs_cb);
  gtk_widget_class_install_action (klass, "win.sidebar", NULL, sidebar_cb);
  gtk_widget_class_install_action (klass, "win.details", NULL, details_cb);
  gtk_widget_class_install_action (klass, "win.stop", NULL, stop_cb);
  gtk_widget_class_install_action (klass, "win.find-like", "ay", find_like_cb);
  gtk_widget_class_install_action (klass, "win.start-from", "ay", start_from_cb);
  gtk_widget_class_install_action (klass, "win.suggest-tags", "ay", suggest_tags_cb);
  gtk_widget_class_install_action (klass, "win.open-folder", "ay", open_folder_cb);
  gtk_widget_class_install_action (klass, "win.add-folder", NULL, add_folder_cb);
  gtk_widget_class_install_action (klass, "win.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (klass, "win.open-to-tag", NULL, open_to_tag_cb);
  gtk_widget_class_install_action (klass, "win.tag-selected", NULL, tag_selected_cb);
  gtk_widget_class_install_action (klass, "win.give", "(saay)", give_cb);
  gtk_widget_class_install_action (klass, "win.forget", NULL, forget_cb);
}
