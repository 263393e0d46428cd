/* word-lists.c: which list of words tags are suggested from: chosen, and opened to be changed */

#define G_LOG_DOMAIN "vig-word-lists"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/word-lists.h"

#include "ui/errand.h"
#include "ui/words-window.h"

struct _VigWordLists
{
  GtkWidget parent_instance;

  VigLibrary  *library;   /* owned */
  GSettings   *settings;  /* owned; or NULL */
  GPtrArray   *paths;     /* owned; of char *: of the lists in the row */
  char        *path;      /* owned; of the chosen one, or NULL: that of the program */

  GtkDropDown *chooser;
  GtkWidget   *button;
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigWordLists, vig_word_lists, GTK_TYPE_WIDGET)

const char *
vig_word_lists_get_path (VigWordLists *self)
{
  g_return_val_if_fail (VIG_IS_WORD_LISTS (self), NULL);

  return self->path;
}

/* ---- Which there are ---- */

static gpointer
list_paths (gpointer       object,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  return vig_vocabulary_list (object);
}

static char *
dup_title (const char *path)
{
  /* Translators: a list of words that comes with the program. */
  return vig_vocabulary_is_included (path) ? g_strdup (_("Everyday Words")) : vig_vocabulary_dup_name (path);
}

/* By the name that was remembered, if no path is known yet. */
static guint
find (VigWordLists *self)
{
  g_autofree char *remembered = self->settings != NULL ? g_settings_get_string (self->settings, "vocabulary") : NULL;

  for (guint i = 0; i < self->paths->len; i++)
    {
      const char *path = g_ptr_array_index (self->paths, i);
      g_autofree char *name = vig_vocabulary_dup_name (path);

      if (self->path != NULL ? g_str_equal (path, self->path)
                             : !vig_vocabulary_is_included (path) && g_strcmp0 (name, remembered) == 0)
        return i;
    }

  return 0;
}

static void
take (VigWordLists *self,
      guint         index)
{
  const char *path = index < self->paths->len ? g_ptr_array_index (self->paths, index) : NULL;
  g_autofree char *name = path != NULL && !vig_vocabulary_is_included (path) ? vig_vocabulary_dup_name (path)
                                                                              : g_strdup ("");

  g_free (self->path);
  self->path = g_strdup (path);
  if (self->settings != NULL)
    g_settings_set_string (self->settings, "vocabulary", name);
  g_signal_emit (self, signals[CHOSEN], 0);
}

static void
selected_cb (VigWordLists *self)
{
  take (self, gtk_drop_down_get_selected (self->chooser));
}

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigWordLists) self = user_data;
  g_autoptr(GPtrArray) paths = vig_errand_finish (result, NULL);
  g_autoptr(GtkStringList) titles = gtk_string_list_new (NULL);
  guint index;

  if (paths == NULL || self->chooser == NULL)
    return;

  g_clear_pointer (&self->paths, g_ptr_array_unref);
  self->paths = g_steal_pointer (&paths);
  for (guint i = 0; i < self->paths->len; i++)
    gtk_string_list_take (titles, dup_title (g_ptr_array_index (self->paths, i)));

  index = find (self);
  g_signal_handlers_block_by_func (self->chooser, selected_cb, self);
  gtk_drop_down_set_model (self->chooser, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->chooser, index);
  g_signal_handlers_unblock_by_func (self->chooser, selected_cb, self);
  take (self, index);
}

void
vig_word_lists_choose (VigWordLists *self,
                       const char   *path)
{
  g_return_if_fail (VIG_IS_WORD_LISTS (self));

  if (path != NULL && path != self->path)
    {
      g_free (self->path);
      self->path = g_strdup (path);
    }

  vig_errand_async (vig_library_get_profile (self->library), list_paths, NULL, NULL, (GDestroyNotify) g_ptr_array_unref,
                    NULL, listed_cb, g_object_ref (self));
}

/* ---- Changing them ---- */

static void
edited_cb (VigWordLists   *self,
           VigWordsWindow *window)
{
  vig_word_lists_choose (self, vig_words_window_get_path (window));
}

GtkWidget *
vig_word_lists_edit (VigWordLists *self)
{
  GtkWidget *window = NULL;

  g_return_val_if_fail (VIG_IS_WORD_LISTS (self), NULL);

  window = vig_words_window_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->library, self->path);
  g_signal_connect_object (window, "edited", G_CALLBACK (edited_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

static void
edit_cb (VigWordLists *self)
{
  vig_word_lists_edit (self);
}

/* ---- The widget ---- */

static void
vig_word_lists_dispose (GObject *object)
{
  VigWordLists *self = VIG_WORD_LISTS (object);
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->chooser = NULL;
  g_clear_object (&self->settings);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_word_lists_parent_class)->dispose (object);
}

static void
vig_word_lists_finalize (GObject *object)
{
  VigWordLists *self = VIG_WORD_LISTS (object);

  g_ptr_array_unref (self->paths);
  g_free (self->path);

  G_OBJECT_CLASS (vig_word_lists_parent_class)->finalize (object);
}

static void
vig_word_lists_class_init (VigWordListsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vig_word_lists_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_word_lists_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", VIG_TYPE_WORD_LISTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
vig_word_lists_init (VigWordLists *self)
{
  GtkWidget *chooser = gtk_drop_down_new (NULL, NULL);

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 6);
  self->paths = g_ptr_array_new ();
  self->chooser = GTK_DROP_DOWN (chooser);
  gtk_widget_set_hexpand (chooser, TRUE);
  gtk_widget_set_tooltip_text (chooser, _("The words that tags are suggested from"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("The words that tags are suggested from"), -1);
  g_signal_connect_object (chooser, "notify::selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (chooser, GTK_WIDGET (self));

  self->button = gtk_button_new_from_icon_name ("document-edit-symbolic");
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_set_tooltip_text (self->button, _("Change the words, or make a list of your own (Ctrl+E)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Change the words"), -1);
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (edit_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

void
vig_word_lists_set_up (VigWordLists *self,
                       VigLibrary   *library,
                       GSettings    *settings)
{
  g_return_if_fail (VIG_IS_WORD_LISTS (self));

  g_set_object (&self->library, library);
  g_set_object (&self->settings, settings);
}
