/* window-pictures.c: what can be done with the pictures that are selected, or with the one that is looked at closely */

#define G_LOG_DOMAIN "vig-window"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/window-private.h"

#include "ui/chores.h"
#include "ui/parcel.h"
#include "ui/paste.h"

/* ---- Looking closely ---- */

void
vig_window_open_large (VigWindow  *self,
                       GListModel *model,
                       guint       position)
{
  vig_large_view_open (self->large_view, model, position);
  adw_leaflet_set_visible_child_name (self->pages, "large");
}

gboolean
vig_window_is_large (VigWindow *self)
{
  return g_strcmp0 (adw_leaflet_get_visible_child_name (self->pages), "large") == 0;
}

void
vig_window_leave_large (VigWindow *self)
{
  if (!vig_window_is_large (self))
    return;

  adw_leaflet_set_visible_child_name (self->pages, "main");
  vig_large_view_close (self->large_view);
  vig_window_update_drawing (self);
  gtk_widget_grab_focus (GTK_WIDGET (vig_window_get_grid (self)));
}

static void
open_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  VigGallery *grid = vig_window_get_grid (self);
  const guint position = vig_gallery_get_position (grid);

  if (position != GTK_INVALID_LIST_POSITION)
    vig_window_open_large (self, vig_gallery_get_model (grid), position);
}

/* The first two that are selected, one held against the other. */
static void
compare_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) selected = vig_gallery_get_selected (vig_window_get_grid (self));
  g_autoptr(GListStore) both = g_list_store_new (VIG_TYPE_PICTURE);

  if (selected->len < 2)
    {
      vig_window_report (self, _("Select two pictures to compare them."));
      return;
    }

  for (guint i = 0; i < 2; i++)
    g_list_store_append (both, g_ptr_array_index (selected, i));
  vig_window_open_large (self, G_LIST_MODEL (both), 0);
  vig_large_view_compare (self->large_view, g_ptr_array_index (selected, 1));
}

void
vig_window_show_picture (VigWindow  *self,
                         VigPicture *picture)
{
  g_autoptr(GListStore) alone = g_list_store_new (VIG_TYPE_PICTURE);

  g_return_if_fail (VIG_IS_WINDOW (self));

  g_list_store_append (alone, picture);
  vig_window_open_large (self, G_LIST_MODEL (alone), 0);
}

void
vig_window_find (VigWindow  *self,
                 const char *text)
{
  g_return_if_fail (VIG_IS_WINDOW (self));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.search", NULL);
  vig_finder_set_query (self->finder, text);
}

GPtrArray *
vig_window_dup_chosen (VigWindow *self)
{
  g_autoptr(GPtrArray) pictures = vig_gallery_get_selected (vig_window_get_grid (self));

  if (vig_window_is_large (self))
    {
      g_ptr_array_set_size (pictures, 0);
      g_ptr_array_add (pictures, g_object_ref (vig_large_view_get_picture (self->large_view)));
    }

  return g_steal_pointer (&pictures);
}

/* ---- With one ---- */

/* The one that is looked at closely, or else the only one that is selected, or whose details are shown; borrowed. */
static VigPicture *
get_one (VigWindow *self)
{
  VigGallery *grid = vig_window_get_grid (self);

  if (vig_window_is_large (self))
    return vig_large_view_get_picture (self->large_view);

  return vig_gallery_get_position (grid) == GTK_INVALID_LIST_POSITION ? vig_details_pane_get_picture (self->details)
                                                                     : vig_gallery_get_single (grid);
}

static void
pass_on (GtkWidget  *widget,
         const char *action)
{
  VigPicture *picture = get_one (VIG_WINDOW (widget));
  g_autofree char *path = picture != NULL ? g_strdup (vig_picture_get_path (picture)) : NULL;

  if (path != NULL)
    gtk_widget_activate_action (widget, action, "^ay", path);
}

static void
find_selected_cb (GtkWidget  *widget,
                  const char *action,
                  GVariant   *parameter)
{
  pass_on (widget, "win.find-like");
}

static void
start_selected_cb (GtkWidget  *widget,
                   const char *action,
                   GVariant   *parameter)
{
  pass_on (widget, "win.start-from");
}

static void
show_selected_cb (GtkWidget  *widget,
                  const char *action,
                  GVariant   *parameter)
{
  pass_on (widget, "win.open-folder");
}

static void
stack_listed_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) stack = vig_chore_list_finish (result, &error);
  g_autoptr(GListStore) list = g_list_store_new (VIG_TYPE_PICTURE);

  if (stack == NULL)
    {
      vig_window_report_error (self, error);
      return;
    }

  for (guint i = 0; i < stack->len; i++)
    g_list_store_append (list, g_ptr_array_index (stack, i));
  vig_window_leave_large (self);
  vig_window_show_list (self, "stack", G_LIST_MODEL (list));
}

/* All that were drawn with it, those that did not come forward too. */
static void
stack_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  VigPicture *picture = get_one (self);

  if (picture != NULL)
    vig_chore_list_async (vig_window_get_library (self), VIG_CHORE_STACK, picture, self->cancellable,
                          stack_listed_cb, g_object_ref (self));
}

/* ---- To and from other programs ---- */

static void
copy_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) pictures = vig_window_dup_chosen (self);
  g_autoptr(GdkContentProvider) parcel = NULL;
  g_autofree char *words = NULL;

  if (pictures->len == 0)
    return;

  parcel = vig_parcel_new (pictures);
  gdk_clipboard_set_content (gtk_widget_get_clipboard (widget), parcel);
  words = g_strdup_printf (ngettext ("%u picture copied", "%u pictures copied", pictures->len), pictures->len);
  gtk_widget_activate_action (widget, "win.say", "s", words);
}

static void
pasted_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean made = FALSE;
  g_auto(GStrv) paths = vig_paste_finish (result, &made, &error);

  if (paths == NULL)
    vig_window_report_error (self, error);
  else
    vig_drop_overlay_offer (self->drops, paths, !made);
}

static void
paste_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  VigProfile *profile = vig_library_get_profile (vig_window_get_library (self));

  vig_paste_async (gtk_widget_get_clipboard (widget), vig_profile_get_cache (profile), self->cancellable, pasted_cb,
                   g_object_ref (self));
}

static void
select_all_cb (GtkWidget  *widget,
               const char *action,
               GVariant   *parameter)
{
  vig_gallery_select_all (vig_window_get_grid (VIG_WINDOW (widget)));
}

/* What can be done depends on how many are selected. */
void
vig_window_update_pictures (VigWindow *self)
{
  g_autoptr(GPtrArray) selected = vig_gallery_get_selected (vig_window_get_grid (self));
  VigPicture *one = selected->len == 1 ? g_ptr_array_index (selected, 0) : NULL;
  GtkWidget *widget = GTK_WIDGET (self);
  static const char * const single[] = { "win.find-selected", "win.share", "win.start-selected", "win.show-selected" };

  for (guint i = 0; i < G_N_ELEMENTS (single); i++)
    gtk_widget_action_set_enabled (widget, single[i], one != NULL);

  gtk_widget_action_set_enabled (widget, "win.open", selected->len > 0);
  gtk_widget_action_set_enabled (widget, "win.copy", selected->len > 0);
  gtk_widget_action_set_enabled (widget, "win.tag-selected", selected->len > 0);
  gtk_widget_action_set_enabled (widget, "win.teach", selected->len > 0);
  gtk_widget_action_set_enabled (widget, "win.forget", selected->len > 0);
  gtk_widget_action_set_enabled (widget, "win.compare", selected->len == 2);
  vig_window_update_drawing (self);
  vig_window_update_shelves (self, selected->len);
}

void
vig_window_install_picture_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.open", NULL, open_cb);
  gtk_widget_class_install_action (klass, "win.compare", NULL, compare_cb);
  gtk_widget_class_install_action (klass, "win.find-selected", NULL, find_selected_cb);
  gtk_widget_class_install_action (klass, "win.start-selected", NULL, start_selected_cb);
  gtk_widget_class_install_action (klass, "win.show-selected", NULL, show_selected_cb);
  gtk_widget_class_install_action (klass, "win.stack", NULL, stack_cb);
  gtk_widget_class_install_action (klass, "win.copy", NULL, copy_cb);
  gtk_widget_class_install_action (klass, "win.paste", NULL, paste_cb);
  gtk_widget_class_install_action (klass, "win.select-all", NULL, select_all_cb);
}
