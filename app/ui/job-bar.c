/* job-bar.c: the button in the header bar with the queue behind it: what is being done, what waits, and a pause */

#include "config.h"

#include <glib/gi18n.h>

#include "ui/job-bar.h"

#include "ui/job-row.h"
#include "ui/template.h"

struct _VigJobBar
{
  GtkWidget parent_instance;

  VigStudio     *studio;  /* owned */
  GListModel    *jobs;    /* owned; those that are shown */
  GtkMenuButton *button;
  GtkStack      *sign;
  GtkLabel      *count;
  GtkLabel      *heading;
  GtkButton     *pause;
  GtkWidget     *stop_waiting;
  GtkListBox    *rows;
};

G_DEFINE_FINAL_TYPE (VigJobBar, vig_job_bar, GTK_TYPE_WIDGET)

/* What is over as soon as it is begun does not come and go here. */
static gboolean
is_shown (gpointer item,
          gpointer data)
{
  return !VIG_IS_COMPLETE_JOB (item) && !VIG_IS_SEARCH_JOB (item) && !VIG_IS_WHERE_JOB (item);
}

static GtkWidget *
make_row (gpointer item,
          gpointer data)
{
  return vig_job_row_new (VIG_JOB_BAR (data)->studio, item);
}

static void
update (VigJobBar *self)
{
  const guint n_jobs = g_list_model_get_n_items (self->jobs);
  const gboolean paused = vig_studio_get_paused (self->studio);
  g_autofree char *count = g_strdup_printf ("%u", n_jobs);
  g_autofree char *some = g_strdup_printf (ngettext ("%u job", "%u jobs", n_jobs), n_jobs);
  /* Translators: how many jobs there are, in a pause. */
  g_autofree char *words = paused ? g_strdup_printf (_("%s, paused"), some) : g_strdup (some);
  guint waiting = 0;

  for (guint i = 0; i < n_jobs; i++)
    {
      g_autoptr(VigJob) job = g_list_model_get_item (self->jobs, i);

      waiting += vig_job_get_state (job) == VIG_JOB_WAITING;
    }

  gtk_label_set_label (self->count, count);
  gtk_label_set_label (self->heading, words);
  gtk_stack_set_visible_child_name (self->sign, paused ? "paused" : "busy");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_button_set_label (self->pause, paused ? _("_Go On") : _("_Pause"));
  gtk_widget_set_visible (self->stop_waiting, waiting > 1);
  if (n_jobs == 0 && !paused)
    gtk_menu_button_popdown (self->button);
  gtk_widget_set_visible (GTK_WIDGET (self), n_jobs > 0 || paused);
}

void
vig_job_bar_set_studio (VigJobBar *self,
                        VigStudio *studio)
{
  GtkCustomFilter *filter = NULL;

  g_return_if_fail (VIG_IS_JOB_BAR (self));

  filter = gtk_custom_filter_new (is_shown, NULL, NULL);
  g_set_object (&self->studio, studio);
  g_clear_object (&self->jobs);
  self->jobs = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (vig_studio_get_jobs (studio)), GTK_FILTER (filter)));
  gtk_list_box_bind_model (self->rows, self->jobs, make_row, self, NULL);
  g_signal_connect_object (self->jobs, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (studio, "notify::paused", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

void
vig_job_bar_popup (VigJobBar *self)
{
  g_return_if_fail (VIG_IS_JOB_BAR (self));

  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    gtk_menu_button_popup (self->button);
}

GtkListBox *
vig_job_bar_get_rows (VigJobBar *self)
{
  g_return_val_if_fail (VIG_IS_JOB_BAR (self), NULL);

  return self->rows;
}

static void
vig_job_bar_dispose (GObject *object)
{
  VigJobBar *self = VIG_JOB_BAR (object);

  vig_dispose_template (self, VIG_TYPE_JOB_BAR);
  g_clear_object (&self->jobs);
  g_clear_object (&self->studio);

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
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, sign);
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, count);
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, heading);
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, pause);
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, stop_waiting);
  gtk_widget_class_bind_template_child (widget_class, VigJobBar, rows);
}

static void
vig_job_bar_init (VigJobBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
