/* tag-chip.c: one tag of a picture: the word shows all that have it, the cross takes it off */

#include "config.h"

#include <glib/gi18n.h>

#include "ui/tag-chip.h"

#include "ui/template.h"

struct _VigTagChip
{
  GtkWidget parent_instance;

  char      *tag;     /* owned */
  GtkButton *word;
  GtkButton *cross;
};

enum { REMOVED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigTagChip, vig_tag_chip, GTK_TYPE_WIDGET)

static void
remove_cb (VigTagChip *self)
{
  g_signal_emit (self, signals[REMOVED], 0);
}

static void
show_cb (VigTagChip *self)
{
  g_autofree char *place = g_strconcat ("tag:", self->tag, NULL);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show", "^ay", place);
}

static void
vig_tag_chip_dispose (GObject *object)
{
  vig_dispose_template (object, VIG_TYPE_TAG_CHIP);

  G_OBJECT_CLASS (vig_tag_chip_parent_class)->dispose (object);
}

static void
vig_tag_chip_finalize (GObject *object)
{
  g_free (VIG_TAG_CHIP (object)->tag);

  G_OBJECT_CLASS (vig_tag_chip_parent_class)->finalize (object);
}

static void
vig_tag_chip_class_init (VigTagChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tag_chip_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_tag_chip_finalize;

  signals[REMOVED] = g_signal_new ("removed", VIG_TYPE_TAG_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "tag-chip");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/tag-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, VigTagChip, word);
  gtk_widget_class_bind_template_child (widget_class, VigTagChip, cross);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_cb);
}

static void
vig_tag_chip_init (VigTagChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
vig_tag_chip_new (const char *tag)
{
  VigTagChip *self = g_object_new (VIG_TYPE_TAG_CHIP, NULL);
  g_autofree char *show = g_strdup_printf (_("Show all pictures tagged “%s”"), tag);
  g_autofree char *remove = g_strdup_printf (_("Take off the tag “%s”"), tag);
  GtkWidget *label = gtk_label_new (tag);

  self->tag = g_strdup (tag);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_button_set_child (self->word, label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->word), show);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->word), GTK_ACCESSIBLE_PROPERTY_LABEL, tag, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->cross), remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cross), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);

  return GTK_WIDGET (self);
}

const char *
vig_tag_chip_get_tag (VigTagChip *self)
{
  g_return_val_if_fail (VIG_IS_TAG_CHIP (self), NULL);

  return self->tag;
}

void
vig_tag_chip_set_note (VigTagChip *self,
                       const char *note)
{
  g_autofree char *words = NULL;

  g_return_if_fail (VIG_IS_TAG_CHIP (self));

  words = g_strdup_printf ("%s\n%s", gtk_widget_get_tooltip_text (GTK_WIDGET (self->word)), note);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->word), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->word), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, note, -1);
  gtk_widget_add_css_class (GTK_WIDGET (self), "by-model");
}

void
vig_tag_chip_set_refused (VigTagChip *self)
{
  g_autofree char *again = NULL;

  g_return_if_fail (VIG_IS_TAG_CHIP (self));

  again = g_strdup_printf (_("“%s” may be suggested again"), self->tag);
  gtk_widget_add_css_class (GTK_WIDGET (self), "refused");
  gtk_button_set_icon_name (self->cross, "edit-undo-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->cross), again);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cross), GTK_ACCESSIBLE_PROPERTY_LABEL, again, -1);
}
