/* tag-page-keys.c: what the keys and the menu of the tagging page do */

#define G_LOG_DOMAIN "vig-tag-page"

#include "config.h"

#include "ui/tag-page-private.h"

/* ---- Actions ---- */

static void
undo_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  vig_answers_undo (VIG_TAG_PAGE (widget)->answers);
}

static void
redo_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  vig_answers_redo (VIG_TAG_PAGE (widget)->answers);
}

static void
mark_all_cb (GtkWidget  *widget,
             const char *action,
             GVariant   *parameter)
{
  vig_suggestions_mark_all (VIG_TAG_PAGE (widget)->suggestions);
}

static void
accept_all_cb (GtkWidget  *widget,
               const char *action,
               GVariant   *parameter)
{
  mark_all_cb (widget, action, parameter);
  vig_tag_page_accept (VIG_TAG_PAGE (widget));
}

static void
accept_rest_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  vig_tag_page_accept_rest (VIG_TAG_PAGE (widget));
}

static void
words_window_cb (GtkWidget  *widget,
                 const char *action,
                 GVariant   *parameter)
{
  vig_word_lists_edit (VIG_TAG_PAGE (widget)->lists);
}

/* ---- Keys: numbers mark, Enter accepts, letters begin a tag ---- */

static const struct
{
  guint            key;
  GdkModifierType  held;
  const char      *action;
} keys[] = {
  { GDK_KEY_e, GDK_CONTROL_MASK, "tag.words" },
  { GDK_KEY_Return, GDK_CONTROL_MASK, "tag.accept-all" },
  { GDK_KEY_Return, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "tag.accept-rest" },
};

/* With Ctrl or Alt, or where nothing can be typed. */
static gboolean
press_held (VigTagPage      *self,
            guint            key,
            GdkModifierType  held,
            gboolean         begun)
{
  if (held == GDK_ALT_MASK && key >= GDK_KEY_1 && key <= GDK_KEY_9)
    vig_tag_page_where (self, key - GDK_KEY_0);
  else if (held == GDK_CONTROL_MASK && key >= GDK_KEY_1 && key <= GDK_KEY_9)
    vig_tag_page_refuse (self, key - GDK_KEY_0);
  else if (held == 0 && key == GDK_KEY_Page_Up)
    vig_tag_page_previous (self);
  else if (held == 0 && key == GDK_KEY_Page_Down && vig_tag_page_shows_picture (self))
    vig_tag_page_next (self);
  /* While a tag is being typed, undoing means its letters. What is still being said is waited for. */
  else if (held == GDK_CONTROL_MASK && key == GDK_KEY_z && !begun)
    vig_answers_undo (self->answers);
  else if (held == (GDK_CONTROL_MASK | GDK_SHIFT_MASK) && key == GDK_KEY_Z && !begun)
    vig_answers_redo (self->answers);
  else
    {
      for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
        if (keys[i].key == key && keys[i].held == held)
          return gtk_widget_activate_action (GTK_WIDGET (self), keys[i].action, NULL);

      return FALSE;
    }

  return TRUE;
}

static gboolean
key_pressed_cb (VigTagPage            *self,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  const GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkEditable *text = vig_tag_entry_get_text (self->entry);
  const gboolean typing = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->entry));
  const gboolean begun = *gtk_editable_get_text (text) != '\0';
  const guint32 letter = gdk_keyval_to_unicode (key);

  if (press_held (self, key, held, begun))
    return TRUE;

  if ((held & ~GDK_SHIFT_MASK) != 0 || !vig_tag_page_shows_picture (self))
    return FALSE;

  if (letter >= '1' && letter <= '9' && !begun)
    return vig_suggestions_toggle (self->suggestions, letter - '0');

  if (!typing && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) && !GTK_IS_BUTTON (focus))
    {
      vig_tag_page_accept (self);
      return TRUE;
    }

  if (!typing && g_unichar_isalpha (letter))
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->entry));
      gtk_editable_set_position (text, -1);
      return gtk_event_controller_key_forward (controller, GTK_WIDGET (gtk_editable_get_delegate (text)));
    }

  return FALSE;
}

void
vig_tag_page_watch_keys (VigTagPage *self)
{
  GtkEventController *controller = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_object (controller, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

void
vig_tag_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "tag.undo", NULL, undo_cb);
  gtk_widget_class_install_action (widget_class, "tag.redo", NULL, redo_cb);
  gtk_widget_class_install_action (widget_class, "tag.mark-all", NULL, mark_all_cb);
  gtk_widget_class_install_action (widget_class, "tag.accept-all", NULL, accept_all_cb);
  gtk_widget_class_install_action (widget_class, "tag.accept-rest", NULL, accept_rest_cb);
  gtk_widget_class_install_action (widget_class, "tag.words", NULL, words_window_cb);
}
