/* dot.h: many rows of half floats against one of floats */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* scores[i] = sum of rows[i][j] * vector[j]. @rows: (n, width) f16 bits, native order. Uses all processors where that pays. */
void        vig_dot_rows        (const guint16  *rows,
                                 gsize           n,
                                 guint           width,
                                 const float    *vector,
                                 float          *scores);

/* To the nearest, ties to even, as IEEE 754 asks; and back, exactly. */
guint16     vig_half_from_float (float           value);
float       vig_half_to_float   (guint16         half);

/* One way to do it on one thread. The fastest that this processor can is used; for tests, all that it can are listed. */
typedef struct
{
  const char *name;
  gboolean  (*usable) (void);
  void      (*run)    (const guint16 *rows,
                       gsize          n,
                       guint          width,
                       const float   *vector,
                       float         *scores);
} VigDotKernel;

const VigDotKernel *vig_dot_kernels (guint *n_kernels);

G_END_DECLS
