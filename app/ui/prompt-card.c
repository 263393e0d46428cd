/* prompt-card.c: where a picture is described, with the numbers folded away */

#define G_LOG_DOMAIN "vig-prompt-card"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "ui/prompt-card.h"

#include "ui/endings.h"
#include "ui/recipe.h"
#include "ui/template.h"
#include "ui/wrap-box.h"

struct _VigPromptCard
{
  GtkWidget parent_instance;

  VigStudio    *studio;       /* owned */
  VigTextures  *textures;     /* owned */
  GCancellable *cancellable;  /* owned; of the start picture's loading, or NULL */
  GtkFileChooserNative *chooser;  /* owned; while it is open */
  char         *start;        /* owned; path of the picture to start from, or NULL */
  char         *prompt;       /* owned; what the wish lends */
  VigWish       wish;
  GListModel   *history;      /* owned; of pictures that were made, newest first; NULL until it is looked at */
  int           recalled;     /* the one whose prompt stands there; -1: none */
  char         *own;          /* owned; the words that stood there before */

  GtkTextView   *text;
  GtkLabel      *placeholder;
  GtkMenuButton *start_button;
  GtkStack      *start_stack;
  GtkImage      *start_picture;
  GtkWidget     *keep_box;
  GtkRange      *keep;
  GtkWidget     *clear_start;
  GtkWidget     *draw;
  GtkWidget     *complete;
  GtkEditable   *seed;
  GtkSpinButton *count;
  GtkSpinButton *best_of;
  GtkSpinButton *temperature;
  GtkSpinButton *top_k;
  GtkSpinButton *guidance;
  GtkToggleButton *more;
  VigEndings    *endings;
};

enum { DRAW, CHANGED, N_SIGNALS };

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

void
vig_prompt_card_set_prompt (VigPromptCard *self,
                            const char    *prompt)
{
  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), prompt != NULL ? prompt : "", -1);
}

/* Words without the white space around them; lines are joined. */
static char *
dup_clean_prompt (VigPromptCard *self)
{
  char *prompt = vig_prompt_card_dup_prompt (self);

  g_strdelimit (prompt, "\r\n\t", ' ');

  return g_strstrip (prompt);
}

static void
text_changed_cb (VigPromptCard *self)
{
  g_autofree char *prompt = vig_prompt_card_dup_prompt (self);
  g_autofree char *clean = dup_clean_prompt (self);
  const gboolean words = *clean != '\0';

  gtk_widget_set_visible (GTK_WIDGET (self->placeholder), *prompt == '\0');
  gtk_widget_set_sensitive (self->draw, words);
  gtk_widget_set_sensitive (self->complete, words);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
draw_cb (VigPromptCard *self)
{
  g_autofree char *clean = dup_clean_prompt (self);

  if (*clean != '\0')
    g_signal_emit (self, signals[DRAW], 0);
}

/* A spin button at its lowest says so in a word: the model decides. */
static gboolean
output_cb (GtkSpinButton *button)
{
  GtkAdjustment *adjustment = gtk_spin_button_get_adjustment (button);

  if (gtk_adjustment_get_value (adjustment) > gtk_adjustment_get_lower (adjustment))
    return FALSE;

  gtk_editable_set_text (GTK_EDITABLE (button), _("Default"));

  return TRUE;
}

static int
input_cb (GtkSpinButton *button,
          double        *value)
{
  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (button)), _("Default")) != 0)
    return FALSE;

  *value = gtk_adjustment_get_lower (gtk_spin_button_get_adjustment (button));

  return TRUE;
}

static double
get_number (GtkSpinButton *button)
{
  const double value = gtk_spin_button_get_value (button);

  return value > 0 ? value : NAN;
}

const VigWish *
vig_prompt_card_get_wish (VigPromptCard *self)
{
  const char *seed = NULL;
  const double top_k = gtk_spin_button_get_value (self->top_k);

  g_return_val_if_fail (VIG_IS_PROMPT_CARD (self), NULL);

  /* What is still being typed into a number counts. */
  gtk_spin_button_update (self->count);
  gtk_spin_button_update (self->best_of);
  gtk_spin_button_update (self->temperature);
  gtk_spin_button_update (self->top_k);
  gtk_spin_button_update (self->guidance);

  g_free (self->prompt);
  self->prompt = dup_clean_prompt (self);
  seed = gtk_editable_get_text (self->seed);

  self->wish = (VigWish) {
    .prompt = self->prompt,
    .count = (guint) gtk_spin_button_get_value_as_int (self->count),
    .best_of = (guint) gtk_spin_button_get_value_as_int (self->best_of),
    .seed = *seed != '\0' ? g_ascii_strtoull (seed, NULL, 10) : g_random_int (),
    .temperature = get_number (self->temperature),
    .top_k = top_k > 0 ? (int) top_k : -1,
    .top_p = NAN,
    .guidance = get_number (self->guidance),
    .start = self->start,
    .keep = self->start != NULL ? (guint) gtk_range_get_value (self->keep) : 0,
  };
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
                            GError        **error)
{
  VigRecipeNumbers numbers;
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, vig_picture_get_seed (picture));

  g_return_val_if_fail (VIG_IS_PROMPT_CARD (self), FALSE);

  if (!vig_recipe_read_numbers (vig_picture_get_recipe (picture), &numbers, error))
    return FALSE;

  vig_prompt_card_set_prompt (self, vig_picture_get_prompt (picture));
  gtk_editable_set_text (self->seed, seed);
  gtk_spin_button_set_value (self->count, 1);
  gtk_spin_button_set_value (self->best_of, 0);
  gtk_spin_button_set_value (self->temperature, isnan (numbers.temperature) ? 0 : numbers.temperature);
  gtk_spin_button_set_value (self->top_k, MAX (numbers.top_k, 0));
  gtk_spin_button_set_value (self->guidance, isnan (numbers.guidance) ? 0 : numbers.guidance);
  gtk_toggle_button_set_active (self->more, TRUE);

  return TRUE;
}

/* ---- The picture to start from ---- */

static void
start_loaded_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(VigPromptCard) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = vig_textures_load_finish (VIG_TEXTURES (object), result, &error);

  if (texture != NULL)
    {
      gtk_image_set_from_paintable (self->start_picture, GDK_PAINTABLE (texture));
      gtk_stack_set_visible_child_name (self->start_stack, "picture");
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", error->message);
      vig_prompt_card_set_start (self, NULL);
    }
}

void
vig_prompt_card_set_start (VigPromptCard *self,
                           const char    *path)
{
  g_autofree char *copy = g_strdup (path);

  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  g_free (self->start);
  self->start = g_steal_pointer (&copy);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  gtk_widget_set_visible (self->keep_box, self->start != NULL);
  gtk_widget_set_sensitive (self->clear_start, self->start != NULL);
  gtk_stack_set_visible_child_name (self->start_stack, "none");
  gtk_image_set_from_paintable (self->start_picture, NULL);
  if (self->start == NULL)
    return;

  self->cancellable = g_cancellable_new ();
  vig_textures_open_async (self->textures, self->start, 64, self->cancellable, start_loaded_cb,
                           g_object_ref (self));
}

static void
start_chosen_cb (VigPromptCard        *self,
                 int                   response,
                 GtkFileChooserNative *chooser)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_autofree char *path = g_file_get_path (file);

      if (path != NULL)
        vig_prompt_card_set_start (self, path);
    }

  g_clear_object (&self->chooser);
}

static void
choose_start_cb (VigPromptCard *self)
{
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL)
    return;

  gtk_menu_button_popdown (self->start_button);
  gtk_file_filter_set_name (filter, _("Pictures"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  self->chooser = gtk_file_chooser_native_new (_("Start from a Picture"),
                                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _("_Start"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (start_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
clear_start_cb (VigPromptCard *self)
{
  gtk_menu_button_popdown (self->start_button);
  vig_prompt_card_set_start (self, NULL);
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
  if ((key != GDK_KEY_Return && key != GDK_KEY_KP_Enter) ||
      (state & gtk_accelerator_get_default_mod_mask ()) != GDK_CONTROL_MASK)
    return FALSE;

  draw_cb (self);

  return TRUE;
}

/* At the end of words Tab ends them; anywhere else, and in an empty prompt, it moves on as it always does. */
static gboolean
text_key_cb (VigPromptCard   *self,
             guint            key,
             guint            code,
             GdkModifierType  state)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter cursor;

  if ((state & gtk_accelerator_get_default_mod_mask ()) == GDK_ALT_MASK &&
      (key == GDK_KEY_Up || key == GDK_KEY_Down))
    {
      vig_prompt_card_recall (self, key == GDK_KEY_Up ? 1 : -1);
      return TRUE;
    }

  /* Who writes on begins anew. */
  if (gdk_keyval_to_unicode (key) != 0)
    g_clear_object (&self->history);

  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  if (key != GDK_KEY_Tab || (state & gtk_accelerator_get_default_mod_mask ()) != 0 ||
      !gtk_text_iter_is_end (&cursor) || !gtk_widget_get_sensitive (self->complete))
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
  return gtk_widget_grab_focus (GTK_WIDGET (VIG_PROMPT_CARD (widget)->text));
}

void
vig_prompt_card_set_up (VigPromptCard *self,
                        VigStudio     *studio,
                        VigTextures   *textures)
{
  g_return_if_fail (VIG_IS_PROMPT_CARD (self));

  g_set_object (&self->studio, studio);
  g_set_object (&self->textures, textures);
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
  g_clear_object (&self->chooser);
  g_clear_object (&self->textures);
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_prompt_card_parent_class)->dispose (object);
}

static void
vig_prompt_card_finalize (GObject *object)
{
  VigPromptCard *self = VIG_PROMPT_CARD (object);

  g_free (self->own);
  g_free (self->start);
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

  signals[DRAW] = g_signal_new ("draw", VIG_TYPE_PROMPT_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", VIG_TYPE_PROMPT_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);

  g_type_ensure (VIG_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/prompt-card.ui");
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, text);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, placeholder);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, start_button);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, start_stack);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, start_picture);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, keep_box);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, keep);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, clear_start);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, draw);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, complete);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, seed);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, count);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, best_of);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, temperature);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, top_k);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, guidance);
  gtk_widget_class_bind_template_child (widget_class, VigPromptCard, more);
  gtk_widget_class_bind_template_callback (widget_class, draw_cb);
  gtk_widget_class_bind_template_callback (widget_class, input_cb);
  gtk_widget_class_bind_template_callback (widget_class, output_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_start_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_start_cb);
  gtk_widget_class_bind_template_callback (widget_class, vig_prompt_card_complete);
}

static void
vig_prompt_card_init (VigPromptCard *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->endings = g_object_new (VIG_TYPE_ENDINGS, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->endings), GTK_WIDGET (self));
  g_signal_connect_object (self->endings, "chosen", G_CALLBACK (ending_chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->endings, "closed", G_CALLBACK (endings_closed_cb), self, G_CONNECT_SWAPPED);
  vig_prompt_card_set_start (self, NULL);

  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (text_changed_cb),
                           self, G_CONNECT_SWAPPED);

  listen_to_keys (self, GTK_WIDGET (self), G_CALLBACK (card_key_cb));
  listen_to_keys (self, GTK_WIDGET (self->text), G_CALLBACK (text_key_cb));

  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->start_button), GTK_EVENT_CONTROLLER (target));
}
