/* settings.h: what the window remembers: its size, the draft, what was open */
#pragma once

#include "library/profile.h"

G_BEGIN_DECLS

/* In the profile's folder if it has one of its own, else the desktop's. NULL where the schema is not installed:
 * then nothing is remembered. */
GSettings *vig_settings_new (VigProfile *profile) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
