/* models-page.c: the models that are there, and those that can be fetched */

#define G_LOG_DOMAIN "vig-models-page"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/preferences.h"

#include "studio/catalogue.h"
#include "studio/model-job.h"
#include "studio/model-store.h"
#include "ui/errand.h"

struct _VigModelsPage
{
  AdwPreferencesPage parent_instance;

  VigStudio           *studio;       /* owned */
  AdwPreferencesGroup *here;         /* of the page */
  AdwPreferencesGroup *offered;      /* of the page */
  GPtrArray           *here_rows;    /* owned; borrowed rows */
  GPtrArray           *offer_rows;   /* owned; borrowed rows */
  GtkFileChooserNative *chooser;     /* owned; while it is open */
  GCancellable        *cancellable;  /* owned */
};

#define VIG_TYPE_MODELS_PAGE (vig_models_page_get_type ())
G_DECLARE_FINAL_TYPE (VigModelsPage, vig_models_page, VIG, MODELS_PAGE, AdwPreferencesPage)
G_DEFINE_FINAL_TYPE (VigModelsPage, vig_models_page, ADW_TYPE_PREFERENCES_PAGE)

static void list (VigModelsPage *self);

static VigProfile *
get_profile (VigModelsPage *self)
{
  return vig_library_get_profile (vig_studio_get_library (self->studio));
}

static const char *
describe_kind (VigModelKind kind)
{
  return kind == VIG_MODEL_CLIP ? _("Sees pictures and reads words") : _("Draws pictures");
}

/* ---- What is there ---- */

/* A model, and what takes a while to learn of it. */
typedef struct
{
  char         *name;
  char         *directory;
  char         *licence;   /* or NULL */
  char         *source;    /* or NULL */
  VigModelKind  kind;
  guint64       bytes;
  gboolean      included;
} Found;

static void
free_found (Found *found)
{
  g_free (found->name);
  g_free (found->directory);
  g_free (found->licence);
  g_free (found->source);
  g_free (found);
}

static gpointer
list_models (gpointer       object,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr(GPtrArray) models = vig_model_files_list (object);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) free_found);

  for (guint i = 0; i < models->len; i++)
    {
      const VigModelFiles *files = g_ptr_array_index (models, i);
      Found *found = g_new0 (Found, 1);

      found->name = g_strdup (files->name);
      found->directory = g_strdup (files->directory);
      found->kind = files->kind;
      found->included = files->included;
      found->bytes = vig_model_files_measure (files);
      found->licence = vig_model_files_dup_licence (files);
      found->source = vig_model_files_dup_source (files);
      g_ptr_array_add (list, found);
    }

  return list;
}

/* @data: folder of a model */
static gpointer
verify_model (gpointer       object,
              gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autoptr(GPtrArray) models = vig_model_files_list (object);

  for (guint i = 0; i < models->len; i++)
    {
      const VigModelFiles *files = g_ptr_array_index (models, i);

      if (g_str_equal (files->directory, data))
        return vig_model_store_verify (files, cancellable, error);
    }

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("This model is not there any more."));
  return NULL;
}

static void
verified_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(VigModelsPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) problems = vig_errand_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  if (problems == NULL)
    vig_preferences_say (GTK_WIDGET (self), error != NULL ? error->message : _("It was not looked through."));
  else if (problems->len > 0)
    vig_preferences_say (GTK_WIDGET (self), g_ptr_array_index (problems, 0));
  else
    vig_preferences_say (GTK_WIDGET (self), _("Every file of the model is as it should be."));
}

static const char *
get_string (GtkWidget  *button,
            const char *key)
{
  return g_object_get_data (G_OBJECT (gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW)), key);
}

static void
verify_cb (GtkWidget     *button,
           VigModelsPage *self)
{
  vig_preferences_say (GTK_WIDGET (self), _("All of the model is being read."));
  vig_errand_async (get_profile (self), verify_model, g_strdup (get_string (button, "vig-directory")), g_free,
                    (GDestroyNotify) g_ptr_array_unref, self->cancellable, verified_cb, g_object_ref (self));
}

/* @data: name of a model. Finds nothing but that it was done. */
static gpointer
remove_model (gpointer       object,
              gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  vig_model_store_remove (object, data, error);

  return NULL;
}

static void
removed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigModelsPage) self = user_data;
  g_autoptr(GError) error = NULL;

  vig_errand_finish (result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  if (error != NULL)
    vig_preferences_say (GTK_WIDGET (self), error->message);
  list (self);
}

static void
remove_response_cb (AdwMessageDialog *dialog,
                    const char       *response,
                    VigModelsPage    *self)
{
  const char *name = g_object_get_data (G_OBJECT (dialog), "vig-name");

  if (g_str_equal (response, "remove"))
    vig_errand_async (get_profile (self), remove_model, g_strdup (name), g_free, NULL, NULL, removed_cb,
                      g_object_ref (self));
}

static void
remove_cb (GtkWidget     *button,
           VigModelsPage *self)
{
  const char *name = get_string (button, "vig-name");
  g_autofree char *heading = g_strdup_printf (_("Remove “%s”?"), name);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), heading,
                                              _("Its files are deleted. What was made with it stays."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "vig-name", g_strdup (name), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (remove_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static GtkWidget *
make_here_row (VigModelsPage *self,
               const Found   *found)
{
  g_autofree char *size = g_format_size (found->bytes);
  g_autoptr(GString) words = g_string_new (NULL);
  GtkWidget *row = NULL;

  g_string_append_printf (words, "%s · %s", describe_kind (found->kind), size);
  if (found->licence != NULL)
    g_string_append_printf (words, " · %s", found->licence);
  if (found->source != NULL)
    {
      /* Translators: where a model comes from, or what it was made from. */
      g_string_append_c (words, '\n');
      g_string_append_printf (words, _("From: %s"), found->source);
    }

  row = vig_preferences_make_row (found->name, words->str);
  g_object_set_data_full (G_OBJECT (row), "vig-name", g_strdup (found->name), g_free);
  g_object_set_data_full (G_OBJECT (row), "vig-directory", g_strdup (found->directory), g_free);
  vig_preferences_add_button (row, _("_Verify"), G_CALLBACK (verify_cb), self);
  if (!found->included)
    vig_preferences_add_button (row, _("_Remove…"), G_CALLBACK (remove_cb), self);

  return row;
}

/* ---- What can be fetched ---- */

static void
job_state_cb (VigModelsPage *self,
              GParamSpec    *pspec,
              VigJob        *job)
{
  if (!vig_job_is_over (job))
    return;

  if (vig_job_get_error (job) != NULL)
    vig_preferences_say (GTK_WIDGET (self), vig_job_get_error (job)->message);
  list (self);
}

static void
submit (VigModelsPage *self,
        VigJob        *job)
{
  g_signal_connect_object (job, "notify::state", G_CALLBACK (job_state_cb), self, G_CONNECT_SWAPPED);
  vig_studio_submit (self->studio, job);
}

static void
fraction_cb (GtkProgressBar *bar,
             GParamSpec     *pspec,
             VigJob         *job)
{
  gtk_progress_bar_set_fraction (bar, CLAMP (vig_job_get_fraction (job), 0, 1));
}

static void
stop_cb (GtkWidget *button,
         VigJob    *job)
{
  vig_job_stop (job);
}

static void
download_cb (GtkWidget     *button,
             VigModelsPage *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);
  g_autoptr(VigJob) job = vig_model_job_new_download (get_string (button, "vig-name"));
  GtkWidget *bar = gtk_progress_bar_new ();

  /* Stopped, what came stays, and the next time goes on from there. */
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (bar, 90, -1);
  g_signal_connect_object (job, "notify::fraction", G_CALLBACK (fraction_cb), bar, G_CONNECT_SWAPPED);
  adw_action_row_remove (ADW_ACTION_ROW (row), button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), bar);
  vig_preferences_add_button (row, _("_Stop"), G_CALLBACK (stop_cb), job);
  g_object_set_data_full (G_OBJECT (row), "vig-job", g_object_ref (job), g_object_unref);
  submit (self, job);
}

static GtkWidget *
make_offer_row (VigModelsPage  *self,
                const VigOffer *offer)
{
  g_autofree char *size = g_format_size (offer->bytes);
  g_autofree char *page = vig_offer_dup_page (offer);
  g_autofree char *words = g_strdup_printf ("%s · %s · %s\n%s", describe_kind (offer->kind), size, offer->licence,
                                            page);
  GtkWidget *row = vig_preferences_make_row (offer->name, words);

  g_object_set_data_full (G_OBJECT (row), "vig-name", g_strdup (offer->name), g_free);
  vig_preferences_add_button (row, _("_Download"), G_CALLBACK (download_cb), self);

  return row;
}

static void
clear (AdwPreferencesGroup *group,
       GPtrArray           *rows)
{
  for (guint i = 0; i < rows->len; i++)
    adw_preferences_group_remove (group, g_ptr_array_index (rows, i));
  g_ptr_array_set_size (rows, 0);
}

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigModelsPage) self = user_data;
  g_autoptr(GPtrArray) models = vig_errand_finish (result, NULL);
  guint n_offers;
  const VigOffer *offers = vig_catalogue_get (&n_offers);

  if (g_cancellable_is_cancelled (self->cancellable) || models == NULL)
    return;

  clear (self->here, self->here_rows);
  clear (self->offered, self->offer_rows);
  for (guint i = 0; i < models->len; i++)
    {
      GtkWidget *row = make_here_row (self, g_ptr_array_index (models, i));

      g_ptr_array_add (self->here_rows, row);
      adw_preferences_group_add (self->here, row);
    }

  for (guint i = 0; i < n_offers; i++)
    {
      gboolean there = FALSE;

      for (guint k = 0; k < models->len; k++)
        there = there || g_str_equal (((const Found *) g_ptr_array_index (models, k))->name, offers[i].name);
      if (!there)
        {
          GtkWidget *row = make_offer_row (self, &offers[i]);

          g_ptr_array_add (self->offer_rows, row);
          adw_preferences_group_add (self->offered, row);
        }
    }
}

static void
list (VigModelsPage *self)
{
  vig_errand_async (get_profile (self), list_models, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, self->cancellable,
                    listed_cb, g_object_ref (self));
}

/* ---- From the disk ---- */

static void
chosen_cb (VigModelsPage        *self,
           int                   response,
           GtkFileChooserNative *chooser)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    {
      g_autoptr(VigJob) job = vig_model_job_new_add (path, NULL);

      vig_preferences_say (GTK_WIDGET (self), _("The model is being taken in."));
      submit (self, job);
    }

  g_clear_object (&self->chooser);
}

static void
choose (VigModelsPage        *self,
        const char           *title,
        GtkFileChooserAction  action)
{
  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), action,
                                               _("_Add"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
add_folder_cb (GtkWidget     *button,
               VigModelsPage *self)
{
  choose (self, _("Add the Folder of a Model"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER);
}

static void
add_file_cb (GtkWidget     *button,
             VigModelsPage *self)
{
  choose (self, _("Add the File of a Model"), GTK_FILE_CHOOSER_ACTION_OPEN);
}

static void
vig_models_page_dispose (GObject *object)
{
  VigModelsPage *self = VIG_MODELS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (vig_models_page_parent_class)->dispose (object);
}

static void
vig_models_page_finalize (GObject *object)
{
  VigModelsPage *self = VIG_MODELS_PAGE (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->studio);
  g_ptr_array_unref (self->here_rows);
  g_ptr_array_unref (self->offer_rows);

  G_OBJECT_CLASS (vig_models_page_parent_class)->finalize (object);
}

static void
vig_models_page_class_init (VigModelsPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vig_models_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_models_page_finalize;
}

static void
vig_models_page_init (VigModelsPage *self)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (self);
  AdwPreferencesGroup *own = NULL;
  GtkWidget *row = NULL;

  self->cancellable = g_cancellable_new ();
  self->here_rows = g_ptr_array_new ();
  self->offer_rows = g_ptr_array_new ();
  self->here = vig_preferences_add_group (page, _("On This Computer"),
                                          _("Your own models go before those that come with the program."));
  own = vig_preferences_add_group (page, _("From the Disk"), NULL);
  row = vig_preferences_make_row (_("A model that you have"),
                                  _("As its publisher gives it: a file or a folder. Nothing in it is ever run."));
  vig_preferences_add_button (row, _("F_ile…"), G_CALLBACK (add_file_cb), self);
  vig_preferences_add_button (row, _("F_older…"), G_CALLBACK (add_folder_cb), self);
  adw_preferences_group_add (own, row);
  self->offered = vig_preferences_add_group (page, _("To Download"),
                                             _("The program uses the network only while you download."));
}

GtkWidget *
vig_models_page_new (VigStudio *studio)
{
  VigModelsPage *self = g_object_new (VIG_TYPE_MODELS_PAGE, NULL);

  self->studio = g_object_ref (studio);
  list (self);

  return GTK_WIDGET (self);
}
