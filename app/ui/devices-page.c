/* devices-page.c: what could compute here, whether it computes rightly, and which one does */

#define G_LOG_DOMAIN "vig-devices-page"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/preferences.h"

#include "ui/errand.h"

struct _VigDevicesPage
{
  AdwPreferencesPage parent_instance;

  AdwPreferencesGroup *group;        /* of the page */
  GPtrArray           *rows;         /* owned; borrowed: rows of the group */
  GCancellable        *cancellable;  /* owned */
  gboolean             asked;        /* the devices are being tested, or were */
};

#define VIG_TYPE_DEVICES_PAGE (vig_devices_page_get_type ())
G_DECLARE_FINAL_TYPE (VigDevicesPage, vig_devices_page, VIG, DEVICES_PAGE, AdwPreferencesPage)
G_DEFINE_FINAL_TYPE (VigDevicesPage, vig_devices_page, ADW_TYPE_PREFERENCES_PAGE)

static void
add_row (VigDevicesPage *self,
         GtkWidget      *row)
{
  g_ptr_array_add (self->rows, row);
  adw_preferences_group_add (self->group, row);
}

static void
clear (VigDevicesPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
}

static GtkWidget *
make_row (const VigDevice *device)
{
  g_autofree char *memory = device->memory > 0 ? g_format_size (device->memory) : NULL;
  g_autofree char *facts = memory != NULL ? g_strdup_printf ("%s · %s", device->driver, memory)
                                          : g_strdup (device->driver);
  g_autofree char *words = device->reason != NULL && *device->reason != '\0'
    ? g_strdup_printf ("%s\n%s", facts, device->reason) : g_strdup (facts);
  GtkWidget *row = vig_preferences_make_row (device->name, words);
  GtkWidget *icon = gtk_image_new_from_icon_name (device->ok ? "emblem-ok-symbolic" : "dialog-warning-symbolic");

  gtk_widget_set_tooltip_text (icon, device->ok ? _("It passed its self-test.") : _("It did not pass its self-test."));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  if (device->is_default)
    {
      GtkWidget *used = gtk_label_new (_("In use"));

      gtk_widget_add_css_class (used, "accent");
      gtk_widget_set_valign (used, GTK_ALIGN_CENTER);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), used);
    }

  return row;
}

static gpointer
list_devices (gpointer       object,
              gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  return vig_studio_list_devices ();
}

static void
listed_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(VigDevicesPage) self = user_data;
  g_autoptr(GPtrArray) devices = vig_errand_finish (result, NULL);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  clear (self);
  for (guint i = 0; devices != NULL && i < devices->len; i++)
    add_row (self, make_row (g_ptr_array_index (devices, i)));
}

static void
test (VigDevicesPage *self)
{
  GtkWidget *row = vig_preferences_make_row (_("Each device is being tested"), _("This takes some seconds."));
  GtkWidget *spinner = gtk_spinner_new ();

  clear (self);
  gtk_spinner_start (GTK_SPINNER (spinner));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spinner);
  add_row (self, row);
  vig_errand_async (NULL, list_devices, NULL, NULL, (GDestroyNotify) g_ptr_array_unref, self->cancellable, listed_cb,
                    g_object_ref (self));
}

static void
vig_devices_page_map (GtkWidget *widget)
{
  VigDevicesPage *self = VIG_DEVICES_PAGE (widget);

  GTK_WIDGET_CLASS (vig_devices_page_parent_class)->map (widget);
  if (!self->asked)
    test (self);
  self->asked = TRUE;
}

static void
vig_devices_page_dispose (GObject *object)
{
  VigDevicesPage *self = VIG_DEVICES_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (vig_devices_page_parent_class)->dispose (object);
}

static void
vig_devices_page_finalize (GObject *object)
{
  VigDevicesPage *self = VIG_DEVICES_PAGE (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (vig_devices_page_parent_class)->finalize (object);
}

static void
vig_devices_page_class_init (VigDevicesPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vig_devices_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = vig_devices_page_finalize;
  GTK_WIDGET_CLASS (klass)->map = vig_devices_page_map;
}

static void
vig_devices_page_init (VigDevicesPage *self)
{
  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _("What Could Compute Here"));
  adw_preferences_group_set_description (self->group, _("The best graphics card that passes its self-test is taken; "
                                                        "where there is none, the processor."));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), self->group);
}

GtkWidget *
vig_devices_page_new (void)
{
  return g_object_new (VIG_TYPE_DEVICES_PAGE, NULL);
}
