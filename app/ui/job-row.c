/* job-row.c: one job of the queue: how far it is, a button that stops it, and its place among the others */

#include "config.h"

#include <glib/gi18n.h>

#include "ui/job-row.h"

#include "ui/eta.h"

struct _VigJobRow
{
  GtkListBoxRow parent_instance;

  VigStudio      *studio;  /* owned */
  VigJob         *job;     /* owned */
  VigEta          eta;
  GtkWidget      *grip;
  GtkLabel       *title;
  GtkLabel       *status;
  GtkProgressBar *bar;
  GtkButton      *stop;
};

G_DEFINE_FINAL_TYPE (VigJobRow, vig_job_row, GTK_TYPE_LIST_BOX_ROW)

VigJob *
vig_job_row_get_job (VigJobRow *self)
{
  g_return_val_if_fail (VIG_IS_JOB_ROW (self), NULL);

  return self->job;
}

static char *
dup_status (VigJobRow *self)
{
  const double fraction = vig_job_get_fraction (self->job);
  const char *status = vig_job_get_status (self->job);
  g_autofree char *left = NULL;

  if (vig_job_get_state (self->job) == VIG_JOB_WAITING)
    {
      vig_eta_reset (&self->eta);
      if (!vig_studio_get_paused (self->studio))
        return g_strdup (_("Waiting for its turn"));

      return g_strdup (fraction > 0 ? _("Paused; it goes on where it is") : _("Waiting for the pause to end"));
    }

  left = fraction >= 0 ? vig_eta_dup (&self->eta, fraction, g_get_monotonic_time ()) : NULL;
  if (left == NULL || status == NULL)
    return g_strdup (left != NULL ? left : status);

  /* Translators: what a job is at, and how long it will still take. */
  return g_strdup_printf (_("%s, %s"), status, left);
}

static void
update (VigJobRow *self)
{
  const double fraction = vig_job_get_fraction (self->job);
  const gboolean waiting = vig_job_get_state (self->job) == VIG_JOB_WAITING;
  g_autofree char *status = dup_status (self);
  /* Translators: a job of the queue as it is read out: what it is, and how far. */
  g_autofree char *spoken = g_strdup_printf (_("%s: %s"), vig_job_get_title (self->job), status != NULL ? status : "");

  gtk_label_set_label (self->title, vig_job_get_title (self->job));
  gtk_label_set_label (self->status, status != NULL ? status : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), status != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), fraction > 0 || (!waiting && fraction == 0));
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
  gtk_widget_set_visible (self->grip, waiting);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
stop_cb (VigJobRow *self)
{
  vig_job_stop (self->job);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop), FALSE);
}

/* ---- Its place ---- */

static guint
find_position (VigJobRow *self,
               VigJob    *job)
{
  GListModel *jobs = vig_studio_get_jobs (self->studio);

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr(VigJob) other = g_list_model_get_item (jobs, i);

      if (other == job)
        return i;
    }

  return GTK_INVALID_LIST_POSITION;
}

/* The list makes its rows anew when they move: the keyboard goes along with the job. */
static void
follow (GtkListBox *list,
        VigJob     *job)
{
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    if (VIG_IS_JOB_ROW (row) && VIG_JOB_ROW (row)->job == job)
      gtk_widget_grab_focus (GTK_WIDGET (row));
}

static gboolean
move (VigJobRow *self,
      int        step)
{
  g_autoptr(VigJob) job = g_object_ref (self->job);
  g_autoptr(GtkWidget) list = g_object_ref (gtk_widget_get_parent (GTK_WIDGET (self)));
  const guint position = find_position (self, job);

  if (position == GTK_INVALID_LIST_POSITION || (step < 0 && position == 0) ||
      !vig_studio_move_job (self->studio, job, position + step))
    return FALSE;

  follow (GTK_LIST_BOX (list), job);

  return TRUE;
}

static gboolean
key_cb (VigJobRow       *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  const GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();

  if (held == GDK_ALT_MASK && (key == GDK_KEY_Up || key == GDK_KEY_Down))
    {
      move (self, key == GDK_KEY_Up ? -1 : 1);
      return TRUE;
    }

  if (held == 0 && key == GDK_KEY_Delete)
    {
      stop_cb (self);
      return TRUE;
    }

  return FALSE;
}

static GdkContentProvider *
prepare_cb (VigJobRow     *self,
            double         x,
            double         y,
            GtkDragSource *source)
{
  g_autoptr(GdkPaintable) icon = NULL;

  if (vig_job_get_state (self->job) != VIG_JOB_WAITING)
    return NULL;

  icon = gtk_widget_paintable_new (GTK_WIDGET (self));
  gtk_drag_source_set_icon (source, icon, (int) x, (int) y);

  return gdk_content_provider_new_typed (VIG_TYPE_JOB, self->job);
}

/* What is dropped on a row takes its place. */
static gboolean
drop_cb (VigJobRow    *self,
         const GValue *value)
{
  VigJob *job = g_value_get_object (value);
  const guint position = find_position (self, self->job);

  return position != GTK_INVALID_LIST_POSITION && vig_studio_move_job (self->studio, job, position);
}

static void
vig_job_row_dispose (GObject *object)
{
  VigJobRow *self = VIG_JOB_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), VIG_TYPE_JOB_ROW);
  g_clear_object (&self->job);
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_job_row_parent_class)->dispose (object);
}

static void
vig_job_row_class_init (VigJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_job_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, grip);
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, title);
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, status);
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, bar);
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, stop);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
vig_job_row_init (VigJobRow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (VIG_TYPE_JOB, GDK_ACTION_MOVE);

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

GtkWidget *
vig_job_row_new (VigStudio *studio,
                 VigJob    *job)
{
  VigJobRow *self = g_object_new (VIG_TYPE_JOB_ROW, NULL);
  g_autofree char *words = g_strdup_printf (_("Stop “%s”"), vig_job_get_title (job));

  self->studio = g_object_ref (studio);
  self->job = g_object_ref (job);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->stop), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_object (job, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (studio, "notify::paused", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
