/* suggestions.c: what a picture seems to show: first what is probably there, then what is less likely */

#define G_LOG_DOMAIN "vig-suggestions"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/suggestions.h"

#include "ui/template.h"

struct _VigSuggestions
{
  GtkWidget parent_instance;

  GtkStack   *stack;
  GtkListBox *rows;
  GtkLabel   *trouble;
};

enum { MARKED, REFUSED, WHERE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigSuggestions, vig_suggestions, GTK_TYPE_WIDGET)

VigTagRow *
vig_suggestions_get_row (VigSuggestions *self,
                         guint           number)
{
  GtkListBoxRow *row = NULL;

  g_return_val_if_fail (VIG_IS_SUGGESTIONS (self), NULL);

  if (number > 0)
    row = gtk_list_box_get_row_at_index (self->rows, (int) number - 1);

  return row != NULL ? VIG_TAG_ROW (gtk_list_box_row_get_child (row)) : NULL;
}

guint
vig_suggestions_count (VigSuggestions *self)
{
  guint count = 0;

  while (vig_suggestions_get_row (self, count + 1) != NULL)
    count++;

  return count;
}

guint
vig_suggestions_count_marked (VigSuggestions *self)
{
  VigTagRow *row = NULL;
  guint count = 0;

  for (guint i = 1; (row = vig_suggestions_get_row (self, i)) != NULL; i++)
    count += vig_tag_row_get_accepted (row);

  return count;
}

gboolean
vig_suggestions_toggle (VigSuggestions *self,
                        guint           number)
{
  VigTagRow *row = vig_suggestions_get_row (self, number);

  if (row == NULL)
    return FALSE;

  vig_tag_row_set_accepted (row, !vig_tag_row_get_accepted (row));

  return TRUE;
}

void
vig_suggestions_mark_all (VigSuggestions *self)
{
  VigTagRow *row = NULL;

  for (guint i = 1; (row = vig_suggestions_get_row (self, i)) != NULL; i++)
    vig_tag_row_set_accepted (row, TRUE);
}

void
vig_suggestions_set_where (VigSuggestions *self,
                           VigTagRow      *shown)
{
  VigTagRow *row = NULL;

  for (guint i = 1; (row = vig_suggestions_get_row (self, i)) != NULL; i++)
    vig_tag_row_set_where (row, row == shown);
}

void
vig_suggestions_remove (VigSuggestions *self,
                        VigTagRow      *row)
{
  g_return_if_fail (VIG_IS_SUGGESTIONS (self));

  gtk_list_box_remove (self->rows, gtk_widget_get_parent (GTK_WIDGET (row)));
  if (vig_suggestions_count (self) == 0)
    vig_suggestions_say (self, _("There is nothing more to suggest."));
  g_signal_emit (self, signals[MARKED], 0);
}

static void
marked_cb (VigSuggestions *self)
{
  g_signal_emit (self, signals[MARKED], 0);
}

static void
refused_cb (VigSuggestions *self,
            VigTagRow      *row)
{
  g_signal_emit (self, signals[REFUSED], 0, row);
}

static void
where_cb (VigSuggestions *self,
          VigTagRow      *row)
{
  g_signal_emit (self, signals[WHERE], 0, row);
}

/* ---- Filling ---- */

static void
clear (VigSuggestions *self)
{
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (self->rows, 0)) != NULL)
    gtk_list_box_remove (self->rows, GTK_WIDGET (row));
}

/* What is above the first row of its kind. */
static const char *
describe (VigTagRow *row,
          VigTagRow *before)
{
  const gboolean sure = vig_tag_row_is_sure (row);

  if (before != NULL && vig_tag_row_is_sure (before) == sure)
    return NULL;
  if (sure)
    return _("Probably there");

  return before != NULL ? _("Less likely") : _("Probably none of these words. The likeliest are:");
}

static void
header_cb (GtkListBoxRow *row,
           GtkListBoxRow *before,
           gpointer       user_data)
{
  const char *words = describe (VIG_TAG_ROW (gtk_list_box_row_get_child (row)),
                                before != NULL ? VIG_TAG_ROW (gtk_list_box_row_get_child (before)) : NULL);
  GtkWidget *label = NULL;

  if (words != NULL)
    {
      label = gtk_label_new (words);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_widget_add_css_class (label, "suggestion-heading");
    }

  gtk_list_box_row_set_header (row, label);
}

void
vig_suggestions_wait (VigSuggestions *self)
{
  g_return_if_fail (VIG_IS_SUGGESTIONS (self));

  clear (self);
  gtk_stack_set_visible_child_name (self->stack, "busy");
}

void
vig_suggestions_say (VigSuggestions *self,
                     const char     *sentence)
{
  g_return_if_fail (VIG_IS_SUGGESTIONS (self));

  clear (self);
  gtk_label_set_label (self->trouble, sentence);
  gtk_stack_set_visible_child_name (self->stack, "trouble");
}

static gboolean
has (const char * const *tags,
     const VigLabel     *label)
{
  return tags != NULL && (g_strv_contains (tags, label->tag) || g_strv_contains (tags, label->label));
}

void
vig_suggestions_fill (VigSuggestions     *self,
                      const VigTagged    *tagged,
                      const char * const *tags)
{
  guint number = 1;

  g_return_if_fail (VIG_IS_SUGGESTIONS (self));

  clear (self);
  for (guint i = 0; i < tagged->labels->len; i++)
    {
      const VigLabel *label = g_ptr_array_index (tagged->labels, i);
      GtkWidget *row = NULL;

      if (has (tags, label))
        continue;

      row = vig_tag_row_new (label, number <= 9 ? number : 0);
      g_signal_connect_object (row, "marked", G_CALLBACK (marked_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (row, "refused", G_CALLBACK (refused_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (row, "where", G_CALLBACK (where_cb), self, G_CONNECT_SWAPPED);
      gtk_list_box_append (self->rows, row);
      gtk_widget_set_focusable (gtk_widget_get_parent (row), FALSE);
      number++;
    }

  if (number == 1)
    vig_suggestions_say (self, _("There is nothing to suggest."));
  else
    gtk_stack_set_visible_child_name (self->stack, "rows");
  g_signal_emit (self, signals[MARKED], 0);
}

static void
vig_suggestions_dispose (GObject *object)
{
  vig_dispose_template (object, VIG_TYPE_SUGGESTIONS);

  G_OBJECT_CLASS (vig_suggestions_parent_class)->dispose (object);
}

static void
vig_suggestions_class_init (VigSuggestionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_suggestions_dispose;

  signals[MARKED] = g_signal_new ("marked", VIG_TYPE_SUGGESTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[REFUSED] = g_signal_new ("refused", VIG_TYPE_SUGGESTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, VIG_TYPE_TAG_ROW);
  signals[WHERE] = g_signal_new ("where", VIG_TYPE_SUGGESTIONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, VIG_TYPE_TAG_ROW);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/suggestions.ui");
  gtk_widget_class_bind_template_child (widget_class, VigSuggestions, stack);
  gtk_widget_class_bind_template_child (widget_class, VigSuggestions, rows);
  gtk_widget_class_bind_template_child (widget_class, VigSuggestions, trouble);
}

static void
vig_suggestions_init (VigSuggestions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->rows, header_cb, NULL, NULL);
}
