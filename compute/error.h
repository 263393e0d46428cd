/* error.h: the ways in which compute can fail */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define VC_ERROR (vc_error_quark ())

/**
 * VcError:
 * @VC_ERROR_NO_DEVICE: no such device, or it cannot be opened
 * @VC_ERROR_DEVICE_LOST: the device stopped answering; all that was made on it is good only for freeing
 * @VC_ERROR_OUT_OF_MEMORY: the device has no room; nothing was changed
 * @VC_ERROR_BAD_MODEL: a model's file is missing, damaged or of a kind that cannot be run
 * @VC_ERROR_CANCELLED: a step callback said stop
 * @VC_ERROR_NO_NUMBERS: what was computed is not finite: a fault of the device, its driver or the model
 *
 * A code exists only where a caller acts differently on it. Messages name what, which, and what was
 * expected; they are not translated.
 */
typedef enum
{
  VC_ERROR_NO_DEVICE,
  VC_ERROR_DEVICE_LOST,
  VC_ERROR_OUT_OF_MEMORY,
  VC_ERROR_BAD_MODEL,
  VC_ERROR_CANCELLED,
  VC_ERROR_NO_NUMBERS,
} VcError;

GQuark vc_error_quark (void);

/* Text out of a file as a message may show it: “text”, one line, cut to 80 characters, valid UTF-8. */
char  *vc_error_quote (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
