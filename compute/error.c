/* error.c: the error domain of compute */

#include "error.h"

G_DEFINE_QUARK (vc-error-quark, vc_error)
