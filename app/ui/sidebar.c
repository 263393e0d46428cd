/* sidebar.c: which pictures: all, made, photos, favourites, a collection, a search, a folder, a tag, the trash */

#define G_LOG_DOMAIN "vig-sidebar"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/sidebar.h"

#include "ui/chores.h"
#include "ui/template.h"

/* Sections of rows that the library fills. */
enum { COLLECTIONS, SEARCHES, FOLDERS, TAGS, N_SECTIONS };

struct _VigSidebar
{
  GtkWidget parent_instance;

  VigLibrary   *library;      /* owned */
  GCancellable *cancellable;  /* owned; cancelled when the sidebar goes away */
  char         *place;        /* owned; of the row that is marked */
  GPtrArray    *lists[N_SECTIONS];  /* owned; of VigCollection, VigSavedSearch, char *, char * */
  GtkWidget    *menu;         /* owned; of a row that can be renamed */

  GtkListBox *rows;
  GtkLabel   *status;
};

enum { COLLECTIONS_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigSidebar, vig_sidebar, GTK_TYPE_WIDGET)

static const struct
{
  const char   *prefix;
  const char   *icon;
  const char   *title;
  VigChoreList  list;
} sections[N_SECTIONS] = {
  [COLLECTIONS] = { "collection:", "folder-pictures-symbolic", N_("Collections"), VIG_CHORE_COLLECTIONS },
  [SEARCHES] = { "search:", "system-search-symbolic", N_("Searches"), VIG_CHORE_SEARCHES },
  [FOLDERS] = { "folder:", "folder-symbolic", N_("Folders"), VIG_CHORE_FOLDERS },
  [TAGS] = { "tag:", "vignette-tag-symbolic", N_("Tags"), VIG_CHORE_TAGS },
};

static const char *
get_place (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "vig-place");
}

static GtkListBoxRow *
find_row (VigSidebar *self,
          const char *place)
{
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->rows, i)) != NULL; i++)
    if (g_strcmp0 (get_place (row), place) == 0)
      return row;

  return NULL;
}

const char *
vig_sidebar_get_label (VigSidebar *self,
                       const char *place)
{
  GtkListBoxRow *row = NULL;

  g_return_val_if_fail (VIG_IS_SIDEBAR (self), "");

  row = find_row (self, place);

  return row != NULL ? g_object_get_data (G_OBJECT (row), "vig-label") : "";
}

GPtrArray *
vig_sidebar_get_collections (VigSidebar *self)
{
  g_return_val_if_fail (VIG_IS_SIDEBAR (self), NULL);

  return self->lists[COLLECTIONS];
}

const VigSavedSearch *
vig_sidebar_get_search (VigSidebar *self,
                        const char *place)
{
  const char *prefix = sections[SEARCHES].prefix;

  g_return_val_if_fail (VIG_IS_SIDEBAR (self), NULL);

  for (guint i = 0; g_str_has_prefix (place, prefix) && i < self->lists[SEARCHES]->len; i++)
    {
      const VigSavedSearch *search = g_ptr_array_index (self->lists[SEARCHES], i);

      if (search->id == g_ascii_strtoll (place + strlen (prefix), NULL, 10))
        return search;
    }

  return NULL;
}

/* ---- Pictures dropped on a row are put there ---- */

static gboolean
drop_cb (GtkWidget    *row,
         const GValue *value)
{
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new ();
  g_auto(GStrv) list = NULL;

  for (GSList *file = g_value_get_boxed (value); file != NULL; file = file->next)
    {
      g_autofree char *path = g_file_get_path (file->data);

      if (path != NULL)
        g_strv_builder_add (paths, path);
    }

  list = g_strv_builder_end (paths);
  gtk_widget_activate_action (row, "win.give", "(s^aay)", get_place (GTK_LIST_BOX_ROW (row)), list);

  return list[0] != NULL;
}

static gboolean
takes_drops (const char *place)
{
  return g_str_equal (place, "favourites") || g_str_has_prefix (place, "tag:") ||
         g_str_has_prefix (place, "collection:");
}

/* ---- Rows ---- */

static void
append_row (VigSidebar *self,
            const char *place,
            const char *icon,
            const char *label,
            guint       count)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *text = gtk_label_new (label);

  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (box), text);
  if (count > 0)
    {
      g_autofree char *number = g_strdup_printf ("%u", count);
      GtkWidget *many = gtk_label_new (number);

      gtk_widget_add_css_class (many, "dim-label");
      gtk_widget_add_css_class (many, "numeric");
      gtk_box_append (GTK_BOX (box), many);
    }

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (row), "vig-place", g_strdup (place), g_free);
  g_object_set_data_full (G_OBJECT (row), "vig-label", g_strdup (label), g_free);
  if (g_str_has_prefix (place, "folder:"))
    {
      g_autofree char *path = g_filename_display_name (strchr (place, ':') + 1);

      gtk_widget_set_tooltip_text (row, path);
    }

  if (takes_drops (place))
    {
      GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

      g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), row);
      gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
    }

  gtk_list_box_append (self->rows, row);
  if (g_strcmp0 (place, self->place) == 0)
    gtk_list_box_select_row (self->rows, GTK_LIST_BOX_ROW (row));
}

static void
append_section (VigSidebar *self,
                guint       section)
{
  const char *prefix = sections[section].prefix;

  for (guint i = 0; i < self->lists[section]->len; i++)
    {
      gpointer item = g_ptr_array_index (self->lists[section], i);
      const VigCollection *collection = section == COLLECTIONS ? item : NULL;
      const VigSavedSearch *search = section == SEARCHES ? item : NULL;
      const gint64 id = collection != NULL ? collection->id : search != NULL ? search->id : 0;
      g_autofree char *place = id != 0 ? g_strdup_printf ("%s%" G_GINT64_FORMAT, prefix, id)
                                       : g_strconcat (prefix, (const char *) item, NULL);
      g_autofree char *label = section == FOLDERS ? g_filename_display_basename (item)
        : g_strdup (collection != NULL ? collection->name : search != NULL ? search->name : (const char *) item);

      append_row (self, place, sections[section].icon, label, collection != NULL ? collection->count : 0);
    }
}

static void
rebuild (VigSidebar *self)
{
  GtkWidget *focus = gtk_widget_get_root (GTK_WIDGET (self)) != NULL
    ? gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))) : NULL;
  const gboolean had_focus = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->rows));
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (self->rows, 0)) != NULL)
    gtk_list_box_remove (self->rows, GTK_WIDGET (row));

  append_row (self, "all", "view-grid-symbolic", _("All Pictures"), 0);
  append_row (self, "made", "document-edit-symbolic", _("Made"), 0);
  append_row (self, "photos", "camera-photo-symbolic", _("Photos"), 0);
  append_row (self, "favourites", "emblem-favorite-symbolic", _("Favourites"), 0);
  for (guint i = 0; i < N_SECTIONS; i++)
    append_section (self, i);
  append_row (self, "trash", "user-trash-symbolic", _("Trash"), 0);

  /* Who moves through the rows by key stays there when they are others. */
  row = find_row (self, self->place);
  if (had_focus && row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static int
find_section (const char *place)
{
  for (int i = 0; i < N_SECTIONS; i++)
    if (g_str_has_prefix (place, sections[i].prefix))
      return i;

  return -1;
}

/* The first row of a section has its title over it; the trash stands apart. */
static void
header_cb (GtkListBoxRow *row,
           GtkListBoxRow *before,
           gpointer       user_data)
{
  const int section = find_section (get_place (row));
  GtkWidget *header = NULL;

  if (section >= 0 && (before == NULL || find_section (get_place (before)) != section))
    {
      header = gtk_label_new (_(sections[section].title));
      gtk_label_set_xalign (GTK_LABEL (header), 0);
      gtk_widget_add_css_class (header, "sidebar-heading");
    }
  else if (g_str_equal (get_place (row), "trash"))
    header = gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);

  gtk_list_box_row_set_header (row, header);
}

/* ---- What the library has ---- */

static gboolean
same_item (guint         section,
           gconstpointer a,
           gconstpointer b)
{
  if (section == COLLECTIONS)
    {
      const VigCollection *x = a;
      const VigCollection *y = b;

      return x->id == y->id && x->count == y->count && g_str_equal (x->name, y->name);
    }

  if (section == SEARCHES)
    {
      const VigSavedSearch *x = a;
      const VigSavedSearch *y = b;

      return x->id == y->id && x->by_date == y->by_date && g_str_equal (x->name, y->name) &&
             g_str_equal (x->query, y->query);
    }

  return g_strcmp0 (a, b) == 0;
}

static gboolean
same_items (guint      section,
            GPtrArray *a,
            GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;

  for (guint i = 0; i < a->len; i++)
    if (!same_item (section, g_ptr_array_index (a, i), g_ptr_array_index (b, i)))
      return FALSE;

  return TRUE;
}

typedef struct
{
  VigSidebar *self;     /* owned */
  guint       section;
} Wait;

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree Wait *wait = user_data;
  g_autoptr(VigSidebar) self = wait->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = vig_chore_list_finish (result, &error);

  if (list == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", error->message);
      return;
    }

  if (self->rows == NULL || same_items (wait->section, list, self->lists[wait->section]))
    return;

  g_ptr_array_unref (self->lists[wait->section]);
  self->lists[wait->section] = g_steal_pointer (&list);
  rebuild (self);
  if (wait->section == COLLECTIONS)
    g_signal_emit (self, signals[COLLECTIONS_CHANGED], 0);
}

static void
refresh (VigSidebar *self)
{
  for (guint i = 0; i < N_SECTIONS; i++)
    {
      Wait *wait = g_new (Wait, 1);

      *wait = (Wait) { g_object_ref (self), i };
      vig_chore_list_async (self->library, sections[i].list, NULL, self->cancellable, listed_cb, wait);
    }
}

/* ---- The menu of a row that can be renamed and taken away ---- */

static gboolean
popup_menu (VigSidebar    *self,
            GtkListBoxRow *row)
{
  const char *place = row != NULL ? get_place (row) : "";
  g_autoptr(GMenu) menu = g_menu_new ();
  g_autoptr(GMenuItem) name = g_menu_item_new (_("_Rename…"), NULL);
  g_autoptr(GMenuItem) away = g_menu_item_new (_("_Take Away"), NULL);
  graphene_rect_t bounds;

  if (!g_str_has_prefix (place, "collection:") && !g_str_has_prefix (place, "search:"))
    return FALSE;

  g_menu_item_set_action_and_target (name, "win.rename", "s", place);
  g_menu_item_set_action_and_target (away, "win.remove", "s", place);
  g_menu_append_item (menu, name);
  g_menu_append_item (menu, away);
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), G_MENU_MODEL (menu));
  if (gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self), &bounds))
    gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) {
      (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width, (int) bounds.size.height });
  gtk_popover_popup (GTK_POPOVER (self->menu));

  return TRUE;
}

static void
pressed_cb (VigSidebar      *self,
            int              n_press,
            double           x,
            double           y,
            GtkGestureClick *click)
{
  if (popup_menu (self, gtk_list_box_get_row_at_y (self->rows, (int) y)))
    gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
}

static gboolean
menu_key_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  return GTK_IS_LIST_BOX_ROW (focus) && popup_menu (VIG_SIDEBAR (widget), GTK_LIST_BOX_ROW (focus));
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
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  vig_dispose_template (self, VIG_TYPE_SIDEBAR);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_sidebar_parent_class)->dispose (object);
}

static void
vig_sidebar_finalize (GObject *object)
{
  VigSidebar *self = VIG_SIDEBAR (object);

  for (guint i = 0; i < N_SECTIONS; i++)
    g_ptr_array_unref (self->lists[i]);
  g_free (self->place);

  G_OBJECT_CLASS (vig_sidebar_parent_class)->finalize (object);
}

static void
vig_sidebar_class_init (VigSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_sidebar_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_sidebar_finalize;

  signals[COLLECTIONS_CHANGED] = g_signal_new ("collections", VIG_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                               NULL, G_TYPE_NONE, 0);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, menu_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, menu_key_cb, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, VigSidebar, rows);
  gtk_widget_class_bind_template_child (widget_class, VigSidebar, status);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}

static void
vig_sidebar_init (VigSidebar *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->cancellable = g_cancellable_new ();
  for (guint i = 0; i < N_SECTIONS; i++)
    self->lists[i] = g_ptr_array_new ();
  self->place = g_strdup ("all");

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->rows, header_cb, NULL, NULL);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->rows), GTK_EVENT_CONTROLLER (click));
  self->menu = gtk_popover_menu_new_from_model (NULL);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  rebuild (self);
}
