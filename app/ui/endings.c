/* endings.c: ways to end a sentence, to choose from */

#define G_LOG_DOMAIN "vig-endings"

#include "config.h"

#include "ui/endings.h"

#define N_ENDINGS 4

struct _VigEndings
{
  GtkPopover parent_instance;

  VigJob *job;      /* owned; the endings being thought of or shown, or NULL */
  char   *begun;    /* owned; what is to be ended */

  GtkStack   *stack;
  GtkListBox *list;
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigEndings, vig_endings, GTK_TYPE_POPOVER)

void
vig_endings_stop (VigEndings *self)
{
  g_return_if_fail (VIG_IS_ENDINGS (self));

  if (self->job == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->job, self);
  if (!vig_job_is_over (self->job))
    vig_job_stop (self->job);
  g_clear_object (&self->job);
}

static void
chosen_cb (VigEndings    *self,
           GtkListBoxRow *row)
{
  g_autofree char *text = g_strdup (gtk_label_get_label (GTK_LABEL (gtk_list_box_row_get_child (row))));

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[CHOSEN], 0, text);
}

/* A completion is the whole prompt, or only how it goes on. */
static char *
join_ending (const char *begun,
             const char *ending)
{
  g_autofree char *low_begun = g_utf8_casefold (begun, -1);
  g_autofree char *low_ending = g_utf8_casefold (ending, -1);

  if (g_str_has_prefix (low_ending, low_begun))
    return g_strdup (ending);

  return g_strdup_printf ("%s %s", begun, ending);
}

static void
append (VigEndings *self,
        const char *text)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 36);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_list_box_append (self->list, row);
}

static void
show_texts (VigEndings *self)
{
  const char * const *texts = vig_complete_job_get_texts (VIG_COMPLETE_JOB (self->job));
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));

  for (; texts != NULL && *texts != NULL; texts++)
    {
      char *whole = join_ending (self->begun, *texts);

      if (g_hash_table_add (seen, whole))
        append (self, whole);
    }

  row = gtk_list_box_get_row_at_index (self->list, 0);
  if (row == NULL)
    {
      gtk_popover_popdown (GTK_POPOVER (self));
      return;
    }

  gtk_stack_set_visible_child_name (self->stack, "texts");
  gtk_list_box_select_row (self->list, row);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
state_cb (VigEndings *self)
{
  switch (vig_job_get_state (self->job))
    {
    case VIG_JOB_DONE:
      show_texts (self);
      break;

    case VIG_JOB_FAILED:
      gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", vig_job_get_error (self->job)->message);
      gtk_popover_popdown (GTK_POPOVER (self));
      break;

    case VIG_JOB_STOPPED:
      gtk_popover_popdown (GTK_POPOVER (self));
      break;

    case VIG_JOB_WAITING:
    case VIG_JOB_RUNNING:
      break;
    }
}

void
vig_endings_think (VigEndings *self,
                   VigStudio  *studio,
                   const char *begun)
{
  g_return_if_fail (VIG_IS_ENDINGS (self));

  vig_endings_stop (self);
  g_free (self->begun);
  self->begun = g_strdup (begun);
  self->job = vig_complete_job_new (begun, N_ENDINGS, g_random_int ());
  g_signal_connect_object (self->job, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);

  gtk_stack_set_visible_child_name (self->stack, "busy");
  gtk_popover_popup (GTK_POPOVER (self));
  vig_studio_submit (studio, self->job);
}

static void
vig_endings_closed (GtkPopover *popover)
{
  vig_endings_stop (VIG_ENDINGS (popover));
}

static void
vig_endings_dispose (GObject *object)
{
  VigEndings *self = VIG_ENDINGS (object);

  vig_endings_stop (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), VIG_TYPE_ENDINGS);

  G_OBJECT_CLASS (vig_endings_parent_class)->dispose (object);
}

static void
vig_endings_finalize (GObject *object)
{
  g_free (VIG_ENDINGS (object)->begun);

  G_OBJECT_CLASS (vig_endings_parent_class)->finalize (object);
}

static void
vig_endings_class_init (VigEndingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_endings_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_endings_finalize;
  GTK_POPOVER_CLASS (klass)->closed = vig_endings_closed;

  signals[CHOSEN] = g_signal_new ("chosen", VIG_TYPE_ENDINGS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/endings.ui");
  gtk_widget_class_bind_template_child (widget_class, VigEndings, stack);
  gtk_widget_class_bind_template_child (widget_class, VigEndings, list);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
}

static void
vig_endings_init (VigEndings *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
