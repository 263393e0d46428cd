/* application.h: the program as the desktop knows it */
#pragma once

#include "library/profile.h"

G_BEGIN_DECLS

/**
 * vig_application_new:
 * @profile: one with a folder of its own is a program of its own: it shares no window with another
 * @device: as vig_studio_new() has it
 * @models: (nullable): as vig_studio_new() has it
 */
GApplication *vig_application_new (VigProfile         *profile,
                                   const char         *device,
                                   const char * const *models) G_GNUC_WARN_UNUSED_RESULT;

/* Opens the window, with @files ready to be tagged, and runs until it is closed. Gives the exit status. */
int           vig_application_run (VigProfile         *profile,
                                   const char         *device,
                                   const char * const *models,
                                   char              **files);
/* Waits on the bus for somebody to want a window, or to look for something; ends when nobody has for a while. */
int           vig_application_serve (VigProfile         *profile,
                                     const char         *device,
                                     const char * const *models);

G_END_DECLS
