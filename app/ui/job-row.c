/* job-row.c: one job that waits or runs: how far it is, and a button that stops it */

#include "config.h"

#include <glib/gi18n.h>

#include "ui/job-row.h"

#include "ui/template.h"

struct _VigJobRow
{
  GtkWidget parent_instance;

  VigJob         *job;   /* owned */
  GtkLabel       *title;
  GtkLabel       *status;
  GtkProgressBar *bar;
  GtkButton      *stop;
};

G_DEFINE_FINAL_TYPE (VigJobRow, vig_job_row, GTK_TYPE_WIDGET)

static void
update (VigJobRow *self)
{
  const double fraction = vig_job_get_fraction (self->job);
  const char *status = vig_job_get_status (self->job);
  const gboolean waiting = vig_job_get_state (self->job) == VIG_JOB_WAITING;

  gtk_label_set_label (self->title, vig_job_get_title (self->job));
  if (waiting && status == NULL)
    status = _("Waiting for its turn");
  gtk_label_set_label (self->status, status != NULL ? status : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), status != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), !waiting && fraction >= 0);
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
}

static void
stop_cb (VigJobRow *self)
{
  vig_job_stop (self->job);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop), FALSE);
}

static void
vig_job_row_dispose (GObject *object)
{
  vig_dispose_template (object, VIG_TYPE_JOB_ROW);
  g_clear_object (&VIG_JOB_ROW (object)->job);

  G_OBJECT_CLASS (vig_job_row_parent_class)->dispose (object);
}

static void
vig_job_row_class_init (VigJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_job_row_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, title);
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, status);
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, bar);
  gtk_widget_class_bind_template_child (widget_class, VigJobRow, stop);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
vig_job_row_init (VigJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vig_job_row_new (VigJob *job)
{
  VigJobRow *self = g_object_new (VIG_TYPE_JOB_ROW, NULL);
  g_autofree char *words = g_strdup_printf (_("Stop “%s”"), vig_job_get_title (job));

  self->job = g_object_ref (job);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->stop), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_signal_connect_object (job, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
