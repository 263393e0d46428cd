/* drawing-view.c: what is being drawn now: a strip of tiles that fill, the best first when they are done */

#define G_LOG_DOMAIN "vig-drawing-view"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/drawing-view.h"

#include "ui/eta.h"
#include "ui/template.h"
#include "ui/tile-view.h"

struct _VigDrawingView
{
  GtkWidget parent_instance;

  VigStudio      *studio;   /* owned */
  VigGenerateJob *job;      /* owned; the one that is shown, or NULL */
  VigEta          eta;
  guint           rebuild;  /* idle source, or 0 */

  GtkRevealer     *revealer;
  GtkLabel        *title;
  GtkLabel        *status;
  GtkToggleButton *fold;
  GtkButton       *stop;
  GtkButton       *dismiss;
  GtkBox          *strip;
};

enum { OPENED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigDrawingView, vig_drawing_view, GTK_TYPE_WIDGET)

static void
tile_clicked_cb (VigDrawingView *self,
                 GtkButton      *button)
{
  VigTile *tile = vig_tile_view_get_tile (VIG_TILE_VIEW (gtk_button_get_child (button)));
  VigPicture *picture = vig_tile_get_picture (tile);

  if (picture != NULL)
    g_signal_emit (self, signals[OPENED], 0, picture);
}

static GtkWidget *
make_tile (VigDrawingView *self,
           VigTile        *tile)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *view = vig_tile_view_new (tile);

  gtk_button_set_child (GTK_BUTTON (button), view);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "tile");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  view, NULL, -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (tile_clicked_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (button, vig_tile_get_chosen (tile) || gtk_toggle_button_get_active (self->fold));

  return button;
}

static void
update_fold (VigDrawingView *self,
             guint           rest)
{
  g_autofree char *label = g_strdup_printf (ngettext ("%u more drawn, not chosen", "%u more drawn, not chosen", rest), rest);

  gtk_button_set_label (GTK_BUTTON (self->fold), label);
  gtk_widget_set_visible (GTK_WIDGET (self->fold), rest > 0);
}

static gboolean
rebuild_cb (gpointer data)
{
  VigDrawingView *self = data;
  GListModel *tiles = vig_generate_job_get_tiles (self->job);
  GtkWidget *child = NULL;
  guint rest = 0;

  self->rebuild = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->strip))) != NULL)
    gtk_box_remove (self->strip, child);

  for (guint i = 0; i < g_list_model_get_n_items (tiles); i++)
    {
      g_autoptr(VigTile) tile = g_list_model_get_item (tiles, i);

      gtk_box_append (self->strip, make_tile (self, tile));
      if (!vig_tile_get_chosen (tile))
        rest++;
    }

  update_fold (self, rest);

  return G_SOURCE_REMOVE;
}

static void
queue_rebuild (VigDrawingView *self)
{
  if (self->rebuild == 0)
    self->rebuild = g_idle_add (rebuild_cb, self);
}

static void
fold_toggled_cb (VigDrawingView *self)
{
  const gboolean all = gtk_toggle_button_get_active (self->fold);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->strip)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      VigTileView *view = VIG_TILE_VIEW (gtk_button_get_child (GTK_BUTTON (child)));

      gtk_widget_set_visible (child, all || vig_tile_get_chosen (vig_tile_view_get_tile (view)));
    }
}

static void
show_progress (VigDrawingView *self,
               const char     *status)
{
  const double fraction = vig_job_get_fraction (VIG_JOB (self->job));
  g_autofree char *left = fraction >= 0 ? vig_eta_dup (&self->eta, fraction, g_get_monotonic_time ()) : NULL;
  g_autofree char *both = left != NULL && status != NULL ? g_strdup_printf (_("%s, %s"), status, left) : NULL;

  gtk_label_set_label (self->status, both != NULL ? both : status != NULL ? status : _("Beginning"));
}

static void
update (VigDrawingView *self)
{
  VigJob *job = VIG_JOB (self->job);
  const gboolean over = vig_job_is_over (job);
  const char *prompt = vig_generate_job_get_prompt (self->job);
  const char *status = vig_job_get_status (job);
  g_autofree char *quoted = prompt != NULL ? g_strdup_printf (_("“%s”"), prompt) : NULL;

  gtk_label_set_label (self->title, quoted != NULL ? quoted : vig_job_get_title (job));
  switch (vig_job_get_state (job))
    {
    case VIG_JOB_WAITING:
      vig_eta_reset (&self->eta);
      gtk_label_set_label (self->status, !vig_studio_get_paused (self->studio) ? _("Waiting for its turn")
                           : vig_job_get_fraction (job) > 0 ? _("Paused; it goes on where it is")
                           : _("Waiting for the pause to end"));
      break;

    case VIG_JOB_RUNNING:
      show_progress (self, status);
      break;

    case VIG_JOB_DONE:
      gtk_label_set_label (self->status, _("Done, the best first"));
      break;

    case VIG_JOB_STOPPED:
      gtk_label_set_label (self->status, _("Stopped; what was finished is kept"));
      break;

    case VIG_JOB_FAILED:
      gtk_label_set_label (self->status, vig_job_get_error (job)->message);
      break;
    }

  gtk_widget_set_visible (GTK_WIDGET (self->stop), !over);
  gtk_widget_set_visible (GTK_WIDGET (self->dismiss), over);
  if (over)
    queue_rebuild (self);
}

static void
show_job (VigDrawingView *self,
          VigGenerateJob *job)
{
  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      g_signal_handlers_disconnect_by_data (vig_generate_job_get_tiles (self->job), self);
    }

  g_set_object (&self->job, job);
  vig_eta_reset (&self->eta);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop), TRUE);
  gtk_toggle_button_set_active (self->fold, FALSE);
  g_signal_connect_object (job, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (vig_generate_job_get_tiles (job), "items-changed", G_CALLBACK (queue_rebuild),
                           self, G_CONNECT_SWAPPED);
  queue_rebuild (self);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  update (self);
}

/* The drawing that stands first in the queue: the one that is drawn, or will be next. */
static VigGenerateJob *
find_first (VigDrawingView *self)
{
  GListModel *jobs = vig_studio_get_jobs (self->studio);

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr(VigJob) job = g_list_model_get_item (jobs, i);

      if (VIG_IS_GENERATE_JOB (job))
        return VIG_GENERATE_JOB (job);  /* the queue keeps it */
    }

  return NULL;
}

/* Who looks at a drawing sees its end before the next one comes. */
static void
follow_queue (VigDrawingView *self)
{
  VigGenerateJob *first = find_first (self);

  if (first != NULL && first != self->job &&
      (self->job == NULL || vig_job_get_state (VIG_JOB (self->job)) != VIG_JOB_RUNNING))
    show_job (self, first);
}

static void
pause_changed_cb (VigDrawingView *self)
{
  if (self->job != NULL)
    update (self);
}

void
vig_drawing_view_set_studio (VigDrawingView *self,
                             VigStudio      *studio)
{
  g_return_if_fail (VIG_IS_DRAWING_VIEW (self));

  g_set_object (&self->studio, studio);
  g_signal_connect_object (vig_studio_get_jobs (studio), "items-changed", G_CALLBACK (follow_queue), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (studio, "notify::paused", G_CALLBACK (pause_changed_cb), self, G_CONNECT_SWAPPED);
  follow_queue (self);
}

VigGenerateJob *
vig_drawing_view_get_job (VigDrawingView *self)
{
  g_return_val_if_fail (VIG_IS_DRAWING_VIEW (self), NULL);

  return self->job;
}

gboolean
vig_drawing_view_stop (VigDrawingView *self)
{
  g_return_val_if_fail (VIG_IS_DRAWING_VIEW (self), FALSE);

  if (self->job == NULL || vig_job_is_over (VIG_JOB (self->job)))
    return FALSE;

  vig_job_stop (VIG_JOB (self->job));
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop), FALSE);

  return TRUE;
}

static void
stop_cb (VigDrawingView *self)
{
  vig_drawing_view_stop (self);
}

static void
dismiss_cb (VigDrawingView *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static void
revealed_cb (VigDrawingView *self)
{
  if (!gtk_revealer_get_child_revealed (self->revealer) && !gtk_revealer_get_reveal_child (self->revealer))
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
vig_drawing_view_dispose (GObject *object)
{
  VigDrawingView *self = VIG_DRAWING_VIEW (object);

  g_clear_handle_id (&self->rebuild, g_source_remove);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  vig_dispose_template (self, VIG_TYPE_DRAWING_VIEW);
  g_clear_object (&self->job);
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_drawing_view_parent_class)->dispose (object);
}

static void
vig_drawing_view_class_init (VigDrawingViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_drawing_view_dispose;

  signals[OPENED] = g_signal_new ("opened", VIG_TYPE_DRAWING_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, VIG_TYPE_PICTURE);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/vignette/Vignette/ui/drawing-view.ui");
  gtk_widget_class_bind_template_child (widget_class, VigDrawingView, revealer);
  gtk_widget_class_bind_template_child (widget_class, VigDrawingView, title);
  gtk_widget_class_bind_template_child (widget_class, VigDrawingView, status);
  gtk_widget_class_bind_template_child (widget_class, VigDrawingView, fold);
  gtk_widget_class_bind_template_child (widget_class, VigDrawingView, stop);
  gtk_widget_class_bind_template_child (widget_class, VigDrawingView, dismiss);
  gtk_widget_class_bind_template_child (widget_class, VigDrawingView, strip);
  gtk_widget_class_bind_template_callback (widget_class, fold_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_cb);
  gtk_widget_class_bind_template_callback (widget_class, revealed_cb);
}

static void
vig_drawing_view_init (VigDrawingView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
