/* keep-handle.c: how many rows of a picture are kept, by a handle to drag */

#define G_LOG_DOMAIN "vig-keep-handle"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/keep-handle.h"

#define SIDE  112
#define GRIP  30  /* pixels the grip is wide */

struct _VigKeepHandle
{
  GtkWidget parent_instance;

  GdkTexture *texture;  /* owned; may be NULL */
  guint       rows;
  guint       keep;
  double      begun;    /* where it is dragged from, in pixels */
};

enum
{
  PROP_0,
  PROP_KEEP,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VigKeepHandle, vig_keep_handle, GTK_TYPE_WIDGET)

static void
update_words (VigKeepHandle *self)
{
  /* Translators: how many of how many rows of a picture are kept; the rest is drawn anew. */
  g_autofree char *words = g_strdup_printf (ngettext ("%u of %u row kept", "%u of %u rows kept", self->rows),
                                            self->keep, self->rows);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 1.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) self->rows - 1,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double) self->keep,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
}

void
vig_keep_handle_set_keep (VigKeepHandle *self,
                          guint          keep)
{
  g_return_if_fail (VIG_IS_KEEP_HANDLE (self));

  keep = CLAMP (keep, 1, self->rows - 1);
  if (keep == self->keep)
    return;

  self->keep = keep;
  update_words (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KEEP]);
}

guint
vig_keep_handle_get_keep (VigKeepHandle *self)
{
  g_return_val_if_fail (VIG_IS_KEEP_HANDLE (self), 0);

  return self->keep;
}

void
vig_keep_handle_set_rows (VigKeepHandle *self,
                          guint          rows)
{
  const double kept = (double) self->keep / self->rows;

  g_return_if_fail (VIG_IS_KEEP_HANDLE (self));
  g_return_if_fail (rows >= 2);

  if (rows == self->rows)
    return;

  self->rows = rows;
  self->keep = 0;
  vig_keep_handle_set_keep (self, (guint) lround (kept * rows));
}

guint
vig_keep_handle_get_rows (VigKeepHandle *self)
{
  g_return_val_if_fail (VIG_IS_KEEP_HANDLE (self), 0);

  return self->rows;
}

void
vig_keep_handle_set_texture (VigKeepHandle *self,
                             GdkTexture    *texture)
{
  g_return_if_fail (VIG_IS_KEEP_HANDLE (self));

  if (g_set_object (&self->texture, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- By hand ---- */

static void
move_to (VigKeepHandle *self,
         double         y)
{
  const double row = y / gtk_widget_get_height (GTK_WIDGET (self)) * self->rows;

  vig_keep_handle_set_keep (self, (guint) CLAMP (lround (row), 1, (long) self->rows - 1));
}

static void
drag_begin_cb (VigKeepHandle *self,
               double         x,
               double         y)
{
  self->begun = y;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  move_to (self, y);
}

static void
drag_update_cb (VigKeepHandle *self,
                double         x,
                double         y)
{
  move_to (self, self->begun + y);
}

/* ---- By keys ---- */

static gboolean
key_cb (VigKeepHandle   *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  const guint page = MAX (self->rows / 4, 1);

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;

  switch (key)
    {
    case GDK_KEY_Up: case GDK_KEY_KP_Up:
      vig_keep_handle_set_keep (self, self->keep - 1);
      return TRUE;

    case GDK_KEY_Down: case GDK_KEY_KP_Down:
      vig_keep_handle_set_keep (self, self->keep + 1);
      return TRUE;

    case GDK_KEY_Page_Up: case GDK_KEY_KP_Page_Up:
      vig_keep_handle_set_keep (self, self->keep > page ? self->keep - page : 1);
      return TRUE;

    case GDK_KEY_Page_Down: case GDK_KEY_KP_Page_Down:
      vig_keep_handle_set_keep (self, self->keep + page);
      return TRUE;

    case GDK_KEY_Home: case GDK_KEY_KP_Home:
      vig_keep_handle_set_keep (self, 1);
      return TRUE;

    case GDK_KEY_End: case GDK_KEY_KP_End:
      vig_keep_handle_set_keep (self, self->rows - 1);
      return TRUE;
    }

  return FALSE;
}

/* ---- What is seen ---- */

static void
vig_keep_handle_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  *minimum = *natural = SIDE;
  *minimum_baseline = *natural_baseline = -1;
}

/* The picture, its lower rows under a veil, and the handle on the border. */
static void
vig_keep_handle_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  VigKeepHandle *self = VIG_KEEP_HANDLE (widget);
  const float width = gtk_widget_get_width (widget);
  const float height = gtk_widget_get_height (widget);
  const float edge = roundf (height * self->keep / self->rows);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA veil, line;

  if (!gtk_style_context_lookup_color (context, "window_bg_color", &veil))
    gdk_rgba_parse (&veil, "white");
  if (!gtk_style_context_lookup_color (context, "accent_bg_color", &line))
    gtk_style_context_get_color (context, &line);
  veil.alpha = 0.82f;

  if (self->texture != NULL)
    {
      const float wide = gdk_texture_get_width (self->texture);
      const float high = gdk_texture_get_height (self->texture);
      const float scale = MAX (width / wide, height / high);

      gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
      gtk_snapshot_append_texture (snapshot, self->texture,
                                   &GRAPHENE_RECT_INIT ((width - wide * scale) / 2, (height - high * scale) / 2,
                                                        wide * scale, high * scale));
      gtk_snapshot_pop (snapshot);
    }

  gtk_snapshot_append_color (snapshot, &veil, &GRAPHENE_RECT_INIT (0, edge, width, height - edge));
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (0, edge - 1, width, 2));
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT ((width - GRIP) / 2, edge - 4, GRIP, 8));
  /* Two notches, so that it looks like something to take hold of. */
  line = (GdkRGBA) { 1, 1, 1, 0.9f };
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (width / 2 - 7, edge - 2, 14, 1));
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (width / 2 - 7, edge + 1, 14, 1));
}

static void
vig_keep_handle_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_KEEP:
      g_value_set_uint (value, VIG_KEEP_HANDLE (object)->keep);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
vig_keep_handle_dispose (GObject *object)
{
  g_clear_object (&VIG_KEEP_HANDLE (object)->texture);

  G_OBJECT_CLASS (vig_keep_handle_parent_class)->dispose (object);
}

static void
vig_keep_handle_class_init (VigKeepHandleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vig_keep_handle_dispose;
  object_class->get_property = vig_keep_handle_get_property;
  widget_class->measure = vig_keep_handle_measure;
  widget_class->snapshot = vig_keep_handle_snapshot;

  properties[PROP_KEEP] = g_param_spec_uint ("keep", NULL, NULL, 1, G_MAXUINT, 4,
                                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "keep-handle");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
vig_keep_handle_init (VigKeepHandle *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->rows = 8;
  self->keep = 4;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "ns-resize");
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Rows that are kept"), -1);
  update_words (self);

  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (drag_update_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
