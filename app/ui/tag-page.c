/* tag-page.c: pictures are shown one after another, with what they seem to be, and are given their tags */

#define G_LOG_DOMAIN "vig-tag-page"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/tag-page.h"

#include "ui/chores.h"
#include "ui/tag-chip.h"
#include "ui/tag-row.h"
#include "ui/template.h"
#include "ui/two-pane.h"
#include "ui/wrap-box.h"

#define N_SUGGESTIONS 12
#define SURE          0.5   /* suggestions at least this probable are marked beforehand */
#define LARGE_SIDE    1024

struct _VigTagPage
{
  GtkWidget parent_instance;

  VigStudio    *studio;       /* owned */
  VigTextures  *textures;     /* owned */
  VigJob       *job;          /* owned; looks at all of the pictures */
  char        **paths;        /* owned */
  guint         current;      /* which of them is shown */
  VigPicture   *picture;      /* owned; its row, NULL until the library has answered */
  GPtrArray    *refused;      /* owned; of char *: not to be suggested; NULL until the library has answered */
  GHashTable   *touched;      /* owned; set of VigPicture that were given tags */
  gboolean      filled;       /* the suggestions of the current picture are shown */
  GCancellable *cancellable;  /* owned; of what the current picture awaits */

  AdwWindowTitle *title;
  GtkStack       *stack;
  GtkPicture     *large;
  GtkStack       *suggestions;
  GtkListBox     *rows;
  GtkLabel       *trouble;
  VigWrapBox     *tags;
  GtkEditable    *entry;
  GtkWidget      *previous;
  GtkWidget      *next;
  AdwStatusPage  *summary;
  GtkWidget      *write;
};

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

static void
tagged_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigTagPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!vig_chore_finish (result, &error))
    report (self, error);
}

static void
change_tags (VigTagPage         *self,
             VigChore            chore,
             const char * const *tags,
             const char         *source)
{
  if (chore == VIG_CHORE_ADD)
    g_hash_table_add (self->touched, g_object_ref (self->picture));

  /* Not cancellable: what was decided is stored, even if the next picture is shown already. */
  vig_chore_tag_async (get_library (self), self->picture, chore, tags, source, NULL, tagged_cb,
                       g_object_ref (self));
}

/* ---- The tags that it has ---- */

static void
chip_removed_cb (VigTagPage *self,
                 VigTagChip *chip)
{
  change_tags (self, VIG_CHORE_REMOVE, (const char *[]) { vig_tag_chip_get_tag (chip), NULL }, NULL);
}

static void
show_tags (VigTagPage *self)
{
  const char * const *tags = vig_picture_get_tags (self->picture);

  vig_holder_clear (VIG_HOLDER (self->tags));
  for (; tags != NULL && *tags != NULL; tags++)
    {
      GtkWidget *chip = vig_tag_chip_new (*tags);

      g_signal_connect_object (chip, "removed", G_CALLBACK (chip_removed_cb), self, G_CONNECT_SWAPPED);
      vig_wrap_box_append (self->tags, chip);
    }
}

void
vig_tag_page_add_tag (VigTagPage *self,
                      const char *tag)
{
  g_autofree char *clean = g_strstrip (g_strdup (tag));

  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  if (self->picture != NULL && *clean != '\0')
    change_tags (self, VIG_CHORE_ADD, (const char *[]) { clean, NULL }, NULL);
}

static void
entered_cb (VigTagPage *self)
{
  g_autofree char *typed = g_strdup (gtk_editable_get_text (self->entry));

  if (*g_strstrip (typed) == '\0')
    {
      vig_tag_page_accept (self);
      return;
    }

  if (self->picture == NULL)
    return;  /* the library has not answered yet: nothing typed is lost */

  vig_tag_page_add_tag (self, typed);
  gtk_editable_set_text (self->entry, "");
}

/* ---- The suggestions ---- */

static VigTagRow *
get_row (VigTagPage *self,
         guint       index)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->rows, (int) index);

  return row != NULL ? VIG_TAG_ROW (gtk_list_box_row_get_child (row)) : NULL;
}

GtkListBox *
vig_tag_page_get_rows (VigTagPage *self)
{
  g_return_val_if_fail (VIG_IS_TAG_PAGE (self), NULL);

  return self->rows;
}

guint
vig_tag_page_count_rows (VigTagPage *self)
{
  guint count = 0;

  g_return_val_if_fail (VIG_IS_TAG_PAGE (self), 0);

  while (get_row (self, count) != NULL)
    count++;

  return count;
}

static void
refuse (VigTagPage *self,
        VigTagRow  *row)
{
  change_tags (self, VIG_CHORE_REFUSE, (const char *[]) { vig_tag_row_get_label (row), NULL }, NULL);
  gtk_list_box_remove (self->rows, gtk_widget_get_parent (GTK_WIDGET (row)));
}

void
vig_tag_page_refuse (VigTagPage *self,
                     guint       number)
{
  VigTagRow *row = NULL;

  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  row = number > 0 ? get_row (self, number - 1) : NULL;
  if (row != NULL)
    refuse (self, row);
}

gboolean
vig_tag_page_toggle (VigTagPage *self,
                     guint       number)
{
  VigTagRow *row = NULL;

  g_return_val_if_fail (VIG_IS_TAG_PAGE (self), FALSE);

  row = number > 0 ? get_row (self, number - 1) : NULL;
  if (row == NULL)
    return FALSE;

  vig_tag_row_set_accepted (row, !vig_tag_row_get_accepted (row));

  return TRUE;
}

static gboolean
is_refused (VigTagPage *self,
            const char *label)
{
  const char * const *tags = vig_picture_get_tags (self->picture);

  /* What it has already need not be suggested either. */
  return (tags != NULL && g_strv_contains (tags, label)) ||
         g_ptr_array_find_with_equal_func (self->refused, label, g_str_equal, NULL);
}

static void
fill_rows (VigTagPage      *self,
           const VigTagged *tagged)
{
  guint number = 1;

  for (guint i = 0; i < tagged->labels->len; i++)
    {
      const VigLabel *label = g_ptr_array_index (tagged->labels, i);
      GtkWidget *row = NULL;

      if (is_refused (self, label->label))
        continue;

      row = vig_tag_row_new (label->label, label->score, number <= 9 ? number : 0);
      vig_tag_row_set_accepted (VIG_TAG_ROW (row), label->score >= SURE);
      g_signal_connect_object (row, "refused", G_CALLBACK (refuse), self, G_CONNECT_SWAPPED);
      gtk_list_box_append (self->rows, row);
      gtk_widget_set_focusable (gtk_widget_get_parent (row), FALSE);
      number++;
    }

  if (number == 1)
    gtk_label_set_label (self->trouble, _("There is nothing to suggest."));
  gtk_stack_set_visible_child_name (self->suggestions, number > 1 ? "rows" : "trouble");
}

/* Shows the suggestions when all is there that they need. */
static void
fill (VigTagPage *self)
{
  GPtrArray *results = self->job != NULL ? vig_tag_job_get_results (VIG_TAG_JOB (self->job)) : NULL;
  const VigTagged *tagged = NULL;

  if (self->filled || results == NULL || self->current >= results->len)
    return;

  tagged = g_ptr_array_index (results, self->current);
  if (tagged->labels == NULL)
    {
      self->filled = TRUE;
      gtk_label_set_label (self->trouble, tagged->error);
      gtk_stack_set_visible_child_name (self->suggestions, "trouble");
    }
  else if (self->picture != NULL && self->refused != NULL)
    {
      self->filled = TRUE;
      fill_rows (self, tagged);
    }
}

static void
result_cb (VigTagPage *self)
{
  fill (self);
}

static void
state_cb (VigTagPage *self)
{
  if (vig_job_get_state (self->job) != VIG_JOB_FAILED)
    return;

  gtk_label_set_label (self->trouble, vig_job_get_error (self->job)->message);
  gtk_stack_set_visible_child_name (self->suggestions, "trouble");
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

  /* Why it cannot be read is told where its suggestions would be. */
  if (texture != NULL && self->cancellable == g_task_get_cancellable (G_TASK (result)))
    gtk_picture_set_paintable (self->large, GDK_PAINTABLE (texture));
}

static void
refused_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigTagPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) refused = vig_chore_list_finish (result, &error);

  if (self->cancellable != g_task_get_cancellable (G_TASK (result)))
    return;

  if (refused == NULL)
    report (self, error);
  else
    {
      self->refused = g_steal_pointer (&refused);
      fill (self);
    }
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
        {
          gtk_label_set_label (self->trouble, error->message);
          gtk_stack_set_visible_child_name (self->suggestions, "trouble");
        }
      return;
    }

  self->picture = g_steal_pointer (&picture);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  g_signal_connect_object (self->picture, "changed", G_CALLBACK (show_tags), self, G_CONNECT_SWAPPED);
  show_tags (self);
  vig_chore_list_async (get_library (self), VIG_CHORE_REFUSED, self->picture, self->cancellable, refused_cb,
                        g_object_ref (self));
}

static void
leave_current (VigTagPage *self)
{
  GtkWidget *row = NULL;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->picture != NULL)
    g_signal_handlers_disconnect_by_data (self->picture, self);
  g_clear_object (&self->picture);
  g_clear_pointer (&self->refused, g_ptr_array_unref);
  self->filled = FALSE;

  if (self->rows == NULL)
    return;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_list_box_remove (self->rows, row);
  vig_holder_clear (VIG_HOLDER (self->tags));
  gtk_picture_set_paintable (self->large, NULL);
  gtk_editable_set_text (self->entry, "");
  gtk_stack_set_visible_child_name (self->suggestions, "busy");
}

static void
show_summary (VigTagPage *self)
{
  const guint count = g_hash_table_size (self->touched);
  g_autofree char *title = g_strdup_printf (ngettext ("%u Picture Tagged", "%u Pictures Tagged", count), count);

  leave_current (self);
  adw_window_title_set_title (self->title, _("Done"));
  adw_window_title_set_subtitle (self->title, "");
  adw_status_page_set_title (self->summary, title);
  adw_status_page_set_description (self->summary,
                                   count > 0
                                   ? _("The tags are in the library. They can also be written beside the "
                                       "pictures, for other programs; the pictures themselves stay as they are.")
                                   : _("Nothing was changed."));
  gtk_widget_set_visible (self->write, count > 0);
  gtk_widget_set_sensitive (self->write, TRUE);
  gtk_widget_set_sensitive (self->previous, TRUE);
  gtk_widget_set_sensitive (self->next, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "summary");
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
  gtk_picture_set_alternative_text (self->large, name);
  gtk_widget_set_sensitive (self->previous, self->current > 0);
  gtk_widget_set_sensitive (self->next, TRUE);
  gtk_stack_set_visible_child_name (self->stack, "picture");

  self->cancellable = g_cancellable_new ();
  vig_textures_open_async (self->textures, path, LARGE_SIDE, self->cancellable, loaded_cb, g_object_ref (self));
  vig_chore_add_file_async (get_library (self), path, self->cancellable, added_cb, g_object_ref (self));
  if (vig_job_get_state (self->job) == VIG_JOB_FAILED)
    state_cb (self);
  fill (self);
}

static void
go (VigTagPage *self,
    int         step)
{
  const guint count = self->paths != NULL ? g_strv_length (self->paths) : 0;

  if (count == 0 || (step < 0 && self->current == 0))
    return;

  self->current = MIN (self->current + step, count);
  if (self->current == count)
    show_summary (self);
  else
    show_current (self);
}

static void
previous_cb (VigTagPage *self)
{
  go (self, -1);
}

static void
next_cb (VigTagPage *self)
{
  go (self, 1);
}

void
vig_tag_page_accept (VigTagPage *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) tags = NULL;
  VigTagRow *row = NULL;

  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  for (guint i = 0; (row = get_row (self, i)) != NULL; i++)
    if (vig_tag_row_get_accepted (row))
      g_strv_builder_add (builder, vig_tag_row_get_label (row));

  tags = g_strv_builder_end (builder);
  if (tags[0] != NULL)
    change_tags (self, VIG_CHORE_ADD, (const char * const *) tags,
                 vig_tag_job_get_model_hash (VIG_TAG_JOB (self->job)));
  go (self, 1);
}

VigPicture *
vig_tag_page_get_picture (VigTagPage *self)
{
  g_return_val_if_fail (VIG_IS_TAG_PAGE (self), NULL);

  return self->picture;
}

/* ---- Sidecars ---- */

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(VigTagPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) failures = vig_chore_write_sidecars_finish (result, &error);
  g_autoptr(GString) words = g_string_new (NULL);
  guint written;

  if (failures == NULL)
    {
      report (self, error);
      gtk_widget_set_sensitive (self->write, TRUE);
      return;
    }

  written = g_hash_table_size (self->touched) - failures->len;
  g_string_printf (words, ngettext ("%u sidecar was written beside its picture.",
                                    "%u sidecars were written beside their pictures.", written), written);
  for (guint i = 0; i < failures->len; i++)
    {
      g_autofree char *line = g_markup_escape_text (g_ptr_array_index (failures, i), -1);

      g_string_append_printf (words, "\n%s", line);
    }

  adw_status_page_set_description (self->summary, words->str);
  gtk_widget_set_visible (self->write, failures->len > 0);
  gtk_widget_set_sensitive (self->write, TRUE);
}

void
vig_tag_page_write_sidecars (VigTagPage *self)
{
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer picture;

  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  g_hash_table_iter_init (&iter, self->touched);
  while (g_hash_table_iter_next (&iter, &picture, NULL))
    g_ptr_array_add (pictures, g_object_ref (picture));

  gtk_widget_set_sensitive (self->write, FALSE);
  vig_chore_write_sidecars_async (get_library (self), pictures, NULL, written_cb, g_object_ref (self));
}

/* ---- Keys: numbers toggle, Enter accepts, letters begin a tag ---- */

static gboolean
key_pressed_cb (VigTagPage            *self,
                guint                  key,
                guint                  code,
                GdkModifierType        state,
                GtkEventControllerKey *controller)
{
  const GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  const gboolean typing = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->entry));
  const gboolean begun = *gtk_editable_get_text (self->entry) != '\0';
  const guint32 letter = gdk_keyval_to_unicode (key);

  if ((held & ~GDK_SHIFT_MASK) != 0 || g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "picture") != 0)
    return FALSE;

  if (letter >= '1' && letter <= '9' && !begun)
    return vig_tag_page_toggle (self, letter - '0');

  if (!typing && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) && !GTK_IS_BUTTON (focus))
    {
      vig_tag_page_accept (self);
      return TRUE;
    }

  if (!typing && g_unichar_isalpha (letter))
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->entry));
      gtk_editable_set_position (self->entry, -1);
      return gtk_event_controller_key_forward (controller, GTK_WIDGET (gtk_editable_get_delegate (self->entry)));
    }

  return FALSE;
}

void
vig_tag_page_close (VigTagPage *self)
{
  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      if (!vig_job_is_over (self->job))
        vig_job_stop (self->job);
    }

  g_clear_object (&self->job);
  leave_current (self);
  g_hash_table_remove_all (self->touched);
  g_clear_pointer (&self->paths, g_strfreev);
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
  self->job = vig_tag_job_new (paths, NULL, N_SUGGESTIONS);
  g_signal_connect_object (self->job, "tagged", G_CALLBACK (result_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->job, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  vig_studio_submit (self->studio, self->job);
  show_current (self);
}

static void
vig_tag_page_dispose (GObject *object)
{
  VigTagPage *self = VIG_TAG_PAGE (object);

  vig_tag_page_close (self);
  vig_dispose_template (self, VIG_TYPE_TAG_PAGE);
  g_clear_object (&self->textures);
  g_clear_object (&self->studio);

  G_OBJECT_CLASS (vig_tag_page_parent_class)->dispose (object);
}

static void
vig_tag_page_finalize (GObject *object)
{
  g_hash_table_unref (VIG_TAG_PAGE (object)->touched);

  G_OBJECT_CLASS (vig_tag_page_parent_class)->finalize (object);
}

static void
vig_tag_page_class_init (VigTagPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tag_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_tag_page_finalize;

  g_type_ensure (VIG_TYPE_TWO_PANE);
  g_type_ensure (VIG_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/tag-page.ui");
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, title);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, stack);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, large);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, suggestions);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, rows);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, tags);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, entry);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, previous);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, next);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, summary);
  gtk_widget_class_bind_template_child (widget_class, VigTagPage, write);
  gtk_widget_class_bind_template_callback (widget_class, entered_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, vig_tag_page_accept);
  gtk_widget_class_bind_template_callback (widget_class, vig_tag_page_write_sidecars);
}

static void
vig_tag_page_init (VigTagPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->touched = g_hash_table_new_full (g_direct_hash, g_direct_equal, g_object_unref, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

void
vig_tag_page_set_up (VigTagPage  *self,
                     VigStudio   *studio,
                     VigTextures *textures)
{
  g_return_if_fail (VIG_IS_TAG_PAGE (self));

  g_set_object (&self->studio, studio);
  g_set_object (&self->textures, textures);
}
