/* large-view.c: one picture as large as the window, its neighbours one key away, another held against it */

#define G_LOG_DOMAIN "vig-large-view"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/large-view.h"

#include "ui/hit.h"
#include "ui/template.h"
#include "ui/words.h"
#include "ui/zoom-area.h"

#define THUMB_SIDE   256
#define LARGEST_SIDE 4096  /* a picture with more pixels than this is decoded to about that */
#define PAN          64    /* pixels an arrow key moves what is looked at */

struct _VigLargeView
{
  GtkWidget parent_instance;

  VigTextures  *textures;     /* owned */
  GListModel   *model;        /* owned; NULL while closed */
  guint         position;     /* in it */
  VigPicture   *picture;      /* owned; at that position */
  GdkTexture   *texture;      /* owned; its pixels, or NULL */
  VigPicture   *other;        /* owned; held against it, or NULL */
  GdkTexture   *other_texture;  /* owned; or NULL */
  gboolean      flipped;      /* the other one is on the screen */
  GCancellable *cancellable;  /* owned; of what is being decoded, or NULL */
  GCancellable *other_cancellable;  /* owned; or NULL */

  AdwWindowTitle  *title;
  VigZoomArea     *area;
  GtkWidget       *previous;
  GtkWidget       *next;
  GtkWidget       *fit;
  GtkWidget       *actual;
  GtkWidget       *favourite;
  GtkToggleButton *hold;
  GtkWidget       *flip;
  GtkLabel        *which;
  GtkWidget       *trouble;
  GtkMenuButton   *menu;
};

enum { SHOWN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigLargeView, vig_large_view, GTK_TYPE_WIDGET)

VigPicture *
vig_large_view_get_picture (VigLargeView *self)
{
  g_return_val_if_fail (VIG_IS_LARGE_VIEW (self), NULL);

  return self->picture;
}

VigPicture *
vig_large_view_get_visible_picture (VigLargeView *self)
{
  g_return_val_if_fail (VIG_IS_LARGE_VIEW (self), NULL);

  return self->flipped ? self->other : self->picture;
}

double
vig_large_view_get_zoom (VigLargeView *self)
{
  g_return_val_if_fail (VIG_IS_LARGE_VIEW (self), 0);

  return vig_zoom_area_get_zoom (self->area);
}

static void
update_words (VigLargeView *self)
{
  VigPicture *picture = vig_large_view_get_visible_picture (self);
  g_autofree char *words = picture != NULL ? vig_words_for_picture (picture) : NULL;
  g_autofree char *facts = NULL;

  if (picture == NULL)
    return;

  /* Translators: which picture of how many, its width and height in pixels, and how much it is enlarged. */
  facts = g_strdup_printf (_("%u of %u · %u × %u · %.0f %%"), self->position + 1,
                           g_list_model_get_n_items (self->model), vig_picture_get_width (picture),
                           vig_picture_get_height (picture), 100 * vig_zoom_area_get_zoom (self->area));
  gtk_button_set_icon_name (GTK_BUTTON (self->favourite), vig_picture_get_favourite (picture)
                            ? "emblem-favorite-symbolic" : "vignette-heart-symbolic");
  adw_window_title_set_title (self->title, words);
  adw_window_title_set_subtitle (self->title, facts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->area), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
zoomed_cb (VigLargeView *self)
{
  update_words (self);
}

/* What is on the screen: the picture, or the one that is held against it, equally close. */
static void
update_area (VigLargeView *self,
             gboolean      keep)
{
  VigPicture *picture = vig_large_view_get_visible_picture (self);

  vig_zoom_area_set_texture (self->area, self->flipped ? self->other_texture : self->texture,
                             vig_picture_get_width (picture), vig_picture_get_height (picture), keep);
  gtk_widget_set_visible (GTK_WIDGET (self->which), self->other != NULL);
  gtk_widget_set_visible (self->flip, self->other != NULL);
  gtk_label_set_label (self->which, self->flipped ? _("The one held") : _("This one"));
  update_words (self);
}

static guint
choose_side (VigPicture *picture)
{
  const guint least = MIN (vig_picture_get_width (picture), vig_picture_get_height (picture));

  /* All pixels, unless they are more than a screen can show and a memory should hold. */
  return least > LARGEST_SIDE ? LARGEST_SIDE / 2 : 0;
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigLargeView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = vig_textures_load_finish (VIG_TEXTURES (object), result, &error);

  if (self->cancellable != g_task_get_cancellable (G_TASK (result)) || self->picture == NULL)
    return;

  g_clear_object (&self->cancellable);
  if (texture != NULL)
    {
      g_set_object (&self->texture, texture);
      if (!self->flipped)
        update_area (self, TRUE);
    }
  else
    gtk_widget_set_visible (self->trouble, TRUE);
}

static void
other_loaded_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(VigLargeView) self = user_data;
  g_autoptr(GdkTexture) texture = vig_textures_load_finish (VIG_TEXTURES (object), result, NULL);

  if (self->other_cancellable != g_task_get_cancellable (G_TASK (result)) || self->other == NULL)
    return;

  g_clear_object (&self->other_cancellable);
  if (texture != NULL)
    g_set_object (&self->other_texture, texture);
  if (self->flipped)
    update_area (self, TRUE);
}

static void
forget_picture (VigLargeView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->picture != NULL)
    g_signal_handlers_disconnect_by_data (self->picture, self);
  g_clear_object (&self->picture);
  g_clear_object (&self->texture);
}

/* @keep: as close as the one before was looked at */
static void
show (VigLargeView *self,
      guint         position,
      gboolean      keep)
{
  g_autoptr(GObject) item = g_list_model_get_item (self->model, position);

  if (item == NULL)
    return;

  forget_picture (self);
  self->position = position;
  self->picture = g_object_ref (vig_hit_peel (item));
  g_signal_connect_object (self->picture, "changed", G_CALLBACK (update_words), self, G_CONNECT_SWAPPED);
  self->flipped = FALSE;
  g_set_object (&self->texture, vig_textures_lookup (self->textures, self->picture, THUMB_SIDE *
                                                     gtk_widget_get_scale_factor (GTK_WIDGET (self))));

  gtk_widget_set_visible (self->trouble, FALSE);
  gtk_widget_set_sensitive (self->previous, position > 0);
  gtk_widget_set_sensitive (self->next, position + 1 < g_list_model_get_n_items (self->model));
  update_area (self, keep);

  self->cancellable = g_cancellable_new ();
  vig_textures_open_async (self->textures, vig_picture_get_path (self->picture), choose_side (self->picture),
                           self->cancellable, loaded_cb, g_object_ref (self));
  g_signal_emit (self, signals[SHOWN], 0, position);
}

gboolean
vig_large_view_step (VigLargeView *self,
                     int           step)
{
  g_return_val_if_fail (VIG_IS_LARGE_VIEW (self), FALSE);

  if (self->model == NULL || (step < 0 && self->position < (guint) -step) ||
      self->position + step >= g_list_model_get_n_items (self->model))
    return FALSE;

  show (self, self->position + step, self->other != NULL);

  return TRUE;
}

/* The list has changed under it: the same picture, wherever it is now; else what took its place. */
static void
items_changed_cb (VigLargeView *self,
                  guint         position,
                  guint         removed,
                  guint         added)
{
  const guint count = g_list_model_get_n_items (self->model);

  if (self->position >= position + removed)
    self->position += added - removed;
  else if (self->position >= position)
    for (guint i = position; i < position + added; i++)
      {
        g_autoptr(GObject) item = g_list_model_get_item (self->model, i);

        if (vig_hit_peel (item) == self->picture)
          {
            self->position = i;
            break;
          }
      }

  if (count == 0)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
      return;
    }

  {
    const guint here = MIN (self->position, count - 1);
    g_autoptr(GObject) item = g_list_model_get_item (self->model, here);

    if (vig_hit_peel (item) != self->picture)
      {
        show (self, here, FALSE);
        return;
      }
  }

  gtk_widget_set_sensitive (self->previous, self->position > 0);
  gtk_widget_set_sensitive (self->next, self->position + 1 < count);
  update_words (self);
}

void
vig_large_view_compare (VigLargeView *self,
                        VigPicture   *other)
{
  g_return_if_fail (VIG_IS_LARGE_VIEW (self));

  g_cancellable_cancel (self->other_cancellable);
  g_clear_object (&self->other_cancellable);
  g_clear_object (&self->other_texture);
  self->flipped = FALSE;
  g_set_object (&self->other, other);
  gtk_toggle_button_set_active (self->hold, other != NULL);
  if (other != NULL)
    {
      GdkTexture *near = other == self->picture ? self->texture
        : vig_textures_lookup (self->textures, other, THUMB_SIDE * gtk_widget_get_scale_factor (GTK_WIDGET (self)));

      g_set_object (&self->other_texture, near);
      self->other_cancellable = g_cancellable_new ();
      vig_textures_open_async (self->textures, vig_picture_get_path (other), choose_side (other),
                               self->other_cancellable, other_loaded_cb, g_object_ref (self));
    }

  if (self->picture != NULL)
    update_area (self, TRUE);
}

void
vig_large_view_flip (VigLargeView *self)
{
  g_return_if_fail (VIG_IS_LARGE_VIEW (self));

  if (self->other == NULL)
    return;

  self->flipped = !self->flipped;
  update_area (self, TRUE);
}

void
vig_large_view_close (VigLargeView *self)
{
  g_return_if_fail (VIG_IS_LARGE_VIEW (self));

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  forget_picture (self);
  g_cancellable_cancel (self->other_cancellable);
  g_clear_object (&self->other_cancellable);
  g_clear_object (&self->other_texture);
  g_clear_object (&self->other);
  self->flipped = FALSE;
  if (self->hold == NULL)
    return;  /* the window is gone */

  gtk_toggle_button_set_active (self->hold, FALSE);
  vig_zoom_area_set_texture (self->area, NULL, 1, 1, FALSE);
}

void
vig_large_view_open (VigLargeView *self,
                     GListModel   *model,
                     guint         position)
{
  g_return_if_fail (VIG_IS_LARGE_VIEW (self));
  g_return_if_fail (G_IS_LIST_MODEL (model));

  vig_large_view_close (self);
  self->model = g_object_ref (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  show (self, position, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->area));
}

/* ---- Buttons and keys ---- */

static void
previous_cb (VigLargeView *self)
{
  vig_large_view_step (self, -1);
}

static void
next_cb (VigLargeView *self)
{
  vig_large_view_step (self, 1);
}

static void
fit_cb (VigLargeView *self)
{
  vig_zoom_area_set_zoom (self->area, 0);
}

static void
actual_cb (VigLargeView *self)
{
  vig_zoom_area_set_zoom (self->area, 1);
}

static void
hold_cb (VigLargeView *self)
{
  const gboolean hold = gtk_toggle_button_get_active (self->hold);

  if (hold != (self->other != NULL))
    vig_large_view_compare (self, hold ? self->picture : NULL);
}

static void
toggle_hold (VigLargeView *self)
{
  gtk_toggle_button_set_active (self->hold, !gtk_toggle_button_get_active (self->hold));
}

/* Arrows move what is looked at closely; where there is nothing further, they go to the neighbour. */
static void
arrow (VigLargeView *self,
       int           dx,
       int           dy)
{
  const gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  if (!vig_zoom_area_get_fits (self->area) && vig_zoom_area_pan (self->area, dx * PAN, dy * PAN))
    return;

  vig_large_view_step (self, dx != 0 && mirrored ? -dx : dx + dy);
}

static gboolean
key_cb (VigLargeView    *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  const GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();

  if ((held & ~(GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0)
    return FALSE;

  switch (key)
    {
    case GDK_KEY_plus: case GDK_KEY_equal: case GDK_KEY_KP_Add:
      vig_zoom_area_step (self->area, 1);
      return TRUE;

    case GDK_KEY_minus: case GDK_KEY_KP_Subtract:
      vig_zoom_area_step (self->area, -1);
      return TRUE;

    case GDK_KEY_0: case GDK_KEY_KP_0:
      fit_cb (self);
      return TRUE;

    case GDK_KEY_1: case GDK_KEY_KP_1:
      actual_cb (self);
      return TRUE;
    }

  if (key == GDK_KEY_E && held == GDK_SHIFT_MASK)
    return gtk_widget_activate_action (GTK_WIDGET (self), "win.enlarge", "u", 4u);
  if (key == GDK_KEY_V && held == GDK_SHIFT_MASK)
    return gtk_widget_activate_action (GTK_WIDGET (self), "win.vary", "u", 4u);
  if (held != 0)
    return FALSE;

  switch (key)
    {
    case GDK_KEY_Left: case GDK_KEY_KP_Left:
      arrow (self, -1, 0);
      return TRUE;

    case GDK_KEY_Right: case GDK_KEY_KP_Right:
      arrow (self, 1, 0);
      return TRUE;

    case GDK_KEY_Up: case GDK_KEY_KP_Up:
      arrow (self, 0, -1);
      return TRUE;

    case GDK_KEY_Down: case GDK_KEY_KP_Down:
      arrow (self, 0, 1);
      return TRUE;

    case GDK_KEY_Page_Up: case GDK_KEY_BackSpace:
      vig_large_view_step (self, -1);
      return TRUE;

    case GDK_KEY_Page_Down:
      vig_large_view_step (self, 1);
      return TRUE;

    case GDK_KEY_c:
      toggle_hold (self);
      return TRUE;

    case GDK_KEY_space:
      if (self->other == NULL)
        vig_large_view_step (self, 1);
      else
        vig_large_view_flip (self);
      return TRUE;

    case GDK_KEY_Delete:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.trash", NULL);

    case GDK_KEY_a:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.draw-again", NULL);

    case GDK_KEY_v:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.vary", "u", 8u);

    case GDK_KEY_k:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.stack", NULL);

    case GDK_KEY_e:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.enlarge", "u", 2u);

    case GDK_KEY_p:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.use-words", NULL);

    case GDK_KEY_s:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.use-seed", NULL);

    case GDK_KEY_r:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.use-everything", NULL);

    case GDK_KEY_f:
      return gtk_widget_activate_action (GTK_WIDGET (self), "win.favourite", NULL);
    }

  return FALSE;
}

static void
vig_large_view_dispose (GObject *object)
{
  VigLargeView *self = VIG_LARGE_VIEW (object);

  vig_large_view_close (self);
  vig_dispose_template (self, VIG_TYPE_LARGE_VIEW);
  g_clear_object (&self->textures);

  G_OBJECT_CLASS (vig_large_view_parent_class)->dispose (object);
}

static void
vig_large_view_class_init (VigLargeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_large_view_dispose;

  signals[SHOWN] = g_signal_new ("shown", VIG_TYPE_LARGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_UINT);

  g_type_ensure (VIG_TYPE_ZOOM_AREA);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/large-view.ui");
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, title);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, area);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, previous);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, next);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, fit);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, actual);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, favourite);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, hold);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, flip);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, which);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, menu);
  gtk_widget_class_bind_template_child (widget_class, VigLargeView, trouble);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, fit_cb);
  gtk_widget_class_bind_template_callback (widget_class, actual_cb);
  gtk_widget_class_bind_template_callback (widget_class, hold_cb);
  gtk_widget_class_bind_template_callback (widget_class, vig_large_view_flip);
  gtk_widget_class_bind_template_callback (widget_class, zoomed_cb);
}

static void
vig_large_view_init (VigLargeView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

void
vig_large_view_set_up (VigLargeView *self,
                       VigTextures  *textures,
                       GMenuModel   *menu)
{
  g_return_if_fail (VIG_IS_LARGE_VIEW (self));

  gtk_menu_button_set_menu_model (self->menu, menu);
  g_set_object (&self->textures, textures);
}
