/* words-window.c: lists of words that tags are suggested from, changed in place */

#define G_LOG_DOMAIN "vig-words-window"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/words-window.h"

#include "studio/vocabulary.h"
#include "ui/errand.h"
#include "ui/name-dialog.h"

#define KEEP_AFTER 800  /* ms after the last key */

struct _VigWordsWindow
{
  AdwWindow parent_instance;

  VigLibrary  *library;   /* owned */
  GPtrArray   *paths;     /* owned; of char *: the lists that there are */
  char        *path;      /* owned; of the one that is shown, or NULL: that of the program */
  char        *removed;   /* owned; text of the list that was removed last, with its name before a line's end */
  gboolean     changed;   /* since it was written */
  gboolean     filling;   /* by us, not by keys */
  guint        busy;      /* orders under way */
  gboolean     closing;   /* as soon as there is none */
  guint        keep;      /* timeout, or 0 */

  AdwToastOverlay *toasts;
  GtkDropDown     *chooser;
  GtkRevealer     *included;
  GtkTextView     *view;
  GtkLabel        *count;
};

enum { EDITED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigWordsWindow, vig_words_window, ADW_TYPE_WINDOW)

static void list_all (VigWordsWindow *self);

const char *
vig_words_window_get_path (VigWordsWindow *self)
{
  g_return_val_if_fail (VIG_IS_WORDS_WINDOW (self), NULL);

  return self->path;
}

static gboolean
is_own (VigWordsWindow *self)
{
  return self->path != NULL && !vig_vocabulary_is_included (self->path);
}

static void
say (VigWordsWindow *self,
     const char     *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

/* ---- Orders to the disk ---- */

typedef enum { READ, WRITE, MAKE, RENAME, REMOVE, TAGS } Verb;

typedef struct
{
  VigLibrary *library;  /* owned */
  Verb        verb;
  char       *path;     /* owned; or NULL */
  char       *name;     /* owned; or NULL */
  char       *text;     /* owned; or NULL */
} Order;

static void
free_order (gpointer data)
{
  Order *order = data;

  g_object_unref (order->library);
  g_free (order->path);
  g_free (order->name);
  g_free (order->text);
  g_free (order);
}

static char *
join_tags (VigLibrary  *library,
           GError     **error)
{
  g_autoptr(GPtrArray) tags = vig_library_list_tags (library, error);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; tags != NULL && i < tags->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (tags, i));

  return tags != NULL ? g_strdup (text->str) : NULL;
}

/* Returns the text that was read, or the path that the list has now. */
static gpointer
obey (gpointer       object,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Order *order = data;
  VigProfile *profile = vig_library_get_profile (order->library);

  switch (order->verb)
    {
    case READ:
      return vig_vocabulary_read (order->path, error);

    case WRITE:
      return vig_vocabulary_write (order->path, order->text, error) ? g_strdup (order->path) : NULL;

    case MAKE:
      return vig_vocabulary_make (profile, order->name, order->text, error);

    case RENAME:
      return vig_vocabulary_rename (profile, order->path, order->name, error);

    case REMOVE:
      return vig_vocabulary_remove (order->path, error) ? g_strdup (order->path) : NULL;

    case TAGS:
      return join_tags (order->library, error);
    }

  g_return_val_if_reached (NULL);
}

static void
give (VigWordsWindow      *self,
      Verb                 verb,
      const char          *name,
      const char          *text,
      GAsyncReadyCallback  callback)
{
  Order *order = g_new0 (Order, 1);

  order->library = g_object_ref (self->library);
  order->verb = verb;
  order->path = g_strdup (self->path);
  order->name = g_strdup (name);
  order->text = g_strdup (text);
  self->busy++;
  vig_errand_async (self->library, obey, order, free_order, g_free, NULL, callback, g_object_ref (self));
}

/* The answer to an order; NULL if it failed, which is said. */
static char *
finish (VigWordsWindow *self,
        GAsyncResult   *result)
{
  g_autoptr(GError) error = NULL;
  char *answer = vig_errand_finish (result, &error);

  self->busy--;
  if (error != NULL)
    {
      self->closing = FALSE;
      say (self, error->message);
    }
  else if (self->closing && self->busy == 0)
    gtk_window_close (GTK_WINDOW (self));

  return answer;
}

/* ---- The text ---- */

static char *
dup_text (VigWordsWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* Which words the text means, said below it. */
static void
count_words (VigWordsWindow *self)
{
  g_autofree char *text = dup_text (self);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr(GPtrArray) words = NULL;
  g_autofree char *label = NULL;

  for (char **line = lines; *line != NULL; line++)
    (*line)[strcspn (*line, "#")] = '\0';
  words = vig_vocabulary_parse ((const char * const *) lines);
  label = g_strdup_printf (ngettext ("%u tag", "%u tags", words->len), words->len);
  gtk_label_set_label (self->count, label);
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigWordsWindow) self = user_data;
  g_autofree char *path = finish (self, result);

  /* What could not be written is still to be written. */
  self->changed = self->changed || path == NULL;
}

static void
keep (VigWordsWindow *self)
{
  g_autofree char *text = NULL;

  g_clear_handle_id (&self->keep, g_source_remove);
  if (!self->changed || !is_own (self))
    return;

  text = dup_text (self);
  self->changed = FALSE;
  give (self, WRITE, NULL, text, written_cb);
}

static gboolean
keep_cb (gpointer data)
{
  VigWordsWindow *self = data;

  self->keep = 0;
  keep (self);

  return G_SOURCE_REMOVE;
}

static void
changed_cb (VigWordsWindow *self)
{
  count_words (self);
  if (self->filling)
    return;

  self->changed = TRUE;
  g_clear_handle_id (&self->keep, g_source_remove);
  self->keep = g_timeout_add (KEEP_AFTER, keep_cb, self);
}

static void
fill (VigWordsWindow *self,
      const char     *text)
{
  self->filling = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
  self->filling = FALSE;
  self->changed = FALSE;
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(VigWordsWindow) self = user_data;
  g_autofree char *text = finish (self, result);

  if (text != NULL)
    fill (self, text);
}

/* ---- Which list ---- */

static void
show_path (VigWordsWindow *self,
           const char     *path)
{
  keep (self);
  g_free (self->path);
  self->path = g_strdup (path);
  gtk_text_view_set_editable (self->view, is_own (self));
  gtk_revealer_set_reveal_child (self->included, !is_own (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "words.rename", is_own (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "words.remove", is_own (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "words.add-tags", is_own (self));
  give (self, READ, NULL, NULL, read_cb);
}

static void
selected_cb (VigWordsWindow *self)
{
  const guint index = gtk_drop_down_get_selected (self->chooser);

  if (!self->filling && index < self->paths->len)
    show_path (self, g_ptr_array_index (self->paths, index));
}

static gpointer
list_paths (gpointer       object,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  return vig_vocabulary_list (object);
}

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigWordsWindow) self = user_data;
  g_autoptr(GPtrArray) paths = vig_errand_finish (result, NULL);
  g_autoptr(GtkStringList) titles = gtk_string_list_new (NULL);
  guint index = 0;

  if (paths == NULL || self->chooser == NULL)
    return;

  g_clear_pointer (&self->paths, g_ptr_array_unref);
  self->paths = g_steal_pointer (&paths);
  for (guint i = 0; i < self->paths->len; i++)
    {
      const char *path = g_ptr_array_index (self->paths, i);

      if (g_strcmp0 (path, self->path) == 0)
        index = i;
      gtk_string_list_take (titles, vig_vocabulary_is_included (path) ? g_strdup (_("Everyday Words"))
                                                                      : vig_vocabulary_dup_name (path));
    }

  self->filling = TRUE;
  gtk_drop_down_set_model (self->chooser, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->chooser, index);
  self->filling = FALSE;
  if (index < self->paths->len)
    show_path (self, g_ptr_array_index (self->paths, index));
}

static void
list_all (VigWordsWindow *self)
{
  vig_errand_async (vig_library_get_profile (self->library), list_paths, NULL, NULL, (GDestroyNotify) g_ptr_array_unref,
                    NULL, listed_cb, g_object_ref (self));
}

/* ---- New ones, others' names ---- */

/* The list at the path that is answered is shown from now on. */
static void
placed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigWordsWindow) self = user_data;
  g_autofree char *path = finish (self, result);

  if (path == NULL)
    return;

  g_free (self->path);
  self->path = g_steal_pointer (&path);
  list_all (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

void
vig_words_window_make (VigWordsWindow *self,
                       const char     *name)
{
  g_return_if_fail (VIG_IS_WORDS_WINDOW (self));

  keep (self);
  give (self, MAKE, name, "", placed_cb);
}

void
vig_words_window_copy (VigWordsWindow *self,
                       const char     *name)
{
  g_autofree char *text = NULL;

  g_return_if_fail (VIG_IS_WORDS_WINDOW (self));

  keep (self);
  text = dup_text (self);
  give (self, MAKE, name, text, placed_cb);
}

void
vig_words_window_rename (VigWordsWindow *self,
                         const char     *name)
{
  g_return_if_fail (VIG_IS_WORDS_WINDOW (self));

  keep (self);
  if (is_own (self))
    give (self, RENAME, name, NULL, placed_cb);
}

static void
undo_remove_cb (VigWordsWindow *self)
{
  g_autofree char *name = g_steal_pointer (&self->removed);
  char *text = name != NULL ? strchr (name, '\n') : NULL;

  if (text == NULL)
    return;

  *text = '\0';
  give (self, MAKE, name, text + 1, placed_cb);
}

static void
removed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigWordsWindow) self = user_data;
  g_autofree char *path = finish (self, result);
  g_autofree char *name = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *words = NULL;
  AdwToast *toast = NULL;

  if (path == NULL)
    return;

  name = vig_vocabulary_dup_name (path);
  escaped = g_markup_escape_text (name, -1);
  words = g_strdup_printf (_("The list “%s” was deleted."), escaped);
  toast = adw_toast_new (words);
  adw_toast_set_button_label (toast, _("Undo"));
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo_remove_cb), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
  g_clear_pointer (&self->path, g_free);
  list_all (self);
}

void
vig_words_window_remove (VigWordsWindow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (VIG_IS_WORDS_WINDOW (self));

  if (!is_own (self))
    return;

  g_clear_handle_id (&self->keep, g_source_remove);
  name = vig_vocabulary_dup_name (self->path);
  text = dup_text (self);
  g_free (self->removed);
  self->removed = g_strconcat (name, "\n", text, NULL);
  self->changed = FALSE;
  give (self, REMOVE, NULL, NULL, removed_cb);
}

static void
tags_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(VigWordsWindow) self = user_data;
  g_autofree char *tags = finish (self, result);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GPtrArray) words = NULL;
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GString) more = g_string_new (NULL);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter end;

  if (tags == NULL || !is_own (self))
    return;

  text = dup_text (self);
  lines = g_strsplit (text, "\n", -1);
  words = vig_vocabulary_parse ((const char * const *) lines);
  for (guint i = 0; i < words->len; i++)
    g_hash_table_add (known, ((VigWord *) g_ptr_array_index (words, i))->tag);

  g_strfreev (lines);
  lines = g_strsplit (tags, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0' && !g_hash_table_contains (known, *line))
      g_string_append_printf (more, "%s\n", *line);

  if (more->len == 0)
    {
      say (self, _("All of your tags are in the list already."));
      return;
    }

  if (*text != '\0' && !g_str_has_suffix (text, "\n"))
    g_string_prepend_c (more, '\n');
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, more->str, -1);
}

void
vig_words_window_add_tags (VigWordsWindow *self)
{
  g_return_if_fail (VIG_IS_WORDS_WINDOW (self));

  if (is_own (self))
    give (self, TAGS, NULL, NULL, tags_cb);
}

/* ---- Buttons ---- */

static void
ask (VigWordsWindow *self,
     const char     *heading,
     const char     *verb,
     const char     *name,
     VigNamed        named)
{
  vig_name_dialog_ask (GTK_WINDOW (self), heading, verb, name, named, NULL, NULL);
}

static void
make_named (GtkWindow  *window,
            const char *name,
            gpointer    user_data)
{
  vig_words_window_make (VIG_WORDS_WINDOW (window), name);
}

static void
copy_named (GtkWindow  *window,
            const char *name,
            gpointer    user_data)
{
  vig_words_window_copy (VIG_WORDS_WINDOW (window), name);
}

static void
rename_named (GtkWindow  *window,
              const char *name,
              gpointer    user_data)
{
  vig_words_window_rename (VIG_WORDS_WINDOW (window), name);
}

static void
make_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  ask (VIG_WORDS_WINDOW (widget), _("New List of Words"), _("_Make"), NULL, make_named);
}

static void
copy_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  VigWordsWindow *self = VIG_WORDS_WINDOW (widget);
  g_autofree char *name = is_own (self) ? vig_vocabulary_dup_name (self->path) : g_strdup (_("My Words"));

  ask (self, _("Copy the List"), _("_Copy"), name, copy_named);
}

static void
rename_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  VigWordsWindow *self = VIG_WORDS_WINDOW (widget);
  g_autofree char *name = vig_vocabulary_dup_name (self->path);

  ask (self, _("Rename the List"), _("_Rename"), name, rename_named);
}

static void
remove_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  vig_words_window_remove (VIG_WORDS_WINDOW (widget));
}

static void
add_tags_cb (GtkWidget  *widget,
             const char *action,
             GVariant   *parameter)
{
  vig_words_window_add_tags (VIG_WORDS_WINDOW (widget));
}

/* ---- The window ---- */

/* It goes when all is written; if that fails, it stays and says so. */
static gboolean
vig_words_window_close_request (GtkWindow *window)
{
  VigWordsWindow *self = VIG_WORDS_WINDOW (window);

  keep (self);
  if (self->busy > 0)
    {
      self->closing = TRUE;
      return TRUE;
    }
  g_signal_emit (self, signals[EDITED], 0);

  return GTK_WINDOW_CLASS (vig_words_window_parent_class)->close_request (window);
}

static void
vig_words_window_dispose (GObject *object)
{
  VigWordsWindow *self = VIG_WORDS_WINDOW (object);

  g_clear_handle_id (&self->keep, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), VIG_TYPE_WORDS_WINDOW);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_words_window_parent_class)->dispose (object);
}

static void
vig_words_window_finalize (GObject *object)
{
  VigWordsWindow *self = VIG_WORDS_WINDOW (object);

  g_ptr_array_unref (self->paths);
  g_free (self->path);
  g_free (self->removed);

  G_OBJECT_CLASS (vig_words_window_parent_class)->finalize (object);
}

static void
vig_words_window_class_init (VigWordsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_words_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_words_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = vig_words_window_close_request;

  signals[EDITED] = g_signal_new ("edited", VIG_TYPE_WORDS_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/words-window.ui");
  gtk_widget_class_bind_template_child (widget_class, VigWordsWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, VigWordsWindow, chooser);
  gtk_widget_class_bind_template_child (widget_class, VigWordsWindow, included);
  gtk_widget_class_bind_template_child (widget_class, VigWordsWindow, view);
  gtk_widget_class_bind_template_child (widget_class, VigWordsWindow, count);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);

  gtk_widget_class_install_action (widget_class, "words.make", NULL, make_cb);
  gtk_widget_class_install_action (widget_class, "words.copy", NULL, copy_cb);
  gtk_widget_class_install_action (widget_class, "words.rename", NULL, rename_cb);
  gtk_widget_class_install_action (widget_class, "words.remove", NULL, remove_cb);
  gtk_widget_class_install_action (widget_class, "words.add-tags", NULL, add_tags_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK, "words.make", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "words.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
vig_words_window_init (VigWordsWindow *self)
{
  self->paths = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->view), "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
vig_words_window_new (GtkWindow  *parent,
                      VigLibrary *library,
                      const char *path)
{
  VigWordsWindow *self = g_object_new (VIG_TYPE_WORDS_WINDOW, "transient-for", parent, "modal", TRUE,
                                       "destroy-with-parent", TRUE, NULL);

  self->library = g_object_ref (library);
  self->path = g_strdup (path);
  list_all (self);

  return GTK_WIDGET (self);
}
