/* tag-page.c: pictures are shown one after another, with what they seem to be, and are given their tags */

#define G_LOG_DOMAIN "vig-tag-page"

#include "config.h"

#include <math.h>

#include <adwaita.h>
#include <glib/gi18n.h>

#include "library/tags.h"
#include "ui/tag-page-private.h"

#include "ui/chores.h"
#include "ui/template.h"
#include "ui/two-pane.h"

#define LARGE_SIDE 1024

G_DEFINE_FINAL_TYPE (VigTagPage, vig_tag_page, GTK_TYPE_WIDGET)

static void show_current (VigTagPage *self);

static VigLibrary *
get_library (VigTagPage *self)
{
  return vig_studio_get_library (self->studio);
}

static void
report (VigTagPage   *self,
        const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.report", "s", error->message);
}

gboolean
vig_tag_page_shows_picture (VigTagPage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "picture") == 0;
}

/* ---- What a person says ---- */

static void
say_one (VigTagPage   *self,
         VigTagChange  change,
         const char   *tag)
{
  vig_answers_say (self->answers, change, &(VigTagEdit) { self->picture, tag, NAN }, 1, NULL, self->current);
}

static void
removed_cb (VigTagPage *self,
            const char *tag)
{
  if (self->picture != NULL)
    say_one (self, VIG_TAG_REMOVE, tag);
}

void
vig_tag_page_add_tag (VigTagPage *self,
                      const char *tag)
{
  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  if (self->picture != NULL)
    say_one (self, VIG_TAG_ACCEPT, tag);
  else
    gtk_editable_set_text (vig_tag_entry_get_text (self->entry), tag);  /* the library has not answered yet */
}

/* ---- The suggestions ---- */

/* What the button does is what it says. */
static void
marked_cb (VigTagPage *self)
{
  const guint count = vig_suggestions_count_marked (self->suggestions);
  g_autofree char *label = g_strdup_printf (ngettext ("_Accept %u Tag and Go On", "_Accept %u Tags and Go On", count),
                                            count);

  gtk_button_set_label (self->accept, count > 0 ? label : _("_Go On"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->accept),
                               count > 0 ? _("Give the picture the marked tags (Enter)")
                                         : _("Nothing is marked; the key 1 marks the first suggestion (Enter)"));
}

static void
refused_cb (VigTagPage *self,
            VigTagRow  *row)
{
  if (self->picture == NULL)
    return;

  vig_glow_hide (self->glow);
  vig_answers_say (self->answers, VIG_TAG_REFUSE,
                   &(VigTagEdit) { self->picture, vig_tag_row_get_tag (row), vig_tag_row_get_score (row) }, 1,
                   vig_looks_get_hash (self->looks), self->current);
  vig_looks_refuse (self->looks, self->current, vig_tag_row_get_tag (row));
  vig_suggestions_remove (self->suggestions, row);
}

void
vig_tag_page_refuse (VigTagPage *self,
                     guint       number)
{
  VigTagRow *row = vig_suggestions_get_row (self->suggestions, number);

  if (row != NULL)
    refused_cb (self, row);
}

static void
where_cb (VigTagPage *self,
          VigTagRow  *row)
{
  g_autofree char *line = NULL;

  vig_glow_hide (self->glow);
  if (!vig_tag_row_get_where (row))
    return;

  vig_suggestions_set_where (self->suggestions, row);
  line = vig_looks_dup_line (self->looks, vig_tag_row_get_tag (row));
  vig_glow_show (self->glow, self->paths[self->current], vig_tag_row_get_label (row), line);
}

void
vig_tag_page_where (VigTagPage *self,
                    guint       number)
{
  VigTagRow *row = vig_suggestions_get_row (self->suggestions, number);

  if (row == NULL)
    return;

  vig_tag_row_set_where (row, !vig_tag_row_get_where (row));
  where_cb (self, row);
}

/* Shows the suggestions when all is there that they need. */
static void
fill (VigTagPage *self)
{
  const VigTagged *tagged = vig_looks_get (self->looks, self->current);
  const char * const *tags = NULL;
  g_autoptr(GPtrArray) left_out = g_ptr_array_new ();

  if (self->filled || tagged == NULL || !vig_tag_page_shows_picture (self))
    return;

  if (tagged->labels == NULL)
    {
      self->filled = TRUE;
      vig_suggestions_say (self->suggestions, tagged->error);
      return;
    }

  if (self->picture == NULL)
    return;

  tags = vig_picture_get_tags (self->picture);
  for (; tags != NULL && *tags != NULL; tags++)
    g_ptr_array_add (left_out, (char *) *tags);
  for (guint i = 0; i < tagged->labels->len; i++)
    {
      const VigLabel *label = g_ptr_array_index (tagged->labels, i);

      if (vig_looks_is_refused (self->looks, self->current, label->tag))
        g_ptr_array_add (left_out, label->tag);
    }
  g_ptr_array_add (left_out, NULL);

  self->filled = TRUE;
  vig_suggestions_fill (self->suggestions, tagged, (const char * const *) left_out->pdata);
}

static void
looks_changed_cb (VigTagPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tag.accept-rest", vig_looks_is_done (self->looks));
  if (vig_looks_get_lines (self->looks) != NULL)
    vig_tag_entry_learn (self->entry, get_library (self), vig_looks_get_lines (self->looks));
}

static void
looks_failed_cb (VigTagPage *self,
                 const char *sentence)
{
  if (self->paths != NULL)
    vig_suggestions_say (self->suggestions, sentence);
}

/* Another list of words: the pictures are looked at again. */
static void
lists_chosen_cb (VigTagPage *self)
{
  if (self->paths == NULL)
    return;

  vig_glow_hide (self->glow);
  self->filled = FALSE;
  if (vig_tag_page_shows_picture (self))
    vig_suggestions_wait (self->suggestions);
  vig_looks_begin (self->looks, (const char * const *) self->paths, vig_word_lists_get_path (self->lists));
}

/* ---- The picture ---- */

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigTagPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = vig_textures_load_finish (VIG_TEXTURES (object), result, &error);
  g_autofree char *name = NULL;

  /* Why it cannot be read is told where its suggestions would be. */
  if (texture == NULL || self->cancellable != g_task_get_cancellable (G_TASK (result)))
    return;

  name = g_filename_display_basename (self->paths[self->current]);
  vig_glow_set_picture (self->glow, texture, name);
}

static void
added_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(VigTagPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(VigPicture) picture = vig_chore_add_file_finish (result, &error);

  if (self->cancellable != g_task_get_cancellable (G_TASK (result)))
    return;

  if (picture == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        vig_suggestions_say (self->suggestions, error->message);
      return;
    }

  self->picture = g_steal_pointer (&picture);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  vig_tags_view_set_picture (self->tags, self->picture);
  fill (self);
}

static void
leave_current (VigTagPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->picture);
  self->filled = FALSE;

  if (self->tags == NULL)
    return;

  vig_tags_view_set_picture (self->tags, NULL);
  vig_glow_set_picture (self->glow, NULL, "");
  gtk_editable_set_text (vig_tag_entry_get_text (self->entry), "");
  vig_suggestions_wait (self->suggestions);
  marked_cb (self);
}

static void
fill_summary (VigTagPage *self)
{
  g_autoptr(GPtrArray) pictures = vig_answers_list (self->answers);

  if (vig_answers_is_idle (self->answers) && self->paths != NULL && !vig_tag_page_shows_picture (self))
    vig_tag_summary_show (self->summary, pictures);
}

static void
show_summary (VigTagPage *self)
{
  leave_current (self);
  adw_window_title_set_title (self->title, _("Done"));
  adw_window_title_set_subtitle (self->title, "");
  gtk_widget_set_sensitive (self->previous, TRUE);
  gtk_widget_set_sensitive (self->next, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "summary");
  fill_summary (self);
}

static void
show_current (VigTagPage *self)
{
  const char *path = self->paths[self->current];
  const guint count = g_strv_length (self->paths);
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *title = count > 1
    ? g_strdup_printf (_("Picture %u of %u"), self->current + 1, count) : g_strdup (_("Tag"));

  leave_current (self);
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title, name);
  gtk_widget_set_sensitive (self->previous, self->current > 0);
  gtk_widget_set_sensitive (self->next, TRUE);
  gtk_stack_set_visible_child_name (self->stack, "picture");

  self->cancellable = g_cancellable_new ();
  vig_textures_open_async (self->textures, path, LARGE_SIDE, self->cancellable, loaded_cb, g_object_ref (self));
  vig_chore_add_file_async (get_library (self), path, self->cancellable, added_cb, g_object_ref (self));
  if (vig_looks_get_error (self->looks) != NULL)
    vig_suggestions_say (self->suggestions, vig_looks_get_error (self->looks));
  fill (self);
}

static void
go_to (VigTagPage *self,
       guint       index)
{
  const guint count = self->paths != NULL ? g_strv_length (self->paths) : 0;

  self->current = MIN (index, count);
  if (count == 0)
    return;

  if (self->current == count)
    show_summary (self);
  else
    show_current (self);
}

void
vig_tag_page_previous (VigTagPage *self)
{
  if (self->current > 0)
    go_to (self, self->current - 1);
}

void
vig_tag_page_next (VigTagPage *self)
{
  go_to (self, self->current + 1);
}

/* ---- Accepting ---- */

void
vig_tag_page_accept (VigTagPage *self)
{
  g_autoptr(GArray) edits = g_array_new (FALSE, FALSE, sizeof (VigTagEdit));
  VigTagRow *row = NULL;

  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  for (guint i = 1; (row = vig_suggestions_get_row (self->suggestions, i)) != NULL; i++)
    if (vig_tag_row_get_accepted (row))
      {
        const VigTagEdit edit = { self->picture, vig_tag_row_get_tag (row), vig_tag_row_get_score (row) };

        g_array_append_val (edits, edit);
      }

  if (self->picture != NULL)
    vig_answers_say (self->answers, VIG_TAG_ACCEPT, (const VigTagEdit *) (gconstpointer) edits->data, edits->len,
                     vig_looks_get_hash (self->looks), self->current);
  vig_tag_page_next (self);
}

static void
gathered_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(VigTagPage) self = user_data;
  g_autoptr(GArray) edits = NULL;

  if (self->looks == NULL)
    return;

  edits = vig_looks_gather_finish (self->looks, result);
  vig_answers_say (self->answers, VIG_TAG_ACCEPT, (const VigTagEdit *) (gconstpointer) edits->data, edits->len,
                   vig_looks_get_hash (self->looks), self->current);
  if (self->paths != NULL)
    go_to (self, g_strv_length (self->paths));
}

void
vig_tag_page_accept_rest (VigTagPage *self)
{
  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  vig_looks_gather_async (self->looks, self->current, gathered_cb, g_object_ref (self));
}

/* ---- The way back ---- */

static void
answers_changed_cb (VigTagPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tag.undo", vig_answers_can_undo (self->answers));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tag.redo", vig_answers_can_redo (self->answers));
  vig_tags_view_refresh (self->tags);
  fill_summary (self);
}

/* What was refused and is not any more is suggested again; the picture of what was taken back is shown. */
static void
returned_cb (VigTagPage *self,
             guint       place)
{
  vig_looks_pardon (self->looks);
  go_to (self, place);
}

static void
failed_cb (VigTagPage   *self,
           const GError *error)
{
  report (self, error);
}

gboolean
vig_tag_page_step_back (VigTagPage *self)
{
  g_return_val_if_fail (VIG_IS_TAG_PAGE (self), FALSE);

  if (vig_choices_is_open (vig_tag_entry_get_choices (self->entry)))
    vig_choices_shut (vig_tag_entry_get_choices (self->entry));
  else if (vig_glow_get_caption (self->glow) != NULL)
    {
      vig_glow_hide (self->glow);
      vig_suggestions_set_where (self->suggestions, NULL);
    }
  else
    return FALSE;

  return TRUE;
}

/* ---- Opening and closing ---- */

void
vig_tag_page_close (VigTagPage *self)
{
  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  if (self->looks != NULL)
    vig_looks_end (self->looks);
  g_clear_pointer (&self->paths, g_strfreev);
  leave_current (self);
  if (self->answers != NULL)
    vig_answers_forget (self->answers);
}

void
vig_tag_page_open (VigTagPage         *self,
                   const char * const *paths)
{
  g_return_if_fail (VIG_IS_TAG_PAGE (self));
  g_return_if_fail (paths != NULL && *paths != NULL);

  vig_tag_page_close (self);
  self->paths = g_strdupv ((char **) paths);
  self->current = 0;
  show_current (self);
  /* When it knows which words, the pictures are looked at. */
  vig_word_lists_choose (self->lists, NULL);
}

static void
vig_tag_page_dispose (GObject *object)
{
  VigTagPage *self = VIG_TAG_PAGE (object);

  if (self->answers != NULL)
    g_signal_handlers_disconnect_by_data (self->answers, self);
  if (self->looks != NULL)
    g_signal_handlers_disconnect_by_data (self->looks, self);
  self->tags = NULL;
  vig_tag_page_close (self);
  vig_dispose_template (self, VIG_TYPE_TAG_PAGE);
  g_clear_object (&self->looks);
  g_clear_object (&self->answers);
  g_clear_object (&self->textures);
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_tag_page_parent_class)->dispose (object);
}

static void
vig_tag_page_class_init (VigTagPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tag_page_dispose;

  g_type_ensure (VIG_TYPE_GLOW);
  g_type_ensure (VIG_TYPE_SUGGESTIONS);
  g_type_ensure (VIG_TYPE_TAGS_VIEW);
  g_type_ensure (VIG_TYPE_TAG_ENTRY);
  g_type_ensure (VIG_TYPE_TAG_SUMMARY);
  g_type_ensure (VIG_TYPE_TWO_PANE);
  g_type_ensure (VIG_TYPE_WORD_LISTS);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/tag-page.ui");
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, title);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, stack);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, glow);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, tags);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, entry);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, lists);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, suggestions);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, accept);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, previous);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, next);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, summary);
  gtk_widget_class_bind_template_callback (widget_class, vig_tag_page_add_tag);
  gtk_widget_class_bind_template_callback (widget_class, removed_cb);
  gtk_widget_class_bind_template_callback (widget_class, lists_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, marked_cb);
  gtk_widget_class_bind_template_callback (widget_class, refused_cb);
  gtk_widget_class_bind_template_callback (widget_class, where_cb);
  gtk_widget_class_bind_template_callback (widget_class, vig_tag_page_previous);
  gtk_widget_class_bind_template_callback (widget_class, vig_tag_page_next);
  gtk_widget_class_bind_template_callback (widget_class, vig_tag_page_accept);
  vig_tag_page_install_actions (widget_class);
}

static void
vig_tag_page_init (VigTagPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tag.undo", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tag.redo", FALSE);
  vig_tag_page_watch_keys (self);
}

void
vig_tag_page_set_up (VigTagPage  *self,
                     VigStudio   *studio,
                     VigTextures *textures,
                     GSettings   *settings)
{
  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  g_set_object (&self->studio, studio);
  g_set_object (&self->textures, textures);
  self->looks = vig_looks_new (studio);
  g_signal_connect_object (self->looks, "seen", G_CALLBACK (fill), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->looks, "failed", G_CALLBACK (looks_failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->looks, "changed", G_CALLBACK (looks_changed_cb), self, G_CONNECT_SWAPPED);
  self->answers = vig_answers_new (vig_studio_get_library (studio));
  g_signal_connect_object (self->answers, "notify::can-undo", G_CALLBACK (answers_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->answers, "returned", G_CALLBACK (returned_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->answers, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  vig_glow_set_studio (self->glow, studio);
  vig_tags_view_set_library (self->tags, vig_studio_get_library (studio));
  vig_tag_summary_set_library (self->summary, vig_studio_get_library (studio));
  vig_word_lists_set_up (self->lists, vig_studio_get_library (studio), settings);
}
