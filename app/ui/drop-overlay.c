/* drop-overlay.c: what to do with files that are dropped on the window: three zones that say so */

#define G_LOG_DOMAIN "vig-drop-overlay"

#include "config.h"

#include "ui/drop-overlay.h"

#include "ui/template.h"

struct _VigDropOverlay
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkWidget   *tag_zone;
  GtkWidget   *start_zone;
  GtkWidget   *find_zone;
  GtkWidget   *cancel;
  char       **offered;  /* owned; what the buttons are for, or NULL while something is dragged */
};

enum { DROPPED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigDropOverlay, vig_drop_overlay, GTK_TYPE_WIDGET)

gboolean
vig_drop_overlay_take (VigDropOverlay *self,
                       VigDropVerb     verb,
                       GSList         *files)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) paths = NULL;

  g_return_val_if_fail (VIG_IS_DROP_OVERLAY (self), FALSE);

  for (; files != NULL; files = files->next)
    {
      g_autofree char *path = g_file_get_path (files->data);

      if (path != NULL)
        g_strv_builder_add (builder, path);
    }

  paths = g_strv_builder_end (builder);
  if (paths[0] == NULL)
    return FALSE;

  g_signal_emit (self, signals[DROPPED], 0, (int) verb, paths);

  return TRUE;
}

static void
set_shown (VigDropOverlay *self,
           gboolean        shown)
{
  gtk_widget_set_visible (GTK_WIDGET (self->revealer), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, shown);
  gtk_widget_set_can_target (GTK_WIDGET (self), shown);
}

static VigDropVerb
get_verb (VigDropOverlay *self,
          GtkWidget      *zone)
{
  return zone == self->start_zone ? VIG_DROP_START : zone == self->find_zone ? VIG_DROP_FIND : VIG_DROP_TAG;
}

static gboolean
drop_cb (VigDropOverlay *self,
         const GValue   *value,
         double          x,
         double          y,
         GtkDropTarget  *target)
{
  GtkWidget *zone = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));

  set_shown (self, FALSE);

  return vig_drop_overlay_take (self, get_verb (self, zone), g_value_get_boxed (value));
}

/* ---- Pictures that were pasted: the same choice, by button ---- */

void
vig_drop_overlay_dismiss (VigDropOverlay *self)
{
  g_return_if_fail (VIG_IS_DROP_OVERLAY (self));

  g_clear_pointer (&self->offered, g_strfreev);
  gtk_widget_set_visible (self->cancel, FALSE);
  set_shown (self, FALSE);
}

gboolean
vig_drop_overlay_is_offering (VigDropOverlay *self)
{
  g_return_val_if_fail (VIG_IS_DROP_OVERLAY (self), FALSE);

  return self->offered != NULL;
}

void
vig_drop_overlay_offer (VigDropOverlay *self,
                        char          **paths,
                        gboolean        tags)
{
  g_return_if_fail (VIG_IS_DROP_OVERLAY (self));

  g_strfreev (self->offered);
  self->offered = g_strdupv (paths);
  gtk_widget_set_visible (self->cancel, TRUE);
  gtk_widget_set_sensitive (self->tag_zone, tags);
  set_shown (self, TRUE);
  gtk_widget_grab_focus (tags ? self->tag_zone : self->start_zone);
}

static void
clicked_cb (VigDropOverlay *self,
            GtkWidget      *zone)
{
  g_auto(GStrv) paths = g_steal_pointer (&self->offered);

  vig_drop_overlay_dismiss (self);
  if (paths != NULL)
    g_signal_emit (self, signals[DROPPED], 0, (int) get_verb (self, zone), paths);
}

static void
add_zone (VigDropOverlay *self,
          GtkWidget      *zone)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (zone, GTK_EVENT_CONTROLLER (target));
}

static void
contains_cb (VigDropOverlay          *self,
             GParamSpec              *pspec,
             GtkDropControllerMotion *motion)
{
  GdkDrop *drop = gtk_drop_controller_motion_get_drop (motion);
  const gboolean over = gtk_drop_controller_motion_contains_pointer (motion) && drop != NULL &&
    gdk_content_formats_contain_gtype (gdk_drop_get_formats (drop), GDK_TYPE_FILE_LIST);

  if (self->offered != NULL)
    return;

  gtk_widget_set_sensitive (self->tag_zone, TRUE);
  set_shown (self, over);
}

/* What is not to be seen is not to be reached by keys either. */
static void
revealed_cb (VigDropOverlay *self)
{
  if (!gtk_revealer_get_child_revealed (self->revealer) && !gtk_revealer_get_reveal_child (self->revealer))
    gtk_widget_set_visible (GTK_WIDGET (self->revealer), FALSE);
}

void
vig_drop_overlay_watch (VigDropOverlay *self,
                        GtkWidget      *widget)
{
  GtkEventController *motion = gtk_drop_controller_motion_new ();

  g_return_if_fail (VIG_IS_DROP_OVERLAY (self));

  g_signal_connect_object (motion, "notify::contains-pointer", G_CALLBACK (contains_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (widget, motion);
}

static void
vig_drop_overlay_dispose (GObject *object)
{
  vig_dispose_template (object, VIG_TYPE_DROP_OVERLAY);
  g_clear_pointer (&VIG_DROP_OVERLAY (object)->offered, g_strfreev);

  G_OBJECT_CLASS (vig_drop_overlay_parent_class)->dispose (object);
}

static void
vig_drop_overlay_class_init (VigDropOverlayClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_drop_overlay_dispose;

  signals[DROPPED] = g_signal_new ("dropped", VIG_TYPE_DROP_OVERLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRV);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/vignette/Vignette/ui/drop-overlay.ui");
  gtk_widget_class_bind_template_child (widget_class, VigDropOverlay, revealer);
  gtk_widget_class_bind_template_child (widget_class, VigDropOverlay, tag_zone);
  gtk_widget_class_bind_template_child (widget_class, VigDropOverlay, start_zone);
  gtk_widget_class_bind_template_child (widget_class, VigDropOverlay, find_zone);
  gtk_widget_class_bind_template_child (widget_class, VigDropOverlay, cancel);
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, revealed_cb);
  gtk_widget_class_bind_template_callback (widget_class, vig_drop_overlay_dismiss);
}

static void
vig_drop_overlay_init (VigDropOverlay *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  add_zone (self, self->tag_zone);
  add_zone (self, self->start_zone);
  add_zone (self, self->find_zone);
}
