/* job-bar.c: the button in the header bar that lists the jobs */

#include "config.h"

#include <glib/gi18n.h>

#include "ui/job-bar.h"

#include "ui/job-row.h"
#include "ui/template.h"

struct _VigJobBar
{
  GtkWidget parent_instance;

  GListModel    *jobs;    /* owned */
  GtkMenuButton *button;
  GtkLabel      *count;
  GtkListBox    *rows;
};

G_DEFINE_FINAL_TYPE (VigJobBar, vig_job_bar, GTK_TYPE_WIDGET)

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), vig_job_row_new (item));
  gtk_widget_set_focusable (row, FALSE);

  return row;
}

static void
update (VigJobBar *self)
{
  const guint n_jobs = g_list_model_get_n_items (self->jobs);
  g_autofree char *count = g_strdup_printf ("%u", n_jobs);
  g_autofree char *words = g_strdup_printf (ngettext ("%u job", "%u jobs", n_jobs), n_jobs);

  gtk_label_set_label (self->count, count);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (n_jobs == 0)
    gtk_menu_button_popdown (self->button);
  gtk_widget_set_visible (GTK_WIDGET (self), n_jobs > 0);
}

void
vig_job_bar_set_jobs (VigJobBar  *self,
                      GListModel *jobs)
{
  g_return_if_fail (VIG_IS_JOB_BAR (self));

  g_set_object (&self->jobs, jobs);
  gtk_list_box_bind_model (self->rows, jobs, make_row, NULL, NULL);
  g_signal_connect_object (jobs, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
vig_job_bar_popup (VigJobBar *self)
{
  g_return_if_fail (VIG_IS_JOB_BAR (self));

  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    gtk_menu_button_popup (self->button);
}

static void
vig_job_bar_dispose (GObject *object)
{
  VigJobBar *self = VIG_JOB_BAR (object);

  vig_dispose_template (self, VIG_TYPE_JOB_BAR);
  g_clear_object (&self->jobs);

  G_OBJECT_CLASS (vig_job_bar_parent_class)->dispose (object);
}

static void
vig_job_bar_class_init (VigJobBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_job_bar_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/job-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, button);
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, count);
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, rows);
}

static void
vig_job_bar_init (VigJobBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
