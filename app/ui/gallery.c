/* gallery.c: one grid for everything: made pictures, photos, a folder, a tag, what a search found */

#define G_LOG_DOMAIN "vig-gallery"

#include "config.h"

#include "ui/gallery.h"

#include "ui/focus.h"
#include "ui/gallery-cell.h"
#include "ui/hit.h"
#include "ui/parcel.h"
#include "ui/template.h"

#define DATE_SHOWN 900  /* ms after the last scroll */

struct _VigGallery
{
  GtkWidget parent_instance;

  VigTextures       *textures;   /* owned */
  GtkMultiSelection *selection;  /* owned by the grid; NULL without a model */
  GHashTable        *leaving;    /* owned; set of ids, or NULL */
  gboolean           told;       /* seed and score stand on made pictures */
  gboolean           at_top;     /* the newest are looked at */
  double             page;       /* measures of the scrolling when it was last looked at */
  double             upper;
  guint              scroll;     /* idle source, or 0 */
  GPtrArray         *cells;      /* owned; of VigGalleryCell, borrowed: those that show something */

  guint              date_timer; /* timeout that hides the date, or 0 */
  GtkWidget         *menu;       /* owned; a popover, NULL without a menu */

  GtkWidget   *scroller;
  GtkGridView *grid;
  GtkRevealer *date_revealer;
  GtkLabel    *date;
  VigDateRail *rail;
};

enum { OPENED, SELECTION_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigGallery, vig_gallery, GTK_TYPE_WIDGET)

static void
mark_cell (VigGallery     *self,
           VigGalleryCell *cell)
{
  gpointer item = vig_gallery_cell_get_item (cell);
  gint64 id = item != NULL ? vig_picture_get_id (vig_hit_peel (item)) : 0;

  vig_gallery_cell_set_leaving (cell, self->leaving != NULL && g_hash_table_contains (self->leaving, &id));
}

/* ---- Out into other programs: the picture under the hand, or all that are selected with it ---- */

static guint
get_position (GtkWidget *cell)
{
  return gtk_list_item_get_position (g_object_get_data (G_OBJECT (cell), "vig-list-item"));
}

static GdkContentProvider *
prepare_cb (GtkDragSource *source,
            double         x,
            double         y,
            VigGallery    *self)
{
  GtkWidget *cell = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  gpointer item = vig_gallery_cell_get_item (VIG_GALLERY_CELL (cell));
  g_autoptr(GPtrArray) pictures = NULL;
  g_autoptr(GdkPaintable) icon = NULL;

  if (item == NULL)
    return NULL;

  if (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), get_position (cell)))
    pictures = vig_gallery_get_selected (self);
  else
    {
      pictures = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (pictures, g_object_ref (vig_hit_peel (item)));
    }

  icon = gtk_widget_paintable_new (cell);
  gtk_drag_source_set_icon (source, icon, (int) x, (int) y);

  return vig_parcel_new (pictures);
}

static void
setup_cb (VigGallery               *self,
          GtkListItem              *item,
          GtkSignalListItemFactory *factory)
{
  GtkWidget *cell = vig_gallery_cell_new (self->textures);
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_cb), self, 0);
  gtk_widget_add_controller (cell, GTK_EVENT_CONTROLLER (source));
  g_object_set_data (G_OBJECT (cell), "vig-list-item", item);
  gtk_list_item_set_child (item, cell);
}

static void
bind_cb (VigGallery               *self,
         GtkListItem              *item,
         GtkSignalListItemFactory *factory)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  GtkWidget *frame = gtk_widget_get_parent (cell);
  g_autofree char *words = NULL;

  vig_gallery_cell_set_told (VIG_GALLERY_CELL (cell), self->told);
  vig_gallery_cell_set_item (VIG_GALLERY_CELL (cell), gtk_list_item_get_item (item));
  mark_cell (self, VIG_GALLERY_CELL (cell));
  g_ptr_array_add (self->cells, cell);

  /* The keyboard's focus is on the frame that the grid puts around the cell: it must say the same. */
  words = vig_gallery_cell_dup_words (VIG_GALLERY_CELL (cell));
  if (frame != NULL && words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
unbind_cb (VigGallery               *self,
           GtkListItem              *item,
           GtkSignalListItemFactory *factory)
{
  GtkWidget *cell = gtk_list_item_get_child (item);

  g_ptr_array_remove_fast (self->cells, cell);
  vig_gallery_cell_set_item (VIG_GALLERY_CELL (cell), NULL);
}

static void
activate_cb (VigGallery  *self,
             guint        position,
             GtkGridView *grid)
{
  g_signal_emit (self, signals[OPENED], 0, position);
}

static void
selection_changed_cb (VigGallery *self)
{
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

/* ---- Who looks at the newest goes on looking at the newest; who has scrolled away stays ---- */

static gboolean
scroll_up_cb (gpointer data)
{
  VigGallery *self = data;

  self->scroll = 0;
  gtk_widget_activate_action (GTK_WIDGET (self->grid), "list.scroll-to-item", "u", 0);

  return G_SOURCE_REMOVE;
}

static void
stay_at_top (VigGallery *self)
{
  if (self->at_top && self->scroll == 0)
    self->scroll = g_idle_add (scroll_up_cb, self);
}

/* ---- When the pictures are from that are passed on the way ---- */

static gboolean
hide_date_cb (gpointer data)
{
  VigGallery *self = data;

  self->date_timer = 0;
  gtk_revealer_set_reveal_child (self->date_revealer, FALSE);

  return G_SOURCE_REMOVE;
}

static void
show_date (VigGallery    *self,
           GtkAdjustment *adjustment)
{
  const double upper = gtk_adjustment_get_upper (adjustment);
  g_autofree char *month = upper > 0
    ? vig_date_rail_dup_month (self->rail, gtk_adjustment_get_value (adjustment) / upper) : NULL;

  if (month == NULL || !gtk_widget_get_visible (GTK_WIDGET (self->rail)))
    return;

  gtk_label_set_label (self->date, month);
  gtk_revealer_set_reveal_child (self->date_revealer, TRUE);
  g_clear_handle_id (&self->date_timer, g_source_remove);
  self->date_timer = g_timeout_add (DATE_SHOWN, hide_date_cb, self);
}

/* A person changes only the value; that the grid became another brings other measures along. */
static void
value_changed_cb (VigGallery    *self,
                  GtkAdjustment *adjustment)
{
  const double page = gtk_adjustment_get_page_size (adjustment);
  const double upper = gtk_adjustment_get_upper (adjustment);

  if (page == self->page && upper == self->upper)
    {
      self->at_top = gtk_adjustment_get_value (adjustment) < 1;
      show_date (self, adjustment);
    }
  else if (gtk_adjustment_get_value (adjustment) >= 1)
    stay_at_top (self);

  self->page = page;
  self->upper = upper;
}

static void
items_changed_cb (VigGallery *self,
                  guint       position,
                  guint       removed,
                  guint       added)
{
  if (added > 0)
    stay_at_top (self);
}

void
vig_gallery_set_textures (VigGallery  *self,
                          VigTextures *textures)
{
  g_return_if_fail (VIG_IS_GALLERY (self));

  g_set_object (&self->textures, textures);
}

void
vig_gallery_set_told (VigGallery *self,
                      gboolean    told)
{
  g_return_if_fail (VIG_IS_GALLERY (self));

  self->told = told;
}

void
vig_gallery_set_model (VigGallery *self,
                       GListModel *model)
{
  g_autoptr(GtkMultiSelection) selection = NULL;

  g_return_if_fail (VIG_IS_GALLERY (self));

  self->selection = NULL;
  self->at_top = TRUE;
  if (model != NULL)
    {
      selection = gtk_multi_selection_new (g_object_ref (model));
      self->selection = selection;
      g_signal_connect_object (selection, "selection-changed", G_CALLBACK (selection_changed_cb), self,
                               G_CONNECT_SWAPPED);
    }

  gtk_grid_view_set_model (self->grid, GTK_SELECTION_MODEL (selection));
  vig_date_rail_set_list (self->rail, model,
                          gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)));
  if (selection != NULL)
    g_signal_connect_object (selection, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

GListModel *
vig_gallery_get_model (VigGallery *self)
{
  g_return_val_if_fail (VIG_IS_GALLERY (self), NULL);

  return self->selection != NULL ? gtk_multi_selection_get_model (self->selection) : NULL;
}

GPtrArray *
vig_gallery_get_selected (VigGallery *self)
{
  GPtrArray *pictures = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GtkBitset) chosen = NULL;
  GtkBitsetIter iter;
  guint position;

  g_return_val_if_fail (VIG_IS_GALLERY (self), pictures);

  if (self->selection == NULL)
    return pictures;

  chosen = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  if (gtk_bitset_iter_init_first (&iter, chosen, &position))
    do
      {
        g_autoptr(GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

        if (item != NULL)
          g_ptr_array_add (pictures, g_object_ref (vig_hit_peel (item)));
      }
    while (gtk_bitset_iter_next (&iter, &position));

  return pictures;
}

VigPicture *
vig_gallery_get_single (VigGallery *self)
{
  g_autoptr(GtkBitset) chosen = NULL;
  g_autoptr(GObject) item = NULL;

  g_return_val_if_fail (VIG_IS_GALLERY (self), NULL);

  if (self->selection == NULL)
    return NULL;

  chosen = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  if (gtk_bitset_get_size (chosen) != 1)
    return NULL;

  item = g_list_model_get_item (G_LIST_MODEL (self->selection), gtk_bitset_get_minimum (chosen));

  return item != NULL ? vig_hit_peel (item) : NULL;  /* the list keeps it while it is shown */
}

void
vig_gallery_select (VigGallery *self,
                    guint       position)
{
  g_return_if_fail (VIG_IS_GALLERY (self));

  if (self->selection != NULL)
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
}

void
vig_gallery_select_all (VigGallery *self)
{
  g_return_if_fail (VIG_IS_GALLERY (self));

  if (self->selection != NULL)
    gtk_selection_model_select_all (GTK_SELECTION_MODEL (self->selection));
}

void
vig_gallery_set_leaving (VigGallery *self,
                         GHashTable *ids)
{
  g_return_if_fail (VIG_IS_GALLERY (self));

  g_clear_pointer (&self->leaving, g_hash_table_unref);
  self->leaving = ids != NULL ? g_hash_table_ref (ids) : NULL;
  for (guint i = 0; i < self->cells->len; i++)
    mark_cell (self, g_ptr_array_index (self->cells, i));
}

void
vig_gallery_scroll_to (VigGallery *self,
                       guint       position)
{
  g_return_if_fail (VIG_IS_GALLERY (self));

  if (self->selection != NULL && position < g_list_model_get_n_items (G_LIST_MODEL (self->selection)))
    gtk_widget_activate_action (GTK_WIDGET (self->grid), "list.scroll-to-item", "u", position);
}

guint
vig_gallery_get_position (VigGallery *self)
{
  g_autoptr(GtkBitset) chosen = NULL;

  g_return_val_if_fail (VIG_IS_GALLERY (self), GTK_INVALID_LIST_POSITION);

  if (self->selection == NULL)
    return GTK_INVALID_LIST_POSITION;

  chosen = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  return gtk_bitset_is_empty (chosen) ? GTK_INVALID_LIST_POSITION : gtk_bitset_get_minimum (chosen);
}

GtkAdjustment *
vig_gallery_get_adjustment (VigGallery *self)
{
  g_return_val_if_fail (VIG_IS_GALLERY (self), NULL);

  return gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
}

gboolean
vig_gallery_has_shown (VigGallery *self)
{
  g_return_val_if_fail (VIG_IS_GALLERY (self), FALSE);

  for (guint i = 0; i < self->cells->len; i++)
    if (vig_gallery_cell_has_texture (g_ptr_array_index (self->cells, i)))
      return TRUE;

  return FALSE;
}

VigDateRail *
vig_gallery_get_rail (VigGallery *self)
{
  g_return_val_if_fail (VIG_IS_GALLERY (self), NULL);

  return self->rail;
}

/* ---- The menu of a picture ---- */

void
vig_gallery_set_menu (VigGallery *self,
                      GMenuModel *menu)
{
  g_return_if_fail (VIG_IS_GALLERY (self));

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  if (menu == NULL)
    return;

  self->menu = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
}

static void
popup_at (VigGallery *self,
          double      x,
          double      y)
{
  if (self->menu == NULL)
    return;

  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
pressed_cb (VigGallery      *self,
            int              n_press,
            double           x,
            double           y,
            GtkGestureClick *click)
{
  GtkWidget *picked = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkWidget *cell = picked != NULL ? gtk_widget_get_ancestor (picked, VIG_TYPE_GALLERY_CELL) : NULL;

  /* The frame around a cell is the picture too. */
  if (cell == NULL && picked != NULL && VIG_IS_GALLERY_CELL (gtk_widget_get_first_child (picked)))
    cell = gtk_widget_get_first_child (picked);
  if (cell == NULL)
    return;

  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), get_position (cell)))
    vig_gallery_select (self, get_position (cell));
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_at (self, x, y);
}

/* By key: on the picture that has the focus. */
static gboolean
menu_key_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  VigGallery *self = VIG_GALLERY (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  graphene_rect_t place;

  if (focus == NULL || !VIG_IS_GALLERY_CELL (gtk_widget_get_first_child (focus)) ||
      !gtk_widget_compute_bounds (focus, widget, &place))
    return FALSE;

  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection),
                                        get_position (gtk_widget_get_first_child (focus))))
    vig_gallery_select (self, get_position (gtk_widget_get_first_child (focus)));
  popup_at (self, place.origin.x + place.size.width / 2, place.origin.y + place.size.height / 2);

  return TRUE;
}

static gboolean
vig_gallery_grab_focus (GtkWidget *widget)
{
  return vig_focus_give (widget, GTK_WIDGET (VIG_GALLERY (widget)->grid));
}

static void
vig_gallery_dispose (GObject *object)
{
  VigGallery *self = VIG_GALLERY (object);

  g_clear_handle_id (&self->scroll, g_source_remove);
  g_clear_handle_id (&self->date_timer, g_source_remove);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->selection = NULL;
  vig_dispose_template (self, VIG_TYPE_GALLERY);
  g_clear_object (&self->textures);
  g_clear_pointer (&self->leaving, g_hash_table_unref);

  G_OBJECT_CLASS (vig_gallery_parent_class)->dispose (object);
}

static void
vig_gallery_finalize (GObject *object)
{
  g_ptr_array_unref (VIG_GALLERY (object)->cells);

  G_OBJECT_CLASS (vig_gallery_parent_class)->finalize (object);
}

static void
vig_gallery_class_init (VigGalleryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vig_gallery_dispose;
  object_class->finalize = vig_gallery_finalize;
  widget_class->grab_focus = vig_gallery_grab_focus;
  widget_class->focus = vig_focus_move;

  signals[OPENED] = g_signal_new ("opened", VIG_TYPE_GALLERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", VIG_TYPE_GALLERY, G_SIGNAL_RUN_LAST, 0,
                                             NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (VIG_TYPE_DATE_RAIL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/gallery.ui");
  gtk_widget_class_bind_template_child (widget_class, VigGallery, scroller);
  gtk_widget_class_bind_template_child (widget_class, VigGallery, grid);
  gtk_widget_class_bind_template_child (widget_class, VigGallery, date_revealer);
  gtk_widget_class_bind_template_child (widget_class, VigGallery, date);
  gtk_widget_class_bind_template_child (widget_class, VigGallery, rail);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);

  /* Of the pictures: in a text these keys are the text's. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.trash", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, 0, "win.favourite", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_a, 0, "win.draw-again", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, 0, "win.vary", "u", 8u);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_V, GDK_SHIFT_MASK, "win.vary", "u", 4u);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_k, 0, "win.stack", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, 0, "win.enlarge", "u", 2u);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_E, GDK_SHIFT_MASK, "win.enlarge", "u", 4u);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, 0, "win.use-words", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, 0, "win.use-seed", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_r, 0, "win.use-everything", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "win.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "win.paste", NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, menu_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, menu_key_cb, NULL);
}

static void
vig_gallery_init (VigGallery *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->cells = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)),
                           "value-changed", G_CALLBACK (value_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_grid_view_set_factory (self->grid, factory);
  g_object_unref (factory);
}
