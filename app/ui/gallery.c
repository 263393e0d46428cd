/* gallery.c: one grid for everything: made pictures, photos, a folder, a tag, what a search found */

#define G_LOG_DOMAIN "vig-gallery"

#include "config.h"

#include "ui/gallery.h"

#include "ui/gallery-cell.h"
#include "ui/hit.h"
#include "ui/template.h"

struct _VigGallery
{
  GtkWidget parent_instance;

  VigTextures       *textures;   /* owned */
  GtkMultiSelection *selection;  /* owned by the grid; NULL without a model */
  GHashTable        *leaving;    /* owned; set of ids, or NULL */
  gboolean           at_top;     /* the newest are looked at */
  double             page;       /* measures of the scrolling when it was last looked at */
  double             upper;
  guint              scroll;     /* idle source, or 0 */
  GPtrArray         *cells;      /* owned; of VigGalleryCell, borrowed: those that show something */

  GtkWidget   *scroller;
  GtkGridView *grid;
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

static void
setup_cb (VigGallery               *self,
          GtkListItem              *item,
          GtkSignalListItemFactory *factory)
{
  gtk_list_item_set_child (item, vig_gallery_cell_new (self->textures));
}

static void
bind_cb (VigGallery               *self,
         GtkListItem              *item,
         GtkSignalListItemFactory *factory)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  GtkWidget *frame = gtk_widget_get_parent (cell);
  g_autofree char *words = NULL;

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
  g_autoptr(GObject) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (item != NULL)
    g_signal_emit (self, signals[OPENED], 0, vig_hit_peel (item));
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

/* A person changes only the value; that the grid became another brings other measures along. */
static void
value_changed_cb (VigGallery    *self,
                  GtkAdjustment *adjustment)
{
  const double page = gtk_adjustment_get_page_size (adjustment);
  const double upper = gtk_adjustment_get_upper (adjustment);

  if (page == self->page && upper == self->upper)
    self->at_top = gtk_adjustment_get_value (adjustment) < 1;
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
vig_gallery_set_leaving (VigGallery *self,
                         GHashTable *ids)
{
  g_return_if_fail (VIG_IS_GALLERY (self));

  g_clear_pointer (&self->leaving, g_hash_table_unref);
  self->leaving = ids != NULL ? g_hash_table_ref (ids) : NULL;
  for (guint i = 0; i < self->cells->len; i++)
    mark_cell (self, g_ptr_array_index (self->cells, i));
}

static gboolean
vig_gallery_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (VIG_GALLERY (widget)->grid));
}

static void
vig_gallery_dispose (GObject *object)
{
  VigGallery *self = VIG_GALLERY (object);

  g_clear_handle_id (&self->scroll, g_source_remove);
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

  signals[OPENED] = g_signal_new ("opened", VIG_TYPE_GALLERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, VIG_TYPE_PICTURE);
  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", VIG_TYPE_GALLERY, G_SIGNAL_RUN_LAST, 0,
                                             NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/gallery.ui");
  gtk_widget_class_bind_template_child (widget_class, VigGallery, scroller);
  gtk_widget_class_bind_template_child (widget_class, VigGallery, grid);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.forget", NULL);
}

static void
vig_gallery_init (VigGallery *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->cells = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)),
                           "value-changed", G_CALLBACK (value_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  gtk_grid_view_set_factory (self->grid, factory);
  g_object_unref (factory);
}
