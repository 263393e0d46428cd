/* tag-row.c: one suggested tag: its key, how certain it is, a mark to accept it and a cross to refuse it */

#include "config.h"

#include <glib/gi18n.h>

#include "ui/tag-row.h"

#include "ui/template.h"

struct _VigTagRow
{
  GtkWidget parent_instance;

  char           *label;    /* owned */
  GtkLabel       *number;
  GtkCheckButton *check;
  GtkProgressBar *certainty;
  GtkLabel       *percent;
  GtkButton      *refuse;
};

enum { REFUSED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigTagRow, vig_tag_row, GTK_TYPE_WIDGET)

static void
refuse_cb (VigTagRow *self)
{
  g_signal_emit (self, signals[REFUSED], 0);
}

const char *
vig_tag_row_get_label (VigTagRow *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ROW (self), NULL);

  return self->label;
}

gboolean
vig_tag_row_get_accepted (VigTagRow *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ROW (self), FALSE);

  return gtk_check_button_get_active (self->check);
}

void
vig_tag_row_set_accepted (VigTagRow *self,
                          gboolean   accepted)
{
  g_return_if_fail (VIG_IS_TAG_ROW (self));

  gtk_check_button_set_active (self->check, accepted);
}

static void
vig_tag_row_dispose (GObject *object)
{
  vig_dispose_template (object, VIG_TYPE_TAG_ROW);

  G_OBJECT_CLASS (vig_tag_row_parent_class)->dispose (object);
}

static void
vig_tag_row_finalize (GObject *object)
{
  g_free (VIG_TAG_ROW (object)->label);

  G_OBJECT_CLASS (vig_tag_row_parent_class)->finalize (object);
}

static void
vig_tag_row_class_init (VigTagRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tag_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_tag_row_finalize;

  signals[REFUSED] = g_signal_new ("refused", VIG_TYPE_TAG_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/tag-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, number);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, check);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, certainty);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, percent);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, refuse);
  gtk_widget_class_bind_template_callback (widget_class, refuse_cb);
}

static void
vig_tag_row_init (VigTagRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vig_tag_row_new (const char *label,
                 double      score,
                 guint       number)
{
  VigTagRow *self = g_object_new (VIG_TYPE_TAG_ROW, NULL);
  g_autofree char *key = number > 0 ? g_strdup_printf ("%u", number) : g_strdup ("");
  /* Translators: how certain a suggestion is. */
  g_autofree char *percent = g_strdup_printf (_("%.0f %%"), 100 * score);
  g_autofree char *words = g_strdup_printf (_("%s, %s certain"), label, percent);
  g_autofree char *refuse = g_strdup_printf (_("Do not suggest “%s” for this picture again"), label);

  self->label = g_strdup (label);
  gtk_label_set_label (self->number, key);
  gtk_check_button_set_label (self->check, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_progress_bar_set_fraction (self->certainty, CLAMP (score, 0, 1));
  gtk_label_set_label (self->percent, percent);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->refuse), refuse);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->refuse), GTK_ACCESSIBLE_PROPERTY_LABEL, refuse, -1);

  return GTK_WIDGET (self);
}
