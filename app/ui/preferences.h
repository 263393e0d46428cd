/* preferences.h: models, devices, and what is kept */
#pragma once

#include <adwaita.h>

#include "studio/studio.h"

G_BEGIN_DECLS

#define VIG_TYPE_PREFERENCES (vig_preferences_get_type ())

G_DECLARE_FINAL_TYPE (VigPreferences, vig_preferences, VIG, PREFERENCES, AdwPreferencesWindow)

/* @page: (nullable): "models", "devices" or "library" */
GtkWidget *vig_preferences_new (GtkWindow  *parent,
                                VigStudio  *studio,
                                const char *page);

/* ---- Its pages; each asks for what it shows when it is first seen ---- */

GtkWidget *vig_models_page_new  (VigStudio  *studio);
GtkWidget *vig_devices_page_new (void);
GtkWidget *vig_library_page_new (VigLibrary *library);

/* ---- What they share ---- */

/* A new group at the end of @page; @description may be NULL. */
AdwPreferencesGroup *vig_preferences_add_group (AdwPreferencesPage *page,
                                                const char         *title,
                                                const char         *description);
/* A row with two lines; what is in them is no markup. */
GtkWidget *vig_preferences_make_row (const char *title,
                                     const char *subtitle);
/* A button at the end of @row. */
GtkWidget *vig_preferences_add_button (GtkWidget  *row,
                                       const char *label,
                                       GCallback   callback,
                                       gpointer    object);
/* One sentence at the foot of the window that @widget is in. */
void       vig_preferences_say      (GtkWidget  *widget,
                                     const char *sentence);

G_END_DECLS
