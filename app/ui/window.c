/* window.c: the one window: which pictures, which of these, and more of them */

#define G_LOG_DOMAIN "vig-window"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/window-private.h"

#include "ui/bounded.h"
#include "ui/chores.h"
#include "ui/hit.h"
#include "ui/notices.h"
#include "ui/settings.h"
#include "ui/wrap-box.h"

#define TEXTURE_BYTES (96u << 20)

G_DEFINE_FINAL_TYPE (VigWindow, vig_window, ADW_TYPE_APPLICATION_WINDOW)

VigLibrary *
vig_window_get_library (VigWindow *self)
{
  return vig_studio_get_library (self->studio);
}

/* ---- What went wrong ---- */

void
vig_window_report (VigWindow  *self,
                   const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);
  AdwToast *toast = adw_toast_new (markup);

  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_timeout (toast, 10);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
vig_window_report_error (VigWindow    *self,
                         const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    vig_window_report (self, error->message);
}

void
vig_window_end_chore (GObject      *object,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr(VigWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!vig_chore_finish (result, &error))
    vig_window_report_error (self, error);
}

static void
tell_scan (VigWindow     *self,
           const VigScan *scan)
{
  const guint unread = scan->failed != NULL ? scan->failed->len : 0;
  g_autofree char *found = g_strdup_printf (ngettext ("%u new picture", "%u new pictures", scan->added),
                                            scan->added);
  g_autofree char *failed = g_strdup_printf (ngettext ("%u could not be read", "%u could not be read", unread),
                                             unread);
  /* Translators: how many pictures are new, and how many could not be read. */
  g_autofree char *both = unread > 0 ? g_strdup_printf (_("%s, %s"), found, failed) : g_strdup (found);

  if (scan->added > 0 || unread > 0)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (both));
}

static void
job_state_cb (VigWindow  *self,
              GParamSpec *pspec,
              VigJob     *job)
{
  if (vig_job_get_state (job) == VIG_JOB_FAILED)
    vig_window_report (self, vig_job_get_error (job)->message);
  else if (vig_job_is_over (job) && VIG_IS_INDEX_JOB (job))
    {
      const VigScan *scan = vig_index_job_get_scan (VIG_INDEX_JOB (job));

      if (scan != NULL)
        tell_scan (self, scan);
    }
}

static void
job_notice_cb (VigWindow  *self,
               GParamSpec *pspec,
               VigJob     *job)
{
  if (vig_job_get_notice (job) != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (vig_job_get_notice (job)));
}

void
vig_window_submit (VigWindow *self,
                   VigJob    *job)
{
  g_signal_connect_object (job, "notify::state", G_CALLBACK (job_state_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (job, "notify::notice", G_CALLBACK (job_notice_cb), self, G_CONNECT_SWAPPED);
  vig_notices_watch (GTK_WINDOW (self), job);
  vig_studio_submit (self->studio, job);
}

/* ---- Which pictures ---- */

static VigFilter *
make_filter (const char *place)
{
  VigFilter *filter = vig_filter_new ();
  const char *colon = strchr (place, ':');

  if (g_str_equal (place, "made"))
    filter->kind = VIG_PICTURE_MADE;
  else if (g_str_equal (place, "photos"))
    filter->kind = VIG_PICTURE_PHOTO;
  else if (g_str_equal (place, "favourites"))
    filter->favourite = TRUE;
  else if (g_str_equal (place, "trash"))
    filter->trashed = TRUE;
  else if (g_str_has_prefix (place, "collection:"))
    filter->collection = g_ascii_strtoll (colon + 1, NULL, 10);
  else if (g_str_has_prefix (place, "tag:"))
    vig_filter_add (&filter->tags, colon + 1);
  else if (g_str_has_prefix (place, "folder:"))
    vig_filter_add (&filter->folders, colon + 1);

  return filter;
}

/* What an empty place has to say. */
static const char *
describe_empty (const char *place)
{
  if (g_str_equal (place, "favourites"))
    return _("Press F on a picture that you like, and it stands here.");
  if (g_str_equal (place, "trash"))
    return _("What you throw away lies here until you empty the trash.");
  if (g_str_has_prefix (place, "collection:"))
    return _("Drop pictures on the name of the collection, or use the menu of a picture.");
  if (g_str_equal (place, "photos"))
    return _("Add a folder of yours, and its pictures stand here. They are never changed.");

  return NULL;
}

static void
fill_place_bar (VigWindow  *self,
                const char *words,
                const char *button,
                const char *action,
                GVariant   *target)
{
  GtkActionable *actionable = GTK_ACTIONABLE (self->place_button);

  gtk_label_set_label (self->place_label, words);
  gtk_button_set_label (self->place_button, button);
  /* An action never has the target of another. */
  gtk_actionable_set_action_name (actionable, NULL);
  gtk_actionable_set_action_target_value (actionable, target);
  gtk_actionable_set_action_name (actionable, action);
}

/* Some places have something to say above the pictures. */
static void
update_place_bar (VigWindow *self)
{
  const gboolean trash = g_str_equal (self->place, "trash") && g_list_model_get_n_items (self->pictures) > 0;
  const gboolean stack = g_str_equal (self->place, "stack");

  if (trash)
    fill_place_bar (self, _("These pictures are in no other list, and can be brought back."), _("_Empty the Trash…"),
                    "win.empty-trash", NULL);
  else if (stack)
    fill_place_bar (self, _("All that was drawn in one go, the best first, and its variations."), _("_Back to All Pictures"), "win.show",
                    g_variant_new_bytestring ("all"));

  gtk_revealer_set_reveal_child (self->place_bar, trash || stack);
}

/* The grid, or what teaches where there is none. */
static void
update_content (VigWindow *self)
{
  const gboolean searching = g_strcmp0 (gtk_stack_get_visible_child_name (self->content), "results") == 0;
  const gboolean empty = g_list_model_get_n_items (self->pictures) == 0;

  update_place_bar (self);
  if (searching)
    return;

  adw_status_page_set_description (self->empty_place, describe_empty (self->place));
  gtk_stack_set_visible_child_name (self->content,
                                    !empty ? "gallery" : g_str_equal (self->place, "all") ? "empty" : "empty-place");
}

void
vig_window_leave_search (VigWindow *self)
{
  vig_search_results_stop (self->results);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->content), "results") == 0)
    gtk_stack_set_visible_child_name (self->content, "gallery");
  update_content (self);
}

void
vig_window_show_list (VigWindow  *self,
                      const char *place,
                      GListModel *pictures)
{
  g_autofree char *copy = g_strdup (place);

  if (self->pictures != NULL)
    g_signal_handlers_disconnect_by_data (self->pictures, self);
  g_set_object (&self->pictures, pictures);
  g_free (self->place);
  self->place = g_steal_pointer (&copy);
  g_signal_connect_object (self->pictures, "items-changed", G_CALLBACK (update_content), self,
                           G_CONNECT_SWAPPED);

  vig_gallery_set_told (self->gallery, g_str_equal (self->place, "stack"));
  vig_gallery_set_model (self->gallery, self->pictures);
  vig_sidebar_select (self->sidebar, self->place);
  vig_finder_clear (self->finder);
  vig_window_leave_search (self);
}

void
vig_window_show_place (VigWindow  *self,
                       const char *place)
{
  g_autofree char *copy = g_strdup (place);
  const VigSavedSearch *search = vig_sidebar_get_search (self->sidebar, place);
  g_autofree char *query = search != NULL ? g_strdup (search->query) : NULL;
  const gboolean by_date = search != NULL && search->by_date;
  g_autoptr(VigFilter) filter = make_filter (copy);
  g_autoptr(GListModel) pictures = vig_library_list_filtered (vig_window_get_library (self), filter);

  vig_window_show_list (self, copy, pictures);
  if (query == NULL)
    return;

  /* A search that was kept is typed again. */
  vig_search_results_set_by_date (self->results, by_date);
  vig_finder_set_query (self->finder, query);
}

VigGallery *
vig_window_get_grid (VigWindow *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->content), "results") == 0
    ? vig_search_results_get_gallery (self->results) : self->gallery;
}

static void
selection_changed_cb (VigWindow *self)
{
  g_autoptr(GPtrArray) selected = vig_gallery_get_selected (vig_window_get_grid (self));

  vig_window_update_pictures (self);
  if (selected->len == 1)
    vig_details_pane_set_picture (self->details, g_ptr_array_index (selected, 0));
  else if (selected->len > 1)
    vig_details_pane_set_many (self->details, selected->len);
}

void
vig_window_show_details (VigWindow  *self,
                         VigPicture *picture)
{
  vig_details_pane_set_picture (self->details, picture);
  adw_flap_set_reveal_flap (self->details_flap, TRUE);
}

static void
opened_cb (VigWindow  *self,
           guint       position,
           VigGallery *gallery)
{
  vig_window_open_large (self, vig_gallery_get_model (gallery), position);
}

/* One of the pictures that are drawn now: with the others of its job as neighbours. */
static void
tile_opened_cb (VigWindow      *self,
                VigPicture     *picture,
                VigDrawingView *drawing)
{
  GListModel *tiles = vig_generate_job_get_tiles (vig_drawing_view_get_job (drawing));
  g_autoptr(GListStore) finished = g_list_store_new (VIG_TYPE_PICTURE);
  guint position = 0;

  for (guint i = 0; i < g_list_model_get_n_items (tiles); i++)
    {
      g_autoptr(VigTile) tile = g_list_model_get_item (tiles, i);

      if (vig_tile_get_picture (tile) == picture)
        position = g_list_model_get_n_items (G_LIST_MODEL (finished));
      if (vig_tile_get_picture (tile) != NULL)
        g_list_store_append (finished, vig_tile_get_picture (tile));
    }

  vig_window_open_large (self, G_LIST_MODEL (finished), position);
}

/* What is looked at closely is what the grid has selected, so that all that can be done with it means the same one. */
static void
large_shown_cb (VigWindow    *self,
                guint         position,
                VigLargeView *view)
{
  VigGallery *grid = vig_window_get_grid (self);
  GListModel *model = vig_gallery_get_model (grid);
  g_autoptr(GObject) item = model != NULL ? g_list_model_get_item (model, position) : NULL;

  vig_details_pane_set_picture (self->details, vig_large_view_get_picture (view));
  vig_window_update_drawing (self);
  if (item == NULL || vig_hit_peel (item) != vig_large_view_get_picture (view))
    return;

  vig_gallery_select (grid, position);
  vig_gallery_scroll_to (grid, position);
}

/* ---- Which of these ---- */

static void
finder_changed_cb (VigWindow *self)
{
  g_autoptr(VigFound) found = NULL;

  if (vig_finder_is_empty (self->finder))
    {
      vig_window_leave_search (self);
      return;
    }

  found = vig_finder_get (self->finder);
  gtk_stack_set_visible_child_name (self->content, "results");
  vig_search_results_find (self->results, found->typed, (const char * const *) found->like,
                           (const char * const *) found->unlike);
}

static void
search_stopped_cb (VigWindow *self)
{
  vig_finder_clear (self->finder);
  vig_window_leave_search (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->gallery));
}

static void
search_activated_cb (VigWindow *self)
{
  vig_finder_commit (self->finder);
  finder_changed_cb (self);
  gtk_widget_grab_focus (GTK_WIDGET (vig_window_get_grid (self)));
}

/* ---- More of them ---- */

static void
dropped_cb (VigWindow  *self,
            int         verb,
            char      **paths)
{
  vig_window_take_drop (self, verb, paths);
}

void
vig_window_tag (VigWindow          *self,
                const char * const *paths)
{
  g_return_if_fail (VIG_IS_WINDOW (self));

  vig_tag_page_open (self->tag_page, paths);
  adw_leaflet_set_visible_child_name (self->pages, "tag");
}

/* ---- The window itself ---- */

/* The buttons of the window stand in whichever header bar is outermost. */
static void
update_headers (VigWindow *self)
{
  const gboolean sidebar = adw_flap_get_reveal_flap (self->sidebar_flap) && !adw_flap_get_folded (self->sidebar_flap);
  const gboolean details = adw_flap_get_reveal_flap (self->details_flap) && !adw_flap_get_folded (self->details_flap);

  adw_header_bar_set_show_start_title_buttons (self->header, !sidebar);
  adw_header_bar_set_show_end_title_buttons (self->header, !details);
  adw_header_bar_set_show_end_title_buttons (self->sidebar_header, FALSE);
  adw_header_bar_set_show_start_title_buttons (self->details_header, FALSE);
}

static gboolean
vig_window_close_request (GtkWindow *window)
{
  VigWindow *self = VIG_WINDOW (window);

  vig_window_keep_draft (self);
  vig_window_flush_leaving (self);
  if (self->settings != NULL)
    {
      int width, height;

      gtk_window_get_default_size (window, &width, &height);
      g_settings_set (self->settings, "size", "(ii)", width, height);
      g_settings_set_boolean (self->settings, "maximized", gtk_window_is_maximized (window));
      if (!adw_flap_get_folded (self->details_flap))
        g_settings_set_boolean (self->settings, "details", adw_flap_get_reveal_flap (self->details_flap));
    }

  return GTK_WINDOW_CLASS (vig_window_parent_class)->close_request (window);
}

static void
restore (VigWindow *self)
{
  g_autofree char *draft = NULL;
  int width, height;

  if (self->settings == NULL)
    return;

  g_settings_get (self->settings, "size", "(ii)", &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (g_settings_get_boolean (self->settings, "maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_flap_set_reveal_flap (self->details_flap, g_settings_get_boolean (self->settings, "details"));

  draft = g_settings_get_string (self->settings, "draft");
  vig_prompt_card_set_prompt (self->prompt, draft);
  vig_prompt_card_set_count (self->prompt, g_settings_get_uint (self->settings, "count"));
}

static void
collections_cb (VigWindow *self)
{
  vig_window_fill_collections (self, vig_sidebar_get_collections (self->sidebar));
}

static void
update_status (VigWindow *self)
{
  vig_sidebar_set_status (self->sidebar, vig_studio_get_device_name (self->studio));
}

/* Who comes back may have added a model, in the preferences or elsewhere. */
static void
active_cb (VigWindow *self)
{
  if (gtk_window_is_active (GTK_WINDOW (self)) && self->prompt != NULL)
    vig_prompt_card_look (self->prompt);
}

static void
vig_window_dispose (GObject *object)
{
  VigWindow *self = VIG_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->draft, g_source_remove);
  if (self->pictures != NULL)
    g_signal_handlers_disconnect_by_data (self->pictures, self);
  if (self->finder != NULL)
    vig_finder_detach (self->finder);
  gtk_widget_dispose_template (GTK_WIDGET (self), VIG_TYPE_WINDOW);
  g_clear_object (&self->chooser);
  g_clear_object (&self->pictures);
  g_clear_pointer (&self->interrupted, g_ptr_array_unref);
  g_clear_object (&self->settings);
  g_clear_object (&self->textures);
  g_clear_object (&self->studio);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (vig_window_parent_class)->dispose (object);
}

static void
vig_window_finalize (GObject *object)
{
  VigWindow *self = VIG_WINDOW (object);

  g_hash_table_unref (self->leaving);
  g_ptr_array_unref (self->leaves);
  g_free (self->place);

  G_OBJECT_CLASS (vig_window_parent_class)->finalize (object);
}

static void
vig_window_class_init (VigWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vig_window_dispose;
  object_class->finalize = vig_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = vig_window_close_request;

  g_type_ensure (VIG_TYPE_BOUNDED);
  g_type_ensure (VIG_TYPE_DETAILS_PANE);
  g_type_ensure (VIG_TYPE_DRAWING_VIEW);
  g_type_ensure (VIG_TYPE_DROP_OVERLAY);
  g_type_ensure (VIG_TYPE_FINDER);
  g_type_ensure (VIG_TYPE_GALLERY);
  g_type_ensure (VIG_TYPE_JOB_BAR);
  g_type_ensure (VIG_TYPE_LARGE_VIEW);
  g_type_ensure (VIG_TYPE_PROMPT_CARD);
  g_type_ensure (VIG_TYPE_SEARCH_RESULTS);
  g_type_ensure (VIG_TYPE_SIDEBAR);
  g_type_ensure (VIG_TYPE_TAG_PAGE);
  g_type_ensure (VIG_TYPE_WRAP_BOX);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, VigWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, main_page);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, tag_page);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, large_view);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, sidebar_flap);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, details_flap);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, sidebar_header);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, header);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, details_header);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, search);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, finder);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, jobs);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, offer);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, offer_label);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, drawing);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, content);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, gallery);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, empty_place);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, results);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, prompt);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, details);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, drops);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, picture_menu);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, collection_menu);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, place_bar);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, place_label);
  gtk_widget_class_bind_template_child (widget_class, VigWindow, place_button);
  gtk_widget_class_bind_template_callback (widget_class, opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, tile_opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, large_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, finder_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, vig_window_draw);
  gtk_widget_class_bind_template_callback (widget_class, vig_window_draw_next);
  gtk_widget_class_bind_template_callback (widget_class, vig_window_keep_draft_soon);
  gtk_widget_class_bind_template_callback (widget_class, vig_window_take_example);
  gtk_widget_class_bind_template_callback (widget_class, dropped_cb);

  vig_window_install_actions (widget_class);
  vig_window_install_draw_actions (widget_class);
  vig_window_install_picture_actions (widget_class);
  vig_window_install_shelf_actions (widget_class);
  vig_window_install_teaching (widget_class);
  vig_window_install_sharing (widget_class);
  vig_window_install_panes (widget_class);
}

static void
vig_window_init (VigWindow *self)
{
  self->leaving = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->leaves = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  self->place = g_strdup ("all");

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (self->sidebar_flap, "notify::reveal-flap", G_CALLBACK (update_headers), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sidebar_flap, "notify::folded", G_CALLBACK (update_headers), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->details_flap, "notify::reveal-flap", G_CALLBACK (update_headers), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->details_flap, "notify::folded", G_CALLBACK (update_headers), self,
                           G_CONNECT_SWAPPED);
  update_headers (self);
  vig_drop_overlay_watch (self->drops, self->main_page);
}

VigWindow *
vig_window_new (GtkApplication *application,
                VigStudio      *studio)
{
  VigWindow *self = g_object_new (VIG_TYPE_WINDOW, "application", application, NULL);
  VigLibrary *library = vig_studio_get_library (studio);
  VigProfile *profile = vig_library_get_profile (library);

  self->studio = g_object_ref (studio);
  self->textures = vig_textures_new (vig_profile_get_cache (profile), TEXTURE_BYTES);
  self->settings = vig_settings_new (profile);

  vig_gallery_set_textures (self->gallery, self->textures);
  vig_gallery_set_menu (self->gallery, self->picture_menu);
  vig_gallery_set_menu (vig_search_results_get_gallery (self->results), self->picture_menu);
  vig_large_view_set_up (self->large_view, self->textures, self->picture_menu);
  vig_search_results_set_up (self->results, studio, self->textures);
  vig_finder_set_up (self->finder, self->search, library, self->textures);
  vig_prompt_card_set_up (self->prompt, studio, self->textures);
  vig_details_pane_set_up (self->details, library, self->textures);
  vig_tag_page_set_up (self->tag_page, studio, self->textures, self->settings);
  g_signal_connect_object (self->sidebar, "collections", G_CALLBACK (collections_cb), self, G_CONNECT_SWAPPED);
  vig_sidebar_set_library (self->sidebar, library);
  vig_job_bar_set_studio (self->jobs, studio);
  vig_drawing_view_set_studio (self->drawing, studio);
  g_signal_connect_object (vig_studio_get_jobs (studio), "items-changed", G_CALLBACK (update_status), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (vig_search_results_get_gallery (self->results), "opened", G_CALLBACK (opened_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (vig_search_results_get_gallery (self->results), "selection-changed",
                           G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);

  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);
  vig_window_show_place (self, "all");
  restore (self);
  update_status (self);
  vig_window_offer (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->prompt));

  return self;
}
