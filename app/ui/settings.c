/* settings.c: what the window remembers: its size, the draft, what was open */

#define G_LOG_DOMAIN "vig-settings"

#define G_SETTINGS_ENABLE_BACKEND

#include "config.h"

#include <gio/gio.h>
#include <gio/gsettingsbackend.h>

#include "ui/settings.h"

/* The schema lies with the desktop's others, beside the installed program, or beside the one just built. */
static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *common = g_settings_schema_source_get_default ();
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : g_strdup (".");
  const char * const beside[] = { "../share/glib-2.0/schemas", "../data", "../../data" };
  GSettingsSchema *schema = NULL;

  if (common != NULL)
    schema = g_settings_schema_source_lookup (common, APP_ID, TRUE);

  for (guint i = 0; schema == NULL && i < G_N_ELEMENTS (beside); i++)
    {
      g_autofree char *path = g_build_filename (folder, beside[i], NULL);
      /* A folder without schemas is no error: the next one is tried. */
      g_autoptr(GSettingsSchemaSource) source = g_settings_schema_source_new_from_directory (path, common, TRUE,
                                                                                           NULL);

      if (source != NULL)
        schema = g_settings_schema_source_lookup (source, APP_ID, FALSE);
    }

  return schema;
}

GSettings *
vig_settings_new (VigProfile *profile)
{
  const char *directory = vig_profile_get_directory (profile);
  g_autoptr(GSettingsSchema) schema = find_schema ();
  g_autoptr(GSettingsBackend) backend = NULL;

  if (schema == NULL)
    {
      g_message ("The settings schema %s is not installed", APP_ID);
      return NULL;
    }

  if (directory != NULL)
    {
      g_autofree char *file = g_build_filename (directory, "settings.ini", NULL);

      backend = g_keyfile_settings_backend_new (file, "/", NULL);
    }

  return g_settings_new_full (schema, backend, NULL);
}
