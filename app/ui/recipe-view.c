/* recipe-view.c: how a picture was drawn, and each part of that back into the prompt */

#define G_LOG_DOMAIN "vig-recipe-view"

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/recipe-view.h"

#include "ui/chores.h"
#include "ui/recipe.h"
#include "ui/template.h"

struct _VigRecipeView
{
  GtkWidget parent_instance;

  GCancellable *cancellable;  /* owned; of the others' counting, or NULL */

  GtkLabel *seed;
  GtkLabel *facts;
  GtkButton *others;
};

G_DEFINE_FINAL_TYPE (VigRecipeView, vig_recipe_view, GTK_TYPE_WIDGET)

static void
add_number (GPtrArray  *words,
            const char *name,
            double      value)
{
  if (!isnan (value))
    g_ptr_array_add (words, g_strdup_printf ("%s %.4g", name, value));
}

static char *
join (GPtrArray  *words,
      const char *between)
{
  g_ptr_array_add (words, NULL);

  return g_strjoinv (between, (char **) words->pdata);
}

/* One line of each kind that there is something to say of. */
static char *
describe (VigPicture           *picture,
          const VigRecipeFacts *facts)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) numbers = g_ptr_array_new_with_free_func (g_free);
  const double score = vig_picture_get_score (picture);
  const guint kept = facts != NULL ? vig_recipe_facts_count_kept_rows (facts) : 0;

  if (facts != NULL && facts->model != NULL)
    /* Translators: the name of the model that drew a picture. */
    g_ptr_array_add (lines, g_strdup_printf (_("Drawn by %s"), facts->model));
  if (!isnan (score))
    /* Translators: how well a picture fits its prompt, a number up to 1. */
    g_ptr_array_add (lines, g_strdup_printf (_("Fits the words by %.3f"), score));
  if (kept > 0)
    g_ptr_array_add (lines, g_strdup_printf (ngettext ("Its upper %u row is another picture's",
                                                       "Its upper %u rows are another picture's", kept), kept));
  if (facts != NULL)
    {
      add_number (numbers, _("Temperature"), facts->temperature);
      add_number (numbers, _("Top-k"), facts->top_k >= 0 ? facts->top_k : NAN);
      add_number (numbers, _("Top-p"), facts->top_p);
      add_number (numbers, _("Guidance"), facts->guidance);
    }
  if (numbers->len > 0)
    g_ptr_array_add (lines, join (numbers, ", "));

  return join (lines, "\n");
}

/* ---- What was drawn with it ---- */

static void
counted_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigRecipeView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) stack = vig_chore_list_finish (result, &error);
  g_autofree char *words = NULL;

  if (stack == NULL || self->cancellable != g_task_get_cancellable (G_TASK (result)) || stack->len < 2)
    return;

  words = g_strdup_printf (ngettext ("%u More in This Stack", "%u More in This Stack", stack->len - 1), stack->len - 1);
  gtk_button_set_label (self->others, words);
  gtk_widget_set_visible (GTK_WIDGET (self->others), TRUE);
}

void
vig_recipe_view_set_picture (VigRecipeView *self,
                             VigLibrary    *library,
                             VigPicture    *picture)
{
  const gboolean made = picture != NULL && vig_picture_get_kind (picture) == VIG_PICTURE_MADE;
  g_autoptr(VigRecipeFacts) facts = NULL;
  g_autofree char *seed = NULL;
  g_autofree char *words = NULL;

  g_return_if_fail (VIG_IS_RECIPE_VIEW (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (GTK_WIDGET (self), made);
  gtk_widget_set_visible (GTK_WIDGET (self->others), FALSE);
  if (!made)
    return;

  facts = vig_recipe_facts_read (vig_picture_get_recipe (picture), NULL);  /* what it does not tell is not shown */
  seed = g_strdup_printf ("%" G_GUINT64_FORMAT, vig_picture_get_seed (picture));
  words = describe (picture, facts);
  gtk_label_set_label (self->seed, seed);
  gtk_label_set_label (self->facts, words);
  gtk_widget_set_visible (GTK_WIDGET (self->facts), *words != '\0');

  self->cancellable = g_cancellable_new ();
  vig_chore_list_async (library, VIG_CHORE_STACK, picture, self->cancellable, counted_cb, g_object_ref (self));
}

static void
copy_seed_cb (VigRecipeView *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_label (self->seed));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", _("Copied"));
}

static void
vig_recipe_view_dispose (GObject *object)
{
  VigRecipeView *self = VIG_RECIPE_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  vig_dispose_template (self, VIG_TYPE_RECIPE_VIEW);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (vig_recipe_view_parent_class)->dispose (object);
}

static void
vig_recipe_view_class_init (VigRecipeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_recipe_view_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/recipe-view.ui");
  gtk_widget_class_bind_template_child (widget_class, VigRecipeView, seed);
  gtk_widget_class_bind_template_child (widget_class, VigRecipeView, facts);
  gtk_widget_class_bind_template_child (widget_class, VigRecipeView, others);
  gtk_widget_class_bind_template_callback (widget_class, copy_seed_cb);
}

static void
vig_recipe_view_init (VigRecipeView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
