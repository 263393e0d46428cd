/* application.c: the program as the desktop knows it: it owns the one library and the one studio */

#define G_LOG_DOMAIN "vignette"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "application.h"

#include "studio/studio.h"
#include "ui/about.h"
#include "ui/search-provider.h"
#include "ui/window.h"

/* Who searches once searches again: the models stay at hand for so long. */
#define SERVE_MS 120000

#define VIG_TYPE_APPLICATION (vig_application_get_type ())

G_DECLARE_FINAL_TYPE (VigApplication, vig_application, VIG, APPLICATION, AdwApplication)

struct _VigApplication
{
  AdwApplication parent_instance;

  VigProfile *profile;  /* owned */
  char       *device;   /* owned */
  char      **models;   /* owned; may be NULL */
  VigLibrary *library;  /* owned; NULL until it is open */
  VigStudio  *studio;   /* owned; NULL until the library is open */
  gboolean    opening;  /* the library is */
  gboolean    failed;   /* it could not be opened */
  gboolean    shown;    /* a window was asked for, not only an answer */
  GPtrArray  *files;    /* owned; paths that wait for the window */
  VigPicture *picture;  /* owned; that waits for the window, or NULL */
  char       *text;     /* owned; to be looked for, that waits for the window, or NULL */
  VigSearchProvider *provider;  /* owned; NULL before the bus is known */
};

G_DEFINE_FINAL_TYPE (VigApplication, vig_application, ADW_TYPE_APPLICATION)

static VigWindow *
find_window (VigApplication *self)
{
  for (GList *list = gtk_application_get_windows (GTK_APPLICATION (self)); list != NULL; list = list->next)
    if (VIG_IS_WINDOW (list->data))
      return list->data;

  return NULL;
}

/* ---- Opening the library, off the main thread ---- */

static void
present (VigApplication *self)
{
  VigWindow *window = find_window (self);

  if (window == NULL)
    window = vig_window_new (GTK_APPLICATION (self), self->studio);

  gtk_window_present (GTK_WINDOW (window));
  if (self->files->len > 0)
    {
      g_ptr_array_add (self->files, NULL);
      vig_window_tag (window, (const char * const *) self->files->pdata);
      g_ptr_array_set_size (self->files, 0);
    }

  if (self->picture != NULL)
    vig_window_show_picture (window, self->picture);
  else if (self->text != NULL)
    vig_window_find (window, self->text);
  g_clear_object (&self->picture);
  g_clear_pointer (&self->text, g_free);
}

/* Without a library there is nothing to show but why. */
static void
present_failure (VigApplication *self,
                 const GError   *error)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (self));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_status_page_new ();
  g_autofree char *markup = g_markup_escape_text (error->message, -1);

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "dialog-warning-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _("The Library Could Not Be Opened"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), markup);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), _("Vignette"));
  gtk_window_set_default_size (GTK_WINDOW (window), 480, 420);
  gtk_window_present (GTK_WINDOW (window));
}

static void
back_up_in_thread (GTask        *task,
                   gpointer      object,
                   gpointer      data,
                   GCancellable *cancellable)
{
  g_autoptr(GError) error = NULL;

  if (!vig_library_back_up_daily (data, &error))
    g_warning ("%s", error->message);
  g_task_return_boolean (task, error == NULL);
}

static void
backed_up_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_application_release (G_APPLICATION (object));
}

/* The backup of the day, while the user looks at the window already; the program does not end within it. */
static void
back_up (VigApplication *self)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, backed_up_cb, NULL);

  g_application_hold (G_APPLICATION (self));
  g_task_set_task_data (task, g_object_ref (self->library), g_object_unref);
  g_task_run_in_thread (task, back_up_in_thread);
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  VigApplication *self = VIG_APPLICATION (object);
  g_autoptr(GError) error = NULL;

  self->opening = FALSE;
  self->library = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->library == NULL)
    {
      self->failed = TRUE;
      if (self->shown)
        present_failure (self, error);
    }
  else
    {
      self->studio = vig_studio_new (self->library, self->device, (const char * const *) self->models);
      vig_studio_watch_folders (self->studio);
      vig_studio_heed_power (self->studio, TRUE);
      if (self->shown)
        present (self);
      back_up (self);
    }

  if (self->provider != NULL)
    vig_search_provider_set_studio (self->provider, self->studio);

  g_application_release (G_APPLICATION (self));
}

static void
open_in_thread (GTask        *task,
                gpointer      object,
                gpointer      data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  VigLibrary *library = vig_library_open (data, &error);

  if (library != NULL)
    g_task_return_pointer (task, library, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
open_library (VigApplication *self)
{
  g_autoptr(GTask) task = NULL;

  if (self->studio != NULL || self->opening || self->failed)
    return;

  self->opening = TRUE;
  g_application_hold (G_APPLICATION (self));
  task = g_task_new (self, NULL, opened_cb, NULL);
  g_task_set_task_data (task, g_object_ref (self->profile), g_object_unref);
  g_task_run_in_thread (task, open_in_thread);
}

static void
vig_application_activate (GApplication *application)
{
  VigApplication *self = VIG_APPLICATION (application);

  self->shown = TRUE;
  if (self->studio != NULL)
    present (self);
  else
    open_library (self);
}

/* ---- The search of the desktop ---- */

static void
provider_wanted_cb (VigApplication *self)
{
  if (self->failed)
    vig_search_provider_set_studio (self->provider, NULL);
  else
    open_library (self);
}

static void
provider_opened_cb (VigApplication *self,
                    VigPicture     *picture)
{
  g_set_object (&self->picture, picture);
  g_application_activate (G_APPLICATION (self));
}

static void
provider_launched_cb (VigApplication *self,
                      const char     *text)
{
  g_free (self->text);
  self->text = g_strdup (text);
  g_application_activate (G_APPLICATION (self));
}

static gboolean
vig_application_dbus_register (GApplication     *application,
                               GDBusConnection  *connection,
                               const char       *path,
                               GError          **error)
{
  VigApplication *self = VIG_APPLICATION (application);

  if (!G_APPLICATION_CLASS (vig_application_parent_class)->dbus_register (application, connection, path, error))
    return FALSE;

  self->provider = vig_search_provider_new (application);
  g_signal_connect_object (self->provider, "wanted", G_CALLBACK (provider_wanted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->provider, "opened", G_CALLBACK (provider_opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->provider, "launched", G_CALLBACK (provider_launched_cb), self, G_CONNECT_SWAPPED);

  return vig_search_provider_export (self->provider, connection, path, error);
}

static void
vig_application_dbus_unregister (GApplication    *application,
                                 GDBusConnection *connection,
                                 const char      *path)
{
  VigApplication *self = VIG_APPLICATION (application);

  if (self->provider != NULL)
    vig_search_provider_unexport (self->provider);
  g_clear_object (&self->provider);

  G_APPLICATION_CLASS (vig_application_parent_class)->dbus_unregister (application, connection, path);
}

static void
vig_application_open (GApplication  *application,
                      GFile        **files,
                      int            n_files,
                      const char    *hint)
{
  VigApplication *self = VIG_APPLICATION (application);

  for (int i = 0; i < n_files; i++)
    {
      char *path = g_file_get_path (files[i]);

      if (path != NULL)
        g_ptr_array_add (self->files, path);
    }

  g_application_activate (application);
}

/* ---- Actions ---- */

static void
quit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (user_data));

  /* Closed, not killed: each window keeps what it has to remember. */
  for (GList *list = windows; list != NULL; list = list->next)
    gtk_window_close (list->data);

  g_list_free (windows);
}

static void
about_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  VigApplication *self = user_data;
  GtkWindow *parent = gtk_application_get_active_window (user_data);

  gtk_window_present (GTK_WINDOW (vig_about_new (parent, self->studio)));
}

static const GActionEntry actions[] = {
  { .name = "quit", .activate = quit_cb },
  { .name = "about", .activate = about_cb },
};

static const struct
{
  const char *action;
  const char *keys[4];
} accels[] = {
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.search", { "<Control>f", "<Control>l" } },
  { "win.prompt", { "<Control>d" } },
  { "win.preferences('')", { "<Control>comma" } },
  { "win.jobs", { "<Control>j" } },
  { "win.pause", { "<Control><Shift>j" } },
  { "win.stop", { "Escape" } },
  { "win.back", { "<Alt>Left" } },
  { "win.next-pane", { "F6" } },
  { "win.previous-pane", { "<Shift>F6" } },
  { "win.help", { "F1" } },
  { "win.sidebar", { "F8" } },
  { "win.details", { "F9" } },
  { "win.add-folder", { "<Control>o" } },
  { "win.refresh", { "F5" } },
  { "win.tag-selected", { "<Control>t" } },
  { "win.teach", { "<Control><Shift>t" } },
  { "win.share", { "<Control><Shift>s" } },
};

static void
vig_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (vig_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), accels[i].action, accels[i].keys);
  gtk_window_set_default_icon_name (APP_ID);
}

static void
vig_application_shutdown (GApplication *application)
{
  VigApplication *self = VIG_APPLICATION (application);

  if (self->studio != NULL)
    vig_studio_close (self->studio);

  G_APPLICATION_CLASS (vig_application_parent_class)->shutdown (application);
}

static void
vig_application_finalize (GObject *object)
{
  VigApplication *self = VIG_APPLICATION (object);

  g_clear_object (&self->provider);
  g_clear_object (&self->picture);
  g_free (self->text);
  g_clear_object (&self->studio);
  g_clear_object (&self->library);
  g_clear_object (&self->profile);
  g_ptr_array_unref (self->files);
  g_strfreev (self->models);
  g_free (self->device);

  G_OBJECT_CLASS (vig_application_parent_class)->finalize (object);
}

static void
vig_application_class_init (VigApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vig_application_finalize;
  application_class->startup = vig_application_startup;
  application_class->shutdown = vig_application_shutdown;
  application_class->activate = vig_application_activate;
  application_class->open = vig_application_open;
  application_class->dbus_register = vig_application_dbus_register;
  application_class->dbus_unregister = vig_application_dbus_unregister;
}

static void
vig_application_init (VigApplication *self)
{
  self->files = g_ptr_array_new_with_free_func (g_free);
}

GApplication *
vig_application_new (VigProfile         *profile,
                     const char         *device,
                     const char * const *models)
{
  const GApplicationFlags own = vig_profile_get_directory (profile) != NULL ? G_APPLICATION_NON_UNIQUE : 0;
  VigApplication *self = g_object_new (VIG_TYPE_APPLICATION,
                                       "application-id", APP_ID,
                                       "flags", G_APPLICATION_HANDLES_OPEN | own,
                                       "resource-base-path", "/io/github/vignette/Vignette",
                                       NULL);

  self->profile = g_object_ref (profile);
  self->device = g_strdup (device);
  self->models = g_strdupv ((char **) models);

  return G_APPLICATION (self);
}

int
vig_application_run (VigProfile         *profile,
                     const char         *device,
                     const char * const *models,
                     char              **files)
{
  g_autoptr(GApplication) self = vig_application_new (profile, device, models);
  g_autoptr(GPtrArray) arguments = g_ptr_array_new ();
  int status;

  g_ptr_array_add (arguments, (char *) "vignette");
  g_ptr_array_add (arguments, (char *) "--");
  for (; files != NULL && *files != NULL; files++)
    g_ptr_array_add (arguments, *files);
  g_ptr_array_add (arguments, NULL);

  status = g_application_run (self, (int) arguments->len - 1, (char **) arguments->pdata);

  return VIG_APPLICATION (self)->failed ? 1 : status;
}

int
vig_application_serve (VigProfile         *profile,
                       const char         *device,
                       const char * const *models)
{
  g_autoptr(GApplication) self = vig_application_new (profile, device, models);

  g_application_set_flags (self, g_application_get_flags (self) | G_APPLICATION_IS_SERVICE);
  g_application_set_inactivity_timeout (self, SERVE_MS);

  return g_application_run (self, 0, NULL);
}
