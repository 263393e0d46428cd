/* vectors.h: what a search looks at of every picture, in memory: all rows of a model as one matrix, and the few numbers
 * that pictures are chosen and ordered by. Of 100,000 pictures with rows of 512 that is 102 MB and 10 MB. */
#pragma once

#include "library/library-private.h"

G_BEGIN_DECLS

typedef struct
{
  guint    width;
  gsize    n;
  guint16 *rows;      /* (n, width) f16 bits */
  guint32 *places;    /* (listing->n) of each picture that is listed its row + 1, or 0 */
} VigMatrix;

/* A picture that is listed. */
typedef struct
{
  gint64 id;
  gint64 content;
  gint64 time;
  int    kind;
} VigListed;

/* All of them. */
struct _VigListing
{
  gsize      n;
  VigListed *pictures;    /* (n) by id */
  guint32   *by_content;  /* (n) places in it, by content */
};

/* What is lent below is good until it is unlocked. */
void              vig_vectors_lock         (VigVectors       *self);
void              vig_vectors_unlock       (VigVectors       *self);
/* The pictures that are listed, which are read again when they have changed. */
const VigListing *vig_vectors_get_listing  (VigVectors       *self,
                                            VigTransaction   *t);
/* The rows of @model_hash as the snapshot of @t has them, of which only what is new is read, beside that listing. NULL if
 * there are none as wide as @width. */
const VigMatrix  *vig_vectors_get_matrix   (VigVectors       *self,
                                            VigTransaction   *t,
                                            const char       *model_hash,
                                            guint             width);

/* Where the picture with that id is; n if it is not. */
gsize             vig_listing_find         (const VigListing *listing,
                                            gint64            id);
/* Where in by_content the first with that content is, or would be. */
gsize             vig_listing_find_content (const VigListing *listing,
                                            gint64            content);

G_END_DECLS
