/* choices.c: what one might want to type, offered below an entry while one types */

#define G_LOG_DOMAIN "vig-choices"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/choices.h"

#define MOST 8  /* shown at once */

struct _VigChoices
{
  GtkPopover parent_instance;

  GtkWidget  *entry;    /* owned by the parent, as this is */
  GPtrArray  *choices;  /* owned; of VigChoice: those that are shown */
  GtkListBox *list;
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigChoices, vig_choices, GTK_TYPE_POPOVER)

VigChoice *
vig_choice_new (const char *value,
                const char *title,
                const char *note)
{
  VigChoice *choice = g_new (VigChoice, 1);

  *choice = (VigChoice) { g_strdup (value), g_strdup (title), g_strdup (note) };

  return choice;
}

void
vig_choice_free (VigChoice *choice)
{
  g_free (choice->value);
  g_free (choice->title);
  g_free (choice->note);
  g_free (choice);
}

gboolean
vig_choices_is_open (VigChoices *self)
{
  g_return_val_if_fail (VIG_IS_CHOICES (self), FALSE);

  return gtk_widget_get_visible (GTK_WIDGET (self));
}

guint
vig_choices_count (VigChoices *self)
{
  g_return_val_if_fail (VIG_IS_CHOICES (self), 0);

  return vig_choices_is_open (self) ? self->choices->len : 0;
}

void
vig_choices_shut (VigChoices *self)
{
  g_return_if_fail (VIG_IS_CHOICES (self));

  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
choose (VigChoices    *self,
        GtkListBoxRow *row)
{
  const VigChoice *choice = g_ptr_array_index (self->choices, gtk_list_box_row_get_index (row));
  g_autofree char *value = g_strdup (choice->value);

  vig_choices_shut (self);
  g_signal_emit (self, signals[CHOSEN], 0, value);
}

/* One row further, round at the ends: before the first nothing is marked. */
static void
move (VigChoices *self,
      int         step)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  const int count = (int) self->choices->len + 1;
  const int now = row != NULL ? gtk_list_box_row_get_index (row) + 1 : 0;
  const int next = (now + step + count) % count;

  row = next > 0 ? gtk_list_box_get_row_at_index (self->list, next - 1) : NULL;
  gtk_list_box_select_row (self->list, row);
  if (row != NULL)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT, row, -1);
  else
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT);
}

gboolean
vig_choices_press (VigChoices *self,
                   guint       key)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  g_return_val_if_fail (VIG_IS_CHOICES (self), FALSE);

  if (!vig_choices_is_open (self))
    return FALSE;

  switch (key)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      move (self, 1);
      return TRUE;

    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      move (self, -1);
      return TRUE;

    case GDK_KEY_Escape:
      vig_choices_shut (self);
      return TRUE;

    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_Tab:
      if (row != NULL)
        choose (self, row);
      else
        vig_choices_shut (self);
      return row != NULL;

    default:
      return FALSE;
    }
}

static gboolean
key_pressed_cb (VigChoices            *self,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  return (state & gtk_accelerator_get_default_mod_mask ()) == 0 && vig_choices_press (self, key);
}

static void
focus_left_cb (VigChoices *self)
{
  vig_choices_shut (self);
}

/* ---- Filling ---- */

static GtkWidget *
make_row (const VigChoice *choice)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *title = gtk_label_new (choice->title);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (title), 28);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (box), title);
  if (choice->note != NULL)
    {
      GtkWidget *note = gtk_label_new (choice->note);

      gtk_label_set_ellipsize (GTK_LABEL (note), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (note, "dim-label");
      gtk_widget_add_css_class (note, "caption");
      gtk_box_append (GTK_BOX (box), note);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_focusable (row, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, choice->title, -1);

  return row;
}

/* Below the entry, wherever that is now. */
static void
point (VigChoices *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  graphene_rect_t bounds;

  if (gtk_widget_compute_bounds (self->entry, parent, &bounds))
    gtk_popover_set_pointing_to (GTK_POPOVER (self),
                                 &(GdkRectangle) { (int) bounds.origin.x, (int) bounds.origin.y,
                                                   (int) bounds.size.width, (int) bounds.size.height });
}

void
vig_choices_offer (VigChoices *self,
                   GPtrArray  *choices)
{
  GtkListBoxRow *row = NULL;

  g_return_if_fail (VIG_IS_CHOICES (self));

  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  g_ptr_array_set_size (self->choices, 0);
  for (guint i = 0; i < MIN (choices->len, MOST); i++)
    {
      const VigChoice *choice = g_ptr_array_index (choices, i);

      g_ptr_array_add (self->choices, vig_choice_new (choice->value, choice->title, choice->note));
      gtk_list_box_append (self->list, make_row (choice));
    }

  if (self->choices->len == 0 || !gtk_widget_get_mapped (self->entry))
    {
      vig_choices_shut (self);
      return;
    }

  point (self);
  gtk_popover_popup (GTK_POPOVER (self));
}

/* ---- The popover ---- */

static void
vig_choices_closed (GtkPopover *popover)
{
  VigChoices *self = VIG_CHOICES (popover);

  gtk_list_box_select_row (self->list, NULL);
  if (self->entry != NULL)
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT);
}

static void
vig_choices_dispose (GObject *object)
{
  g_clear_weak_pointer (&VIG_CHOICES (object)->entry);

  G_OBJECT_CLASS (vig_choices_parent_class)->dispose (object);
}

static void
vig_choices_finalize (GObject *object)
{
  g_ptr_array_unref (VIG_CHOICES (object)->choices);

  G_OBJECT_CLASS (vig_choices_parent_class)->finalize (object);
}

static void
vig_choices_class_init (VigChoicesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vig_choices_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_choices_finalize;
  GTK_POPOVER_CLASS (klass)->closed = vig_choices_closed;

  signals[CHOSEN] = g_signal_new ("chosen", VIG_TYPE_CHOICES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vig_choices_init (VigChoices *self)
{
  GtkWidget *list = gtk_list_box_new ();

  self->choices = g_ptr_array_new_with_free_func ((GDestroyNotify) vig_choice_free);
  self->list = GTK_LIST_BOX (list);
  gtk_widget_add_css_class (list, "plain");
  gtk_widget_add_css_class (list, "endings");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What could be meant"), -1);
  g_signal_connect_object (list, "row-activated", G_CALLBACK (choose), self, G_CONNECT_SWAPPED);
  gtk_popover_set_child (GTK_POPOVER (self), list);
  gtk_popover_set_autohide (GTK_POPOVER (self), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self), GTK_POS_BOTTOM);
  gtk_widget_set_size_request (GTK_WIDGET (self), 260, -1);
}

VigChoices *
vig_choices_new (GtkWidget *parent,
                 GtkWidget *entry)
{
  VigChoices *self = g_object_new (VIG_TYPE_CHOICES, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_set_weak_pointer (&self->entry, entry);
  gtk_widget_set_parent (GTK_WIDGET (self), parent);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (focus_left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (entry, keys);
  gtk_widget_add_controller (entry, focus);

  return self;
}
