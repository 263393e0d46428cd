/* power.h: what the computer says of its battery and its sleep
 *
 * UPower and logind are asked over the system's bus, and GLib's monitor of power profiles; where there is none of them, it is
 * never on battery and never sleeps.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _VigPower VigPower;

/* On the main context, when one of them has changed. */
typedef void (*VigPowerTold) (gboolean sparing,  /* it runs on battery, or is to save power */
                              gboolean sleeping, /* it is about to be suspended, and has not woken up */
                              gpointer data);

/* Main thread; never blocks. */
VigPower *vig_power_new  (VigPowerTold  told,
                          gpointer      data) G_GNUC_WARN_UNUSED_RESULT;
void      vig_power_free (VigPower     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigPower, vig_power_free)

G_END_DECLS
