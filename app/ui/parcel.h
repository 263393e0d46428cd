/* parcel.h: pictures on their way to another program, by drag or by copy */
#pragma once

#include <gtk/gtk.h>

#include "library/picture.h"

G_BEGIN_DECLS

/* (element-type VigPicture): as a list of files, and if it is one alone, also as its bytes and as PNG, which are read only
 * when somebody takes them. */
GdkContentProvider *vig_parcel_new (GPtrArray *pictures) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
