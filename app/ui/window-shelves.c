/* window-shelves.c: favourites, collections, saved searches and the trash, each with a way back */

#define G_LOG_DOMAIN "vig-window"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/window-private.h"

#include "ui/name-dialog.h"
#include "ui/shelf.h"

#define UNDO_SECONDS 8

/* ---- Doing, and undoing ---- */

/* What puts an order back. */
typedef struct
{
  VigWindow     *window;  /* weak: the toast that leads back belongs to it */
  VigShelfOrder  order;   /* its pictures are owned */
  char          *words;   /* owned; what the toast says, or NULL for none */
} Return;

static void
free_return (gpointer  data,
             GClosure *closure)
{
  Return *back = data;

  g_clear_pointer (&back->order.pictures, g_ptr_array_unref);
  g_clear_weak_pointer (&back->window);
  g_free (back->words);
  g_free (back);
}

static void
done_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!vig_shelf_finish (result, NULL, &error) && self->toasts != NULL)
    vig_window_report_error (self, error);
}

/* Not cancellable: what was decided is done, even if the window closes. */
static void
give_order (VigWindow           *self,
            const VigShelfOrder *order)
{
  vig_shelf_do_async (vig_window_get_library (self), order, NULL, done_cb, g_object_ref (self));
}

static void
undo_cb (AdwToast *toast,
         Return   *back)
{
  if (back->window != NULL)
    give_order (back->window, &back->order);
}

static void
done_with_return_cb (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  Return *back = user_data;
  VigWindow *self = back->window;
  g_autoptr(GError) error = NULL;
  AdwToast *toast = NULL;

  if (self == NULL || self->toasts == NULL)
    {
      free_return (back, NULL);
      return;
    }

  if (!vig_shelf_finish (result, NULL, &error))
    {
      vig_window_report_error (self, error);
      free_return (back, NULL);
      return;
    }

  toast = adw_toast_new (back->words);
  adw_toast_set_button_label (toast, _("Undo"));
  adw_toast_set_timeout (toast, UNDO_SECONDS);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), back, free_return, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* @words: (transfer full): markup for the toast that offers @verb to undo it */
static void
give_order_with_return (VigWindow           *self,
                        const VigShelfOrder *order,
                        VigShelfVerb         verb,
                        char                *words)
{
  Return *back = g_new0 (Return, 1);

  g_set_weak_pointer (&back->window, self);
  back->order = *order;
  back->order.verb = verb;
  back->order.name = back->order.query = NULL;
  if (order->pictures != NULL)
    g_ptr_array_ref (order->pictures);
  back->words = words;
  vig_shelf_do_async (vig_window_get_library (self), order, NULL, done_with_return_cb, back);
}

/* "collection:7" → 7; 0 for other places */
static gint64
get_id (const char *place,
        const char *kind)
{
  return g_str_has_prefix (place, kind) ? g_ascii_strtoll (place + strlen (kind), NULL, 10) : 0;
}

/* ---- Favourites ---- */

static void
favourite_cb (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) pictures = vig_window_dup_chosen (self);
  gboolean all = pictures->len > 0;

  for (guint i = 0; i < pictures->len; i++)
    all = all && vig_picture_get_favourite (g_ptr_array_index (pictures, i));

  if (pictures->len > 0)
    give_order (self, &(VigShelfOrder) {
      .verb = all ? VIG_SHELF_UNFAVOURITE : VIG_SHELF_FAVOURITE, .pictures = pictures });
}

/* ---- Trash ---- */

static void
trash_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) pictures = vig_window_dup_chosen (self);
  guint photos = 0;

  if (g_str_equal (self->place, "trash"))
    {
      gtk_widget_activate_action (widget, "win.forget", NULL);
      return;
    }

  if (pictures->len == 0)
    return;

  for (guint i = 0; i < pictures->len; i++)
    photos += vig_picture_get_kind (g_ptr_array_index (pictures, i)) == VIG_PICTURE_PHOTO;

  give_order_with_return (
    self, &(VigShelfOrder) { .verb = VIG_SHELF_TRASH, .pictures = pictures }, VIG_SHELF_RESTORE,
    photos == pictures->len
      ? g_strdup_printf (ngettext ("%u photo is out of the library; its file stays where it is.",
                                   "%u photos are out of the library; their files stay where they are.", photos),
                         photos)
      : g_strdup_printf (ngettext ("%u picture is in the trash.", "%u pictures are in the trash.", pictures->len),
                         pictures->len));
}

static void
restore_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) pictures = vig_window_dup_chosen (self);

  if (pictures->len > 0)
    give_order_with_return (
      self, &(VigShelfOrder) { .verb = VIG_SHELF_RESTORE, .pictures = pictures }, VIG_SHELF_TRASH,
      g_strdup_printf (ngettext ("%u picture is back.", "%u pictures are back.", pictures->len), pictures->len));
}

static void
empty_trash_response_cb (VigWindow        *self,
                         const char       *response,
                         AdwMessageDialog *dialog)
{
  if (g_str_equal (response, "empty"))
    give_order (self, &(VigShelfOrder) { .verb = VIG_SHELF_EMPTY_TRASH });
}

static void
empty_trash_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (widget), _("Empty the Trash?"),
                                              _("What lies in it is forgotten, with its words and its tags. That cannot "
                                                "be undone. Photos stay where they are; drawings go to the trash of the "
                                                "desktop."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"),
                                    "empty", _("_Empty the Trash"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "empty", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (empty_trash_response_cb), widget, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- Collections ---- */

static void
made_collection_cb (GtkWindow  *window,
                    const char *name,
                    gpointer    pictures)
{
  give_order (VIG_WINDOW (window), &(VigShelfOrder) {
    .verb = VIG_SHELF_MAKE_COLLECTION, .name = name, .pictures = pictures });
}

/* With what is selected in it. */
static void
make_collection_cb (GtkWidget  *widget,
                    const char *action,
                    GVariant   *parameter)
{
  vig_name_dialog_ask (GTK_WINDOW (widget), _("New Collection"), _("_Make"), NULL, made_collection_cb,
                       vig_window_dup_chosen (VIG_WINDOW (widget)), (GDestroyNotify) g_ptr_array_unref);
}

static void
collect_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) pictures = vig_window_dup_chosen (self);

  if (pictures->len > 0)
    give_order_with_return (
      self, &(VigShelfOrder) { .verb = VIG_SHELF_COLLECT, .pictures = pictures, .id = g_variant_get_int64 (parameter) },
      VIG_SHELF_UNCOLLECT,
      g_strdup_printf (ngettext ("%u picture added", "%u pictures added", pictures->len), pictures->len));
}

static void
uncollect_cb (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autoptr(GPtrArray) pictures = vig_window_dup_chosen (self);
  const gint64 id = get_id (self->place, "collection:");

  if (pictures->len > 0 && id != 0)
    give_order_with_return (
      self, &(VigShelfOrder) { .verb = VIG_SHELF_UNCOLLECT, .pictures = pictures, .id = id }, VIG_SHELF_COLLECT,
      g_strdup_printf (ngettext ("%u picture taken out", "%u pictures taken out", pictures->len), pictures->len));
}

/* ---- Searches ---- */

static void
named_search_cb (GtkWindow  *window,
                 const char *name,
                 gpointer    query)
{
  VigWindow *self = VIG_WINDOW (window);

  give_order (self, &(VigShelfOrder) {
    .verb = VIG_SHELF_SAVE_SEARCH, .name = name, .query = query,
    .by_date = vig_search_results_get_by_date (self->results) });
}

static void
save_search_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  g_autofree char *query = vig_finder_dup_query (self->finder);

  if (*query != '\0')
    vig_name_dialog_ask (GTK_WINDOW (widget), _("Keep This Search"), _("_Keep"), query, named_search_cb,
                         g_strdup (query), g_free);
}

/* ---- Rows of the sidebar: renamed, and taken away ---- */

static void
renamed_cb (GtkWindow  *window,
            const char *name,
            gpointer    place)
{
  const gint64 collection = get_id (place, "collection:");

  give_order (VIG_WINDOW (window), &(VigShelfOrder) {
    .verb = collection != 0 ? VIG_SHELF_RENAME_COLLECTION : VIG_SHELF_RENAME_SEARCH,
    .id = collection != 0 ? collection : get_id (place, "search:"), .name = name });
}

static void
rename_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  const char *place = g_variant_get_string (parameter, NULL);

  vig_name_dialog_ask (GTK_WINDOW (widget), _("Rename"), _("_Rename"),
                       vig_sidebar_get_label (VIG_WINDOW (widget)->sidebar, place), renamed_cb, g_strdup (place),
                       g_free);
}

static void
remove_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  VigWindow *self = VIG_WINDOW (widget);
  const char *place = g_variant_get_string (parameter, NULL);
  const gint64 collection = get_id (place, "collection:");
  g_autofree char *label = g_markup_escape_text (vig_sidebar_get_label (self->sidebar, place), -1);
  g_autofree char *copy = g_strdup (place);

  give_order_with_return (
    self, &(VigShelfOrder) {
      .verb = collection != 0 ? VIG_SHELF_DELETE_COLLECTION : VIG_SHELF_DELETE_SEARCH,
      .id = collection != 0 ? collection : get_id (place, "search:") },
    collection != 0 ? VIG_SHELF_RESTORE_COLLECTION : VIG_SHELF_RESTORE_SEARCH,
    g_strdup_printf (_("“%s” was taken away; its pictures stay."), label));
  if (g_str_equal (copy, self->place))
    vig_window_show_place (self, "all");
}

/* ---- What is possible now ---- */

void
vig_window_update_shelves (VigWindow *self,
                           guint      selected)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const gboolean trash = g_str_equal (self->place, "trash");

  gtk_widget_action_set_enabled (widget, "win.favourite", selected > 0 && !trash);
  gtk_widget_action_set_enabled (widget, "win.trash", selected > 0);
  gtk_widget_action_set_enabled (widget, "win.restore", selected > 0 && trash);
  gtk_widget_action_set_enabled (widget, "win.collect", selected > 0 && !trash);
  gtk_widget_action_set_enabled (widget, "win.uncollect",
                                 selected > 0 && g_str_has_prefix (self->place, "collection:"));
}

/* The collections as they are now, for the menu of the pictures. */
void
vig_window_fill_collections (VigWindow *self,
                             GPtrArray *collections)
{
  g_menu_remove_all (self->collection_menu);
  for (guint i = 0; i < collections->len; i++)
    {
      const VigCollection *collection = g_ptr_array_index (collections, i);
      g_autoptr(GMenuItem) item = g_menu_item_new (NULL, NULL);

      /* A name is no mnemonic. */
      g_auto(GStrv) parts = g_strsplit (collection->name, "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts);

      g_menu_item_set_label (item, label);
      g_menu_item_set_action_and_target (item, "win.collect", "x", collection->id);
      g_menu_append_item (self->collection_menu, item);
    }
}

void
vig_window_install_shelf_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.favourite", NULL, favourite_cb);
  gtk_widget_class_install_action (klass, "win.trash", NULL, trash_cb);
  gtk_widget_class_install_action (klass, "win.restore", NULL, restore_cb);
  gtk_widget_class_install_action (klass, "win.empty-trash", NULL, empty_trash_cb);
  gtk_widget_class_install_action (klass, "win.make-collection", NULL, make_collection_cb);
  gtk_widget_class_install_action (klass, "win.collect", "x", collect_cb);
  gtk_widget_class_install_action (klass, "win.uncollect", NULL, uncollect_cb);
  gtk_widget_class_install_action (klass, "win.save-search", NULL, save_search_cb);
  gtk_widget_class_install_action (klass, "win.rename", "s", rename_cb);
  gtk_widget_class_install_action (klass, "win.remove", "s", remove_cb);
}
