/* bench-library.h: how soon a large library answers */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  VIG_REHEARSAL_WORDS,      /* a word, of any frequency */
  VIG_REHEARSAL_MEANING,    /* a row */
  VIG_REHEARSAL_BOTH,       /* two words and two rows, less a third */
  VIG_REHEARSAL_TAG,        /* a row among the pictures of a tag */
  VIG_REHEARSAL_DATE,       /* a row among those of a year */
  VIG_REHEARSAL_FOLDER,     /* a row among those of a folder, by date */
  VIG_REHEARSAL_LIST,       /* the pictures of a folder, as the window lists them */
  VIG_REHEARSAL_RESCAN,     /* all folders are walked, and nothing is new */
  VIG_N_REHEARSALS
} VigRehearsal;

extern const char * const vig_rehearsal_names[VIG_N_REHEARSALS];

/* Called with the seconds of each run of @what, sorted. */
typedef void (*VigRehearsed) (VigRehearsal  what,
                              const double *seconds,
                              guint         n,
                              gpointer      data);

/* Makes a library of @count pictures in a folder of its own, asks it, and deletes it again. The first search, which
 * reads the rows into memory, is not counted: the program is running. */
gboolean vig_rehearse (guint          count,
                       guint          width,
                       VigRehearsed   tell,
                       gpointer       data,
                       GCancellable  *cancellable,
                       GError       **error);

G_END_DECLS
