/* vectors.h: all rows of a model as one matrix in memory */
#pragma once

#include "library/library-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint       width;
  gsize       n;
  guint16    *rows;      /* (n, width) f16 bits */
  gint64     *contents;  /* (n) whose row it is */
  GHashTable *places;    /* content (gint64 *) → row + 1 */
} VigMatrix;

/* The rows of @model_hash as the snapshot of @t has them, of which only what is new is read. NULL if there are none as
 * wide as @width. Nobody else has it until vig_vectors_give(). */
const VigMatrix *vig_vectors_take (VigVectors     *self,
                                   VigTransaction *t,
                                   const char     *model_hash,
                                   guint           width);
void             vig_vectors_give (VigVectors     *self);

G_END_DECLS
