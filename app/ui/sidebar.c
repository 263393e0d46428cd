/* sidebar.c: which pictures: all, made, photos, a folder, a tag */

#define G_LOG_DOMAIN "vig-sidebar"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/sidebar.h"

#include "ui/chores.h"
#include "ui/template.h"

struct _VigSidebar
{
  GtkWidget parent_instance;

  VigLibrary   *library;      /* owned */
  GCancellable *cancellable;  /* owned; cancelled when the sidebar goes away */
  char         *place;        /* owned; of the row that is marked */
  GPtrArray    *folders;      /* owned; of char * */
  GPtrArray    *tags;         /* owned; of char * */

  GtkListBox *rows;
  GtkLabel   *status;
};

G_DEFINE_FINAL_TYPE (VigSidebar, vig_sidebar, GTK_TYPE_WIDGET)

static const char *
get_place (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "vig-place");
}

/* Pictures dropped on a tag are given it. */
static gboolean
drop_on_tag_cb (GtkWidget    *row,
                const GValue *value)
{
  const char *tag = strchr (get_place (GTK_LIST_BOX_ROW (row)), ':') + 1;
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new ();
  g_auto(GStrv) list = NULL;

  for (GSList *file = g_value_get_boxed (value); file != NULL; file = file->next)
    {
      g_autofree char *path = g_file_get_path (file->data);

      if (path != NULL)
        g_strv_builder_add (paths, path);
    }

  list = g_strv_builder_end (paths);
  gtk_widget_activate_action (row, "win.give-tag", "(s^aay)", tag, list);

  return list[0] != NULL;
}

static void
append_row (VigSidebar *self,
            const char *place,
            const char *icon,
            const char *label)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *text = gtk_label_new (label);

  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (box), text);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (row), "vig-place", g_strdup (place), g_free);
  if (g_str_has_prefix (place, "folder:"))
    {
      g_autofree char *path = g_filename_display_name (strchr (place, ':') + 1);

      gtk_widget_set_tooltip_text (row, path);
    }

  if (g_str_has_prefix (place, "tag:"))
    {
      GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

      g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_on_tag_cb), row);
      gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
    }

  gtk_list_box_append (self->rows, row);
  if (g_strcmp0 (place, self->place) == 0)
    gtk_list_box_select_row (self->rows, GTK_LIST_BOX_ROW (row));
}

static void
rebuild (VigSidebar *self)
{
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (self->rows, 0)) != NULL)
    gtk_list_box_remove (self->rows, GTK_WIDGET (row));

  append_row (self, "all", "view-grid-symbolic", _("All Pictures"));
  append_row (self, "made", "document-edit-symbolic", _("Made"));
  append_row (self, "photos", "camera-photo-symbolic", _("Photos"));

  for (guint i = 0; i < self->folders->len; i++)
    {
      const char *path = g_ptr_array_index (self->folders, i);
      g_autofree char *place = g_strconcat ("folder:", path, NULL);
      g_autofree char *name = g_filename_display_basename (path);

      append_row (self, place, "folder-symbolic", name);
    }

  for (guint i = 0; i < self->tags->len; i++)
    {
      const char *tag = g_ptr_array_index (self->tags, i);
      g_autofree char *place = g_strconcat ("tag:", tag, NULL);

      append_row (self, place, "vignette-tag-symbolic", tag);
    }
}

/* "folder:…" and "tag:…" begin a section. */
static void
header_cb (GtkListBoxRow *row,
           GtkListBoxRow *before,
           gpointer       user_data)
{
  const char *place = get_place (row);
  const char *previous = before != NULL ? get_place (before) : "";
  const char *title = NULL;
  GtkWidget *label = NULL;

  if (g_str_has_prefix (place, "folder:") && !g_str_has_prefix (previous, "folder:"))
    title = _("Folders");
  else if (g_str_has_prefix (place, "tag:") && !g_str_has_prefix (previous, "tag:"))
    title = _("Tags");

  if (title != NULL)
    {
      label = gtk_label_new (title);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "sidebar-heading");
    }

  gtk_list_box_row_set_header (row, label);
}

static gboolean
same_words (GPtrArray *a,
            GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;

  for (guint i = 0; i < a->len; i++)
    if (g_strcmp0 (g_ptr_array_index (a, i), g_ptr_array_index (b, i)) != 0)
      return FALSE;

  return TRUE;
}

static void
take_list (VigSidebar    *self,
           GPtrArray    **kept,
           GAsyncResult  *result)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = vig_chore_list_finish (result, &error);

  if (list == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", error->message);
      return;
    }

  if (same_words (list, *kept))
    return;

  g_ptr_array_unref (*kept);
  *kept = g_steal_pointer (&list);
  rebuild (self);
}

static void
folders_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigSidebar) self = user_data;

  take_list (self, &self->folders, result);
}

static void
tags_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(VigSidebar) self = user_data;

  take_list (self, &self->tags, result);
}

static void
refresh (VigSidebar *self)
{
  vig_chore_list_async (self->library, VIG_CHORE_FOLDERS, NULL, self->cancellable, folders_cb,
                        g_object_ref (self));
  vig_chore_list_async (self->library, VIG_CHORE_TAGS, NULL, self->cancellable, tags_cb,
                        g_object_ref (self));
}

void
vig_sidebar_set_library (VigSidebar *self,
                         VigLibrary *library)
{
  g_return_if_fail (VIG_IS_SIDEBAR (self));

  if (!g_set_object (&self->library, library))
    return;

  g_signal_connect_object (library, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

void
vig_sidebar_select (VigSidebar *self,
                    const char *place)
{
  GtkListBoxRow *row = NULL;
  g_autofree char *copy = g_strdup (place);

  g_return_if_fail (VIG_IS_SIDEBAR (self));

  g_free (self->place);
  self->place = g_steal_pointer (&copy);
  gtk_list_box_unselect_all (self->rows);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->rows, i)) != NULL; i++)
    if (g_strcmp0 (get_place (row), self->place) == 0)
      gtk_list_box_select_row (self->rows, row);
}

void
vig_sidebar_set_status (VigSidebar *self,
                        const char *text)
{
  g_return_if_fail (VIG_IS_SIDEBAR (self));

  gtk_label_set_label (self->status, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), text != NULL);
}

static void
activated_cb (VigSidebar    *self,
              GtkListBoxRow *row)
{
  g_autofree char *place = g_strdup (get_place (row));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show", "^ay", place);
}

static void
vig_sidebar_dispose (GObject *object)
{
  VigSidebar *self = VIG_SIDEBAR (object);

  g_cancellable_cancel (self->cancellable);
  vig_dispose_template (self, VIG_TYPE_SIDEBAR);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_sidebar_parent_class)->dispose (object);
}

static void
vig_sidebar_finalize (GObject *object)
{
  VigSidebar *self = VIG_SIDEBAR (object);

  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->tags);
  g_free (self->place);

  G_OBJECT_CLASS (vig_sidebar_parent_class)->finalize (object);
}

static void
vig_sidebar_class_init (VigSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_sidebar_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_sidebar_finalize;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, VigSidebar, rows);
  gtk_widget_class_bind_template_child (widget_class, VigSidebar, status);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}

static void
vig_sidebar_init (VigSidebar *self)
{
  self->cancellable = g_cancellable_new ();
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->tags = g_ptr_array_new_with_free_func (g_free);
  self->place = g_strdup ("all");

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->rows, header_cb, NULL, NULL);
  rebuild (self);
}
