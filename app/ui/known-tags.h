/* known-tags.h: the tags that somebody may mean who begins to type one */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

typedef struct
{
  char  *tag;       /* as it is kept: “animal/dog” */
  char  *folded;    /* the same, and other names, to compare */
  guint  pictures;  /* that have it */
} VigKnownTag;

/* @lines: (nullable): of a vocabulary: they come after the tags that pictures have, of which that given last is the first.
 * Finished with an array of VigKnownTag. */
void       vig_known_tags_async  (VigLibrary          *library,
                                  const char * const  *lines,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);
/* (transfer full) */
GPtrArray *vig_known_tags_finish (GAsyncResult        *result,
                                  GError             **error);
/* (element-type VigChoice): those in which a word begins as @typed does; one that is called just so is left out */
GPtrArray *vig_known_tags_match  (GPtrArray           *known,
                                  const char          *typed,
                                  guint                most);

G_END_DECLS
