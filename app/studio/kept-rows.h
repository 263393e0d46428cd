/* kept-rows.h: rows that a model makes of fixed things, made once and kept in the library */
#pragma once

#include <vc.h>

#include "studio/workshop.h"

G_BEGIN_DECLS

/* Fills @rows, (n, width), with those of the things at @places. */
typedef gboolean (*VigMakeRows) (const guint   *places,
                                 guint          n,
                                 float         *rows,
                                 gpointer       data,
                                 GCancellable  *cancellable,
                                 GError       **error);

/**
 * vig_kept_rows_get:
 * @names: (array length=n): all that the rows depend on beside the model
 * @make: called for some of them at a time, where they are not known yet; other jobs that cannot wait run between
 *
 * (n, width) rows, the same whether they were made now or before: rounded to f16. What was made is kept even when it is
 * stopped midway. Free with g_free().
 */
float *vig_kept_rows_get (VigWorkshop         *workshop,
                          VcClip              *clip,
                          const char * const  *names,
                          guint                n,
                          VigMakeRows          make,
                          gpointer             data,
                          GCancellable        *cancellable,
                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
