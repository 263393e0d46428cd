/* numbers.c: seed, choice and the numbers of sampling, each the model's own until somebody changes it */

#define G_LOG_DOMAIN "vig-numbers"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/numbers.h"

#include "ui/template.h"
#include "ui/wrap-box.h"

typedef enum
{
  TEMPERATURE,
  TOP_K,
  TOP_P,
  GUIDANCE,
  N_NUMBERS
} Number;

struct _VigNumbers
{
  GtkWidget parent_instance;

  double   usual[N_NUMBERS];  /* the model's own; NaN while it is not known */
  gboolean own[N_NUMBERS];    /* somebody has changed it */
  gboolean filling;           /* what changes now is nobody's doing */

  GtkEditable   *seed;
  GtkSpinButton *best_of;
  GtkSpinButton *temperature;
  GtkSpinButton *top_k;
  GtkSpinButton *top_p;
  GtkSpinButton *guidance;
  GtkWidget     *reset;
};

G_DEFINE_FINAL_TYPE (VigNumbers, vig_numbers, GTK_TYPE_WIDGET)

static GtkSpinButton *
get_button (VigNumbers *self,
            Number      number)
{
  GtkSpinButton *buttons[] = { self->temperature, self->top_k, self->top_p, self->guidance };

  return buttons[number];
}

static Number
find_number (VigNumbers    *self,
             GtkSpinButton *button)
{
  Number number = 0;

  while (get_button (self, number) != button)
    number++;

  return number;
}

gboolean
vig_numbers_get_changed (VigNumbers *self)
{
  g_return_val_if_fail (VIG_IS_NUMBERS (self), FALSE);

  for (Number i = 0; i < N_NUMBERS; i++)
    if (self->own[i])
      return TRUE;

  return *gtk_editable_get_text (self->seed) != '\0' || gtk_spin_button_get_value (self->best_of) > 0;
}

static void
update_reset (VigNumbers *self)
{
  gtk_widget_set_sensitive (self->reset, vig_numbers_get_changed (self));
}

/* @value: NaN: the model's own */
static void
set_number (VigNumbers *self,
            Number      number,
            double      value)
{
  GtkSpinButton *button = get_button (self, number);
  const double shown = isnan (value) ? self->usual[number] : value;

  self->own[number] = !isnan (value);
  self->filling = TRUE;
  gtk_spin_button_set_value (button, isnan (shown) ? 0 : shown);
  gtk_spin_button_update (button);
  self->filling = FALSE;
  if (self->own[number])
    gtk_widget_remove_css_class (GTK_WIDGET (button), "usual");
  else
    gtk_widget_add_css_class (GTK_WIDGET (button), "usual");
  update_reset (self);
}

static void
changed_cb (VigNumbers    *self,
            GtkSpinButton *button)
{
  const Number number = find_number (self, button);

  if (self->filling)
    return;

  self->own[number] = TRUE;
  gtk_widget_remove_css_class (GTK_WIDGET (button), "usual");
  update_reset (self);
}

/* Numbers that say it better in a word. */
static const char *
get_word (VigNumbers    *self,
          GtkSpinButton *button)
{
  const double value = gtk_spin_button_get_value (button);

  if (value > 0)
    return NULL;
  if (button == self->best_of)
    return _("Off");
  if (!self->own[find_number (self, button)] && isnan (self->usual[find_number (self, button)]))
    return _("Default");

  return button == self->top_k ? _("All") : NULL;
}

static gboolean
output_cb (VigNumbers    *self,
           GtkSpinButton *button)
{
  const char *word = get_word (self, button);

  if (word == NULL)
    return FALSE;

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (button)), word))
    gtk_editable_set_text (GTK_EDITABLE (button), word);

  return TRUE;
}

static int
input_cb (VigNumbers    *self,
          double        *value,
          GtkSpinButton *button)
{
  const char *word = get_word (self, button);

  if (word == NULL || !g_str_equal (gtk_editable_get_text (GTK_EDITABLE (button)), word))
    return FALSE;

  *value = gtk_spin_button_get_value (button);

  return TRUE;
}

void
vig_numbers_set_drawer (VigNumbers      *self,
                        const VigDrawer *drawer)
{
  g_return_if_fail (VIG_IS_NUMBERS (self));

  self->usual[TEMPERATURE] = drawer != NULL ? drawer->temperature : NAN;
  self->usual[TOP_K] = drawer != NULL ? drawer->top_k : NAN;
  self->usual[TOP_P] = drawer != NULL ? drawer->top_p : NAN;
  self->usual[GUIDANCE] = drawer != NULL ? drawer->guidance : NAN;
  for (Number i = 0; i < N_NUMBERS; i++)
    if (!self->own[i])
      set_number (self, i, NAN);
}

static double
get_own (VigNumbers *self,
         Number      number)
{
  const double value = gtk_spin_button_get_value (get_button (self, number));

  return self->own[number] ? value : NAN;
}

void
vig_numbers_fill (VigNumbers *self,
                  VigWish    *wish)
{
  const char *seed = NULL;

  g_return_if_fail (VIG_IS_NUMBERS (self));

  /* What is still being typed into a number counts. */
  gtk_spin_button_update (self->best_of);
  for (Number i = 0; i < N_NUMBERS; i++)
    gtk_spin_button_update (get_button (self, i));

  seed = gtk_editable_get_text (self->seed);
  wish->seed = *seed != '\0' ? g_ascii_strtoull (seed, NULL, 10) : g_random_int ();
  wish->best_of = (guint) gtk_spin_button_get_value_as_int (self->best_of);
  wish->temperature = get_own (self, TEMPERATURE);
  wish->top_k = self->own[TOP_K] ? gtk_spin_button_get_value_as_int (self->top_k) : -1;
  wish->top_p = get_own (self, TOP_P);
  wish->guidance = get_own (self, GUIDANCE);
}

void
vig_numbers_set_seed (VigNumbers *self,
                      guint64     seed)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);

  g_return_if_fail (VIG_IS_NUMBERS (self));

  gtk_editable_set_text (self->seed, text);
}

void
vig_numbers_set_facts (VigNumbers           *self,
                       const VigRecipeFacts *facts)
{
  g_return_if_fail (VIG_IS_NUMBERS (self));

  set_number (self, TEMPERATURE, facts->temperature);
  set_number (self, TOP_K, facts->top_k >= 0 ? facts->top_k : NAN);
  set_number (self, TOP_P, facts->top_p);
  set_number (self, GUIDANCE, facts->guidance);
  gtk_spin_button_set_value (self->best_of, 0);
}

void
vig_numbers_reset (VigNumbers *self)
{
  g_return_if_fail (VIG_IS_NUMBERS (self));

  for (Number i = 0; i < N_NUMBERS; i++)
    set_number (self, i, NAN);
  gtk_spin_button_set_value (self->best_of, 0);
  gtk_editable_set_text (self->seed, "");
}

static void
vig_numbers_dispose (GObject *object)
{
  vig_dispose_template (object, VIG_TYPE_NUMBERS);

  G_OBJECT_CLASS (vig_numbers_parent_class)->dispose (object);
}

static void
vig_numbers_class_init (VigNumbersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_numbers_dispose;

  g_type_ensure (VIG_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/numbers.ui");
  gtk_widget_class_bind_template_child (widget_class, VigNumbers, seed);
  gtk_widget_class_bind_template_child (widget_class, VigNumbers, best_of);
  gtk_widget_class_bind_template_child (widget_class, VigNumbers, temperature);
  gtk_widget_class_bind_template_child (widget_class, VigNumbers, top_k);
  gtk_widget_class_bind_template_child (widget_class, VigNumbers, top_p);
  gtk_widget_class_bind_template_child (widget_class, VigNumbers, guidance);
  gtk_widget_class_bind_template_child (widget_class, VigNumbers, reset);
  gtk_widget_class_bind_template_callback (widget_class, vig_numbers_reset);
}

static void
listen (VigNumbers    *self,
        GtkSpinButton *button)
{
  g_signal_connect_object (button, "output", G_CALLBACK (output_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (button, "input", G_CALLBACK (input_cb), self, G_CONNECT_SWAPPED);
}

static void
vig_numbers_init (VigNumbers *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  listen (self, self->best_of);
  g_signal_connect_object (self->best_of, "value-changed", G_CALLBACK (update_reset), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->seed, "changed", G_CALLBACK (update_reset), self, G_CONNECT_SWAPPED);
  for (Number i = 0; i < N_NUMBERS; i++)
    {
      listen (self, get_button (self, i));
      g_signal_connect_object (get_button (self, i), "value-changed", G_CALLBACK (changed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  gtk_spin_button_update (self->best_of);
  vig_numbers_set_drawer (self, NULL);
}
