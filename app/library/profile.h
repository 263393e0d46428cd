/* profile.h: where everything of one user lies */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VIG_TYPE_PROFILE (vig_profile_get_type ())

G_DECLARE_FINAL_TYPE (VigProfile, vig_profile, VIG, PROFILE, GObject)

/* @directory: (nullable): everything under it, made if absent; NULL: the user's own XDG folders */
VigProfile *vig_profile_new                (const char *directory,
                                            GError    **error);

/* Borrowed, absolute; the folders exist. */
const char *vig_profile_get_directory      (VigProfile *self);  /* as given, or NULL */
const char *vig_profile_get_database       (VigProfile *self);  /* library.db */
const char *vig_profile_get_models         (VigProfile *self);
const char *vig_profile_get_pictures       (VigProfile *self);  /* Pictures/Vignette: the pictures made */
const char *vig_profile_get_cache          (VigProfile *self);

/* Folder of what comes with the program: models, vocabularies; $VIGNETTE_DATA, or where it was installed. */
const char *vig_profile_get_data           (void);

G_END_DECLS
