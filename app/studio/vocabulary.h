/* vocabulary.h: words to choose tags from, as files have them
 *
 *   # a comment
 *   animal/dog = hound, doggy
 *
 * A tag a line: “/” between it and what it belongs to; after “=” other names of the same, with commas between them. A tag is
 * understood by its last part and its other names together. In UTF-8; a tag that stands twice counts once.
 */
#pragma once

#include "library/profile.h"

G_BEGIN_DECLS

typedef struct
{
  char  *tag;       /* as it is kept: “animal/dog” */
  char  *label;     /* to show: its last part, or as much of its end as tells it from the others */
  char **names;     /* what it is called: its last part, then the others */
} VigWord;

/* (element-type VigWord): @lines as a file has them: those that say nothing are left out */
GPtrArray *vig_vocabulary_parse (const char * const *lines) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
