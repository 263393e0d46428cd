/* rehearsal.h: a library as large as one wishes, to measure how fast a real one would be */
#pragma once

#include "library/library.h"

G_BEGIN_DECLS

#define VIG_REHEARSAL_NUMBERS 40  /* pictures of a folder that are known by their numbers */

/**
 * VigRehearsal:
 * @folder: where the pictures lie
 * @files: empty files are made there, in folders “folder0” and so on, with names of two words; else no file is looked at, and
 *   they are FOLDER/0000/00.png and so on
 * @model_hash: of whom each has a row of @width; may be NULL
 *
 * Words are “word0” to “word999”, the first ones in most names and tags; every second tag is in “even”, the others in “odd”.
 * A fifth are pictures made here, a tenth favourites; their times lie between 2001 and 2033.
 */
typedef struct
{
  const char *folder;
  guint       count;
  gboolean    files;
  const char *model_hash;
  guint       width;
} VigRehearsal;

/* Fills the empty @self. */
gboolean vig_library_rehearse       (VigLibrary          *self,
                                     const VigRehearsal  *rehearsal,
                                     GCancellable        *cancellable,
                                     GError             **error);
/* As if something that lists show had changed. */
gboolean vig_library_rehearse_change (VigLibrary         *self,
                                     GError             **error);

G_END_DECLS
