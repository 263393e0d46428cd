/* details-pane.c: the story of one picture: its tags, its words, its seed, its file */

#define G_LOG_DOMAIN "vig-details-pane"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/details-pane.h"

#include "ui/chores.h"
#include "ui/recipe-view.h"
#include "ui/tag-chip.h"
#include "ui/template.h"
#include "ui/wrap-box.h"

#define LARGE_SIDE 640

struct _VigDetailsPane
{
  GtkWidget parent_instance;

  VigLibrary   *library;      /* owned */
  VigTextures  *textures;     /* owned */
  VigPicture   *picture;      /* owned; NULL while nothing is shown */
  GCancellable *cancellable;  /* owned; of the picture's loading, or NULL */

  GtkStack      *stack;
  GtkLabel      *nothing;
  GtkPicture    *large;
  GtkLabel      *prompt;
  GtkWidget     *prompt_box;
  VigWrapBox    *tags;
  GtkEditable   *tag_entry;
  VigRecipeView *recipe;
  GtkLabel      *facts;
};

G_DEFINE_FINAL_TYPE (VigDetailsPane, vig_details_pane, GTK_TYPE_WIDGET)

static void
report (VigDetailsPane *self,
        const GError   *error)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", error->message);
}

static void
tagged_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigDetailsPane) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!vig_chore_finish (result, &error))
    report (self, error);
}

void
vig_details_pane_remove_tag (VigDetailsPane *self,
                             const char     *tag)
{
  g_return_if_fail (VIG_IS_DETAILS_PANE (self));

  if (self->picture != NULL)
    vig_chore_tag_async (self->library, self->picture, VIG_CHORE_REMOVE, (const char *[]) { tag, NULL },
                         NULL, NULL, tagged_cb, g_object_ref (self));
}

void
vig_details_pane_add_tag (VigDetailsPane *self,
                          const char     *tag)
{
  g_autofree char *clean = g_strstrip (g_strdup (tag));

  g_return_if_fail (VIG_IS_DETAILS_PANE (self));

  if (self->picture != NULL && *clean != '\0')
    vig_chore_tag_async (self->library, self->picture, VIG_CHORE_ADD, (const char *[]) { clean, NULL },
                         NULL, NULL, tagged_cb, g_object_ref (self));
}

static void
chip_removed_cb (VigDetailsPane *self,
                 VigTagChip     *chip)
{
  vig_details_pane_remove_tag (self, vig_tag_chip_get_tag (chip));
}

static void
tag_entered_cb (VigDetailsPane *self)
{
  vig_details_pane_add_tag (self, gtk_editable_get_text (self->tag_entry));
  gtk_editable_set_text (self->tag_entry, "");
}

static void
show_tags (VigDetailsPane *self)
{
  const char * const *tags = vig_picture_get_tags (self->picture);

  vig_holder_clear (VIG_HOLDER (self->tags));
  for (; tags != NULL && *tags != NULL; tags++)
    {
      GtkWidget *chip = vig_tag_chip_new (*tags);

      g_signal_connect_object (chip, "removed", G_CALLBACK (chip_removed_cb), self, G_CONNECT_SWAPPED);
      vig_wrap_box_append (self->tags, chip);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->tags),
                          gtk_widget_get_first_child (GTK_WIDGET (self->tags)) != NULL);
}

static void
show_facts (VigDetailsPane *self)
{
  g_autofree char *name = vig_picture_dup_name (self->picture);
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local (vig_picture_get_time (self->picture));
  /* Translators: a day and a time, as strftime() has it. */
  g_autofree char *when = time != NULL ? g_date_time_format (time, _("%e %B %Y, %H:%M")) : g_strdup ("");
  g_autofree char *facts = NULL;

  /* Translators: the name of a file, its width and height in pixels, and when it was taken or made. */
  facts = g_strdup_printf (_("%s\n%u × %u pixels\n%s"), name, vig_picture_get_width (self->picture),
                           vig_picture_get_height (self->picture), g_strstrip (when));
  gtk_label_set_label (self->facts, facts);
}

static void
show_words (VigDetailsPane *self)
{
  const char *prompt = vig_picture_get_prompt (self->picture);
  g_autofree char *name = vig_picture_dup_name (self->picture);

  gtk_widget_set_visible (self->prompt_box, prompt != NULL);
  gtk_label_set_label (self->prompt, prompt != NULL ? prompt : "");
  gtk_picture_set_alternative_text (self->large, prompt != NULL ? prompt : name);
}

static void
changed_cb (VigDetailsPane *self)
{
  show_tags (self);
  show_facts (self);
  vig_recipe_view_set_picture (self->recipe, self->library, self->picture);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigDetailsPane) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = vig_textures_load_finish (VIG_TEXTURES (object), result, &error);

  if (texture != NULL && self->cancellable == g_task_get_cancellable (G_TASK (result)))
    gtk_picture_set_paintable (self->large, GDK_PAINTABLE (texture));
}

static void
forget_picture (VigDetailsPane *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->picture != NULL)
    g_signal_handlers_disconnect_by_data (self->picture, self);
  g_clear_object (&self->picture);
}

void
vig_details_pane_set_picture (VigDetailsPane *self,
                              VigPicture     *picture)
{
  GdkTexture *texture = NULL;

  g_return_if_fail (VIG_IS_DETAILS_PANE (self));

  if (picture != NULL && picture == self->picture)
    return;

  forget_picture (self);
  if (picture == NULL)
    {
      gtk_label_set_label (self->nothing, _("No Picture Selected"));
      gtk_stack_set_visible_child_name (self->stack, "nothing");
      return;
    }

  self->picture = g_object_ref (picture);
  g_signal_connect_object (picture, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  gtk_editable_set_text (self->tag_entry, "");
  show_words (self);
  changed_cb (self);

  texture = vig_textures_lookup (self->textures, picture, LARGE_SIDE);
  gtk_picture_set_paintable (self->large, GDK_PAINTABLE (texture));
  if (texture == NULL)
    {
      self->cancellable = g_cancellable_new ();
      vig_textures_load_async (self->textures, picture, LARGE_SIDE, self->cancellable, loaded_cb,
                               g_object_ref (self));
    }

  gtk_stack_set_visible_child_name (self->stack, "picture");
}

VigPicture *
vig_details_pane_get_picture (VigDetailsPane *self)
{
  g_return_val_if_fail (VIG_IS_DETAILS_PANE (self), NULL);

  return self->picture;
}

void
vig_details_pane_set_many (VigDetailsPane *self,
                           guint           count)
{
  g_autofree char *title = g_strdup_printf (ngettext ("%u Picture Selected", "%u Pictures Selected", count),
                                            count);

  g_return_if_fail (VIG_IS_DETAILS_PANE (self));

  forget_picture (self);
  gtk_label_set_label (self->nothing, title);
  gtk_stack_set_visible_child_name (self->stack, "nothing");
}

static void
copy_text (VigDetailsPane *self,
           const char     *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.say", "s", _("Copied"));
}

static void
copy_prompt_cb (VigDetailsPane *self)
{
  copy_text (self, gtk_label_get_label (self->prompt));
}

/* Actions of the window that take the file of the picture that is shown. */
static void
activate_with_path (VigDetailsPane *self,
                    const char     *action)
{
  if (self->picture != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), action, "^ay", vig_picture_get_path (self->picture));
}

static void
find_like_cb (VigDetailsPane *self)
{
  activate_with_path (self, "win.find-like");
}

static void
start_from_cb (VigDetailsPane *self)
{
  activate_with_path (self, "win.start-from");
}

static void
suggest_tags_cb (VigDetailsPane *self)
{
  activate_with_path (self, "win.suggest-tags");
}

static void
open_folder_cb (VigDetailsPane *self)
{
  activate_with_path (self, "win.open-folder");
}

static void
vig_details_pane_dispose (GObject *object)
{
  VigDetailsPane *self = VIG_DETAILS_PANE (object);

  forget_picture (self);
  vig_dispose_template (self, VIG_TYPE_DETAILS_PANE);
  g_clear_object (&self->textures);
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_details_pane_parent_class)->dispose (object);
}

static void
vig_details_pane_class_init (VigDetailsPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_details_pane_dispose;

  g_type_ensure (VIG_TYPE_RECIPE_VIEW);
  g_type_ensure (VIG_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/vignette/Vignette/ui/details-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, nothing);
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, large);
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, prompt);
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, prompt_box);
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, tags);
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, tag_entry);
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, recipe);
  gtk_widget_class_bind_template_child (widget_class, VigDetailsPane, facts);
  gtk_widget_class_bind_template_callback (widget_class, tag_entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_prompt_cb);
  gtk_widget_class_bind_template_callback (widget_class, find_like_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_from_cb);
  gtk_widget_class_bind_template_callback (widget_class, suggest_tags_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_folder_cb);
}

static void
vig_details_pane_init (VigDetailsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
vig_details_pane_set_up (VigDetailsPane *self,
                         VigLibrary     *library,
                         VigTextures    *textures)
{
  g_return_if_fail (VIG_IS_DETAILS_PANE (self));

  g_set_object (&self->library, library);
  g_set_object (&self->textures, textures);
}
