/* tags-view.c: what is said of a picture: by people, by models, and what was refused */

#define G_LOG_DOMAIN "vig-tags-view"

#include "config.h"

#include <math.h>

#include <glib/gi18n.h>

#include "library/tags.h"
#include "ui/tags-view.h"

#include "ui/errand.h"
#include "ui/model-names.h"
#include "ui/tag-chip.h"
#include "ui/wrap-box.h"

/* Whose word it is. */
enum { PEOPLE, MODELS, REFUSED, N_GROUPS };

struct _VigTagsView
{
  GtkWidget parent_instance;

  VigLibrary   *library;      /* owned */
  VigPicture   *picture;      /* owned; or NULL */
  GPtrArray    *taggings;     /* owned; of VigTagging; NULL while it is not known */
  GHashTable   *names;        /* owned; of models by hash; NULL while they are not known */
  GCancellable *cancellable;  /* owned; of what the picture awaits */

  GtkWidget  *headings[N_GROUPS];
  VigWrapBox *boxes[N_GROUPS];
};

enum { REMOVED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (VigTagsView, vig_tags_view, GTK_TYPE_WIDGET)

static void
removed_cb (VigTagsView *self,
            VigTagChip  *chip)
{
  g_autofree char *tag = g_strdup (vig_tag_chip_get_tag (chip));

  g_signal_emit (self, signals[REMOVED], 0, tag);
}

static char *
dup_note (VigTagsView      *self,
          const VigTagging *tagging)
{
  const char *name = self->names != NULL ? g_hash_table_lookup (self->names, tagging->source) : NULL;
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (tagging->time);
  /* Translators: a day, as strftime() has it. */
  g_autofree char *day = time != NULL ? g_date_time_format (time, _("%e %B %Y")) : g_strdup ("");

  if (name == NULL)
    name = _("a model that is not here any more");

  /* Translators: the name of a model, how certain it was, a day. */
  if (!isnan (tagging->score))
    return g_strdup_printf (_("Suggested by %s, %.0f %% certain; accepted on %s"), name, 100 * tagging->score,
                            g_strstrip (day));

  /* Translators: the name of a model, a day. */
  return g_strdup_printf (_("Suggested by %s; accepted on %s"), name, g_strstrip (day));
}

static void
show (VigTagsView *self)
{
  guint counts[N_GROUPS] = { 0 };

  for (guint i = 0; i < N_GROUPS; i++)
    vig_holder_clear (VIG_HOLDER (self->boxes[i]));

  for (guint i = 0; self->taggings != NULL && i < self->taggings->len; i++)
    {
      const VigTagging *tagging = g_ptr_array_index (self->taggings, i);
      const int group = tagging->refused ? REFUSED : tagging->source != NULL ? MODELS : PEOPLE;
      GtkWidget *chip = vig_tag_chip_new (tagging->tag);

      if (group == REFUSED)
        vig_tag_chip_set_refused (VIG_TAG_CHIP (chip));
      else if (group == MODELS)
        {
          g_autofree char *note = dup_note (self, tagging);

          vig_tag_chip_set_note (VIG_TAG_CHIP (chip), note);
        }
      g_signal_connect_object (chip, "removed", G_CALLBACK (removed_cb), self, G_CONNECT_SWAPPED);
      vig_wrap_box_append (self->boxes[group], chip);
      counts[group]++;
    }

  for (guint i = 0; i < N_GROUPS; i++)
    {
      /* What people say needs no heading where nobody else says anything. */
      const gboolean heading = counts[i] > 0 && (i != PEOPLE || counts[MODELS] + counts[REFUSED] > 0);

      gtk_widget_set_visible (self->headings[i], heading);
      gtk_widget_set_visible (GTK_WIDGET (self->boxes[i]), counts[i] > 0);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), counts[PEOPLE] + counts[MODELS] + counts[REFUSED] > 0);
}

static gpointer
list_taggings (gpointer       object,
               gpointer       data,
               GCancellable  *cancellable,
               GError       **error)
{
  return vig_library_list_taggings (object, data, error);
}

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigTagsView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) taggings = vig_errand_finish (result, &error);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))) || self->boxes[0] == NULL)
    return;

  if (taggings == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", error->message);
      return;
    }

  g_clear_pointer (&self->taggings, g_ptr_array_unref);
  self->taggings = g_steal_pointer (&taggings);
  show (self);
}

void
vig_tags_view_refresh (VigTagsView *self)
{
  g_return_if_fail (VIG_IS_TAGS_VIEW (self));

  if (self->picture == NULL)
    return;

  /* An older answer may not come after a newer one. */
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  vig_errand_async (self->library, list_taggings, g_object_ref (self->picture), g_object_unref,
                    (GDestroyNotify) g_ptr_array_unref, self->cancellable, listed_cb, g_object_ref (self));
}

static void
named_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(VigTagsView) self = user_data;
  g_autoptr(GHashTable) names = vig_model_names_finish (result, NULL);

  if (names == NULL || self->boxes[0] == NULL)
    return;

  g_clear_pointer (&self->names, g_hash_table_unref);
  self->names = g_steal_pointer (&names);
  show (self);
}

void
vig_tags_view_set_picture (VigTagsView *self,
                           VigPicture  *picture)
{
  g_return_if_fail (VIG_IS_TAGS_VIEW (self));

  if (picture == self->picture)
    return;

  g_cancellable_cancel (self->cancellable);
  if (self->picture != NULL)
    g_signal_handlers_disconnect_by_data (self->picture, self);
  g_set_object (&self->picture, picture);
  g_clear_pointer (&self->taggings, g_ptr_array_unref);
  if (self->boxes[0] == NULL)
    return;

  show (self);
  if (picture == NULL)
    return;

  g_signal_connect_object (picture, "changed", G_CALLBACK (vig_tags_view_refresh), self, G_CONNECT_SWAPPED);
  vig_tags_view_refresh (self);
  if (self->names == NULL)
    vig_model_names_async (vig_library_get_profile (self->library), NULL, named_cb, g_object_ref (self));
}

GPtrArray *
vig_tags_view_get_taggings (VigTagsView *self)
{
  g_return_val_if_fail (VIG_IS_TAGS_VIEW (self), NULL);

  return self->taggings;
}

static void
vig_tags_view_dispose (GObject *object)
{
  VigTagsView *self = VIG_TAGS_VIEW (object);
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  for (guint i = 0; i < N_GROUPS; i++)
    self->boxes[i] = NULL;
  vig_tags_view_set_picture (self, NULL);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_tags_view_parent_class)->dispose (object);
}

static void
vig_tags_view_class_init (VigTagsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tags_view_dispose;

  signals[REMOVED] = g_signal_new ("removed", VIG_TYPE_TAGS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
vig_tags_view_init (VigTagsView *self)
{
  const char * const headings[N_GROUPS] = {
    [PEOPLE] = _("Your tags"), [MODELS] = _("Accepted suggestions"), [REFUSED] = _("Refused suggestions"),
  };

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                                  GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 6);
  for (guint i = 0; i < N_GROUPS; i++)
    {
      self->headings[i] = gtk_label_new (headings[i]);
      gtk_label_set_xalign (GTK_LABEL (self->headings[i]), 0);
      gtk_widget_add_css_class (self->headings[i], "suggestion-heading");
      gtk_widget_set_parent (self->headings[i], GTK_WIDGET (self));
      self->boxes[i] = VIG_WRAP_BOX (vig_wrap_box_new ());
      gtk_widget_set_parent (GTK_WIDGET (self->boxes[i]), GTK_WIDGET (self));
    }
  show (self);
}

void
vig_tags_view_set_library (VigTagsView *self,
                           VigLibrary  *library)
{
  g_return_if_fail (VIG_IS_TAGS_VIEW (self));

  g_set_object (&self->library, library);
}
