/* said.h: what a picture's file says in words, as the reader of pictures hands it over */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GPtrArray  *deep;     /* owned; of char *: tags as “animals/fox” */
  GPtrArray  *flat;     /* owned; of char *: words that may be parts of those */
  char       *comment;  /* owned; of EXIF; may be NULL */
  GHashTable *texts;    /* owned; of a PNG, by key, the first of each that stands before the pixels; NULL of any other file */
} VigSaid;

/* Of bytes that nobody has looked at: what is no text is left out. */
VigSaid *vig_said_parse (const char *bytes,
                         gsize       size) G_GNUC_WARN_UNUSED_RESULT;
void     vig_said_free  (VigSaid    *said);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VigSaid, vig_said_free)

G_END_DECLS
