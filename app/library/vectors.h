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

/* A picture that is listed. */
typedef struct
{
  gint64 id;
  gint64 content;
  gint64 time;
  int    kind;
} VigListed;

/* What is lent below is good until it is unlocked. */
void             vig_vectors_lock       (VigVectors     *self);
void             vig_vectors_unlock     (VigVectors     *self);
/* The rows of @model_hash as the snapshot of @t has them, of which only what is new is read. NULL if there are none as
 * wide as @width. */
const VigMatrix *vig_vectors_get_matrix (VigVectors     *self,
                                         VigTransaction *t,
                                         const char     *model_hash,
                                         guint           width);
/* The pictures that are listed, by id, which are read again when they have changed. */
const VigListed *vig_vectors_get_listed (VigVectors     *self,
                                         VigTransaction *t,
                                         gsize          *n);

G_END_DECLS
