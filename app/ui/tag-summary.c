/* tag-summary.c: what was tagged, and which of it stands beside the pictures as well */

#define G_LOG_DOMAIN "vig-tag-summary"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "library/tags.h"
#include "ui/tag-summary.h"

#include "ui/errand.h"
#include "ui/template.h"

struct _VigTagSummary
{
  GtkWidget parent_instance;

  VigLibrary *library;   /* owned */
  GPtrArray  *pictures;  /* owned; of VigPicture */
  GPtrArray  *reasons;   /* owned; of char *, of each of them: NULL is asked for or not, "" is written */

  AdwStatusPage *page;
  GtkListBox    *rows;
  GtkWidget     *write;
};

G_DEFINE_FINAL_TYPE (VigTagSummary, vig_tag_summary, GTK_TYPE_WIDGET)

static gboolean
is_written (const char *reason)
{
  return reason != NULL && *reason == '\0';
}

guint
vig_tag_summary_count (VigTagSummary *self,
                       gboolean       failed)
{
  guint count = 0;

  g_return_val_if_fail (VIG_IS_TAG_SUMMARY (self), 0);

  for (guint i = 0; i < self->reasons->len; i++)
    {
      const char *reason = g_ptr_array_index (self->reasons, i);

      count += reason != NULL && is_written (reason) != failed;
    }

  return count;
}

static GtkWidget *
make_row (const VigPicture *picture,
          const char       *reason)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = vig_picture_dup_name ((VigPicture *) picture);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), is_written (reason) ? _("Written beside the picture") : reason);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name (is_written (reason) ? "object-select-symbolic"
                                                                               : "dialog-warning-symbolic"));

  return row;
}

/* Those that failed first: they want something. */
static void
show_rows (VigTagSummary *self)
{
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (self->rows, 0)) != NULL)
    gtk_list_box_remove (self->rows, GTK_WIDGET (row));

  for (int written = 0; written < 2; written++)
    for (guint i = 0; i < self->reasons->len; i++)
      {
        const char *reason = g_ptr_array_index (self->reasons, i);

        if (reason != NULL && is_written (reason) == written)
          gtk_list_box_append (self->rows, make_row (g_ptr_array_index (self->pictures, i), reason));
      }

  gtk_widget_set_visible (GTK_WIDGET (self->rows), gtk_list_box_get_row_at_index (self->rows, 0) != NULL);
}

static void
show_words (VigTagSummary *self)
{
  const guint count = self->pictures->len;
  const guint written = vig_tag_summary_count (self, FALSE);
  const guint failed = vig_tag_summary_count (self, TRUE);
  g_autofree char *title = g_strdup_printf (ngettext ("%u Picture Tagged", "%u Pictures Tagged", count), count);
  g_autofree char *told = NULL;
  const char *words = _("The tags are in the library. They can also be written beside the pictures, for other programs; "
                        "the pictures themselves stay as they are.");

  if (failed > 0)
    words = told = g_strdup_printf (ngettext ("%u sidecar could not be written. Its tags are in the library, and it stays "
                                              "in the list of problems until it is written.",
                                              "%u sidecars could not be written. Their tags are in the library, and they "
                                              "stay in the list of problems until they are written.", failed), failed);
  else if (written > 0)
    words = told = g_strdup_printf (ngettext ("%u sidecar was written beside its picture.",
                                              "%u sidecars were written beside their pictures.", written), written);
  else if (count == 0)
    words = _("Nothing was changed.");

  adw_status_page_set_title (self->page, title);
  adw_status_page_set_description (self->page, words);
  gtk_widget_set_visible (self->write, written < count);
  gtk_button_set_label (GTK_BUTTON (self->write), failed > 0 ? _("_Try Again") : _("_Write to XMP Sidecars"));
  show_rows (self);
}

void
vig_tag_summary_show (VigTagSummary *self,
                      GPtrArray     *pictures)
{
  g_return_if_fail (VIG_IS_TAG_SUMMARY (self));

  g_ptr_array_set_size (self->pictures, 0);
  g_ptr_array_set_size (self->reasons, 0);
  for (guint i = 0; i < pictures->len; i++)
    {
      g_ptr_array_add (self->pictures, g_object_ref (g_ptr_array_index (pictures, i)));
      g_ptr_array_add (self->reasons, NULL);
    }
  show_words (self);
}

/* ---- Sidecars ---- */

/* @data: (element-type VigPicture). Returns why each of them failed; "" of one that did not */
static gpointer
write_all (gpointer       object,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  GPtrArray *pictures = data;
  GPtrArray *reasons = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < pictures->len; i++)
    {
      g_autoptr(GError) local = NULL;

      g_ptr_array_add (reasons, vig_library_write_sidecar (object, g_ptr_array_index (pictures, i), &local)
                       ? g_strdup ("") : g_strdup (local->message));
    }

  return reasons;
}

typedef struct
{
  VigTagSummary *self;      /* owned */
  GPtrArray     *pictures;  /* owned */
} Wait;

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Wait *wait = user_data;
  g_autoptr(VigTagSummary) self = wait->self;
  g_autoptr(GPtrArray) pictures = wait->pictures;
  g_autoptr(GPtrArray) reasons = vig_errand_finish (result, NULL);

  if (self->page == NULL)
    return;

  for (guint i = 0; i < pictures->len; i++)
    {
      guint index;

      if (g_ptr_array_find (self->pictures, g_ptr_array_index (pictures, i), &index))
        {
          g_free (g_ptr_array_index (self->reasons, index));
          g_ptr_array_index (self->reasons, index) = g_strdup (g_ptr_array_index (reasons, i));
        }
    }

  gtk_widget_set_sensitive (self->write, TRUE);
  show_words (self);
}

void
vig_tag_summary_write (VigTagSummary *self)
{
  g_autoptr(GPtrArray) pictures = g_ptr_array_new_with_free_func (g_object_unref);
  Wait *wait = NULL;

  g_return_if_fail (VIG_IS_TAG_SUMMARY (self));

  for (guint i = 0; i < self->pictures->len; i++)
    if (!is_written (g_ptr_array_index (self->reasons, i)))
      g_ptr_array_add (pictures, g_object_ref (g_ptr_array_index (self->pictures, i)));

  gtk_widget_set_sensitive (self->write, FALSE);
  wait = g_new (Wait, 1);
  *wait = (Wait) { g_object_ref (self), g_ptr_array_ref (pictures) };
  vig_errand_async (self->library, write_all, g_steal_pointer (&pictures), (GDestroyNotify) g_ptr_array_unref,
                    (GDestroyNotify) g_ptr_array_unref, NULL, written_cb, wait);
}

static void
vig_tag_summary_dispose (GObject *object)
{
  VigTagSummary *self = VIG_TAG_SUMMARY (object);

  vig_dispose_template (self, VIG_TYPE_TAG_SUMMARY);
  self->page = NULL;
  g_clear_object (&self->library);

  G_OBJECT_CLASS (vig_tag_summary_parent_class)->dispose (object);
}

static void
vig_tag_summary_finalize (GObject *object)
{
  VigTagSummary *self = VIG_TAG_SUMMARY (object);

  g_ptr_array_unref (self->pictures);
  g_ptr_array_unref (self->reasons);

  G_OBJECT_CLASS (vig_tag_summary_parent_class)->finalize (object);
}

static void
vig_tag_summary_class_init (VigTagSummaryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = vig_tag_summary_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_tag_summary_finalize;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/vignette/Vignette/ui/tag-summary.ui");
  gtk_widget_class_bind_template_child (widget_class, VigTagSummary, page);
  gtk_widget_class_bind_template_child (widget_class, VigTagSummary, rows);
  gtk_widget_class_bind_template_child (widget_class, VigTagSummary, write);
  gtk_widget_class_bind_template_callback (widget_class, vig_tag_summary_write);
}

static void
vig_tag_summary_init (VigTagSummary *self)
{
  self->pictures = g_ptr_array_new_with_free_func (g_object_unref);
  self->reasons = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
vig_tag_summary_set_library (VigTagSummary *self,
                             VigLibrary    *library)
{
  g_return_if_fail (VIG_IS_TAG_SUMMARY (self));

  g_set_object (&self->library, library);
}
