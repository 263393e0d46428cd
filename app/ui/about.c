/* about.c: what the program is, what its models were made from, and facts for who is asked for help */

#define G_LOG_DOMAIN "vig-about"

#include "config.h"

#include <glib/gi18n.h>

#include "library/files.h"
#include "library/tags.h"
#include "studio/model-files.h"
#include "ui/about.h"
#include "ui/errand.h"

#define CREDITS_MAX (1 << 20)

/* What takes a while to learn. */
typedef struct
{
  char *facts;    /* owned */
  char *credits;  /* owned; of the models that come with the program, as their file has them; NULL if it is not there */
} Learned;

static void
learned_free (gpointer data)
{
  Learned *learned = data;

  g_free (learned->facts);
  g_free (learned->credits);
  g_free (learned);
}

/* ---- Facts: versions, devices, models and numbers; no names of files, no words of the user's ---- */

static void
add_versions (GString    *facts,
              const char *device)
{
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  g_string_append_printf (facts, "Vignette %s\nDevice in use: %s\n", APP_VERSION, device != NULL ? device : "none yet");
  g_string_append_printf (facts, "GTK %u.%u.%u, libadwaita %u.%u.%u, GLib %u.%u.%u\n", gtk_get_major_version (),
                          gtk_get_minor_version (), gtk_get_micro_version (), adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version (), glib_major_version, glib_minor_version,
                          glib_micro_version);
  g_string_append_printf (facts, "System: %s, %u processors, %s\n", os != NULL ? os : "unknown", g_get_num_processors (),
                          g_getenv ("XDG_SESSION_TYPE") != NULL ? g_getenv ("XDG_SESSION_TYPE") : "no session type");
}

static void
add_devices (GString *facts)
{
  g_autoptr(GPtrArray) devices = vig_studio_list_devices ();

  g_string_append (facts, "\nDevices\n");
  for (guint i = 0; i < devices->len; i++)
    {
      const VigDevice *device = g_ptr_array_index (devices, i);

      g_string_append_printf (facts, "%s %s (%s%s%s): %s%s%s\n", device->is_default ? "*" : "-", device->name, device->kind,
                              device->driver != NULL ? ", " : "", device->driver != NULL ? device->driver : "",
                              device->ok ? "passed its test" : "did not pass its test",
                              device->reason != NULL ? ": " : "", device->reason != NULL ? device->reason : "");
    }
}

static void
add_models (GString    *facts,
            VigProfile *profile)
{
  g_autoptr(GPtrArray) models = vig_model_files_list (profile);
  static const char * const kinds[] = {
    [VIG_MODEL_CLIP] = "CLIP", [VIG_MODEL_DALLE] = "drawing", [VIG_MODEL_CODEC] = "codec",
  };

  g_string_append (facts, "\nModels\n");
  for (guint i = 0; i < models->len; i++)
    {
      const VigModelFiles *files = g_ptr_array_index (models, i);
      g_autofree char *hash = vig_model_files_dup_recorded_hash (files);

      /* What somebody calls a model of their own is theirs. */
      g_string_append_printf (facts, "- %s, %s, %" G_GUINT64_FORMAT " bytes%s%.12s\n",
                              files->included ? files->name : "of the user's", kinds[files->kind],
                              vig_model_files_measure (files), hash != NULL ? ", " : "", hash != NULL ? hash : "");
    }
}

static void
add_count (GString    *facts,
           const char *what,
           GPtrArray  *list)
{
  if (list != NULL)
    g_string_append_printf (facts, "%s: %u\n", what, list->len);
  else
    g_string_append_printf (facts, "%s: cannot be told\n", what);
}

static void
add_library (GString    *facts,
             VigLibrary *library)
{
  g_autoptr(GPtrArray) folders = vig_library_list_folders (library, NULL);
  g_autoptr(GPtrArray) tags = vig_library_list_tags (library, NULL);
  g_autoptr(GPtrArray) taught = vig_library_list_taught (library, NULL);
  g_autoptr(GPtrArray) failures = vig_library_list_failures (library, NULL);
  g_autoptr(GPtrArray) unwritten = vig_library_list_unwritten (library, NULL);
  g_autoptr(GPtrArray) models = vig_library_list_models (library, NULL);

  g_string_append (facts, "\nLibrary\n");
  add_count (facts, "Folders", folders);
  add_count (facts, "Tags", tags);
  add_count (facts, "Taught tags", taught);
  add_count (facts, "Files that could not be read", failures);
  add_count (facts, "Sidecars that could not be written", unwritten);
  for (guint i = 0; models != NULL && i < models->len; i++)
    {
      const char *hash = g_ptr_array_index (models, i);

      g_string_append_printf (facts, "Pictures looked at by %.12s: %" G_GINT64_FORMAT ", still to be: %" G_GINT64_FORMAT "\n",
                              hash, vig_library_count_embedded (library, hash, NULL),
                              vig_library_count_unembedded (library, hash, NULL));
    }
}

/* @data: the device in use, or "" */
static gpointer
learn (gpointer       object,
       gpointer       data,
       GCancellable  *cancellable,
       GError       **error)
{
  VigProfile *profile = vig_library_get_profile (object);
  g_autoptr(GString) facts = g_string_new (NULL);
  g_autofree char *path = g_build_filename (vig_profile_get_data (), "models", "daybreak", "CREDITS", NULL);
  Learned *learned = g_new0 (Learned, 1);
  gsize size;

  add_versions (facts, *(const char *) data != '\0' ? data : NULL);
  add_devices (facts);
  add_models (facts, profile);
  add_library (facts, object);
  learned->facts = g_strdup (facts->str);
  learned->credits = vig_file_read (path, CREDITS_MAX, &size, NULL);

  return learned;
}

static void
learned_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(AdwAboutWindow) window = user_data;
  Learned *learned = vig_errand_finish (result, NULL);

  adw_about_window_set_debug_info (window, learned->facts);
  if (learned->credits != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (learned->credits, -1);
      g_autofree char *markup = g_markup_escape_text (valid, -1);

      adw_about_window_add_legal_section (window, _("Sources of the Models"), NULL, GTK_LICENSE_CUSTOM, markup);
    }
  learned_free (learned);
}

GtkWidget *
vig_about_new (GtkWindow *parent,
               VigStudio *studio)
{
  const char *device = studio != NULL ? vig_studio_get_device_name (studio) : NULL;
  g_autoptr(GString) facts = g_string_new (NULL);
  GtkWidget *window = NULL;

  add_versions (facts, device);
  window = g_object_new (ADW_TYPE_ABOUT_WINDOW,
                         "application-name", _("Vignette"),
                         "application-icon", APP_ID,
                         "version", APP_VERSION,
                         "developer-name", _("The Vignette contributors"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("Draws pictures from words, and finds pictures by what is in them. "
                                       "Everything happens on this computer."),
                         "translator-credits", _("translator-credits"),
                         "debug-info", facts->str,
                         "debug-info-filename", "vignette.txt",
                         "transient-for", parent,
                         "modal", TRUE,
                         NULL);

  /* What the card of the pair says. */
  adw_about_window_add_legal_section (ADW_ABOUT_WINDOW (window), _("The Models That Come With It"), NULL,
                                      GTK_LICENSE_CUSTOM,
                                      _("A small drawing model and a small CLIP, trained from nothing for this program. They "
                                        "know little, and are often wrong.\n\n"
                                        "The drawing model was made from openly licensed art only: Fluent Emoji by "
                                        "Microsoft (MIT) and plain shapes.\n\n"
                                        "CLIP was made from that art and six more sets under MIT, Apache-2.0 and CC BY 4.0, "
                                        "from photographs of clothes (CC0) and groceries (MIT), and from Tiny-ImageNet, whose "
                                        "pictures are under research terms: what that means for what was learned from them is "
                                        "unsettled. Another CLIP can be used instead."));
  if (studio != NULL)
    vig_errand_async (vig_studio_get_library (studio), learn, g_strdup (device != NULL ? device : ""), g_free, learned_free,
                      NULL, learned_cb, g_object_ref (window));

  return window;
}
