/* prompt-card.c: where a picture is described, with the numbers folded away */

#define G_LOG_DOMAIN "vig-prompt-card"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/prompt-card.h"

#include "ui/focus.h"
#include "ui/endings.h"
#include "ui/errand.h"
#include "ui/numbers.h"
#include "ui/prompt-notes.h"
#include "ui/recipe.h"
#include "ui/start-picture.h"
#include "ui/template.h"

struct _VigPromptCard
{
  GtkWidget parent_instance;

  VigStudio    *studio;       /* owned */
  GCancellable *cancellable;  /* owned; of a look at the model */
  char         *prompt;       /* owned; what the wish lends */
  VigWish       wish;
  gboolean      completes;    /* the model can end a prompt */
  GListModel   *history;      /* owned; of pictures that were made, newest first; NULL until it is looked at */
  int           recalled;     /* the one whose prompt stands there; -1: none */
  char         *own;          /* owned; the words that stood there before */

  GtkTextView   *text;
  GtkLabel      *placeholder;
  VigStartPicture *start;
  GtkWidget     *draw;
  GtkWidget     *complete;
  GtkSpinButton *count;
  VigNumbers      *numbers;
  VigPromptNotes  *notes;
  GtkToggleButton *more;
  VigEndings    *endings;
};

enum { DRAW, DRAW_NEXT, CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigPromptCard, vig_prompt_card, GTK_TYPE_WIDGET)

char *
vig_prompt_card_dup_prompt (VigPromptCard *self)
{
  GtkTextBuffer *buffer = NULL;
  GtkTextIter start, end;

  g_return_val_if_fail (VIG_IS_PROMPT_CARD (self), NULL);

  buffer = gtk_text_view_get_buffer (self->text);
  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* As typing it would: what stood there comes back by Ctrl+Z. */
void
vig_prompt_card_set_prompt (VigPromptCard *self,
                            const char    *prompt)
{
  GtkTextBuffer *buffer = NULL;
  GtkTextIter start, end;

  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  buffer = gtk_text_view_get_buffer (self->text);
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, prompt != NULL ? prompt : "", -1);
  gtk_text_buffer_end_user_action (buffer);
}

/* Words without the white space around them. */
static char *
dup_clean_prompt (VigPromptCard *self)
{
  return g_strstrip (vig_prompt_card_dup_prompt (self));
}

static gboolean
is_at_end (VigPromptCard *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter cursor;

  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));

  return gtk_text_iter_is_end (&cursor);
}

static void
update_notes (VigPromptCard *self)
{
  g_autofree char *prompt = vig_prompt_card_dup_prompt (self);

  vig_prompt_notes_set_text (self->notes, prompt, vig_prompt_card_get_count (self),
                             is_at_end (self) && gtk_widget_has_focus (GTK_WIDGET (self->text)));
  gtk_widget_set_sensitive (self->draw, vig_prompt_notes_get_good (self->notes));
}

static void
text_changed_cb (VigPromptCard *self)
{
  g_autofree char *prompt = vig_prompt_card_dup_prompt (self);
  g_autofree char *clean = dup_clean_prompt (self);

  gtk_widget_set_visible (GTK_WIDGET (self->placeholder), *prompt == '\0');
  gtk_widget_set_sensitive (self->complete, *clean != '\0' && self->completes);
  update_notes (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
draw (VigPromptCard *self,
      guint          signal)
{
  if (!vig_prompt_notes_get_good (self->notes))
    return;

  vig_prompt_notes_hush (self->notes);
  g_signal_emit (self, signals[signal], 0);
}

static void
draw_cb (VigPromptCard *self)
{
  draw (self, DRAW);
}

const VigWish *
vig_prompt_card_get_wish (VigPromptCard *self)
{
  g_return_val_if_fail (VIG_IS_PROMPT_CARD (self), NULL);

  /* What is still being typed into a number counts. */
  gtk_spin_button_update (self->count);

  g_free (self->prompt);
  self->prompt = dup_clean_prompt (self);

  self->wish = (VigWish) {
    .prompt = self->prompt,
    .count = (guint) gtk_spin_button_get_value_as_int (self->count),
    .start = vig_start_picture_get_path (self->start),
    .keep = vig_start_picture_get_keep (self->start),
  };
  vig_numbers_fill (self->numbers, &self->wish);
  if (self->wish.best_of < self->wish.count)
    self->wish.best_of = 0;

  return &self->wish;
}

void
vig_prompt_card_set_count (VigPromptCard *self,
                           guint          count)
{
  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  gtk_spin_button_set_value (self->count, count);
}

guint
vig_prompt_card_get_count (VigPromptCard *self)
{
  g_return_val_if_fail (VIG_IS_PROMPT_CARD (self), 1);

  return (guint) gtk_spin_button_get_value_as_int (self->count);
}

gboolean
vig_prompt_card_use_recipe (VigPromptCard  *self,
                            VigPicture     *picture,
                            VigRecipePart   parts,
                            GError        **error)
{
  g_autoptr(VigRecipeFacts) facts = NULL;

  g_return_val_if_fail (VIG_IS_PROMPT_CARD (self), FALSE);

  if ((parts & VIG_RECIPE_NUMBERS) != 0)
    {
      facts = vig_recipe_facts_read (vig_picture_get_recipe (picture), error);
      if (facts == NULL)
        return FALSE;

      vig_numbers_set_facts (self->numbers, facts);
      gtk_spin_button_set_value (self->count, 1);
      /* What it was started from are its own upper rows. */
      vig_prompt_card_set_start (self, facts->keep > 0 ? vig_picture_get_path (picture) : NULL);
      if (facts->keep > 0)
        vig_keep_handle_set_keep (vig_start_picture_get_handle (self->start),
                                  vig_recipe_facts_count_kept_rows (facts));
    }

  if ((parts & VIG_RECIPE_WORDS) != 0)
    vig_prompt_card_set_prompt (self, vig_picture_get_prompt (picture));
  if ((parts & VIG_RECIPE_SEED) != 0)
    {
      vig_numbers_set_seed (self->numbers, vig_picture_get_seed (picture));
      gtk_toggle_button_set_active (self->more, TRUE);
    }

  return TRUE;
}

/* ---- The picture to start from ---- */

void
vig_prompt_card_set_start (VigPromptCard *self,
                           const char    *path)
{
  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  vig_start_picture_set_path (self->start, path);
}

static gboolean
drop_cb (VigPromptCard *self,
         const GValue  *value)
{
  GSList *files = g_value_get_boxed (value);
  g_autofree char *path = files != NULL ? g_file_get_path (files->data) : NULL;

  if (path == NULL)
    return FALSE;

  vig_prompt_card_set_start (self, path);

  return TRUE;
}

/* ---- The model that draws ---- */

static gpointer
look_at_drawer (gpointer       object,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return vig_drawer_look (object, error);
}

/* Without a model nothing is known of it, and drawing will say why. */
static void
looked_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigPromptCard) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(VigDrawer) drawer = vig_errand_finish (result, &error);
  g_autofree char *clean = NULL;

  if (drawer == NULL)
    {
      g_debug ("%s", error->message);
      return;
    }

  clean = dup_clean_prompt (self);
  self->completes = drawer->completes;
  gtk_widget_set_sensitive (self->complete, *clean != '\0' && self->completes);
  vig_numbers_set_drawer (self->numbers, drawer);
  vig_prompt_notes_set_drawer (self->notes, drawer);
  vig_start_picture_set_rows (self->start, drawer->starts ? drawer->rows : 0);
}

void
vig_prompt_card_look (VigPromptCard *self)
{
  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  vig_errand_async (self->studio, look_at_drawer, NULL, NULL, (GDestroyNotify) vig_drawer_free, self->cancellable,
                    looked_cb, g_object_ref (self));
}

/* ---- What was drawn before ---- */

gboolean
vig_prompt_card_recall (VigPromptCard *self,
                        int            step)
{
  g_autofree char *here = NULL;
  int position;

  g_return_val_if_fail (VIG_IS_PROMPT_CARD (self), FALSE);

  if (self->history == NULL)
    {
      self->history = vig_library_list_pictures (vig_studio_get_library (self->studio), VIG_PICTURE_MADE, NULL);
      self->recalled = -1;
    }

  here = vig_prompt_card_dup_prompt (self);
  if (self->recalled < 0)
    {
      g_free (self->own);
      self->own = g_strdup (here);
    }

  /* Pictures of one drawing have one prompt: it comes once. */
  for (position = self->recalled + step; position >= 0 && position < (int) g_list_model_get_n_items (self->history);
       position += step)
    {
      g_autoptr(VigPicture) picture = g_list_model_get_item (self->history, position);
      const char *prompt = vig_picture_get_prompt (picture);

      if (prompt == NULL || g_str_equal (prompt, here))
        continue;

      vig_prompt_card_set_prompt (self, prompt);
      self->recalled = position;
      return TRUE;
    }

  if (step > 0 || self->recalled < 0)
    return FALSE;

  vig_prompt_card_set_prompt (self, self->own);
  self->recalled = -1;

  return TRUE;
}

/* ---- Ending the sentence ---- */

static void
ending_chosen_cb (VigPromptCard *self,
                  const char    *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter end;

  vig_prompt_card_set_prompt (self, text);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
}

static void
endings_closed_cb (VigPromptCard *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

void
vig_prompt_card_complete (VigPromptCard *self)
{
  g_autofree char *begun = dup_clean_prompt (self);
  GtkTextIter cursor;
  GdkRectangle place;
  double x, y;

  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  g_strdelimit (begun, "\r\n\t", ' ');
  if (*begun == '\0')
    return;

  /* Above the last word. */
  gtk_text_buffer_get_end_iter (gtk_text_view_get_buffer (self->text), &cursor);
  gtk_text_view_get_iter_location (self->text, &cursor, &place);
  gtk_text_view_buffer_to_window_coords (self->text, GTK_TEXT_WINDOW_WIDGET, place.x, place.y,
                                         &place.x, &place.y);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->text), GTK_WIDGET (self), place.x, place.y, &x, &y);
  place.x = (int) x;
  place.y = (int) y;
  gtk_popover_set_pointing_to (GTK_POPOVER (self->endings), &place);
  vig_endings_think (self->endings, self->studio, begun);
}

/* ---- Keys ---- */

/* Anywhere in the card. */
static gboolean
card_key_cb (VigPromptCard   *self,
             guint            key,
             guint            code,
             GdkModifierType  state)
{
  const GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();

  if ((key != GDK_KEY_Return && key != GDK_KEY_KP_Enter) || (held & ~GDK_SHIFT_MASK) != GDK_CONTROL_MASK)
    return FALSE;

  draw (self, held == GDK_CONTROL_MASK ? DRAW : DRAW_NEXT);

  return TRUE;
}

/* At the end of words Tab ends them; anywhere else, and in an empty prompt, it moves on as it always does. */
static gboolean
text_key_cb (VigPromptCard   *self,
             guint            key,
             guint            code,
             GdkModifierType  state)
{
  if ((state & gtk_accelerator_get_default_mod_mask ()) == GDK_ALT_MASK &&
      (key == GDK_KEY_Up || key == GDK_KEY_Down))
    {
      vig_prompt_card_recall (self, key == GDK_KEY_Up ? 1 : -1);
      return TRUE;
    }

  /* Who writes on begins anew. */
  if (gdk_keyval_to_unicode (key) != 0)
    g_clear_object (&self->history);

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0 || !is_at_end (self))
    return FALSE;

  /* What is suggested is taken; where nothing is, Tab asks for several. */
  if ((key == GDK_KEY_Tab || key == GDK_KEY_Right) && vig_prompt_notes_accept (self->notes))
    return TRUE;
  if (key != GDK_KEY_Tab || !gtk_widget_get_sensitive (self->complete))
    return FALSE;

  vig_prompt_card_complete (self);

  return TRUE;
}

static void
listen_to_keys (VigPromptCard *self,
                GtkWidget     *widget,
                GCallback      callback)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", callback, self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (widget, keys);
}

static gboolean
vig_prompt_card_grab_focus (GtkWidget *widget)
{
  return vig_focus_give (widget, GTK_WIDGET (VIG_PROMPT_CARD (widget)->text));
}

void
vig_prompt_card_set_up (VigPromptCard *self,
                        VigStudio     *studio,
                        VigTextures   *textures)
{
  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  g_set_object (&self->studio, studio);
  vig_start_picture_set_textures (self->start, textures);
  vig_prompt_notes_set_up (self->notes, studio, self->text, self->placeholder);
  vig_prompt_card_look (self);
}

static void
vig_prompt_card_dispose (GObject *object)
{
  VigPromptCard *self = VIG_PROMPT_CARD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->history);
  if (self->endings != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->endings, self);
      vig_endings_stop (self->endings);
      gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->endings)));
    }
  vig_dispose_template (self, VIG_TYPE_PROMPT_CARD);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_prompt_card_parent_class)->dispose (object);
}

static void
vig_prompt_card_finalize (GObject *object)
{
  VigPromptCard *self = VIG_PROMPT_CARD (object);

  g_free (self->own);
  g_free (self->prompt);

  G_OBJECT_CLASS (vig_prompt_card_parent_class)->finalize (object);
}

static void
vig_prompt_card_class_init (VigPromptCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vig_prompt_card_dispose;
  object_class->finalize = vig_prompt_card_finalize;
  widget_class->grab_focus = vig_prompt_card_grab_focus;
  widget_class->focus = vig_focus_move;

  signals[DRAW] = g_signal_new ("draw", VIG_TYPE_PROMPT_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[DRAW_NEXT] = g_signal_new ("draw-next", VIG_TYPE_PROMPT_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", VIG_TYPE_PROMPT_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  g_type_ensure (VIG_TYPE_NUMBERS);
  g_type_ensure (VIG_TYPE_PROMPT_NOTES);
  g_type_ensure (VIG_TYPE_START_PICTURE);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/prompt-card.ui");
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, text);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, placeholder);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, draw);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, complete);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, start);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, count);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, numbers);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, notes);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, more);
  gtk_widget_class_bind_template_callback (widget_class, draw_cb);
  gtk_widget_class_bind_template_callback (widget_class, ending_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_notes);
  gtk_widget_class_bind_template_callback (widget_class, vig_prompt_card_complete);
}

static void
vig_prompt_card_init (VigPromptCard *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->endings = g_object_new (VIG_TYPE_ENDINGS, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->endings), GTK_WIDGET (self));
  g_signal_connect_object (self->endings, "chosen", G_CALLBACK (ending_chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->endings, "closed", G_CALLBACK (endings_closed_cb), self, G_CONNECT_SWAPPED);

  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (text_changed_cb),
                           self, G_CONNECT_SWAPPED);

  listen_to_keys (self, GTK_WIDGET (self), G_CALLBACK (card_key_cb));
  listen_to_keys (self, GTK_WIDGET (self->text), G_CALLBACK (text_key_cb));

  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
