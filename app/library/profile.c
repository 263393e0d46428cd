/* profile.c: where everything of one user lies */

#define G_LOG_DOMAIN "vig-profile"

#include "config.h"

#include "library/profile.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

struct _VigProfile
{
  GObject  parent_instance;

  char    *directory;  /* NULL for the user's own folders */
  char    *database;
  char    *models;
  char    *pictures;
  char    *cache;
};

G_DEFINE_FINAL_TYPE (VigProfile, vig_profile, G_TYPE_OBJECT)

static gboolean
make_folder (const char  *path,
             GError     **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;

  const int code = errno;
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), _("The folder “%s” cannot be made: %s."),
               shown, g_strerror (code));
  return FALSE;
}

/* The desktop's folder for pictures; without a desktop, ~/Pictures. */
static char *
find_pictures (void)
{
  const char *pictures = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);

  /* xdg-user-dirs names the home folder itself where a folder was taken away. */
  if (pictures == NULL || g_strcmp0 (pictures, g_get_home_dir ()) == 0)
    return g_build_filename (g_get_home_dir (), "Pictures", "Vignette", NULL);

  return g_build_filename (pictures, "Vignette", NULL);
}

VigProfile *
vig_profile_new (const char  *directory,
                 GError     **error)
{
  g_autoptr(VigProfile) self = g_object_new (VIG_TYPE_PROFILE, NULL);
  g_autofree char *data = NULL;

  if (directory != NULL)
    {
      data = g_canonicalize_filename (directory, NULL);
      self->directory = g_strdup (data);
      self->pictures = g_build_filename (data, "Pictures", "Vignette", NULL);
      self->cache = g_build_filename (data, "cache", NULL);
    }
  else
    {
      data = g_build_filename (g_get_user_data_dir (), "vignette", NULL);
      self->pictures = find_pictures ();
      self->cache = g_build_filename (g_get_user_cache_dir (), "vignette", NULL);
    }
  self->database = g_build_filename (data, "library.db", NULL);
  self->models = g_build_filename (data, "models", NULL);

  if (!make_folder (data, error) ||
      !make_folder (self->models, error) ||
      !make_folder (self->pictures, error) ||
      !make_folder (self->cache, error))
    return NULL;

  return g_steal_pointer (&self);
}

const char *
vig_profile_get_directory (VigProfile *self)
{
  g_return_val_if_fail (VIG_IS_PROFILE (self), NULL);

  return self->directory;
}

const char *
vig_profile_get_database (VigProfile *self)
{
  g_return_val_if_fail (VIG_IS_PROFILE (self), NULL);

  return self->database;
}

const char *
vig_profile_get_models (VigProfile *self)
{
  g_return_val_if_fail (VIG_IS_PROFILE (self), NULL);

  return self->models;
}

const char *
vig_profile_get_pictures (VigProfile *self)
{
  g_return_val_if_fail (VIG_IS_PROFILE (self), NULL);

  return self->pictures;
}

const char *
vig_profile_get_cache (VigProfile *self)
{
  g_return_val_if_fail (VIG_IS_PROFILE (self), NULL);

  return self->cache;
}

const char *
vig_profile_get_data (void)
{
  const char *data = g_getenv ("VIGNETTE_DATA");

  return data != NULL && *data != '\0' ? data : PKGDATADIR;
}

static void
vig_profile_finalize (GObject *object)
{
  VigProfile *self = VIG_PROFILE (object);

  g_free (self->directory);
  g_free (self->database);
  g_free (self->models);
  g_free (self->pictures);
  g_free (self->cache);

  G_OBJECT_CLASS (vig_profile_parent_class)->finalize (object);
}

static void
vig_profile_class_init (VigProfileClass *class)
{
  G_OBJECT_CLASS (class)->finalize = vig_profile_finalize;
}

static void
vig_profile_init (VigProfile *self)
{
}
