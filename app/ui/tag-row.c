/* tag-row.c: one suggested tag: its key, how certain it is, a mark to accept it, where it is, and a cross to refuse it */

#include "config.h"

#include <glib/gi18n.h>

#include "ui/tag-row.h"

#include "ui/template.h"

struct _VigTagRow
{
  GtkWidget parent_instance;

  char            *label;    /* owned */
  char            *tag;      /* owned */
  double           score;
  double           threshold;
  GtkLabel        *number;
  GtkCheckButton  *check;
  GtkLabel        *word;
  GtkWidget       *taught;
  GtkProgressBar  *certainty;
  GtkLabel        *percent;
  GtkToggleButton *where;
  GtkButton       *refuse;
};

enum { MARKED, REFUSED, WHERE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigTagRow, vig_tag_row, GTK_TYPE_WIDGET)

static void
marked_cb (VigTagRow *self)
{
  g_signal_emit (self, signals[MARKED], 0);
}

static void
refuse_cb (VigTagRow *self)
{
  g_signal_emit (self, signals[REFUSED], 0);
}

static void
where_cb (VigTagRow *self)
{
  g_signal_emit (self, signals[WHERE], 0);
}

const char *
vig_tag_row_get_label (VigTagRow *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ROW (self), NULL);

  return self->label;
}

const char *
vig_tag_row_get_tag (VigTagRow *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ROW (self), NULL);

  return self->tag;
}

double
vig_tag_row_get_score (VigTagRow *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ROW (self), 0);

  return self->score;
}

gboolean
vig_tag_row_is_sure (VigTagRow *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ROW (self), FALSE);

  return self->score >= self->threshold;
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

gboolean
vig_tag_row_get_where (VigTagRow *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ROW (self), FALSE);

  return gtk_toggle_button_get_active (self->where);
}

void
vig_tag_row_set_where (VigTagRow *self,
                       gboolean   where)
{
  g_return_if_fail (VIG_IS_TAG_ROW (self));

  g_signal_handlers_block_by_func (self->where, where_cb, self);
  gtk_toggle_button_set_active (self->where, where);
  g_signal_handlers_unblock_by_func (self->where, where_cb, self);
}

static gboolean
key_pressed_cb (VigTagRow             *self,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  if (key != GDK_KEY_Delete && key != GDK_KEY_KP_Delete)
    return FALSE;

  refuse_cb (self);

  return TRUE;
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
  g_free (VIG_TAG_ROW (object)->tag);

  G_OBJECT_CLASS (vig_tag_row_parent_class)->finalize (object);
}

static void
vig_tag_row_class_init (VigTagRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tag_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_tag_row_finalize;

  signals[MARKED] = g_signal_new ("marked", VIG_TYPE_TAG_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REFUSED] = g_signal_new ("refused", VIG_TYPE_TAG_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[WHERE] = g_signal_new ("where", VIG_TYPE_TAG_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/tag-row.ui");
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, number);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, check);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, word);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, taught);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, certainty);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, percent);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, where);
  gtk_widget_class_bind_template_child (widget_class, VigTagRow, refuse);
  gtk_widget_class_bind_template_callback (widget_class, marked_cb);
  gtk_widget_class_bind_template_callback (widget_class, refuse_cb);
  gtk_widget_class_bind_template_callback (widget_class, where_cb);
}

static void
vig_tag_row_init (VigTagRow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
name_button (GtkWidget  *button,
             const char *format,
             const char *label)
{
  g_autofree char *words = g_strdup_printf (format, label);

  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* Of what is hardly there not “0 %” is said. */
static char *
dup_percent (double score)
{
  if (score < 0.01)
    /* Translators: how certain a suggestion is. */
    return g_strdup (_("< 1 %"));

  /* Translators: how certain a suggestion is. */
  return g_strdup_printf (_("%.0f %%"), 100 * score);
}

GtkWidget *
vig_tag_row_new (const VigLabel *label,
                 guint           number)
{
  VigTagRow *self = g_object_new (VIG_TYPE_TAG_ROW, NULL);
  g_autofree char *key = number > 0 ? g_strdup_printf ("%u", number) : g_strdup ("");
  g_autofree char *percent = dup_percent (label->score);
  g_autofree char *threshold = dup_percent (label->threshold);
  g_autofree char *words = g_strdup_printf (_("%s, %s certain"), label->label, percent);
  g_autofree char *long_words = NULL;

  self->label = g_strdup (label->label);
  self->tag = g_strdup (label->tag);
  self->score = label->score;
  self->threshold = label->threshold;

  gtk_label_set_label (self->number, key);
  gtk_label_set_label (self->word, label->label);
  gtk_widget_set_visible (self->taught, label->taught);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_progress_bar_set_fraction (self->certainty, CLAMP (label->score, 0, 1));
  gtk_label_set_label (self->percent, percent);
  if (vig_tag_row_is_sure (self))
    gtk_widget_add_css_class (GTK_WIDGET (self), "sure");

  /* Translators: a tag, how certain it is, and from when on it counts as there. */
  long_words = g_strdup_printf (_("%s: %s certain; from %s on it counts as there"), label->tag, percent, threshold);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->check), long_words);
  name_button (GTK_WIDGET (self->where), _("Show where “%s” is in the picture"), label->label);
  name_button (GTK_WIDGET (self->refuse), _("Do not suggest “%s” for this picture again"), label->label);
  vig_tag_row_set_accepted (self, vig_tag_row_is_sure (self));

  return GTK_WIDGET (self);
}
