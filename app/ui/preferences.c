/* preferences.c: models, devices, and what is kept: a window with a page for each */

#define G_LOG_DOMAIN "vig-preferences"

#include "config.h"

#include <glib/gi18n.h>

#include "ui/preferences.h"

struct _VigPreferences
{
  AdwPreferencesWindow parent_instance;
};

G_DEFINE_FINAL_TYPE (VigPreferences, vig_preferences, ADW_TYPE_PREFERENCES_WINDOW)

AdwPreferencesGroup *
vig_preferences_add_group (AdwPreferencesPage *page,
                           const char         *title,
                           const char         *description)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, title);
  adw_preferences_group_set_description (group, description);
  adw_preferences_page_add (page, group);

  return group;
}

GtkWidget *
vig_preferences_make_row (const char *title,
                          const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle != NULL ? subtitle : "");
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);

  return row;
}

GtkWidget *
vig_preferences_add_button (GtkWidget  *row,
                            const char *label,
                            GCallback   callback,
                            gpointer    object)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);
  g_autofree char *name = NULL;
  g_autofree char *plain = g_strdup (label);
  g_auto(GStrv) parts = g_strsplit (plain, "_", -1);
  g_autofree char *bare = g_strjoinv ("", parts);

  /* Translators: what a button does, and to what; read out. */
  name = g_strdup_printf (_("%s: %s"), bare, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (button, "clicked", callback, object, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return button;
}

void
vig_preferences_say (GtkWidget  *widget,
                     const char *sentence)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), adw_toast_new (markup));
}

static void
vig_preferences_class_init (VigPreferencesClass *klass)
{
}

static void
vig_preferences_init (VigPreferences *self)
{
}

static void
add_page (VigPreferences *self,
          GtkWidget      *page,
          const char     *name,
          const char     *title,
          const char     *icon)
{
  adw_preferences_page_set_name (ADW_PREFERENCES_PAGE (page), name);
  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (page), title);
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (page), icon);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), ADW_PREFERENCES_PAGE (page));
}

GtkWidget *
vig_preferences_new (GtkWindow  *parent,
                     VigStudio  *studio,
                     const char *page)
{
  VigPreferences *self = g_object_new (VIG_TYPE_PREFERENCES, "transient-for", parent, "modal", TRUE,
                                       "destroy-with-parent", TRUE, "search-enabled", FALSE,
                                       "default-width", 620, "default-height", 640, NULL);

  add_page (self, vig_models_page_new (studio), "models", _("Models"), "applications-graphics-symbolic");
  add_page (self, vig_devices_page_new (), "devices", _("Devices"), "computer-symbolic");
  add_page (self, vig_library_page_new (vig_studio_get_library (studio)), "library", _("Library"),
            "folder-pictures-symbolic");
  if (page != NULL)
    adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (self), page);

  return GTK_WIDGET (self);
}
