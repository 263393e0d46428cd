/* tag-entry.c: a tag is typed, with those offered that may be meant */

#define G_LOG_DOMAIN "vig-tag-entry"

#include "config.h"

#include <glib/gi18n.h>

#include "library/tags.h"
#include "ui/tag-entry.h"

#include "ui/focus.h"
#include "ui/known-tags.h"

#define N_CHOICES 6

struct _VigTagEntry
{
  GtkWidget parent_instance;

  GPtrArray    *known;     /* owned; of VigKnownTag: what may be meant; NULL while it is not known */
  GCancellable *learning;  /* owned; or NULL */
  GtkWidget    *entry;     /* owned by this, as what follows */
  VigChoices   *choices;
};

enum { ENTERED, PASSED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigTagEntry, vig_tag_entry, GTK_TYPE_WIDGET)

GtkEditable *
vig_tag_entry_get_text (VigTagEntry *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ENTRY (self), NULL);

  return GTK_EDITABLE (self->entry);
}

VigChoices *
vig_tag_entry_get_choices (VigTagEntry *self)
{
  g_return_val_if_fail (VIG_IS_TAG_ENTRY (self), NULL);

  return self->choices;
}

static void
enter (VigTagEntry *self,
       const char  *typed)
{
  g_autofree char *tag = vig_tag_normalise (typed);

  if (tag == NULL)
    {
      g_signal_emit (self, signals[PASSED], 0);
      return;
    }

  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  g_signal_emit (self, signals[ENTERED], 0, tag);
}

static void
activated_cb (VigTagEntry *self)
{
  g_autofree char *typed = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  enter (self, typed);
}

static void
changed_cb (VigTagEntry *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr(GPtrArray) choices = *typed != '\0' ? vig_known_tags_match (self->known, typed, N_CHOICES)
                                                : g_ptr_array_new ();

  vig_choices_offer (self->choices, choices);
}

static void
learned_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigTagEntry) self = user_data;
  /* Without them one types without help. */
  g_autoptr(GPtrArray) known = vig_known_tags_finish (result, NULL);

  if (known == NULL)
    return;

  g_clear_pointer (&self->known, g_ptr_array_unref);
  self->known = g_steal_pointer (&known);
}

void
vig_tag_entry_learn (VigTagEntry        *self,
                     VigLibrary         *library,
                     const char * const *lines)
{
  g_return_if_fail (VIG_IS_TAG_ENTRY (self));

  g_cancellable_cancel (self->learning);
  g_clear_object (&self->learning);
  self->learning = g_cancellable_new ();
  vig_known_tags_async (library, lines, self->learning, learned_cb, g_object_ref (self));
}

static gboolean
vig_tag_entry_grab_focus (GtkWidget *widget)
{
  return vig_focus_give (widget, VIG_TAG_ENTRY (widget)->entry);
}

static void
vig_tag_entry_dispose (GObject *object)
{
  VigTagEntry *self = VIG_TAG_ENTRY (object);

  g_cancellable_cancel (self->learning);
  g_clear_object (&self->learning);
  if (self->choices != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->choices));
  self->choices = NULL;
  g_clear_pointer (&self->entry, gtk_widget_unparent);

  G_OBJECT_CLASS (vig_tag_entry_parent_class)->dispose (object);
}

static void
vig_tag_entry_finalize (GObject *object)
{
  g_clear_pointer (&VIG_TAG_ENTRY (object)->known, g_ptr_array_unref);

  G_OBJECT_CLASS (vig_tag_entry_parent_class)->finalize (object);
}

static void
vig_tag_entry_class_init (VigTagEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tag_entry_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_tag_entry_finalize;
  widget_class->grab_focus = vig_tag_entry_grab_focus;
  widget_class->focus = vig_focus_move;

  signals[ENTERED] = g_signal_new ("entered", VIG_TYPE_TAG_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PASSED] = g_signal_new ("passed", VIG_TYPE_TAG_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
vig_tag_entry_init (VigTagEntry *self)
{
  self->entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _("Add a tag"));
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_PRIMARY, "list-add-symbolic");
  gtk_entry_set_icon_activatable (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_PRIMARY, FALSE);
  gtk_widget_set_tooltip_text (self->entry, _("Type a tag and press Enter; “/” stands between it and what it belongs to"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Add a tag"), -1);
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));
  g_signal_connect_object (self->entry, "activate", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);

  self->choices = vig_choices_new (GTK_WIDGET (self), self->entry);
  g_signal_connect_object (self->choices, "chosen", G_CALLBACK (enter), self, G_CONNECT_SWAPPED);
}
